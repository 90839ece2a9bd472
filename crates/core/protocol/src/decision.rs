//! "Why this agent?": one offer explained, with everybody who serves the queue, by name.
//!
//! `GET /v1/decisions/{number}` tells it at any later time, from the journal; the numbers stand with the offers in
//! `GET /v1/interactions/{id}`.

use crate::configuration::Strategy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{AgentId, InteractionId, Millis, NotReadyReason};

/// Candidates that are listed beside those who could have it; the rest is counted.
pub const MOST_RULED_OUT: usize = 200;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "decision.ts")]
pub struct Decision {
    /// The journal's number of the offer.
    #[ts(type = "number")]
    pub number: u64,
    pub at: Millis,
    pub interaction: InteractionId,
    pub queue_name: String,
    /// Who was rung.
    pub agent: AgentId,
    pub agent_name: String,
    pub why: DecisionWhy,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "decision.ts")]
pub enum DecisionWhy {
    /// Somebody passed the customer on to this colleague.
    ByName {
        by_name: String,
    },
    Routed {
        routed: Box<Routed>,
    },
}

/// What the engine saw at that moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "decision.ts")]
pub struct Routed {
    pub strategy: Strategy,
    /// How long the customer had been in this queue.
    #[ts(type = "number")]
    pub waited_ms: u64,
    /// 1 is next in line.
    pub position: u32,
    /// The ring in force and how many there are; both 0 in a queue without rings.
    pub ring: u8,
    pub rings: u8,
    /// Whom the customer waited for, because they had spoken last.
    pub kept_for_name: Option<String>,
    /// How many were rung at once.
    pub rung: u32,
    /// Those who could have it, best first; then those who could not, at most [`MOST_RULED_OUT`].
    pub candidates: Vec<DecisionCandidate>,
    /// More who could not have it.
    pub more_ruled_out: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "decision.ts")]
pub struct DecisionCandidate {
    pub agent: AgentId,
    pub name: String,
    pub was_rung: bool,
    pub verdict: DecisionVerdict,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "decision.ts")]
pub enum DecisionVerdict {
    /// `place` 1 comes first; `by` in order of weight.
    Ranked {
        place: u32,
        by: Vec<DecisionMeasure>,
    },
    /// Everything that stood in the way.
    RuledOut { by: Vec<DecisionObstacle> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "decision.ts")]
pub enum DecisionMeasure {
    /// Spoke with the customer last.
    SpokeLast,
    /// Weights of the asynchronous work they had; less is better.
    Load { units: u8 },
    /// The sum of levels in what the queue asks for; more is better.
    Skill { sum: u32 },
    /// Answered since signing in; fewer is better.
    Handled { count: u32 },
    /// Ready and without work since; earlier is better.
    IdleSince { at: Millis },
    /// By turns, on from the one named.
    Turn { after_name: Option<String> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "decision.ts")]
pub enum DecisionObstacle {
    Offline,
    /// The link was lost.
    Away,
    NotReady {
        reason: NotReadyReason,
    },
    /// About to be not ready, after the present work.
    WillBeNotReady {
        reason: NotReadyReason,
    },
    /// In a conversation, rung, or wrapping up.
    HasLiveWork,
    /// Has work that must not be interrupted.
    HasFirmWork,
    NoCapacity {
        used: u8,
        capacity: u8,
        needed: u8,
    },
    /// `has` 0: not at all.
    Skill {
        skill_name: String,
        has: u8,
        needs: u8,
    },
    /// BCP 47.
    Language {
        language: String,
    },
    Site {
        site_name: String,
    },
    /// Passed the customer on or declined them a moment ago.
    KeptFrom,
    /// The customer waited for somebody else.
    KeptForAnother,
}
