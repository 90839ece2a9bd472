//! Business hours in the notation of OpenStreetMap's `opening_hours`, as far as a week and days of the year say it.
//!
//! Rules are divided by `;`, and a later one goes before an earlier one for its days; `,` before a rule adds to it. What
//! a schedule cannot say (sunrise, school holidays, weeks by number) is refused by name and place.

mod letters;

use crate::calendar::wire_day;
use crate::spans::{Spans, by_day, merged, settings};
use hours::{Date, MinuteOfDay, Weekday};
use protocol::configuration::{HolidaySettings, OpeningSettings};
use protocol::exchange::ReadHours;
use std::collections::BTreeMap;

/// Longer than any week that was ever written.
const MAX_CHARS: usize = 2_000;

/// What is not understood, and after how many characters it begins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}: {why}")]
pub struct NotationFault {
    /// From 1.
    pub at: usize,
    pub why: String,
}

/// The days a rule is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Days {
    weekdays: Vec<Weekday>,
    is_public_holiday: bool,
    /// Days of the year, from and to, both included.
    dates: Vec<(DayOfYear, DayOfYear)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DayOfYear {
    year: Option<i16>,
    month: i8,
    /// Absent: the whole month.
    day: Option<i8>,
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mo", Weekday::Monday),
    ("tu", Weekday::Tuesday),
    ("we", Weekday::Wednesday),
    ("th", Weekday::Thursday),
    ("fr", Weekday::Friday),
    ("sa", Weekday::Saturday),
    ("su", Weekday::Sunday),
];

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads the notation. Days of the year are written out for the year of `from` and the next; `holidays` are the days
/// that `PH` means.
///
/// # Errors
/// The first thing that is not understood, or that a schedule cannot say.
pub fn read_notation(
    text: &str,
    holidays: &[HolidaySettings],
    from: Date,
) -> Result<ReadHours, NotationFault> {
    let mut read = Reading {
        letters: text.chars().collect(),
        at: 0,
        week: BTreeMap::new(),
        on_holidays: None,
        dated: BTreeMap::new(),
        remarks: Vec::new(),
        from,
    };
    if read.letters.len() > MAX_CHARS {
        return Err(read.fault("the text is longer than 2000 characters"));
    }
    read.rules()?;
    Ok(read.hours(holidays))
}

struct Reading {
    letters: Vec<char>,
    at: usize,
    week: BTreeMap<u8, Spans>,
    on_holidays: Option<Spans>,
    dated: BTreeMap<Date, (Spans, String)>,
    remarks: Vec<String>,
    from: Date,
}

impl Reading {
    fn rules(&mut self) -> Result<(), NotationFault> {
        let mut adds = false;
        loop {
            self.pass_spaces();
            if self.peek().is_none() {
                break;
            }
            self.rule(adds)?;
            adds = false;
            if self.takes(';') {
                continue;
            }
            if self.takes(',') {
                adds = true;
                continue;
            }
            self.pass_spaces();
            if self.peek() == Some('|') {
                return Err(self.fault("a fallback (||) is not understood; leave it out"));
            }
            if self.peek().is_some() {
                return Err(self.fault("this is not understood; divide rules by ';'"));
            }
        }
        if self.week.values().all(Vec::is_empty) && self.dated.values().all(|(s, _)| s.is_empty()) {
            self.at = 0;
            return Err(self.fault("these hours never open"));
        }
        Ok(())
    }

    fn rule(&mut self, adds: bool) -> Result<(), NotationFault> {
        let days = self.days()?;
        let spans = self.times()?;
        self.modifier_comment();
        let is_everyday = days == Days::default();
        let weekdays = if is_everyday {
            Weekday::ALL.to_vec()
        } else {
            days.weekdays.clone()
        };
        if days.dates.is_empty() {
            for day in weekdays {
                let of_day = self.week.entry(day as u8).or_default();
                if !adds {
                    of_day.clear();
                }
                of_day.extend(&spans);
            }
            if days.is_public_holiday {
                self.on_holidays = Some(spans);
            }
            return Ok(());
        }
        self.on_dates(&days, &spans)
    }

    fn on_dates(&mut self, days: &Days, spans: &Spans) -> Result<(), NotationFault> {
        if spans.iter().any(|(from, to)| from >= to) {
            return Err(self.fault(
                "an opening of a single day ends at 24:00; write the next day's part for that day",
            ));
        }
        let first = self.from.year();
        for (begin, end) in &days.dates {
            let years = begin.year.map_or(vec![first, first + 1], |year| vec![year]);
            for year in years {
                let Some((begin, end)) = range(*begin, *end, year) else {
                    return Err(self.fault("the calendar has no such day"));
                };
                let mut day = begin;
                while day <= end {
                    let is_meant =
                        days.weekdays.is_empty() || days.weekdays.contains(&day.weekday());
                    if is_meant && day >= self.from {
                        let name = String::new();
                        self.dated.insert(day, (spans.clone(), name));
                    }
                    match day.next() {
                        Some(next) => day = next,
                        None => break,
                    }
                }
            }
        }
        Ok(())
    }

    fn days(&mut self) -> Result<Days, NotationFault> {
        let mut days = Days::default();
        let begin = self.at;
        if self.takes_word("24") && self.takes('/') && self.takes_word("7") {
            // Every day from 00:00 to 24:00; [`Reading::times`] sees that nothing follows.
            self.at = begin;
            return Ok(days);
        }
        self.at = begin;
        loop {
            let word = self.word();
            if let Some(from) = weekday(&word) {
                self.at += 2;
                self.no_bracket()?;
                let to = if self.takes_dash() {
                    self.weekday()?
                } else {
                    from
                };
                days.weekdays.extend(week_from(from, to));
            } else if word == "ph" {
                self.at += 2;
                days.is_public_holiday = true;
            } else if word == "sh" || word == "week" || word == "easter" {
                return Err(self.fault(format!(
                    "\"{word}\" is not understood; give the days by date"
                )));
            } else if let Some(dates) = self.dates()? {
                days.dates.push(dates);
            } else {
                break;
            }
            let before = self.at;
            if !self.takes(',') || !self.is_day() {
                self.at = before;
                // `Dec 24 Mo-Fr 09:00-12:00`: days within days.
                if days.dates.is_empty() || weekday(&self.word()).is_none() {
                    break;
                }
            }
        }
        self.takes(':');
        if days.is_public_holiday && !days.dates.is_empty() {
            return Err(self.fault("PH and dates stand in rules of their own"));
        }
        Ok(days)
    }

    fn no_bracket(&mut self) -> Result<(), NotationFault> {
        if self.peek() == Some('[') {
            return Err(
                self.fault("the n-th weekday of a month is not understood; give the days by date")
            );
        }
        Ok(())
    }

    fn is_day(&mut self) -> bool {
        let word = self.word();
        weekday(&word).is_some() || month(&word).is_some() || word == "ph" || word == "sh"
    }

    fn weekday(&mut self) -> Result<Weekday, NotationFault> {
        let day = weekday(&self.word());
        let day =
            day.ok_or_else(|| self.fault("a weekday is missing: Mo, Tu, We, Th, Fr, Sa or Su"))?;
        self.at += 2;
        Ok(day)
    }

    /// `Dec`, `Dec 24`, `2026 Dec 24-26`, `Dec 24-Jan 2`.
    fn dates(&mut self) -> Result<Option<(DayOfYear, DayOfYear)>, NotationFault> {
        let begin = self.at;
        let year = self.year();
        let Some(month) = month(&self.word()) else {
            self.at = begin;
            return Ok(None);
        };
        self.at += 3;
        let day = self.day_of_month();
        let from = DayOfYear { year, month, day };
        let mut to = from;
        let before = self.at;
        if self.takes_dash() {
            let year = self.year().or(year);
            if let Some(month) = self::month(&self.word()) {
                self.at += 3;
                let day = self.day_of_month();
                to = DayOfYear { year, month, day };
            } else if let Some(day) = self.day_of_month() {
                to.day = Some(day);
            } else {
                self.at = before;
                return Err(self.fault("a day is missing after the hyphen"));
            }
        }
        Ok(Some((from, to)))
    }

    fn year(&mut self) -> Option<i16> {
        let word = self.word();
        let year = word
            .parse()
            .ok()
            .filter(|year| (1970..=9998).contains(year))?;
        self.at += word.len();
        Some(year)
    }

    /// A number that is not the beginning of a time.
    fn day_of_month(&mut self) -> Option<i8> {
        let begin = self.at;
        let number = self.number().and_then(|day| i8::try_from(day).ok());
        let is_time = self.peek() == Some(':');
        if is_time || !number.is_some_and(|day| (1..=31).contains(&day)) {
            self.at = begin;
            return None;
        }
        number
    }

    fn times(&mut self) -> Result<Spans, NotationFault> {
        let begin = self.at;
        if self.takes_word("24") && self.takes('/') && self.takes_word("7") {
            self.takes_word("open");
            return Ok(vec![(MinuteOfDay::FIRST, MinuteOfDay::END)]);
        }
        self.at = begin;
        if self.takes_word("off") || self.takes_word("closed") {
            return Ok(Vec::new());
        }
        if self.takes_word("open") {
            return Ok(vec![(MinuteOfDay::FIRST, MinuteOfDay::END)]);
        }
        let mut spans = Spans::new();
        loop {
            let from = self.time()?;
            if !self.takes_dash() {
                return Err(self.fault("an opening needs its end, as 09:00-18:00"));
            }
            let to = self.time()?;
            self.pass_spaces();
            if self.peek() == Some('+') {
                return Err(self.fault("an open end (+) is not understood; give the end"));
            }
            spans.push((from, to));
            let before = self.at;
            self.pass_spaces();
            let is_time_next =
                self.takes(',') && self.word().starts_with(|c: char| c.is_ascii_digit());
            let is_date_next = is_time_next && self.is_year_next();
            if !is_time_next || is_date_next {
                self.at = before;
                break;
            }
        }
        self.takes_word("open");
        if self.takes_word("off") || self.takes_word("closed") {
            return Err(
                self.fault("closing for a part of a day is not understood; write when it is open")
            );
        }
        Ok(spans)
    }

    fn is_year_next(&mut self) -> bool {
        let begin = self.at;
        let is_year = self.year().is_some() && month(&self.word()).is_some();
        self.at = begin;
        is_year
    }

    /// A comment in quotation marks says nothing about hours.
    fn modifier_comment(&mut self) {
        if self.takes('"') {
            while let Some(letter) = self.peek() {
                self.at += 1;
                if letter == '"' {
                    break;
                }
            }
            self.remarks
                .push("a comment in quotation marks was left out".to_owned());
        }
    }

    fn hours(self, holidays: &[HolidaySettings]) -> ReadHours {
        let mut weekly = Vec::new();
        let week = by_day(&self.week);
        for day in Weekday::ALL {
            let spans = week.get(&(day as u8)).cloned().unwrap_or_default();
            for (from, to) in merged(spans) {
                weekly.push(OpeningSettings {
                    day: wire_day(day),
                    from: from.to_string(),
                    to: to.to_string(),
                });
            }
        }
        let mut days: BTreeMap<String, HolidaySettings> = BTreeMap::new();
        for holiday in holidays {
            let mut holiday = holiday.clone();
            if let Some(spans) = &self.on_holidays {
                holiday.openings = settings(spans);
            }
            days.insert(holiday.date.clone(), holiday);
        }
        let mut remarks = self.remarks;
        if self
            .on_holidays
            .as_ref()
            .is_some_and(|spans| !spans.is_empty())
            && holidays.is_empty()
        {
            remarks.push(
                "there are no holidays yet that PH could mean; read a calendar first".to_owned(),
            );
        }
        for (date, (spans, name)) in self.dated {
            let date = date.to_string();
            let known = days.get(&date).map(|known| known.name.clone());
            let name = known.unwrap_or(name);
            let openings = settings(&spans);
            days.insert(
                date.clone(),
                HolidaySettings {
                    date,
                    name,
                    openings,
                },
            );
        }
        ReadHours {
            weekly: Some(weekly),
            holidays: days.into_values().collect(),
            remarks,
        }
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    let found = WEEKDAYS.iter().find(|(name, _)| *name == word);
    found.map(|(_, day)| *day)
}

fn month(word: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|name| *name == word)?;
    i8::try_from(at + 1).ok()
}

/// From one weekday to another, over the week's end when it comes later.
fn week_from(from: Weekday, to: Weekday) -> Vec<Weekday> {
    let (from, to) = (from as usize, to as usize);
    let length = (to + 7 - from) % 7;
    (0..=length)
        .map(|step| Weekday::ALL[(from + step) % 7])
        .collect()
}

fn range(begin: DayOfYear, end: DayOfYear, year: i16) -> Option<(Date, Date)> {
    let first = Date::new(year, begin.month, begin.day.unwrap_or(1))?;
    let end_year = end.year.unwrap_or(year);
    let last_of = |year: i16| match end.day {
        Some(day) => Date::new(year, end.month, day),
        None => Date::new(year, end.month, 1)
            .and_then(|day| Date::new(year, end.month, day.days_in_month())),
    };
    let last = last_of(end_year)?;
    if last < first && end.year.is_none() {
        return Some((first, last_of(year + 1)?));
    }
    (first <= last).then_some((first, last))
}
