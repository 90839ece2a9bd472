//! The desktop's bridge between the native process and its screen: one command in, one reply back, one stream of events.
//!
//! The native side owns all state; the screen gets it whole by `snapshot` and then slice by slice in events.

mod notice;
mod sound;

pub use notice::{ColleagueLost, NotRecorded, Notice};
pub use sound::{
    DeviceChoice, DeviceKind, Devices, MediaState, Quality, QualityGrade, QualityReason,
};

use crate::handover::HandoverCommand;
use crate::link::ErrorCode;
use crate::record::{CustomerNotes, Erased};
use crate::rest::{CustomerPage, CustomerPatch, CustomerSummary, InteractionDetail, Timeline};
use crate::work::AgentView;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{
    ChosenState, CustomerId, InteractionId, Millis, NoteId, OrgSlug, RecordingId, RecordingState,
    Sensitive,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum DesktopCommand {
    /// The whole state; the first thing a screen asks.
    Snapshot,
    SignIn {
        server: String,
        organisation: OrgSlug,
        user: String,
        password: Sensitive<String>,
    },
    SignOut,
    ChooseState {
        state: ChosenState,
    },
    ReserveNextState {
        state: Option<ChosenState>,
    },
    Accept {
        interaction: InteractionId,
    },
    Decline {
        interaction: InteractionId,
    },
    SetMuted {
        is_muted: bool,
    },
    Hold {
        interaction: InteractionId,
    },
    Resume {
        interaction: InteractionId,
    },
    /// One of `0`–`9`, `*`, `#`.
    SendDigit {
        interaction: InteractionId,
        digit: char,
    },
    HangUp {
        interaction: InteractionId,
    },
    /// What is said from now on is left out of the recording. Refused when nothing is recorded.
    PauseRecording {
        interaction: InteractionId,
    },
    ResumeRecording {
        interaction: InteractionId,
    },
    /// A piece of a past recording, from `offset` on.
    RecordingPart {
        recording: RecordingId,
        #[ts(type = "number")]
        offset: u64,
    },
    SaveNote {
        interaction: InteractionId,
        text: Sensitive<String>,
    },
    FinishWrapUp {
        interaction: InteractionId,
        disposition: Option<String>,
    },
    ExtendWrapUp {
        interaction: InteractionId,
    },
    Handover {
        command: HandoverCommand,
    },
    SearchCustomers {
        query: Sensitive<String>,
        limit: u32,
    },
    Customer {
        customer: CustomerId,
    },
    EditCustomer {
        customer: CustomerId,
        patch: CustomerPatch,
    },
    CustomerNotes {
        customer: CustomerId,
    },
    AddCustomerNote {
        customer: CustomerId,
        text: Sensitive<String>,
    },
    /// One's own.
    EditCustomerNote {
        customer: CustomerId,
        note: NoteId,
        text: Sensitive<String>,
    },
    RemoveCustomerNote {
        customer: CustomerId,
        note: NoteId,
    },
    /// Writes everything about a customer to a file; for supervisors and administrators.
    ExportCustomer {
        customer: CustomerId,
    },
    /// For good. `name` is the customer's, typed to confirm.
    EraseCustomer {
        customer: CustomerId,
        name: Sensitive<String>,
    },
    Timeline {
        customer: CustomerId,
        before: Option<InteractionId>,
        limit: u32,
    },
    Interaction {
        interaction: InteractionId,
    },
    /// Runs the readiness check again; its progress comes as events.
    CheckReadiness,
    /// The order in which devices of this kind are used, most wanted first; the first present one is in use.
    PreferDevices {
        kind: DeviceKind,
        names: Vec<String>,
    },
    /// Opens the chosen microphone for the level meter only; closed by itself after 60 s.
    StartMeter,
    StopMeter,
    /// Records five seconds and plays them back through the chosen speaker.
    TestRecordAndPlay,
    TestRinger,
    SaveSettings {
        settings: Settings,
    },
    /// The last ring's paint, for the record of how fast it was; sent by the screen after the frame is drawn.
    RingPainted {
        interaction: InteractionId,
    },
    /// Brings the window to the front (from a notification or a link).
    ShowWindow,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum DesktopReply {
    Done,
    Snapshot {
        state: Box<DesktopState>,
    },
    Customers {
        page: CustomerPage,
    },
    Customer {
        customer: Box<CustomerSummary>,
    },
    Notes {
        notes: CustomerNotes,
    },
    /// Where the file is.
    Exported {
        path: String,
    },
    Erased {
        erased: Erased,
    },
    Timeline {
        timeline: Timeline,
    },
    Interaction {
        detail: Box<InteractionDetail>,
    },
    /// `bytes` in base64; the whole is `total` bytes of `audio/ogg`.
    RecordingPart {
        #[ts(type = "number")]
        total: u64,
        bytes: String,
    },
}

/// Why a command of the screen was not done. The screen has its own words for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum DesktopError {
    /// The server refused.
    Refused {
        code: ErrorCode,
        hint: String,
    },
    /// The server cannot be reached; `detail` names the address and what the network said.
    Unreachable {
        detail: String,
    },
    /// The address is not one a server could have.
    BadAddress {
        detail: String,
    },
    /// Its certificate is not trusted, or plain HTTP was asked for beyond this machine.
    Insecure {
        detail: String,
    },
    NotSignedIn,
    NoMicrophone,
    NoSpeaker,
    /// Nothing on this machine takes up or plays sound: no sound system, or one without any device.
    NoSoundSystem,
    /// Media cannot leave this machine, or not reach the relay that it must go through.
    NoMediaPath {
        detail: String,
    },
    Device {
        detail: String,
    },
    /// Something on this machine failed: disk, keyring.
    Local {
        detail: String,
    },
}

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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "desktop.ts")]
pub struct Settings {
    pub theme: Theme,
    pub language: Language,
    pub ringer_volume_percent: u8,
    pub has_noise_suppression: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            language: Language::System,
            ringer_volume_percent: 80,
            has_noise_suppression: true,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "desktop.ts")]
pub enum Theme {
    System,
    Light,
    Dark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "desktop.ts")]
pub enum Language {
    #[serde(rename = "system")]
    System,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-Hans")]
    SimplifiedChinese,
    #[serde(rename = "zh-Hant")]
    TraditionalChinese,
}

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
