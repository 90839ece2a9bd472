//! Passing a customer on and asking a colleague: an agent's wishes, the floor to choose from, and what the others see.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{AgentId, InteractionId, Millis, NotReadyReason, QueueId, Role, Sensitive};

/// Longest handover note or question, in characters.
pub const MAX_HANDOVER_CHARS: usize = 1_000;

/// Colleagues shown at once, those who are free first; beyond that one searches by name in another way.
pub const FLOOR_COLLEAGUES: usize = 200;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "handover.ts")]
pub enum HandoverCommand {
    /// At once and without asking: this agent's part is over.
    Transfer {
        interaction: InteractionId,
        to: HandoverTarget,
        /// What the next agent should know before answering.
        note: Sensitive<String>,
    },
    /// Rings a colleague with the whole context; the customer hears music.
    Consult {
        interaction: InteractionId,
        colleague: AgentId,
        question: Sensitive<String>,
    },
    /// The colleague who was asked keeps the customer.
    HandOver { interaction: InteractionId },
    /// All three talk together.
    Join { interaction: InteractionId },
    /// The two talk privately again; the customer hears music.
    StepAside { interaction: InteractionId },
    /// Back to the customer; the colleague is let go.
    EndConsult { interaction: InteractionId },
    /// While on, the floor is sent whenever it changes, at most once a second.
    WatchFloor { is_on: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "handover.ts")]
pub enum HandoverTarget {
    Queue { queue: QueueId },
    Agent { agent: AgentId },
}

/// Whom an agent can pass a customer on to or ask.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "handover.ts")]
pub struct Floor {
    /// Those who are signed in, the free ones first, at most [`FLOOR_COLLEAGUES`].
    pub colleagues: Vec<Colleague>,
    /// Every queue of the organisation.
    pub queues: Vec<FloorQueue>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "handover.ts")]
pub struct Colleague {
    pub agent: AgentId,
    pub user: String,
    pub name: String,
    pub role: Role,
    pub state: ColleagueState,
}

/// What matters for asking somebody, in the order in which they are worth asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "handover.ts")]
pub enum ColleagueState {
    Ready,
    /// Can be rung by name all the same.
    NotReady {
        reason: NotReadyReason,
    },
    /// Rung, in a conversation or wrapping up.
    Busy,
    /// The link is gone for a moment.
    Away,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "handover.ts")]
pub struct FloorQueue {
    pub queue: QueueId,
    /// Name in addresses.
    pub slug: String,
    pub name: String,
    pub waiting: u32,
    pub agents_ready: u32,
}

/// Who passed the customer on, and what they wrote for the next one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "handover.ts")]
pub struct HandoverNote {
    pub by_name: String,
    pub note: Sensitive<String>,
    pub at: Millis,
}

/// A question to a colleague, as either of the two sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "handover.ts")]
pub struct Consult {
    pub part: ConsultPart,
    /// The other one of the two.
    pub colleague: AgentId,
    pub colleague_name: String,
    pub is_colleague_connected: bool,
    pub question: Sensitive<String>,
    pub leg: ConsultLeg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "handover.ts")]
pub enum ConsultPart {
    /// Has the customer and asks.
    Asking,
    Asked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "handover.ts")]
pub enum ConsultLeg {
    /// The colleague's desktop rings; the customer hears music.
    Ringing { since: Millis, deadline: Millis },
    /// The two speak; the customer hears music.
    Private { since: Millis },
    /// All three hear each other.
    Together { since: Millis },
}
