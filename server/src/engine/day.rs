//! The day so far, folded from the journal: what a start takes up, and an agent's quarter hours when somebody asks.

use super::directory::Directory;
use acd::{Center, Event, What};
use figures::{AgentFigures, Figures, Settings, Thresholds};
use hours::Zone;
use std::collections::BTreeMap;
use store::{Entry, Past};
use vocab::{AgentId, Millis};

/// Entries of the day that are read; beyond it the figures begin later than the day. It takes about a second.
const MOST_READ: u64 = 200_000;

const READ_AT_ONCE: u32 = 5_000;

/// Where a day's figures begin, and the engine as it was there, by the clock as it is set now.
struct Beginning {
    center: Center,
    after: u64,
    at: Millis,
    steps: Steps,
}

/// Entries by which the clock was set since, and by how much. What came before them is told by the present clock:
/// a day is what has passed since midnight, and not what a wrong clock showed meanwhile.
struct Steps(Vec<(u64, i64)>);

impl Steps {
    fn read(past: &dyn Past, after: u64, last: u64) -> store::Result<Self> {
        let mut steps = past.steps_after(after)?;
        steps.retain(|(seq, _)| *seq <= last);
        Ok(Self(steps))
    }

    /// By how much the clock was set after this entry.
    fn after_ms(&self, seq: u64) -> i64 {
        let later = self.0.iter().filter(|(step, _)| *step > seq);
        later.fold(0, |sum, (_, by_ms)| sum.saturating_add(*by_ms))
    }
}

/// Midnight, or as far back as may be read.
fn beginning(past: &dyn Past, zone: &Zone, now: Millis, last: u64) -> store::Result<Beginning> {
    let midnight = zone.midnight_before(now);
    let mut after = past.last_before(midnight)?.min(last);
    let mut at = midnight;
    if last.saturating_sub(after) > MOST_READ {
        after = last - MOST_READ;
        let first = past.entries(after, 1)?;
        let steps = Steps::read(past, after, last)?;
        at = first
            .first()
            .map_or(now, |entry| entry.at.shifted(steps.after_ms(entry.seq)));
    }
    let steps = Steps::read(past, after, last)?;
    let mut center = past.center_before(after + 1)?;
    let by_ms = steps.after_ms(after);
    if by_ms != 0 {
        let at = center.newest().shifted(by_ms);
        let what = What::ClockStepped { by_ms };
        center.apply(&Event { at, what });
    }
    Ok(Beginning {
        center,
        after,
        at,
        steps,
    })
}

/// Takes the entries after the one that `figures` stand at up to `last`, a piece at a time.
fn fold(
    past: &dyn Past,
    figures: &mut Figures,
    (mut after, last, steps): (u64, u64, &Steps),
    mut piece: impl FnMut(&mut Figures, Millis),
) -> store::Result<()> {
    while after < last {
        let limit = u64::from(READ_AT_ONCE).min(last - after);
        let entries = past.entries(after, u32::try_from(limit).unwrap_or(READ_AT_ONCE))?;
        let Some(newest) = entries.last() else { break };
        after = newest.seq;
        let newest_at = newest.at.shifted(steps.after_ms(after));
        for entry in entries {
            let Entry::Routing { mut event } = entry.entry else {
                continue;
            };
            if !matches!(event.what, What::ClockStepped { .. }) {
                event.at = event.at.shifted(steps.after_ms(entry.seq));
                figures.apply(&event);
            }
        }
        piece(figures, newest_at);
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
    let range = (begins.after, last, &begins.steps);
    fold(past, &mut figures, range, |_, _| {})?;
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
    let range = (begins.after, last, &begins.steps);
    fold(past, &mut figures, range, &mut keep)?;
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
