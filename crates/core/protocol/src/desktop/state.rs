//! What the screen shows, slice by slice: sign-in, work, link, call, sound, checks.

use super::{DesktopError, Devices, MediaState, Quality, Settings};
use crate::link::ErrorCode;
use crate::work::AgentView;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{InteractionId, Millis, OrgSlug, RecordingState};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub struct DesktopState {
    pub session: Session,
    pub link: LinkState,
    /// Present from the first welcome; kept (and shown as old) while the link is down.
    pub agent: Option<AgentView>,
    pub call: Option<CallState>,
    pub devices: Devices,
    pub readiness: Readiness,
    pub settings: Settings,
    /// Commands that wait for the link.
    pub outbox: u32,
    pub recordings: WaitingRecordings,
    /// The server's clock minus this machine's, in milliseconds.
    #[ts(type = "number")]
    pub clock_offset_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum Session {
    /// `last` fills the form in; `why` says why one has to sign in again.
    SignedOut {
        last: Option<LastSignIn>,
        why: Option<ErrorCode>,
        /// Of the demo's own account that `last` names: it is no secret, and filled in, too.
        demo_password: Option<String>,
    },
    SigningIn,
    SignedIn {
        token_kept: TokenKept,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub struct LastSignIn {
    pub server: String,
    pub organisation: OrgSlug,
    pub user: String,
}

/// Where the token is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum TokenKept {
    InKeyring,
    /// No usable keyring: one has to sign in again after a restart.
    InMemory {
        detail: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum LinkState {
    Down,
    Connecting {
        attempt: u32,
    },
    Up,
    /// Tried and failed; the next attempt starts at `retry_at` (this machine's clock).
    Waiting {
        attempt: u32,
        retry_at: Millis,
    },
}

/// Recordings on this machine that the server does not have whole yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub struct WaitingRecordings {
    pub count: u32,
    #[ts(type = "number")]
    pub bytes: u64,
}

/// The one live conversation's media.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub struct CallState {
    pub interaction: InteractionId,
    pub media: MediaState,
    pub is_muted: bool,
    pub quality: Quality,
    /// What is really in use now.
    pub microphone: Option<String>,
    pub speaker: Option<String>,
    /// The microphone is open and has given nothing for long.
    pub is_unheard: bool,
    /// Absent while nothing is recorded.
    pub recording: Option<RecordingState>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub struct Readiness {
    pub microphone: Check,
    pub speaker: Check,
    pub server: Check,
    pub media_path: Check,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum Check {
    NotRun,
    Running,
    Passed,
    Failed { error: DesktopError },
}
