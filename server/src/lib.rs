//! The coordination server: organisations' engines, the link, REST, the customer's page, and the command line.

pub mod accounts;
pub mod app;
mod calendars;
pub mod cli;
mod clock;
pub mod config;
mod damage;
pub mod engine;
mod erase;
pub mod http;
mod imports;
pub mod metrics;
mod open_files;
mod organisations;
mod recordings;
mod retention;
mod seed;
pub mod serve;
mod soundness;
mod ws;
