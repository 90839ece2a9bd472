//! The closed lists that people see as states and reasons.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What an account may do; a supervisor and an administrator may do all that an agent may.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "vocab.ts")]
pub enum Role {
    Agent,
    Expert,
    Supervisor,
    Admin,
}

/// Why an agent takes no work.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "vocab.ts")]
pub enum NotReadyReason {
    /// The state after signing in.
    JustSignedIn,
    Break,
    Lunch,
    Meeting,
    Training,
    Admin,
    /// Set by the engine after an offer was left to ring out.
    Missed,
    /// Set by the agent's desktop while there is no microphone to be heard through.
    Microphone,
}

/// What a person chose to be; everything else an agent's state says is derived from live work.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "vocab.ts")]
pub enum ChosenState {
    Ready,
    NotReady { reason: NotReadyReason },
}

/// An agent's state as shown: derived from the link, live work and [`ChosenState`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "vocab.ts")]
pub enum AgentState {
    Offline,
    NotReady {
        reason: NotReadyReason,
    },
    Ready,
    Ringing {
        interaction: crate::InteractionId,
    },
    /// Accepted a callback; the customer's page rings.
    CallingBack {
        interaction: crate::InteractionId,
    },
    Talking {
        interaction: crate::InteractionId,
    },
    Held {
        interaction: crate::InteractionId,
    },
    WrapUp {
        interaction: crate::InteractionId,
    },
}

/// Who or what ended a conversation or a wait.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "vocab.ts")]
pub enum EndedBy {
    Agent,
    Customer,
    /// The customer's link stayed away longer than the grace period.
    CustomerLost,
    /// The customer kept a place to be called back and could not be reached.
    CallbackMissed,
    /// The queue had closed, and nobody came to those who still waited.
    Closed,
    /// A supervisor took the customer out of the line.
    Removed,
}

/// Whether the other side of an interaction is reachable now.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "vocab.ts")]
pub enum PeerLink {
    Connected,
    /// Gone since `since`; given up at `until`.
    Away {
        since: crate::Millis,
        until: crate::Millis,
    },
}

/// The other end of a media path.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "vocab.ts")]
pub enum Peer {
    Customer,
    Agent { agent: crate::AgentId },
}

/// How an interaction came. A callback is a voice interaction whose customer need not wait at the page.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "vocab.ts")]
pub enum MediumKind {
    Voice,
    Video,
    Chat,
    Email,
    Sms,
    Social,
    /// Work without a customer on the line, such as a work order.
    Task,
}

impl MediumKind {
    /// Whether both sides speak at the same time, so that an agent can have one only.
    #[must_use]
    pub fn is_live(self) -> bool {
        match self {
            Self::Voice | Self::Video => true,
            Self::Chat | Self::Email | Self::Sms | Self::Social | Self::Task => false,
        }
    }
}

/// Whether conversations of a queue may be recorded.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    TS,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "vocab.ts")]
pub enum RecordingPolicy {
    /// Nobody is asked and nothing is recorded.
    #[default]
    Off,
    /// The customer is asked before the call; only a yes lets the desktop record.
    Ask,
}

/// What a recording does at this moment; without one there is no state.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "vocab.ts")]
pub enum RecordingState {
    Running,
    /// What is said now is left out.
    Paused,
}
