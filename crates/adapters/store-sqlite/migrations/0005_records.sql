-- Whole records: revisions, consents, preferences, attributes, notes; search in words about interactions; erasure.
ALTER TABLE customers ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
-- A JSON array of {name, value}.
ALTER TABLE customers ADD COLUMN attributes TEXT NOT NULL DEFAULT '[]';
-- Preferences as JSON.
ALTER TABLE customers ADD COLUMN preferences TEXT;

-- Every word on a consent; the last of its kind counts.
CREATE TABLE consents (
    customer INTEGER NOT NULL,
    kind TEXT NOT NULL,
    seq INTEGER NOT NULL,
    is_given INTEGER NOT NULL,
    given_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (customer, kind, seq)
) STRICT, WITHOUT ROWID;

-- Its id is the journal's entry by which it was written.
CREATE TABLE customer_notes (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL,
    agent INTEGER NOT NULL,
    at INTEGER NOT NULL,
    edited_at INTEGER,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX customer_notes_by_customer ON customer_notes (customer);

-- Trigrams of what interactions were about; rowid is the interaction.
CREATE VIRTUAL TABLE interaction_search USING fts5 (
    topic, note, tokenize = 'trigram remove_diacritics 1'
);
-- For words of one or two letters, which trigrams cannot answer: single Chinese characters, pairs of them, and
-- beginnings of other words, written by the program.
CREATE VIRTUAL TABLE customer_grams USING fts5 (
    name, rest, detail = 'column', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE interaction_grams USING fts5 (
    words, detail = 'none', tokenize = 'unicode61 remove_diacritics 2'
);
-- What is taken out of an index is overwritten at once rather than at the next merge.
INSERT INTO customer_search (customer_search, rank) VALUES ('secure-delete', 1);
INSERT INTO interaction_search (interaction_search, rank) VALUES ('secure-delete', 1);
INSERT INTO customer_grams (customer_grams, rank) VALUES ('secure-delete', 1);
INSERT INTO interaction_grams (interaction_grams, rank) VALUES ('secure-delete', 1);

-- Set when the entry's content was erased; its sum is still the one that the next entry's sum covers.
ALTER TABLE journal ADD COLUMN is_redacted INTEGER NOT NULL DEFAULT 0;
-- Which entries hold a customer's personal content, so that an erasure need not read the whole journal.
CREATE TABLE personal_entries (
    customer INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    -- The interaction it is about, when it is about one.
    interaction INTEGER,
    PRIMARY KEY (customer, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX personal_entries_by_interaction ON personal_entries (interaction) WHERE interaction IS NOT NULL;
INSERT OR IGNORE INTO personal_entries (customer, seq, interaction)
    SELECT json_extract(entry, '$.event.customer'), seq, NULL FROM journal
    WHERE json_valid(entry) AND json_extract(entry, '$.kind') = 'record'
      AND json_extract(entry, '$.event.customer') IS NOT NULL;
INSERT OR IGNORE INTO personal_entries (customer, seq, interaction)
    SELECT interactions.customer, seq, interactions.id
    FROM journal JOIN interactions ON interactions.id = json_extract(entry, '$.event.interaction')
    WHERE json_valid(entry) AND json_extract(entry, '$.kind') = 'record'
      AND json_extract(entry, '$.event.type') IN ('caller_details', 'note_saved', 'handover_noted');

-- Customers who were erased: their numbers are never given again.
CREATE TABLE erased (
    customer INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;
ALTER TABLE interactions ADD COLUMN is_redacted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX interactions_to_redact ON interactions (ended_at) WHERE is_redacted = 0 AND ended_at IS NOT NULL;
CREATE TABLE erasure_requests (
    customer INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    state TEXT NOT NULL
) STRICT;

CREATE TABLE retention (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    interactions_days INTEGER,
    customers_days INTEGER,
    audit_days INTEGER,
    -- Audit lines before this moment may be removed.
    audit_kept_from INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO retention (id) VALUES (1);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit trail is only added to');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN OLD.at >= (SELECT audit_kept_from FROM retention) BEGIN
    SELECT RAISE(ABORT, 'the audit trail is kept for as long as its retention says');
END;

ALTER TABLE dispositions ADD COLUMN name_zh_hans TEXT;
ALTER TABLE dispositions ADD COLUMN name_zh_hant TEXT;
CREATE TABLE reason_names (
    reason TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_zh_hans TEXT,
    name_zh_hant TEXT
) STRICT;
