//! What others may see of the engine: read-only pictures of agents, interactions and queues.

use crate::Center;
use crate::stage::{Consult, Stage, Waits, Wishes};
use crate::state::{AgentLink, Presence};
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
    /// What they chose, which shows again after the present work; absent while offline.
    pub chosen: Option<ChosenState>,
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
    /// When it came into this queue; rings and overflow count from here.
    pub queued_at: Millis,
    pub wishes: Wishes,
    /// How far the circle of agents has widened; 0 is the first ring.
    pub ring: u8,
    /// Who passed it on or declined it a moment ago and is not offered it meanwhile.
    pub kept_from: Vec<AgentId>,
    /// The one agent for whom it waits.
    pub kept_for: Option<AgentId>,
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
    /// Ready or at work.
    pub agents_staffed: u32,
}

impl Center {
    #[must_use]
    pub fn agent(&self, id: AgentId) -> Option<AgentView> {
        let agent = self.state.agents.get(&id)?;
        let queues = agent.settings.queues.clone();
        Some(match agent.presence {
            Presence::Offline { since } => AgentView {
                state: AgentState::Offline,
                since,
                chosen: None,
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
                    chosen: Some(chosen),
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
            stage: open.stage.clone(),
            customer_link: open.customer_link,
            waits: open.waits,
            agent_link: open.stage.agent().map(|agent| self.link_of(agent)),
            colleague_link: open.stage.colleague().map(|agent| self.link_of(agent)),
            queued_at: open.queued_at,
            wishes: open.wishes,
            ring: open.ring,
            kept_from: open.kept_from.iter().map(|(agent, _)| *agent).collect(),
            kept_for: open.kept_for.map(|(agent, _)| agent),
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
            agents_ready: queue.ready_count,
            agents_staffed: queue.staffed,
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

    /// What remains to wait, in milliseconds; see `pace.rs` for the method and its limits. Absent when nothing was
    /// handled yet or nobody is staffed; zero while an agent is being rung for it.
    #[must_use]
    pub fn expected_wait_ms(&self, id: InteractionId) -> Option<u64> {
        let position = self.position(id)?;
        self.expected_wait_at_ms(id, position)
    }

    /// The same for somebody whose position is known already, as from [`Self::line`].
    #[must_use]
    pub fn expected_wait_at_ms(&self, id: InteractionId, position: u32) -> Option<u64> {
        let open = self.state.interactions.get(&id)?;
        if open.stage.agent().is_some() {
            return Some(0);
        }
        let staffed = self.index.queues.get(&open.queue)?.staffed;
        let pace = self.state.pace.get(&open.queue)?;
        pace.wait_ms(u64::from(position), staffed)
    }

    /// What somebody who entered now would wait: as [`Self::expected_wait_ms`], or nothing when an agent is free.
    #[must_use]
    pub fn expected_wait_of_newcomer_ms(&self, queue: QueueId) -> Option<u64> {
        let pace = self.state.pace.get(&queue)?;
        let queue = self.index.queues.get(&queue)?;
        let position = queue.line.len() as u64 + 1;
        let wait_ms = pace.wait_ms(position, queue.staffed)?;
        Some(if queue.ready_count > 0 { 0 } else { wait_ms })
    }

    /// Whether a queue takes newcomers: not by hand or by its hours closed.
    #[must_use]
    pub fn is_open(&self, queue: QueueId) -> bool {
        self.state.queues.contains_key(&queue) && !self.state.is_closed(queue)
    }

    /// When closed hours open again. Absent for a queue that is open, that was closed by hand, or that never opens.
    #[must_use]
    pub fn opens_at(&self, queue: QueueId) -> Option<Millis> {
        let settings = self.state.queues.get(&queue)?;
        let door = self.state.schedules.get(&settings.schedule?)?;
        if settings.is_closed || door.is_open {
            return None;
        }
        door.until
    }

    /// The customer's interaction that is not over for them; of several the live one, else the newest.
    #[must_use]
    pub fn customer_interaction(&self, customer: CustomerId) -> Option<InteractionId> {
        let is_live = |id: &InteractionId| {
            let open = self.state.interactions.get(id);
            open.is_some_and(|open| open.medium.is_live())
        };
        let mut all = self.index.of_customer(customer);
        let live = self.index.of_customer(customer).find(is_live);
        live.or_else(|| all.next_back())
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
