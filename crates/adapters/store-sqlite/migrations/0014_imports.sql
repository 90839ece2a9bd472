-- Files of customers that were brought in: what became of each, and what can be taken back.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    state TEXT NOT NULL,
    -- ImportOptions as JSON.
    options TEXT NOT NULL DEFAULT '{}',
    -- ImportCounts as JSON, of the batches that were written.
    counts TEXT NOT NULL DEFAULT '{}',
    refused_bytes INTEGER NOT NULL DEFAULT 0,
    bytes_done INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    kept INTEGER NOT NULL DEFAULT 0,
    -- 'start' or 'undo', asked for by the command line while a server runs.
    wish TEXT
) STRICT;
-- By which import a record was made.
ALTER TABLE customers ADD COLUMN import INTEGER;
CREATE INDEX customers_by_import ON customers (import, id) WHERE import IS NOT NULL;
-- Records that were there before: what they were, and their revision after the import's change.
CREATE TABLE import_updates (
    import INTEGER NOT NULL,
    customer INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    -- CustomerRecord as JSON.
    before TEXT NOT NULL,
    PRIMARY KEY (import, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_updates_by_customer ON import_updates (customer);
-- Customers who are not in the search indexes yet.
CREATE TABLE to_index (
    customer INTEGER PRIMARY KEY
) STRICT;
