//! Live figures of queues and agents: this moment, since midnight, and by the quarter of an hour.
//!
//! `GET /v1/figures` gives all queues and, for supervisors, all agents; `GET /v1/figures/queues/{queue}` the quarter
//! hours of one queue. Shares are between 0 and 1 and absent where nothing happened that they could be of.

use crate::work::Presence;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{AgentId, Millis, QueueId};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "figures.ts")]
pub struct FiguresNow {
    /// When these were taken.
    pub at: Millis,
    /// Where the day's figures begin.
    pub since: Millis,
    pub queues: Vec<QueueFigures>,
    /// Empty for those who do not supervise.
    pub agents: Vec<AgentFigures>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "figures.ts")]
pub struct QueueFigures {
    pub queue: QueueId,
    pub code: String,
    pub name: String,
    pub is_open: bool,
    /// When closed hours open again.
    pub opens_at: Option<Millis>,
    /// Without an answer; the next two are among them.
    pub waiting: u32,
    pub ringing: u32,
    pub callbacks: u32,
    /// When the one who waits longest came into the line.
    pub longest_since: Option<Millis>,
    pub talking: u32,
    pub held: u32,
    pub wrap_up: u32,
    pub agents_ready: u32,
    /// Ready or at work.
    pub agents_staffed: u32,
    /// What somebody who came now would wait.
    #[ts(type = "number | null")]
    pub expected_wait_ms: Option<u64>,
    /// T of the service level.
    #[ts(type = "number")]
    pub answer_within_ms: u64,
    pub day: QueueCounts,
}

/// What was counted in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "figures.ts")]
pub struct QueueCounts {
    /// Entries into the line, for whatever reason.
    pub offered: u32,
    pub answered: u32,
    pub answered_within: u32,
    /// Left after the short-abandon threshold.
    pub abandoned: u32,
    pub short_abandoned: u32,
    pub called_back: u32,
    pub callbacks_lost: u32,
    /// The queue closed while they waited.
    pub turned_away: u32,
    /// A supervisor took them out of the line; neither abandoned nor part of the service level.
    #[serde(default)]
    pub removed: u32,
    pub overflowed_in: u32,
    pub overflowed_out: u32,
    pub transferred_in: u32,
    pub returned: u32,
    pub handled: u32,
    /// Answered within T ÷ answered.
    pub service_level_of_answered: Option<f64>,
    /// Answered within T ÷ (answered + abandoned).
    pub service_level_of_answered_and_abandoned: Option<f64>,
    /// Answered within T ÷ (offered − short abandons − callbacks − removed).
    pub service_level_of_offered: Option<f64>,
    /// Waiting time of the answered ÷ answered.
    #[ts(type = "number | null")]
    pub asa_ms: Option<u64>,
    /// (Talk + hold + wrap-up) ÷ handled.
    #[ts(type = "number | null")]
    pub aht_ms: Option<u64>,
    /// Abandoned ÷ (offered − removed).
    pub abandonment: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "figures.ts")]
pub struct AgentFigures {
    pub agent: AgentId,
    pub user: String,
    pub name: String,
    pub presence: Presence,
    pub day: AgentCounts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "figures.ts")]
pub struct AgentCounts {
    pub handled: u32,
    pub missed: u32,
    pub declined: u32,
    pub consults: u32,
    #[ts(type = "number")]
    pub ready_ms: u64,
    #[ts(type = "number")]
    pub ringing_ms: u64,
    /// The customer's page rings.
    #[ts(type = "number")]
    pub calling_back_ms: u64,
    #[ts(type = "number")]
    pub talking_ms: u64,
    #[ts(type = "number")]
    pub held_ms: u64,
    #[ts(type = "number")]
    pub wrap_up_ms: u64,
    #[ts(type = "number")]
    pub not_ready_ms: u64,
    /// Handling ÷ (handling + ready).
    pub occupancy: Option<f64>,
    #[ts(type = "number | null")]
    pub aht_ms: Option<u64>,
}

/// A queue's kept quarter hours, oldest first; the last one still runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "figures.ts")]
pub struct QueueIntervals {
    pub queue: QueueId,
    pub intervals: Vec<QueueInterval>,
}

/// An agent's quarter hours of the day, oldest first; the last one still runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "figures.ts")]
pub struct AgentIntervals {
    pub agent: AgentId,
    /// The day's beginning, or as far back as the journal was read.
    pub since: Millis,
    pub intervals: Vec<AgentInterval>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "figures.ts")]
pub struct AgentInterval {
    pub begins_at: Millis,
    pub counts: AgentCounts,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "figures.ts")]
pub struct QueueInterval {
    pub begins_at: Millis,
    pub counts: QueueCounts,
}
