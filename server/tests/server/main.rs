//! The server as its clients see it: real sockets, real files, real processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test may stop at a surprise as the tests do"
)]
#![allow(
    clippy::too_many_lines,
    reason = "one conversation from ring to history is one story"
)]

mod additions;
mod call;
mod callback;
mod client;
#[cfg(target_os = "linux")]
mod clock;
mod configuration;
mod contract;
mod crowd;
mod damage;
#[cfg(target_os = "linux")]
mod faketime;
mod faults;
mod figures;
mod guesses;
mod handovers;
mod hours_read;
mod ice;
mod import_files;
mod imports;
mod line;
mod looks;
mod manners;
mod notes;
mod office;
mod ogg;
mod operations;
#[cfg(target_os = "linux")]
mod owners;
mod passwords;
mod place;
mod property;
mod recordings;
mod records;
mod refused;
mod reload;
mod rest;
mod site;
mod storage;
mod tls;
mod words;
