//! What agents wrote about interactions: one text for each agent and interaction, in the order in which they began.

use crate::sql::int;
use protocol::rest::InteractionNote;
use rusqlite::{Connection, Transaction, params};
use vocab::{AgentId, InteractionId, Sensitive};

/// All texts of the row of `interactions` that the query is at, as one.
pub(crate) const JOINED: &str = "(SELECT COALESCE(group_concat(text, char(10)), '') FROM \
     (SELECT text FROM interaction_notes WHERE interaction = interactions.id AND trim(text) <> '' \
     ORDER BY first_seq, agent))";

/// As history shows them: emptied ones are shown nowhere.
pub(crate) fn of_interaction(
    connection: &Connection,
    interaction: InteractionId,
) -> rusqlite::Result<Vec<InteractionNote>> {
    let mut notes: Vec<InteractionNote> = connection
        .prepare_cached(
            "SELECT agent, users.name, text FROM interaction_notes LEFT JOIN users ON users.id = agent
             WHERE interaction = ?1 ORDER BY first_seq, agent",
        )?
        .query_map([int(interaction.0)], |row| {
            Ok(InteractionNote {
                agent: AgentId(row.get(0)?),
                agent_name: row.get(1)?,
                text: Sensitive::new(row.get(2)?),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    notes.retain(|note| !note.is_empty());
    Ok(notes)
}

/// The agent's whole text as it stands now; false when it was not kept, since the customer was erased.
pub(crate) fn keep(
    write: &Transaction<'_>,
    interaction: InteractionId,
    agent: AgentId,
    seq: u64,
    text: &str,
) -> rusqlite::Result<bool> {
    write
        .prepare_cached(
            "DELETE FROM interaction_notes WHERE interaction = ?1 AND agent <> ?2
             AND ?3 <= (SELECT until FROM notes_shared)",
        )?
        .execute(params![int(interaction.0), agent.0, int(seq)])?;
    let kept = write
        .prepare_cached(
            "INSERT INTO interaction_notes (interaction, agent, first_seq, text)
             SELECT id, ?2, ?3, ?4 FROM interactions
             WHERE id = ?1 AND customer NOT IN (SELECT customer FROM erased)
             ON CONFLICT (interaction, agent) DO UPDATE SET text = excluded.text",
        )?
        .execute(params![int(interaction.0), agent.0, int(seq), text])?;
    Ok(kept > 0)
}

pub(crate) fn forget(write: &Transaction<'_>, interaction: InteractionId) -> rusqlite::Result<()> {
    write
        .prepare_cached("DELETE FROM interaction_notes WHERE interaction = ?1")?
        .execute([int(interaction.0)])
        .map(drop)
}
