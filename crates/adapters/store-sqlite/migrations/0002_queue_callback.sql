-- Queues may be closed with a word on when they open, and say how long a place is kept for a callback.

ALTER TABLE queues ADD COLUMN is_closed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN opening TEXT;
-- Zero: nobody is called back.
ALTER TABLE queues ADD COLUMN callback_keeps_ms INTEGER NOT NULL DEFAULT 7200000;
