//! What conversations and their wrap-up change.

use crate::event::What;
use crate::stage::Stage;
use crate::state::{Interaction, State};
use vocab::Millis;

impl State {
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change` lists every event and sends only conversations here"
    )]
    pub(super) fn change_conversation(&mut self, at: Millis, what: &What) {
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
}
