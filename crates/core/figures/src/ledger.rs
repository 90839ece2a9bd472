//! Where figures are written: once for the window that runs, once for the interval that they belong to.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::Millis;

/// A quarter of an hour, aligned to UTC. Every zone in use is a multiple of it away from UTC, so that local midnights
/// and half hours are where intervals meet.
pub const INTERVAL_MS: u64 = 15 * 60 * 1_000;

/// Two days: whatever its zone, the whole of yesterday is there until today ends.
pub const KEPT_INTERVALS: u64 = 192;

/// When the interval of `at` began.
#[must_use]
pub fn interval_of(at: Millis) -> Millis {
    Millis(at.0 - at.0 % INTERVAL_MS)
}

/// Intervals that began before this are forgotten at `now`.
pub(crate) fn oldest_kept(now: Millis) -> Millis {
    let kept = (KEPT_INTERVALS - 1) * INTERVAL_MS;
    Millis(interval_of(now).0.saturating_sub(kept))
}

/// A moment after the clock was set; none stays none.
pub(crate) fn moved(at: Millis, by_ms: i64) -> Millis {
    if at == Millis::default() {
        at
    } else {
        at.shifted(by_ms)
    }
}

/// The figures `F` of a queue or an agent. Intervals in which nothing happened have no entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ledger<F> {
    window_began: Millis,
    window: F,
    intervals: BTreeMap<Millis, F>,
}

impl<F: Clone + Default + PartialEq> Ledger<F> {
    pub(crate) fn begin_window(&mut self, at: Millis) {
        self.window_began = at;
        self.window = F::default();
    }

    /// Something happened at one moment.
    pub(crate) fn count(&mut self, at: Millis, change: impl Fn(&mut F)) {
        change(&mut self.window);
        change(self.interval(at));
    }

    /// Something went on from one moment to another: every window and interval gets the milliseconds within it. The
    /// work is bounded by [`KEPT_INTERVALS`], however long it went on.
    pub(crate) fn spread(&mut self, from: Millis, to: Millis, change: impl Fn(&mut F, u64)) {
        let in_window_ms = to.since(from.max(self.window_began));
        if in_window_ms > 0 {
            change(&mut self.window, in_window_ms);
        }
        let mut at = from.max(oldest_kept(to));
        while at < to {
            let end = interval_of(at).plus(INTERVAL_MS).min(to);
            change(self.interval(at), end.since(at));
            at = end;
        }
    }

    /// The clock was set: the window goes on, and the intervals move along by whole ones.
    pub(crate) fn steps(&mut self, by_ms: i64, intervals_by_ms: i64) {
        self.window_began = moved(self.window_began, by_ms);
        let intervals = std::mem::take(&mut self.intervals).into_iter();
        self.intervals = intervals
            .map(|(began, figures)| (began.shifted(intervals_by_ms), figures))
            .collect();
    }

    /// The window, with what went on since `from` and is not written yet.
    pub(crate) fn window_with(&self, from: Millis, now: Millis, change: impl Fn(&mut F, u64)) -> F {
        let mut window = self.window.clone();
        change(&mut window, now.since(from.max(self.window_began)));
        window
    }

    /// The intervals that are kept at `now`, oldest first.
    pub(crate) fn into_intervals(mut self, now: Millis) -> Vec<(Millis, F)> {
        self.forget_before(oldest_kept(now));
        self.intervals.into_iter().collect()
    }

    /// Those from `begin` to `end`.
    pub(crate) fn between(&self, begin: Millis, end: Millis) -> Vec<(Millis, F)> {
        if begin >= end {
            return Vec::new();
        }
        let intervals = self.intervals.range(begin..end);
        intervals
            .map(|(at, figures)| (*at, figures.clone()))
            .collect()
    }

    /// Those that began before `end`, which are gone from here.
    pub(crate) fn take_before(&mut self, end: Millis) -> Vec<(Millis, F)> {
        let left = self.intervals.split_off(&end);
        std::mem::replace(&mut self.intervals, left)
            .into_iter()
            .collect()
    }

    /// Neither the window nor an interval tells of anything.
    pub(crate) fn is_empty_at(&self, now: Millis) -> bool {
        let newest = self.intervals.last_key_value();
        self.window == F::default() && newest.is_none_or(|(began, _)| *began < oldest_kept(now))
    }

    fn interval(&mut self, at: Millis) -> &mut F {
        self.forget_before(oldest_kept(at));
        self.intervals.entry(interval_of(at)).or_default()
    }

    fn forget_before(&mut self, oldest: Millis) {
        while let Some(first) = self.intervals.first_entry()
            && *first.key() < oldest
        {
            first.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const Q: u64 = INTERVAL_MS;

    fn ledger(spreads: &[(u64, u64)]) -> Ledger<u64> {
        let mut ledger = Ledger::default();
        for (from, to) in spreads {
            ledger.spread(Millis(*from), Millis(*to), |sum, ms| *sum += ms);
        }
        ledger
    }

    #[test]
    fn what_goes_on_is_split_where_intervals_meet() {
        let ledger = ledger(&[(Q - 1, 2 * Q + 5), (2 * Q + 5, 2 * Q + 5), (3 * Q, 4 * Q)]);
        assert_eq!(ledger.window, 2 * Q + 6);
        let expected = [(0, 1), (Q, Q), (2 * Q, 5), (3 * Q, Q)].map(|(at, ms)| (Millis(at), ms));
        assert_eq!(ledger.into_intervals(Millis(4 * Q)), expected);
    }

    #[test]
    fn a_window_has_only_what_is_within_it() {
        let mut ledger = ledger(&[(0, Q)]);
        ledger.begin_window(Millis(2 * Q));
        ledger.spread(Millis(Q), Millis(2 * Q + 7), |sum, ms| *sum += ms);
        assert_eq!(ledger.window, 7);
        let with = ledger.window_with(Millis(2 * Q + 7), Millis(2 * Q + 9), |sum, ms| *sum += ms);
        assert_eq!(with, 9);
        ledger.spread(Millis(0), Millis(Q), |sum, ms| *sum += ms);
        assert_eq!(ledger.window, 7, "before the window");
    }

    #[test]
    fn only_the_newest_intervals_are_kept_however_long_it_went_on() {
        let month = 3_000 * Q;
        let ledger = ledger(&[(0, month), (month, month + 1)]);
        assert_eq!(ledger.window, month + 1);
        let kept = ledger.clone().into_intervals(Millis(month));
        assert_eq!(kept.len() as u64, KEPT_INTERVALS);
        assert_eq!(kept.first(), Some(&(Millis(month - 191 * Q), Q)));
        assert_eq!(kept.last(), Some(&(Millis(month), 1)));
        let mut tomorrow = ledger.clone();
        assert!(
            !tomorrow.is_empty_at(Millis(month + 192 * Q)),
            "the window tells"
        );
        tomorrow.begin_window(Millis(month + 1));
        assert!(!tomorrow.is_empty_at(Millis(month + 191 * Q)));
        assert!(tomorrow.is_empty_at(Millis(month + 192 * Q)));
        assert_eq!(ledger.into_intervals(Millis(month + 192 * Q)), []);
    }
}
