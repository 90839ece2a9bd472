-- How the wall clock was set: a projection of the journal.
CREATE TABLE clock_steps (
    seq INTEGER PRIMARY KEY,
    -- What it shows since.
    at INTEGER NOT NULL,
    by_ms INTEGER NOT NULL
) STRICT;

-- After which of the journal's entries an operator said that the clock is right.
CREATE TABLE clock_confirmed (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL
) STRICT;

-- From where time goes on at the next start: steady time, and the machine's boot clock at that moment.
CREATE TABLE clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    steady INTEGER NOT NULL,
    boot TEXT,
    boot_ms INTEGER NOT NULL
) STRICT;

-- A customer's and a browser's interactions in the order in which they began, whatever the clock showed.
DROP INDEX interactions_by_customer;
CREATE INDEX interactions_by_customer ON interactions (customer, id);
DROP INDEX interactions_by_visitor;
CREATE INDEX interactions_by_visitor ON interactions (visitor, id) WHERE visitor IS NOT NULL;
-- What a step of the clock changes, found without reading all of them.
CREATE INDEX interactions_not_over ON interactions (id) WHERE is_over = 0;

-- What limits attempts to sign in counts time that has passed.
ALTER TABLE sign_ins ADD COLUMN steady INTEGER NOT NULL DEFAULT 0;
UPDATE sign_ins SET steady = at;
DROP INDEX sign_ins_by_user;
DROP INDEX sign_ins_by_address;
CREATE INDEX sign_ins_by_user ON sign_ins (user, steady);
CREATE INDEX sign_ins_by_address ON sign_ins (address, steady);

-- How far search indexes that were made anew are filled; a row only while they are not.
CREATE TABLE search_refill (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    customers_done INTEGER NOT NULL,
    interactions_done INTEGER NOT NULL
) STRICT;
