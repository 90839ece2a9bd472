//! The journal as it was written, and the engine as it was at any of its entries.

use crate::clock;
use crate::recovery::{broken, fold_up_to, parsed};
use crate::snapshots;
use crate::sql::{Sql, int, whole};
use acd::Center;
use rusqlite::Connection;
use store::{JournalEntry, Past, Result, Snapshot, StoreError};
use vocab::Millis;

pub(crate) struct SqlitePast {
    connection: Connection,
}

impl SqlitePast {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// The engine after the entries up to `until`, and the last of them.
    fn folded(&self, until: u64) -> Result<(Center, u64)> {
        // One view of the file for snapshot and entries, also while a batch is committed.
        let read = self.connection.unchecked_transaction().sql()?;
        let (_, folded) = fold_up_to(&read, until)?;
        match folded.damage {
            None => Ok((folded.center, folded.last.seq)),
            Some(damage) => Err(match damage.whole_after {
                Some(whole) => broken(damage.seq, &damage.why, whole),
                None => StoreError::Broken {
                    seq: damage.seq,
                    why: damage.why,
                },
            }),
        }
    }
}

impl Past for SqlitePast {
    fn center_before(&self, seq: u64) -> Result<Center> {
        let before = seq.saturating_sub(1);
        let (center, last) = self.folded(before)?;
        if last < before {
            let name = before.to_string();
            let what = "entry";
            return Err(StoreError::Unknown { what, name });
        }
        Ok(center)
    }

    fn entries(&self, after: u64, limit: u32) -> Result<Vec<JournalEntry>> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT seq, at, entry FROM journal WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            )
            .sql()?;
        let mut rows = query.query([int(after), i64::from(limit)]).sql()?;
        let mut entries = Vec::new();
        let mut last = after;
        while let Some(row) = rows.next().sql()? {
            let seq = whole(row, 0).sql()?;
            let entry = if seq == last + 1 {
                parsed(row, seq)
            } else {
                Err("it is missing".to_owned())
            };
            last += 1;
            entries.push(entry.map_err(|why| StoreError::Broken { seq: last, why })?);
        }
        Ok(entries)
    }

    /// Entries have no index by time. Told by the clock as it is set now, their times only grow.
    fn last_before(&self, at: Millis) -> Result<u64> {
        let ends = "SELECT COALESCE(MIN(seq), 1), COALESCE(MAX(seq), 0) FROM journal";
        let (first, last) = self
            .connection
            .query_row(ends, [], |row| Ok((whole(row, 0)?, whole(row, 1)?)))
            .sql()?;
        let mut query = self
            .connection
            .prepare_cached("SELECT at FROM journal WHERE seq = ?1")
            .sql()?;
        // All before `low` are earlier; none from `high` on.
        let (mut low, mut high) = (first, last + 1);
        let steps = self.steps_after(0)?;
        while low < high {
            let middle = low + (high - low) / 2;
            let later = steps.iter().filter(|(seq, _)| *seq > middle);
            let since_ms = later.fold(0_i64, |sum, (_, by_ms)| sum.saturating_add(*by_ms));
            let shown = query
                .query_row([int(middle)], |row| crate::sql::at(row, 0))
                .sql()?;
            if shown.shifted(since_ms) < at {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low - 1)
    }

    fn steps_after(&self, seq: u64) -> Result<Vec<(u64, i64)>> {
        clock::steps_after(&self.connection, seq).sql()
    }

    fn snapshot(&self) -> Result<Snapshot> {
        let (center, last) = self.folded(u64::MAX)?;
        snapshots::pack(last, &center)
    }
}
