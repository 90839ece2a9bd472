//! Reading the journal back: the newest whole snapshot, what followed it, and a damaged end cut off.

use crate::erasure::REDACTED;
use crate::index::Touched;
use crate::journal::{RawEntry, sum};
use crate::projections;
use crate::sql::{Sql, int, whole};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use store::{CutTail, JournalEntry, Result, Snapshot};

type Recovery = (Option<Snapshot>, Vec<JournalEntry>, Option<CutTail>);

pub(crate) fn recover(read: &Transaction<'_>) -> Result<Recovery> {
    let snapshot = newest_whole_snapshot(read).sql()?;
    let (mut last, mut before) = match &snapshot {
        Some((snapshot, sum)) => (snapshot.seq, sum.clone()),
        None => (0, Vec::new()),
    };
    let mut tail = Vec::new();
    let mut damage = None;
    {
        let mut query = read
            .prepare(
                "SELECT seq, at, entry, sum, is_redacted FROM journal WHERE seq > ?1 ORDER BY seq",
            )
            .sql()?;
        let mut rows = query.query([int(last)]).sql()?;
        while let Some(row) = rows.next().sql()? {
            match whole_entry(row, last, &before) {
                Ok((entry, sum)) => {
                    last = entry.seq;
                    before = sum;
                    tail.push(entry);
                }
                Err(why) => {
                    damage = Some(why);
                    break;
                }
            }
        }
    }
    let cut = damage.map(|why| cut(read, last, why)).transpose().sql()?;
    Ok((snapshot.map(|(snapshot, _)| snapshot), tail, cut))
}

/// With the sum of the entry at which it was made: the chain goes on from there.
fn newest_whole_snapshot(read: &Transaction<'_>) -> rusqlite::Result<Option<(Snapshot, Vec<u8>)>> {
    let mut query = read.prepare(
        "SELECT snapshots.seq, snapshots.center, snapshots.sum, journal.sum
         FROM snapshots JOIN journal ON journal.seq = snapshots.seq
         ORDER BY snapshots.seq DESC",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let seq = whole(row, 0)?;
        let text = row.get_ref(1)?.as_bytes().unwrap_or_default();
        let kept: Vec<u8> = row.get(2)?;
        let center = (kept == sum(&[], int(seq), 0, text))
            .then(|| serde_json::from_slice::<acd::Center>(text).ok())
            .flatten();
        match center {
            Some(center) => return Ok(Some((Snapshot { seq, center }, row.get(3)?))),
            None => tracing::warn!(seq, "a snapshot is damaged; an older one is used"),
        }
    }
    Ok(None)
}

fn whole_entry(
    row: &Row<'_>,
    last: u64,
    before: &[u8],
) -> std::result::Result<(JournalEntry, Vec<u8>), String> {
    let raw = raw_entry(row).map_err(|error| error.to_string())?;
    if raw.seq != last + 1 {
        return Err(format!("entry {} follows {last}", raw.seq));
    }
    let is_redacted = row.get::<_, bool>(4).unwrap_or(false) && raw.text == REDACTED.as_bytes();
    if !is_redacted && raw.sum != sum(before, int(raw.seq), raw.at, &raw.text) {
        return Err(format!("entry {} does not match its checksum", raw.seq));
    }
    let entry = raw
        .parsed()
        .map_err(|error| format!("entry {}: {error}", raw.seq))?;
    Ok((entry, raw.sum))
}

fn raw_entry(row: &Row<'_>) -> rusqlite::Result<RawEntry> {
    Ok(RawEntry {
        seq: whole(row, 0)?,
        at: row.get(1)?,
        text: row.get_ref(2)?.as_bytes().unwrap_or_default().to_vec(),
        sum: row.get_ref(3)?.as_bytes().unwrap_or_default().to_vec(),
    })
}

/// Moves what follows `last` aside and builds the projections again, because they may hold what no longer counts.
fn cut(write: &Transaction<'_>, last: u64, why: String) -> rusqlite::Result<CutTail> {
    let first: Option<i64> = write
        .query_row(
            "SELECT MIN(seq) FROM journal WHERE seq > ?1",
            [int(last)],
            |row| row.get(0),
        )
        .optional()?
        .flatten();
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
    rebuild(write)?;
    tracing::error!(
        last,
        entries,
        why,
        "the journal's end was damaged and is cut off"
    );
    Ok(CutTail {
        first_bad_seq: first.map_or(last + 1, i64::unsigned_abs),
        entries: entries as u64,
        why,
    })
}

/// Folds the whole journal once more.
fn rebuild(write: &Transaction<'_>) -> rusqlite::Result<()> {
    projections::clear(write)?;
    let mut query = write.prepare("SELECT seq, at, entry, sum FROM journal ORDER BY seq")?;
    let mut rows = query.query([])?;
    let mut touched = Touched::default();
    while let Some(row) = rows.next()? {
        let raw = raw_entry(row)?;
        match raw.parsed() {
            Ok(entry) => projections::fold(write, &entry, &mut touched)?,
            Err(error) => tracing::warn!(raw.seq, %error, "an old entry cannot be read; skipped"),
        }
    }
    touched.index(write)
}
