//! The organisations that are served: those found at the start, and those made on the command line since.

use crate::app::{AppError, database_path, organisations};
use crate::config::Config;
use crate::engine::{self, Directory, Engine, Input};
use crate::metrics::Metrics;
use crate::recordings::{self, RecordingFiles};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use store::{OrganisationStore, Retention};
use store_sqlite::Database;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use vocab::OrgSlug;

/// How often accounts, queues and new organisations are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(1_000);

/// How often expired tokens and old sign-in attempts are forgotten.
const PRUNE_EVERY_LOOKS: u32 = 600;

pub(crate) struct Organisations {
    data: PathBuf,
    metrics: Arc<Metrics>,
    recordings: RecordingFiles,
    keep_recordings: Duration,
    retention: Retention,
    engines: RwLock<BTreeMap<OrgSlug, Engine>>,
    /// The engines' tasks, their directories' watches and their recordings' retention.
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Organisations {
    pub(crate) fn new(
        data: &Path,
        metrics: Arc<Metrics>,
        recordings: RecordingFiles,
        config: &Config,
    ) -> Self {
        Self {
            data: data.to_owned(),
            metrics,
            recordings,
            keep_recordings: config.keep_recordings,
            retention: config.retention,
            engines: RwLock::default(),
            tasks: Mutex::default(),
        }
    }

    pub(crate) fn get(&self, organisation: &OrgSlug) -> Option<Engine> {
        let engines = self.engines.read().unwrap_or_else(PoisonError::into_inner);
        engines.get(organisation).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Engine> {
        let engines = self.engines.read().unwrap_or_else(PoisonError::into_inner);
        engines.values().cloned().collect()
    }

    /// Starts the engine of an organisation that has a database.
    ///
    /// # Errors
    /// [`AppError`]; the others are not concerned.
    pub(crate) fn open(
        &self,
        organisation: &OrgSlug,
        stop: &watch::Sender<bool>,
    ) -> Result<(), AppError> {
        let path = database_path(&self.data, organisation);
        let store: Arc<dyn OrganisationStore> = Arc::new(Database::open(&path)?);
        let (engine, task) = engine::start(store, Arc::clone(&self.metrics))?;
        let watch = telemetry::spawn(
            "directory",
            watch_directory(engine.clone(), stop.subscribe()),
        );
        let retention = telemetry::spawn(
            "retention",
            crate::retention::run(engine.clone(), self.retention, stop.subscribe()),
        );
        let recordings = telemetry::spawn(
            "recordings' retention",
            recordings::keep_for(
                self.keep_recordings,
                engine.clone(),
                self.recordings.clone(),
                stop.subscribe(),
            ),
        );
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.extend([task, watch, retention, recordings]);
        let mut engines = self.engines.write().unwrap_or_else(PoisonError::into_inner);
        engines.insert(organisation.clone(), engine);
        Ok(())
    }

    /// Those in the folder that are not served yet.
    fn unknown(&self) -> Result<Vec<OrgSlug>, AppError> {
        let mut found = organisations(&self.data)?;
        let engines = self.engines.read().unwrap_or_else(PoisonError::into_inner);
        found.retain(|organisation| !engines.contains_key(organisation));
        Ok(found)
    }

    /// Commits what was decided, and stops.
    pub(crate) async fn stop(&self) {
        for engine in self.all() {
            if engine.send(Input::Stop).await.is_err() {
                tracing::error!("an engine had stopped before");
            }
        }
        let tasks = {
            let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *tasks)
        };
        for task in tasks {
            if task.await.is_err() {
                tracing::error!("a task panicked");
            }
        }
    }
}

/// An organisation made by `init` while the server runs is served without a restart. One that cannot be opened is said
/// once, and tried again only after a restart: nothing here would mend it.
pub(crate) async fn watch_organisations(all: Arc<Organisations>, stop: watch::Sender<bool>) {
    let mut stopped = stop.subscribe();
    let mut given_up = Vec::new();
    loop {
        tokio::select! {
            _ = stopped.wait_for(|is_stopping| *is_stopping) => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let unknown = match all.unknown() {
            Ok(unknown) => unknown,
            Err(err) => {
                tracing::warn!(%err, "new organisations cannot be looked for");
                continue;
            }
        };
        for organisation in unknown {
            if given_up.contains(&organisation) {
                continue;
            }
            match all.open(&organisation, &stop) {
                Ok(()) => tracing::info!(%organisation, "a new organisation is served"),
                Err(err) => {
                    tracing::error!(%organisation, %err, "a new organisation cannot be served");
                    given_up.push(organisation);
                }
            }
        }
    }
}

/// The command line changes accounts and queues in the same database; the engine is told here.
async fn watch_directory(engine: Engine, mut stop: watch::Receiver<bool>) {
    let mut known = engine.directory().revision;
    let mut looks = 0_u32;
    loop {
        tokio::select! {
            _ = stop.wait_for(|is_stopping| *is_stopping) => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        looks = looks.wrapping_add(1);
        crate::erase::take_requests(&engine).await;
        let is_pruning_due = looks.is_multiple_of(PRUNE_EVERY_LOOKS);
        let read = engine
            .readers()
            .accounts(move |accounts| {
                if is_pruning_due {
                    let now = engine::utc_now();
                    let day_ago = vocab::Millis(now.0.saturating_sub(24 * 3_600 * 1_000));
                    // An expired sign-in is kept a while: a conversation may still be finished by it.
                    accounts.prune(day_ago, day_ago)?;
                }
                if accounts.revision()? == known {
                    return Ok(None);
                }
                Directory::read(accounts).map(Some)
            })
            .await;
        match read {
            Ok(None) => {}
            Ok(Some(directory)) => {
                known = directory.revision;
                tracing::info!(revision = known, "accounts or queues were changed");
                if engine
                    .send(Input::Directory(Arc::new(directory)))
                    .await
                    .is_err()
                {
                    return;
                }
            }
            Err(err) => tracing::warn!(%err, "accounts could not be read; the last ones stay"),
        }
    }
}
