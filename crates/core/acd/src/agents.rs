//! Decisions about agents: their links, the states they choose, their leaving.

use crate::Refusal;
use crate::event::{ConsultEnd, What, WithdrawnBecause};
use crate::stage::Stage;
use crate::state::{AgentLink, Presence};
use crate::turn::Turn;
use vocab::{AgentId, ChosenState, NotReadyReason};

impl Turn<'_> {
    pub(crate) fn agent_connected(&mut self, agent: AgentId) -> Result<(), Refusal> {
        match self.presence(agent)? {
            Presence::Offline { .. } => self.emit(What::AgentCameOnline { agent }),
            Presence::Online {
                link: AgentLink::Away { .. },
                ..
            } => {
                self.emit(What::AgentBack { agent });
            }
            Presence::Online {
                link: AgentLink::Up,
                ..
            } => {}
        }
        Ok(())
    }

    pub(crate) fn agent_disconnected(&mut self, agent: AgentId) -> Result<(), Refusal> {
        match self.presence(agent)? {
            Presence::Online {
                link: AgentLink::Up,
                ..
            } => self.start_lease(agent),
            Presence::Online {
                link: AgentLink::Away { .. },
                ..
            }
            | Presence::Offline { .. } => {}
        }
        Ok(())
    }

    pub(crate) fn agent_signs_out(&mut self, agent: AgentId) -> Result<(), Refusal> {
        match self.presence(agent)? {
            Presence::Online { .. } => self.go_offline(agent),
            Presence::Offline { .. } => {}
        }
        Ok(())
    }

    pub(crate) fn choose_state(
        &mut self,
        agent: AgentId,
        state: ChosenState,
    ) -> Result<(), Refusal> {
        let Presence::Online { chosen, .. } = self.presence(agent)? else {
            return Err(Refusal::NotNow);
        };
        may_be_chosen(state)?;
        if !self.center.index.is_idle(agent) {
            return self.reserve_next_state(agent, Some(state));
        }
        if chosen != state {
            self.emit(What::StateChosen { agent, state });
        }
        Ok(())
    }

    /// Takes effect at once, but never cuts a conversation short: then after it. What only rings goes back.
    pub(crate) fn force_state(
        &mut self,
        agent: AgentId,
        state: ChosenState,
        by: AgentId,
    ) -> Result<(), Refusal> {
        let Presence::Online { chosen, next, .. } = self.presence(agent)? else {
            return Err(Refusal::NotNow);
        };
        may_be_chosen(state)?;
        self.emit(What::StateForced { agent, state, by });
        if state != ChosenState::Ready {
            self.withdraw_unanswered(agent);
        }
        if !self.center.index.is_idle(agent) {
            return self.reserve_next_state(agent, Some(state));
        }
        // Also the same state again, when another one was reserved: nothing outlives the supervisor's word.
        if chosen != state || next.is_some() {
            self.emit(What::StateChosen { agent, state });
        }
        Ok(())
    }

    fn withdraw_unanswered(&mut self, agent: AgentId) {
        let work: Vec<_> = self.center.index.work_of(agent).collect();
        for interaction in work {
            let open = self.center.state.interactions.get(&interaction);
            if open.is_some_and(|open| matches!(open.stage, Stage::Ringing { .. })) {
                self.emit(What::OfferWithdrawn {
                    interaction,
                    agent,
                    because: WithdrawnBecause::StateForced,
                });
            }
        }
    }

    /// Without work there is nothing to wait for: the state is taken at once.
    pub(crate) fn reserve_next_state(
        &mut self,
        agent: AgentId,
        state: Option<ChosenState>,
    ) -> Result<(), Refusal> {
        let Presence::Online { next, .. } = self.presence(agent)? else {
            return Err(Refusal::NotNow);
        };
        if let Some(state) = state {
            may_be_chosen(state)?;
            if self.center.index.is_idle(agent) {
                return self.choose_state(agent, state);
            }
        }
        if next != state {
            self.emit(What::NextStateReserved { agent, state });
        }
        Ok(())
    }

    /// A restarted server knows nobody's link: everybody believed present is away from now on, with full leases, and
    /// what is due is looked at only afterwards.
    pub(crate) fn restart(&mut self) {
        let agents: Vec<AgentId> = self.center.state.agents.keys().copied().collect();
        for agent in agents {
            match self.presence(agent) {
                Ok(Presence::Online { .. }) => self.start_lease(agent),
                Ok(Presence::Offline { .. }) | Err(_) => {}
            }
        }
        let customers: Vec<_> = self.center.index.with_customer().collect();
        for interaction in customers {
            self.start_customer_grace(interaction);
        }
    }

    fn start_lease(&mut self, agent: AgentId) {
        let patience = self.center.state.patience;
        let lease_until = self.now.plus(patience.agent_lease_ms);
        let grace_until = self.now.plus(patience.agent_grace_ms);
        self.emit(What::AgentAway {
            agent,
            lease_until,
            grace_until,
        });
    }

    /// All work goes back at once, and the agent is gone.
    pub(crate) fn go_offline(&mut self, agent: AgentId) {
        let work: Vec<_> = self.center.index.work_of(agent).collect();
        for interaction in work {
            let Some(open) = self.center.state.interactions.get(&interaction) else {
                continue;
            };
            match &open.stage {
                Stage::Waiting => {}
                Stage::Ringing { .. } | Stage::CallingBack { .. } => {
                    let because = WithdrawnBecause::AgentAway;
                    self.emit(What::OfferWithdrawn {
                        interaction,
                        agent,
                        because,
                    });
                }
                Stage::Talking { .. } | Stage::Held { .. } => {
                    self.emit(What::ReturnedToQueue { interaction });
                }
                Stage::Consulting { colleague, .. } if *colleague == agent => {
                    self.consult_ends(interaction, ConsultEnd::ColleagueAway);
                }
                Stage::Consulting { .. } => self.owner_is_lost(interaction),
                Stage::WrapUp { .. } => self.emit(What::WrapUpFinished {
                    interaction,
                    agent,
                    disposition: None,
                    is_timed_out: false,
                }),
            }
        }
        self.emit(What::AgentWentOffline { agent });
        self.kept_for_nobody(agent);
    }

    /// What was reserved for the moment after the last work takes effect, when this was the last.
    pub(crate) fn work_is_over(&mut self, agent: AgentId) {
        if !self.center.index.is_idle(agent) {
            return;
        }
        match self.presence(agent) {
            Ok(Presence::Online {
                next: Some(state), ..
            }) => {
                self.emit(What::StateChosen { agent, state });
            }
            Ok(Presence::Online { next: None, .. } | Presence::Offline { .. }) | Err(_) => {}
        }
    }

    pub(crate) fn presence(&self, agent: AgentId) -> Result<Presence, Refusal> {
        let agent = self
            .center
            .state
            .agents
            .get(&agent)
            .ok_or(Refusal::UnknownAgent)?;
        Ok(agent.presence)
    }
}

/// Two reasons are the engine's own.
fn may_be_chosen(state: ChosenState) -> Result<(), Refusal> {
    match state {
        ChosenState::NotReady {
            reason: NotReadyReason::JustSignedIn | NotReadyReason::Missed,
        } => Err(Refusal::NotNow),
        ChosenState::Ready
        | ChosenState::NotReady {
            reason:
                NotReadyReason::Break
                | NotReadyReason::Lunch
                | NotReadyReason::Meeting
                | NotReadyReason::Training
                | NotReadyReason::Admin
                | NotReadyReason::Microphone,
        } => Ok(()),
    }
}
