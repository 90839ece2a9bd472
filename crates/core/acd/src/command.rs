//! What the engine can be asked to do. Who may ask is the server's question; whether it fits now is the engine's.

use crate::Wishes;
use crate::config::Problem;
use serde::{Deserialize, Serialize};
use vocab::{AgentId, ChosenState, CustomerId, InteractionId, MediumKind, QueueId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A new interaction in its queue, or in the one to which that leads while it is closed or full; the engine
    /// numbers it.
    Enter {
        customer: CustomerId,
        queue: QueueId,
        medium: MediumKind,
        wishes: Wishes,
    },
    /// The customer's page is connected (again).
    CustomerConnected {
        interaction: InteractionId,
    },
    /// The customer's link is gone; its grace period starts.
    CustomerDisconnected {
        interaction: InteractionId,
    },
    /// The customer leaves the queue or hangs up.
    CustomerHangsUp {
        interaction: InteractionId,
    },
    /// A supervisor takes somebody who still waits out of the line; `by` is for the record.
    RemoveFromLine {
        interaction: InteractionId,
        by: AgentId,
    },
    /// The customer keeps the place in line to be called back. Said again while the place rests after a callback that
    /// nobody answered: the customer is there again.
    KeepPlace {
        interaction: InteractionId,
    },
    /// The customer waits on the line again, with the same place.
    WaitOnLine {
        interaction: InteractionId,
    },
    /// The customer answers the callback that rings.
    AnswerCallback {
        interaction: InteractionId,
    },
    /// Not now: another try comes after a rest.
    DeclineCallback {
        interaction: InteractionId,
    },

    /// The agent's link is up; a new one starts as not ready (just signed in), a returning one as it was.
    AgentConnected {
        agent: AgentId,
    },
    /// The agent's link is silent or closed; the lease starts.
    AgentDisconnected {
        agent: AgentId,
    },
    /// The agent signs out: offers and live work return to the head of their queues at once.
    AgentSignsOut {
        agent: AgentId,
    },
    ChooseState {
        agent: AgentId,
        state: ChosenState,
    },
    ReserveNextState {
        agent: AgentId,
        state: Option<ChosenState>,
    },
    /// A supervisor sets an agent's state; `by` is for the record.
    ForceState {
        agent: AgentId,
        state: ChosenState,
        by: AgentId,
    },
    AcceptOffer {
        agent: AgentId,
        interaction: InteractionId,
    },
    DeclineOffer {
        agent: AgentId,
        interaction: InteractionId,
    },
    Hold {
        agent: AgentId,
        interaction: InteractionId,
    },
    Resume {
        agent: AgentId,
        interaction: InteractionId,
    },
    AgentHangsUp {
        agent: AgentId,
        interaction: InteractionId,
    },
    /// Passes the customer on at once; the agent's part ends without a wrap-up, whoever ends the conversation
    /// chooses the disposition.
    Transfer {
        agent: AgentId,
        interaction: InteractionId,
        to: Target,
    },
    /// Rings a colleague about the interaction while the customer hears music.
    Consult {
        agent: AgentId,
        interaction: InteractionId,
        colleague: AgentId,
    },
    /// The agent leaves; the colleague who was asked keeps the customer. No wrap-up here either.
    HandOver {
        agent: AgentId,
        interaction: InteractionId,
    },
    /// Customer, agent and colleague talk together.
    JoinConsult {
        agent: AgentId,
        interaction: InteractionId,
    },
    /// From all together back to a private talk of the two; the customer hears music again.
    StepAside {
        agent: AgentId,
        interaction: InteractionId,
    },
    /// The colleague is let go, and the agent is with the customer again.
    EndConsult {
        agent: AgentId,
        interaction: InteractionId,
    },
    FinishWrapUp {
        agent: AgentId,
        interaction: InteractionId,
        disposition: Option<String>,
    },
    ExtendWrapUp {
        agent: AgentId,
        interaction: InteractionId,
    },

    /// Queues, agents and their assignments as a whole; validated before anything changes.
    Configure {
        config: crate::Config,
    },
    /// The first command after a restart, before any [`Command::Tick`]: nobody's link is known, so everybody who was
    /// online or waiting is away with a full lease from now on, also those who were away before.
    ServerRestarted,
    /// The wall clock was set by so much and shows `now`: everything that is under way moves along, so that it lasts as
    /// long as before, and hours are looked at anew. Before anything else that happens at the new time.
    ClockStepped {
        by_ms: i64,
    },
    /// Nothing but the time: deadlines that have passed take effect.
    Tick,
}

/// To whom a customer is passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Target {
    Queue { queue: QueueId },
    Agent { agent: AgentId },
}

/// Why a command was not done; nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no such queue")]
    UnknownQueue,
    #[error("no such agent")]
    UnknownAgent,
    #[error("no such interaction, or it has ended")]
    UnknownInteraction,
    #[error("this interaction is not this agent's")]
    NotYours,
    #[error("the state does not allow it now")]
    NotNow,
    /// Offline, away or at work.
    #[error("the colleague is not free")]
    NotFree,
    #[error("the wrap-up was extended already")]
    AlreadyExtended,
    #[error("the queue takes no more work now")]
    QueueFull,
    #[error("the queue is closed")]
    QueueClosed,
    /// The first of what [`crate::check`] finds.
    #[error("the configuration contradicts itself: {0}")]
    BadConfig(Problem),
    #[error(
        "queue {0} is in use and cannot be left out; close it, and leave it out when nobody is in it"
    )]
    QueueInUse(QueueId),
}

impl Refusal {
    pub(crate) fn is_full(&self) -> bool {
        *self == Self::QueueFull
    }
}
