//! Moves what was committed from the log into the file, on a thread of its own: a commit only ever appends to the log.

use crate::sql::Sql;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use store::{Result, StoreError};

/// Entries after which the log is worth moving: it is a few megabytes by then.
const ENTRIES: usize = 500;

/// What is committed meanwhile is moved at once, too, so that the log can begin anew; not for ever, though.
const PASSES: u32 = 8;

/// Pages of the log at which a commit moves them itself after all, because the thread did not get on.
pub(crate) const LOG_PAGES_AT_MOST: i64 = 32_768;

/// Pages of the log (16 MB) from which on the file is made short again, as soon as nothing is written for a moment: a
/// burst would otherwise leave it as long as it made it.
const LOG_PAGES_KEPT: i64 = 4_096;

/// How often that is tried until it is done, and for how long one try may hold a commit up.
const SHORTEN_EVERY: Duration = Duration::from_secs(1);
const SHORTEN_WITHIN: Duration = Duration::from_millis(5);

pub(crate) struct Checkpoints {
    wanted: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    /// SQLite gives up at once where two move at the same time.
    turn: Arc<Mutex<()>>,
    entries: usize,
}

impl Checkpoints {
    pub(crate) fn start(connection: Connection) -> Result<Self> {
        connection
            .pragma_update(None, "wal_autocheckpoint", 0)
            .sql()?;
        connection.busy_timeout(SHORTEN_WITHIN).sql()?;
        let turn = Arc::new(Mutex::new(()));
        let (wanted, wishes) = sync_channel(1);
        let theirs = Arc::clone(&turn);
        let thread = std::thread::Builder::new()
            .name("checkpoints".to_owned())
            .spawn(move || run(&connection, &wishes, &theirs))
            .map_err(|error| StoreError::Backend {
                detail: error.to_string(),
            })?;
        Ok(Self {
            wanted: Some(wanted),
            thread: Some(thread),
            turn,
            entries: 0,
        })
    }

    pub(crate) fn after_commit(&mut self, entries: usize) {
        self.entries += entries;
        if self.entries >= ENTRIES
            && let Some(wanted) = &self.wanted
        {
            self.entries = 0;
            // One that is wished for already takes this one's entries along.
            let _ = wanted.try_send(());
        }
    }

    /// Held by whoever moves the log.
    pub(crate) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wanted = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of checkpoints panicked");
        }
    }
}

fn run(connection: &Connection, wishes: &Receiver<()>, turn: &Mutex<()>) {
    let mut is_long = false;
    loop {
        let wished = if is_long {
            wishes.recv_timeout(SHORTEN_EVERY)
        } else {
            wishes.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        let done = match wished {
            Ok(()) => move_all(connection).map(|pages| is_long || pages > LOG_PAGES_KEPT),
            // Nothing was worth moving for a while: the time to shorten it.
            Err(RecvTimeoutError::Timeout) => shortened(connection).map(|is_short| !is_short),
            Err(RecvTimeoutError::Disconnected) => return,
        };
        is_long = done.unwrap_or_else(|error| {
            tracing::warn!(%error, "the log could not be moved into the file");
            is_long
        });
    }
}

/// How many pages the log had.
fn move_all(connection: &Connection) -> rusqlite::Result<i64> {
    let mut most = 0;
    for _ in 0..PASSES {
        let (pages, moved) = checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)")?.1;
        most = most.max(pages);
        if pages == moved {
            break;
        }
    }
    Ok(most)
}

/// False while a reader or a commit is in the way.
fn shortened(connection: &Connection) -> rusqlite::Result<bool> {
    let (is_busy, _) = checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(!is_busy)
}

/// Whether something was in the way; the log's pages, and how many of them are moved.
fn checkpoint(connection: &Connection, pragma: &str) -> rusqlite::Result<(bool, (i64, i64))> {
    connection.query_row(pragma, [], |row| {
        let is_busy: i64 = row.get(0)?;
        Ok((is_busy != 0, (row.get(1)?, row.get(2)?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_a_burst_made_long_is_short_again_without_another_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.sqlite");
        let connect = || {
            let connection = Connection::open(&path).unwrap();
            connection
                .pragma_update(None, "journal_mode", "wal")
                .unwrap();
            connection
        };
        let writer = connect();
        writer
            .pragma_update(None, "wal_autocheckpoint", LOG_PAGES_AT_MOST)
            .unwrap();
        writer.execute("CREATE TABLE t (x BLOB)", []).unwrap();
        let mut checkpoints = Checkpoints::start(connect()).unwrap();
        for _ in 0..25 {
            writer
                .execute("INSERT INTO t VALUES (zeroblob(1000000))", [])
                .unwrap();
        }
        let log = path.with_extension("sqlite-wal");
        let bytes = || std::fs::metadata(&log).unwrap().len();
        assert!(bytes() > 20_000_000, "{}", bytes());
        checkpoints.after_commit(ENTRIES);
        let began = std::time::Instant::now();
        while bytes() > 0 && began.elapsed() < Duration::from_secs(60) {
            std::thread::yield_now();
        }
        assert_eq!(bytes(), 0);
    }
}
