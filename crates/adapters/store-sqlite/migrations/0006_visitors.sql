-- From which browser an interaction came, found without reading all of them. It is what the caller's details say, so
-- that it goes with them when they are erased.
ALTER TABLE interactions ADD COLUMN visitor TEXT
    GENERATED ALWAYS AS (json_extract(caller, '$.visitor')) VIRTUAL;
CREATE INDEX interactions_by_visitor ON interactions (visitor, entered_at, id) WHERE visitor IS NOT NULL;
