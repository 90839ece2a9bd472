//! Openings on a wall clock that is never set: day by day, without a zone.

use crate::day::{DayNumber, Weekday};
use crate::schedule::{Schedule, Span};
use std::collections::BTreeMap;

/// A checked schedule's openings, ready to be looked up. Spans of a day are in order and do not overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Openings {
    weekly: BTreeMap<Weekday, Vec<Span>>,
    holidays: BTreeMap<DayNumber, Vec<Span>>,
}

impl Openings {
    /// Holidays whose date cannot be read are left out; [`Schedule::check`] names them.
    pub(crate) fn of(schedule: &Schedule) -> Self {
        let mut weekly: BTreeMap<Weekday, Vec<Span>> = BTreeMap::new();
        for opening in &schedule.weekly {
            weekly.entry(opening.day).or_default().push(opening.span());
        }
        let holidays = schedule.holidays.iter().filter_map(|holiday| {
            let date = crate::Date::try_from(holiday.date.as_str()).ok()?;
            Some((DayNumber::of(date), in_order(holiday.openings.clone())))
        });
        Self {
            weekly: weekly
                .into_iter()
                .map(|(day, spans)| (day, in_order(spans)))
                .collect(),
            holidays: holidays.collect(),
        }
    }

    pub(crate) fn is_open(&self, wall_ms: i64) -> bool {
        let (day, ms) = DayNumber::split(wall_ms);
        let mut spans = self.on(day).iter();
        spans.any(|span| span.from.ms() <= ms && ms < span.to.ms())
    }

    /// The first moment in `(after, until]` at which it is no longer as it is at `after`.
    pub(crate) fn next_change(&self, after: i64, until: i64) -> Option<i64> {
        let is_open = self.is_open(after);
        let (mut day, _) = DayNumber::split(after);
        while day.begins_at() <= until {
            for span in self.on(day) {
                // An end may be another one's beginning, also over midnight: then nothing changes there.
                let changes = [span.from, span.to].map(|time| day.begins_at() + time.ms());
                let mut later = changes.into_iter().filter(|change| *change > after);
                if let Some(change) = later.find(|change| self.is_open(*change) != is_open) {
                    return Some(change).filter(|change| *change <= until);
                }
            }
            day = day.plus(1);
        }
        None
    }

    /// A holiday's own openings take the place of the weekday's.
    fn on(&self, day: DayNumber) -> &[Span] {
        let holiday = self.holidays.get(&day);
        let spans = holiday.or_else(|| self.weekly.get(&day.weekday()));
        spans.map_or(&[], Vec::as_slice)
    }
}

fn in_order(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    spans
}
