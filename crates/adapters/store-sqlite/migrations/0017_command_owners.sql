-- A command's id is its client's own name for it: it counts for the account or the visitor that sent it, and for nobody
-- else. `owner` is four bytes for an account, sixteen for a visitor, and empty for what was done before owners were kept.
ALTER TABLE done_commands RENAME TO done_commands_before;
DROP INDEX done_commands_by_time;
CREATE TABLE done_commands (
    id BLOB NOT NULL,
    owner BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id, owner)
) STRICT, WITHOUT ROWID;
INSERT INTO done_commands (id, owner, at) SELECT id, x'', at FROM done_commands_before;
DROP TABLE done_commands_before;
CREATE INDEX done_commands_by_time ON done_commands (at);
