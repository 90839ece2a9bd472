-- Recordings: whether a queue asks, and what desktops have handed in. The sound is in files beside this one.

ALTER TABLE queues ADD COLUMN recording TEXT NOT NULL DEFAULT 'off';

CREATE TABLE recordings (
    id BLOB PRIMARY KEY,
    interaction INTEGER NOT NULL,
    agent INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    is_complete INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    sha256 TEXT NOT NULL DEFAULT '',
    duration_ms INTEGER NOT NULL DEFAULT 0,
    -- A JSON array of RecordingPause.
    pauses TEXT NOT NULL DEFAULT '[]'
) STRICT, WITHOUT ROWID;
CREATE INDEX recordings_by_interaction ON recordings (interaction, started_at);
CREATE INDEX recordings_by_time ON recordings (started_at);
