//! Decisions about conversations: hold, end, wrap-up.

use crate::Refusal;
use crate::event::{ConsultEnd, MissedBecause, What};
use crate::stage::{Consult, Stage};
use crate::turn::Turn;
use vocab::{AgentId, EndedBy, InteractionId, Millis};

impl Turn<'_> {
    pub(crate) fn hold(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        match self.own(agent, interaction)?.stage {
            Stage::Consulting { .. } => return Err(Refusal::NotNow),
            Stage::Talking { .. } => self.emit(What::Held { interaction, agent }),
            Stage::Waiting
            | Stage::Ringing { .. }
            | Stage::CallingBack { .. }
            | Stage::Held { .. }
            | Stage::WrapUp { .. } => return Err(Refusal::NotNow),
        }
        Ok(())
    }

    pub(crate) fn resume(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        match self.own(agent, interaction)?.stage {
            Stage::Held { .. } => self.emit(What::Resumed { interaction, agent }),
            Stage::Waiting
            | Stage::Ringing { .. }
            | Stage::CallingBack { .. }
            | Stage::Talking { .. }
            | Stage::Consulting { .. }
            | Stage::WrapUp { .. } => return Err(Refusal::NotNow),
        }
        Ok(())
    }

    pub(crate) fn agent_hangs_up(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        if let Some(asked) = self.consult_of(interaction)
            && asked.colleague == agent
        {
            return self.colleague_hangs_up(asked);
        }
        match self.own(agent, interaction)?.stage {
            // Those who talk together go on without the one who leaves.
            Stage::Consulting {
                colleague,
                consult: Consult::Together { .. },
                ..
            } => self.hands_over(interaction, agent, colleague),
            Stage::Consulting { .. } | Stage::Talking { .. } | Stage::Held { .. } => {
                self.end(agent, interaction, EndedBy::Agent);
            }
            Stage::CallingBack { .. } => {
                self.callback_missed(agent, interaction, MissedBecause::AgentStopped);
            }
            Stage::Waiting | Stage::Ringing { .. } | Stage::WrapUp { .. } => {
                return Err(Refusal::NotNow);
            }
        }
        Ok(())
    }

    pub(crate) fn end(&mut self, agent: AgentId, interaction: InteractionId, by: EndedBy) {
        self.consult_ends(interaction, ConsultEnd::Ended);
        let wrap_up_ms = self.wrap_up_ms(interaction);
        let wrap_up_deadline = (wrap_up_ms > 0).then(|| self.now.plus(wrap_up_ms));
        self.emit(What::Ended {
            interaction,
            agent,
            by,
            wrap_up_deadline,
        });
        if wrap_up_deadline.is_none() {
            self.work_is_over(agent);
        }
    }

    pub(crate) fn finish_wrap_up(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
        disposition: Option<String>,
    ) -> Result<(), Refusal> {
        self.wrap_up_of(agent, interaction)?;
        self.wrap_up_is_over(agent, interaction, disposition, false);
        Ok(())
    }

    pub(crate) fn wrap_up_is_over(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
        disposition: Option<String>,
        is_timed_out: bool,
    ) {
        self.emit(What::WrapUpFinished {
            interaction,
            agent,
            disposition,
            is_timed_out,
        });
        self.work_is_over(agent);
    }

    pub(crate) fn extend_wrap_up(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        let (deadline, can_extend) = self.wrap_up_of(agent, interaction)?;
        if !can_extend {
            return Err(Refusal::AlreadyExtended);
        }
        let deadline = deadline.plus(self.wrap_up_ms(interaction));
        self.emit(What::WrapUpExtended {
            interaction,
            agent,
            deadline,
        });
        Ok(())
    }

    fn wrap_up_of(
        &self,
        agent: AgentId,
        interaction: InteractionId,
    ) -> Result<(Millis, bool), Refusal> {
        match self.own(agent, interaction)?.stage {
            Stage::WrapUp {
                deadline,
                can_extend,
                ..
            } => Ok((deadline, can_extend)),
            Stage::Waiting
            | Stage::Ringing { .. }
            | Stage::CallingBack { .. }
            | Stage::Talking { .. }
            | Stage::Held { .. }
            | Stage::Consulting { .. } => Err(Refusal::NotNow),
        }
    }

    fn wrap_up_ms(&self, interaction: InteractionId) -> u64 {
        let state = &self.center.state;
        let open = state.interactions.get(&interaction);
        open.and_then(|open| state.queues.get(&open.queue))
            .map_or(0, |queue| queue.wrap_up_ms)
    }
}
