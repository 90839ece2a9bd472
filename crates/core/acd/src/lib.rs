//! The queue engine: pure decisions about agents, queues and interactions. It knows no clock, no wire and no storage.
//!
//! [`Center::handle`] decides and applies; [`Center::apply`] rebuilds; [`Center::next_deadline`] says when to call
//! again with [`Command::Tick`]; [`Center::explain`] says why an agent was offered something and not another.
//!
//! `state` is what must be remembered, `index` what is derived from it. `turn` collects one command's events and ends
//! with `routing`, for which `fit` says who fits what. `line`, `customers`, `agents`, `offers`, `callbacks`,
//! `conversations`, `transfers`, `consults`, `configure`, `opening`, `clock` and `due` hold the decisions; `apply` turns events
//! into state. `pace` estimates waits.

#![deny(clippy::wildcard_enum_match_arm)]

mod agents;
mod apply;
mod callbacks;
mod center;
mod clock;
mod command;
mod config;
mod configure;
mod consults;
mod conversations;
mod customers;
mod due;
mod event;
mod explain;
mod few;
mod fit;
mod index;
mod line;
mod offers;
mod opening;
mod pace;
mod routing;
mod stage;
mod state;
mod transfers;
mod turn;
mod views;

pub use center::Center;
pub use command::{Command, Refusal, Target};
pub use config::{
    Agent, BACK_KEPT_MS, CONSULT_GRACE_MS, Changes, Config, DEFAULT_CALLBACK_KEEPS_MS,
    DEFAULT_CAPACITY, DEFAULT_CLOSING_GRACE_MS, Detour, Finding, MAX_RINGS, NOT_BACK_MS, Need,
    OVERFLOW_RETRY_MS, Overflow, Patience, Problem, Proficiency, Queue, RING_ALL_MOST, Ring,
    SECONDS_PER_PRIORITY_STEP, Schedule, Severity, Strategy, check,
};
pub use event::{ConsultEnd, Event, MissedBecause, What, WithdrawnBecause};
pub use explain::{Candidate, Explanation, Measure, Obstacle, Verdict};
pub use stage::{Back, Consult, Stage, Waits, Wishes};
pub use views::{AgentView, InteractionView, QueueView};
