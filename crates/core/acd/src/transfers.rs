//! Decisions about passing a customer on without asking first: to a queue, or to a colleague by name.
//!
//! The customer keeps the moment they entered and goes to the head of the line, because they were served already.
//! The agent's part ends at once and without a wrap-up: the note stays on the interaction, and whoever ends the
//! conversation chooses its disposition. A colleague who declines, does not answer or vanishes leaves the customer
//! at the head of the interaction's own queue.

use crate::event::What;
use crate::index::Load;
use crate::stage::Stage;
use crate::state::Interaction;
use crate::turn::Turn;
use crate::{Center, NOT_BACK_MS, Refusal, Target};
use vocab::{AgentId, InteractionId, QueueId};

impl Turn<'_> {
    pub(crate) fn transfer(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
        to: Target,
    ) -> Result<(), Refusal> {
        let open = self.own(agent, interaction)?;
        match open.stage {
            Stage::Talking { .. } | Stage::Held { .. } => {}
            Stage::Waiting
            | Stage::Ringing { .. }
            | Stage::CallingBack { .. }
            | Stage::Consulting { .. }
            | Stage::WrapUp { .. } => return Err(Refusal::NotNow),
        }
        let queue = match to {
            Target::Queue { queue } => queue,
            Target::Agent { .. } => open.queue,
        };
        if queue != open.queue && self.center.state.is_closed(queue) {
            return Err(Refusal::QueueClosed);
        }
        let key = self.head_of(queue, open)?;
        let (not_back_until, colleague) = match to {
            Target::Queue { .. } => (Some(self.now.plus(NOT_BACK_MS)), None),
            Target::Agent { agent: colleague } => {
                self.must_be_free(agent, colleague, interaction)?;
                (None, Some(colleague))
            }
        };
        self.emit(What::Transferred {
            interaction,
            agent,
            to,
            queue,
            key,
            not_back_until,
        });
        if let Some(agent) = colleague {
            let deadline = self.now.plus(self.ring_ms(interaction));
            self.emit(What::OfferMade {
                interaction,
                agent,
                deadline,
                is_meant: true,
            });
        }
        self.work_is_over(agent);
        Ok(())
    }

    /// Before everybody who is in line there now.
    fn head_of(&self, queue: QueueId, open: &Interaction) -> Result<i64, Refusal> {
        let state = &self.center.state;
        state.queues.get(&queue).ok_or(Refusal::UnknownQueue)?;
        let own = state.key_in(queue, open.entered_at, open.wishes);
        Ok(self.before_all(queue, own))
    }

    /// Somebody else who is here and has room for it. Being not ready is no hindrance to being asked by name.
    pub(crate) fn must_be_free(
        &self,
        agent: AgentId,
        colleague: AgentId,
        interaction: InteractionId,
    ) -> Result<(), Refusal> {
        self.presence(colleague)?;
        if colleague != agent && self.is_here(colleague) && self.has_room(colleague, interaction) {
            Ok(())
        } else {
            Err(Refusal::NotFree)
        }
    }

    fn has_room(&self, agent: AgentId, interaction: InteractionId) -> bool {
        let Center { state, index } = &*self.center;
        let load = Load::of(index, state, agent);
        let open = state.interactions.get(&interaction);
        let weight = open.and_then(|open| state.queues.get(&open.queue));
        let weight = weight.map_or(1, |queue| queue.weight);
        let known = state.agents.get(&agent);
        known.zip(open).is_some_and(|(agent, open)| {
            let room = load.room(agent);
            room.takes(open.medium.is_live(), weight)
        })
    }

    pub(crate) fn ring_ms(&self, interaction: InteractionId) -> u64 {
        let state = &self.center.state;
        let open = state.interactions.get(&interaction);
        open.and_then(|open| state.queues.get(&open.queue))
            .map_or(1, |queue| queue.ring_ms)
    }
}
