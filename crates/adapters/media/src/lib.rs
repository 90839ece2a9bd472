//! The sound of a conversation: devices, voice processing, Opus and the WebRTC path, behind one cheap handle.
//!
//! It knows calls only as numbered media paths; who may talk when is decided elsewhere.

mod engine;
mod error;
mod event;
mod transport;
mod webrtc_path;

pub use engine::{EngineOptions, IceServer, MediaEngine};
pub use error::MediaError;
pub use event::{
    Candidate, DeviceChoice, DeviceKind, Devices, Grade, MediaEvent, PathState, PathSummary,
    Quality, QualityReason, TestStage,
};
