//! Snapshots of the engine, made on a thread of their own from what is on disk: neither the actor nor a commit waits
//! for one.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use store::{Journal, Past, Snapshot};

/// Entries after which one is made: a tail this long is applied in a tenth of a second.
const ENTRIES: u64 = 20_000;

/// A quiet organisation gets one after this time, if there is something to be put into it.
const AFTER: Duration = Duration::from_secs(600);
const AFTER_ENTRIES: u64 = 500;

/// However much happens, this is between the beginnings of two.
const APART: Duration = Duration::from_secs(30);

/// The thread that makes snapshots, one at a time, and what was committed since the last one.
pub(crate) struct Snapshots {
    wanted: Option<SyncSender<()>>,
    made: Receiver<store::Result<Snapshot>>,
    thread: Option<JoinHandle<()>>,
    is_making: bool,
    /// Committed since the last one was begun.
    entries: u64,
    begun: Option<Instant>,
    started: Instant,
}

impl Snapshots {
    /// `entries` follow the last snapshot.
    pub(crate) fn start(past: Box<dyn Past>, entries: u64) -> std::io::Result<Self> {
        let (wanted, wishes) = sync_channel(1);
        let (out, made) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("snapshots".to_owned())
            .spawn(move || make(past.as_ref(), &wishes, &out))?;
        Ok(Self {
            wanted: Some(wanted),
            made,
            thread: Some(thread),
            is_making: false,
            entries,
            begun: None,
            started: Instant::now(),
        })
    }

    /// Between two commits: keeps one that is made, or has one made when it is time.
    pub(crate) fn after_commit(&mut self, journal: &mut dyn Journal, entries: usize) {
        self.entries += entries as u64;
        if self.is_making {
            self.keep(journal);
        } else if is_due(self.entries, self.begun.unwrap_or(self.started).elapsed())
            && self.begun.is_none_or(|begun| begun.elapsed() >= APART)
            && let Some(wanted) = &self.wanted
        {
            self.is_making = wanted.try_send(()).is_ok();
            self.entries = 0;
            self.begun = Some(Instant::now());
        }
    }

    fn keep(&mut self, journal: &mut dyn Journal) {
        let kept = match self.made.try_recv() {
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => {
                tracing::error!("the thread of snapshots has stopped");
                self.wanted = None;
                Ok(())
            }
            Ok(made) => made.and_then(|snapshot| journal.keep_snapshot(&snapshot)),
        };
        self.is_making = false;
        if let Err(err) = kept {
            tracing::error!(%err, "no snapshot could be made; the next start takes longer");
        }
    }
}

impl Drop for Snapshots {
    fn drop(&mut self) {
        self.wanted = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of snapshots panicked");
        }
    }
}

fn is_due(entries: u64, since: Duration) -> bool {
    entries >= ENTRIES || (entries >= AFTER_ENTRIES && since >= AFTER)
}

fn make(past: &dyn Past, wishes: &Receiver<()>, out: &SyncSender<store::Result<Snapshot>>) {
    while wishes.recv().is_ok() {
        let began = Instant::now();
        let made = past.snapshot();
        if let Ok(snapshot) = &made {
            tracing::debug!(?snapshot, took = ?began.elapsed(), "a snapshot is made");
        }
        if out.send(made).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{Batch, Entry, JournalEntry, Organisation, OrganisationStore, RecordEvent};
    use store_sqlite::Database;
    use vocab::{Millis, OrgSlug};

    #[test]
    fn one_is_due_after_many_entries_or_after_some_and_some_time() {
        for (entries, since_s, is) in [
            (19_999, 0, false),
            (20_000, 0, true),
            (499, 10_000, false),
            (500, 599, false),
            (500, 600, true),
        ] {
            let since = Duration::from_secs(since_s);
            assert_eq!(is_due(entries, since), is, "{entries} in {since_s} s");
        }
    }

    fn batch(expected_seq: u64, count: u64) -> Batch {
        let entries = (1..=count).map(|number| JournalEntry {
            seq: expected_seq + number,
            at: Millis(number),
            entry: Entry::Record {
                event: RecordEvent::Redacted,
            },
        });
        Batch {
            expected_seq,
            entries: entries.collect(),
            done: Vec::new(),
            audit: Vec::new(),
        }
    }

    #[test]
    fn one_that_is_due_is_made_beside_the_commits_and_recovery_begins_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let organisation = Organisation {
            slug: OrgSlug::new("demo").unwrap(),
            name: "Demo".to_owned(),
        };
        let database = Database::create(&folder.path().join("demo.sqlite"), &organisation).unwrap();
        let mut journal = database.journal().unwrap();
        let mut snapshots = Snapshots::start(database.past().unwrap(), 0).unwrap();
        let mut seq = 0;
        let mut commit = |snapshots: &mut Snapshots, count: u64| {
            journal.append(&batch(seq, count)).unwrap();
            seq += count;
            let entries = usize::try_from(count).unwrap();
            snapshots.after_commit(journal.as_mut(), entries);
            journal.load().unwrap().snapshot_seq
        };
        assert_eq!(commit(&mut snapshots, ENTRIES - 1), 0, "not due yet");
        commit(&mut snapshots, 1);
        let deadline = Instant::now() + Duration::from_secs(20);
        let kept = loop {
            let kept = commit(&mut snapshots, 1);
            if kept > 0 {
                break kept;
            }
            assert!(Instant::now() < deadline, "no snapshot is kept");
        };
        assert!(kept >= ENTRIES, "{kept}");
        let again = commit(&mut snapshots, ENTRIES);
        assert_eq!(again, kept, "another one follows only after a while");
    }
}
