//! The journal: what happened, in order, kept before anybody sees it.

use crate::{AuditNote, JournalEntry, Result};
use vocab::{AgentId, CommandId, CustomerId, Millis};

/// How long a done command is remembered, so that its repetition is acknowledged and not done again: 24 hours.
pub const COMMANDS_KEPT_MS: u64 = 24 * 60 * 60 * 1_000;

/// Recovery gives back this many of them: a quarter of an hour of 18,000 agents, in memory some 10 MB.
pub const COMMANDS_RECOVERED: usize = 200_000;

/// In each such stretch of entries one snapshot is kept for good.
pub const MILESTONE_ENTRIES: u64 = 100_000;

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
}

/// Who sent a command: its id is that client's own name for it, and says nothing about anybody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommandOwner {
    /// Done before owners were kept: the id counts for everybody, as long as it is remembered.
    Unknown,
    Agent(AgentId),
    /// The first half of the SHA-256 of the key under which the visitor is kept.
    Visitor([u8; 16]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoneCommand {
    pub owner: CommandOwner,
    pub id: CommandId,
    /// Steady time: a clock that is set makes nothing be done twice.
    pub at: Millis,
}

/// A whole engine, packed by [`crate::Past::snapshot`]: that takes time, and keeping it then takes little.
#[derive(Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last entry that the engine had seen.
    pub seq: u64,
    /// In the store's own form.
    pub packed: Vec<u8>,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Snapshot({}, {} bytes)", self.seq, self.packed.len())
    }
}

/// All that a server needs to go on where the last one stopped.
#[derive(Debug)]
pub struct Recovered {
    /// The engine after the last entry.
    pub center: acd::Center,
    /// The entry after which the snapshot was made that this began with; 0 when it began with nothing.
    pub snapshot_seq: u64,
    pub last_seq: u64,
    /// The highest customer's number ever in use, erased ones included; 0 when there is none.
    pub last_customer: CustomerId,
    /// The newest commands done within [`COMMANDS_KEPT_MS`], at most [`COMMANDS_RECOVERED`], oldest first.
    pub done: Vec<DoneCommand>,
    /// Set when a damaged end was cut off; to be told to the operator.
    pub cut: Option<CutTail>,
}

/// Entries that could not be read back. They are kept aside for inspection and no longer count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutTail {
    /// Damaged or missing; it and what followed it no longer count.
    pub first_bad_seq: u64,
    /// How many were set aside.
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

    /// Reads the engine back from the newest snapshot and what followed. An end that is damaged, with nothing whole
    /// behind the damage, is cut off and said. What stands before the snapshot is not looked at.
    ///
    /// # Errors
    /// `Broken` when an entry is damaged and whole ones follow it, or when one is whole and this program cannot read
    /// it: nothing is changed then, and the organisation cannot be served. Others when the store cannot be read at
    /// all.
    fn load(&mut self) -> Result<Recovered>;

    /// Keeps a snapshot to begin with. Some of the older ones stay for [`crate::Past`], about one in
    /// [`MILESTONE_ENTRIES`].
    ///
    /// # Errors
    /// When the store cannot be written; recovery takes a little longer then.
    fn keep_snapshot(&mut self, snapshot: &Snapshot) -> Result<()>;

    /// Does a little of what commits leave behind for later, some milliseconds at most, and says whether there is
    /// more. For the time between commits; without it they become slower in the end.
    ///
    /// # Errors
    /// When the store cannot be written.
    fn tidy(&mut self) -> Result<bool>;

    /// Whether this owner's command was done within the last [`COMMANDS_KEPT_MS`].
    ///
    /// # Errors
    /// When the store cannot be read.
    fn is_done(&self, owner: CommandOwner, command: CommandId) -> Result<bool>;
}
