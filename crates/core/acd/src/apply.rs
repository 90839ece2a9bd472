//! Events become state. Nothing is decided here: the same events always give the same engine.

mod agents;
mod clock;
mod conversations;
mod handovers;
mod line;
mod offers;
mod settings;

use crate::config::SECONDS_PER_PRIORITY_STEP;
use crate::event::{Event, What};
use crate::few::Few;
use crate::index::{Footprint, Index};
use crate::stage::{Stage, Waits};
use crate::state::{Agent, AgentLink, Interaction, Presence, State};
use vocab::{AgentId, ChosenState, InteractionId, Millis, NotReadyReason};

/// What may meet somebody or something that it could not meet before.
#[derive(Debug, Default)]
pub(crate) struct Fresh {
    pub(crate) agents: Vec<AgentId>,
    pub(crate) work: Vec<InteractionId>,
}

/// Applies one event to the state, keeps the index true to it, and adds what has become possible to `fresh`.
pub(crate) fn apply(state: &mut State, index: &mut Index, event: &Event, fresh: &mut Fresh) {
    if let What::ClockStepped { by_ms } = event.what {
        return clock::step(state, index, event.at, by_ms);
    }
    state.last_at = state.last_at.max(event.at);
    if let What::Configured { changes } = &event.what {
        return settings::configure(state, index, changes, event.at, fresh);
    }
    if let What::HoursChanged {
        schedule,
        is_open,
        until,
    } = event.what
    {
        return settings::hours_change(state, index, schedule, (is_open, until), event.at);
    }
    let interaction = event.what.interaction();
    let before = interaction.and_then(|id| Footprint::of(state, &index.spoken, id));
    let mut agents: Few<AgentId, 4> = event.what.agent().into_iter().collect();
    let colleague = event.what.colleague().into_iter();
    let people = before.iter().flat_map(|footprint| footprint.people.iter());
    colleague.chain(people).for_each(|agent| agents.add(agent));

    state.change(event);

    if let Some(id) = interaction {
        let after = Footprint::of(state, &index.spoken, id);
        let people = after.iter().flat_map(|footprint| footprint.people.iter());
        people.for_each(|agent| agents.add(agent));
        crate::pace::observe(state, index, event, before.as_ref(), after.as_ref());
        if index.move_interaction(id, before.as_ref(), after.as_ref()) {
            fresh.work.push(id);
        }
    }
    for id in agents.iter() {
        if index.settle_agent(id, state) {
            fresh.agents.push(id);
        }
    }
}

impl State {
    fn change(&mut self, event: &Event) {
        let at = event.at;
        match &event.what {
            // They concern many at once and were taken care of before.
            What::Configured { .. } | What::HoursChanged { .. } | What::ClockStepped { .. } => {}
            What::Entered { .. }
            | What::CustomerAway { .. }
            | What::CustomerBack { .. }
            | What::Abandoned { .. }
            | What::RemovedFromLine { .. }
            | What::PlaceKept { .. }
            | What::WaitsOnLine { .. }
            | What::KeptForAgent { .. }
            | What::OfferableToAll { .. }
            | What::RingWidened { .. }
            | What::Overflowed { .. }
            | What::OverflowPostponed { .. } => self.change_line(at, &event.what),
            What::OfferMade { .. }
            | What::OfferAccepted { .. }
            | What::OfferDeclined { .. }
            | What::OfferMissed { .. }
            | What::OfferWithdrawn { .. }
            | What::CallbackStarted { .. }
            | What::CallbackMissed { .. }
            | What::CallbackRested { .. }
            | What::ReturnedToQueue { .. } => self.change_offer(at, &event.what),
            What::Transferred { .. }
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
            | What::NextStateReserved { .. }
            | What::StateForced { .. } => self.change_agent(at, &event.what),
        }
    }

    /// Whoever was not ready anyway, and rung by name, stays as they were.
    fn misses(&mut self, agent: AgentId, at: Millis) {
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

    fn set_stage(&mut self, interaction: InteractionId, stage: Stage) {
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
        self.pace.entry(done.queue).or_default().handled(took_ms);
        self.idle_from(agent, at);
    }

    /// Longest idle compares from here.
    fn idle_from(&mut self, agent: AgentId, at: Millis) {
        if let Some(Agent {
            presence: Presence::Online { since, .. },
            ..
        }) = self.agents.get_mut(&agent)
        {
            *since = at;
        }
    }

    fn answered_at(&self, interaction: InteractionId, otherwise: Millis) -> Millis {
        self.interactions
            .get(&interaction)
            .and_then(Interaction::answered_at)
            .unwrap_or(otherwise)
    }
}

/// With equal ageing the order of two who wait never changes, so that a queue needs no sorting as time goes by.
pub(crate) fn key(entered_at: Millis, steps: u64) -> i64 {
    let entered = i64::try_from(entered_at.0).unwrap_or(i64::MAX);
    let head_start = steps * SECONDS_PER_PRIORITY_STEP * 1_000;
    entered.saturating_sub_unsigned(head_start)
}
