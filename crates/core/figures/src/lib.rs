//! What a wallboard shows and a report adds up, as a fold of the engine's events: queues, agents, quarter hours.
//!
//! [`Figures::apply`] takes events over, [`Figures::at`] looks at them at a moment, [`Figures::close_intervals`] hands
//! finished quarter hours over to be kept. There is no clock here and no zone: a day begins where the caller says so,
//! with [`Figures::begin_window`].
//!
//! **Entries.** A stay in a queue's line is one entry. A customer who was passed on, who overflowed or whose agent was
//! lost waits again, and that is another entry: `offered` counts it again, in the queue where they wait now, and waiting
//! is measured from that moment. Every entry has one outcome, so that at any moment and for each queue
//!
//! > offered = answered + called back + abandoned + short abandons + callbacks lost + turned away + overflowed out +
//! > waiting now, and answered + called back = handled + in hand now.
//!
//! **Callbacks.** Who keeps a place goes on waiting and is counted among those who wait. Nobody holds a line for them,
//! so their outcome says nothing about how fast the line is answered: as with systems that report callbacks as a
//! medium of their own, they are neither answered nor abandoned but called back or lost. No service level and no speed
//! of answer counts them; for abandonment they were offered like everybody.
//!
//! **When something counts.** A count, and what is measured with it (a wait with its answer, a handling time with its
//! end), belongs to the interval in which it happened. An interval may thus answer more than it was offered. Time in a
//! state is split exactly where intervals and windows meet.
//!
//! **Beginning in the middle.** [`Figures::begun`] takes over who waits, talks and is online from an engine, so that a
//! fold may begin at any moment of a journal. Nothing is counted then but what comes; of a handling that was under way
//! the sum is right, and holds that were over by then count as talk.
//!
//! **A clock that was set.** What goes on moves along and lasts as long as it does. What is written stays a curve of the
//! time that has passed: its quarter hours move along, too, by whole quarters.
//!
//! `events` is the one place that knows every event; `entries` and `handling` say what becomes of an interaction;
//! `queue` and `agent` hold what is folded, `queue_figures` and `agent_figures` the figures and their formulas.

#![deny(clippy::wildcard_enum_match_arm)]

mod agent;
mod agent_figures;
mod clock;
mod contact;
mod entries;
mod events;
mod fold;
mod handling;
mod ledger;
mod queue;
mod queue_figures;
mod ratio;
mod seed;
mod settings;
mod spent;
mod view;

pub use agent_figures::{Activity, AgentFigures, Times};
pub use fold::{ClosedIntervals, Figures};
pub use ledger::{INTERVAL_MS, KEPT_INTERVALS, interval_of};
pub use queue_figures::QueueFigures;
pub use settings::{Settings, Thresholds};
pub use spent::Spent;
pub use view::{AgentNow, Look, QueueNow};
