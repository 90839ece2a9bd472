//! One organisation's file: making it, opening it, copying it.

use crate::accounts::SqliteAccounts;
use crate::history::SqliteHistory;
use crate::imports::SqliteImports;
use crate::journal::SqliteJournal;
use crate::migrations::{is_current, migrate};
use crate::owner;
use crate::past::SqlitePast;
use crate::recordings::SqliteRecordings;
use crate::sql::Sql;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, params};
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::{
    Accounts, History, Imports, Journal, Organisation, OrganisationStore, Past, Recordings, Result,
    SEED_DISPOSITIONS, StoreError,
};

/// How long a connection waits for another's transaction; those of ours take milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// More than any of the connections uses.
const STATEMENTS_KEPT: usize = 160;

/// A backup is one read: in WAL mode it holds nobody up, and in smaller steps every commit would start it anew.
const ALL_PAGES: i32 = -1;

/// How long a backup tries to begin while the file is locked, in steps of [`BACKUP_PAUSE`].
const BACKUP_TRIES: u32 = 1_000;
const BACKUP_PAUSE: Duration = Duration::from_millis(5);

/// One organisation's database file.
#[derive(Clone, Debug)]
pub struct Database {
    path: PathBuf,
    access: Access,
}

/// What may be done with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Full,
    /// Others may write meanwhile, and their log counts.
    Reading,
    /// Nobody can write where it lies, and there is no log: no file is made beside it.
    Unchanging,
}

impl Database {
    /// A new file with the present schema, its organisation and the usual dispositions.
    ///
    /// # Errors
    /// `Exists` when there is a file at `path`; choose another place.
    pub fn create(path: &Path, organisation: &Organisation) -> Result<Self> {
        if path.exists() {
            return Err(StoreError::Exists {
                path: path.to_owned(),
            });
        }
        // Under another name until it is whole: a half-made file would pass for an organisation.
        let unfinished = path.with_extension("unfinished");
        // A left-over log would be replayed into the new file.
        for side in ["unfinished", "unfinished-wal", "unfinished-shm"] {
            remove_if_there(&path.with_extension(side))?;
        }
        let made = std::fs::File::create_new(&unfinished).map_err(backend)?;
        drop(made);
        if let Err(error) = keep_private(&unfinished) {
            remove_if_there(&unfinished)?;
            return Err(error);
        }
        let mut connection = connect(&unfinished, OpenFlags::empty())?;
        migrate(&mut connection)?;
        seed(&mut connection, organisation)?;
        connection.close().map_err(|(_, error)| error).sql()?;
        std::fs::rename(&unfinished, path).map_err(backend)?;
        Ok(Self {
            path: path.to_owned(),
            access: Access::Full,
        })
    }

    /// An existing file; brings its schema up to date.
    ///
    /// # Errors
    /// `Missing`, or `TooNew` when a newer program wrote it.
    pub fn open(path: &Path) -> Result<Self> {
        let access = Access::Full;
        let path = path.to_owned();
        let database = Self { path, access };
        migrate(&mut database.connect()?)?;
        Ok(database)
    }

    /// An existing file that is only looked at, also where nothing can be written, as on a read-only medium: then not a
    /// file is made beside it. Where it can be written, [`Database::open`].
    ///
    /// # Errors
    /// As [`Database::open`]; `OlderReadOnly` when its schema would have to be brought up to date, `LogReadOnly` when what
    /// was written last is in a log that cannot be read here. Copy it to where it can be written then.
    pub fn open_to_read(path: &Path) -> Result<Self> {
        let failed = match Self::open(path) {
            Err(failed @ StoreError::Backend { .. }) => failed,
            opened => return opened,
        };
        if std::fs::OpenOptions::new().append(true).open(path).is_ok() {
            return Err(failed);
        }
        for access in [Access::Reading, Access::Unchanging] {
            let path = path.to_owned();
            let database = Self { path, access };
            if access == Access::Unchanging && database.has_log() {
                let path = database.path;
                return Err(StoreError::LogReadOnly { path });
            }
            match database
                .connect()
                .and_then(|connection| is_current(&connection))
            {
                Ok(true) => return Ok(database),
                Ok(false) => {
                    let path = database.path;
                    return Err(StoreError::OlderReadOnly { path });
                }
                Err(StoreError::Backend { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Err(failed)
    }

    /// False where nothing can be written.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.access == Access::Full
    }

    fn has_log(&self) -> bool {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A consistent copy while others read and write.
    ///
    /// # Errors
    /// `Exists` when there is a file at `to`; `Backend` when it could not be written, and then nothing is left there.
    pub fn backup_to(&self, to: &Path) -> Result<()> {
        if to.exists() {
            return Err(StoreError::Exists {
                path: to.to_owned(),
            });
        }
        let copied = self.copy(to);
        if copied.is_err()
            && let Err(error) = std::fs::remove_file(to)
        {
            tracing::warn!(%error, "an unfinished backup could not be removed");
        }
        copied
    }

    fn copy(&self, to: &Path) -> Result<()> {
        let from = self.connect()?;
        drop(std::fs::File::create_new(to).map_err(backend)?);
        keep_private(to)?;
        let mut copy = Connection::open(to).sql()?;
        let backup = Backup::new(&from, &mut copy).sql()?;
        for _ in 0..BACKUP_TRIES {
            match backup.step(ALL_PAGES).sql()? {
                StepResult::Done => return Ok(()),
                _ => std::thread::sleep(BACKUP_PAUSE),
            }
        }
        Err(StoreError::Backend {
            detail: "the database stayed locked".to_owned(),
        })
    }

    pub(crate) fn connect(&self) -> Result<Connection> {
        if !self.path.is_file() {
            return Err(StoreError::Missing {
                path: self.path.clone(),
            });
        }
        match self.access {
            Access::Full => connect(&self.path, OpenFlags::empty()),
            Access::Reading => reading(&self.path, OpenFlags::empty()),
            Access::Unchanging => reading(&unchanging(&self.path), OpenFlags::SQLITE_OPEN_URI),
        }
    }
}

fn reading(path: &Path, more: OpenFlags) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags).sql()?;
    connection.busy_timeout(BUSY_TIMEOUT).sql()?;
    connection.pragma_update(None, "query_only", true).sql()?;
    keep_prepared(&connection)?;
    Ok(connection)
}

/// The file's address that tells SQLite not to look for a log nor to lock.
fn unchanging(path: &Path) -> PathBuf {
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                address.push(char::from(*byte));
            }
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address.push_str("?immutable=1");
    PathBuf::from(address)
}

impl OrganisationStore for Database {
    fn journal(&self) -> Result<Box<dyn Journal>> {
        Ok(Box::new(SqliteJournal::new(
            self.connect()?,
            self.connect()?,
        )?))
    }

    fn history(&self) -> Result<Box<dyn History>> {
        let connection = self.connect()?;
        connection.pragma_update(None, "query_only", true).sql()?;
        Ok(Box::new(SqliteHistory::new(connection)))
    }

    fn past(&self) -> Result<Box<dyn Past>> {
        let connection = self.connect()?;
        connection.pragma_update(None, "query_only", true).sql()?;
        Ok(Box::new(SqlitePast::new(connection)))
    }

    fn accounts(&self) -> Result<Box<dyn Accounts>> {
        Ok(Box::new(SqliteAccounts::new(self.connect()?)))
    }

    fn imports(&self) -> Result<Box<dyn Imports>> {
        Ok(Box::new(SqliteImports::new(self.connect()?)))
    }

    fn recordings(&self) -> Result<Box<dyn Recordings>> {
        Ok(Box::new(SqliteRecordings::new(self.connect()?)))
    }
}

fn connect(path: &Path, more: OpenFlags) -> Result<Connection> {
    // One connection belongs to one thread at a time, so that SQLite's own locks are not needed.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags).sql()?;
    connection.busy_timeout(BUSY_TIMEOUT).sql()?;
    connection
        .pragma_update(None, "journal_mode", "wal")
        .sql()?;
    connection
        .pragma_update(None, "synchronous", "full")
        .sql()?;
    connection.pragma_update(None, "foreign_keys", true).sql()?;
    // What a row said before it changed would stay in the file's gaps, out of an erasure's reach.
    connection
        .pragma_update(None, "secure_delete", true)
        .sql()?;
    keep_prepared(&connection)?;
    Ok(connection)
}

/// A statement is prepared once. Without the guarantee that its plan does not depend on what is bound, SQLite prepares
/// those that may use a partial index anew at each execution, which costs more than they do.
fn keep_prepared(connection: &Connection) -> Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .sql()?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(())
}

fn seed(connection: &mut Connection, organisation: &Organisation) -> Result<()> {
    let seed = connection.transaction().sql()?;
    seed.execute(
        "INSERT INTO organisation (id, slug, name) VALUES (1, ?1, ?2)",
        params![organisation.slug.as_str(), organisation.name],
    )
    .sql()?;
    for (position, (code, name, simplified, traditional)) in (0_i64..).zip(SEED_DISPOSITIONS) {
        seed.execute(
            "INSERT INTO dispositions (code, name, name_zh_hans, name_zh_hant, position)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![code, name, simplified, traditional, position],
        )
        .sql()?;
    }
    seed.commit().sql()
}

/// Customers' data and password hashes are for the server's user only; SQLite gives its side files the same owner and
/// mode.
pub(crate) fn keep_private(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(backend)?;
    }
    #[cfg(not(unix))]
    tracing::debug!(?path, "the folder's permissions protect the file");
    owner::give(path)
}

pub(crate) fn remove_if_there(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(backend(error)),
    }
}

pub(crate) fn backend(error: std::io::Error) -> StoreError {
    StoreError::Backend {
        detail: error.to_string(),
    }
}
