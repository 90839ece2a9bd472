//! What transfers and consults change: who has the customer, who is asked, who may be offered it.

use crate::event::What;
use crate::stage::{Consult, Stage};
use crate::state::State;
use vocab::{AgentId, InteractionId, Millis};

impl State {
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change` lists every event and sends only handovers here"
    )]
    pub(super) fn change_handover(&mut self, at: Millis, what: &What) {
        match *what {
            What::Transferred {
                interaction,
                agent,
                queue,
                key,
                not_back_until,
                ..
            } => {
                self.with(interaction, |open| {
                    open.comes_into(queue, key, at);
                    open.kept_from
                        .extend(not_back_until.map(|until| (agent, until)));
                    open.stage = Stage::Waiting;
                });
                self.idle_from(agent, at);
            }
            What::ConsultAsked { .. }
            | What::ConsultAccepted { .. }
            | What::ConsultJoined { .. }
            | What::SteppedAside { .. } => self.change_consult(at, what),
            What::ConsultEnded {
                interaction,
                agent,
                colleague,
                is_held,
                ..
            } => {
                let answered_at = self.answered_at(interaction, at);
                let stage = if is_held {
                    Stage::Held {
                        agent,
                        since: at,
                        answered_at,
                    }
                } else {
                    Stage::Talking {
                        agent,
                        since: answered_at,
                    }
                };
                self.set_stage(interaction, stage);
                self.idle_from(colleague, at);
            }
            What::HandedOver {
                interaction,
                agent,
                colleague,
            } => {
                let since = self.answered_at(interaction, at);
                let stage = Stage::Talking {
                    agent: colleague,
                    since,
                };
                self.set_stage(interaction, stage);
                self.idle_from(agent, at);
            }
            _ => {}
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change_handover` sends only a consult's steps here"
    )]
    fn change_consult(&mut self, at: Millis, what: &What) {
        match *what {
            What::ConsultAsked {
                interaction,
                agent,
                colleague,
                deadline,
            } => {
                let ringing = Consult::Ringing {
                    since: at,
                    deadline,
                };
                self.set_consult(interaction, agent, colleague, at, ringing);
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
                self.set_consult(interaction, agent, colleague, at, private);
            }
            What::ConsultJoined {
                interaction,
                agent,
                colleague,
            } => {
                let together = Consult::Together { since: at };
                self.set_consult(interaction, agent, colleague, at, together);
            }
            _ => {}
        }
    }

    fn set_consult(
        &mut self,
        interaction: InteractionId,
        agent: AgentId,
        colleague: AgentId,
        at: Millis,
        consult: Consult,
    ) {
        let answered_at = self.answered_at(interaction, at);
        let stage = Stage::Consulting {
            agent,
            answered_at,
            colleague,
            consult,
        };
        self.set_stage(interaction, stage);
    }
}
