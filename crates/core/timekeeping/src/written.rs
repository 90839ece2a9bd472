//! Moments and spans as an operator reads them.

use std::fmt;
use vocab::Millis;

const SECOND_MS: u64 = 1_000;
const DAY_S: u64 = 86_400;

/// Writes a moment as `2026-03-18 09:45:00 UTC`.
#[derive(Clone, Copy, Debug)]
pub struct Utc(pub Millis);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.0 / SECOND_MS;
        let (year, month, day) = date(seconds / DAY_S);
        let of_day = seconds % DAY_S;
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC"
        )
    }
}

/// The Gregorian date so many days after 1970-01-01. Years are counted from March, so that the leap day comes last; a
/// cycle of 400 years has 146,097 days.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (cycle, of_cycle) = (days / 146_097, days % 146_097);
    let year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (cycle * 400 + year + u64::from(month <= 2), month, day)
}

/// Writes a span of milliseconds, to the nearest second, with its two largest units, as `11 days 3 hours`.
#[derive(Clone, Copy, Debug)]
pub struct Lasts(pub u64);

impl fmt::Display for Lasts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = (self.0 + SECOND_MS / 2) / SECOND_MS;
        let units = [
            (seconds / DAY_S, "day"),
            (seconds / 3_600 % 24, "hour"),
            (seconds / 60 % 60, "minute"),
            (seconds % 60, "second"),
        ];
        let mut written = units
            .into_iter()
            .skip_while(|(count, _)| *count == 0)
            .take(2);
        let Some((count, unit)) = written.next() else {
            return f.write_str("0 seconds");
        };
        write!(f, "{count} {unit}{}", if count == 1 { "" } else { "s" })?;
        match written.next() {
            Some((count, unit)) if count > 0 => {
                write!(f, " {count} {unit}{}", if count == 1 { "" } else { "s" })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_dates() {
        for (at, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_400_000, "2000-02-29 00:00:00 UTC"),
            (978_307_200_000, "2001-01-01 00:00:00 UTC"),
            (1_773_827_100_999, "2026-03-18 09:45:00 UTC"),
            (4_107_542_399_000, "2100-02-28 23:59:59 UTC"),
            (4_107_542_400_000, "2100-03-01 00:00:00 UTC"),
        ] {
            assert_eq!(Utc(Millis(at)).to_string(), text);
        }
    }

    #[test]
    fn spans_are_written_with_two_units() {
        for (ms, text) in [
            (499, "0 seconds"),
            (200 * 86_400_000 - 9, "200 days"),
            (1_000, "1 second"),
            (61_000, "1 minute 1 second"),
            (3_600_000, "1 hour"),
            (3_660_000, "1 hour 1 minute"),
            (200 * 86_400_000, "200 days"),
            (11 * 86_400_000 + 3 * 3_600_000 + 59_000, "11 days 3 hours"),
        ] {
            assert_eq!(Lasts(ms).to_string(), text);
        }
    }
}
