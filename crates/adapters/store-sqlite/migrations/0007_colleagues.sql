-- The colleague who was asked, or was handed the customer, by a line of the timeline: they took part, too.
ALTER TABLE happened ADD COLUMN colleague INTEGER;
UPDATE happened SET colleague = (
    SELECT json_extract(entry, '$.event.what.colleague') FROM journal
    WHERE journal.seq = happened.seq AND json_valid(entry)
) WHERE what IN ('consult_asked', 'consult_answered', 'consult_joined', 'stepped_aside', 'consult_ended', 'handed_over');
