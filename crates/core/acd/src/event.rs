//! What happened. The journal, the timeline and every view are folds of these; replay applies them and never decides.

use crate::Target;
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
    Configured {
        config: crate::Config,
    },

    Entered {
        interaction: InteractionId,
        customer: CustomerId,
        queue: QueueId,
        medium: MediumKind,
    },
    CustomerAway {
        interaction: InteractionId,
        until: Millis,
    },
    CustomerBack {
        interaction: InteractionId,
    },
    /// Left before an answer; `by` tells a chosen end from a lost link.
    Abandoned {
        interaction: InteractionId,
        by: EndedBy,
    },

    /// From now on the customer is to be called back; the place stays.
    PlaceKept {
        interaction: InteractionId,
    },
    /// The customer waits on the line again.
    WaitsOnLine {
        interaction: InteractionId,
    },
    /// The agent accepted; the customer's page rings. The customer's answer is the `OfferAccepted`.
    CallbackStarted {
        interaction: InteractionId,
        agent: AgentId,
        deadline: Millis,
    },
    /// Nobody answered: waits again with its place, and rests until `rests_until`.
    CallbackMissed {
        interaction: InteractionId,
        agent: AgentId,
        because: MissedBecause,
        rests_until: Millis,
    },
    /// The rest is over: it may be offered again.
    CallbackRested {
        interaction: InteractionId,
    },

    OfferMade {
        interaction: InteractionId,
        agent: AgentId,
        deadline: Millis,
    },
    /// The conversation begins.
    OfferAccepted {
        interaction: InteractionId,
        agent: AgentId,
    },
    /// Waits again with its place, as after the next two; the agent's new state follows as `StateChosen`.
    OfferDeclined {
        interaction: InteractionId,
        agent: AgentId,
    },
    /// The deadline passed; the agent is now not ready (missed).
    OfferMissed {
        interaction: InteractionId,
        agent: AgentId,
    },
    /// The customer left, or the agent's lease ran out.
    OfferWithdrawn {
        interaction: InteractionId,
        agent: AgentId,
        because: WithdrawnBecause,
    },
    /// A live conversation whose agent is lost waits again, with the place it had.
    ReturnedToQueue {
        interaction: InteractionId,
    },

    /// Passed on: waits again, at the head of `queue`'s line. An offer to a named colleague follows. Nobody offers it
    /// back to `agent` before `not_back_until`.
    Transferred {
        interaction: InteractionId,
        agent: AgentId,
        to: Target,
        queue: QueueId,
        key: i64,
        not_back_until: Option<Millis>,
    },
    /// Everybody may be offered it again.
    OfferableToAll {
        interaction: InteractionId,
    },

    ConsultAsked {
        interaction: InteractionId,
        agent: AgentId,
        colleague: AgentId,
        deadline: Millis,
    },
    /// The two speak privately.
    ConsultAccepted {
        interaction: InteractionId,
        agent: AgentId,
        colleague: AgentId,
    },
    ConsultJoined {
        interaction: InteractionId,
        agent: AgentId,
        colleague: AgentId,
    },
    /// The two speak privately again.
    SteppedAside {
        interaction: InteractionId,
        agent: AgentId,
        colleague: AgentId,
    },
    /// The colleague is out; the customer goes on hearing music when `is_held`, or is with the agent again.
    ConsultEnded {
        interaction: InteractionId,
        agent: AgentId,
        colleague: AgentId,
        because: ConsultEnd,
        is_held: bool,
    },
    /// The colleague has the customer; the agent's part is over.
    HandedOver {
        interaction: InteractionId,
        agent: AgentId,
        colleague: AgentId,
    },

    Held {
        interaction: InteractionId,
        agent: AgentId,
    },
    Resumed {
        interaction: InteractionId,
        agent: AgentId,
    },
    /// The conversation ended; wrap-up starts where `wrap_up_deadline` says so.
    Ended {
        interaction: InteractionId,
        agent: AgentId,
        by: EndedBy,
        wrap_up_deadline: Option<Millis>,
    },
    WrapUpExtended {
        interaction: InteractionId,
        agent: AgentId,
        deadline: Millis,
    },
    /// The agent finished, or the deadline passed (`is_timed_out`).
    WrapUpFinished {
        interaction: InteractionId,
        agent: AgentId,
        disposition: Option<String>,
        is_timed_out: bool,
    },

    AgentCameOnline {
        agent: AgentId,
    },
    /// The link went; unanswered offers return at `lease_until`, live work is kept until `grace_until`.
    AgentAway {
        agent: AgentId,
        lease_until: Millis,
        grace_until: Millis,
    },
    AgentBack {
        agent: AgentId,
    },
    /// Away for too long, or signed out.
    AgentWentOffline {
        agent: AgentId,
    },
    StateChosen {
        agent: AgentId,
        state: ChosenState,
    },
    NextStateReserved {
        agent: AgentId,
        state: Option<ChosenState>,
    },
}

impl What {
    /// The interaction that it is about.
    #[must_use]
    pub fn interaction(&self) -> Option<InteractionId> {
        match self {
            Self::Entered { interaction, .. }
            | Self::CustomerAway { interaction, .. }
            | Self::CustomerBack { interaction }
            | Self::Abandoned { interaction, .. }
            | Self::PlaceKept { interaction }
            | Self::WaitsOnLine { interaction }
            | Self::CallbackStarted { interaction, .. }
            | Self::CallbackMissed { interaction, .. }
            | Self::CallbackRested { interaction }
            | Self::OfferMade { interaction, .. }
            | Self::OfferAccepted { interaction, .. }
            | Self::OfferDeclined { interaction, .. }
            | Self::OfferMissed { interaction, .. }
            | Self::OfferWithdrawn { interaction, .. }
            | Self::ReturnedToQueue { interaction }
            | Self::Transferred { interaction, .. }
            | Self::OfferableToAll { interaction }
            | Self::ConsultAsked { interaction, .. }
            | Self::ConsultAccepted { interaction, .. }
            | Self::ConsultJoined { interaction, .. }
            | Self::SteppedAside { interaction, .. }
            | Self::ConsultEnded { interaction, .. }
            | Self::HandedOver { interaction, .. }
            | Self::Held { interaction, .. }
            | Self::Resumed { interaction, .. }
            | Self::Ended { interaction, .. }
            | Self::WrapUpExtended { interaction, .. }
            | Self::WrapUpFinished { interaction, .. } => Some(*interaction),
            Self::Configured { .. }
            | Self::AgentCameOnline { .. }
            | Self::AgentAway { .. }
            | Self::AgentBack { .. }
            | Self::AgentWentOffline { .. }
            | Self::StateChosen { .. }
            | Self::NextStateReserved { .. } => None,
        }
    }

    /// The agent whom it names.
    #[must_use]
    pub fn agent(&self) -> Option<AgentId> {
        match self {
            Self::CallbackStarted { agent, .. }
            | Self::CallbackMissed { agent, .. }
            | Self::OfferMade { agent, .. }
            | Self::OfferAccepted { agent, .. }
            | Self::OfferDeclined { agent, .. }
            | Self::OfferMissed { agent, .. }
            | Self::OfferWithdrawn { agent, .. }
            | Self::Transferred { agent, .. }
            | Self::ConsultAsked { agent, .. }
            | Self::ConsultAccepted { agent, .. }
            | Self::ConsultJoined { agent, .. }
            | Self::SteppedAside { agent, .. }
            | Self::ConsultEnded { agent, .. }
            | Self::HandedOver { agent, .. }
            | Self::Held { agent, .. }
            | Self::Resumed { agent, .. }
            | Self::Ended { agent, .. }
            | Self::WrapUpExtended { agent, .. }
            | Self::WrapUpFinished { agent, .. }
            | Self::AgentCameOnline { agent }
            | Self::AgentAway { agent, .. }
            | Self::AgentBack { agent }
            | Self::AgentWentOffline { agent }
            | Self::StateChosen { agent, .. }
            | Self::NextStateReserved { agent, .. } => Some(*agent),
            Self::Configured { .. }
            | Self::Entered { .. }
            | Self::CustomerAway { .. }
            | Self::CustomerBack { .. }
            | Self::Abandoned { .. }
            | Self::PlaceKept { .. }
            | Self::WaitsOnLine { .. }
            | Self::CallbackRested { .. }
            | Self::ReturnedToQueue { .. }
            | Self::OfferableToAll { .. } => None,
        }
    }

    /// The second agent whom it names.
    #[must_use]
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "a consult's events are the only ones about two agents"
    )]
    pub fn colleague(&self) -> Option<AgentId> {
        match self {
            Self::ConsultAsked { colleague, .. }
            | Self::ConsultAccepted { colleague, .. }
            | Self::ConsultJoined { colleague, .. }
            | Self::SteppedAside { colleague, .. }
            | Self::ConsultEnded { colleague, .. }
            | Self::HandedOver { colleague, .. } => Some(*colleague),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawnBecause {
    CustomerLeft,
    /// The page of a customer who is to be called back is out of reach.
    CustomerAway,
    /// Away, or signed out.
    AgentAway,
}

/// Why a callback came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissedBecause {
    /// Nobody answered in time.
    RangOut,
    /// The customer said: not now.
    Declined,
    /// The agent gave up before the time was over.
    AgentStopped,
}

/// Why a colleague who was asked is out of it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsultEnd {
    Declined,
    Missed,
    /// The colleague's link is gone, or they signed out.
    ColleagueAway,
    /// The colleague hung up.
    ColleagueLeft,
    /// The agent went back to the customer.
    Back,
    /// The conversation itself ended.
    Ended,
    /// The agent is gone, and no colleague is there to keep the customer.
    AgentLost,
}
