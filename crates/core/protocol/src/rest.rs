//! REST bodies under `/v1`: sign-in, customers, history. Errors are [`ErrorBody`] with a fitting status.
//!
//! `POST /v1/sign-in`, `POST /v1/sign-out`, `GET /v1/customers?query=&limit=`, `GET|PATCH /v1/customers/{id}`,
//! `GET /v1/customers/{id}/timeline?before=&limit=`, `GET|POST /v1/customers/{id}/notes`,
//! `PATCH|DELETE /v1/customers/{id}/notes/{note}`, `GET /v1/customers/{id}/export`, `POST /v1/customers/{id}/erase`,
//! `GET /v1/audit?before=&limit=`, `GET|PUT /v1/names`, `GET /v1/interactions/{id}`, `GET /v1/openapi.json`.
//! `POST /v1/recordings`, `PUT /v1/recordings/{id}/data?offset=`, `POST /v1/recordings/{id}/complete`,
//! `GET|DELETE /v1/recordings/{id}` (the sound itself, `audio/ogg`, with ranges).
//! `GET /v1/decisions/{number}`, `GET /v1/figures`, `GET /v1/figures/queues/{queue}`; the configuration's addresses are in
//! [`crate::configuration`], `PUT /v1/people/{user}/password` and `POST /v1/people/{user}/state` beside them.
//! All but sign-in take `Authorization: Bearer TOKEN`.

use crate::configuration::Finding;
use crate::link::ErrorCode;
use crate::record::{
    Attribute, Consent, ConsentAnswer, FoundCustomer, MAX_ATTRIBUTES, MAX_IDENTITIES, Preferences,
};
use crate::{MAX_FIELD_CHARS, MAX_NOTE_CHARS};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{
    AgentId, CustomerId, EndedBy, InteractionId, MediumKind, Millis, OrgSlug, RecordingId, Role,
    Sensitive,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct SignIn {
    pub organisation: OrgSlug,
    /// In any case.
    #[schemars(length(min = 1, max = MAX_FIELD_CHARS), regex(pattern = r"\S"))]
    pub user: String,
    #[schemars(length(max = MAX_PASSWORD_CHARS))]
    pub password: Sensitive<String>,
    /// A device's random name for itself, 32 to 128 characters: one that signed in before keeps its way in while somebody
    /// guesses the password elsewhere.
    #[serde(default)]
    #[schemars(length(min = 32, max = 128))]
    pub device: Option<Sensitive<String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct SignedIn {
    pub token: Sensitive<String>,
    pub expires_at: Millis,
    pub name: String,
    pub role: Role,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct ErrorBody {
    pub code: ErrorCode,
    /// What happened and what to do next, in English; screens use their own words for the code.
    pub hint: String,
    /// Everything that is wrong with a configuration that was refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// A customer as lists and the pop show them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct CustomerSummary {
    pub customer: CustomerId,
    pub name: Sensitive<String>,
    pub identities: Vec<Identity>,
    /// BCP 47.
    pub language: Option<String>,
    pub since: Millis,
    pub is_vip: bool,
    /// Short labels: products, segments.
    pub labels: Vec<String>,
    /// What colleagues should know, on the record itself.
    pub note: Sensitive<String>,
    pub interactions: u32,
    /// Counts the record's changes; see [`CustomerPatch::if_revision`].
    pub revision: u32,
    /// How many browsers are known to be theirs.
    pub browsers: u32,
    pub attributes: Vec<Attribute>,
    /// The last word on each kind.
    pub consents: Vec<Consent>,
    pub preferences: Preferences,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct Identity {
    pub kind: IdentityKind,
    /// As it was typed.
    pub value: Sensitive<String>,
    /// What the server knows of a telephone number; absent for what is none. Not looked at in a patch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    // Left out and never null, in both directions.
    #[schemars(with = "ShownPhone")]
    pub phone: Option<ShownPhone>,
}

impl Identity {
    #[must_use]
    pub fn new(kind: IdentityKind, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: Sensitive::new(value.into()),
            phone: None,
        }
    }

    /// As it was typed, without what the server knows of it.
    #[must_use]
    pub fn plain(self) -> Self {
        Self {
            phone: None,
            ..self
        }
    }
}

/// A telephone number for people and for dialling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct ShownPhone {
    /// A plus, the country and the number.
    pub e164: Sensitive<String>,
    /// As people of the organisation's country write it, without the extension.
    pub text: Sensitive<String>,
    pub extension: Option<Sensitive<String>>,
}

/// What a customer typed of themselves when an interaction began; no proof of who they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default)]
#[ts(export, export_to = "rest.ts")]
pub struct Given {
    pub name: Option<Sensitive<String>>,
    pub phone: Option<Sensitive<String>>,
    pub email: Option<Sensitive<String>>,
}

impl Given {
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "rest.ts")]
pub enum IdentityKind {
    Phone,
    Email,
    /// A name on another service, as `wechat:chenyulan`.
    Handle,
    /// A browser's returning token; its value is never sent out.
    Visitor,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct CustomerPage {
    pub customers: Vec<FoundCustomer>,
    pub has_more: bool,
}

/// Fields left out stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default)]
#[ts(export, export_to = "rest.ts")]
pub struct CustomerPatch {
    /// Refused with `changed_meanwhile` when the record's revision is another one by now.
    pub if_revision: Option<u32>,
    #[schemars(length(max = MAX_FIELD_CHARS), regex(pattern = r"\S"))]
    pub name: Option<Sensitive<String>>,
    /// An empty one takes it away.
    #[schemars(length(max = 35), regex(pattern = r"^[A-Za-z0-9-]*$"))]
    pub language: Option<String>,
    pub is_vip: Option<bool>,
    #[schemars(length(max = 20), inner(length(max = 60), regex(pattern = r"\S")))]
    pub labels: Option<Vec<String>>,
    #[schemars(length(max = MAX_NOTE_CHARS))]
    pub note: Option<Sensitive<String>>,
    /// All phones, addresses and handles there shall be; browsers are not among them.
    #[schemars(length(max = MAX_IDENTITIES))]
    pub identities: Option<Vec<Identity>>,
    /// True: no browser is known again.
    pub forget_browsers: Option<bool>,
    #[schemars(length(max = MAX_ATTRIBUTES))]
    pub attributes: Option<Vec<Attribute>>,
    /// What changed; each is kept with its time.
    pub consents: Option<Vec<ConsentAnswer>>,
    pub preferences: Option<Preferences>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct InteractionSummary {
    pub interaction: InteractionId,
    pub customer: CustomerId,
    pub medium: MediumKind,
    pub queue_name: String,
    pub entered_at: Millis,
    pub answered_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    pub outcome: Outcome,
    /// Who answered it last.
    pub agent_name: Option<String>,
    /// Everybody who spoke with the customer, in order.
    pub participants: Vec<String>,
    pub topic: Option<Sensitive<String>>,
    pub disposition: Option<String>,
    /// Of everybody who wrote one, in the order in which they began.
    #[serde(default)]
    pub notes: Vec<InteractionNote>,
    pub stars: Option<u8>,
    #[serde(default)]
    pub given: Given,
    /// Oldest first; several when the agent changed or a desktop started anew.
    pub recordings: Vec<RecordingSummary>,
}

/// What one agent wrote about an interaction. Nobody writes over a colleague's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct InteractionNote {
    pub agent: AgentId,
    pub agent_name: Option<String>,
    pub text: Sensitive<String>,
}

impl InteractionNote {
    /// Emptied by its author: it is shown nowhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.reveal().trim().is_empty()
    }
}

/// One desktop's recording of a conversation: the agent left, the customer right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct RecordingSummary {
    pub recording: RecordingId,
    /// Whose desktop recorded: this agent, supervisors and administrators may listen.
    pub agent: AgentId,
    pub agent_name: Option<String>,
    pub started_at: Millis,
    /// False while the desktop still has to send it.
    pub is_complete: bool,
    /// Of what can be heard, pauses not counted; 0 until it is complete.
    pub duration_ms: u32,
    pub pauses: Vec<RecordingPause>,
}

/// A stretch that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct RecordingPause {
    /// Where in the recording it lies.
    pub at_ms: u32,
    pub lasted_ms: u32,
}

/// Announces a recording that is about to be sent; the same again is no mistake.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct NewRecording {
    pub recording: RecordingId,
    pub interaction: InteractionId,
    pub started_at: Millis,
}

/// How much of a recording has arrived: send on from `received`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct RecordingReceived {
    #[ts(type = "number")]
    pub received: u64,
    pub is_complete: bool,
}

/// All bytes were sent; they are kept only when they are these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct RecordingEnd {
    #[ts(type = "number")]
    #[schemars(range(min = 1))]
    pub bytes: u64,
    /// Of all bytes, in lower-case hexadecimal.
    #[schemars(regex(pattern = r"^[0-9a-f]{64}$"))]
    pub sha256: String,
    pub duration_ms: u32,
    #[schemars(length(max = 1_000))]
    pub pauses: Vec<RecordingPause>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "rest.ts")]
pub enum Outcome {
    Open,
    /// Left before an answer.
    Abandoned,
    /// Was to be called back and could not be reached.
    CallbackMissed,
    /// A supervisor took the customer out of the line before an answer.
    RemovedFromLine,
    Answered {
        ended_by: EndedBy,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct Timeline {
    /// Newest first.
    pub interactions: Vec<InteractionSummary>,
    pub has_more: bool,
}

/// One interaction with everything that happened in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct InteractionDetail {
    pub summary: InteractionSummary,
    /// Oldest first.
    pub happened: Vec<Happened>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct Happened {
    pub at: Millis,
    pub what: HappenedWhat,
    pub agent_name: Option<String>,
    /// The colleague or queue that it was passed on to, or the colleague who was asked.
    pub to_name: Option<String>,
    /// The handover note or the question.
    pub note: Option<Sensitive<String>>,
    /// Of an offer: the number by which `GET /v1/decisions/{number}` tells why this agent.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub decision: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "rest.ts")]
pub enum HappenedWhat {
    Entered,
    /// Asked to be called back.
    PlaceKept,
    /// Waits on the line after all.
    WaitsOnLine,
    /// An agent calls back; the page rings.
    CallbackStarted,
    CallbackMissed,
    Offered,
    OfferMissed,
    OfferDeclined,
    OfferWithdrawn,
    Answered,
    Transferred,
    ConsultAsked,
    ConsultAnswered,
    ConsultJoined,
    /// From all together back to a private talk.
    SteppedAside,
    ConsultEnded,
    HandedOver,
    Held,
    Resumed,
    CustomerAway,
    CustomerBack,
    AgentAway,
    AgentBack,
    ReturnedToQueue,
    /// Waits in another queue from then on: the first one took too long, was closed or full.
    Overflowed,
    Abandoned,
    /// By a supervisor, who is named.
    RemovedFromLine,
    Ended,
    NoteSaved,
    WrapUpFinished,
    Rated,
    RecordingStarted,
    RecordingPaused,
    RecordingResumed,
    RecordingEnded,
}

/// What dispositions and reasons are called, in each language.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct NamesBody {
    /// In the order in which they are offered; each code once.
    #[schemars(length(min = 1, max = 50))]
    pub dispositions: Vec<crate::work::Disposition>,
    pub reasons: Vec<crate::work::ReasonName>,
}

/// Shortest password that is taken, in characters (NIST SP 800-63B-4, 3.1.1.1).
pub const MIN_PASSWORD_CHARS: usize = 8;

/// Longest password, in characters; in bytes it is four times as much, since no character of UTF-8 has more.
pub const MAX_PASSWORD_CHARS: usize = 1_000;

/// One's own new password, with the old one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct OwnPassword {
    #[schemars(length(max = MAX_PASSWORD_CHARS))]
    pub old: Sensitive<String>,
    /// Refused as `weak_password` when it is easily guessed.
    #[schemars(length(min = MIN_PASSWORD_CHARS, max = MAX_PASSWORD_CHARS))]
    pub new: Sensitive<String>,
}

/// A new password for somebody else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct NewPassword {
    /// Refused as `weak_password` when it is easily guessed.
    #[schemars(length(min = MIN_PASSWORD_CHARS, max = MAX_PASSWORD_CHARS))]
    pub password: Sensitive<String>,
}

/// A supervisor sets an agent's state; a conversation that goes on is not cut short.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "rest.ts")]
pub struct ForcedState {
    pub state: vocab::ChosenState,
}
