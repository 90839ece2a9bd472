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

/// A device that is or was plugged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub struct Device {
    /// Stays the same when it is unplugged and comes back.
    pub id: String,
    /// As people know it; with a word of its own where two of one model are there.
    pub name: String,
}

/// Why a device that works gives or plays nothing: what the system's mixer does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum Silence {
    Muted,
    AtZero,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub struct DeviceChoice {
    /// What is plugged in now.
    pub present: Vec<Device>,
    /// The user's order, absent ones included.
    pub preferred: Vec<Device>,
    /// What would be or is used; none when nothing is plugged in.
    pub in_use: Option<Device>,
    /// Of what would be or is used; absent also where the system does not tell it.
    pub silence: Option<Silence>,
}
