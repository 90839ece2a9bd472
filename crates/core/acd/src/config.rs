//! What an operator sets: queues, agents, who serves what, and the engine's patience.

use serde::{Deserialize, Serialize};
use vocab::{AgentId, QueueId};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    pub queues: Vec<Queue>,
    pub agents: Vec<Agent>,
    pub patience: Patience,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    pub id: QueueId,
    pub name: String,
    /// Each step counts as [`SECONDS_PER_PRIORITY_STEP`] of waiting.
    pub priority: u8,
    pub ring_ms: u64,
    /// Zero: no wrap-up.
    pub wrap_up_ms: u64,
    /// Newcomers are refused beyond this many waiting.
    pub max_waiting: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub id: AgentId,
    /// Sorted; the queues whose offers this agent gets.
    pub queues: Vec<QueueId>,
}

/// How long the engine waits for those who vanished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// An agent away this long loses unanswered offers.
    pub agent_lease_ms: u64,
    /// An agent away this long loses the live conversation, which returns to the head of the queue.
    pub agent_grace_ms: u64,
    /// A customer away this long has left.
    pub customer_grace_ms: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            agent_lease_ms: 2_500,
            agent_grace_ms: 60_000,
            customer_grace_ms: 30_000,
        }
    }
}

/// Ageing: one step of priority is worth this much waiting.
pub const SECONDS_PER_PRIORITY_STEP: u64 = 60;
