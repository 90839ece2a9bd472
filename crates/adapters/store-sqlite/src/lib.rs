//! The embedded store: one SQLite file an organisation, in WAL mode with synchronous FULL.
//!
//! `journal` writes entries and, in the same transaction, their `projections`; `history` and `search` read those;
//! `recovery` reads the engine back, `past` the engine as it was; `examine` and `restore` are for operators;
//! `accounts` and `settings` keep what an operator sets, `recordings` whose recording is where. Each of them has a connection of its own.

mod accounts;
mod audit;
mod chain;
mod checkpoints;
mod configuration;
mod database;
mod erasure;
mod examine;
mod export;
mod fold;
mod grams;
mod history;
mod index;
mod journal;
mod matches;
mod migrations;
mod notes;
mod past;
mod projections;
mod recordings;
mod recovery;
mod restore;
mod search;
mod settings;
mod snapshots;
mod sql;
mod summary;
mod tokens;

pub use database::Database;
pub use examine::{BrokenEntry, CutScope, Examined};
pub use restore::Restored;
