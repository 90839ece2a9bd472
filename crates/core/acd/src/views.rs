//! What others may see of the engine: read-only pictures of agents, interactions and queues.

use serde::{Deserialize, Serialize};
use vocab::{
    AgentId, AgentState, ChosenState, CustomerId, MediumKind, Millis, PeerLink, QueueId,
};

/// An agent as the floor sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentView {
    pub state: AgentState,
    /// When `state` began.
    pub since: Millis,
    /// Takes effect after the present work.
    pub next: Option<ChosenState>,
    /// The link is gone and the grace period runs; `state` is kept meanwhile.
    pub is_away: bool,
    pub queues: Vec<QueueId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InteractionView {
    pub customer: CustomerId,
    pub queue: QueueId,
    pub medium: MediumKind,
    pub entered_at: Millis,
    pub stage: Stage,
    pub customer_link: PeerLink,
    /// Of the agent in the stage; absent while it waits.
    pub agent_link: Option<PeerLink>,
}

/// Where an interaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// `key` orders the queue: lower is served first.
    Waiting { key: i64 },
    Ringing { agent: AgentId, since: Millis, deadline: Millis },
    /// `since` is the answer, also after a hold.
    Talking { agent: AgentId, since: Millis },
    Held { agent: AgentId, since: Millis, answered_at: Millis },
    WrapUp {
        agent: AgentId,
        since: Millis,
        deadline: Millis,
        answered_at: Millis,
        can_extend: bool,
    },
}

impl Stage {
    /// Whose work it is.
    #[must_use]
    pub fn agent(&self) -> Option<AgentId> {
        match *self {
            Self::Waiting { .. } => None,
            Self::Ringing { agent, .. }
            | Self::Talking { agent, .. }
            | Self::Held { agent, .. }
            | Self::WrapUp { agent, .. } => Some(agent),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueView {
    pub name: String,
    /// Waiting for an offer or ringing.
    pub waiting: u32,
    /// When the one who waits longest entered; absent when nobody waits.
    pub longest_since: Option<Millis>,
    pub agents_ready: u32,
}
