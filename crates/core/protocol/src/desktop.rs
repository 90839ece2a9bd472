//! The desktop's bridge between the native process and its screen: one command in, one reply back, one stream of events.
//!
//! The native side owns all state; the screen gets it whole by `snapshot` and then slice by slice in events.

mod command;
mod notice;
mod settings;
mod sound;
mod state;

pub use command::{DesktopCommand, DesktopError, DesktopReply};
pub use notice::{ColleagueLost, NotRecorded, Notice};
pub use settings::{Language, Settings, Theme};
pub use sound::{
    Device, DeviceChoice, DeviceKind, Devices, MediaState, Quality, QualityGrade, QualityReason,
    Silence,
};
pub use state::{
    CallState, Check, DesktopState, LastSignIn, LinkState, Readiness, Session, TokenKept,
    WaitingRecordings,
};

use crate::work::AgentView;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{CustomerId, Millis, Sensitive};

/// What changed; each variant carries its whole slice of [`DesktopState`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum DesktopEvent {
    Session {
        session: Session,
    },
    Link {
        link: LinkState,
        #[ts(type = "number")]
        clock_offset_ms: i64,
    },
    Agent {
        agent: Option<AgentView>,
    },
    Call {
        call: Option<CallState>,
    },
    Devices {
        devices: Devices,
    },
    Readiness {
        readiness: Readiness,
    },
    Settings {
        settings: Settings,
    },
    Outbox {
        outbox: u32,
    },
    Recordings {
        recordings: WaitingRecordings,
    },
    /// About ten a second while a microphone is open; 0–1, speech at normal loudness is about 0.5.
    Levels {
        microphone: f32,
        speaker: f32,
    },
    DeviceTest {
        stage: DeviceTestStage,
    },
    /// Something a person should read once.
    Notice {
        notice: Notice,
    },
    /// A link or a notification asks for this place.
    Go {
        place: Place,
    },
    /// The program is asked to end while a customer rings or is spoken with: a person decides. With a deadline it ends
    /// then by itself, because the computer shuts down or the session ends; this machine's clock.
    Ending {
        deadline: Option<Millis>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum DeviceTestStage {
    /// `done` of 100.
    Recording {
        done: u8,
    },
    Playing {
        done: u8,
    },
    Finished,
    Failed {
        error: DesktopError,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum Place {
    Work,
    Customers { query: Sensitive<String> },
    Customer { customer: CustomerId },
    Devices,
}
