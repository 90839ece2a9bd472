//! Whole records added at once, and how far imports have come, folded from the journal.

use super::records::set_consent;
use crate::identities;
use crate::sql::{int, json_of};
use protocol::exchange::{CustomerRecord, ImportCounts};
use protocol::record::Preferences;
use rusqlite::{Transaction, params};
use store::name_key;
use vocab::{CustomerId, ImportId, Millis};

pub(super) fn add(
    write: &Transaction<'_>,
    customer: CustomerId,
    import: Option<ImportId>,
    seq: u64,
    at: Millis,
    record: &CustomerRecord,
) -> rusqlite::Result<()> {
    let preferences = (record.preferences != Preferences::default())
        .then(|| json_of(&record.preferences))
        .transpose()?;
    write
        .prepare_cached(
            "INSERT INTO customers (id, name, name_key, language, since, last_contact_at, is_vip, labels, note,
                 attributes, preferences, import)
             VALUES (?1, ?2, ?11, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            int(customer.0),
            record.name.reveal(),
            record.language,
            int(at.0),
            record.is_vip,
            json_of(&record.labels)?,
            record.note.reveal(),
            json_of(&record.attributes)?,
            preferences,
            import.map(|import| int(import.0)),
            name_key(record.name.reveal()),
        ])?;
    identities::add_first(write, customer, &record.identities)?;
    for consent in &record.consents {
        set_consent(write, customer, seq, *consent)?;
    }
    Ok(())
}

pub(super) fn keep_before(
    write: &Transaction<'_>,
    customer: CustomerId,
    import: ImportId,
    before: &CustomerRecord,
) -> rusqlite::Result<()> {
    // A file may name somebody twice; what stood there before the first row is what is gone back to.
    write
        .prepare_cached(
            "INSERT INTO import_updates (import, customer, revision, before)
             SELECT ?1, id, revision, ?3 FROM customers WHERE id = ?2
             ON CONFLICT (import, customer) DO UPDATE SET revision = excluded.revision",
        )?
        .execute(params![int(import.0), int(customer.0), json_of(before)?])
        .map(drop)
}

pub(super) fn advance(
    write: &Transaction<'_>,
    import: ImportId,
    counts: ImportCounts,
    [refused_bytes, bytes_done]: [u64; 2],
) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "UPDATE imports SET counts = ?2, refused_bytes = ?3, bytes_done = ?4 WHERE id = ?1",
        )?
        .execute(params![
            int(import.0),
            json_of(&counts)?,
            int(refused_bytes),
            int(bytes_done)
        ])
        .map(drop)
}
