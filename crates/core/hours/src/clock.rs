//! Hours that can be asked: open now, when that changes, when it opens next.

use crate::day::DayNumber;
use crate::openings::Openings;
use crate::schedule::{Fault, Schedule};
use crate::zone::{Zone, signed, unsigned};
use vocab::Millis;

/// So far ahead a change is looked for: a year and a month, so that a yearly opening is found.
pub const LOOKS_AHEAD_DAYS: i64 = 400;

/// A schedule, read once. It may be asked about any instant; what it answers depends on nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    zone: Zone,
    openings: Openings,
}

impl Hours {
    /// # Errors
    /// Everything that [`Schedule::check`] finds; show it to whoever wrote the schedule.
    pub fn new(schedule: &Schedule) -> Result<Self, Vec<Fault>> {
        let faults = schedule.check();
        let openings = Openings::of(schedule);
        match Zone::named(&schedule.zone) {
            Some(zone) if faults.is_empty() => Ok(Self { zone, openings }),
            Some(_) | None => Err(faults),
        }
    }

    /// The wall clock that the hours are written in.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    #[must_use]
    pub fn is_open(&self, at: Millis) -> bool {
        self.is_open_at(signed(at))
    }

    /// The first instant strictly after `at` at which it is no longer as it is at `at`. Absent when nothing changes
    /// within [`LOOKS_AHEAD_DAYS`], as with hours that never close.
    #[must_use]
    pub fn next_change(&self, at: Millis) -> Option<Millis> {
        let at = signed(at);
        let until = at.saturating_add(DayNumber::split(0).0.plus(LOOKS_AHEAD_DAYS).begins_at());
        let is_open = self.is_open_at(at);
        let mut from = at;
        // Between two settings the wall clock runs evenly, so that its times are instants by one subtraction.
        while from < until {
            let set = self.zone.next_set(from).map_or(until, |set| set.min(until));
            let offset = self.zone.offset_ms(from);
            let change = self.openings.next_change(from + offset, set + offset);
            if let Some(change) = change.map(|wall_ms| wall_ms - offset)
                && change < set
            {
                return Some(unsigned(change));
            }
            if self.is_open_at(set) != is_open {
                return Some(unsigned(set));
            }
            from = set;
        }
        None
    }

    /// The first instant strictly after `at` at which closed hours open; while they are open, the opening after the
    /// present one. Each wait is bounded as in [`Self::next_change`].
    #[must_use]
    pub fn next_opening(&self, at: Millis) -> Option<Millis> {
        let change = self.next_change(at)?;
        if self.is_open(change) {
            Some(change)
        } else {
            self.next_change(change)
        }
    }

    fn is_open_at(&self, at: i64) -> bool {
        self.openings.is_open(self.zone.wall_ms(at))
    }
}
