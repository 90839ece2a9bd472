//! Two engines in one process talk over real WebRTC on 127.0.0.1, with a private PulseAudio server for ears and mouths.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test, and a measurement as well, stops at a surprise"
)]

mod devices;
mod gate;
mod mixer;
mod pair;
mod pulse;
mod speech;
