//! Imports of customers' files: where the files are, the one job that an organisation may have running, and how far it
//! has come.
//!
//! A file is sent in pieces, looked at, read through, and only then written, in batches that each are one transaction with
//! how far the import has come by it: a server that is killed goes on behind the last batch. The work runs on a thread of
//! its own and reaches the journal through the actor, like everything else.

mod fate;
mod files;
mod job;
mod keeping;
mod reading;
mod refused;
mod sink;
mod undo;
mod work;

pub(crate) use fate::{consents_of, in_order};
pub(crate) use files::{ImportFiles, PieceError};
pub(crate) use job::Job;
pub(crate) use reading::{ReadError, preview, resolve};
pub(crate) use sink::{JournalSink, Sink};
pub(crate) use undo::undo;

use crate::engine::Engine;
use protocol::exchange::{Import, ImportCounts, ImportOptions, ImportState, RefusedRow};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::{ImportRow, ImportSettled, ImportWish, StoreError};
use vocab::{ImportId, OrgSlug};
use work::Work;

/// Refused rows that are shown beside the file that holds them all.
pub(crate) const REFUSED_SHOWN: usize = 50;

/// Reads of one answer at most: jobs begin and end seldom.
const READS: usize = 5;

/// Reports of what was read through that are kept in memory.
const REPORTS: usize = 32;

/// What a job does with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Reads it through and writes nothing.
    Check,
    Run,
    Undo,
}

/// How far a job has come; shared with whoever asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    pub(crate) counts: ImportCounts,
    pub(crate) bytes_done: u64,
    pub(crate) refused: Vec<RefusedRow>,
}

#[derive(Debug, Default)]
pub(crate) struct Progress {
    report: Mutex<Report>,
    is_stopped: AtomicBool,
}

impl Progress {
    pub(crate) fn report(&self) -> Report {
        let report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        report.clone()
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Report)) {
        change(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
struct Running {
    import: ImportId,
    task: Task,
    progress: Arc<Progress>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("another import is at work; wait for it or stop it")]
    Busy,
    #[error("the import is not at that point")]
    NotNow,
    #[error("there is no such import")]
    Unknown,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The imports of all organisations; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Imports {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    files: ImportFiles,
    running: Mutex<BTreeMap<OrgSlug, Running>>,
    threads: Mutex<Vec<std::thread::JoinHandle<()>>>,
    /// Jobs begun and ended so far.
    turns: AtomicU64,
    /// Of what was last read through, by when; the oldest goes first.
    reports: Mutex<Vec<(OrgSlug, ImportId, Report)>>,
}

impl Imports {
    pub(crate) fn new(data: &Path, max_bytes: u64) -> Self {
        Self {
            inner: Arc::new(Inner {
                files: ImportFiles::new(data, max_bytes),
                running: Mutex::default(),
                threads: Mutex::default(),
                turns: AtomicU64::new(0),
                reports: Mutex::default(),
            }),
        }
    }

    pub(crate) fn files(&self) -> &ImportFiles {
        &self.inner.files
    }

    /// Reads the store and the jobs, again when a job began or ended in between: an import that has just ended would look
    /// as if it had been stopped.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) fn together<T>(&self, read: impl Fn() -> store::Result<T>) -> store::Result<T> {
        let turns = || self.inner.turns.load(Ordering::SeqCst);
        for _ in 1..READS {
            let before = turns();
            let found = read()?;
            if turns() == before {
                return Ok(found);
            }
        }
        read()
    }

    fn running(&self, organisation: &OrgSlug, import: ImportId) -> Option<(Task, Arc<Progress>)> {
        let running = self
            .inner
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let found = running.get(organisation).filter(|one| one.import == import);
        found.map(|one| (one.task, Arc::clone(&one.progress)))
    }

    /// Stops at the end of the batch; what was written stays.
    pub(crate) fn stop(&self, organisation: &OrgSlug, import: ImportId) -> bool {
        let running = self.running(organisation, import);
        if let Some((_, progress)) = &running {
            progress.stop();
        }
        running.is_some()
    }

    /// Stops whatever is at work and waits for it; for a server that stops. Call it where waiting harms nobody.
    pub(crate) fn join(&self) {
        self.stop_all();
        let threads = {
            let mut threads = self
                .inner
                .threads
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *threads)
        };
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("an import panicked");
            }
        }
    }

    /// Whatever is at work ends with its batch.
    pub(crate) fn stop_all(&self) {
        let running = self
            .inner
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        running.values().for_each(|one| one.progress.stop());
    }

    /// As it is shown: what the store knows, and how far the job has come that is at work.
    pub(crate) fn shown(&self, organisation: &OrgSlug, row: ImportRow, unsearched: u64) -> Import {
        let running = self.running(organisation, row.import);
        let (task, report) = match running {
            Some((task, progress)) => (Some(task), Some(progress.report())),
            None => (None, self.report(organisation, row.import)),
        };
        let is_half = matches!(row.state, ImportState::Running | ImportState::Undoing);
        let state = match (task, row.state) {
            (Some(Task::Check), _) => ImportState::Checking,
            (Some(Task::Run), _) => ImportState::Running,
            (Some(Task::Undo), _) => ImportState::Undoing,
            // The server that did it is gone.
            (None, ImportState::Checking) => ImportState::Ready,
            (None, ImportState::Running) => ImportState::Stopped,
            (None, ImportState::Undoing) => ImportState::Done,
            (None, state) => state,
        };
        let received = match row.state {
            ImportState::Sending => self.files().received(organisation, row.import),
            _ => row.bytes_done,
        };
        let is_report_newer = task.is_some() || !is_half;
        let report = report.filter(|_| is_report_newer).unwrap_or(Report {
            counts: row.counts,
            bytes_done: received,
            refused: Vec::new(),
        });
        Import {
            import: row.import,
            file: row.file,
            by: row.by,
            at: row.at,
            state,
            bytes: row.bytes,
            bytes_done: report.bytes_done,
            counts: report.counts,
            options: row.options,
            problem: row.problem,
            refused: report.refused,
            kept: row.kept,
            unsearched: if state == ImportState::Done {
                unsearched
            } else {
                0
            },
        }
    }

    fn ended(&self, organisation: &OrgSlug) {
        let mut running = self
            .inner
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        running.remove(organisation);
        self.inner.turns.fetch_add(1, Ordering::SeqCst);
    }

    fn report(&self, organisation: &OrgSlug, import: ImportId) -> Option<Report> {
        let reports = self
            .inner
            .reports
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let found = reports
            .iter()
            .rev()
            .find(|(of, one, _)| of == organisation && *one == import);
        found.map(|(_, _, report)| report.clone())
    }

    fn keep_report(&self, organisation: &OrgSlug, import: ImportId, report: Report) {
        let mut reports = self
            .inner
            .reports
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        reports.retain(|(of, one, _)| of != organisation || *one != import);
        reports.push((organisation.clone(), import, report));
        if reports.len() > REPORTS {
            reports.remove(0);
        }
    }

    pub(crate) fn forget(&self, organisation: &OrgSlug, import: ImportId) {
        self.files().remove(organisation, import);
        let mut reports = self
            .inner
            .reports
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        reports.retain(|(of, one, _)| of != organisation || *one != import);
    }

    /// Begins a job on a thread of its own and returns; how it goes is told by [`Imports::shown`]. Call it where waiting
    /// for a disk harms nobody, and within the runtime.
    ///
    /// # Errors
    /// [`StartError`]; nothing was begun.
    pub(crate) fn start(
        &self,
        engine: &Engine,
        import: ImportId,
        task: Task,
        options: Option<ImportOptions>,
        by: &str,
    ) -> Result<(), StartError> {
        let store = engine.readers().store();
        let row = store
            .imports()?
            .import(import)?
            .ok_or(StartError::Unknown)?;
        let row = may_start(row, task)?;
        let organisation = engine.organisation().clone();
        let options = match (task, options) {
            (Task::Undo, _) => row.options.clone(),
            // What was begun is gone on with as it was begun.
            (_, _) if row.counts.rows > 0 => row.options.clone(),
            (_, options) => {
                let path = self.files().upload(&organisation, import);
                resolve(&path, &options.unwrap_or(row.options.clone()))?.options
            }
        };
        let progress = Arc::new(Progress::default());
        progress.change(|report| {
            report.counts = row.counts;
            report.bytes_done = row.bytes_done;
        });
        {
            let mut running = self
                .inner
                .running
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if running.contains_key(&organisation) {
                return Err(StartError::Busy);
            }
            let one = Running {
                import,
                task,
                progress: Arc::clone(&progress),
            };
            running.insert(organisation.clone(), one);
            self.inner.turns.fetch_add(1, Ordering::SeqCst);
        }
        let work = Work {
            imports: self.clone(),
            engine: engine.clone(),
            row,
            task,
            options,
            by: by.to_owned(),
            progress,
            runtime: tokio::runtime::Handle::current(),
        };
        let spawned = std::thread::Builder::new()
            .name("import".to_owned())
            .spawn(move || work.run());
        match spawned {
            Ok(thread) => {
                let mut threads = self
                    .inner
                    .threads
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                threads.retain(|thread| !thread.is_finished());
                threads.push(thread);
            }
            Err(err) => {
                tracing::error!(%err, "an import could not be begun");
                self.ended(&organisation);
                return Err(StartError::Busy);
            }
        }
        Ok(())
    }

    /// Does what the command line asked for while this server writes the journal.
    pub(crate) async fn take_wishes(&self, engine: &Engine) {
        let wishes = engine
            .readers()
            .imports(|imports| imports.take_wishes())
            .await;
        let wishes = match wishes {
            Ok(wishes) => wishes,
            Err(err) => {
                return tracing::warn!(%err, "imports that were asked for could not be read");
            }
        };
        for (import, wish) in wishes {
            let (imports, engine_of) = (self.clone(), engine.clone());
            let task = match wish {
                ImportWish::Start => Task::Run,
                ImportWish::Undo => Task::Undo,
            };
            let begun = tokio::task::spawn_blocking(move || {
                imports.start(&engine_of, import, task, None, crate::cli::BY)
            });
            let refused = match begun.await {
                Ok(Ok(())) => continue,
                Ok(Err(err)) => err.to_string(),
                Err(err) => err.to_string(),
            };
            tracing::warn!(%import, refused, "an import that was asked for was not begun");
            let settled = ImportSettled {
                state: ImportState::Failed,
                options: None,
                problem: Some(refused),
                kept: 0,
            };
            let told = engine
                .readers()
                .imports(move |imports| imports.settle_import(import, &settled));
            if let Err(err) = told.await {
                tracing::warn!(%err, "it could not be said either");
            }
        }
    }
}

/// Whether the import is where the task can be done.
fn may_start(row: ImportRow, task: Task) -> Result<ImportRow, StartError> {
    use ImportState::{
        Checked, Checking, Done, Failed, Ready, Running, Sending, Stopped, Undoing, Undone,
    };
    let is_fit = match (task, row.state) {
        (_, Sending | Undone) => false,
        (Task::Check, Ready | Checking | Checked | Failed) => row.counts.rows == 0,
        (Task::Run, Ready | Checking | Checked | Failed | Running | Stopped) => true,
        (Task::Undo, Running | Stopped | Done | Undoing) => true,
        (Task::Undo, Failed) => row.counts.rows > 0,
        _ => false,
    };
    if is_fit {
        Ok(row)
    } else {
        Err(StartError::NotNow)
    }
}
