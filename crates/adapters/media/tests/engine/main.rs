//! Two engines in one process talk over real WebRTC on 127.0.0.1, with a private PulseAudio server for ears and mouths.

mod devices;
mod pair;
mod pulse;
mod speech;
