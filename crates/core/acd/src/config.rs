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
    /// Newcomers are refused; those who wait already are served.
    #[serde(default)]
    pub is_closed: bool,
    /// How long a customer who is to be called back may be out of reach before the place is given up. Zero: this
    /// queue calls nobody back.
    #[serde(default = "default_callback_keeps_ms")]
    pub callback_keeps_ms: u64,
}

/// Two hours: a lunch and a meeting.
pub const DEFAULT_CALLBACK_KEEPS_MS: u64 = 120 * 60 * 1_000;

fn default_callback_keeps_ms() -> u64 {
    DEFAULT_CALLBACK_KEEPS_MS
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub id: AgentId,
    /// Sorted; the queues whose offers this agent gets.
    pub queues: Vec<QueueId>,
}

/// How long the engine waits for those who vanished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Patience {
    /// An agent away this long loses unanswered offers.
    pub agent_lease_ms: u64,
    /// An agent away this long loses the live conversation, which returns to the head of the queue.
    pub agent_grace_ms: u64,
    /// A customer away this long has left.
    pub customer_grace_ms: u64,
    /// The page of a customer who is called back rings this long.
    pub callback_ring_ms: u64,
    /// After a callback that nobody answered the place rests this long, or until the customer is there again.
    pub callback_rest_ms: u64,
    /// So often a callback is tried; then the place is given up. At least one.
    pub callback_tries: u8,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            agent_lease_ms: 2_500,
            agent_grace_ms: 60_000,
            customer_grace_ms: 30_000,
            callback_ring_ms: 30_000,
            callback_rest_ms: 120_000,
            callback_tries: 3,
        }
    }
}

/// A queue's customer is not offered back to the agent who passed them on for this long: others come first, but the
/// only agent there is gets them in the end.
pub const NOT_BACK_MS: u64 = 60_000;

/// An agent who asked a colleague and vanished this long loses the customer to the colleague. Shorter than the grace
/// period, because two people depend on the vanished desktop; longer than a server takes to restart.
pub const CONSULT_GRACE_MS: u64 = 15_000;

/// Ageing: one step of priority is worth this much waiting.
pub const SECONDS_PER_PRIORITY_STEP: u64 = 60;
