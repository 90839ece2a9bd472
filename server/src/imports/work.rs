//! One job on its thread: what the store is told before and after it, and how it came to its end.

use super::job::{Job, JobEnd};
use super::sink::{EngineSink, Sink};
use super::undo::undo;
use super::{Imports, Progress, Task};
use crate::engine::{Engine, utc_now};
use protocol::exchange::{ImportOptions, ImportState};
use std::sync::Arc;
use store::{ImportRow, ImportSettled, Stamp};
use vocab::OrgSlug;

/// One job, on its thread.
pub(super) struct Work {
    pub(super) imports: Imports,
    pub(super) engine: Engine,
    pub(super) row: ImportRow,
    pub(super) task: Task,
    pub(super) options: ImportOptions,
    pub(super) by: String,
    pub(super) progress: Arc<Progress>,
    pub(super) runtime: tokio::runtime::Handle,
}

impl Work {
    pub(super) fn run(self) {
        let organisation = self.engine.organisation().clone();
        let (import, task) = (self.row.import, self.task);
        let during = match task {
            Task::Check => ImportState::Checking,
            Task::Run => ImportState::Running,
            Task::Undo => ImportState::Undoing,
        };
        let options = Some(self.options.clone());
        let settle = |state, problem, kept| {
            let settled = ImportSettled {
                state,
                options: options.clone(),
                problem,
                kept,
            };
            let store = self.engine.readers().store();
            let written = store
                .imports()
                .and_then(|mut imports| imports.settle_import(import, &settled));
            if let Err(err) = written {
                tracing::error!(%err, %import, "how an import went could not be written");
            }
        };
        settle(during, None, 0);
        tracing::info!(%organisation, %import, ?task, "an import is at work");
        let ended = match task {
            Task::Check | Task::Run => self.read(&organisation),
            Task::Undo => self.undo(),
        };
        let report = self.progress.report();
        tracing::info!(%organisation, %import, ?task, ?ended, rows = report.counts.rows, "an import has ended");
        match ended {
            Ok(JobEnd::Whole { kept }) => {
                let state = match task {
                    Task::Check => ImportState::Checked,
                    Task::Run => ImportState::Done,
                    Task::Undo => ImportState::Undone,
                };
                settle(state, None, kept);
            }
            Ok(JobEnd::Stopped) => settle(stopped(task), None, 0),
            Err(problem) => {
                let state = match task {
                    Task::Undo => ImportState::Done,
                    // What is written stays, and it can be gone on with.
                    Task::Run if report.counts.rows > 0 => ImportState::Stopped,
                    Task::Check | Task::Run => ImportState::Failed,
                };
                settle(state, Some(problem), 0);
            }
        }
        if self.task == Task::Run && !self.progress.is_stopped() && self.is_done() {
            self.imports.files().remove_upload(&organisation, import);
        }
        if task != Task::Undo {
            self.imports.keep_report(&organisation, import, report);
        }
        self.imports.ended(&organisation);
    }

    fn is_done(&self) -> bool {
        let store = self.engine.readers().store();
        let row = store
            .imports()
            .and_then(|imports| imports.import(self.row.import));
        matches!(row, Ok(Some(row)) if row.state == ImportState::Done)
    }

    fn read(&self, organisation: &OrgSlug) -> Result<JobEnd, String> {
        let store = self.engine.readers().store();
        let files = self.imports.files();
        let mut sink = match self.task {
            Task::Check => None,
            _ => Some(EngineSink::new(self.engine.clone(), self.runtime.clone())),
        };
        let job = Job {
            import: self.row.import,
            path: files.upload(organisation, self.row.import),
            refused: files.refused(organisation, self.row.import),
            options: self.options.clone(),
            begun: self.row.clone(),
            by: self.by.clone(),
            now: utc_now(),
            progress: &self.progress,
        };
        let sink = sink.as_mut().map(|sink| sink as &mut dyn Sink);
        job.run(store.as_ref(), sink).map_err(|err| err.to_string())
    }

    fn undo(&self) -> Result<JobEnd, String> {
        let store = self.engine.readers().store();
        let mut sink = EngineSink::new(self.engine.clone(), self.runtime.clone());
        let ended = undo(store.as_ref(), &mut sink, self.row.import, &self.progress);
        let ended = ended.map_err(|err| err.to_string())?;
        let stamp = Stamp {
            at: utc_now(),
            by: &self.by,
        };
        let subject = format!("import {}", self.row.import);
        let noted = store
            .accounts()
            .and_then(|mut accounts| accounts.note_audit(stamp, "import_undone", &subject));
        noted.map_err(|err| err.to_string())?;
        Ok(ended)
    }
}

fn stopped(task: Task) -> ImportState {
    match task {
        Task::Check => ImportState::Ready,
        Task::Run => ImportState::Stopped,
        Task::Undo => ImportState::Done,
    }
}
