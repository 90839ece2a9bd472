//! The queue engine: pure decisions about agents, queues and interactions. It knows no clock, no wire and no storage.
//!
//! `Center::handle(now, command)` decides and applies; `Center::apply(&event)` rebuilds; `Center::next_deadline()` says
//! when to call again with `Command::Tick`.

mod command;
mod config;
mod event;

pub use command::{Command, Refusal};
pub use config::{Agent, Config, Patience, Queue, SECONDS_PER_PRIORITY_STEP};
pub use event::{Event, What, WithdrawnBecause};

mod center;
mod views;

pub use center::Center;
pub use views::{AgentView, InteractionView, QueueView, Stage};
