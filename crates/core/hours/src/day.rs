//! Days of the calendar: dates, weekdays, and the count of days that arithmetic is done in.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Monday first, as ISO 8601 counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Monday => "Monday",
            Self::Tuesday => "Tuesday",
            Self::Wednesday => "Wednesday",
            Self::Thursday => "Thursday",
            Self::Friday => "Friday",
            Self::Saturday => "Saturday",
            Self::Sunday => "Sunday",
        })
    }
}

/// A day of the Gregorian calendar, from the year 1 to 9998; written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(jiff::civil::Date);

/// A text that is no day of the calendar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a day of the calendar: write YYYY-MM-DD")]
pub struct NotADate(String);

impl Date {
    /// Absent when the calendar has no such day.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        (1..=9998).contains(&year).then_some(Self(date))
    }

    #[must_use]
    pub fn weekday(self) -> Weekday {
        DayNumber::of(self).weekday()
    }

    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// 1 to 31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }

    #[must_use]
    pub fn days_in_month(self) -> i8 {
        self.0.days_in_month()
    }

    /// The day after; absent at the calendar's end.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let next = self.0.tomorrow().ok()?;
        Self::new(next.year(), next.month(), next.day())
    }

    /// How many days this is later than the other; negative when it is earlier.
    #[must_use]
    pub fn days_since(self, other: Self) -> i64 {
        DayNumber::of(self).0 - DayNumber::of(other).0
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.0;
        write!(
            f,
            "{:04}-{:02}-{:02}",
            date.year(),
            date.month(),
            date.day()
        )
    }
}

impl TryFrom<&str> for Date {
    type Error = NotADate;

    fn try_from(text: &str) -> Result<Self, NotADate> {
        let read = || {
            let mut parts = text.split('-');
            let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
            Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        };
        // Read leniently and written back, a text of any other form differs.
        read()
            .filter(|date| date.to_string() == text)
            .ok_or_else(|| NotADate(text.to_owned()))
    }
}

impl TryFrom<String> for Date {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        Self::try_from(text.as_str())
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

/// Days since 1 January 1970, which was a Thursday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DayNumber(i64);

/// Milliseconds of a day as the wall clock counts them, clock changes left out.
const DAY_MS: i64 = 86_400_000;

impl DayNumber {
    pub(crate) fn of(date: Date) -> Self {
        let at_utc = jiff::tz::Offset::UTC.to_timestamp(date.0.at(0, 0, 0, 0));
        Self(at_utc.map_or(0, |at| at.as_millisecond().div_euclid(DAY_MS)))
    }

    /// The day and the milliseconds into it, of wall-clock milliseconds since 1 January 1970.
    pub(crate) fn split(wall_ms: i64) -> (Self, i64) {
        (Self(wall_ms.div_euclid(DAY_MS)), wall_ms.rem_euclid(DAY_MS))
    }

    /// Its 00:00 in wall-clock milliseconds.
    pub(crate) fn begins_at(self) -> i64 {
        self.0.saturating_mul(DAY_MS)
    }

    pub(crate) fn plus(self, days: i64) -> Self {
        Self(self.0.saturating_add(days))
    }

    pub(crate) fn weekday(self) -> Weekday {
        // Day 0 is a Thursday, the fourth of `ALL`.
        let index = (self.0 + 3).rem_euclid(7);
        usize::try_from(index).map_or(Weekday::Monday, |index| Weekday::ALL[index])
    }

    /// Days beyond the calendar are its last one.
    pub(crate) fn date(self) -> Date {
        let last = jiff::civil::Date::constant(9998, 12, 31);
        let at_utc = jiff::Timestamp::from_millisecond(self.begins_at());
        Date(at_utc.map_or(last, |at| jiff::tz::Offset::UTC.to_datetime(at).date()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_day_that_the_calendar_has() {
        for text in ["1970-01-01", "2024-02-29", "2026-12-31", "0001-01-01"] {
            let date = Date::try_from(text).expect(text);
            assert_eq!(date.to_string(), text);
            assert_eq!(DayNumber::of(date).date(), date);
        }
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-1",
            "26-01-01",
            "2026-01-01T00:00",
            "-001-01-01",
            "",
            "9999-01-01",
        ] {
            assert_eq!(Date::try_from(text), Err(NotADate(text.to_owned())));
        }
    }

    #[test]
    fn weekdays_follow_each_other_from_a_known_one() {
        let sunday = Date::new(2026, 3, 29).expect("it exists");
        assert_eq!(sunday.weekday(), Weekday::Sunday);
        let days = (1..=7).map(|days| DayNumber::of(sunday).plus(days).weekday());
        assert_eq!(days.collect::<Vec<_>>(), Weekday::ALL);
        assert_eq!(DayNumber(-1).weekday(), Weekday::Wednesday);
    }
}
