//! Records and what was said about interactions, folded from the journal.

use super::{add_happened, handovers, imports};
use crate::erasure;
use crate::identities;
use crate::index::{self, Part, Touched};
use crate::notes;
use crate::sql::{int, json_of, name_of};
use protocol::record::Consent;
use protocol::rest::{CustomerPatch, HappenedWhat, IdentityKind};
use rusqlite::{Transaction, params};
use store::{CallerDetails, JournalEntry, RecordEvent, RecordingStep, name_key};
use vocab::{AgentId, CustomerId, InteractionId, Millis, NoteId};

pub(super) fn fold(
    write: &Transaction<'_>,
    entry: &JournalEntry,
    event: &RecordEvent,
    touched: &mut Touched,
) -> rusqlite::Result<()> {
    let (seq, at) = (entry.seq, entry.at);
    match event {
        RecordEvent::CustomerAdded {
            customer,
            import,
            record,
        } => {
            erasure::remember(write, *customer, seq, None)?;
            imports::add(write, *customer, *import, seq, at, record)?;
            match import {
                // So many at once would hold commits up; the indexes follow in between.
                Some(_) => index::postpone(write, *customer)?,
                None => {
                    touched.customers.insert(*customer);
                }
            }
            Ok(())
        }
        RecordEvent::ImportUpdated {
            customer,
            import,
            before,
        } => {
            erasure::remember(write, *customer, seq, None)?;
            imports::keep_before(write, *customer, *import, before)
        }
        RecordEvent::ImportAdvanced {
            import,
            counts,
            refused_bytes,
            bytes_done,
        } => imports::advance(write, *import, *counts, [*refused_bytes, *bytes_done]),
        RecordEvent::CustomerCreated { customer, .. }
        | RecordEvent::CustomerPatched { customer, .. }
        | RecordEvent::IdentityAdded { customer, .. }
        | RecordEvent::IdentityRemoved { customer, .. }
        | RecordEvent::BrowsersForgotten { customer }
        | RecordEvent::ConsentSet { customer, .. }
        | RecordEvent::CustomerNoteAdded { customer, .. }
        | RecordEvent::CustomerNoteEdited { customer, .. }
        | RecordEvent::CustomerNoteRemoved { customer, .. } => {
            erasure::remember(write, *customer, seq, None)?;
            customer_changes(write, seq, at, *customer, event)?;
            touched.customers.insert(*customer);
            Ok(())
        }
        RecordEvent::InteractionRedacted { interaction } => {
            erasure::redact_interaction(write, *interaction)
        }
        RecordEvent::CustomerErased { customer } => erasure::erase_customer(write, *customer, at),
        RecordEvent::Redacted => Ok(()),
        of_interaction => interaction_changes(write, entry, of_interaction, touched),
    }
}

/// What was said about one interaction; anything else is not for here.
fn interaction_changes(
    write: &Transaction<'_>,
    entry: &JournalEntry,
    event: &RecordEvent,
    touched: &mut Touched,
) -> rusqlite::Result<()> {
    let (seq, at) = (entry.seq, entry.at);
    match event {
        RecordEvent::CallerDetails {
            interaction,
            details,
        } => {
            erasure::remember_interaction(write, *interaction, seq)?;
            touched.interactions.insert((*interaction, Part::Topic));
            caller(write, *interaction, details)
        }
        RecordEvent::NoteSaved {
            interaction,
            agent,
            text,
        } => {
            erasure::remember_interaction(write, *interaction, seq)?;
            touched.interactions.insert((*interaction, Part::Notes));
            save_note(write, entry, *interaction, *agent, text.reveal())
        }
        RecordEvent::HandoverNoted {
            interaction,
            agent,
            text,
        } => {
            erasure::remember_interaction(write, *interaction, seq)?;
            handovers::note(write, *interaction, *agent, text.reveal())
        }
        RecordEvent::MediaReported {
            interaction,
            report,
            ..
        } => {
            write
                .prepare_cached("UPDATE interactions SET media = ?2 WHERE id = ?1")?
                .execute(params![int(interaction.0), json_of(report)?])?;
            Ok(())
        }
        RecordEvent::Recording {
            interaction,
            agent,
            step,
        } => {
            let what = step_happened(*step);
            add_happened(write, *interaction, seq, at, what, Some(*agent))
        }
        RecordEvent::Rated { interaction, stars } => {
            write
                .prepare_cached("UPDATE interactions SET stars = ?2 WHERE id = ?1")?
                .execute(params![int(interaction.0), stars])?;
            add_happened(write, *interaction, seq, at, HappenedWhat::Rated, None)
        }
        _ => Ok(()),
    }
}

fn save_note(
    write: &Transaction<'_>,
    entry: &JournalEntry,
    interaction: InteractionId,
    agent: AgentId,
    text: &str,
) -> rusqlite::Result<()> {
    if !notes::keep(write, interaction, agent, entry.seq, text)? {
        return Ok(());
    }
    // A note of today is due again when today is long ago.
    write
        .prepare_cached("UPDATE interactions SET is_redacted = 0 WHERE id = ?1")?
        .execute([int(interaction.0)])?;
    let what = HappenedWhat::NoteSaved;
    add_happened(write, interaction, entry.seq, entry.at, what, Some(agent))
}

fn step_happened(step: RecordingStep) -> HappenedWhat {
    match step {
        RecordingStep::Started => HappenedWhat::RecordingStarted,
        RecordingStep::Paused => HappenedWhat::RecordingPaused,
        RecordingStep::Resumed => HappenedWhat::RecordingResumed,
        RecordingStep::Ended => HappenedWhat::RecordingEnded,
    }
}

fn customer_changes(
    write: &Transaction<'_>,
    seq: u64,
    at: Millis,
    customer: CustomerId,
    event: &RecordEvent,
) -> rusqlite::Result<()> {
    match event {
        RecordEvent::CustomerCreated { name, language, .. } => {
            write
                .prepare_cached(
                    "INSERT INTO customers (id, name, name_key, language, since, last_contact_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
                )?
                .execute(params![
                    int(customer.0),
                    name.reveal(),
                    name_key(name.reveal()),
                    language,
                    int(at.0)
                ])?;
            return Ok(());
        }
        RecordEvent::CustomerPatched { patch, .. } => patch_customer(write, customer, patch)?,
        RecordEvent::IdentityAdded { identity, .. } => identities::add(write, customer, identity)?,
        RecordEvent::IdentityRemoved { identity, .. } => {
            identities::remove(write, customer, identity)?;
        }
        RecordEvent::BrowsersForgotten { .. } => {
            write
                .prepare_cached("DELETE FROM identities WHERE customer = ?1 AND kind = ?2")?
                .execute(params![int(customer.0), name_of(&IdentityKind::Visitor)?])?;
        }
        RecordEvent::ConsentSet { consent, .. } => set_consent(write, customer, seq, *consent)?,
        RecordEvent::CustomerNoteAdded { agent, text, .. } => {
            add_note(write, customer, seq, at, *agent, text.reveal())?;
        }
        RecordEvent::CustomerNoteEdited { note, text, .. } => {
            edit_note(write, customer, *note, at, text.reveal())?;
        }
        RecordEvent::CustomerNoteRemoved { note, .. } => {
            write
                .prepare_cached("DELETE FROM customer_notes WHERE id = ?1 AND customer = ?2")?
                .execute(params![int(note.0), int(customer.0)])?;
        }
        _ => {}
    }
    write
        .prepare_cached("UPDATE customers SET revision = revision + 1 WHERE id = ?1")?
        .execute([int(customer.0)])?;
    Ok(())
}

fn caller(
    write: &Transaction<'_>,
    interaction: InteractionId,
    details: &CallerDetails,
) -> rusqlite::Result<()> {
    write
        .prepare_cached("UPDATE interactions SET topic = ?2, caller = ?3 WHERE id = ?1")?
        .execute(params![
            int(interaction.0),
            details.topic.as_ref().map(|topic| topic.reveal()),
            json_of(details)?
        ])?;
    Ok(())
}

fn patch_customer(
    write: &Transaction<'_>,
    customer: CustomerId,
    patch: &CustomerPatch,
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "UPDATE customers SET name = COALESCE(?2, name), name_key = COALESCE(?9, name_key),
                 language = NULLIF(COALESCE(?3, language), ''),
                 is_vip = COALESCE(?4, is_vip), labels = COALESCE(?5, labels),
                 note = COALESCE(?6, note), attributes = COALESCE(?7, attributes),
                 preferences = COALESCE(?8, preferences)
             WHERE id = ?1",
        )?
        .execute(params![
            int(customer.0),
            patch.name.as_ref().map(|name| name.reveal()),
            patch.language,
            patch.is_vip,
            patch.labels.as_ref().map(json_of).transpose()?,
            patch.note.as_ref().map(|note| note.reveal()),
            patch.attributes.as_ref().map(json_of).transpose()?,
            patch.preferences.as_ref().map(json_of).transpose()?,
            patch.name.as_ref().map(|name| name_key(name.reveal())),
        ])?;
    Ok(())
}

pub(super) fn set_consent(
    write: &Transaction<'_>,
    customer: CustomerId,
    seq: u64,
    consent: Consent,
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "INSERT INTO consents (customer, kind, seq, is_given, given_at, source)
             SELECT id, ?2, ?3, ?4, ?5, ?6 FROM customers WHERE id = ?1",
        )?
        .execute(params![
            int(customer.0),
            name_of(&consent.kind)?,
            int(seq),
            consent.is_given,
            int(consent.given_at.0),
            name_of(&consent.source)?
        ])?;
    Ok(())
}

fn add_note(
    write: &Transaction<'_>,
    customer: CustomerId,
    seq: u64,
    at: Millis,
    agent: AgentId,
    text: &str,
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "INSERT INTO customer_notes (id, customer, agent, at, text)
             SELECT ?2, id, ?3, ?4, ?5 FROM customers WHERE id = ?1",
        )?
        .execute(params![int(customer.0), int(seq), agent.0, int(at.0), text])?;
    Ok(())
}

fn edit_note(
    write: &Transaction<'_>,
    customer: CustomerId,
    note: NoteId,
    at: Millis,
    text: &str,
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "UPDATE customer_notes SET text = ?4, edited_at = ?3 WHERE id = ?2 AND customer = ?1",
        )?
        .execute(params![int(customer.0), int(note.0), int(at.0), text])?;
    Ok(())
}
