//! The organisations that are served: those found at the start, and those made on the command line since.

use crate::app::{AppError, OrganisationLock, database_path, organisations};
use crate::clock::Keeper;
use crate::config::{Config, Limits};
use crate::damage;
use crate::engine::{self, Directory, Engine, Input};
use crate::imports::Imports;
use crate::limits::Bites;
use crate::metrics::Metrics;
use crate::recordings::{self, RecordingFiles};
use crate::retention::{self, Kept};
use crate::soundness::Watch;
use protocol::limits::LimitKind;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use store::{OrganisationStore, Retention};
use store_sqlite::Database;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use vocab::OrgSlug;

/// How often accounts, queues and new organisations are looked for.
const LOOK_EVERY: Duration = Duration::from_millis(1_000);

/// How often expired tokens and old places of sign-ins are forgotten.
const PRUNE_EVERY_LOOKS: u32 = 600;
const DAY_MS: u64 = 24 * 3_600 * 1_000;

/// A place where an account signed in is forgotten after so many days without another sign-in.
const KNOWN_PLACE_DAYS: u64 = 90;

pub(crate) struct Organisations {
    data: PathBuf,
    metrics: Arc<Metrics>,
    bites: Arc<Bites>,
    limits: Limits,
    recordings: RecordingFiles,
    imports: Imports,
    keep_recordings: Duration,
    retention: Retention,
    keep_imports_days: u32,
    engines: RwLock<BTreeMap<OrgSlug, Engine>>,
    /// Held for each engine.
    locks: Mutex<Vec<OrganisationLock>>,
    /// Those that cannot be served, and how their files looked then.
    unserved: Mutex<BTreeMap<OrgSlug, Option<Looks>>>,
    /// The engines' tasks, their directories' watches and their recordings' retention.
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Organisations {
    pub(crate) fn new(
        data: &Path,
        metrics: Arc<Metrics>,
        recordings: RecordingFiles,
        imports: Imports,
        config: &Config,
    ) -> Self {
        Self {
            data: data.to_owned(),
            bites: Arc::new(Bites::new(Arc::clone(&metrics))),
            limits: config.limits,
            metrics,
            recordings,
            imports,
            keep_recordings: config.keep_recordings,
            retention: config.retention,
            keep_imports_days: config.keep_imports_days,
            engines: RwLock::default(),
            locks: Mutex::default(),
            unserved: Mutex::default(),
            tasks: Mutex::default(),
        }
    }

    fn kept(&self) -> Kept {
        Kept {
            retention: self.retention,
            imports: self.imports.clone(),
            imports_days: self.keep_imports_days,
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

    pub(crate) fn bites(&self) -> Arc<Bites> {
        Arc::clone(&self.bites)
    }

    /// A limit that concerns all of them bit.
    pub(crate) fn bit(&self, limit: LimitKind) {
        self.bites.bit(limit, &self.all());
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
        let lock = OrganisationLock::take(&self.data, organisation)?;
        let path = database_path(&self.data, organisation);
        let database = Database::open(&path)?;
        let watch_file = Watch::begin(&database, &self.data, organisation)?;
        let store: Arc<dyn OrganisationStore> = Arc::new(database);
        let (engine, task) = engine::start(store, Arc::clone(&self.metrics), self.limits)?;
        let watch = telemetry::spawn(
            "directory",
            watch_directory(engine.clone(), self.imports.clone(), stop.subscribe()),
        );
        let soundness = telemetry::spawn(
            "the file's soundness",
            watch_file.run(engine.clone(), stop.subscribe()),
        );
        let retention = telemetry::spawn(
            "retention",
            retention::run(engine.clone(), self.kept(), stop.subscribe()),
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
        let looks = telemetry::spawn(
            "looks",
            crate::looks::write_down(engine.clone(), stop.subscribe()),
        );
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.extend([task, watch, soundness, retention, recordings, looks]);
        let mut engines = self.engines.write().unwrap_or_else(PoisonError::into_inner);
        engines.insert(organisation.clone(), engine);
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.push(lock);
        Ok(())
    }

    /// As [`Organisations::open`]; a failure is said in the log, with the commands that help, and remembered.
    ///
    /// # Errors
    /// The same text.
    pub(crate) fn try_open(
        &self,
        organisation: &OrgSlug,
        stop: &watch::Sender<bool>,
    ) -> Result<(), String> {
        let opened = self.open(organisation, stop);
        let looks = looks(&database_path(&self.data, organisation));
        let mut unserved = self.unserved.lock().unwrap_or_else(PoisonError::into_inner);
        let err = match opened {
            Ok(()) => {
                unserved.remove(organisation);
                return Ok(());
            }
            Err(err) => err,
        };
        // Whoever holds the lock is mending it: how it looks by then does not count.
        let is_held = matches!(err, AppError::Served { .. });
        let was = unserved.insert(organisation.clone(), looks.filter(|_| !is_held));
        let remedy =
            damage::cause(&err).map(|cause| damage::remedy(&self.data, organisation, cause));
        let said = format!(
            "organisation {organisation} is not served: {err}\n{}",
            remedy.unwrap_or_default()
        );
        if !is_held || was.is_none() {
            // A line each, so that a command can be copied out of whatever the log is read in.
            said.lines().for_each(|line| tracing::error!("{line}"));
        }
        Err(said.trim_end().to_owned())
    }

    pub(crate) fn unserved(&self) -> Vec<OrgSlug> {
        let unserved = self.unserved.lock().unwrap_or_else(PoisonError::into_inner);
        unserved.keys().cloned().collect()
    }

    /// Those in the folder that are not served and look otherwise than when they could not be.
    fn untried(&self) -> Result<Vec<OrgSlug>, AppError> {
        let mut found = organisations(&self.data)?;
        let mut unserved = self.unserved.lock().unwrap_or_else(PoisonError::into_inner);
        unserved.retain(|organisation, _| found.contains(organisation));
        let engines = self.engines.read().unwrap_or_else(PoisonError::into_inner);
        found.retain(|organisation| {
            let is_as_it_was = unserved.get(organisation).is_some_and(|was| {
                was.is_some() && *was == looks(&database_path(&self.data, organisation))
            });
            !engines.contains_key(organisation) && !is_as_it_was
        });
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
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.clear();
    }
}

/// Enough of a file to see that it was changed: its length and when it was written.
type Looks = (u64, SystemTime);

fn looks(path: &Path) -> Option<Looks> {
    let file = std::fs::metadata(path).ok()?;
    Some((file.len(), file.modified().ok()?))
}

/// An organisation made by `init` while the server runs is served without a restart, and so is one that was mended:
/// one that cannot be served is tried again when its file has changed.
pub(crate) async fn watch_organisations(all: Arc<Organisations>, stop: watch::Sender<bool>) {
    let mut stopped = stop.subscribe();
    loop {
        tokio::select! {
            _ = stopped.wait_for(|is_stopping| *is_stopping) => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let untried = match all.untried() {
            Ok(untried) => untried,
            Err(err) => {
                tracing::warn!(%err, "new organisations cannot be looked for");
                continue;
            }
        };
        for organisation in untried {
            if all.try_open(&organisation, &stop).is_ok() {
                tracing::info!(%organisation, "one more organisation is served");
            }
        }
    }
}

/// The command line changes accounts and queues in the same database; the engine is told here.
async fn watch_directory(engine: Engine, imports: Imports, mut stop: watch::Receiver<bool>) {
    let mut known = engine.directory().revision;
    let mut looks = 0_u32;
    let mut keeper = Keeper::default();
    loop {
        let is_stopping = tokio::select! {
            _ = stop.wait_for(|is_stopping| *is_stopping) => true,
            () = tokio::time::sleep(LOOK_EVERY) => false,
        };
        keeper.look(&engine, is_stopping).await;
        if is_stopping {
            return;
        }
        looks = looks.wrapping_add(1);
        crate::erase::take_requests(&engine).await;
        imports.take_wishes(&engine).await;
        let is_pruning_due = looks.is_multiple_of(PRUNE_EVERY_LOOKS);
        let steady = engine.steady();
        let read = engine
            .readers()
            .accounts(move |accounts| {
                if is_pruning_due {
                    let days_ago =
                        |days: u64| vocab::Millis(steady.0.saturating_sub(days * DAY_MS));
                    // An expired sign-in is kept a while: a conversation may still be finished by it.
                    accounts.prune(days_ago(1), days_ago(KNOWN_PLACE_DAYS))?;
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
