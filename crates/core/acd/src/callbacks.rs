//! Decisions about callbacks: a place kept for a customer who need not wait at the page, and the ring when it is its turn.
//!
//! An offer of such a place is made only while the page is connected; the agent's accept makes the page ring, and the
//! customer's answer begins the conversation. The place keeps its key whatever happens.

use crate::Refusal;
use crate::event::{MissedBecause, What};
use crate::stage::{Stage, Waits};
use crate::turn::Turn;
use vocab::{AgentId, EndedBy, InteractionId, PeerLink, QueueId};

impl Turn<'_> {
    pub(crate) fn keep_place(&mut self, interaction: InteractionId) -> Result<(), Refusal> {
        let waits = self.waits_here(interaction)?;
        match waits {
            Waits::OnTheLine if self.callback_keeps_ms(interaction) == 0 => {
                return Err(Refusal::NotNow);
            }
            Waits::OnTheLine => self.emit(What::PlaceKept { interaction }),
            Waits::ForCallback { rests_until, .. } => {
                if rests_until.is_some() {
                    self.emit(What::CallbackRested { interaction });
                }
            }
        }
        Ok(())
    }

    pub(crate) fn wait_on_line(&mut self, interaction: InteractionId) -> Result<(), Refusal> {
        match self.waits_here(interaction)? {
            Waits::OnTheLine => {}
            // The queue has closed, and would send everybody on the line away at once; the place is the better wait.
            Waits::ForCallback { .. } if self.center.is_past_closing(interaction, self.now) => {
                return Err(Refusal::NotNow);
            }
            Waits::ForCallback { .. } => self.emit(What::WaitsOnLine { interaction }),
        }
        Ok(())
    }

    pub(crate) fn answer_callback(&mut self, interaction: InteractionId) -> Result<(), Refusal> {
        let agent = self.caller_back(interaction)?;
        self.emit(What::OfferAccepted { interaction, agent });
        Ok(())
    }

    pub(crate) fn decline_callback(&mut self, interaction: InteractionId) -> Result<(), Refusal> {
        let agent = self.caller_back(interaction)?;
        self.callback_missed(agent, interaction, MissedBecause::Declined);
        Ok(())
    }

    /// The agent is free at once, without wrap-up; the last try gives the place up.
    pub(crate) fn callback_missed(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
        because: MissedBecause,
    ) {
        let patience = self.center.state.patience;
        let rests_until = self.now.plus(patience.callback_rest_ms);
        self.emit(What::CallbackMissed {
            interaction,
            agent,
            because,
            rests_until,
        });
        let tries = self.open(interaction).map_or(0, |open| open.waits.tries());
        if tries >= patience.callback_tries {
            let by = EndedBy::CallbackMissed;
            self.emit(What::Abandoned { interaction, by });
        }
        self.work_is_over(agent);
    }

    /// Whether the queue keeps the places of those who are to be called back.
    pub(crate) fn keeps_places(&self, queue: QueueId) -> bool {
        let settings = self.center.state.queues.get(&queue);
        settings.is_some_and(|queue| queue.callback_keeps_ms > 0)
    }

    pub(crate) fn callback_keeps_ms(&self, interaction: InteractionId) -> u64 {
        let state = &self.center.state;
        let open = state.interactions.get(&interaction);
        open.and_then(|open| state.queues.get(&open.queue))
            .map_or(0, |queue| queue.callback_keeps_ms)
    }

    /// How a customer waits whose page is here to ask for something else.
    fn waits_here(&self, interaction: InteractionId) -> Result<Waits, Refusal> {
        let open = self.open(interaction)?;
        match (&open.stage, open.customer_link) {
            (Stage::Waiting | Stage::Ringing { .. }, PeerLink::Connected) => Ok(open.waits),
            (
                Stage::Waiting
                | Stage::Ringing { .. }
                | Stage::CallingBack { .. }
                | Stage::Talking { .. }
                | Stage::Held { .. }
                | Stage::Consulting { .. },
                _,
            ) => Err(Refusal::NotNow),
            (Stage::WrapUp { .. }, _) => Err(Refusal::UnknownInteraction),
        }
    }

    /// The agent for whom the customer's page rings.
    fn caller_back(&self, interaction: InteractionId) -> Result<AgentId, Refusal> {
        match self.open(interaction)?.stage {
            Stage::CallingBack { agent, .. } => Ok(agent),
            Stage::Waiting
            | Stage::Ringing { .. }
            | Stage::Talking { .. }
            | Stage::Held { .. }
            | Stage::Consulting { .. } => Err(Refusal::NotNow),
            Stage::WrapUp { .. } => Err(Refusal::UnknownInteraction),
        }
    }
}
