//! A running server's parts: its organisations, its settings, its counters, and the way to stop it.

use crate::config::{Config, LiveConfig};
use crate::engine::{self, Engine};
use crate::gate::Gate;
use crate::http::{Guard, PasswordChecks, RefusalNotes};
use crate::imports::Imports;
use crate::limits::{Bites, Pages};
use crate::metrics::Metrics;
use crate::open_files;
use crate::organisations::{Organisations, watch_organisations};
use crate::recordings::RecordingFiles;
use crate::ws::{Links, LostTries, Seldom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::StoreError;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use vocab::OrgSlug;

/// Where organisations' databases are: one file each.
const ORGANISATIONS: &str = "organisations";

/// What every handler shares.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: LiveConfig,
    pub(crate) organisations: Arc<Organisations>,
    pub(crate) recordings: RecordingFiles,
    pub(crate) imports: Imports,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) links: Arc<Links>,
    pub(crate) lost_tries: LostTries,
    /// When sites that may not frame the page were last told of.
    pub(crate) framing_told: Seldom,
    pub(crate) gate: Arc<Gate>,
    pub(crate) guard: Arc<Guard>,
    pub(crate) passwords: PasswordChecks,
    pub(crate) refusals: RefusalNotes,
    pub(crate) bites: Arc<Bites>,
    pub(crate) pages: Pages,
    pub(crate) stop: watch::Sender<bool>,
}

/// The tasks behind an [`App`]; joined when the server stops.
pub struct Running {
    pub app: App,
    watch: JoinHandle<()>,
    clock: JoinHandle<()>,
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
    #[error("the threads that check passwords could not be started: {0}")]
    Threads(std::io::Error),
    #[error("{dir} is in use by another warmline-server; stop that one first")]
    InUse { dir: PathBuf },
    #[error("organisation {organisation} is in use by a warmline-server; stop that one first")]
    Served { organisation: OrgSlug },
    #[error("no organisation can be served\n{reasons}")]
    NoneServed { reasons: String },
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
        let file = locked(&data.join("server.lock"))?;
        let dir = data.to_owned();
        file.map(|file| Self { _file: file })
            .ok_or(AppError::InUse { dir })
    }
}

/// Held while an organisation is served, or while its database is cut or replaced: a server that cannot serve it lets
/// others mend it.
#[derive(Debug)]
pub struct OrganisationLock {
    _file: std::fs::File,
}

impl OrganisationLock {
    /// # Errors
    /// [`AppError::Served`] when another process holds it.
    pub fn take(data: &Path, organisation: &OrgSlug) -> Result<Self, AppError> {
        let file = locked(&database_path(data, organisation).with_extension("lock"))?;
        let organisation = organisation.clone();
        file.map(|file| Self { _file: file })
            .ok_or(AppError::Served { organisation })
    }
}

/// Nothing when another holds it.
fn locked(path: &Path) -> Result<Option<std::fs::File>, AppError> {
    let failed = |source| AppError::Io {
        path: path.to_owned(),
        source,
    };
    let is_new = !path.exists();
    let file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(failed)?;
    if is_new && let Err(err) = store_sqlite::give(path) {
        // It would keep the account out that everything beside it belongs to.
        let _ = std::fs::remove_file(path);
        return Err(err.into());
    }
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(err)) => Err(failed(err)),
    }
}

impl App {
    /// Starts the engine of every organisation in the folder. One that cannot be served is said in the log, and keeps
    /// no other from being served.
    ///
    /// # Errors
    /// [`AppError`] when none can be; the operator is told and nothing runs.
    pub fn start(data: &Path, config: Config) -> Result<Running, AppError> {
        let slugs = organisations(data)?;
        if slugs.is_empty() {
            return Err(AppError::NoOrganisation {
                dir: data.to_owned(),
            });
        }
        let metrics = Arc::new(Metrics::default());
        let files = RecordingFiles::new(data);
        let imports = Imports::new(data, config.import_bytes);
        let (stop, _) = watch::channel(false);
        let organisations = Arc::new(Organisations::new(
            data,
            Arc::clone(&metrics),
            files.clone(),
            imports.clone(),
            &config,
        ));
        let mut reasons = Vec::new();
        for slug in slugs {
            reasons.extend(organisations.try_open(&slug, &stop).err());
        }
        if organisations.all().is_empty() {
            let reasons = reasons.join("\n");
            return Err(AppError::NoneServed { reasons });
        }
        let watch = telemetry::spawn(
            "organisations",
            watch_organisations(Arc::clone(&organisations), stop.clone()),
        );
        let clock = telemetry::spawn("clock", crate::clock::watch(stop.subscribe()));
        let limits = config.limits;
        let room = open_files::room(limits.connections, organisations.all().len());
        let proxies = config.trusted_proxies.clone();
        let gate = Gate::new(limits, proxies, room, Arc::clone(&organisations));
        let passwords = PasswordChecks::start(limits.sign_ins_at_once, limits.sign_ins_waiting);
        let inner = Inner {
            links: Arc::new(Links::new(limits, Arc::clone(&metrics))),
            lost_tries: LostTries::default(),
            framing_told: Seldom::default(),
            gate: Arc::new(gate),
            guard: Arc::new(Guard::new(&limits)),
            passwords: passwords.map_err(AppError::Threads)?,
            refusals: RefusalNotes::default(),
            bites: organisations.bites(),
            pages: Pages::new(limits.pages_per_address),
            organisations,
            recordings: files,
            imports,
            metrics,
            config: LiveConfig::new(config),
            stop,
        };
        Ok(Running {
            app: Self {
                inner: Arc::new(inner),
            },
            watch,
            clock,
        })
    }

    pub(crate) fn engine(&self, organisation: &OrgSlug) -> Option<Engine> {
        self.inner.organisations.get(organisation)
    }

    /// It is here and cannot be served: its clients keep what they have, and come back later.
    pub(crate) fn is_unserved(&self, organisation: &OrgSlug) -> bool {
        self.unserved().contains(organisation)
    }

    /// Those that are here and cannot be served.
    #[must_use]
    pub fn unserved(&self) -> Vec<OrgSlug> {
        self.inner.organisations.unserved()
    }

    /// Tells every link to say goodbye; see [`Running::stop`].
    pub fn begin_stop(&self) {
        self.inner.imports.stop_all();
        self.inner.stop.send_replace(true);
    }

    /// False while an organisation cannot be written, or cannot be served at all.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.unserved().is_empty()
            && self
                .inner
                .organisations
                .all()
                .iter()
                .all(Engine::is_healthy)
    }
}

impl Running {
    /// Lets links say goodbye, commits what was decided, and stops the engines.
    pub async fn stop(self) {
        self.app.begin_stop();
        let all_closed = self.app.inner.links.wait_until_none();
        if tokio::time::timeout(self.app.inner.config.now().stop_grace, all_closed)
            .await
            .is_err()
        {
            tracing::warn!("some links did not close in time");
        }
        for task in [self.watch, self.clock] {
            if task.await.is_err() {
                tracing::error!("a task panicked");
            }
        }
        let imports = self.app.inner.imports.clone();
        if tokio::task::spawn_blocking(move || imports.join())
            .await
            .is_err()
        {
            tracing::error!("imports could not be waited for");
        }
        self.app.inner.organisations.stop().await;
    }
}
