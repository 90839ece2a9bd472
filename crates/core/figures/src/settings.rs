//! What an operator sets about counting: how soon is in time, and how soon is too soon.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::QueueId;

/// Thresholds for every queue. A change counts from then on; what was counted stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// For queues without their own.
    pub usual: Thresholds,
    pub queues: BTreeMap<QueueId, Thresholds>,
}

/// Of one queue, in milliseconds of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thresholds {
    /// T of the service level: a wait of at most this long was answered in time.
    pub answer_within_ms: u64,
    /// Who leaves sooner than this gave nobody a chance to answer: a wrong number, a change of mind.
    pub short_abandon_ms: u64,
}

impl Default for Thresholds {
    /// The field's customary twenty seconds, of "80 % in 20 s", and five.
    fn default() -> Self {
        Self {
            answer_within_ms: 20_000,
            short_abandon_ms: 5_000,
        }
    }
}

impl Settings {
    #[must_use]
    pub fn of(&self, queue: QueueId) -> Thresholds {
        self.queues.get(&queue).copied().unwrap_or(self.usual)
    }
}
