//! Reading the engine back: the newest whole snapshot, what followed it, and a damaged end cut off.

use crate::chain::{Damage, Link};
use crate::fold::{Folded, fold};
use crate::index::Touched;
use crate::sql::{Sql, int, whole};
use crate::{projections, snapshots};
use acd::Center;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};
use store::{CutTail, JournalEntry, Result, StoreError};
use vocab::Millis;

pub(crate) struct Recovery {
    pub(crate) center: Center,
    pub(crate) snapshot_seq: u64,
    pub(crate) last_seq: u64,
    pub(crate) cut: Option<CutTail>,
}

/// # Errors
/// `Broken` when what is damaged is not the end; then nothing is changed.
pub(crate) fn recover(connection: &mut Connection) -> Result<Recovery> {
    let read = connection.transaction().sql()?;
    let (snapshot_seq, folded) = fold_up_to(&read, u64::MAX)?;
    let Folded {
        center,
        last,
        damage,
    } = folded;
    let damage = match damage {
        None => lost_end(&read, &last).sql()?,
        some => some,
    };
    drop(read);
    let cut = match damage {
        None => None,
        Some(damage) => Some(cut_end(connection, &last, damage)?),
    };
    Ok(Recovery {
        center,
        snapshot_seq,
        last_seq: last.seq,
        cut,
    })
}

/// The engine after the entries up to `until`, and after which of them its folding began.
pub(crate) fn fold_up_to(read: &Connection, until: u64) -> Result<(u64, Folded)> {
    let (center, from) = snapshots::newest_whole(read, until)
        .sql()?
        .unwrap_or_default();
    let began = from.seq;
    Ok((began, fold(read, center, from, until)?))
}

/// Rows that are gone from the end leave no gap, but a snapshot may tell that they were there.
pub(crate) fn lost_end(read: &Connection, last: &Link) -> rusqlite::Result<Option<Damage>> {
    let newest = snapshots::newest(read)?;
    Ok((newest > last.seq).then(|| Damage {
        seq: last.seq + 1,
        why: format!("it is missing, and a snapshot was made after entry {newest}"),
        whole_after: None,
    }))
}

fn cut_end(connection: &mut Connection, last: &Link, damage: Damage) -> Result<CutTail> {
    if let Some(whole) = damage.whole_after {
        return Err(broken(damage.seq, &damage.why, whole));
    }
    let write = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .sql()?;
    let cut = cut(&write, last.seq, damage.why).sql()?;
    write.commit().sql()?;
    tracing::error!(
        last = last.seq,
        entries = cut.entries,
        why = cut.why,
        "the journal's end was damaged and is cut off"
    );
    Ok(cut)
}

pub(crate) fn broken(seq: u64, why: &str, whole_after: u64) -> StoreError {
    let why = format!("{why}, and entry {whole_after} behind it is whole");
    StoreError::Broken { seq, why }
}

/// Moves what follows `last` aside and builds the projections again, because they may hold what no longer counts.
pub(crate) fn cut(write: &Transaction<'_>, last: u64, why: String) -> rusqlite::Result<CutTail> {
    let cuts: i64 =
        write.query_row("SELECT COALESCE(MAX(cut), 0) FROM journal_cut", [], |row| {
            row.get(0)
        })?;
    let entries = write.execute(
        "INSERT INTO journal_cut (cut, seq, at, entry, sum)
         SELECT ?1, seq, at, entry, sum FROM journal WHERE seq > ?2 ORDER BY seq",
        params![cuts + 1, int(last)],
    )?;
    write.execute("DELETE FROM journal WHERE seq > ?1", [int(last)])?;
    write.execute("DELETE FROM snapshots WHERE seq > ?1", [int(last)])?;
    write.execute("DELETE FROM clock_confirmed WHERE seq > ?1", [int(last)])?;
    rebuild(write)?;
    // The number of an interaction that is gone may be given again, and the recording is not that one's.
    write.execute(
        "UPDATE recordings SET interaction = -interaction
         WHERE interaction > 0 AND interaction NOT IN (SELECT id FROM interactions)",
        [],
    )?;
    Ok(CutTail {
        first_bad_seq: last + 1,
        entries: entries as u64,
        why,
    })
}

/// Folds the whole journal once more.
pub(crate) fn rebuild(write: &Transaction<'_>) -> rusqlite::Result<()> {
    projections::clear(write)?;
    let mut query = write.prepare("SELECT seq, at, entry FROM journal ORDER BY seq")?;
    let mut rows = query.query([])?;
    let mut touched = Touched::default();
    while let Some(row) = rows.next()? {
        let seq = whole(row, 0)?;
        match parsed(row, seq) {
            Ok(entry) => projections::fold(write, &entry, &mut touched)?,
            Err(error) => tracing::warn!(seq, %error, "an old entry cannot be read; skipped"),
        }
    }
    touched.index(write)
}

/// Of a row with number, time and text.
pub(crate) fn parsed(row: &Row<'_>, seq: u64) -> std::result::Result<JournalEntry, String> {
    let at = whole(row, 1).map_err(|error| error.to_string())?;
    let text = row.get_ref(2).map_err(|error| error.to_string())?;
    let entry = serde_json::from_slice(text.as_bytes().unwrap_or_default())
        .map_err(|error| error.to_string())?;
    let at = Millis(at);
    Ok(JournalEntry { seq, at, entry })
}
