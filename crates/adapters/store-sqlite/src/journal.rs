//! The journal: a batch is one transaction with everything that follows from it.

use crate::index::Touched;
use crate::sql::{Sql, at, int, json_of, whole};
use crate::{audit, projections, recovery};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};
use store::{
    Batch, COMMANDS_KEPT_MS, DoneCommand, Entry, Journal, JournalEntry, RecordEvent, Recovered,
    Result, Snapshot, StoreError,
};
use vocab::{CommandId, CustomerId, Millis};

/// Bytes kept of each SHA-256: 128 bits find any damage.
const SUM_BYTES: usize = 16;

/// Snapshots kept: the newest and, should it be damaged, the one before.
const SNAPSHOTS_KEPT: i64 = 2;

pub(crate) struct SqliteJournal {
    connection: Connection,
}

impl SqliteJournal {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }
}

impl Journal for SqliteJournal {
    fn append(&mut self, batch: &Batch) -> Result<()> {
        let is_erasing = batch.entries.iter().any(|entry| erases(&entry.entry));
        self.write(batch)?;
        if is_erasing {
            empty_log(&self.connection);
        }
        Ok(())
    }

    fn load(&mut self) -> Result<Recovered> {
        let read = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .sql()?;
        let (snapshot, tail, cut) = recovery::recover(&read)?;
        let (last_seq, _) = end(&read).sql()?;
        let last_customer = read
            .query_row(
                "SELECT MAX((SELECT COALESCE(MAX(id), 0) FROM customers),
                            (SELECT COALESCE(MAX(customer), 0) FROM erased))",
                [],
                |row| whole(row, 0),
            )
            .sql()?;
        let done = done_commands(&read).sql()?;
        read.commit().sql()?;
        let last_customer = CustomerId(last_customer);
        Ok(Recovered {
            snapshot,
            tail,
            last_seq,
            last_customer,
            done,
            cut,
        })
    }

    fn is_done(&self, command: CommandId) -> Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM done_commands WHERE id = ?1")
            .and_then(|mut query| query.exists([command.0.as_bytes().as_slice()]))
            .sql()
    }
}

impl SqliteJournal {
    fn write(&mut self, batch: &Batch) -> Result<()> {
        let write = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .sql()?;
        let (last, mut sum) = end(&write).sql()?;
        if last != batch.expected_seq {
            return Err(StoreError::Conflict {
                expected: batch.expected_seq,
                found: last,
            });
        }
        let mut after = last;
        let mut touched = Touched::default();
        for entry in &batch.entries {
            if entry.seq != after + 1 {
                return Err(StoreError::BadSequence {
                    after,
                    found: entry.seq,
                });
            }
            after = entry.seq;
            sum = insert(&write, entry, &sum).sql()?;
            projections::fold(&write, entry, &mut touched).sql()?;
        }
        touched.index(&write).sql()?;
        keep_done(&write, &batch.done).sql()?;
        for note in &batch.audit {
            audit::add(&write, note).sql()?;
        }
        if let Some(snapshot) = &batch.snapshot {
            keep_snapshot(&write, snapshot).sql()?;
        }
        write.commit().sql()
    }
}

fn erases(entry: &Entry) -> bool {
    matches!(
        entry,
        Entry::Record {
            event: RecordEvent::CustomerErased { .. } | RecordEvent::InteractionRedacted { .. }
        }
    )
}

/// The write-ahead log still has the pages as they were. A reader may hold it up; the next erasure tries again, and
/// SQLite empties it by itself when the last connection closes.
fn empty_log(connection: &Connection) {
    let emptied = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
        row.get::<_, i64>(0)
    });
    match emptied {
        Ok(0) => {}
        Ok(_) => tracing::info!("the log is in use; what was erased leaves it a little later"),
        Err(error) => tracing::warn!(%error, "the log could not be emptied"),
    }
}

/// The last entry's number and sum; zero and nothing in an empty journal.
fn end(connection: &Connection) -> rusqlite::Result<(u64, Vec<u8>)> {
    connection
        .prepare_cached("SELECT seq, sum FROM journal ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((whole(row, 0)?, row.get(1)?)))
        .optional()
        .map(Option::unwrap_or_default)
}

fn insert(
    write: &Transaction<'_>,
    entry: &JournalEntry,
    before: &[u8],
) -> rusqlite::Result<Vec<u8>> {
    let text = json_of(&entry.entry)?;
    let sum = sum(before, int(entry.seq), int(entry.at.0), text.as_bytes());
    write
        .prepare_cached("INSERT INTO journal (seq, at, entry, sum) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![int(entry.seq), int(entry.at.0), text, sum])?;
    Ok(sum)
}

/// Each row's sum covers the one before, so that a lost row is found as surely as a changed one.
pub(crate) fn sum(before: &[u8], seq: i64, at: i64, text: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(seq.to_be_bytes());
    hash.update(at.to_be_bytes());
    hash.update(text);
    hash.finalize().iter().copied().take(SUM_BYTES).collect()
}

fn keep_done(write: &Transaction<'_>, done: &[DoneCommand]) -> rusqlite::Result<()> {
    let Some(newest) = done.iter().map(|done| done.at.0).max() else {
        return Ok(());
    };
    let mut insert =
        write.prepare_cached("INSERT OR IGNORE INTO done_commands (id, at) VALUES (?1, ?2)")?;
    for done in done {
        insert.execute(params![done.id.0.as_bytes().as_slice(), int(done.at.0)])?;
    }
    write
        .prepare_cached("DELETE FROM done_commands WHERE at < ?1")?
        .execute([int(newest.saturating_sub(COMMANDS_KEPT_MS))])?;
    Ok(())
}

fn keep_snapshot(write: &Transaction<'_>, snapshot: &Snapshot) -> rusqlite::Result<()> {
    let text = json_of(&snapshot.center)?;
    let sum = sum(&[], int(snapshot.seq), 0, text.as_bytes());
    write.execute(
        "INSERT OR REPLACE INTO snapshots (seq, center, sum) VALUES (?1, ?2, ?3)",
        params![int(snapshot.seq), text, sum],
    )?;
    write.execute(
        "DELETE FROM snapshots WHERE seq NOT IN
           (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ?1)",
        [SNAPSHOTS_KEPT],
    )?;
    Ok(())
}

fn done_commands(read: &Transaction<'_>) -> rusqlite::Result<Vec<DoneCommand>> {
    read.prepare("SELECT id, at FROM done_commands ORDER BY at, id")?
        .query_map([], |row| {
            let id: [u8; 16] = row.get(0)?;
            Ok(DoneCommand {
                id: CommandId(uuid::Uuid::from_bytes(id)),
                at: at(row, 1)?,
            })
        })?
        .collect()
}

/// Entries are read as bytes, because damaged text need not be UTF-8.
pub(crate) struct RawEntry {
    pub(crate) seq: u64,
    pub(crate) at: i64,
    pub(crate) text: Vec<u8>,
    pub(crate) sum: Vec<u8>,
}

impl RawEntry {
    pub(crate) fn parsed(&self) -> std::result::Result<JournalEntry, serde_json::Error> {
        let entry = serde_json::from_slice(&self.text)?;
        Ok(JournalEntry {
            seq: self.seq,
            at: Millis(self.at.unsigned_abs()),
            entry,
        })
    }
}
