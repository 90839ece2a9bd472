-- Looking at customers is in the trail as well: from which address, and what was searched for only as a keyed sum.
ALTER TABLE audit ADD COLUMN address TEXT;
ALTER TABLE organisation ADD COLUMN audit_key BLOB;
