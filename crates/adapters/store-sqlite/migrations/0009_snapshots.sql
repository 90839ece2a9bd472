-- Snapshots are packed, and beside the newest one in each 100,000 entries is kept for good.
ALTER TABLE snapshots RENAME TO plain_snapshots;
CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY,
    center BLOB NOT NULL,
    -- 'zlib', or 'json' of older programs.
    packing TEXT NOT NULL,
    sum BLOB NOT NULL
) STRICT;
INSERT INTO snapshots (seq, center, packing, sum) SELECT seq, CAST(center AS BLOB), 'json', sum FROM plain_snapshots;
DROP TABLE plain_snapshots;
