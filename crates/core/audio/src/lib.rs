//! Sound without devices: when to play which packet, levels, tones, keypad events, and whether two recordings say the same.
//!
//! Everything is mono `f32` in −1..1 at 48 kHz unless said otherwise; time is an argument in microseconds.

pub mod compare;
pub mod jitter;
pub mod keypad;
pub mod level;
pub mod ring;
mod spectrum;
pub mod stretch;
pub mod tone;

/// Samples a second on every path between devices and codec.
pub const RATE: u32 = 48_000;
/// Ten milliseconds, the step of voice processing.
pub const FRAME: usize = 480;
