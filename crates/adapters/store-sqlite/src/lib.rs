//! The embedded store: one SQLite file an organisation, in WAL mode with synchronous FULL.
//!
//! `journal` writes entries and, in the same transaction, their `projections`; `history` and `search` read those;
//! `recovery` reads the engine back, `past` the engine as it was; `examine` and `restore` are for operators, and `owner` says to whom the files belong that they make;
//! `soundness` looks
//! whether what is derived is whole on the disk, and `rebuild` makes it anew; `accounts` and `settings` keep what an operator sets, `recordings` whose recording is where. Each of them has a connection of its own.

mod accounts;
mod administrators;
mod audit;
mod chain;
mod checkpoints;
mod clock;
mod configuration;
mod database;
mod erasure;
mod examine;
mod export;
mod fold;
mod grams;
mod history;
mod identities;
mod imports;
mod index;
mod journal;
mod matches;
mod migrations;
mod notes;
mod owner;
mod past;
mod places;
mod projections;
mod rebuild;
mod recordings;
mod recovery;
mod restore;
mod search;
mod searched;
mod settings;
mod snapshots;
mod soundness;
mod sql;
mod summary;
mod tokens;
mod wanted;
mod word_index;

pub use database::Database;
pub use examine::{BrokenEntry, CutScope, Examined};
pub use owner::{give, make_folders};
pub use rebuild::Rebuilt;
pub use restore::Restored;
pub use soundness::Fault;
