//! What an agent sees of the engine and may ask of it.

use crate::handover::{Consult, Floor, HandoverCommand, HandoverNote};
use crate::limits::LimitBite;
use crate::rest::{CustomerSummary, Given, InteractionNote, InteractionSummary};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{
    AgentId, AgentState, ChosenState, CustomerId, InteractionId, MediumKind, Millis,
    NotReadyReason, OrgSlug, PeerLink, QueueId, RecordingState, Role, Sensitive,
};

/// A wish of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "work.ts")]
pub enum AgentCommand {
    /// Now when idle; while at work it is the same as reserving the next state.
    ChooseState {
        state: ChosenState,
    },
    /// The state after the present work; `null` takes it back.
    ReserveNextState {
        state: Option<ChosenState>,
    },
    AcceptOffer {
        interaction: InteractionId,
    },
    /// Back to the head of the queue for somebody else; the agent becomes not ready.
    DeclineOffer {
        interaction: InteractionId,
    },
    Hold {
        interaction: InteractionId,
    },
    Resume {
        interaction: InteractionId,
    },
    HangUp {
        interaction: InteractionId,
    },
    /// This agent's whole note as it stands; colleagues have their own. Allowed from ringing until long after the end.
    SaveNote {
        interaction: InteractionId,
        text: Sensitive<String>,
    },
    FinishWrapUp {
        interaction: InteractionId,
        disposition: Option<String>,
    },
    /// More time to wrap up: the deadline moves once by the queue's wrap-up time.
    ExtendWrapUp {
        interaction: InteractionId,
    },
    /// Passing on and asking colleagues.
    Handover {
        command: HandoverCommand,
    },
    /// The program ends: what rings or lives here returns to the head of its queue at once, and the agent is offline.
    /// The sign-in stays for the next start.
    Leave,
    /// How the media path was, for the record; sent by the desktop when a call ends.
    ReportMedia {
        interaction: InteractionId,
        report: MediaReport,
    },
    /// What this desktop's recording does from now on; `null` when it ended. The customer's page says so.
    ReportRecording {
        interaction: InteractionId,
        state: Option<RecordingState>,
    },
}

/// How one call's media was, seen from the agent's side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "work.ts")]
pub struct MediaReport {
    /// Answered until the first speech frame was played, in milliseconds; absent when none was.
    pub connect_ms: Option<u32>,
    pub round_trip_ms: Option<u32>,
    /// Median of the jitter buffer's delay in milliseconds.
    pub jitter_buffer_ms: Option<u32>,
    /// 0–100.
    pub loss_in_percent: f32,
    pub loss_out_percent: f32,
    /// Whether the path went through a relay.
    pub is_relayed: bool,
}

/// All that an agent's desktop needs to paint itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "work.ts")]
pub struct AgentView {
    pub me: Me,
    pub presence: Presence,
    /// Ringing, live and in wrap-up, oldest first.
    pub work: Vec<WorkItem>,
    /// The queues this agent serves.
    pub queues: Vec<QueueStatus>,
    /// While this agent watches it.
    pub floor: Option<Floor>,
    pub dispositions: Vec<Disposition>,
    pub reason_names: Vec<ReasonName>,
    /// Limits that refused requests lately; for supervisors.
    #[serde(default)]
    pub limits: Vec<LimitBite>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "work.ts")]
pub struct Me {
    pub agent: AgentId,
    pub organisation: OrgSlug,
    pub organisation_name: String,
    pub user: String,
    pub name: String,
    pub role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "work.ts")]
pub struct Presence {
    pub state: AgentState,
    pub since: Millis,
    pub next: Option<ChosenState>,
}

/// One interaction on an agent's work list, with all that the pop shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "work.ts")]
pub struct WorkItem {
    pub interaction: InteractionId,
    pub medium: MediumKind,
    pub queue: QueueId,
    pub queue_name: String,
    pub stage: WorkStage,
    /// When the customer entered the queue.
    pub entered_at: Millis,
    pub customer: CustomerPop,
    pub customer_link: PeerLink,
    /// Present for a customer who kept a place to be called back, until they have answered.
    pub callback: Option<Callback>,
    /// What the customer wrote about why they call.
    pub topic: Option<Sensitive<String>>,
    /// This agent's own note.
    pub note: Sensitive<String>,
    /// What colleagues wrote about it, in the order in which they began; long ones are cut.
    #[serde(default)]
    pub colleagues_notes: Vec<InteractionNote>,
    /// Who passed the customer on to here.
    pub handover: Option<HandoverNote>,
    /// A colleague is asked about it, or this agent is the colleague. Then `stage` tells whether the customer holds
    /// (held) or is part of it (talking), and for the colleague whether it rings or they talk.
    pub consult: Option<Consult>,
    /// What the customer answered to whether the call may be recorded.
    pub recording_consent: RecordingConsent,
}

/// The customer's answer. Only `given` lets a desktop record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "work.ts")]
pub enum RecordingConsent {
    #[default]
    NotAsked,
    Given {
        at: Millis,
    },
    Refused,
}

/// A promise to call back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "work.ts")]
pub struct Callback {
    /// Callbacks that the customer missed so far.
    pub tries: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "work.ts")]
pub enum WorkStage {
    Ringing {
        since: Millis,
        deadline: Millis,
    },
    /// Accepted; the customer's page rings until the deadline.
    CallingBack {
        since: Millis,
        deadline: Millis,
    },
    Talking {
        since: Millis,
    },
    Held {
        since: Millis,
        answered_at: Millis,
    },
    /// `can_extend` until the extension was used.
    WrapUp {
        since: Millis,
        deadline: Millis,
        answered_at: Millis,
        can_extend: bool,
    },
}

/// Who it is, known before the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "work.ts")]
pub struct CustomerPop {
    pub customer: CustomerSummary,
    pub recognised_by: RecognisedBy,
    /// What the browser says of itself, in words: "Chrome on Windows".
    pub device: Option<String>,
    /// Time zone or place as the browser gives it: "Asia/Shanghai".
    pub place: Option<String>,
    /// BCP 47, the browser's first.
    pub language: Option<String>,
    /// The page from which the call was made.
    pub page: Option<String>,
    /// The newest interactions before this one, newest first, at most five.
    pub last_interactions: Vec<InteractionSummary>,
    /// What the customer typed of themselves.
    #[serde(default)]
    pub given: Given,
    /// Other records that may be theirs by what they typed; nothing more than a suggestion.
    #[serde(default)]
    pub may_be: Vec<MayBe>,
}

/// A record that may be the customer's, too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "work.ts")]
pub struct MayBe {
    pub customer: CustomerId,
    pub name: Sensitive<String>,
    pub by: MayBeBy,
}

/// What a record has in common with what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "work.ts")]
pub enum MayBeBy {
    Phone,
    Email,
    Name,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "work.ts")]
pub enum RecognisedBy {
    /// This browser's returning token.
    Visitor,
    Phone,
    Email,
    /// Nobody we know: a new record.
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "work.ts")]
pub struct QueueStatus {
    pub queue: QueueId,
    pub name: String,
    pub waiting: u32,
    /// Those among them who are to be called back.
    pub callbacks: u32,
    /// When the one who waits longest entered; absent when nobody waits.
    pub longest_since: Option<Millis>,
    pub agents_ready: u32,
    /// What somebody who came now would wait, in whole minutes; absent when nothing is known or nobody is there.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub expected_wait_ms: Option<u64>,
    /// False while it is closed, by hand or by its hours.
    #[serde(default = "yes")]
    pub is_open: bool,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "work.ts")]
pub struct Disposition {
    #[schemars(regex(pattern = r"^[a-z0-9_]{1,40}$"))]
    pub code: String,
    /// In English, and wherever there is no name in the reader's language.
    #[schemars(length(max = 60), regex(pattern = r"\S"))]
    pub name: String,
    #[serde(default)]
    pub names: OtherNames,
}

/// A name in the languages beside English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default)]
#[ts(export, export_to = "work.ts")]
pub struct OtherNames {
    #[serde(rename = "zh-Hans")]
    #[schemars(length(max = 60), regex(pattern = r"\S"))]
    pub simplified: Option<String>,
    #[serde(rename = "zh-Hant")]
    #[schemars(length(max = 60), regex(pattern = r"\S"))]
    pub traditional: Option<String>,
}

/// An organisation's own name for a reason; without one the screen has its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "work.ts")]
pub struct ReasonName {
    pub reason: NotReadyReason,
    #[schemars(length(max = 60), regex(pattern = r"\S"))]
    pub name: String,
    #[serde(default)]
    pub names: OtherNames,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "work.ts")]
#[allow(
    clippy::large_enum_variant,
    reason = "made once a frame and written out at once; a box would only cost"
)]
pub enum AgentDelta {
    Presence {
        presence: Presence,
    },
    /// A new item, or this item's whole new shape.
    Work {
        item: WorkItem,
    },
    /// The item left this agent's list.
    WorkGone {
        interaction: InteractionId,
        why: GoneBecause,
    },
    Queue {
        status: QueueStatus,
    },
    /// This agent does not serve the queue any more.
    QueueGone {
        queue: QueueId,
    },
    Floor {
        floor: Option<Floor>,
    },
    /// A record on the work list changed elsewhere.
    Customer {
        customer: CustomerId,
    },
    /// A limit refuses requests; for supervisors.
    LimitBit {
        bite: LimitBite,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "work.ts")]
pub enum GoneBecause {
    Done,
    Missed,
    Declined,
    CustomerLeft,
    /// The page of a customer who is to be called back is out of reach; the place is kept.
    CustomerAway,
    /// A supervisor took the customer out of the line.
    RemovedFromLine,
    /// The customer did not answer the callback; nothing is left to do.
    CallbackMissed,
    /// Passed on, or the colleague who was asked is out of it.
    PassedOn,
    /// Another one of those who were rung answered.
    TakenByColleague,
    /// This agent was away too long; the customer was offered to somebody else.
    Reassigned,
}
