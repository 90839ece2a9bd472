//! What happened. The journal, the timeline and every view are folds of these; replay applies them and never decides.

mod about;

use crate::config::Changes;
use crate::{Target, Wishes};
use serde::{Deserialize, Serialize};
use vocab::{
    AgentId, ChosenState, CustomerId, EndedBy, InteractionId, MediumKind, Millis, QueueId,
    ScheduleId,
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
        #[serde(rename = "config")]
        changes: Box<Changes>,
    },
    /// Queues with these hours open or close, until `until` or for good.
    HoursChanged {
        schedule: ScheduleId,
        is_open: bool,
        until: Option<Millis>,
    },

    /// The wall clock was set: every moment of what is under way is later by so much from here on.
    ClockStepped {
        by_ms: i64,
    },

    Entered {
        interaction: InteractionId,
        customer: CustomerId,
        queue: QueueId,
        medium: MediumKind,
        #[serde(default)]
        wishes: Wishes,
        /// Its place in the order, lowest first; absent in old journals, where the queue's priority gives it.
        #[serde(default)]
        key: Option<i64>,
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

    /// A supervisor took the customer out of the line, before an answer.
    RemovedFromLine {
        interaction: InteractionId,
        by: AgentId,
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
        /// For this agent in particular, named by a colleague or known to the customer: it is nobody's turn.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_meant: bool,
    },
    /// The conversation begins.
    OfferAccepted {
        interaction: InteractionId,
        agent: AgentId,
    },
    /// Waits again with its place, as after the next two, unless others are still rung. Who declines too often is not
    /// ready: that follows as `StateChosen`. Nobody offers it back to `agent` before `not_back_until`.
    OfferDeclined {
        interaction: InteractionId,
        agent: AgentId,
        #[serde(default)]
        not_back_until: Option<Millis>,
    },
    /// The deadline passed; the agent is now not ready (missed).
    OfferMissed {
        interaction: InteractionId,
        agent: AgentId,
    },
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
    /// Nobody else is offered it before that moment: this agent knows the customer.
    KeptForAgent {
        interaction: InteractionId,
        agent: AgentId,
        until: Millis,
    },
    /// Those from whom it was kept until now may be offered it again, and it waits for nobody in particular.
    OfferableToAll {
        interaction: InteractionId,
    },
    /// The circle of agents is as wide as this ring of the queue from now on.
    RingWidened {
        interaction: InteractionId,
        ring: u8,
    },
    /// Waits in another queue from now on: the first one took too long, is closed or full.
    Overflowed {
        interaction: InteractionId,
        from: QueueId,
        queue: QueueId,
        key: i64,
    },
    /// The other queue takes nobody now.
    OverflowPostponed {
        interaction: InteractionId,
        until: Millis,
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
    /// A supervisor wants it so; what comes of it now or after the present work follows.
    StateForced {
        agent: AgentId,
        state: ChosenState,
        by: AgentId,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawnBecause {
    CustomerLeft,
    /// The page of a customer who is to be called back is out of reach.
    CustomerAway,
    /// Away, or signed out.
    AgentAway,
    /// Another one of those who were rung accepted.
    TakenByColleague,
    /// A supervisor took the agent out of the queues.
    StateForced,
    /// A supervisor took the customer out of the line.
    RemovedFromLine,
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
