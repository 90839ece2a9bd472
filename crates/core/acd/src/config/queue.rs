//! One queue's settings: who may be offered its work, in which order, and what happens when nobody can.

use serde::{Deserialize, Serialize};
use vocab::{QueueId, ScheduleId, SkillId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    pub id: QueueId,
    pub name: String,
    /// Each step counts as [`super::SECONDS_PER_PRIORITY_STEP`] of waiting.
    pub priority: u8,
    /// Steps that a VIP is ahead of the queue's others.
    #[serde(default = "default_vip_steps")]
    pub vip_steps: u8,
    pub ring_ms: u64,
    /// Zero: no wrap-up.
    pub wrap_up_ms: u64,
    /// Newcomers are refused, or led elsewhere, beyond this many waiting.
    pub max_waiting: u32,
    /// Newcomers are refused, or led elsewhere; those who wait already are served.
    #[serde(default)]
    pub is_closed: bool,
    /// How long a customer who is to be called back may be out of reach before the place is given up. Zero: this
    /// queue calls nobody back.
    #[serde(default = "default_callback_keeps_ms")]
    pub callback_keeps_ms: u64,
    #[serde(default)]
    pub strategy: Strategy,
    /// What asynchronous work of this queue takes of an agent's capacity; at least 1. Live work takes it all.
    #[serde(default = "default_weight")]
    pub weight: u8,
    /// Asynchronous work of this queue lets live work ring.
    #[serde(default)]
    pub is_interruptible: bool,
    /// Whom a customer may be offered to, wider ring by ring as the wait grows. Without one, everybody who serves the
    /// queue.
    #[serde(default)]
    pub rings: Vec<Ring>,
    /// For this long a customer waits for the agent they spoke with last, when that agent is signed in. Zero: not.
    #[serde(default)]
    pub last_agent_ms: u64,
    /// Without one the queue is always open.
    #[serde(default)]
    pub schedule: Option<ScheduleId>,
    /// Those who still wait this long after closing are told that the queue is closed. Zero: they may wait on.
    #[serde(default = "default_closing_grace_ms")]
    pub closing_grace_ms: u64,
    #[serde(default)]
    pub when_closed: Detour,
    #[serde(default)]
    pub when_full: Detour,
    #[serde(default)]
    pub overflow: Option<Overflow>,
}

/// Who comes first among the agents who fit. Whoever has less asynchronous work comes before everything else but skill
/// and turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Who has been ready without work longest.
    #[default]
    LongestIdle,
    /// The highest sum of levels in the skills that the queue asks for; among equals the longest idle.
    MostSkilled,
    /// Who has answered fewest since they signed in; among equals the longest idle.
    FewestHandled,
    /// By number, on from the one who was offered last.
    RoundRobin,
    /// Everybody at once, at most [`super::RING_ALL_MOST`]; the first to accept has it.
    RingAll,
}

/// A widening circle of agents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// From this much waiting in this queue on; 0 in the first.
    pub after_ms: u64,
    /// All of these; sorted by skill.
    pub needs: Vec<Need>,
    /// The agent speaks the customer's language, when that is known.
    #[serde(default)]
    pub is_language_needed: bool,
    /// The agent works at the customer's site, when they have one.
    #[serde(default)]
    pub is_site_needed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Need {
    pub skill: SkillId,
    /// The lowest level that will do, 1 to 5.
    pub minimum: u8,
}

/// Where a newcomer goes whom the queue does not take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Detour {
    /// Nowhere: the customer is told.
    #[default]
    Refuse,
    To {
        queue: QueueId,
    },
}

impl Detour {
    #[must_use]
    pub fn queue(self) -> Option<QueueId> {
        match self {
            Self::Refuse => None,
            Self::To { queue } => Some(queue),
        }
    }
}

/// Who waits this long moves to another queue, with the time they have waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overflow {
    pub after_ms: u64,
    pub to: QueueId,
}

/// More would hardly be told apart by anybody who has to set them.
pub const MAX_RINGS: usize = 6;

/// Two hours: a lunch and a meeting.
pub const DEFAULT_CALLBACK_KEEPS_MS: u64 = 120 * 60 * 1_000;

/// Half an hour: who works late serves those who came in time, and nobody waits through the night.
pub const DEFAULT_CLOSING_GRACE_MS: u64 = 30 * 60 * 1_000;

fn default_callback_keeps_ms() -> u64 {
    DEFAULT_CALLBACK_KEEPS_MS
}

fn default_closing_grace_ms() -> u64 {
    DEFAULT_CLOSING_GRACE_MS
}

fn default_vip_steps() -> u8 {
    2
}

fn default_weight() -> u8 {
    1
}

impl Queue {
    /// A queue as most start: 20 s of ringing, 60 s of wrap-up, at most 500 waiting, always open, for everybody who
    /// serves it.
    #[must_use]
    pub fn new(id: QueueId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            priority: 0,
            vip_steps: default_vip_steps(),
            ring_ms: 20_000,
            wrap_up_ms: 60_000,
            max_waiting: 500,
            is_closed: false,
            callback_keeps_ms: DEFAULT_CALLBACK_KEEPS_MS,
            strategy: Strategy::LongestIdle,
            weight: default_weight(),
            is_interruptible: false,
            rings: Vec::new(),
            last_agent_ms: 0,
            schedule: None,
            closing_grace_ms: DEFAULT_CLOSING_GRACE_MS,
            when_closed: Detour::Refuse,
            when_full: Detour::Refuse,
            overflow: None,
        }
    }

    /// The ring in force at a number that was reached; the last one when there are fewer by now.
    #[must_use]
    pub fn ring(&self, number: u8) -> Option<&Ring> {
        self.rings.get(usize::from(number)).or(self.rings.last())
    }

    /// The next ring's number and the wait from which it counts.
    #[must_use]
    pub fn ring_after(&self, number: u8) -> Option<(u8, u64)> {
        let next = number.checked_add(1)?;
        let ring = self.rings.get(usize::from(next))?;
        Some((next, ring.after_ms))
    }
}

impl Ring {
    /// Whether everybody whom `inner` takes is taken here, too.
    #[must_use]
    pub fn holds(&self, inner: &Self) -> bool {
        let is_met = |need: &Need| {
            let strict = inner.needs.iter().find(|other| other.skill == need.skill);
            strict.is_some_and(|strict| strict.minimum >= need.minimum)
        };
        self.needs.iter().all(is_met)
            && (inner.is_language_needed || !self.is_language_needed)
            && (inner.is_site_needed || !self.is_site_needed)
    }
}
