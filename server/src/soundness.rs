//! Checks an organisation's database file where the journal does not prove it: a quick check before it is served and a
//! full one in the background. Search indexes are rebuilt here; for other damage the operator is told the command.

use crate::damage;
use crate::engine::Engine;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store_sqlite::{Database, Fault};
use tokio::sync::watch;
use vocab::OrgSlug;

/// The full check begins this long after the start, when desktops have reconnected.
const WHOLE_LOOK_AFTER: Duration = Duration::from_secs(20);

/// Pause between two pieces of a search index that is being rebuilt, so that commits are not delayed.
const PAUSE: Duration = Duration::from_millis(10);

/// How often to check whether a search index was emptied.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Wait after a failed rebuild.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// What is known of one organisation's file.
#[derive(Debug, Default)]
pub(crate) struct Soundness(Mutex<Known>);

#[derive(Clone, Debug, Default)]
struct Known {
    is_filling_search: bool,
    /// With the command that helps.
    damage: Option<String>,
}

impl Soundness {
    fn change(&self, change: impl FnOnce(&mut Known)) {
        // It is replaced as a whole: a panic elsewhere does not damage it.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn known(&self) -> Known {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    /// What is damaged, and the command that helps; nothing when all is well.
    pub(crate) fn damage(&self) -> Option<String> {
        self.known().damage
    }

    /// True while searches may find less than there is.
    pub(crate) fn is_filling_search(&self) -> bool {
        self.known().is_filling_search
    }
}

/// What a start found; given to [`Watch::run`] when the engine is there.
pub(crate) struct Watch {
    database: Database,
    data: PathBuf,
    organisation: OrgSlug,
    faults: Vec<Fault>,
}

impl Watch {
    /// The quick look, before anything is written.
    ///
    /// # Errors
    /// When not even the schema can be read: it cannot be served.
    pub(crate) fn begin(
        database: &Database,
        data: &Path,
        organisation: &OrgSlug,
    ) -> store::Result<Self> {
        let faults = database.quick_look()?;
        // Before the engine writes: a commit that touches a damaged index would fail.
        if faults.iter().any(|fault| fault.is_search) {
            tracing::error!(
                %organisation,
                "the search indexes are damaged; they are made anew from the records, and searches find less until then"
            );
            database.empty_search()?;
        }
        Ok(Self {
            database: database.clone(),
            data: data.to_owned(),
            organisation: organisation.clone(),
            faults,
        })
    }

    /// Says what was found, fills search indexes that were emptied, and looks through the whole file once.
    pub(crate) async fn run(mut self, engine: Engine, mut stop: watch::Receiver<bool>) {
        let faults = std::mem::take(&mut self.faults);
        self.tell(&engine, &faults);
        if !self.fill(&engine, &mut stop).await {
            return;
        }
        tokio::select! {
            _ = stop.wait_for(|is_stopping| *is_stopping) => return,
            () = tokio::time::sleep(WHOLE_LOOK_AFTER) => {}
        }
        let (database, stopping) = (self.database.clone(), stop.clone());
        let looked = beside(move || database.look_through(move || !*stopping.borrow())).await;
        match looked {
            Ok(faults) => {
                self.tell(&engine, &faults);
                if faults.iter().any(|fault| fault.is_search) {
                    let database = self.database.clone();
                    if let Err(err) = beside(move || database.empty_search()).await {
                        tracing::error!(%err, "the search indexes cannot be made anew");
                        return;
                    }
                }
            }
            Err(err) => tracing::error!(%err, "the file could not be looked through"),
        }
        // A commit that meets a damaged search index empties it, too.
        while self.fill(&engine, &mut stop).await {
            tokio::select! {
                _ = stop.wait_for(|is_stopping| *is_stopping) => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Of what search indexes are mended here, the log says it and nobody has to do anything.
    fn tell(&self, engine: &Engine, faults: &[Fault]) {
        for fault in faults {
            tracing::error!(
                organisation = %self.organisation,
                table = fault.table,
                why = fault.why,
                "something derived from the journal is damaged on the disk"
            );
        }
        let lasting: Vec<&str> = faults
            .iter()
            .filter(|fault| !fault.is_search)
            .map(|fault| fault.table.as_str())
            .collect();
        if lasting.is_empty() {
            return;
        }
        let command = damage::rebuild(&self.data, &self.organisation);
        let text = format!("{} is damaged on the disk; {command}", lasting.join(", "));
        text.lines().for_each(|line| {
            tracing::error!(organisation = %self.organisation, "{line}");
        });
        engine.soundness.change(|known| known.damage = Some(text));
    }

    /// False when the server stops meanwhile.
    async fn fill(&self, engine: &Engine, stop: &mut watch::Receiver<bool>) -> bool {
        loop {
            let database = self.database.clone();
            let wait = match beside(move || database.refill_search()).await {
                Ok(true) => {
                    engine
                        .soundness
                        .change(|known| known.is_filling_search = true);
                    PAUSE
                }
                Ok(false) => break,
                Err(err) => {
                    tracing::warn!(%err, "the search indexes could not be filled; trying again");
                    TRY_AGAIN
                }
            };
            tokio::select! {
                _ = stop.wait_for(|is_stopping| *is_stopping) => return false,
                () = tokio::time::sleep(wait) => {}
            }
        }
        if engine.soundness.is_filling_search() {
            tracing::info!(organisation = %self.organisation, "the search indexes are whole again");
            engine
                .soundness
                .change(|known| known.is_filling_search = false);
        }
        true
    }
}

/// Runs on a blocking thread.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> store::Result<T> + Send + 'static,
) -> store::Result<T> {
    let stopped = |_| store::StoreError::Backend {
        detail: "the thread that looked at the file stopped".to_owned(),
    };
    tokio::task::spawn_blocking(work).await.map_err(stopped)?
}
