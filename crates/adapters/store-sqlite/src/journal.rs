//! The journal: a batch is one transaction with everything that follows from it.

use crate::chain::sum;
use crate::checkpoints::{Checkpoints, LOG_PAGES_AT_MOST};
use crate::index::{self, Touched};
use crate::sql::{Sql, at, int, json_of, whole};
use crate::{audit, identities, projections, recovery, snapshots, soundness};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use store::{
    Batch, COMMANDS_KEPT_MS, COMMANDS_RECOVERED, CommandOwner, DoneCommand, Entry, Journal,
    JournalEntry, RecordEvent, Recovered, Result, Snapshot, StoreError,
};
use vocab::{AgentId, CommandId, CustomerId};

/// Pages of each search index that are merged at one go: about a millisecond.
const MERGED_PAGES: i64 = 16;

pub(crate) struct SqliteJournal {
    connection: Connection,
    checkpoints: Checkpoints,
    /// Tried once: when that did not help, something else is damaged.
    has_emptied_search: bool,
    /// Whether a commit waits until it is on the disk.
    waits_for_disk: bool,
}

impl SqliteJournal {
    /// With a second connection for what happens beside the commits.
    pub(crate) fn new(connection: Connection, beside: Connection) -> Result<Self> {
        connection
            .pragma_update(None, "wal_autocheckpoint", LOG_PAGES_AT_MOST)
            .sql()?;
        Ok(Self {
            connection,
            checkpoints: Checkpoints::start(beside)?,
            has_emptied_search: false,
            waits_for_disk: true,
        })
    }
}

impl Journal for SqliteJournal {
    fn append(&mut self, batch: &Batch) -> Result<()> {
        let is_erasing = batch.entries.iter().any(|entry| erases(&entry.entry));
        self.wait_for_disk(!comes_again(batch)).sql()?;
        match self.write(batch) {
            Err(StoreError::Damaged { .. }) if !self.has_emptied_search => {
                self.has_emptied_search = true;
                tracing::error!(
                    "a commit met damage on the disk; the search indexes are emptied and made anew, and it is tried again"
                );
                soundness::empty_search(&mut self.connection)?;
                self.write(batch)?;
            }
            written => written?,
        }
        if is_erasing {
            let _turn = self.checkpoints.turn();
            empty_log(&self.connection);
        } else {
            self.checkpoints.after_commit(batch.entries.len());
        }
        Ok(())
    }

    fn load(&mut self) -> Result<Recovered> {
        let recovery = recovery::recover(&mut self.connection)?;
        let last_customer = self
            .connection
            .query_row(
                "SELECT MAX((SELECT COALESCE(MAX(id), 0) FROM customers),
                            (SELECT COALESCE(MAX(customer), 0) FROM erased))",
                [],
                |row| whole(row, 0),
            )
            .sql()?;
        let done = done_commands(&self.connection).sql()?;
        Ok(Recovered {
            center: recovery.center,
            snapshot_seq: recovery.snapshot_seq,
            last_seq: recovery.last_seq,
            last_customer: CustomerId(last_customer),
            done,
            cut: recovery.cut,
        })
    }

    fn keep_snapshot(&mut self, snapshot: &Snapshot) -> Result<()> {
        let write = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .sql()?;
        snapshots::keep(&write, snapshot).sql()?;
        write.commit().sql()
    }

    fn tidy(&mut self) -> Result<bool> {
        let write = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .sql()?;
        // Parts of an index are merged before new ones are made, so that there are never many.
        let has_more = index::merge(&write, MERGED_PAGES).sql()?
            || index::catch_up(&write).sql()?
            || identities::renew_some(&write).sql()?;
        write.commit().sql()?;
        Ok(has_more)
    }

    fn is_done(&self, owner: CommandOwner, command: CommandId) -> Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM done_commands WHERE id = ?1 AND owner IN (?2, x'')")
            .and_then(|mut query| {
                query.exists(params![command.0.as_bytes().as_slice(), owner_key(owner)])
            })
            .sql()
    }
}

impl SqliteJournal {
    fn wait_for_disk(&mut self, waits: bool) -> rusqlite::Result<()> {
        if self.waits_for_disk != waits {
            let level = if waits { "full" } else { "normal" };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.waits_for_disk = waits;
        }
        Ok(())
    }

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

/// Whether losing the batch by a power cut loses nothing: records in the midst of an import, which goes on from what it says
/// of itself in the same batch. The next commit of anything else brings them onto the disk with it.
fn comes_again(batch: &Batch) -> bool {
    let is_of_import = |entry: &JournalEntry| {
        matches!(
            &entry.entry,
            Entry::Record {
                event: RecordEvent::CustomerAdded {
                    import: Some(_),
                    ..
                } | RecordEvent::ImportAdvanced { .. }
            }
        )
    };
    let has_advanced = batch.entries.last().is_some_and(|entry| {
        matches!(
            &entry.entry,
            Entry::Record {
                event: RecordEvent::ImportAdvanced { .. }
            }
        )
    });
    // The first batch and the last are noted in the audit trail.
    has_advanced
        && batch.done.is_empty()
        && batch.audit.is_empty()
        && batch.entries.iter().all(is_of_import)
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
    Ok(sum.to_vec())
}

fn keep_done(write: &Transaction<'_>, done: &[DoneCommand]) -> rusqlite::Result<()> {
    let Some(newest) = done.iter().map(|done| done.at.0).max() else {
        return Ok(());
    };
    let mut insert = write.prepare_cached(
        "INSERT OR IGNORE INTO done_commands (id, owner, at) VALUES (?1, ?2, ?3)",
    )?;
    for done in done {
        let id = done.id.0.as_bytes().as_slice();
        insert.execute(params![id, owner_key(done.owner), int(done.at.0)])?;
    }
    write
        .prepare_cached("DELETE FROM done_commands WHERE at < ?1")?
        .execute([int(newest.saturating_sub(COMMANDS_KEPT_MS))])?;
    Ok(())
}

fn owner_key(owner: CommandOwner) -> Vec<u8> {
    match owner {
        CommandOwner::Unknown => Vec::new(),
        CommandOwner::Agent(agent) => agent.0.to_be_bytes().to_vec(),
        CommandOwner::Visitor(visitor) => visitor.to_vec(),
    }
}

fn owner(key: &[u8]) -> CommandOwner {
    if let Ok(agent) = <[u8; 4]>::try_from(key) {
        return CommandOwner::Agent(AgentId(u32::from_be_bytes(agent)));
    }
    <[u8; 16]>::try_from(key).map_or(CommandOwner::Unknown, CommandOwner::Visitor)
}

fn done_commands(read: &Connection) -> rusqlite::Result<Vec<DoneCommand>> {
    let mut newest: Vec<_> = read
        .prepare("SELECT id, at, owner FROM done_commands ORDER BY at DESC, id DESC LIMIT ?1")?
        .query_map([int(COMMANDS_RECOVERED as u64)], |row| {
            let id: [u8; 16] = row.get(0)?;
            Ok(DoneCommand {
                owner: owner(&row.get::<_, Vec<u8>>(2)?),
                id: CommandId(uuid::Uuid::from_bytes(id)),
                at: at(row, 1)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    newest.reverse();
    Ok(newest)
}
