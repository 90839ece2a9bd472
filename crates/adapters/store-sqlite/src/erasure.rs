//! Erasing personal content from projections and from the journal itself, within the transaction that records it.
//!
//! A journal's entry that is erased keeps its number, its time and its sum; its text becomes [`REDACTED`]. The next
//! entry's sum covers the kept one, so that the chain still proves that no entry was lost, and recovery knows such an
//! entry by its exact text.

use crate::index;
use crate::notes;
use crate::sql::{int, whole};
use rusqlite::{OptionalExtension, Transaction, params};
use vocab::{CustomerId, InteractionId, Millis};

/// `Entry::Record { event: RecordEvent::Redacted }` as it stands in the journal.
pub(crate) const REDACTED: &str = r#"{"kind":"record","event":{"type":"redacted"}}"#;

/// Notes that an entry holds personal content.
pub(crate) fn remember(
    write: &Transaction<'_>,
    customer: CustomerId,
    seq: u64,
    interaction: Option<InteractionId>,
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "INSERT OR IGNORE INTO personal_entries (customer, seq, interaction) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![
            int(customer.0),
            int(seq),
            interaction.map(|interaction| int(interaction.0))
        ])?;
    Ok(())
}

pub(crate) fn remember_interaction(
    write: &Transaction<'_>,
    interaction: InteractionId,
    seq: u64,
) -> rusqlite::Result<()> {
    let customer = write
        .prepare_cached("SELECT customer FROM interactions WHERE id = ?1")?
        .query_row([int(interaction.0)], |row| whole(row, 0))
        .optional()?;
    match customer {
        Some(customer) => remember(write, CustomerId(customer), seq, Some(interaction)),
        None => Ok(()),
    }
}

pub(crate) fn erase_customer(
    write: &Transaction<'_>,
    customer: CustomerId,
    at: Millis,
) -> rusqlite::Result<()> {
    let id = int(customer.0);
    for interaction in interactions_of(write, customer)? {
        clear_interaction(write, interaction)?;
    }
    redact(
        write,
        "seq IN (SELECT seq FROM personal_entries WHERE customer = ?1)",
        id,
    )?;
    for table in [
        "personal_entries",
        "identities",
        "consents",
        "customer_notes",
        "import_updates",
        "to_index",
    ] {
        write.execute(&format!("DELETE FROM {table} WHERE customer = ?1"), [id])?;
    }
    index::forget_customer(write, customer)?;
    write.execute("DELETE FROM customers WHERE id = ?1", [id])?;
    // Damaged entries are kept aside for inspection; whose they are cannot be told any more, so they go too.
    write.execute("DELETE FROM journal_cut", [])?;
    write.execute(
        "INSERT OR IGNORE INTO erased (customer, at) VALUES (?1, ?2)",
        params![id, int(at.0)],
    )?;
    Ok(())
}

pub(crate) fn redact_interaction(
    write: &Transaction<'_>,
    interaction: InteractionId,
) -> rusqlite::Result<()> {
    clear_interaction(write, interaction)?;
    let id = int(interaction.0);
    redact(
        write,
        "seq IN (SELECT seq FROM personal_entries WHERE interaction = ?1)",
        id,
    )?;
    write.execute("DELETE FROM personal_entries WHERE interaction = ?1", [id])?;
    Ok(())
}

/// Times, people of the house, disposition and stars stay: they are the figures.
fn clear_interaction(write: &Transaction<'_>, interaction: InteractionId) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "UPDATE interactions SET topic = NULL, caller = NULL, is_redacted = 1 WHERE id = ?1",
        )?
        .execute([int(interaction.0)])?;
    write
        .prepare_cached("UPDATE happened SET note = NULL WHERE interaction = ?1")?
        .execute([int(interaction.0)])?;
    notes::forget(write, interaction)?;
    index::forget_interaction(write, interaction)
}

fn redact(write: &Transaction<'_>, which: &str, id: i64) -> rusqlite::Result<()> {
    write.execute(
        &format!("UPDATE journal SET entry = ?2, is_redacted = 1 WHERE {which}"),
        params![id, REDACTED],
    )?;
    Ok(())
}

pub(crate) fn interactions_of(
    write: &rusqlite::Connection,
    customer: CustomerId,
) -> rusqlite::Result<Vec<InteractionId>> {
    write
        .prepare_cached("SELECT id FROM interactions WHERE customer = ?1 ORDER BY id")?
        .query_map([int(customer.0)], |row| whole(row, 0).map(InteractionId))?
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{Entry, RecordEvent};

    #[test]
    fn the_redacted_text_is_what_the_entry_writes() {
        let event = RecordEvent::Redacted;
        let text = serde_json::to_string(&Entry::Record { event }).unwrap();
        assert_eq!(text, REDACTED);
    }
}
