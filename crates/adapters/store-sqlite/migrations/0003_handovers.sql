-- Whom a customer was passed on to or who was asked, and what was said with it.
ALTER TABLE happened ADD COLUMN to_name TEXT;
ALTER TABLE happened ADD COLUMN note TEXT;
