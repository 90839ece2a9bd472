//! What others may see of the engine: read-only pictures of agents, interactions and queues.

use crate::Center;
use crate::state::{AgentLink, Presence};
use serde::{Deserialize, Serialize};
use vocab::{
    AgentId, AgentState, ChosenState, CustomerId, InteractionId, MediumKind, Millis, PeerLink,
    QueueId,
};

/// An agent as the floor sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentView {
    pub state: AgentState,
    /// When `state` began; for talking, when it was answered.
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
    pub waits: Waits,
    /// Of the agent in the stage; absent while it waits.
    pub agent_link: Option<PeerLink>,
    /// Of the colleague who is asked.
    pub colleague_link: Option<PeerLink>,
    /// Who passed it on to this queue a moment ago and is not offered it meanwhile.
    pub not_back_to: Option<AgentId>,
}

/// Where an interaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Waiting,
    Ringing {
        agent: AgentId,
        since: Millis,
        deadline: Millis,
    },
    /// The agent accepted a callback, and the customer's page rings.
    CallingBack {
        agent: AgentId,
        since: Millis,
        deadline: Millis,
    },
    /// `since` is the answer, also after a hold.
    Talking {
        agent: AgentId,
        since: Millis,
    },
    Held {
        agent: AgentId,
        since: Millis,
        answered_at: Millis,
    },
    /// The agent asks a colleague about it.
    Consulting {
        agent: AgentId,
        answered_at: Millis,
        colleague: AgentId,
        consult: Consult,
    },
    WrapUp {
        agent: AgentId,
        since: Millis,
        deadline: Millis,
        answered_at: Millis,
        can_extend: bool,
    },
}

/// How far a question to a colleague is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Consult {
    /// The colleague's desktop rings; the customer hears music.
    Ringing { since: Millis, deadline: Millis },
    /// The two agents speak; the customer hears music.
    Private { since: Millis },
    /// All three speak.
    Together { since: Millis },
}

impl Stage {
    /// Whose work it is.
    #[must_use]
    pub fn agent(&self) -> Option<AgentId> {
        match *self {
            Self::Waiting => None,
            Self::Ringing { agent, .. }
            | Self::CallingBack { agent, .. }
            | Self::Talking { agent, .. }
            | Self::Held { agent, .. }
            | Self::Consulting { agent, .. }
            | Self::WrapUp { agent, .. } => Some(agent),
        }
    }

    /// Who is asked about it.
    #[must_use]
    pub fn colleague(&self) -> Option<AgentId> {
        match *self {
            Self::Consulting { colleague, .. } => Some(colleague),
            Self::Waiting
            | Self::Ringing { .. }
            | Self::CallingBack { .. }
            | Self::Talking { .. }
            | Self::Held { .. }
            | Self::WrapUp { .. } => None,
        }
    }

    /// Those at work on it: the agent whose it is, and the colleague who is asked.
    pub fn people(&self) -> impl Iterator<Item = AgentId> {
        self.agent().into_iter().chain(self.colleague())
    }
}

/// How a customer without an answer waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Waits {
    #[default]
    OnTheLine,
    /// The place is kept, and the customer is called back when it is their turn.
    ForCallback {
        /// Callbacks that nobody answered.
        tries: u8,
        /// Not offered before, because the last one was missed just now.
        rests_until: Option<Millis>,
    },
}

impl Waits {
    #[must_use]
    pub fn is_for_callback(self) -> bool {
        match self {
            Self::OnTheLine => false,
            Self::ForCallback { .. } => true,
        }
    }

    pub(crate) fn tries(self) -> u8 {
        match self {
            Self::OnTheLine => 0,
            Self::ForCallback { tries, .. } => tries,
        }
    }

    pub(crate) fn rests_until(self) -> Option<Millis> {
        match self {
            Self::OnTheLine => None,
            Self::ForCallback { rests_until, .. } => rests_until,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueView {
    pub name: String,
    /// Without an answer: waiting or ringing.
    pub waiting: u32,
    /// Those among them who are to be called back.
    pub callbacks: u32,
    /// When the one who waits longest entered; absent when nobody waits.
    pub longest_since: Option<Millis>,
    pub agents_ready: u32,
}

impl Center {
    #[must_use]
    pub fn agent(&self, id: AgentId) -> Option<AgentView> {
        let agent = self.state.agents.get(&id)?;
        let queues = agent.queues.clone();
        Some(match agent.presence {
            Presence::Offline { since } => AgentView {
                state: AgentState::Offline,
                since,
                next: None,
                is_away: false,
                queues,
            },
            Presence::Online {
                chosen,
                since,
                next,
                link,
            } => {
                let (state, since) = self.state_at_work(id).unwrap_or((idle(chosen), since));
                AgentView {
                    state,
                    since,
                    next,
                    is_away: link != AgentLink::Up,
                    queues,
                }
            }
        })
    }

    /// Everybody configured, by number.
    pub fn agents(&self) -> impl Iterator<Item = AgentId> + '_ {
        self.state.agents.keys().copied()
    }

    /// Absent when it is over, wrap-up included.
    #[must_use]
    pub fn interaction(&self, id: InteractionId) -> Option<InteractionView> {
        let open = self.state.interactions.get(&id)?;
        Some(InteractionView {
            customer: open.customer,
            queue: open.queue,
            medium: open.medium,
            entered_at: open.entered_at,
            stage: open.stage,
            customer_link: open.customer_link,
            waits: open.waits,
            agent_link: open.stage.agent().map(|agent| self.link_of(agent)),
            colleague_link: open.stage.colleague().map(|agent| self.link_of(agent)),
            not_back_to: open.not_back.map(|(agent, _)| agent),
        })
    }

    /// Everything that is not over, oldest first.
    pub fn interactions(&self) -> impl Iterator<Item = InteractionId> + '_ {
        self.state.interactions.keys().copied()
    }

    /// What the agent is rung for, talks in or wraps up, oldest first.
    pub fn work_of(&self, agent: AgentId) -> impl Iterator<Item = InteractionId> + '_ {
        self.index.work_of(agent)
    }

    #[must_use]
    pub fn queue(&self, id: QueueId) -> Option<QueueView> {
        let settings = self.state.queues.get(&id)?;
        let queue = self.index.queues.get(&id)?;
        Some(QueueView {
            name: settings.name.clone(),
            waiting: count(queue.line.len()),
            callbacks: count(queue.callbacks.len()),
            longest_since: queue.entered.first().map(|(entered_at, _)| *entered_at),
            agents_ready: count(queue.ready.len()),
        })
    }

    /// Every queue, by number.
    pub fn queues(&self) -> impl Iterator<Item = QueueId> + '_ {
        self.state.queues.keys().copied()
    }

    /// Those of a queue without an answer, next one first: the first is at position 1.
    pub fn line(&self, queue: QueueId) -> impl Iterator<Item = InteractionId> + '_ {
        let queue = self.index.queues.get(&queue);
        queue
            .into_iter()
            .flat_map(|queue| queue.line.iter().map(|(_, id)| *id))
    }

    /// 1 is next; those ringing and those away count. Absent when it does not wait.
    #[must_use]
    pub fn position(&self, id: InteractionId) -> Option<u32> {
        let open = self.state.interactions.get(&id)?;
        if !open.is_in_line() {
            return None;
        }
        let line = &self.index.queues.get(&open.queue)?.line;
        Some(count(line.range(..=(open.key, id)).count()))
    }

    /// The queue's mean handling time × position ÷ agents staffed (ready or at work): with n agents busy at random,
    /// one of them is free every mean ÷ n. The mean is exponentially weighted, one eighth for the newest. Absent
    /// when nothing was handled yet or nobody is staffed; zero while an agent is being rung for it.
    #[must_use]
    pub fn expected_wait_ms(&self, id: InteractionId) -> Option<u64> {
        let position = u64::from(self.position(id)?);
        let open = self.state.interactions.get(&id)?;
        if open.stage.agent().is_some() {
            return Some(0);
        }
        let mean_ms = *self.state.handling_ms.get(&open.queue)?;
        let staffed = self.index.queues.get(&open.queue)?.staffed.len() as u64;
        mean_ms.saturating_mul(position).checked_div(staffed)
    }

    /// What somebody who entered now would wait: as [`Self::expected_wait_ms`], or nothing when an agent is free.
    #[must_use]
    pub fn expected_wait_of_newcomer_ms(&self, queue: QueueId) -> Option<u64> {
        let mean_ms = *self.state.handling_ms.get(&queue)?;
        let queue = self.index.queues.get(&queue)?;
        if !queue.ready.is_empty() {
            return Some(0);
        }
        let position = queue.line.len() as u64 + 1;
        let staffed = queue.staffed.len() as u64;
        mean_ms.saturating_mul(position).checked_div(staffed)
    }

    /// The customer's interaction that is not over for them.
    #[must_use]
    pub fn customer_interaction(&self, customer: CustomerId) -> Option<InteractionId> {
        self.index.customers.get(&customer).copied()
    }

    fn state_at_work(&self, agent: AgentId) -> Option<(AgentState, Millis)> {
        let interaction = self.index.work_of(agent).next()?;
        match self.state.interactions.get(&interaction)?.stage {
            Stage::Waiting => None,
            Stage::Ringing { since, .. } => Some((AgentState::Ringing { interaction }, since)),
            Stage::CallingBack { since, .. } => {
                Some((AgentState::CallingBack { interaction }, since))
            }
            Stage::Talking { since, .. } => Some((AgentState::Talking { interaction }, since)),
            Stage::Held { since, .. } => Some((AgentState::Held { interaction }, since)),
            Stage::Consulting {
                colleague, consult, ..
            } => Some(match consult {
                Consult::Ringing { since, .. } if colleague == agent => {
                    (AgentState::Ringing { interaction }, since)
                }
                Consult::Private { since } if colleague == agent => {
                    (AgentState::Talking { interaction }, since)
                }
                Consult::Ringing { since, .. } | Consult::Private { since } => {
                    (AgentState::Held { interaction }, since)
                }
                Consult::Together { since } => (AgentState::Talking { interaction }, since),
            }),
            Stage::WrapUp { since, .. } => Some((AgentState::WrapUp { interaction }, since)),
        }
    }

    fn link_of(&self, agent: AgentId) -> PeerLink {
        match self.state.agents.get(&agent).map(|agent| agent.presence) {
            Some(Presence::Online {
                link: AgentLink::Away {
                    since, grace_until, ..
                },
                ..
            }) => PeerLink::Away {
                since,
                until: grace_until,
            },
            Some(Presence::Online {
                link: AgentLink::Up,
                ..
            }) => PeerLink::Connected,
            // Work never belongs to somebody offline or unknown; this only keeps the match total.
            Some(Presence::Offline { since }) => PeerLink::Away {
                since,
                until: since,
            },
            None => PeerLink::Away {
                since: Millis(0),
                until: Millis(0),
            },
        }
    }
}

fn idle(chosen: ChosenState) -> AgentState {
    match chosen {
        ChosenState::Ready => AgentState::Ready,
        ChosenState::NotReady { reason } => AgentState::NotReady { reason },
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
