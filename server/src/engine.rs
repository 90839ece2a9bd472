//! One organisation's engine: an actor that owns the centre, and the handle by which everyone else speaks to it.

mod actor;
mod arrivals;
mod callers;
mod clock;
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
mod live;
mod people;
mod readers;
mod recognition;
mod records;
mod recovery;
mod shown;
mod signals;
mod snapshots;
mod storage;

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

/// UTC by the machine's clock, for what is written beside the engine; an engine has a clock of its own, and the centre
/// itself is given the time.
#[must_use]
pub fn utc_now() -> Millis {
    Millis(u64::try_from(utc().as_millis()).unwrap_or(u64::MAX))
}

fn utc() -> std::time::Duration {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
}
