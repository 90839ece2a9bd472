//! What is derived from the state so that nothing needs a scan: who is ready, who waits, what is due.

use crate::CONSULT_GRACE_MS;
use crate::state::{Agent, AgentLink, Interaction, Presence, State};
use crate::views::{Consult, Stage};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{AgentId, CustomerId, InteractionId, Millis, PeerLink, QueueId};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    pub(crate) queues: BTreeMap<QueueId, QueueIndex>,
    pub(crate) work: BTreeSet<(AgentId, InteractionId)>,
    /// A customer's interaction that is not over for them.
    pub(crate) customers: BTreeMap<CustomerId, InteractionId>,
    pub(crate) deadlines: BTreeSet<(Millis, Due)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct QueueIndex {
    /// Everybody without an answer, by key: those ringing and those away keep their places.
    pub(crate) line: BTreeSet<(i64, InteractionId)>,
    /// Those who can be offered now, by key.
    pub(crate) offerable: BTreeSet<(i64, InteractionId)>,
    /// Those in line who are to be called back.
    pub(crate) callbacks: BTreeSet<InteractionId>,
    /// When each one in line entered, to tell the longest wait.
    pub(crate) entered: BTreeSet<(Millis, InteractionId)>,
    /// Agents who can be rung now, longest idle first.
    pub(crate) ready: BTreeSet<(Millis, AgentId)>,
    /// Agents who are ready or at work.
    pub(crate) staffed: BTreeSet<AgentId>,
}

/// What happens when a deadline passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    AgentLease(AgentId),
    Offer(InteractionId),
    Callback(InteractionId),
    CallbackRest(InteractionId),
    Consult(InteractionId),
    WrapUp(InteractionId),
    CustomerGrace(InteractionId),
    NotBack(InteractionId),
    /// Of an agent who asked a colleague and vanished.
    ConsultGrace(AgentId),
    AgentGrace(AgentId),
}

impl Index {
    pub(crate) fn of(state: &State) -> Self {
        let mut index = Self::default();
        for queue in state.queues.keys() {
            index.queues.insert(*queue, QueueIndex::default());
        }
        for (id, interaction) in &state.interactions {
            index.add_interaction(*id, interaction);
        }
        for (id, agent) in &state.agents {
            index.add_agent(*id, agent, state);
        }
        index
    }

    pub(crate) fn work_of(&self, agent: AgentId) -> impl Iterator<Item = InteractionId> + '_ {
        let all = (agent, InteractionId(0))..=(agent, InteractionId(u64::MAX));
        self.work.range(all).map(|(_, interaction)| *interaction)
    }

    pub(crate) fn is_idle(&self, agent: AgentId) -> bool {
        self.work_of(agent).next().is_none()
    }

    pub(crate) fn add_interaction(&mut self, id: InteractionId, interaction: &Interaction) {
        if let Some(queue) = self.queues.get_mut(&interaction.queue)
            && interaction.is_in_line()
        {
            queue.line.insert((interaction.key, id));
            queue.entered.insert((interaction.entered_at, id));
            if interaction.waits.is_for_callback() {
                queue.callbacks.insert(id);
            }
            if is_offerable(interaction) {
                queue.offerable.insert((interaction.key, id));
            }
        }
        for agent in interaction.stage.people() {
            self.work.insert((agent, id));
        }
        if interaction.has_customer() {
            self.customers.insert(interaction.customer, id);
        }
        self.deadlines
            .extend(deadlines_of_interaction(id, interaction));
    }

    pub(crate) fn remove_interaction(&mut self, id: InteractionId, interaction: &Interaction) {
        if let Some(queue) = self.queues.get_mut(&interaction.queue) {
            queue.line.remove(&(interaction.key, id));
            queue.entered.remove(&(interaction.entered_at, id));
            queue.offerable.remove(&(interaction.key, id));
            queue.callbacks.remove(&id);
        }
        for agent in interaction.stage.people() {
            self.work.remove(&(agent, id));
        }
        if interaction.has_customer() {
            self.customers.remove(&interaction.customer);
        }
        for due in deadlines_of_interaction(id, interaction) {
            self.deadlines.remove(&due);
        }
    }

    /// The agent's work must be indexed already.
    pub(crate) fn add_agent(&mut self, id: AgentId, agent: &Agent, state: &State) {
        let is_idle = self.is_idle(id);
        if let Presence::Online { since, .. } = agent.presence {
            let is_ready = agent.is_reachable_and_ready();
            for queue in &agent.queues {
                let Some(queue) = self.queues.get_mut(queue) else {
                    continue;
                };
                if is_ready || !is_idle {
                    queue.staffed.insert(id);
                }
                if is_ready && is_idle {
                    queue.ready.insert((since, id));
                }
            }
        }
        let due = self.deadlines_of_agent(id, agent, state);
        self.deadlines.extend(due);
    }

    /// With the work as it was when the agent was added.
    pub(crate) fn remove_agent(&mut self, id: AgentId, agent: &Agent, state: &State) {
        for queue in &agent.queues {
            let Some(queue) = self.queues.get_mut(queue) else {
                continue;
            };
            queue.staffed.remove(&id);
            if let Presence::Online { since, .. } = agent.presence {
                queue.ready.remove(&(since, id));
            }
        }
        for due in self.deadlines_of_agent(id, agent, state) {
            self.deadlines.remove(&due);
        }
    }

    /// The lease matters only to an agent who is being rung or calls back, the consult's grace to one who asks a
    /// colleague, the grace period to everybody who is away.
    fn deadlines_of_agent(&self, id: AgentId, agent: &Agent, state: &State) -> Vec<(Millis, Due)> {
        match agent.presence {
            Presence::Online {
                link:
                    AgentLink::Away {
                        since,
                        lease_until,
                        grace_until,
                    },
                ..
            } => {
                let stages = || {
                    let work = self.work_of(id);
                    work.filter_map(|work| Some(state.interactions.get(&work)?.stage))
                };
                let lease = stages()
                    .any(|stage| is_rung(id, stage))
                    .then_some((lease_until, Due::AgentLease(id)));
                let consult = stages()
                    .any(|stage| has_asked(id, stage))
                    .then(|| (since.plus(CONSULT_GRACE_MS), Due::ConsultGrace(id)));
                let grace = (grace_until, Due::AgentGrace(id));
                lease.into_iter().chain(consult).chain([grace]).collect()
            }
            Presence::Online {
                link: AgentLink::Up,
                ..
            }
            | Presence::Offline { .. } => Vec::new(),
        }
    }
}

pub(crate) fn is_rung(agent: AgentId, stage: Stage) -> bool {
    match stage {
        Stage::Ringing { .. } | Stage::CallingBack { .. } => true,
        Stage::Consulting {
            colleague,
            consult: Consult::Ringing { .. },
            ..
        } => colleague == agent,
        Stage::Consulting {
            consult: Consult::Private { .. } | Consult::Together { .. },
            ..
        }
        | Stage::Waiting
        | Stage::Talking { .. }
        | Stage::Held { .. }
        | Stage::WrapUp { .. } => false,
    }
}

fn has_asked(agent: AgentId, stage: Stage) -> bool {
    stage.colleague().is_some() && stage.agent() == Some(agent)
}

fn is_offerable(interaction: &Interaction) -> bool {
    interaction.stage == Stage::Waiting
        && interaction.customer_link == PeerLink::Connected
        && interaction.waits.rests_until().is_none()
}

fn deadlines_of_interaction(id: InteractionId, interaction: &Interaction) -> Vec<(Millis, Due)> {
    let mut due = Vec::new();
    if let PeerLink::Away { until, .. } = interaction.customer_link
        && interaction.has_customer()
    {
        due.push((until, Due::CustomerGrace(id)));
    }
    if let Some(rests_until) = interaction.waits.rests_until() {
        due.push((rests_until, Due::CallbackRest(id)));
    }
    if let Some((_, until)) = interaction.not_back
        && interaction.is_in_line()
    {
        due.push((until, Due::NotBack(id)));
    }
    match interaction.stage {
        Stage::Consulting {
            consult: Consult::Ringing { deadline, .. },
            ..
        } => due.push((deadline, Due::Consult(id))),
        Stage::Ringing { deadline, .. } => due.push((deadline, Due::Offer(id))),
        Stage::CallingBack { deadline, .. } => due.push((deadline, Due::Callback(id))),
        Stage::WrapUp { deadline, .. } => due.push((deadline, Due::WrapUp(id))),
        Stage::Consulting {
            consult: Consult::Private { .. } | Consult::Together { .. },
            ..
        }
        | Stage::Waiting
        | Stage::Talking { .. }
        | Stage::Held { .. } => {}
    }
    due
}
