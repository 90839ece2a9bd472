//! The embedded store: one SQLite file an organisation, in WAL mode with synchronous FULL.
//!
//! `journal` writes entries and, in the same transaction, their `projections`; `history` and `search` read those;
//! `accounts` and `settings` keep what an operator sets, `recordings` whose recording is where. Each of them has a connection of its own.

mod accounts;
mod audit;
mod database;
mod erasure;
mod export;
mod grams;
mod history;
mod index;
mod journal;
mod matches;
mod migrations;
mod notes;
mod projections;
mod recordings;
mod recovery;
mod search;
mod settings;
mod sql;
mod summary;
mod tokens;

pub use database::Database;
