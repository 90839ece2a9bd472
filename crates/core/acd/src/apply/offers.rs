//! What offers change: who is rung, who has it, and callbacks on the way to an answer.

use crate::event::What;
use crate::stage::{Stage, Waits};
use crate::state::State;
use vocab::{AgentId, InteractionId, Millis};

impl State {
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change` lists every event and sends only offers here"
    )]
    pub(super) fn change_offer(&mut self, at: Millis, what: &What) {
        match *what {
            What::OfferMade {
                interaction,
                agent,
                deadline,
                is_meant,
            } => {
                self.rings(interaction, agent, at, deadline);
                if !is_meant {
                    self.had_the_turn(interaction, agent);
                }
            }
            What::OfferAccepted { interaction, agent } => {
                self.set_stage(interaction, Stage::Talking { agent, since: at });
                self.set_waits(interaction, Waits::OnTheLine);
                self.with(interaction, |open| {
                    open.kept_from.clear();
                    open.kept_for = None;
                });
                if let Some(agent) = self.agents.get_mut(&agent) {
                    agent.handled = agent.handled.saturating_add(1);
                    agent.declined = 0;
                }
            }
            What::OfferMissed { interaction, agent } => {
                self.stops_ringing(interaction, agent);
                self.misses(agent, at);
            }
            What::OfferDeclined {
                interaction,
                agent,
                not_back_until,
            } => {
                self.stops_ringing(interaction, agent);
                self.with(interaction, |open| {
                    open.kept_from
                        .extend(not_back_until.map(|until| (agent, until)));
                });
                if let Some(agent) = self.agents.get_mut(&agent) {
                    agent.declined = agent.declined.saturating_add(1);
                }
            }
            What::OfferWithdrawn {
                interaction, agent, ..
            } => self.stops_ringing(interaction, agent),
            // A new wait begins: the talk was none, for overflow and for closing time.
            What::ReturnedToQueue { interaction } => self.with(interaction, |open| {
                open.stage = Stage::Waiting;
                open.queued_at = at;
                open.overflow_rests_until = None;
            }),
            What::CallbackStarted { .. }
            | What::CallbackMissed { .. }
            | What::CallbackRested { .. } => self.change_callback(at, what),
            _ => {}
        }
    }

    fn rings(&mut self, interaction: InteractionId, agent: AgentId, at: Millis, deadline: Millis) {
        self.with(interaction, |open| match &mut open.stage {
            Stage::Ringing { agents, .. } => agents.push(agent),
            Stage::Waiting
            | Stage::CallingBack { .. }
            | Stage::Talking { .. }
            | Stage::Held { .. }
            | Stage::Consulting { .. }
            | Stage::WrapUp { .. } => {
                open.stage = Stage::Ringing {
                    agents: vec![agent],
                    since: at,
                    deadline,
                };
            }
        });
    }

    fn had_the_turn(&mut self, interaction: InteractionId, agent: AgentId) {
        let in_queue = self.interactions.get(&interaction).map(|open| open.queue);
        if let Some(queue) = in_queue.and_then(|queue| self.queues.get(&queue))
            && queue.strategy == crate::Strategy::RoundRobin
        {
            self.turns.insert(queue.id, agent);
        }
    }

    /// Waits again when nobody else is rung, and for nobody in particular: whoever it was kept for had the chance.
    fn stops_ringing(&mut self, interaction: InteractionId, agent: AgentId) {
        self.with(interaction, |open| {
            if let Stage::Ringing { agents, .. } = &mut open.stage {
                agents.retain(|rung| *rung != agent);
                if !agents.is_empty() {
                    return;
                }
            }
            open.stage = Stage::Waiting;
            open.kept_for = None;
        });
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change_offer` sends only callbacks here"
    )]
    fn change_callback(&mut self, at: Millis, what: &What) {
        match *what {
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
}
