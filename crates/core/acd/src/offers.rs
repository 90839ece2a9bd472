//! Decisions about offers: accepted, declined, run out.

use crate::event::{What, WithdrawnBecause};
use crate::stage::Stage;
use crate::state::{AgentLink, Interaction, Presence};
use crate::turn::Turn;
use crate::{NOT_BACK_MS, Refusal};
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
        let others = self.others_rung(agent, interaction)?;
        self.withdraw_all(&others, interaction, WithdrawnBecause::TakenByColleague);
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

    /// The same customer does not ring here again at once. Who declines too often in a row takes a break.
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
        self.others_rung(agent, interaction)?;
        let is_ready = self.is_ready_by_choice(agent);
        let limit = self.center.state.patience.reject_limit;
        let declined = self
            .center
            .state
            .agents
            .get(&agent)
            .map_or(0, |agent| agent.declined);
        let has_had_enough = declined.saturating_add(1) >= limit;
        // Rung by name while not ready: nothing else would ring here.
        let stays = is_ready && !has_had_enough;
        let not_back_until = stays.then(|| self.now.plus(NOT_BACK_MS));
        self.emit(What::OfferDeclined {
            interaction,
            agent,
            not_back_until,
        });
        if stays || !is_ready {
            self.work_is_over(agent);
            return Ok(());
        }
        let state = match self.presence(agent)? {
            Presence::Online {
                next: Some(ChosenState::NotReady { reason }),
                ..
            } => ChosenState::NotReady { reason },
            Presence::Online { .. } | Presence::Offline { .. } => ChosenState::NotReady {
                reason: NotReadyReason::Break,
            },
        };
        self.emit(What::StateChosen { agent, state });
        Ok(())
    }

    fn is_ready_by_choice(&self, agent: AgentId) -> bool {
        let known = self.center.state.agents.get(&agent);
        known.is_some_and(crate::state::Agent::is_ready_by_choice)
    }

    /// Everybody who was there missed it, also where all were rung: otherwise the same ones would ring again for ever,
    /// and those who might answer never. One whose link is away could not even see it.
    pub(crate) fn offer_ran_out(&mut self, interaction: InteractionId) {
        let Ok(open) = self.open(interaction) else {
            return;
        };
        let agents: Vec<AgentId> = open.stage.people().collect();
        for agent in agents {
            self.offer_of_one_ran_out(agent, interaction);
        }
    }

    fn offer_of_one_ran_out(&mut self, agent: AgentId, interaction: InteractionId) {
        match self.presence(agent) {
            Ok(Presence::Online {
                link: AgentLink::Up,
                ..
            }) => {
                self.emit(What::OfferMissed { interaction, agent });
                // Who was not ready anyway, and rung by name or beside another ring, may have reserved a state.
                self.work_is_over(agent);
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

    pub(crate) fn withdraw_all(
        &mut self,
        agents: &[AgentId],
        interaction: InteractionId,
        because: WithdrawnBecause,
    ) {
        for agent in agents {
            self.withdraw(*agent, interaction, because);
        }
    }

    /// Who else is rung for what this agent is rung for.
    fn others_rung(
        &self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<Vec<AgentId>, Refusal> {
        match &self.own(agent, interaction)?.stage {
            Stage::Ringing { agents, .. } => {
                let others = agents.iter().filter(|other| **other != agent);
                Ok(others.copied().collect())
            }
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
        if open.stage.is_of(agent) {
            Ok(open)
        } else if open.stage.agent().is_some() {
            Err(Refusal::NotYours)
        } else {
            // The offer was withdrawn or has run out.
            Err(Refusal::NotNow)
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
