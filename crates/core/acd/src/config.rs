//! What an operator sets: queues, agents, business hours, and the engine's patience.

mod changes;
mod check;
mod queue;

pub use changes::Changes;
pub use check::{Finding, Problem, Severity, check};
pub use queue::{
    DEFAULT_CALLBACK_KEEPS_MS, DEFAULT_CLOSING_GRACE_MS, Detour, MAX_RINGS, Need, Overflow, Queue,
    Ring, Strategy,
};

use serde::{Deserialize, Serialize};
use vocab::{AgentId, Language, QueueId, ScheduleId, SiteId, SkillId};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    pub queues: Vec<Queue>,
    pub agents: Vec<Agent>,
    #[serde(default)]
    pub schedules: Vec<Schedule>,
    pub patience: Patience,
}

/// Hours that queues share, under a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub id: ScheduleId,
    pub hours: hours::Schedule,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub id: AgentId,
    /// Sorted; the queues whose offers this agent gets.
    pub queues: Vec<QueueId>,
    /// Sorted by skill.
    #[serde(default)]
    pub skills: Vec<Proficiency>,
    /// Sorted.
    #[serde(default)]
    pub languages: Vec<Language>,
    #[serde(default)]
    pub site: Option<SiteId>,
    /// How much asynchronous work the agent has room for, in the weights of [`Queue::weight`]; 0 for live work only.
    #[serde(default = "default_capacity")]
    pub capacity: u8,
}

/// How well an agent knows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Proficiency {
    pub skill: SkillId,
    /// 1 (has begun) to 5 (others ask this agent).
    pub level: u8,
}

/// Three chats at a time keep an agent busy without making customers wait for each answer.
pub const DEFAULT_CAPACITY: u8 = 3;

fn default_capacity() -> u8 {
    DEFAULT_CAPACITY
}

impl Agent {
    /// Somebody who serves these queues and of whom nothing else is known.
    #[must_use]
    pub fn new(id: AgentId, queues: Vec<QueueId>) -> Self {
        Self {
            id,
            queues,
            skills: Vec::new(),
            languages: Vec::new(),
            site: None,
            capacity: DEFAULT_CAPACITY,
        }
    }

    /// 0 for a skill that the agent does not have.
    #[must_use]
    pub fn level_of(&self, skill: SkillId) -> u8 {
        let at = self.skills.binary_search_by_key(&skill, |one| one.skill);
        at.ok()
            .and_then(|at| self.skills.get(at))
            .map_or(0, |one| one.level)
    }
}

/// How long the engine waits for those who vanished, and how often it lets agents say no.
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
    /// An agent who declines so many offers in a row is not ready. At least one.
    pub reject_limit: u8,
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
            reject_limit: 1,
        }
    }
}

/// Who passed a customer on or declined them is not offered them for this long: others come first, but the only agent
/// there is gets them in the end.
pub const NOT_BACK_MS: u64 = 60_000;

/// Whose connection broke off in a conversation and who comes back is kept this long for the agent of that conversation,
/// who is mostly still in its wrap-up.
pub const BACK_KEPT_MS: u64 = 60_000;

/// An agent who asked a colleague and vanished this long loses the customer to the colleague. Shorter than the grace
/// period, because two people depend on the vanished desktop; longer than a server takes to restart.
pub const CONSULT_GRACE_MS: u64 = 15_000;

/// Ageing: one step of priority is worth this much waiting.
pub const SECONDS_PER_PRIORITY_STEP: u64 = 60;

/// A queue whose strategy rings all rings so many at once; the others would only be disturbed.
pub const RING_ALL_MOST: usize = 20;

/// An overflow whose target takes nobody is tried again after this.
pub const OVERFLOW_RETRY_MS: u64 = 60_000;
