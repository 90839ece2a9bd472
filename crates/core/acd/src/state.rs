//! What the engine must remember. Everything that can be derived from it is in [`crate::index`].

use crate::config::{Patience, Queue};
use crate::views::{Stage, Waits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, MediumKind, Millis, PeerLink, QueueId,
};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) queues: BTreeMap<QueueId, Queue>,
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    pub(crate) patience: Patience,
    /// Those in wrap-up included; gone when that is over.
    pub(crate) interactions: BTreeMap<InteractionId, Interaction>,
    /// Mean handling time in milliseconds of queues that have finished some work.
    pub(crate) handling_ms: BTreeMap<QueueId, u64>,
    pub(crate) last_interaction: u64,
    /// The newest event; time never runs backwards from it.
    pub(crate) last_at: Millis,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Agent {
    pub(crate) queues: Vec<QueueId>,
    pub(crate) presence: Presence,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Presence {
    Offline {
        since: Millis,
    },
    Online {
        chosen: ChosenState,
        /// Since when the agent is as `chosen` says, without work: what "longest idle" compares.
        since: Millis,
        next: Option<ChosenState>,
        link: AgentLink,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum AgentLink {
    Up,
    Away {
        since: Millis,
        lease_until: Millis,
        grace_until: Millis,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Interaction {
    pub(crate) customer: CustomerId,
    pub(crate) queue: QueueId,
    pub(crate) medium: MediumKind,
    pub(crate) entered_at: Millis,
    /// Orders the queue, lowest first; changes only when the customer is passed on.
    pub(crate) key: i64,
    /// Who passed it on and is not offered it before that moment.
    #[serde(default)]
    pub(crate) not_back: Option<(AgentId, Millis)>,
    pub(crate) customer_link: PeerLink,
    #[serde(default)]
    pub(crate) waits: Waits,
    pub(crate) stage: Stage,
}

impl Agent {
    pub(crate) fn is_ready_by_choice(&self) -> bool {
        match self.presence {
            Presence::Offline { .. } => false,
            Presence::Online { chosen, .. } => chosen == ChosenState::Ready,
        }
    }

    pub(crate) fn is_reachable_and_ready(&self) -> bool {
        match self.presence {
            Presence::Offline { .. } => false,
            Presence::Online { chosen, link, .. } => {
                chosen == ChosenState::Ready && link == AgentLink::Up
            }
        }
    }
}

impl Interaction {
    /// Whether the customer still waits for an answer, ringing included.
    pub(crate) fn is_in_line(&self) -> bool {
        match self.stage {
            Stage::Waiting | Stage::Ringing { .. } | Stage::CallingBack { .. } => true,
            Stage::Talking { .. }
            | Stage::Held { .. }
            | Stage::Consulting { .. }
            | Stage::WrapUp { .. } => false,
        }
    }

    /// Whether the customer is still part of it.
    pub(crate) fn has_customer(&self) -> bool {
        match self.stage {
            Stage::Waiting
            | Stage::Ringing { .. }
            | Stage::CallingBack { .. }
            | Stage::Talking { .. }
            | Stage::Held { .. }
            | Stage::Consulting { .. } => true,
            Stage::WrapUp { .. } => false,
        }
    }

    /// When the present conversation, or the one being wrapped up, was answered.
    pub(crate) fn answered_at(&self) -> Option<Millis> {
        match self.stage {
            Stage::Waiting | Stage::Ringing { .. } | Stage::CallingBack { .. } => None,
            Stage::Talking { since, .. } => Some(since),
            Stage::Held { answered_at, .. }
            | Stage::Consulting { answered_at, .. }
            | Stage::WrapUp { answered_at, .. } => Some(answered_at),
        }
    }
}
