//! What an organisation's store must do: keep the journal, answer about history, keep accounts. No database is named here.
//!
//! One store belongs to one organisation. The traits are synchronous: the server runs the journal on a thread of its
//! own and reads history on others. What history returns are the shapes of `protocol::rest`, because a store's
//! answers are shown as they are and a second set of the same structs would only have to be kept equal.

mod accounts;
mod audit;
mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod entry;
mod error;
mod history;
mod identity;
mod imports;
mod journal;
mod past;
mod recordings;

pub use accounts::{
    Accounts, DeviceKey, KnownPlace, NewUser, Organisation, PLACES_REMEMBERED, PersonRouting,
    QueueRow, SEED_DISPOSITIONS, SignInPlace, Stamp, TokenHash, TokenRow, User,
};
pub use audit::{AuditNote, ErasureRequest, ErasureState, Look, Looked, Retention};
pub use clock::ClockState;
pub use entry::{CallerDetails, Entry, JournalEntry, RecordEvent};
pub use error::{Result, StoreError};
pub use history::History;
pub use identity::{
    home, home_of, identity_form, identity_key, name_key, shown_phone, understood_at_home,
};
pub use imports::{ImportRow, ImportSettled, ImportWish, Imports, Undoable};
pub use journal::{
    Batch, COMMANDS_KEPT_MS, COMMANDS_RECOVERED, CommandOwner, CutTail, DoneCommand, Journal,
    MILESTONE_ENTRIES, Recovered, Snapshot,
};
pub use past::Past;
pub use recordings::{
    MAX_RECORDINGS, MayBeRecorded, NewRecordingRow, RecordingRow, RecordingStep, Recordings,
};

/// One organisation's store, from which each thread takes what it needs.
pub trait OrganisationStore: Send + Sync {
    /// The one writer of the journal; a second one is refused at its first append.
    ///
    /// # Errors
    /// When the store cannot be opened; the organisation cannot be served.
    fn journal(&self) -> Result<Box<dyn Journal>>;

    /// A reader of history; as many as there are threads that read.
    ///
    /// # Errors
    /// When the store cannot be opened.
    fn history(&self) -> Result<Box<dyn History>>;

    /// A reader of the journal itself.
    ///
    /// # Errors
    /// When the store cannot be opened.
    fn past(&self) -> Result<Box<dyn Past>>;

    /// Accounts, queues and their settings.
    ///
    /// # Errors
    /// When the store cannot be opened.
    fn accounts(&self) -> Result<Box<dyn Accounts>>;

    /// Imports, and the records as files hold them.
    ///
    /// # Errors
    /// When the store cannot be opened.
    fn imports(&self) -> Result<Box<dyn Imports>>;

    /// What is known of recordings.
    ///
    /// # Errors
    /// When the store cannot be opened.
    fn recordings(&self) -> Result<Box<dyn Recordings>>;
}
