//! The wall clock in the store: how it was set, by the journal; what an operator confirmed; where it stood last.

use crate::audit;
use crate::sql::{at, int, json_of, whole};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use store::{ClockState, Stamp};
use timekeeping::{Boot, Kept, Mark, Span};
use vocab::Millis;

/// Folds a step: what is not over has lasted as long as before, in its history as in the engine.
pub(crate) fn stepped(
    write: &Transaction<'_>,
    seq: u64,
    at: Millis,
    by_ms: i64,
) -> rusqlite::Result<()> {
    write.execute(
        "INSERT OR REPLACE INTO clock_steps (seq, at, by_ms) VALUES (?1, ?2, ?3)",
        params![int(seq), int(at.0), by_ms],
    )?;
    write.execute(
        "UPDATE happened SET at = at + ?1
         WHERE interaction IN (SELECT id FROM interactions WHERE is_over = 0)",
        [by_ms],
    )?;
    write.execute(
        "UPDATE interactions SET entered_at = entered_at + ?1, answered_at = answered_at + ?1,
             ended_at = ended_at + ?1
         WHERE is_over = 0",
        [by_ms],
    )?;
    Ok(())
}

pub(crate) fn steps_after(read: &Connection, seq: u64) -> rusqlite::Result<Vec<(u64, i64)>> {
    read.prepare_cached("SELECT seq, by_ms FROM clock_steps WHERE seq > ?1 ORDER BY seq")?
        .query_map([int(seq)], |row| Ok((whole(row, 0)?, row.get(1)?)))?
        .collect()
}

pub(crate) fn state(read: &Connection) -> rusqlite::Result<ClockState> {
    let newest = read
        .prepare_cached("SELECT seq, at FROM journal ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((whole(row, 0)?, at(row, 1)?)))
        .optional()?;
    let kept = read
        .prepare_cached("SELECT steady, boot, boot_ms FROM clock")?
        .query_row([], |row| {
            let boot = Boot {
                id: row.get(1)?,
                at_ms: whole(row, 2)?,
            };
            let steady = at(row, 0)?;
            Ok(Kept { steady, boot })
        })
        .optional()?;
    let marks = read
        .prepare_cached(
            "SELECT seq, 0, at, by_ms FROM clock_steps
             UNION ALL SELECT seq, 1, 0, 0 FROM clock_confirmed ORDER BY 1, 2",
        )?
        .query_map([], |row| {
            let is_confirmed: bool = row.get(1)?;
            if is_confirmed {
                return Ok(Mark::Confirmed);
            }
            Ok(Mark::Step {
                at: at(row, 2)?,
                by_ms: row.get(3)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ClockState {
        marks,
        kept,
        newest,
    })
}

pub(crate) fn keep(write: &Connection, kept: &Kept) -> rusqlite::Result<()> {
    write
        .prepare_cached(
            "INSERT OR REPLACE INTO clock (id, steady, boot, boot_ms) VALUES (1, ?1, ?2, ?3)",
        )?
        .execute(params![
            int(kept.steady.0),
            kept.boot.id,
            int(kept.boot.at_ms)
        ])
        .map(drop)
}

/// It holds for everything up to the entry, or for all that the journal has so far.
pub(crate) fn confirm(
    connection: &mut Connection,
    stamp: Stamp<'_>,
    after: Option<u64>,
) -> rusqlite::Result<()> {
    let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    write.execute(
        "INSERT INTO clock_confirmed (seq, at, who)
         SELECT COALESCE(?3, MAX(seq), 0), ?1, ?2 FROM journal",
        params![int(stamp.at.0), stamp.by, after.map(int)],
    )?;
    audit::stamped(&write, stamp, "clock_confirmed", "organisation")?;
    write.commit()
}

/// As a parameter for [`is_within`].
pub(crate) fn spans(old: &[Span]) -> rusqlite::Result<String> {
    let pairs: Vec<[i64; 2]> = old
        .iter()
        .map(|span| [int(span.from.0), int(span.before.0)])
        .collect();
    json_of(&pairs)
}

/// SQL that is true when the column lies within one of the spans.
pub(crate) fn is_within(column: &str, parameter: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM json_each({parameter}) AS within
           WHERE {column} >= within.value ->> 0 AND {column} < within.value ->> 1)"
    )
}
