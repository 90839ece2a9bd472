//! A running server's parts: its organisations, its settings, its counters, and the way to stop it.

use crate::config::Config;
use crate::engine::{self, Directory, Engine, Input};
use crate::http::SignInLimiter;
use crate::metrics::Metrics;
use crate::recordings::{self, RecordingFiles};
use crate::ws::Links;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{OrganisationStore, StoreError};
use store_sqlite::Database;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use vocab::OrgSlug;

/// How often accounts and queues are looked at for changes made on the command line.
const DIRECTORY_EVERY: Duration = Duration::from_millis(1_000);

/// How often expired tokens and old sign-in attempts are forgotten.
const PRUNE_EVERY_LOOKS: u32 = 600;

/// Where organisations' databases are: one file each.
const ORGANISATIONS: &str = "organisations";

/// What every handler shares.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) organisations: BTreeMap<OrgSlug, Engine>,
    pub(crate) recordings: RecordingFiles,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) links: Arc<Links>,
    pub(crate) sign_ins: SignInLimiter,
    /// Password checks at once: each takes 19 MiB and a core.
    pub(crate) password_turns: tokio::sync::Semaphore,
    pub(crate) stop: watch::Sender<bool>,
}

/// The tasks behind an [`App`]; joined when the server stops.
pub struct Running {
    pub app: App,
    engines: Vec<JoinHandle<()>>,
    watches: Vec<JoinHandle<()>>,
}

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    #[error("{dir}: no organisation here; create one with `warmline-server init --data {dir}`")]
    NoOrganisation { dir: PathBuf },
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Start(#[from] engine::StartError),
    #[error("{dir} is in use by another warmline-server; stop that one first")]
    InUse { dir: PathBuf },
}

/// The file of one organisation's database.
#[must_use]
pub fn database_path(data: &Path, organisation: &OrgSlug) -> PathBuf {
    data.join(ORGANISATIONS)
        .join(format!("{organisation}.sqlite"))
}

/// The organisations that have a database in this folder, sorted.
///
/// # Errors
/// [`AppError::Io`] when the folder cannot be read.
pub fn organisations(data: &Path) -> Result<Vec<OrgSlug>, AppError> {
    let dir = data.join(ORGANISATIONS);
    let failed = |source| AppError::Io {
        path: dir.clone(),
        source,
    };
    let entries = match std::fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(err) => return Err(failed(err)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let slug = name.to_str().and_then(|name| name.strip_suffix(".sqlite"));
        found.extend(slug.and_then(|slug| OrgSlug::new(slug).ok()));
    }
    found.sort();
    Ok(found)
}

/// Held while a process writes journals in a data folder.
#[derive(Debug)]
pub struct DataLock {
    _file: std::fs::File,
}

impl DataLock {
    /// # Errors
    /// [`AppError::InUse`] when another process holds it.
    pub fn take(data: &Path) -> Result<Self, AppError> {
        let path = data.join("server.lock");
        let failed = |source| AppError::Io {
            path: path.clone(),
            source,
        };
        let file = std::fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(AppError::InUse {
                dir: data.to_owned(),
            }),
            Err(std::fs::TryLockError::Error(err)) => Err(failed(err)),
        }
    }
}

impl App {
    /// Starts the engine of every organisation in the folder.
    ///
    /// # Errors
    /// [`AppError`]; the operator is told and nothing runs.
    pub fn start(data: &Path, config: Config) -> Result<Running, AppError> {
        let slugs = organisations(data)?;
        if slugs.is_empty() {
            return Err(AppError::NoOrganisation {
                dir: data.to_owned(),
            });
        }
        let metrics = Arc::new(Metrics::default());
        let files = RecordingFiles::new(data);
        let keep_recordings = config.keep_recordings;
        let (stop, _) = watch::channel(false);
        let mut organisations = BTreeMap::new();
        let (mut engines, mut watches) = (Vec::new(), Vec::new());
        for slug in slugs {
            let store: Arc<dyn OrganisationStore> =
                Arc::new(Database::open(&database_path(data, &slug))?);
            let (engine, task) = engine::start(store, Arc::clone(&metrics))?;
            watches.push(telemetry::spawn(
                "directory",
                watch_directory(engine.clone(), stop.subscribe()),
            ));
            watches.push(telemetry::spawn(
                "recordings' retention",
                recordings::keep_for(
                    keep_recordings,
                    engine.clone(),
                    files.clone(),
                    stop.subscribe(),
                ),
            ));
            watches.push(telemetry::spawn(
                "retention",
                crate::retention::run(engine.clone(), config.retention, stop.subscribe()),
            ));
            engines.push(task);
            organisations.insert(slug, engine);
        }
        let inner = Inner {
            links: Arc::new(Links::new(config.limits, Arc::clone(&metrics))),
            sign_ins: SignInLimiter::new(config.limits),
            password_turns: tokio::sync::Semaphore::new(2),
            organisations,
            recordings: files,
            metrics,
            config,
            stop,
        };
        Ok(Running {
            app: Self {
                inner: Arc::new(inner),
            },
            engines,
            watches,
        })
    }

    pub(crate) fn engine(&self, organisation: &OrgSlug) -> Option<&Engine> {
        self.inner.organisations.get(organisation)
    }

    /// Tells every link to say goodbye; see [`Running::stop`].
    pub fn begin_stop(&self) {
        self.inner.stop.send_replace(true);
    }

    /// False while an organisation cannot be written.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.inner.organisations.values().all(Engine::is_healthy)
    }
}

impl Running {
    /// Lets links say goodbye, commits what was decided, and stops the engines.
    pub async fn stop(self) {
        self.app.begin_stop();
        let all_closed = self.app.inner.links.wait_until_none();
        if tokio::time::timeout(self.app.inner.config.stop_grace, all_closed)
            .await
            .is_err()
        {
            tracing::warn!("some links did not close in time");
        }
        for engine in self.app.inner.organisations.values() {
            if engine.send(Input::Stop).await.is_err() {
                tracing::error!("an engine had stopped before");
            }
        }
        for task in self.engines.into_iter().chain(self.watches) {
            if task.await.is_err() {
                tracing::error!("a task panicked");
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
            () = tokio::time::sleep(DIRECTORY_EVERY) => {}
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
                    accounts.prune(now, day_ago)?;
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
