//! What the events about conversations mean: hold, end, wrap-up, transfers, consults.

use super::Model;
use acd::{Consult, Stage, What};
use vocab::{AgentId, InteractionId, Millis};

impl Model {
    pub(super) fn follow_handover(&mut self, at: Millis, what: &What) {
        match *what {
            What::Transferred {
                interaction,
                agent,
                queue,
                key,
                not_back_until,
                ..
            } => {
                self.comes_into(interaction, queue, key, at);
                let until = not_back_until.map(|until| (agent, until));
                self.with(interaction, |one| one.kept_from.extend(until));
                self.is_at(interaction, Stage::Waiting);
                self.idle_from(agent, at);
            }
            What::ConsultAsked {
                interaction,
                agent,
                colleague,
                deadline,
            } => {
                let since = at;
                let ringing = Consult::Ringing { since, deadline };
                self.consults(interaction, agent, colleague, ringing);
            }
            What::ConsultAccepted {
                interaction,
                agent,
                colleague,
            }
            | What::SteppedAside {
                interaction,
                agent,
                colleague,
            } => {
                let private = Consult::Private { since: at };
                self.consults(interaction, agent, colleague, private);
            }
            What::ConsultJoined {
                interaction,
                agent,
                colleague,
            } => {
                let together = Consult::Together { since: at };
                self.consults(interaction, agent, colleague, together);
            }
            What::ConsultEnded {
                interaction,
                agent,
                colleague,
                is_held,
                ..
            } => {
                if is_held {
                    self.is_held(interaction, agent, at);
                } else {
                    self.talks(interaction, agent);
                }
                self.idle_from(colleague, at);
            }
            What::HandedOver {
                interaction,
                agent,
                colleague,
            } => {
                self.talks(interaction, colleague);
                self.idle_from(agent, at);
            }
            _ => {}
        }
    }

    pub(super) fn follow_conversation(&mut self, at: Millis, what: &What) {
        match *what {
            What::Held { interaction, agent } => self.is_held(interaction, agent, at),
            What::Resumed { interaction, agent } => self.talks(interaction, agent),
            What::Ended {
                interaction,
                agent,
                wrap_up_deadline: Some(deadline),
                ..
            } => {
                let stage = Stage::WrapUp {
                    agent,
                    since: at,
                    deadline,
                    answered_at: self.answered_at(interaction),
                    can_extend: true,
                };
                self.is_at(interaction, stage);
            }
            What::Ended {
                interaction, agent, ..
            }
            | What::WrapUpFinished {
                interaction, agent, ..
            } => {
                self.open.remove(&interaction);
                self.idle_from(agent, at);
            }
            What::WrapUpExtended {
                interaction,
                deadline: later,
                ..
            } => self.with(interaction, |one| {
                if let Stage::WrapUp {
                    deadline,
                    can_extend,
                    ..
                } = &mut one.stage
                {
                    *deadline = later;
                    *can_extend = false;
                }
            }),
            _ => {}
        }
    }

    fn talks(&mut self, interaction: InteractionId, agent: AgentId) {
        let since = self.answered_at(interaction);
        self.is_at(interaction, Stage::Talking { agent, since });
    }

    fn is_held(&mut self, interaction: InteractionId, agent: AgentId, at: Millis) {
        let stage = Stage::Held {
            agent,
            since: at,
            answered_at: self.answered_at(interaction),
        };
        self.is_at(interaction, stage);
    }

    fn consults(
        &mut self,
        interaction: InteractionId,
        agent: AgentId,
        colleague: AgentId,
        consult: Consult,
    ) {
        let stage = Stage::Consulting {
            agent,
            answered_at: self.answered_at(interaction),
            colleague,
            consult,
        };
        self.is_at(interaction, stage);
    }

    fn is_at(&mut self, interaction: InteractionId, stage: Stage) {
        self.with(interaction, |one| one.stage = stage);
    }

    fn answered_at(&self, interaction: InteractionId) -> Millis {
        match self.open.get(&interaction).map(|one| &one.stage) {
            Some(Stage::Talking { since, .. }) => *since,
            Some(
                Stage::Held { answered_at, .. }
                | Stage::Consulting { answered_at, .. }
                | Stage::WrapUp { answered_at, .. },
            ) => *answered_at,
            Some(Stage::Waiting | Stage::Ringing { .. } | Stage::CallingBack { .. }) | None => {
                Millis(0)
            }
        }
    }
}
