-- What an interaction was about is indexed in two rows that are written once: its topic under twice its number, and
-- its notes, when it is over, under one more. Taking text out of an index costs far more than putting it in.
DROP TABLE interaction_search;
DROP TABLE interaction_grams;
CREATE VIRTUAL TABLE interaction_search USING fts5 (
    words, tokenize = 'trigram remove_diacritics 1'
);
CREATE VIRTUAL TABLE interaction_grams USING fts5 (
    words, detail = 'none', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO interaction_search (interaction_search, rank) VALUES ('secure-delete', 1);
INSERT INTO interaction_grams (interaction_grams, rank) VALUES ('secure-delete', 1);
-- Parts of an index are merged between commits and not within one; should that never be possible, at so many parts.
INSERT INTO customer_search (customer_search, rank) VALUES ('automerge', 0), ('crisismerge', 64);
INSERT INTO customer_grams (customer_grams, rank) VALUES ('automerge', 0), ('crisismerge', 64);
INSERT INTO interaction_search (interaction_search, rank) VALUES ('automerge', 0), ('crisismerge', 64);
INSERT INTO interaction_grams (interaction_grams, rank) VALUES ('automerge', 0), ('crisismerge', 64);
-- Wrapped up, or never answered: what is written about it from now on is indexed at once. So it is with all from
-- before, since nobody has noted of them when they were over.
ALTER TABLE interactions ADD COLUMN is_over INTEGER NOT NULL DEFAULT 0;
UPDATE interactions SET is_over = 1;
