//! One organisation's engine: an actor that owns the centre, and the handle by which everyone else speaks to it.

mod actor;
mod additions;
mod arrivals;
mod callers;
mod commands;
mod commits;
mod customers;
mod day;
mod decisions;
mod directory;
mod edits;
mod effects;
mod figures;
mod forced;
mod gauges;
mod handovers;
mod inbox;
mod limits;
mod line;
mod live;
mod people;
mod readers;
mod recognition;
mod records;
mod recovery;
mod shown;
mod signals;
mod snapshots;
mod stepped;
mod storage;

pub use crate::limits::Origin;
pub use additions::NewRecords;
pub(crate) use decisions::decision;
pub use directory::Directory;
pub use inbox::{
    AgentHello, CustomerHello, Edit, EditError, Engine, EngineGone, Input, LinkId,
    OUTGOING_CAPACITY, Out, VisitorKey,
};
pub use readers::Readers;
pub(crate) use recognition::known_visitor;
pub use recovery::{StartError, start};

use vocab::Millis;

/// UTC as the server believes it, for what is written beside the engine; the centre itself is given the time.
#[must_use]
pub fn utc_now() -> Millis {
    crate::clock::now()
}
