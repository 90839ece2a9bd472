//! The queue engine: pure decisions about agents, queues and interactions. It knows no clock, no wire and no storage.
//!
//! [`Center::handle`] decides and applies; [`Center::apply`] rebuilds; [`Center::next_deadline`] says when to call
//! again with [`Command::Tick`]. `state` is what must be remembered, `index` what is derived from it; `turn` collects
//! one command's events and ends with routing; `customers`, `agents`, `offers`, `callbacks`, `conversations`,
//! `transfers`, `consults`, `configure` and
//! `due` hold the decisions; `apply` turns events into state.

#![deny(clippy::wildcard_enum_match_arm)]

mod agents;
mod apply;
mod callbacks;
mod center;
mod command;
mod config;
mod configure;
mod consults;
mod conversations;
mod customers;
mod due;
mod event;
mod index;
mod offers;
mod state;
mod transfers;
mod turn;
mod views;

pub use center::Center;
pub use command::{Command, Refusal, Target};
pub use config::{
    Agent, CONSULT_GRACE_MS, Config, DEFAULT_CALLBACK_KEEPS_MS, NOT_BACK_MS, Patience, Queue,
    SECONDS_PER_PRIORITY_STEP,
};
pub use event::{ConsultEnd, Event, MissedBecause, What, WithdrawnBecause};
pub use views::{AgentView, Consult, InteractionView, QueueView, Stage, Waits};
