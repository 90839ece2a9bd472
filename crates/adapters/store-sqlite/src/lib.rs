//! The embedded store: one SQLite file an organisation, in WAL mode with synchronous FULL.

use std::path::{Path, PathBuf};
use store::{Accounts, History, Journal, Organisation, OrganisationStore, Result, StoreError};

/// One organisation's database file.
#[derive(Clone, Debug)]
pub struct Database {
    path: PathBuf,
}

fn not_yet<T>() -> Result<T> {
    Err(StoreError::Backend {
        detail: "not yet".to_owned(),
    })
}

impl Database {
    /// A new file with the present schema, its organisation and the usual dispositions.
    ///
    /// # Errors
    /// `Exists` when there is a file at `path`.
    pub fn create(path: &Path, _organisation: &Organisation) -> Result<Self> {
        Err(StoreError::Exists {
            path: path.to_owned(),
        })
    }

    /// An existing file; brings its schema up to date.
    ///
    /// # Errors
    /// `Missing`, or `TooNew` when a newer program wrote it.
    pub fn open(path: &Path) -> Result<Self> {
        Err(StoreError::Missing {
            path: path.to_owned(),
        })
    }

    /// A consistent copy while others read and write.
    ///
    /// # Errors
    /// `Exists` when there is a file at `to`.
    pub fn backup_to(&self, _to: &Path) -> Result<()> {
        not_yet()
    }
}

impl OrganisationStore for Database {
    fn journal(&self) -> Result<Box<dyn Journal>> {
        not_yet()
    }
    fn history(&self) -> Result<Box<dyn History>> {
        not_yet()
    }
    fn accounts(&self) -> Result<Box<dyn Accounts>> {
        Err(StoreError::Missing {
            path: self.path.clone(),
        })
    }
}
