//! The days on which a yearly, monthly, weekly or daily event happens (RFC 5545, 3.3.10), counted day by day within a limit.

use hours::{Date, Weekday};

/// Days that may be looked at for one calendar: a thousand events over ten years, or a few that come every day.
pub(crate) const DAYS_LOOKED_AT: u32 = 4_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
    Year,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    every: Every,
    interval: u32,
    count: Option<u32>,
    until: Option<Date>,
    months: Vec<i8>,
    month_days: Vec<i8>,
    /// The n-th such weekday of its month or year, 0 for each; negative ones count from the end.
    weekdays: Vec<(i8, Weekday)>,
}

const DAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

fn list<T>(value: &str, each: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    value.split(',').map(|part| each(part.trim())).collect()
}

fn weekday(text: &str) -> Option<(i8, Weekday)> {
    let at = text.len().checked_sub(2)?;
    let (_, day) = DAYS.iter().find(|(name, _)| text.get(at..) == Some(name))?;
    let number = match text.get(..at)? {
        "" => 0,
        number => number.parse().ok()?,
    };
    Some((number, *day))
}

/// The date at the beginning of `20261224` or `20261224T180000Z`.
pub(crate) fn date_of(text: &str) -> Option<Date> {
    let part = |range: std::ops::Range<usize>| text.get(range);
    Date::new(
        part(0..4)?.parse().ok()?,
        part(4..6)?.parse().ok()?,
        part(6..8)?.parse().ok()?,
    )
}

impl Rule {
    /// # Errors
    /// The part that is not understood.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let mut rule = Self {
            every: Every::Year,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
        };
        let upper = text.to_ascii_uppercase();
        for part in upper.split(';').filter(|part| !part.trim().is_empty()) {
            let wrong = || part.trim().to_owned();
            let (name, value) = part.trim().split_once('=').ok_or_else(wrong)?;
            match name {
                "FREQ" => {
                    rule.every = match value {
                        "DAILY" => Every::Day,
                        "WEEKLY" => Every::Week,
                        "MONTHLY" => Every::Month,
                        "YEARLY" => Every::Year,
                        _ => return Err(wrong()),
                    };
                }
                "INTERVAL" => {
                    let interval = value.parse().ok().filter(|n| *n > 0);
                    rule.interval = interval.ok_or_else(wrong)?;
                }
                "COUNT" => rule.count = Some(value.parse().map_err(|_| wrong())?),
                "UNTIL" => rule.until = Some(date_of(value).ok_or_else(wrong)?),
                "BYMONTH" => rule.months = list(value, |n| n.parse().ok()).ok_or_else(wrong)?,
                "BYMONTHDAY" => {
                    rule.month_days = list(value, |n| n.parse().ok()).ok_or_else(wrong)?;
                }
                "BYDAY" => rule.weekdays = list(value, weekday).ok_or_else(wrong)?,
                "WKST" if rule.every != Every::Week || rule.interval == 1 => {}
                _ => return Err(wrong()),
            }
        }
        Ok(rule)
    }

    /// The days from `first` on, up to `until`; `budget` is what may still be looked at, and gets less.
    ///
    /// # Errors
    /// When the budget is used up.
    pub(crate) fn days(&self, first: Date, until: Date, budget: &mut u32) -> Result<Vec<Date>, ()> {
        let until = self.until.map_or(until, |end| end.min(until));
        let mut found = Vec::new();
        let mut day = first;
        while day <= until {
            *budget = budget.checked_sub(1).ok_or(())?;
            if self.is_on(day, first) {
                found.push(day);
                if self
                    .count
                    .is_some_and(|count| found.len() as u64 >= u64::from(count))
                {
                    break;
                }
            }
            day = match day.next() {
                Some(next) => next,
                None => break,
            };
        }
        Ok(found)
    }

    fn is_on(&self, day: Date, first: Date) -> bool {
        let apart = match self.every {
            Every::Day => day.days_since(first),
            Every::Week => (day.days_since(first) + i64::from(first.weekday() as u8)) / 7,
            Every::Month => months(day) - months(first),
            Every::Year => i64::from(day.year()) - i64::from(first.year()),
        };
        apart.rem_euclid(i64::from(self.interval)) == 0
            && self.is_month(day, first)
            && self.is_month_day(day, first)
            && self.is_weekday(day, first)
    }

    fn is_month(&self, day: Date, first: Date) -> bool {
        if !self.months.is_empty() {
            return self.months.contains(&day.month());
        }
        // A yearly rule without anything else comes on the same day of the same month.
        let is_free = self.every != Every::Year || !self.weekdays.is_empty();
        is_free || day.month() == first.month()
    }

    fn is_month_day(&self, day: Date, first: Date) -> bool {
        let (from_begin, from_end) = (day.day(), day.day() - day.days_in_month() - 1);
        if !self.month_days.is_empty() {
            return self.month_days.contains(&from_begin) || self.month_days.contains(&from_end);
        }
        let is_free = matches!(self.every, Every::Day | Every::Week) || !self.weekdays.is_empty();
        is_free || from_begin == first.day()
    }

    fn is_weekday(&self, day: Date, first: Date) -> bool {
        if self.weekdays.is_empty() {
            return self.every != Every::Week || day.weekday() == first.weekday();
        }
        self.weekdays
            .iter()
            .any(|(number, weekday)| day.weekday() == *weekday && self.is_nth(day, *number))
    }

    fn is_nth(&self, day: Date, number: i8) -> bool {
        if number == 0 {
            return true;
        }
        let number = i64::from(number);
        let (before, after) = if self.every == Every::Year && self.months.is_empty() {
            let begin = Date::new(day.year(), 1, 1).map_or(0, |begin| day.days_since(begin));
            let end = Date::new(day.year(), 12, 31).map_or(0, |end| end.days_since(day));
            (begin, end)
        } else {
            let left = i64::from(day.days_in_month()) - i64::from(day.day());
            (i64::from(day.day()) - 1, left)
        };
        number == before / 7 + 1 || number == -(after / 7) - 1
    }
}

fn months(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month())
}
