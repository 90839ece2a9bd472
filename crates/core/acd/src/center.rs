//! The engine's whole state.

use crate::views::{AgentView, InteractionView, QueueView};
use crate::{Command, Config, Event, Refusal};
use serde::{Deserialize, Serialize};
use vocab::{AgentId, CustomerId, InteractionId, Millis, QueueId};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Center {
    config: Config,
}

impl Center {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    pub fn handle(&mut self, _now: Millis, _command: Command) -> Result<Vec<Event>, Refusal> {
        Err(Refusal::NotNow)
    }
    pub fn apply(&mut self, _event: &Event) {}
    #[must_use]
    pub fn next_deadline(&self) -> Option<Millis> {
        None
    }
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }
    #[must_use]
    pub fn agent(&self, _agent: AgentId) -> Option<AgentView> {
        None
    }
    #[must_use]
    pub fn interaction(&self, _interaction: InteractionId) -> Option<InteractionView> {
        None
    }
    pub fn agents(&self) -> impl Iterator<Item = AgentId> + '_ {
        std::iter::empty()
    }
    /// Every interaction that is not over, oldest first.
    pub fn interactions(&self) -> impl Iterator<Item = InteractionId> + '_ {
        std::iter::empty()
    }
    pub fn work_of(&self, _agent: AgentId) -> impl Iterator<Item = InteractionId> + '_ {
        std::iter::empty()
    }
    #[must_use]
    pub fn queue(&self, _queue: QueueId) -> Option<QueueView> {
        None
    }
    #[must_use]
    pub fn position(&self, _interaction: InteractionId) -> Option<u32> {
        None
    }
    #[must_use]
    pub fn expected_wait_ms(&self, _interaction: InteractionId) -> Option<u64> {
        None
    }
    #[must_use]
    pub fn customer_interaction(&self, _customer: CustomerId) -> Option<InteractionId> {
        None
    }
}
