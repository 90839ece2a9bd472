-- Queues, people, skills, sites and hours as one configuration, with every change of it and what was before.

-- QueueSettings as JSON. What is gone keeps its number and name for history.
ALTER TABLE queues ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE queues ADD COLUMN removed_at INTEGER;
UPDATE queues SET settings = json_object(
    'code', slug, 'name', name, 'priority', priority, 'ring_ms', ring_ms, 'wrap_up_ms', wrap_up_ms,
    'max_waiting', max_waiting, 'is_closed', json(CASE is_closed WHEN 0 THEN 'false' ELSE 'true' END),
    'opening', opening, 'callback_keeps_ms', callback_keeps_ms, 'recording', recording);
ALTER TABLE queues DROP COLUMN priority;
ALTER TABLE queues DROP COLUMN ring_ms;
ALTER TABLE queues DROP COLUMN wrap_up_ms;
ALTER TABLE queues DROP COLUMN max_waiting;
ALTER TABLE queues DROP COLUMN is_closed;
ALTER TABLE queues DROP COLUMN opening;
ALTER TABLE queues DROP COLUMN callback_keeps_ms;
ALTER TABLE queues DROP COLUMN recording;

-- Skills, languages, site and capacity as JSON.
ALTER TABLE users ADD COLUMN routing TEXT NOT NULL DEFAULT '{}';

CREATE TABLE skills (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    removed_at INTEGER
) STRICT;

CREATE TABLE sites (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    removed_at INTEGER
) STRICT;

CREATE TABLE schedules (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    -- ScheduleSettings as JSON.
    settings TEXT NOT NULL,
    removed_at INTEGER
) STRICT;

-- Rules as JSON.
ALTER TABLE organisation ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';

CREATE TABLE configuration_changes (
    revision INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    -- ConfigurationChange as JSON.
    change TEXT NOT NULL
) STRICT;
