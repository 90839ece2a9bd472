//! Load on a whole server: agents and customers by the thousand over real links, what they saw, and whether the journal
//! agrees with it. `bench_load` measures with it, `bench_attack` sets strangers on it, `tests/crash.rs` kills servers under it.
//!
//! A participant is `agent::link` with a script: no sound, no outbox on disk, no screen.

mod agent_script;
mod attackers;
mod chance;
mod customer_script;
mod figures;
mod generator;
mod journal;
mod plan;
mod process;
mod script;
mod sights;
mod stage;
mod verdict;
mod witness;

pub use attackers::{Attack, Deeds, Honest, Strength, Target};
pub use chance::Chance;
pub use figures::Times;
pub use generator::Generator;
pub use journal::Told;
pub use plan::Plan;
pub use process::{Limits, ServerProcess, Usage};
pub use sights::{Lives, unheard_of};
pub use stage::{Seat, Stage};
pub use verdict::differences;
pub use witness::{Deed, Lateness, Seen, Sight, Sighted, Witness};
