//! Passing on and asking at random, and that nobody is ever left alone by it.

use super::{AGENTS, Floor, QUEUES};
use acd::{Command, Consult, Stage, Target};
use vocab::{AgentId, InteractionId, PeerLink, QueueId};

impl Floor {
    pub(super) fn passes_on(&mut self, agent: AgentId, interaction: InteractionId) -> Command {
        let colleague = AgentId(1 + self.pick(u64::from(AGENTS)));
        let queue = QueueId(1 + self.pick(u64::from(QUEUES)));
        let to = match self.dice.below(2) {
            0 => Target::Queue { queue },
            _ => Target::Agent { agent: colleague },
        };
        match self.dice.below(3) {
            0 => Command::Transfer {
                agent,
                interaction,
                to,
            },
            _ => Command::Consult {
                agent,
                interaction,
                colleague,
            },
        }
    }

    pub(super) fn something_in_consult(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Command {
        match self.dice.below(9) {
            0..=3 => self.goes_on(agent, interaction),
            4 => Command::JoinConsult { agent, interaction },
            8 => Command::StepAside { agent, interaction },
            5 => Command::HandOver { agent, interaction },
            6 => Command::EndConsult { agent, interaction },
            _ => Command::AgentHangsUp { agent, interaction },
        }
    }

    /// What comes next in a consult that goes well; pure chance would hardly ever bring three people together.
    fn goes_on(&self, agent: AgentId, interaction: InteractionId) -> Command {
        let stage = self.center.interaction(interaction).map(|view| view.stage);
        match stage {
            Some(Stage::Consulting {
                consult: Consult::Private { .. },
                agent,
                ..
            }) => Command::JoinConsult { agent, interaction },
            Some(Stage::Consulting {
                consult: Consult::Together { .. },
                agent,
                ..
            }) => Command::StepAside { agent, interaction },
            _ => Command::AcceptOffer { agent, interaction },
        }
    }

    /// Somebody who can be waited for has every customer: a deadline runs for those who ring, two different people
    /// are in a consult, and whoever passed a customer on is kept from them for a while only.
    pub(super) fn is_in_company(&self, id: InteractionId) {
        let view = self.center.interaction(id).expect("it is listed");
        let is_away = |link: Option<PeerLink>| matches!(link, Some(PeerLink::Away { .. }));
        let must_wake = match view.stage {
            Stage::Ringing { .. } | Stage::CallingBack { .. } | Stage::WrapUp { .. } => true,
            Stage::Consulting {
                agent,
                colleague,
                consult,
                ..
            } => {
                assert_ne!(agent, colleague, "{id}: alone in a consult");
                matches!(consult, Consult::Ringing { .. })
                    || is_away(view.agent_link)
                    || is_away(view.colleague_link)
            }
            Stage::Talking { .. } | Stage::Held { .. } => is_away(view.agent_link),
            Stage::Waiting => view.not_back_to.is_some(),
        };
        assert!(
            !must_wake || self.center.next_deadline().is_some(),
            "{id}: nothing will ever end {:?}",
            view.stage
        );
    }
}
