//! Imports of customers' files, and the records as files hold them. The files themselves are not kept here.

use crate::{Result, Stamp};
use protocol::exchange::{CustomerRecord, ImportCounts, ImportOptions, ImportState};
use protocol::rest::IdentityKind;
use vocab::{CustomerId, ImportId, Millis};

/// What is known of one import.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRow {
    pub import: ImportId,
    pub at: Millis,
    pub by: String,
    pub file: String,
    pub bytes: u64,
    pub state: ImportState,
    pub options: ImportOptions,
    /// Up to the last batch that is on the disk.
    pub counts: ImportCounts,
    /// Bytes of the file of refused rows up to there.
    pub refused_bytes: u64,
    /// Bytes of the file that were read up to there.
    pub bytes_done: u64,
    pub problem: Option<String>,
    /// Records that stayed when it was taken back.
    pub kept: u64,
}

/// What the command line asks a running server to do with an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportWish {
    Start,
    Undo,
}

/// What somebody decided about an import.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportSettled {
    pub state: ImportState,
    pub options: Option<ImportOptions>,
    pub problem: Option<String>,
    pub kept: u64,
}

/// A record that an import changed, and what it was before; only when nobody has changed it since.
#[derive(Clone, Debug, PartialEq)]
pub struct Undoable {
    pub customer: CustomerId,
    /// Absent: the import made the record.
    pub before: Option<CustomerRecord>,
}

/// Every method fails with `Backend` when the store cannot be read or written.
#[allow(
    clippy::missing_errors_doc,
    reason = "the one common reason stands above"
)]
pub trait Imports: Send {
    /// A new one, in the state `Sending`, with a line in the audit trail.
    fn begin_import(&mut self, stamp: Stamp<'_>, file: &str, bytes: u64) -> Result<ImportId>;

    fn import(&self, import: ImportId) -> Result<Option<ImportRow>>;

    /// Newest first.
    fn imports(&self, limit: u32) -> Result<Vec<ImportRow>>;

    fn settle_import(&mut self, import: ImportId, settled: &ImportSettled) -> Result<()>;

    /// Asks the running server; it looks once a second.
    fn wish(&mut self, import: ImportId, wish: ImportWish) -> Result<()>;

    /// What was asked for, which is forgotten by it.
    fn take_wishes(&mut self) -> Result<Vec<(ImportId, ImportWish)>>;

    /// Whether what was asked for was not taken up yet.
    fn has_wish(&self, import: ImportId) -> Result<bool>;

    /// Forgets one that wrote nothing; others stay for the record.
    fn forget_import(&mut self, import: ImportId) -> Result<()>;

    /// What can be taken back of an import, by customer, after this one.
    fn undoable(&self, import: ImportId, after: CustomerId, limit: u32) -> Result<Vec<Undoable>>;

    /// How many records of imports a search does not know yet.
    fn unsearched(&self) -> Result<u64>;

    /// How many records an import made or changed, and that are still there.
    fn imported(&self, import: ImportId) -> Result<u64>;

    /// All customers as files hold them, by number, after this one.
    fn records(&self, after: CustomerId, limit: u32) -> Result<Vec<(CustomerId, CustomerRecord)>>;

    /// Everybody who has this identity, at most ten, the last in contact first.
    fn customers_with(&self, kind: IdentityKind, value: &str) -> Result<Vec<CustomerId>>;

    /// The same by its [`identity_key`](crate::identity_key).
    fn customers_of_key(&self, kind: IdentityKind, key: &str) -> Result<Vec<CustomerId>>;
}
