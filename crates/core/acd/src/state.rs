//! What the engine must remember. Everything that can be derived from it is in [`crate::index`].

use crate::config::{self, Patience, Queue, Schedule};
use crate::pace::Pace;
use crate::stage::{Stage, Waits, Wishes};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, MediumKind, Millis, PeerLink, QueueId,
    ScheduleId,
};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) queues: BTreeMap<QueueId, Queue>,
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    pub(crate) schedules: BTreeMap<ScheduleId, Door>,
    /// Since when queues take nobody, by their hours or by hand.
    pub(crate) closed: BTreeMap<QueueId, Millis>,
    pub(crate) patience: Patience,
    /// Those in wrap-up included; gone when that is over.
    pub(crate) interactions: BTreeMap<InteractionId, Interaction>,
    /// How quickly the lines of queues move that have finished some work.
    pub(crate) pace: BTreeMap<QueueId, Pace>,
    /// Who was offered last, where agents take turns.
    pub(crate) turns: BTreeMap<QueueId, AgentId>,
    pub(crate) last_interaction: u64,
    /// The newest event; time never runs backwards from it, unless the clock is set.
    pub(crate) last_at: Millis,
    /// By how much the wall clock was set since the journal began, all steps added up.
    #[serde(default)]
    pub(crate) stepped_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Agent {
    pub(crate) settings: config::Agent,
    pub(crate) presence: Presence,
    /// Answered since signing in.
    pub(crate) handled: u32,
    /// Offers declined since the last that was accepted.
    pub(crate) declined: u8,
}

/// Hours, and whether they are open now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Door {
    pub(crate) schedule: Schedule,
    pub(crate) is_open: bool,
    /// When that changes; absent when it never does.
    pub(crate) until: Option<Millis>,
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
    /// When it came into this queue: rings and overflow count from here.
    pub(crate) queued_at: Millis,
    /// Orders the queue, lowest first; changes only when the customer comes into another one.
    pub(crate) key: i64,
    pub(crate) wishes: Wishes,
    /// How far the circle of agents has widened.
    pub(crate) ring: u8,
    /// Who passed it on or declined it, and is not offered it before that moment.
    pub(crate) kept_from: Vec<(AgentId, Millis)>,
    /// Whom it waits for until that moment; nobody else is offered it.
    pub(crate) kept_for: Option<(AgentId, Millis)>,
    /// The overflow's target took nobody; tried again then.
    pub(crate) overflow_rests_until: Option<Millis>,
    pub(crate) customer_link: PeerLink,
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

    /// Ready, here, and not about to be anything else.
    pub(crate) fn takes_work(&self) -> bool {
        self.is_reachable_and_ready() && !self.is_leaving()
    }

    /// Has reserved a break for after the present work.
    pub(crate) fn is_leaving(&self) -> bool {
        match self.presence {
            Presence::Offline { .. } => false,
            Presence::Online { next, .. } => matches!(next, Some(ChosenState::NotReady { .. })),
        }
    }

    pub(crate) fn is_online(&self) -> bool {
        match self.presence {
            Presence::Offline { .. } => false,
            Presence::Online { .. } => true,
        }
    }
}

impl State {
    pub(crate) fn is_closed(&self, queue: QueueId) -> bool {
        self.closed.contains_key(&queue)
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

impl Interaction {
    pub(crate) fn is_kept_from(&self, agent: AgentId) -> bool {
        self.kept_from.iter().any(|(kept, _)| *kept == agent)
    }
}
