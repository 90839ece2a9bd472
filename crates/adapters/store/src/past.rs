//! The journal as it was written, and the engine as it was at any of its entries.

use crate::{JournalEntry, Result, Snapshot};
use vocab::Millis;

/// Reads what is committed, beside the one writer and without holding it up.
pub trait Past: Send {
    /// The engine as it was when entry `seq` was about to be written: all entries before it are applied. With the
    /// number after the last entry it is the engine as it is. Takes as long as the entries since the nearest kept
    /// snapshot take to apply, of which there are at most some 100,000.
    ///
    /// # Errors
    /// `Unknown` when the journal has no such entry yet; `Broken` when one on the way is damaged.
    fn center_before(&self, seq: u64) -> Result<acd::Center>;

    /// The entries after `after`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// `Broken` when one cannot be read, or is missing. Their sums are not looked at.
    fn entries(&self, after: u64, limit: u32) -> Result<Vec<JournalEntry>>;

    /// The number of the last entry before that moment, by the clock as it is set now: where it was set since, what
    /// passed counts and not what it showed. 0 when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn last_before(&self, at: Millis) -> Result<u64>;

    /// The entries after `seq` by which the clock was set, oldest first, and by how many milliseconds.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn steps_after(&self, seq: u64) -> Result<Vec<(u64, i64)>>;

    /// The engine after the last entry, packed for [`crate::Journal::keep_snapshot`]. This is for a thread that nobody
    /// waits for.
    ///
    /// # Errors
    /// `Broken` when an entry since the last snapshot is damaged.
    fn snapshot(&self) -> Result<Snapshot>;
}
