//! Decisions about offers: accepted, declined, run out.

use crate::Refusal;
use crate::event::{What, WithdrawnBecause};
use crate::state::{AgentLink, Interaction, Presence};
use crate::turn::Turn;
use crate::views::Stage;
use vocab::{AgentId, ChosenState, InteractionId, NotReadyReason};

impl Turn<'_> {
    pub(crate) fn accept(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        if let Some(asked) = self.consult_of(interaction)
            && asked.colleague == agent
        {
            return self.consult_is_accepted(asked);
        }
        self.offer_to(agent, interaction)?;
        if self.open(interaction)?.waits.is_for_callback() {
            let ring_ms = self.center.state.patience.callback_ring_ms;
            let deadline = self.now.plus(ring_ms);
            self.emit(What::CallbackStarted {
                interaction,
                agent,
                deadline,
            });
        } else {
            self.emit(What::OfferAccepted { interaction, agent });
        }
        Ok(())
    }

    /// The agent takes a break: otherwise the same customer would ring here again at once.
    pub(crate) fn decline(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        if let Some(asked) = self.consult_of(interaction)
            && asked.colleague == agent
        {
            return self.consult_is_declined(asked);
        }
        self.offer_to(agent, interaction)?;
        let reserved = match self.presence(agent)? {
            // Rung by name while not ready: nothing else would ring here.
            Presence::Online {
                chosen: ChosenState::NotReady { .. },
                ..
            } => {
                self.emit(What::OfferDeclined { interaction, agent });
                self.work_is_over(agent);
                return Ok(());
            }
            Presence::Online { next, .. } => next,
            Presence::Offline { .. } => None,
        };
        let state = match reserved {
            Some(ChosenState::NotReady { reason }) => ChosenState::NotReady { reason },
            Some(ChosenState::Ready) | None => ChosenState::NotReady {
                reason: NotReadyReason::Break,
            },
        };
        self.emit(What::OfferDeclined { interaction, agent });
        self.emit(What::StateChosen { agent, state });
        Ok(())
    }

    /// An agent who was there missed it; one whose link is away could not even see it.
    pub(crate) fn offer_ran_out(&mut self, agent: AgentId, interaction: InteractionId) {
        match self.presence(agent) {
            Ok(Presence::Online {
                link: AgentLink::Up,
                ..
            }) => {
                self.emit(What::OfferMissed { interaction, agent });
            }
            Ok(
                Presence::Online {
                    link: AgentLink::Away { .. },
                    ..
                }
                | Presence::Offline { .. },
            )
            | Err(_) => self.withdraw(agent, interaction, WithdrawnBecause::AgentAway),
        }
    }

    pub(crate) fn withdraw(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
        because: WithdrawnBecause,
    ) {
        self.emit(What::OfferWithdrawn {
            interaction,
            agent,
            because,
        });
        self.work_is_over(agent);
    }

    fn offer_to(&self, agent: AgentId, interaction: InteractionId) -> Result<(), Refusal> {
        match self.own(agent, interaction)?.stage {
            Stage::Ringing { .. } => Ok(()),
            Stage::Waiting
            | Stage::CallingBack { .. }
            | Stage::Talking { .. }
            | Stage::Held { .. }
            | Stage::Consulting { .. }
            | Stage::WrapUp { .. } => Err(Refusal::NotNow),
        }
    }

    /// The interaction, if it is this agent's work.
    pub(crate) fn own(
        &self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<&Interaction, Refusal> {
        self.presence(agent)?;
        let open = self.open(interaction)?;
        match open.stage.agent() {
            Some(owner) if owner == agent => Ok(open),
            Some(_) => Err(Refusal::NotYours),
            // The offer was withdrawn or has run out.
            None => Err(Refusal::NotNow),
        }
    }

    pub(crate) fn open(&self, interaction: InteractionId) -> Result<&Interaction, Refusal> {
        self.center
            .state
            .interactions
            .get(&interaction)
            .ok_or(Refusal::UnknownInteraction)
    }
}
