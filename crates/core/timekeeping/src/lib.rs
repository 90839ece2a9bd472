//! What time it is when clocks are set: which clock is believed, and how old things really are.
//!
//! A machine has two clocks. The *wall clock* is what people live by; an operator, a network or a dead battery may set
//! it at any moment, in either direction. The *boot clock* only counts what has passed, and nobody can set it.
//!
//! [`Belief`] follows the wall clock. When it moves against the boot clock by more than [`STEP_MS`], that is a **step**:
//! the belief follows at once and reports the difference, so that running durations can be shifted by it. Smaller
//! differences are corrected gradually.
//!
//! **Steady time** is the wall clock without its steps: what it would show had nobody set it. It never runs back, and a
//! difference of two steady moments is the time that passed between them.
//!
//! [`Resumed`] computes the time that passed while a program did not run. [`Ages`] computes which stamps are older than
//! an age; time that a step claims does not count until it really passes or an operator confirms it.

mod ages;
mod belief;
mod resumed;
mod written;

pub use ages::{Ages, Mark, Span};
pub use belief::{Belief, EARLIEST, Reading, STEP_MS, Step};
pub use resumed::{Boot, DOWNTIME_BELIEVED_MS, Kept, Resumed};
pub use written::{Lasts, Utc};
