//! What a store knows of the wall clock.

use timekeeping::{Kept, Mark};
use vocab::Millis;

/// How the clock was set and confirmed, and where it stood last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockState {
    /// In the journal's order.
    pub marks: Vec<Mark>,
    /// Absent in a store that no program of this kind has served yet.
    pub kept: Option<Kept>,
    /// Number and time of the journal's newest entry.
    pub newest: Option<(u64, Millis)>,
}
