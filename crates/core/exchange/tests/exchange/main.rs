//! Files as people and programs write them, and what must come of each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test may stop at a surprise as the tests do"
)]

mod calendars;
mod cards;
mod decoding;
mod notation;
mod round_trip;
mod tables;
