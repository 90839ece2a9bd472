//! What history shows, folded from the journal entry by entry in the transaction that appends it.

mod handovers;
mod imports;
mod records;

use crate::clock;
use crate::index::{self, Part, Touched};
use crate::sql::{int, name_of};
use acd::{Event, What};
use protocol::rest::HappenedWhat;
use rusqlite::{Transaction, params};
use store::{Entry, JournalEntry};
use vocab::{AgentId, CustomerId, EndedBy, InteractionId, MediumKind, Millis, QueueId};

/// What it changes of what is searched is left in `touched`.
pub(crate) fn fold(
    write: &Transaction<'_>,
    entry: &JournalEntry,
    touched: &mut Touched,
) -> rusqlite::Result<()> {
    match &entry.entry {
        Entry::Routing { event } => {
            if let What::ClockStepped { by_ms } = event.what {
                return clock::stepped(write, entry.seq, event.at, by_ms);
            }
            interaction_changes(write, event)?;
            if let Some(interaction) = over(&event.what) {
                is_over(write, interaction)?;
                touched.interactions.insert((interaction, Part::Notes));
            }
            timeline_grows(write, entry.seq, event)
        }
        Entry::Record { event } => records::fold(write, entry, event, touched),
    }
}

/// Everything that [`fold`] fills, beside the search indexes.
pub(crate) const TABLES: [&str; 11] = [
    "happened",
    "interaction_notes",
    "interactions",
    "identities",
    "consents",
    "customer_notes",
    "personal_entries",
    "import_updates",
    "to_index",
    "customers",
    "clock_steps",
];

/// Empties everything that [`fold`] fills.
pub(crate) fn clear(write: &Transaction<'_>) -> rusqlite::Result<()> {
    index::clear(write)?;
    for table in TABLES {
        write.execute(&format!("DELETE FROM {table}"), [])?;
    }
    Ok(())
}

fn interaction_changes(write: &Transaction<'_>, event: &Event) -> rusqlite::Result<()> {
    match &event.what {
        What::Entered {
            interaction,
            customer,
            queue,
            medium,
            ..
        } => {
            entered(write, *interaction, *customer, *queue, *medium, event.at)?;
        }
        What::OfferAccepted { interaction, agent } => {
            answered(write, *interaction, *agent, event.at)?;
        }
        // Its agent was lost: it waits for an answer again.
        What::ReturnedToQueue { interaction } => unanswered(write, *interaction)?,
        What::Abandoned {
            interaction,
            by: EndedBy::CallbackMissed,
        } => ended(write, *interaction, event.at, Some(EndedBy::CallbackMissed))?,
        What::Abandoned { interaction, .. } => ended(write, *interaction, event.at, None)?,
        What::RemovedFromLine { interaction, .. } => {
            ended(write, *interaction, event.at, Some(EndedBy::Removed))?;
        }
        What::Ended {
            interaction, by, ..
        } => ended(write, *interaction, event.at, Some(*by))?,
        What::WrapUpFinished {
            interaction,
            disposition: Some(code),
            ..
        } => {
            write
                .prepare_cached("UPDATE interactions SET disposition = ?2 WHERE id = ?1")?
                .execute(params![int(interaction.0), code])?;
        }
        What::Transferred { .. } | What::HandedOver { .. } | What::Overflowed { .. } => {
            handovers::change_hands(write, &event.what)?;
        }
        // Who may be offered it, who is rung, and agents' states are not part of the row.
        _ => {}
    }
    Ok(())
}

fn answered(
    write: &Transaction<'_>,
    interaction: InteractionId,
    agent: AgentId,
    at: Millis,
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "UPDATE interactions SET answered_at = COALESCE(answered_at, ?2), agent = ?3
             WHERE id = ?1",
        )?
        .execute(params![int(interaction.0), int(at.0), agent.0])
        .map(drop)
}

fn unanswered(write: &Transaction<'_>, interaction: InteractionId) -> rusqlite::Result<()> {
    write
        .prepare_cached("UPDATE interactions SET answered_at = NULL, agent = NULL WHERE id = ?1")?
        .execute([int(interaction.0)])
        .map(drop)
}

fn entered(
    write: &Transaction<'_>,
    interaction: InteractionId,
    customer: CustomerId,
    queue: QueueId,
    medium: MediumKind,
    at: Millis,
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "INSERT INTO interactions (id, customer, queue, queue_name, medium, entered_at)
             VALUES (?1, ?2, ?3, COALESCE((SELECT name FROM queues WHERE id = ?3), ''), ?4, ?5)",
        )?
        .execute(params![
            int(interaction.0),
            int(customer.0),
            queue.0,
            name_of(&medium)?,
            int(at.0)
        ])?;
    write
        .prepare_cached(
            "UPDATE customers SET interactions = interactions + 1,
                 last_contact_at = ?2
             WHERE id = ?1",
        )?
        .execute(params![int(customer.0), int(at.0)])?;
    Ok(())
}

fn ended(
    write: &Transaction<'_>,
    interaction: InteractionId,
    at: Millis,
    by: Option<EndedBy>,
) -> rusqlite::Result<()> {
    write
        .prepare_cached("UPDATE interactions SET ended_at = ?2, ended_by = ?3 WHERE id = ?1")?
        .execute(params![
            int(interaction.0),
            int(at.0),
            by.map(|by| name_of(&by)).transpose()?
        ])?;
    Ok(())
}

/// The interaction that is over by this, its wrap-up included.
fn over(what: &What) -> Option<InteractionId> {
    match what {
        What::Abandoned { interaction, .. }
        | What::RemovedFromLine { interaction, .. }
        | What::WrapUpFinished { interaction, .. }
        | What::Ended {
            interaction,
            wrap_up_deadline: None,
            ..
        } => Some(*interaction),
        _ => None,
    }
}

fn is_over(write: &Transaction<'_>, interaction: InteractionId) -> rusqlite::Result<()> {
    write
        .prepare_cached("UPDATE interactions SET is_over = 1 WHERE id = ?1")?
        .execute([int(interaction.0)])
        .map(drop)
}

fn timeline_grows(write: &Transaction<'_>, seq: u64, event: &Event) -> rusqlite::Result<()> {
    let Some(what) = happened(&event.what) else {
        return Ok(());
    };
    let agent = match event.what {
        What::RemovedFromLine { by, .. } => Some(by),
        _ => event.what.agent(),
    };
    if let Some(interaction) = event.what.interaction() {
        add_happened(write, interaction, seq, event.at, what, agent)?;
        handovers::name_target(write, seq, event)?;
        return handovers::note_colleague(write, seq, event);
    }
    // An agent's link is part of the story of the conversation that the agent is in.
    let Some(agent) = agent else { return Ok(()) };
    let live: Vec<i64> = write
        .prepare_cached(
            "SELECT id FROM interactions
             WHERE agent = ?1 AND answered_at IS NOT NULL AND ended_at IS NULL",
        )?
        .query_map([agent.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for interaction in live {
        let interaction = InteractionId(interaction.unsigned_abs());
        add_happened(write, interaction, seq, event.at, what, Some(agent))?;
    }
    Ok(())
}

/// What the timeline shows of an event, if anything.
fn happened(what: &What) -> Option<HappenedWhat> {
    match what {
        What::Entered { .. } => Some(HappenedWhat::Entered),
        What::CustomerAway { .. } => Some(HappenedWhat::CustomerAway),
        What::CustomerBack { .. } => Some(HappenedWhat::CustomerBack),
        What::Abandoned { .. } => Some(HappenedWhat::Abandoned),
        What::RemovedFromLine { .. } => Some(HappenedWhat::RemovedFromLine),
        What::PlaceKept { .. } => Some(HappenedWhat::PlaceKept),
        What::WaitsOnLine { .. } => Some(HappenedWhat::WaitsOnLine),
        What::CallbackStarted { .. } => Some(HappenedWhat::CallbackStarted),
        What::CallbackMissed { .. } => Some(HappenedWhat::CallbackMissed),
        What::OfferMade { .. } => Some(HappenedWhat::Offered),
        What::OfferAccepted { .. } => Some(HappenedWhat::Answered),
        What::OfferDeclined { .. } => Some(HappenedWhat::OfferDeclined),
        What::OfferMissed { .. } => Some(HappenedWhat::OfferMissed),
        What::OfferWithdrawn { .. } => Some(HappenedWhat::OfferWithdrawn),
        What::ReturnedToQueue { .. } => Some(HappenedWhat::ReturnedToQueue),
        What::Overflowed { .. } => Some(HappenedWhat::Overflowed),
        What::Transferred { .. } => Some(HappenedWhat::Transferred),
        What::ConsultAsked { .. } => Some(HappenedWhat::ConsultAsked),
        What::ConsultAccepted { .. } => Some(HappenedWhat::ConsultAnswered),
        What::ConsultJoined { .. } => Some(HappenedWhat::ConsultJoined),
        What::SteppedAside { .. } => Some(HappenedWhat::SteppedAside),
        What::ConsultEnded { .. } => Some(HappenedWhat::ConsultEnded),
        What::HandedOver { .. } => Some(HappenedWhat::HandedOver),
        What::Held { .. } => Some(HappenedWhat::Held),
        What::Resumed { .. } => Some(HappenedWhat::Resumed),
        What::Ended { .. } => Some(HappenedWhat::Ended),
        What::WrapUpFinished { .. } => Some(HappenedWhat::WrapUpFinished),
        What::AgentAway { .. } => Some(HappenedWhat::AgentAway),
        What::AgentBack { .. } => Some(HappenedWhat::AgentBack),
        What::Configured { .. }
        | What::HoursChanged { .. }
        | What::ClockStepped { .. }
        | What::CallbackRested { .. }
        | What::KeptForAgent { .. }
        | What::OfferableToAll { .. }
        | What::RingWidened { .. }
        | What::OverflowPostponed { .. }
        | What::StateForced { .. }
        | What::WrapUpExtended { .. }
        | What::AgentCameOnline { .. }
        | What::AgentWentOffline { .. }
        | What::StateChosen { .. }
        | What::NextStateReserved { .. } => None,
    }
}

fn add_happened(
    write: &Transaction<'_>,
    interaction: InteractionId,
    seq: u64,
    at: Millis,
    what: HappenedWhat,
    agent: Option<AgentId>,
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "INSERT INTO happened (interaction, seq, at, what, agent) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            int(interaction.0),
            int(seq),
            int(at.0),
            name_of(&what)?,
            agent.map(|agent| agent.0)
        ])?;
    Ok(())
}
