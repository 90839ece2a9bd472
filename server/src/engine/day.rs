//! The day so far, folded from the journal: what a start takes up, and an agent's quarter hours when somebody asks.

use super::directory::Directory;
use acd::Center;
use figures::{AgentFigures, Figures, Settings, Thresholds};
use hours::Zone;
use std::collections::BTreeMap;
use store::{Entry, Past};
use vocab::{AgentId, Millis};

/// Entries of the day that are read; beyond it the figures begin later than the day. It takes about a second.
const MOST_READ: u64 = 200_000;

const READ_AT_ONCE: u32 = 5_000;

/// Where a day's figures begin, and the engine as it was there.
struct Beginning {
    center: Center,
    after: u64,
    at: Millis,
}

/// Midnight, or as far back as may be read.
fn beginning(past: &dyn Past, zone: &Zone, now: Millis, last: u64) -> store::Result<Beginning> {
    let midnight = zone.midnight_before(now);
    let mut after = past.last_before(midnight)?;
    let mut at = midnight;
    if last.saturating_sub(after) > MOST_READ {
        after = last - MOST_READ;
        let first = past.entries(after, 1)?;
        at = first.first().map_or(now, |entry| entry.at);
    }
    let center = past.center_before(after + 1)?;
    Ok(Beginning { center, after, at })
}

/// Takes the entries after the one that `figures` stand at up to `last`, a piece at a time.
fn fold(
    past: &dyn Past,
    figures: &mut Figures,
    (mut after, last): (u64, u64),
    mut piece: impl FnMut(&mut Figures, Millis),
) -> store::Result<()> {
    while after < last {
        let limit = u64::from(READ_AT_ONCE).min(last - after);
        let entries = past.entries(after, u32::try_from(limit).unwrap_or(READ_AT_ONCE))?;
        let Some(newest) = entries.last() else { break };
        after = newest.seq;
        for entry in &entries {
            if let Entry::Routing { event } = &entry.entry {
                figures.apply(event);
            }
        }
        piece(figures, newest.at);
    }
    Ok(())
}

/// The figures of the day after the entry `last`.
pub(crate) fn figures_of_day(
    past: &dyn Past,
    directory: &Directory,
    (now, last): (Millis, u64),
) -> store::Result<Figures> {
    let begins = beginning(past, &zone_of(directory), now, last)?;
    let mut figures = Figures::begun(thresholds(directory), &begins.center, begins.at);
    fold(past, &mut figures, (begins.after, last), |_, _| {})?;
    Ok(figures)
}

/// An agent's quarter hours of the day, oldest first, and the moment from which they tell.
pub(crate) fn quarters_of_agent(
    past: &dyn Past,
    directory: &Directory,
    (now, last): (Millis, u64),
    agent: AgentId,
) -> store::Result<(Millis, Vec<(Millis, AgentFigures)>)> {
    let begins = beginning(past, &zone_of(directory), now, last)?;
    let mut figures = Figures::begun(thresholds(directory), &begins.center, begins.at);
    let mut quarters = BTreeMap::new();
    // Everybody else's are let go on the way: those of a large floor would fill the memory.
    let mut keep = |figures: &mut Figures, at| {
        let closed = figures.close_intervals(at).agents.into_iter();
        quarters.extend(
            closed
                .filter(|(whose, ..)| *whose == agent)
                .map(|(_, began, quarter)| (began, quarter)),
        );
    };
    fold(past, &mut figures, (begins.after, last), &mut keep)?;
    keep(&mut figures, now);
    quarters.extend(figures.at(now).agent_intervals(agent));
    Ok((begins.at, quarters.into_iter().collect()))
}

/// The organisation's, by whose clock a day begins.
pub(crate) fn zone_of(directory: &Directory) -> Zone {
    Zone::named(&directory.rules.zone).unwrap_or_default()
}

pub(crate) fn thresholds(directory: &Directory) -> Settings {
    let of_queues = directory.queues.values().map(|row| {
        let thresholds = Thresholds {
            answer_within_ms: row.settings.answer_within_ms,
            short_abandon_ms: row.settings.short_abandon_ms,
        };
        (row.id, thresholds)
    });
    Settings {
        usual: Thresholds::default(),
        queues: of_queues.collect(),
    }
}
