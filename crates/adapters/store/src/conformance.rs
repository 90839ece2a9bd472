//! The suite that every store must pass. A store's tests call [`check_all`] with a way to make empty organisations.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a suite of tests that other crates' tests run: it may stop at a surprise"
)]

mod accounts;
mod clock;
mod erasure;
mod histories;
mod journals;
mod personal;
mod recordings;
mod records;
mod script;

use crate::OrganisationStore;

/// One empty organisation, kept alive with whatever its store needs (a folder that is removed on drop).
pub struct Fresh {
    pub store: Box<dyn OrganisationStore>,
    pub keep: Box<dyn std::any::Any>,
}

type Case = (&'static str, fn(&dyn OrganisationStore));

/// Runs every case on an organisation of its own, named `demo`.
pub fn check_all(mut fresh: impl FnMut() -> Fresh) {
    let cases = [
        journals::CASES,
        records::CASES,
        personal::CASES,
        erasure::CASES,
        histories::CASES,
        accounts::CASES,
        recordings::CASES,
        clock::CASES,
    ]
    .concat();
    for (name, case) in cases {
        let fresh = fresh();
        say(name);
        case(fresh.store.as_ref());
        drop(fresh);
    }
}

#[allow(
    clippy::print_stderr,
    reason = "a failing suite says in which case it was"
)]
fn say(name: &str) {
    eprintln!("store conformance: {name}");
}
