//! Moves what was committed from the log into the file, on a thread of its own: a commit only ever appends to the log.

use crate::sql::Sql;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use store::{Result, StoreError};

/// Entries after which the log is worth moving: it is a few megabytes by then.
const ENTRIES: usize = 500;

/// What is committed meanwhile is moved at once, too, so that the log can begin anew; not for ever, though.
const PASSES: u32 = 8;

/// Pages of the log at which a commit moves them itself after all, because the thread did not get on.
pub(crate) const LOG_PAGES_AT_MOST: i64 = 32_768;

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
    while wishes.recv().is_ok() {
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..PASSES {
            match moved_all(connection) {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "the log could not be moved into the file");
                    break;
                }
            }
        }
    }
}

fn moved_all(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        let (pages, moved): (i64, i64) = (row.get(1)?, row.get(2)?);
        Ok(pages == moved)
    })
}
