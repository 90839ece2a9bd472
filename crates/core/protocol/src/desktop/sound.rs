//! What the desktop tells of sound: how the path is, and which devices there are.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum MediaState {
    Preparing,
    Connecting,
    Connected,
    /// The path broke; a new one is sought.
    Reconnecting,
    Failed,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub struct Quality {
    pub grade: QualityGrade,
    pub why: QualityReason,
    pub round_trip_ms: Option<u32>,
    pub jitter_buffer_ms: u32,
    pub loss_in_percent: f32,
    pub loss_out_percent: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum QualityGrade {
    Unknown,
    Clear,
    Fair,
    Poor,
}

/// The main reason for a grade below clear, for a plain explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum QualityReason {
    None,
    LossIn,
    LossOut,
    Delay,
    Jitter,
    NothingHeard,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum DeviceKind {
    Microphone,
    Speaker,
    Ringer,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub struct Devices {
    pub microphone: DeviceChoice,
    pub speaker: DeviceChoice,
    pub ringer: DeviceChoice,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub struct DeviceChoice {
    /// What is plugged in now.
    pub present: Vec<String>,
    /// The user's order, absent ones included.
    pub preferred: Vec<String>,
    /// What would be or is used; none when nothing is plugged in.
    pub in_use: Option<String>,
}
