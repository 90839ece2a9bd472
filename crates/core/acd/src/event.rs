//! What happened. The journal, the timeline and every view are folds of these; replay applies them and never decides.

use serde::{Deserialize, Serialize};
use vocab::{
    AgentId, ChosenState, CustomerId, EndedBy, InteractionId, MediumKind, Millis, QueueId,
};

/// One decision, at the moment it took effect. A deadline that passed unseen takes effect when it is seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub at: Millis,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    Configured { config: crate::Config },

    Entered { interaction: InteractionId, customer: CustomerId, queue: QueueId, medium: MediumKind },
    CustomerAway { interaction: InteractionId, until: Millis },
    CustomerBack { interaction: InteractionId },
    /// Left before an answer; `by` tells a chosen end from a lost link.
    Abandoned { interaction: InteractionId, by: EndedBy },

    OfferMade { interaction: InteractionId, agent: AgentId, deadline: Millis },
    OfferAccepted { interaction: InteractionId, agent: AgentId },
    OfferDeclined { interaction: InteractionId, agent: AgentId },
    /// The deadline passed; the agent is now not ready (missed).
    OfferMissed { interaction: InteractionId, agent: AgentId },
    /// The customer left, or the agent's lease ran out.
    OfferWithdrawn { interaction: InteractionId, agent: AgentId, because: WithdrawnBecause },
    /// Back at the head of its queue, with the place it had.
    ReturnedToQueue { interaction: InteractionId },

    Held { interaction: InteractionId, agent: AgentId },
    Resumed { interaction: InteractionId, agent: AgentId },
    /// The conversation ended; wrap-up starts where `wrap_up_deadline` says so.
    Ended { interaction: InteractionId, agent: AgentId, by: EndedBy, wrap_up_deadline: Option<Millis> },
    WrapUpExtended { interaction: InteractionId, agent: AgentId, deadline: Millis },
    /// The agent finished, or the deadline passed (`is_timed_out`).
    WrapUpFinished { interaction: InteractionId, agent: AgentId, disposition: Option<String>, is_timed_out: bool },

    AgentCameOnline { agent: AgentId },
    /// The link went; unanswered offers return at `lease_until`, live work is kept until `grace_until`.
    AgentAway { agent: AgentId, lease_until: Millis, grace_until: Millis },
    AgentBack { agent: AgentId },
    /// Away for too long, or signed out.
    AgentWentOffline { agent: AgentId },
    StateChosen { agent: AgentId, state: ChosenState },
    NextStateReserved { agent: AgentId, state: Option<ChosenState> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawnBecause {
    CustomerLeft,
    /// Away, or signed out.
    AgentAway,
}
