//! Events become state. Nothing is decided here: the same events always give the same engine.

mod handovers;

use crate::config::{Config, SECONDS_PER_PRIORITY_STEP};
use crate::event::{Event, What};
use crate::index::Index;
use crate::state::{Agent, AgentLink, Interaction, Presence, State};
use crate::views::{Stage, Waits};
use std::collections::BTreeSet;
use vocab::{AgentId, ChosenState, InteractionId, Millis, NotReadyReason, PeerLink};

/// The share of a newly finished interaction in its queue's mean handling time: one eighth.
const HANDLING_WEIGHT: u64 = 8;

/// Applies one event to the state and keeps the index true to it.
pub(crate) fn apply(state: &mut State, index: &mut Index, event: &Event) {
    state.last_at = state.last_at.max(event.at);
    if let What::Configured { config } = &event.what {
        state.configure(config, event.at);
        *index = Index::of(state);
        return;
    }
    let interaction = event.what.interaction();
    let mut agents: BTreeSet<AgentId> = event.what.agent().into_iter().collect();
    agents.extend(event.what.colleague());
    if let Some(present) = interaction.and_then(|id| state.interactions.get(&id)) {
        agents.extend(present.stage.people());
    }

    for id in &agents {
        if let Some(agent) = state.agents.get(id) {
            index.remove_agent(*id, agent, state);
        }
    }
    if let Some(id) = interaction
        && let Some(present) = state.interactions.get(&id)
    {
        index.remove_interaction(id, present);
    }
    state.change(event);
    if let Some(id) = interaction
        && let Some(present) = state.interactions.get(&id)
    {
        index.add_interaction(id, present);
    }
    for id in &agents {
        if let Some(agent) = state.agents.get(id) {
            index.add_agent(*id, agent, state);
        }
    }
}

impl State {
    fn change(&mut self, event: &Event) {
        let at = event.at;
        match &event.what {
            What::Configured { config } => self.configure(config, at),
            What::Entered {
                interaction,
                customer,
                queue,
                medium,
            } => {
                let priority = self.queues.get(queue).map_or(0, |queue| queue.priority);
                self.last_interaction = self.last_interaction.max(interaction.0);
                self.interactions.insert(
                    *interaction,
                    Interaction {
                        customer: *customer,
                        queue: *queue,
                        medium: *medium,
                        entered_at: at,
                        key: key(at, priority),
                        not_back: None,
                        customer_link: PeerLink::Connected,
                        waits: Waits::OnTheLine,
                        stage: Stage::Waiting,
                    },
                );
            }
            What::CustomerAway { interaction, until } => {
                let (since, until) = (at, *until);
                self.set_customer_link(*interaction, PeerLink::Away { since, until });
            }
            What::CustomerBack { interaction } => {
                self.set_customer_link(*interaction, PeerLink::Connected);
            }
            What::Abandoned { interaction, .. } => {
                self.interactions.remove(interaction);
            }
            What::PlaceKept { .. }
            | What::WaitsOnLine { .. }
            | What::CallbackStarted { .. }
            | What::CallbackMissed { .. }
            | What::CallbackRested { .. } => self.change_callback(at, &event.what),
            What::OfferMade { .. }
            | What::OfferAccepted { .. }
            | What::OfferDeclined { .. }
            | What::OfferMissed { .. }
            | What::OfferWithdrawn { .. }
            | What::ReturnedToQueue { .. } => self.change_offer(at, &event.what),
            What::Transferred { .. }
            | What::OfferableToAll { .. }
            | What::ConsultAsked { .. }
            | What::ConsultAccepted { .. }
            | What::ConsultJoined { .. }
            | What::SteppedAside { .. }
            | What::ConsultEnded { .. }
            | What::HandedOver { .. } => self.change_handover(at, &event.what),
            What::Held { .. }
            | What::Resumed { .. }
            | What::Ended { .. }
            | What::WrapUpExtended { .. }
            | What::WrapUpFinished { .. } => self.change_conversation(at, &event.what),
            What::AgentCameOnline { .. }
            | What::AgentAway { .. }
            | What::AgentBack { .. }
            | What::AgentWentOffline { .. }
            | What::StateChosen { .. }
            | What::NextStateReserved { .. } => self.change_agent(at, &event.what),
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change` lists every event and sends only offers here"
    )]
    fn change_offer(&mut self, at: Millis, what: &What) {
        match *what {
            What::OfferMade {
                interaction,
                agent,
                deadline,
            } => {
                self.set_stage(
                    interaction,
                    Stage::Ringing {
                        agent,
                        since: at,
                        deadline,
                    },
                );
            }
            What::OfferAccepted { interaction, agent } => {
                self.set_stage(interaction, Stage::Talking { agent, since: at });
                self.set_waits(interaction, Waits::OnTheLine);
                self.set_not_back(interaction, None);
            }
            What::OfferMissed { interaction, agent } => {
                self.set_stage(interaction, Stage::Waiting);
                self.misses(agent, at);
            }
            What::OfferDeclined { interaction, .. }
            | What::OfferWithdrawn { interaction, .. }
            | What::ReturnedToQueue { interaction } => self.set_stage(interaction, Stage::Waiting),
            _ => {}
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change` lists every event and sends only callbacks here"
    )]
    fn change_callback(&mut self, at: Millis, what: &What) {
        match *what {
            What::PlaceKept { interaction } => {
                let (tries, rests_until) = (0, None);
                self.set_waits(interaction, Waits::ForCallback { tries, rests_until });
            }
            What::WaitsOnLine { interaction } => self.set_waits(interaction, Waits::OnTheLine),
            What::CallbackStarted {
                interaction,
                agent,
                deadline,
            } => {
                let since = at;
                let stage = Stage::CallingBack {
                    agent,
                    since,
                    deadline,
                };
                self.set_stage(interaction, stage);
            }
            What::CallbackMissed {
                interaction,
                rests_until,
                ..
            } => {
                let tries = self.tries(interaction).saturating_add(1);
                let rests_until = Some(rests_until);
                self.set_waits(interaction, Waits::ForCallback { tries, rests_until });
                self.set_stage(interaction, Stage::Waiting);
            }
            What::CallbackRested { interaction } => {
                let (tries, rests_until) = (self.tries(interaction), None);
                self.set_waits(interaction, Waits::ForCallback { tries, rests_until });
            }
            _ => {}
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change` lists every event and sends only conversations here"
    )]
    fn change_conversation(&mut self, at: Millis, what: &What) {
        match *what {
            What::Held { interaction, agent } => {
                let answered_at = self.answered_at(interaction, at);
                self.set_stage(
                    interaction,
                    Stage::Held {
                        agent,
                        since: at,
                        answered_at,
                    },
                );
            }
            What::Resumed { interaction, agent } => {
                let since = self.answered_at(interaction, at);
                self.set_stage(interaction, Stage::Talking { agent, since });
            }
            What::Ended {
                interaction,
                agent,
                wrap_up_deadline: Some(deadline),
                ..
            } => {
                let answered_at = self.answered_at(interaction, at);
                let can_extend = true;
                let stage = Stage::WrapUp {
                    agent,
                    since: at,
                    deadline,
                    answered_at,
                    can_extend,
                };
                self.set_stage(interaction, stage);
            }
            What::Ended {
                interaction,
                agent,
                wrap_up_deadline: None,
                ..
            }
            | What::WrapUpFinished {
                interaction, agent, ..
            } => {
                self.finish(interaction, agent, at);
            }
            What::WrapUpExtended {
                interaction,
                deadline,
                ..
            } => {
                if let Some(Interaction {
                    stage:
                        Stage::WrapUp {
                            deadline: present,
                            can_extend,
                            ..
                        },
                    ..
                }) = self.interactions.get_mut(&interaction)
                {
                    *present = deadline;
                    *can_extend = false;
                }
            }
            _ => {}
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change` lists every event and sends only agents' here"
    )]
    fn change_agent(&mut self, at: Millis, what: &What) {
        match *what {
            What::AgentCameOnline { agent } => {
                let chosen = ChosenState::NotReady {
                    reason: NotReadyReason::JustSignedIn,
                };
                let link = AgentLink::Up;
                self.set_presence(
                    agent,
                    Presence::Online {
                        chosen,
                        since: at,
                        next: None,
                        link,
                    },
                );
            }
            What::AgentAway {
                agent,
                lease_until,
                grace_until,
            } => {
                let link = AgentLink::Away {
                    since: at,
                    lease_until,
                    grace_until,
                };
                self.set_agent_link(agent, link);
            }
            What::AgentBack { agent } => self.set_agent_link(agent, AgentLink::Up),
            What::AgentWentOffline { agent } => {
                self.set_presence(agent, Presence::Offline { since: at });
            }
            What::StateChosen { agent, state } => self.choose(agent, at, state),
            What::NextStateReserved { agent, state } => {
                if let Some(Agent {
                    presence: Presence::Online { next, .. },
                    ..
                }) = self.agents.get_mut(&agent)
                {
                    *next = state;
                }
            }
            _ => {}
        }
    }

    fn configure(&mut self, config: &Config, at: Millis) {
        self.patience = config.patience;
        self.queues = config
            .queues
            .iter()
            .map(|queue| (queue.id, queue.clone()))
            .collect();
        self.handling_ms
            .retain(|queue, _| self.queues.contains_key(queue));
        let mut before = std::mem::take(&mut self.agents);
        for agent in &config.agents {
            let presence = before
                .remove(&agent.id)
                .map_or(Presence::Offline { since: at }, |before| before.presence);
            self.agents.insert(
                agent.id,
                Agent {
                    queues: agent.queues.clone(),
                    presence,
                },
            );
        }
    }

    /// Whoever was not ready anyway, and rung by name, stays as they were.
    pub(crate) fn misses(&mut self, agent: AgentId, at: Millis) {
        let missed = ChosenState::NotReady {
            reason: NotReadyReason::Missed,
        };
        if self
            .agents
            .get(&agent)
            .is_some_and(Agent::is_ready_by_choice)
        {
            self.choose(agent, at, missed);
        }
    }

    pub(crate) fn set_stage(&mut self, interaction: InteractionId, stage: Stage) {
        if let Some(interaction) = self.interactions.get_mut(&interaction) {
            interaction.stage = stage;
        }
    }

    fn set_waits(&mut self, interaction: InteractionId, waits: Waits) {
        if let Some(interaction) = self.interactions.get_mut(&interaction) {
            interaction.waits = waits;
        }
    }

    fn tries(&self, interaction: InteractionId) -> u8 {
        let open = self.interactions.get(&interaction);
        open.map_or(0, |open| open.waits.tries())
    }

    fn set_customer_link(&mut self, interaction: InteractionId, link: PeerLink) {
        if let Some(interaction) = self.interactions.get_mut(&interaction) {
            interaction.customer_link = link;
        }
    }

    fn set_presence(&mut self, agent: AgentId, presence: Presence) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.presence = presence;
        }
    }

    fn set_agent_link(&mut self, agent: AgentId, to: AgentLink) {
        if let Some(Agent {
            presence: Presence::Online { link, .. },
            ..
        }) = self.agents.get_mut(&agent)
        {
            *link = to;
        }
    }

    fn choose(&mut self, agent: AgentId, at: Millis, state: ChosenState) {
        if let Some(Agent {
            presence:
                Presence::Online {
                    chosen,
                    since,
                    next,
                    ..
                },
            ..
        }) = self.agents.get_mut(&agent)
        {
            *chosen = state;
            *since = at;
            *next = None;
        }
    }

    /// The work is over: the agent is idle from now on, and the queue has learnt how long such work takes.
    fn finish(&mut self, interaction: InteractionId, agent: AgentId, at: Millis) {
        let Some(done) = self.interactions.remove(&interaction) else {
            return;
        };
        let took_ms = at.since(done.answered_at().unwrap_or(at));
        self.handling_ms
            .entry(done.queue)
            .and_modify(|mean| *mean = (*mean * (HANDLING_WEIGHT - 1) + took_ms) / HANDLING_WEIGHT)
            .or_insert(took_ms);
        self.idle_from(agent, at);
    }

    /// Longest idle compares from here.
    pub(crate) fn idle_from(&mut self, agent: AgentId, at: Millis) {
        if let Some(Agent {
            presence: Presence::Online { since, .. },
            ..
        }) = self.agents.get_mut(&agent)
        {
            *since = at;
        }
    }

    pub(crate) fn set_not_back(
        &mut self,
        interaction: InteractionId,
        to: Option<(AgentId, Millis)>,
    ) {
        if let Some(interaction) = self.interactions.get_mut(&interaction) {
            interaction.not_back = to;
        }
    }

    pub(crate) fn answered_at(&self, interaction: InteractionId, otherwise: Millis) -> Millis {
        self.interactions
            .get(&interaction)
            .and_then(Interaction::answered_at)
            .unwrap_or(otherwise)
    }
}

/// With equal ageing the order of two who wait never changes, so that a queue needs no sorting as time goes by.
pub(crate) fn key(entered_at: Millis, priority: u8) -> i64 {
    let entered = i64::try_from(entered_at.0).unwrap_or(i64::MAX);
    let head_start = u64::from(priority) * SECONDS_PER_PRIORITY_STEP * 1_000;
    entered.saturating_sub_unsigned(head_start)
}
