//! The storage thread: it owns the journal, because a commit waits for the disk and the actor must not.

use super::snapshots::Snapshots;
use crate::metrics::Metrics;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use store::{Batch, Entry, Journal, RecordEvent, Recovered, StoreError};
use tokio::sync::oneshot;

/// Jobs waiting for the disk: the actor hands over one batch at a time, so that more would be a bug.
const JOBS_WAITING: usize = 1;

/// Commits after which the store is tidied up when nothing else is to be done for a moment.
const TIDY_COMMITS: u32 = 8;
const IDLE: Duration = Duration::from_millis(2);

/// An import's next batch comes within this, and goes before what its batches left for later: searching the new records
/// by their words.
const IMPORT_PAUSE: Duration = Duration::from_millis(100);

/// When the store is tidied up.
struct Tidying {
    commits: u32,
    imported: Option<Instant>,
}

impl Tidying {
    fn committed(&mut self, batch: &Batch) {
        if postpones(batch) {
            self.commits += TIDY_COMMITS;
            self.imported = Some(Instant::now());
        } else {
            self.commits += 1;
        }
    }

    fn is_due(&self) -> bool {
        self.commits >= TIDY_COMMITS
    }

    /// How long nothing else is to be done before it begins.
    fn idle(&self) -> Duration {
        let since = self.imported.map(|at| at.elapsed());
        since.map_or(IDLE, |since| IMPORT_PAUSE.saturating_sub(since).max(IDLE))
    }
}

enum Job {
    Append {
        batch: Box<Batch>,
        done: oneshot::Sender<Result<(), StoreError>>,
    },
    Load {
        done: oneshot::Sender<Result<Recovered, StoreError>>,
    },
}

/// The actor's end of the thread; the thread stops when it is dropped.
pub(crate) struct Storage {
    jobs: Option<SyncSender<Job>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Storage {
    pub(crate) fn start(
        journal: Box<dyn Journal>,
        snapshots: Snapshots,
        metrics: Arc<Metrics>,
    ) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(JOBS_WAITING);
        let thread = std::thread::Builder::new()
            .name("storage".to_owned())
            .spawn(move || run(journal, snapshots, &waiting, &metrics))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Hands a batch over; the receiver tells when it is on disk.
    pub(crate) fn append(&self, batch: Batch) -> oneshot::Receiver<Result<(), StoreError>> {
        let (done, committed) = oneshot::channel();
        self.give(Job::Append {
            batch: Box::new(batch),
            done,
        });
        committed
    }

    /// Reads the journal back, after everything handed over before.
    pub(crate) fn load(&self) -> oneshot::Receiver<Result<Recovered, StoreError>> {
        let (done, loaded) = oneshot::channel();
        self.give(Job::Load { done });
        loaded
    }

    /// A job that cannot be given is dropped with its sender, which the receiver sees as a failure.
    fn give(&self, job: Job) {
        if let Some(jobs) = &self.jobs
            && jobs.try_send(job).is_err()
        {
            tracing::error!("the storage thread takes no more work");
        }
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the storage thread panicked");
        }
    }
}

fn run(
    mut journal: Box<dyn Journal>,
    mut snapshots: Snapshots,
    jobs: &Receiver<Job>,
    metrics: &Metrics,
) {
    // The server before may have left something for later.
    let mut tidying = Tidying {
        commits: TIDY_COMMITS,
        imported: None,
    };
    while let Some(job) = next(jobs, journal.as_mut(), &mut tidying) {
        // A send that fails: the actor stopped waiting for the answer.
        match job {
            Job::Append { batch, done } => {
                let began = Instant::now();
                let result = journal.append(&batch);
                metrics.commits.observe(began.elapsed());
                let is_written = result.is_ok();
                let _ = done.send(result);
                if is_written {
                    tidying.committed(&batch);
                    snapshots.after_commit(journal.as_mut(), batch.entries.len());
                }
            }
            Job::Load { done } => {
                let _ = done.send(journal.load());
            }
        }
    }
}

/// Whether records were added that are not in the search indexes yet.
fn postpones(batch: &Batch) -> bool {
    batch.entries.iter().any(|entry| {
        matches!(
            &entry.entry,
            Entry::Record {
                event: RecordEvent::CustomerAdded {
                    import: Some(_),
                    ..
                }
            }
        )
    })
}

/// The next job; tidies up while there is none.
fn next(jobs: &Receiver<Job>, journal: &mut dyn Journal, tidying: &mut Tidying) -> Option<Job> {
    while tidying.is_due() {
        match jobs.recv_timeout(tidying.idle()) {
            Ok(job) => return Some(job),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => match journal.tidy() {
                Ok(true) => {}
                Ok(false) => tidying.commits = 0,
                Err(err) => {
                    tracing::warn!(%err, "the store could not be tidied up");
                    tidying.commits = 0;
                }
            },
        }
    }
    jobs.recv().ok()
}
