//! The configuration as people write it, and as the engine reads it: what is wrong with a document, what a change makes
//! of it and how it is taken back, and the engine's form of it.
//!
//! People name things by codes, the engine by numbers; whoever keeps the document knows which is which ([`Numbers`]).

mod change;
mod check;
mod codes;
mod engine;
mod words;

pub use change::{Conflict, changed, difference, inverse};
pub use check::{check, has_faults};
pub use codes::{is_code, is_user};
pub use engine::{Numbers, engine_config};
pub use words::explained;
