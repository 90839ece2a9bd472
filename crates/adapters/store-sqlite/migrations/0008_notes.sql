-- A note belongs to an agent and an interaction: nobody writes over a colleague's.
CREATE TABLE interaction_notes (
    interaction INTEGER NOT NULL,
    agent INTEGER NOT NULL,
    -- The journal's entry by which this agent wrote first; kept when the text is emptied.
    first_seq INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (interaction, agent)
) STRICT, WITHOUT ROWID;
-- What stood there so far was of whoever wrote last.
INSERT INTO interaction_notes (interaction, agent, first_seq, text)
    SELECT interactions.id, COALESCE(saved.agent, interactions.agent, 0), COALESCE(saved.seq, 0), interactions.note
    FROM interactions LEFT JOIN happened AS saved ON saved.interaction = interactions.id AND saved.seq = (
        SELECT MAX(seq) FROM happened
        WHERE happened.interaction = interactions.id AND what = 'note_saved' AND agent IS NOT NULL)
    WHERE interactions.note <> '';
ALTER TABLE interactions DROP COLUMN note;
-- Up to here the journal's notes were one text that all shared: the next writer's took the place of the one before.
CREATE TABLE notes_shared (until INTEGER NOT NULL) STRICT;
INSERT INTO notes_shared (until) SELECT COALESCE(MAX(seq), 0) FROM journal;
