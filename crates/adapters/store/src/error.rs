//! What can go wrong in a store, and what the caller does about it.

use protocol::configuration::{Finding, Severity};
use std::path::PathBuf;

pub type Result<T> = std::result::Result<T, StoreError>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It would have to be brought up to date before it can be read.
    #[error(
        "{path}: an older program wrote it, and it cannot be written here; copy it to a folder that can be written, and \
         look at it there"
    )]
    OlderReadOnly { path: PathBuf },
    /// What was written last is in its log.
    #[error(
        "{path}: a server was stopped in the middle of writing it, and nothing can be written here; copy it with the \
         file that ends in -wal to a folder that can be written, and look at it there"
    )]
    LogReadOnly { path: PathBuf },
    /// Files made by this account could not be opened by the one that the folder's others belong to.
    #[error(
        "{path} would belong to another account than what is beside it (user {owner}); run this as that account, or as \
         root"
    )]
    Foreign { path: PathBuf, owner: u32 },
    /// Somebody else wrote the journal. The caller stops serving this organisation: it no longer owns it.
    #[error(
        "the journal stands at {found}, not at {expected}: another server writes it; stop one of the two"
    )]
    Conflict { expected: u64, found: u64 },
    /// The entries of a batch do not count up from its expected number: a bug in the caller.
    #[error("entry {found} follows {after}; entries are numbered without gaps")]
    BadSequence { after: u64, found: u64 },
    /// A name that must be unique is taken.
    #[error("{what} “{name}” exists already; choose another name")]
    Taken { what: &'static str, name: String },
    #[error("there is no {what} {name}")]
    Unknown { what: &'static str, name: String },
    /// No administrator could sign in after the change; nothing was changed.
    #[error(
        "“{name}” is the last administrator who can sign in; make somebody else an administrator and set their password \
         first"
    )]
    LastAdministrator { name: String },
    /// The configuration as it would be contradicts itself; nothing was changed.
    #[error("{}", faults(findings))]
    Contradiction { findings: Vec<Finding> },
    /// Somebody else changed it since it was read: read it again.
    #[error(
        "the configuration was changed meanwhile and stands at revision {found}; read it again"
    )]
    ChangedMeanwhile { found: u64 },
    /// The file was written by a newer program.
    #[error(
        "the database is of version {found}, this program knows {known}; use the newer program"
    )]
    TooNew { found: u32, known: u32 },
    #[error("there is no database at {path}; create it with `warmline-server init`")]
    Missing { path: PathBuf },
    #[error("the database at {path} exists already")]
    Exists { path: PathBuf },
    /// Something stored cannot be read as what it should be; restore a backup.
    #[error("the stored {what} is damaged: {detail}")]
    Damaged { what: &'static str, detail: String },
    /// An entry is damaged and whole ones follow it, or it is whole and of a kind that is not known here: nothing was
    /// changed. Restore a backup, cut the journal before it, or use the program that wrote it.
    #[error("entry {seq} of the journal cannot be used: {why}")]
    Broken { seq: u64, why: String },
    /// The database refused: disk full, file locked, no permission. Nothing was written.
    #[error("the database failed: {detail}")]
    Backend { detail: String },
}

fn faults(findings: &[Finding]) -> String {
    let faults = findings
        .iter()
        .filter(|one| one.severity == Severity::Fault);
    let texts: Vec<&str> = faults.map(|one| one.text.as_str()).collect();
    texts.join("; ")
}
