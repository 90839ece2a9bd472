-- A number is compared in its international form, an address without case; what is no number and no address has no key
-- and identifies nobody. A record has an identity once in each spelling that was given.
CREATE TABLE identities_now (
    customer INTEGER NOT NULL REFERENCES customers (id),
    kind TEXT NOT NULL,
    -- As it was given.
    value TEXT NOT NULL,
    -- Under which it is looked up.
    key TEXT,
    -- Of a telephone number.
    extension TEXT,
    PRIMARY KEY (customer, kind, value)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO identities_now (customer, kind, value, key)
    SELECT customer, kind, value, CASE kind WHEN 'visitor' THEN key END FROM identities;
DROP TABLE identities;
ALTER TABLE identities_now RENAME TO identities;
CREATE INDEX identities_by_key ON identities (kind, key) WHERE key IS NOT NULL;

-- The name folded, its words in order: by it records are suggested that may be the same person's.
ALTER TABLE customers ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
CREATE INDEX customers_by_name ON customers (name_key);

-- From which record on keys are to be made anew, because the organisation's country changed; no row when all are.
CREATE TABLE identities_to_renew (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    next_customer INTEGER NOT NULL
) STRICT;
