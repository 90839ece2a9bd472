//! The sound of a conversation: devices, voice processing, Opus and the WebRTC path, behind one cheap handle.
//!
//! It knows calls only as numbered media paths; who may talk when is decided elsewhere.

mod call;
mod choose;
mod convert;
mod cpal_host;
mod engine;
mod error;
mod event;
mod host;
mod identity;
mod known;
mod pace;
mod processing;
#[cfg(target_os = "linux")]
mod pulse;
mod quality;
mod quiet;
mod recording;
mod session;
mod sound;
mod system_host;
mod transport;
mod webrtc_path;
mod worker;

pub use engine::{BIND_VARIABLE, EngineOptions, Ice, IceServer, MediaEngine};
pub use error::MediaError;
pub use event::{
    Candidate, Device, DeviceChoice, DeviceKind, Devices, Grade, MediaEvent, PathState,
    PathSummary, Quality, QualityReason, Silence, TestStage,
};
pub use recording::{OnFailure, Recording, Salvaged, salvage};
