//! The journal: what happened, in order, kept before anybody sees it.

use crate::{AuditNote, JournalEntry, Result};
use vocab::{CommandId, CustomerId, Millis};

/// How long a done command is remembered, so that its repetition is acknowledged and not done again: 24 hours.
pub const COMMANDS_KEPT_MS: u64 = 24 * 60 * 60 * 1_000;

/// What one turn of the organisation's actor decided; written as a whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The number of the last entry before this batch; 0 in an empty journal.
    pub expected_seq: u64,
    /// Numbered from `expected_seq + 1` without gaps.
    pub entries: Vec<JournalEntry>,
    pub done: Vec<DoneCommand>,
    /// Lines for the audit trail, written with the entries or not at all.
    pub audit: Vec<AuditNote>,
    /// The engine after this batch's entries, now and then, to keep recovery short.
    pub snapshot: Option<Snapshot>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoneCommand {
    pub id: CommandId,
    pub at: Millis,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The last entry that the engine had seen.
    pub seq: u64,
    pub center: acd::Center,
}

/// All that a server needs to go on where the last one stopped.
#[derive(Debug)]
pub struct Recovered {
    pub snapshot: Option<Snapshot>,
    /// The whole entries after the snapshot, oldest first.
    pub tail: Vec<JournalEntry>,
    pub last_seq: u64,
    /// The highest customer's number ever in use, erased ones included; 0 when there is none.
    pub last_customer: CustomerId,
    /// Commands done within [`COMMANDS_KEPT_MS`] before the newest of them.
    pub done: Vec<DoneCommand>,
    /// Set when a damaged end was cut off; to be told to the operator.
    pub cut: Option<CutTail>,
}

/// Entries that could not be read back. They are kept aside for inspection and no longer count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutTail {
    pub first_bad_seq: u64,
    pub entries: u64,
    pub why: String,
}

/// The journal and its projections. Everything in a batch, projections included, is one transaction.
pub trait Journal: Send {
    /// Returns after the batch is on disk.
    ///
    /// # Errors
    /// `Conflict` when the journal does not stand at `expected_seq`: stop serving. `Backend` when it could not be
    /// written: nothing was, the caller refuses the batch's commands.
    fn append(&mut self, batch: &Batch) -> Result<()>;

    /// Reads back the newest snapshot and what followed; cuts a damaged end off and says so.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    fn load(&mut self) -> Result<Recovered>;

    /// Whether the command was done within the last [`COMMANDS_KEPT_MS`].
    ///
    /// # Errors
    /// When the store cannot be read.
    fn is_done(&self, command: CommandId) -> Result<bool>;
}
