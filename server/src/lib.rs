//! The coordination server: organisations' engines, the link, REST, the customer's page, and the command line.

pub mod accounts;
pub mod app;
mod calendars;
mod certificate;
pub mod cli;
mod clock;
pub mod config;
mod damage;
pub mod engine;
mod erase;
mod gate;
pub mod http;
mod imports;
mod limits;
mod looks;
pub mod metrics;
mod open_files;
mod organisations;
pub mod passwords;
mod private_file;
mod recordings;
mod retention;
mod seed;
pub mod serve;
mod soundness;
pub mod text_files;
mod ws;
