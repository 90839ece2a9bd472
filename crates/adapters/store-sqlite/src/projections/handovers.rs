//! Who had the customer when, and what was said between colleagues, as history shows it.

use crate::sql::int;
use acd::{Event, Target, What};
use rusqlite::{Transaction, params};
use vocab::{AgentId, InteractionId};

/// The record's agent is the one who has the customer, or had them last; nobody while they are passed on.
pub(super) fn change_hands(write: &Transaction<'_>, what: &What) -> rusqlite::Result<()> {
    match what {
        What::Transferred {
            interaction, queue, ..
        }
        | What::Overflowed {
            interaction, queue, ..
        } => {
            write
                .prepare_cached(
                    "UPDATE interactions SET agent = NULL, queue = ?2,
                         queue_name = COALESCE((SELECT name FROM queues WHERE id = ?2), queue_name)
                     WHERE id = ?1",
                )?
                .execute(params![int(interaction.0), queue.0])?;
        }
        What::HandedOver {
            interaction,
            colleague,
            ..
        } => {
            write
                .prepare_cached("UPDATE interactions SET agent = ?2 WHERE id = ?1")?
                .execute(params![int(interaction.0), colleague.0])?;
        }
        _ => {}
    }
    Ok(())
}

/// Names the colleague or queue of the timeline's line `seq`, as they are called now.
pub(super) fn name_target(
    write: &Transaction<'_>,
    seq: u64,
    event: &Event,
) -> rusqlite::Result<()> {
    let target = match event.what {
        What::Transferred { to, .. } => Some(to),
        What::Overflowed { queue, .. } => Some(Target::Queue { queue }),
        _ => event.what.colleague().map(|agent| Target::Agent { agent }),
    };
    let (Some(target), Some(interaction)) = (target, event.what.interaction()) else {
        return Ok(());
    };
    let (sql, id) = match target {
        Target::Queue { queue } => (
            "UPDATE happened SET to_name = (SELECT name FROM queues WHERE id = ?3)
             WHERE interaction = ?1 AND seq = ?2",
            queue.0,
        ),
        Target::Agent { agent } => (
            "UPDATE happened SET to_name = (SELECT name FROM users WHERE id = ?3)
             WHERE interaction = ?1 AND seq = ?2",
            agent.0,
        ),
    };
    write
        .prepare_cached(sql)?
        .execute(params![int(interaction.0), int(seq), id])?;
    Ok(())
}

/// The line says of one agent what happened; a colleague whom it is about took part by it, too.
pub(super) fn note_colleague(
    write: &Transaction<'_>,
    seq: u64,
    event: &Event,
) -> rusqlite::Result<()> {
    let (Some(colleague), Some(interaction)) = (event.what.colleague(), event.what.interaction())
    else {
        return Ok(());
    };
    write
        .prepare_cached("UPDATE happened SET colleague = ?3 WHERE interaction = ?1 AND seq = ?2")?
        .execute(params![int(interaction.0), int(seq), colleague.0])?;
    Ok(())
}

/// The newest line by which this agent passed the customer on or asked somebody gets the words that went with it.
pub(super) fn note(
    write: &Transaction<'_>,
    interaction: InteractionId,
    agent: AgentId,
    text: &str,
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "UPDATE happened SET note = ?3
             WHERE interaction = ?1 AND seq = (
                 SELECT MAX(seq) FROM happened WHERE interaction = ?1 AND agent = ?2
                     AND what IN ('transferred', 'consult_asked'))",
        )?
        .execute(params![int(interaction.0), agent.0, text])?;
    Ok(())
}
