//! The audit trail, how long things are kept, and erasures asked for on the command line.

use crate::clock;
use crate::sql::{Sql, at, int, whole};
use protocol::record::AuditLine;
use rusqlite::{Connection, Row, TransactionBehavior, params};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use store::{AuditNote, ErasureRequest, ErasureState, Look, Looked, Result, Retention, Stamp};
use timekeeping::Span;
use vocab::CustomerId;

pub(crate) fn add(connection: &Connection, note: &AuditNote) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO audit (at, who, what, subject) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![int(note.at.0), note.by, note.what, note.subject])?;
    Ok(())
}

pub(crate) fn stamped(
    connection: &Connection,
    stamp: Stamp<'_>,
    what: &str,
    subject: &str,
) -> rusqlite::Result<()> {
    let note = AuditNote {
        at: stamp.at,
        by: stamp.by.to_owned(),
        what: what.to_owned(),
        subject: subject.to_owned(),
    };
    add(connection, &note)
}

/// One flush for all of them.
pub(crate) fn note_looks(connection: &mut Connection, looks: &[Look]) -> rusqlite::Result<()> {
    let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    write.execute(
        "UPDATE organisation SET audit_key = randomblob(32) WHERE audit_key IS NULL",
        [],
    )?;
    let key: Vec<u8> =
        write.query_row("SELECT audit_key FROM organisation", [], |row| row.get(0))?;
    for look in looks {
        let (what, subject) = match &look.what {
            Looked::Customer(customer) => ("customer_viewed", format!("customer {customer}")),
            Looked::Search { query, found } => {
                let sum = keyed_sum(&key, query.reveal());
                ("customers_searched", format!("search {sum}, {found} found"))
            }
        };
        write
            .prepare_cached(
                "INSERT INTO audit (at, who, what, subject, address) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![int(look.at.0), look.by, what, subject, look.from])?;
    }
    write.commit()
}

/// Tells whether two searches were for the same words, and not for which: a name outlives its record here otherwise.
/// The key has a fixed length and stands first, so nothing can be moved between key and words.
fn keyed_sum(key: &[u8], words: &str) -> String {
    let words = words.trim().to_lowercase();
    let sum = Sha256::new()
        .chain_update(key)
        .chain_update(words)
        .finalize();
    sum.iter().take(6).fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn page(
    connection: &Connection,
    before: Option<u64>,
    limit: u32,
) -> rusqlite::Result<Vec<AuditLine>> {
    connection
        .prepare_cached(
            "SELECT id, at, who, what, subject, address FROM audit
             WHERE id < COALESCE(?1, id + 1) ORDER BY id DESC LIMIT ?2",
        )?
        .query_map(params![before.map(int), limit], |row| {
            Ok(AuditLine {
                id: whole(row, 0)?,
                at: at(row, 1)?,
                who: row.get(2)?,
                what: row.get(3)?,
                subject: row.get(4)?,
                from: row.get(5)?,
            })
        })?
        .collect()
}

/// The trail's own trigger lets lines go only before the moment that is set here.
pub(crate) fn forget(connection: &mut Connection, old: &[Span], limit: u32) -> Result<u64> {
    let Some(newest) = old.last() else {
        return Ok(0);
    };
    let write = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .sql()?;
    write
        .execute(
            "UPDATE retention SET audit_kept_from = MAX(audit_kept_from, ?1)",
            [int(newest.before.0)],
        )
        .sql()?;
    let gone = write
        .execute(
            &format!(
                "DELETE FROM audit WHERE id IN
                   (SELECT id FROM audit WHERE {} ORDER BY id LIMIT ?2)",
                clock::is_within("at", "?1")
            ),
            params![clock::spans(old).sql()?, limit],
        )
        .sql()?;
    write.commit().sql()?;
    Ok(gone as u64)
}

pub(crate) fn retention(connection: &Connection) -> rusqlite::Result<Retention> {
    connection.query_row(
        "SELECT interactions_days, customers_days, audit_days FROM retention",
        [],
        |row| {
            Ok(Retention {
                interactions_days: row.get(0)?,
                customers_days: row.get(1)?,
                audit_days: row.get(2)?,
            })
        },
    )
}

pub(crate) fn set_retention(connection: &Connection, retention: Retention) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE retention SET interactions_days = ?1, customers_days = ?2, audit_days = ?3",
        params![
            retention.interactions_days,
            retention.customers_days,
            retention.audit_days
        ],
    )?;
    Ok(())
}

pub(crate) fn request_erasure(
    connection: &Connection,
    stamp: Stamp<'_>,
    customer: CustomerId,
) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO erasure_requests (customer, at, who, state) VALUES (?1, ?2, ?3, 'asked')
         ON CONFLICT (customer) DO UPDATE SET at = excluded.at, who = excluded.who, state = 'asked'",
        params![int(customer.0), int(stamp.at.0), stamp.by],
    )?;
    Ok(())
}

pub(crate) fn erasure_requests(connection: &Connection) -> rusqlite::Result<Vec<ErasureRequest>> {
    connection
        .prepare_cached("SELECT customer, who, state FROM erasure_requests ORDER BY at, customer")?
        .query_map([], request)?
        .collect()
}

fn request(row: &Row<'_>) -> rusqlite::Result<ErasureRequest> {
    let state: String = row.get(2)?;
    Ok(ErasureRequest {
        customer: CustomerId(whole(row, 0)?),
        by: row.get(1)?,
        state: match state.as_str() {
            "asked" => ErasureState::Asked,
            "done" => ErasureState::Done,
            _ => ErasureState::Refused,
        },
    })
}

pub(crate) fn settle_erasure(
    connection: &Connection,
    customer: CustomerId,
    state: ErasureState,
) -> rusqlite::Result<()> {
    let state = match state {
        ErasureState::Asked => "asked",
        ErasureState::Done => "done",
        ErasureState::Refused => "refused",
    };
    connection.execute(
        "UPDATE erasure_requests SET state = ?2 WHERE customer = ?1",
        params![int(customer.0), state],
    )?;
    Ok(())
}
