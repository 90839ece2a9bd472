//! Decisions about asking a colleague: ring, private talk, all together, aside again, handing over, going back.
//!
//! The customer is never alone in silence. While the three do not talk together the customer is held, which means music.
//! A colleague who declines, does not answer, leaves or vanishes puts the agent where the customer still holds, or
//! back in the conversation when the customer was part of it. An agent who vanishes leaves the customer to the
//! colleague, or to the head of the queue when there is none.

use crate::Refusal;
use crate::event::{ConsultEnd, What};
use crate::stage::{Consult, Stage};
use crate::state::{AgentLink, Presence};
use crate::turn::Turn;
use vocab::{AgentId, ChosenState, InteractionId, NotReadyReason};

/// A question to a colleague as it stands.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) interaction: InteractionId,
    pub(crate) agent: AgentId,
    pub(crate) colleague: AgentId,
    pub(crate) consult: Consult,
}

impl Turn<'_> {
    pub(crate) fn consult(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
        colleague: AgentId,
    ) -> Result<(), Refusal> {
        match self.own(agent, interaction)?.stage {
            Stage::Talking { .. } | Stage::Held { .. } => {}
            Stage::Waiting
            | Stage::Ringing { .. }
            | Stage::CallingBack { .. }
            | Stage::Consulting { .. }
            | Stage::WrapUp { .. } => return Err(Refusal::NotNow),
        }
        self.must_be_free(agent, colleague, interaction)?;
        let deadline = self.now.plus(self.ring_ms(interaction));
        self.emit(What::ConsultAsked {
            interaction,
            agent,
            colleague,
            deadline,
        });
        Ok(())
    }

    pub(crate) fn consult_is_accepted(&mut self, asked: Asked) -> Result<(), Refusal> {
        self.must_ring(asked)?;
        self.emit(What::ConsultAccepted {
            interaction: asked.interaction,
            agent: asked.agent,
            colleague: asked.colleague,
        });
        Ok(())
    }

    /// Costs the colleague nothing: no queue would ring them again at once.
    pub(crate) fn consult_is_declined(&mut self, asked: Asked) -> Result<(), Refusal> {
        self.must_ring(asked)?;
        self.consult_ends(asked.interaction, ConsultEnd::Declined);
        Ok(())
    }

    pub(crate) fn consult_ran_out(&mut self, interaction: InteractionId) {
        let Some(asked) = self.consult_of(interaction) else {
            return;
        };
        if !self.is_here(asked.colleague) {
            return self.consult_ends(interaction, ConsultEnd::ColleagueAway);
        }
        self.consult_ends(interaction, ConsultEnd::Missed);
        // As after a customer's ring: somebody who does not answer is not ready.
        if let Ok(Presence::Online {
            chosen: ChosenState::Ready,
            ..
        }) = self.presence(asked.colleague)
        {
            self.emit(What::StateChosen {
                agent: asked.colleague,
                state: ChosenState::NotReady {
                    reason: NotReadyReason::Missed,
                },
            });
        }
    }

    pub(crate) fn colleague_hangs_up(&mut self, asked: Asked) -> Result<(), Refusal> {
        match asked.consult {
            Consult::Ringing { .. } => return Err(Refusal::NotNow),
            Consult::Private { .. } | Consult::Together { .. } => {
                self.consult_ends(asked.interaction, ConsultEnd::ColleagueLeft);
            }
        }
        Ok(())
    }

    pub(crate) fn hand_over(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        match self.own_consult(agent, interaction)? {
            Asked {
                consult: Consult::Ringing { .. },
                ..
            } => Err(Refusal::NotNow),
            Asked { colleague, .. } => {
                self.hands_over(interaction, agent, colleague);
                Ok(())
            }
        }
    }

    pub(crate) fn join(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        let asked = self.own_consult(agent, interaction)?;
        match asked.consult {
            Consult::Private { .. } => self.emit(What::ConsultJoined {
                interaction,
                agent,
                colleague: asked.colleague,
            }),
            Consult::Ringing { .. } | Consult::Together { .. } => return Err(Refusal::NotNow),
        }
        Ok(())
    }

    pub(crate) fn step_aside(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        let asked = self.own_consult(agent, interaction)?;
        match asked.consult {
            Consult::Together { .. } => self.emit(What::SteppedAside {
                interaction,
                agent,
                colleague: asked.colleague,
            }),
            Consult::Ringing { .. } | Consult::Private { .. } => return Err(Refusal::NotNow),
        }
        Ok(())
    }

    pub(crate) fn end_consult(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        self.own_consult(agent, interaction)?;
        self.consult_ends(interaction, ConsultEnd::Back);
        Ok(())
    }

    pub(crate) fn hands_over(
        &mut self,
        interaction: InteractionId,
        agent: AgentId,
        colleague: AgentId,
    ) {
        self.emit(What::HandedOver {
            interaction,
            agent,
            colleague,
        });
        self.work_is_over(agent);
    }

    /// Nothing when nobody is asked.
    pub(crate) fn consult_ends(&mut self, interaction: InteractionId, because: ConsultEnd) {
        let Some(asked) = self.consult_of(interaction) else {
            return;
        };
        let is_held = match asked.consult {
            Consult::Ringing { .. } | Consult::Private { .. } => because != ConsultEnd::Back,
            Consult::Together { .. } => false,
        };
        self.emit(What::ConsultEnded {
            interaction,
            agent: asked.agent,
            colleague: asked.colleague,
            because,
            is_held,
        });
        self.work_is_over(asked.colleague);
    }

    /// The agent who asked is gone: whoever accepted keeps the customer, else the queue has them again.
    pub(crate) fn owner_is_lost(&mut self, interaction: InteractionId) {
        let Some(asked) = self.consult_of(interaction) else {
            return;
        };
        let is_accepted = match asked.consult {
            Consult::Ringing { .. } => false,
            Consult::Private { .. } | Consult::Together { .. } => true,
        };
        if is_accepted && self.is_here(asked.colleague) {
            self.emit(What::HandedOver {
                interaction,
                agent: asked.agent,
                colleague: asked.colleague,
            });
        } else {
            self.consult_ends(interaction, ConsultEnd::AgentLost);
            self.emit(What::ReturnedToQueue { interaction });
        }
    }

    pub(crate) fn consult_of(&self, interaction: InteractionId) -> Option<Asked> {
        match self.open(interaction).ok()?.stage {
            Stage::Consulting {
                agent,
                colleague,
                consult,
                ..
            } => Some(Asked {
                interaction,
                agent,
                colleague,
                consult,
            }),
            Stage::Waiting
            | Stage::Ringing { .. }
            | Stage::CallingBack { .. }
            | Stage::Talking { .. }
            | Stage::Held { .. }
            | Stage::WrapUp { .. } => None,
        }
    }

    fn own_consult(&self, agent: AgentId, interaction: InteractionId) -> Result<Asked, Refusal> {
        self.own(agent, interaction)?;
        self.consult_of(interaction).ok_or(Refusal::NotNow)
    }

    fn must_ring(&self, asked: Asked) -> Result<(), Refusal> {
        self.presence(asked.colleague)?;
        match asked.consult {
            Consult::Ringing { .. } => Ok(()),
            Consult::Private { .. } | Consult::Together { .. } => Err(Refusal::NotNow),
        }
    }

    /// Signed in and linked.
    pub(crate) fn is_here(&self, agent: AgentId) -> bool {
        match self.presence(agent) {
            Ok(Presence::Online { link, .. }) => link == AgentLink::Up,
            Ok(Presence::Offline { .. }) | Err(_) => false,
        }
    }
}
