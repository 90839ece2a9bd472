//! A minute of the wall clock's day, written `HH:MM`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Minutes since the day's beginning as the wall clock shows them: 0 is 00:00, 1,440 is 24:00, the day's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MinuteOfDay(u16);

/// A text that is no time of day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a time of day: write HH:MM, from 00:00 to 24:00")]
pub struct NotATime(String);

impl MinuteOfDay {
    /// 00:00.
    pub const FIRST: Self = Self(0);
    /// 24:00: only an opening's end, since the next day's 00:00 is the same moment.
    pub const END: Self = Self(24 * 60);

    /// Absent beyond 24:00 and when `minute` is not below 60.
    #[must_use]
    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        if minute >= 60 || hour > 24 {
            return None;
        }
        Some(Self(hour * 60 + minute)).filter(|time| *time <= Self::END)
    }

    /// 0 to 1,440.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }

    /// Of a day's milliseconds as the wall clock counts them; whole minutes, rounded down.
    pub(crate) fn of_ms(ms: i64) -> Self {
        Self(u16::try_from(ms / MS).map_or(Self::END.0, |minute| minute.min(Self::END.0)))
    }

    pub(crate) fn ms(self) -> i64 {
        i64::from(self.0) * MS
    }
}

/// Milliseconds of a minute.
const MS: i64 = 60_000;

impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for MinuteOfDay {
    type Error = NotATime;

    fn try_from(text: String) -> Result<Self, NotATime> {
        let two = |text: &str| {
            let is_written_so = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            is_written_so.then(|| text.parse().ok()).flatten()
        };
        let parts = text.split_once(':');
        parts
            .and_then(|(hour, minute)| Self::new(two(hour)?, two(minute)?))
            .ok_or(NotATime(text))
    }
}

impl From<MinuteOfDay> for String {
    fn from(time: MinuteOfDay) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_two_digits_colon_two_digits() {
        for (text, minute) in [
            ("00:00", 0),
            ("09:30", 570),
            ("23:59", 1_439),
            ("24:00", 1_440),
        ] {
            let time = MinuteOfDay::try_from(text.to_owned()).expect(text);
            assert_eq!((time.get(), time.to_string().as_str()), (minute, text));
        }
        for text in [
            "", "9:30", "09:60", "24:01", "25:00", "+9:30", "09:3", "09:30:00", "0930",
        ] {
            let refused = MinuteOfDay::try_from(text.to_owned());
            assert_eq!(refused, Err(NotATime(text.to_owned())));
        }
    }

    #[test]
    fn milliseconds_are_cut_to_the_minute_that_shows() {
        assert_eq!(MinuteOfDay::of_ms(59_999), MinuteOfDay::FIRST);
        assert_eq!(MinuteOfDay::of_ms(86_399_999).to_string(), "23:59");
    }
}
