//! Holidays out of an iCalendar file (RFC 5545): whole days, parts of days, and what comes every year.

use crate::Refusal;
use crate::content::{Lines, Property};
use crate::people::unescaped;
use crate::recurrence::{DAYS_LOOKED_AT, Rule, date_of};
use hours::{Date, MinuteOfDay, Zone};
use protocol::configuration::{HolidaySettings, OpeningSettings, SpanSettings, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// Events of one file that are looked at.
const MAX_EVENTS: usize = 10_000;

/// Days of one event, so that a holiday's end written in another century closes nobody for ever.
const MAX_LENGTH_DAYS: i64 = 400;

/// Days that a schedule takes.
const MAX_DAYS: usize = 1_000;

/// Remarks that are worth reading.
const MAX_REMARKS: usize = 20;

/// A day that is not as its weekday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOff {
    pub date: Date,
    pub name: String,
    /// Absent: the whole day.
    pub closed: Option<(MinuteOfDay, MinuteOfDay)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CalendarDays {
    /// By date.
    pub days: Vec<DayOff>,
    /// What was left out and why, in English.
    pub remarks: Vec<String>,
}

impl CalendarDays {
    /// As a schedule has them: closed, or open for what is left of the week's openings.
    #[must_use]
    pub fn holidays(&self, weekly: &[OpeningSettings]) -> Vec<HolidaySettings> {
        let mut by_date: BTreeMap<Date, Vec<&DayOff>> = BTreeMap::new();
        for day in &self.days {
            by_date.entry(day.date).or_default().push(day);
        }
        by_date
            .into_iter()
            .map(|(date, days)| holiday(date, &days, weekly))
            .collect()
    }
}

fn holiday(date: Date, days: &[&DayOff], weekly: &[OpeningSettings]) -> HolidaySettings {
    let mut names: Vec<&str> = Vec::new();
    for day in days {
        if !names.contains(&day.name.as_str()) {
            names.push(&day.name);
        }
    }
    let name: String = names.join(" / ").chars().take(100).collect();
    let is_whole = days.iter().any(|day| day.closed.is_none());
    let mut spans: Vec<(MinuteOfDay, MinuteOfDay)> = Vec::new();
    if !is_whole {
        let of_day = weekly
            .iter()
            .filter(|one| one.day == wire_day(date.weekday()));
        let read = |text: &str| MinuteOfDay::try_from(text.to_owned()).ok();
        spans.extend(of_day.filter_map(|one| Some((read(&one.from)?, read(&one.to)?))));
        for (from, to) in days.iter().filter_map(|day| day.closed) {
            spans = spans
                .into_iter()
                .flat_map(|span| without(span, from, to))
                .collect();
        }
    }
    let openings = spans.into_iter().map(|(from, to)| SpanSettings {
        from: from.to_string(),
        to: to.to_string(),
    });
    HolidaySettings {
        date: date.to_string(),
        name,
        openings: openings.collect(),
    }
}

type Minutes = (MinuteOfDay, MinuteOfDay);

/// What is left of a span without `from` to `to`.
fn without(span: Minutes, from: MinuteOfDay, to: MinuteOfDay) -> Vec<Minutes> {
    let parts = [(span.0, span.1.min(from)), (span.0.max(to), span.1)];
    parts.into_iter().filter(|(from, to)| from < to).collect()
}

pub(crate) fn wire_day(day: hours::Weekday) -> Weekday {
    match day {
        hours::Weekday::Monday => Weekday::Monday,
        hours::Weekday::Tuesday => Weekday::Tuesday,
        hours::Weekday::Wednesday => Weekday::Wednesday,
        hours::Weekday::Thursday => Weekday::Thursday,
        hours::Weekday::Friday => Weekday::Friday,
        hours::Weekday::Saturday => Weekday::Saturday,
        hours::Weekday::Sunday => Weekday::Sunday,
    }
}

/// The days off within a window, on the wall clock of `zone`.
///
/// # Errors
/// When the text is no calendar, or has rules that would go on for ever.
pub fn days_off(text: &str, zone: &Zone, from: Date, until: Date) -> Result<CalendarDays, Refusal> {
    if !crate::is_calendar(text) {
        return Err(Refusal::new(
            "this is no iCalendar file: it should begin with BEGIN:VCALENDAR",
        ));
    }
    let mut found = Found {
        zone,
        from,
        until,
        budget: DAYS_LOOKED_AT,
        days: BTreeSet::new(),
        remarks: Vec::new(),
    };
    let events = events(text, &mut found);
    let moved: BTreeSet<(String, Date)> = events
        .iter()
        .filter_map(|event| {
            Some((
                event.text("UID"),
                event.moment("RECURRENCE-ID", &mut found)?.date,
            ))
        })
        .collect();
    for event in &events {
        found.add(event, &moved)?;
    }
    let days = found
        .days
        .into_iter()
        .map(|(date, name, closed)| DayOff { date, name, closed });
    Ok(CalendarDays {
        days: days.collect(),
        remarks: found.remarks,
    })
}

#[derive(Default)]
struct Event {
    line: u64,
    properties: Vec<Property>,
}

/// A date, and a time of day where one is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Moment {
    date: Date,
    minute: Option<MinuteOfDay>,
}

struct Found<'a> {
    zone: &'a Zone,
    from: Date,
    until: Date,
    budget: u32,
    days: BTreeSet<(Date, String, Option<Minutes>)>,
    remarks: Vec<String>,
}

fn events(text: &str, found: &mut Found<'_>) -> Vec<Event> {
    let mut lines = Lines::default();
    lines.feed(text);
    lines.finish();
    let mut events = Vec::new();
    let mut open: Option<Event> = None;
    // An alarm within an event has properties of its own.
    let mut within = 0_u32;
    while let Some(line) = lines.next() {
        let Some(property) = Property::of(&line) else {
            continue;
        };
        let is_event = property.value.trim().eq_ignore_ascii_case("VEVENT");
        match (property.name.as_str(), &mut open) {
            ("BEGIN", None) if is_event => {
                open = Some(Event {
                    line: line.number,
                    properties: Vec::new(),
                });
            }
            ("BEGIN", Some(_)) => within += 1,
            ("END", Some(_)) if is_event => {
                within = 0;
                events.extend(open.take());
                if events.len() >= MAX_EVENTS {
                    found.remark(format!("only the first {MAX_EVENTS} events were read"));
                    break;
                }
            }
            ("END", Some(_)) => within = within.saturating_sub(1),
            (_, Some(event)) if within == 0 && event.properties.len() < 200 => {
                event.properties.push(property);
            }
            _ => {}
        }
    }
    events
}

impl Event {
    fn property(&self, name: &str) -> Option<&Property> {
        self.properties
            .iter()
            .find(|property| property.name == name)
    }

    fn text(&self, name: &str) -> String {
        let value = self
            .property(name)
            .map(|property| unescaped(&property.value));
        let value = value.unwrap_or_default();
        Vec::from_iter(value.split_whitespace()).join(" ")
    }

    fn moment(&self, name: &str, found: &mut Found<'_>) -> Option<Moment> {
        let property = self.property(name)?;
        found.moment(property, property.value.trim())
    }
}

impl Found<'_> {
    fn remark(&mut self, text: String) {
        if self.remarks.len() < MAX_REMARKS && !self.remarks.contains(&text) {
            self.remarks.push(text);
        }
    }

    /// On the wall clock of the hours. A day without a time is the same day everywhere.
    fn moment(&mut self, property: &Property, value: &str) -> Option<Moment> {
        let date = date_of(value)?;
        let Some(time) = value.get(8..).and_then(|rest| rest.strip_prefix('T')) else {
            return Some(Moment { date, minute: None });
        };
        let part = |range: std::ops::Range<usize>| time.get(range)?.parse().ok();
        let minute = MinuteOfDay::new(part(0..2)?, part(2..4)?)?;
        let from = if time.ends_with('Z') {
            Some(Zone::default())
        } else {
            match property.parameter("TZID") {
                None => None,
                Some(name) => {
                    let zone = Zone::named(name.trim_start_matches('/'));
                    if zone.is_none() {
                        self.remark(format!(
                            "the time zone \"{name}\" is not known; its times were taken as the hours' own"
                        ));
                    }
                    zone
                }
            }
        };
        let (date, minute) = match from {
            Some(from) => {
                let local = self.zone.local(from.at(date, minute));
                (local.date, local.minute)
            }
            None => (date, minute),
        };
        Some(Moment {
            date,
            minute: Some(minute),
        })
    }

    fn add(&mut self, event: &Event, moved: &BTreeSet<(String, Date)>) -> Result<(), Refusal> {
        let is_cancelled = event.text("STATUS").eq_ignore_ascii_case("CANCELLED");
        if is_cancelled {
            return Ok(());
        }
        let Some(start) = event.moment("DTSTART", self) else {
            self.remark(format!("the event on line {} has no beginning", event.line));
            return Ok(());
        };
        let end = event.moment("DTEND", self);
        let end = end.or_else(|| lasting(start, &event.text("DURATION")));
        let mut except: BTreeSet<Date> = BTreeSet::new();
        let (uid, is_moved) = (event.text("UID"), event.property("RECURRENCE-ID").is_some());
        if !is_moved {
            let of_this = moved.iter().filter(|(of, _)| *of == uid && !uid.is_empty());
            except.extend(of_this.map(|(_, date)| *date));
        }
        let mut firsts = vec![start.date];
        for property in &event.properties {
            let values = property.value.split(',').map(str::trim);
            match property.name.as_str() {
                "EXDATE" => {
                    for value in values {
                        except.extend(self.moment(property, value).map(|moment| moment.date));
                    }
                }
                "RDATE" => firsts.extend(values.filter_map(date_of)),
                "RRULE" if !is_moved => firsts.extend(self.repeated(event, property, start.date)?),
                _ => {}
            }
        }
        let name = event.text("SUMMARY");
        for first in BTreeSet::from_iter(firsts) {
            if !except.contains(&first) {
                self.add_days(first, start, end, &name);
            }
        }
        Ok(())
    }

    fn repeated(
        &mut self,
        event: &Event,
        rule: &Property,
        first: Date,
    ) -> Result<Vec<Date>, Refusal> {
        let rule = match Rule::of(&rule.value) {
            Ok(rule) => rule,
            Err(part) => {
                self.remark(format!(
                    "the event on line {} repeats in a way that is not understood ({part}); only its first day was taken",
                    event.line
                ));
                return Ok(Vec::new());
            }
        };
        rule.days(first, self.until, &mut self.budget)
            .map_err(|()| {
                Refusal::new(
                    "the calendar repeats more events than anybody has; use one of holidays only",
                )
            })
    }

    /// One happening, from its first day to its last, within the window.
    fn add_days(&mut self, first: Date, start: Moment, end: Option<Moment>, name: &str) {
        let length = end.map_or(0, |end| end.date.days_since(start.date));
        let length = length.clamp(0, MAX_LENGTH_DAYS);
        let ends_at = end.and_then(|end| end.minute);
        let mut date = first;
        for nth in 0..=length {
            let is_last = nth == length;
            let from = if nth == 0 { start.minute } else { None };
            let closed = match (start.minute, is_last) {
                // DTEND of whole days is the first day after them.
                (None, true) if length > 0 => break,
                (None, _) => None,
                (Some(_), _) => {
                    let to = if is_last {
                        ends_at.unwrap_or(MinuteOfDay::END)
                    } else {
                        MinuteOfDay::END
                    };
                    let from = from.unwrap_or(MinuteOfDay::FIRST);
                    if from >= to {
                        break;
                    }
                    Some((from, to))
                        .filter(|whole| *whole != (MinuteOfDay::FIRST, MinuteOfDay::END))
                }
            };
            if self.from <= date && date <= self.until {
                if self.days.len() >= MAX_DAYS {
                    return self.remark(format!("only {MAX_DAYS} days were taken"));
                }
                self.days.insert((date, name.to_owned(), closed));
            }
            match date.next() {
                Some(next) => date = next,
                None => break,
            }
        }
    }
}

/// The end of what lasts `P1D`, `PT2H30M` or `P1W`.
fn lasting(start: Moment, duration: &str) -> Option<Moment> {
    let text = duration.trim().trim_start_matches('+').strip_prefix('P')?;
    let (mut minutes, mut number) = (0_i64, 0_i64);
    for letter in text.chars() {
        match letter {
            '0'..='9' => number = (number * 10 + i64::from(letter.to_digit(10)?)).min(1_000_000),
            'T' => {}
            unit => {
                minutes += number
                    * match unit {
                        'W' => 7 * 1_440,
                        'D' => 1_440,
                        'H' => 60,
                        'M' => 1,
                        _ => 0,
                    };
                number = 0;
            }
        }
    }
    let from = i64::from(start.minute.map_or(0, MinuteOfDay::get));
    let (days, minute) = ((from + minutes) / 1_440, (from + minutes) % 1_440);
    let mut date = start.date;
    for _ in 0..days.min(MAX_LENGTH_DAYS) {
        date = date.next()?;
    }
    let minute = u16::try_from(minute)
        .ok()
        .and_then(|at| MinuteOfDay::new(at / 60, at % 60));
    Some(Moment {
        date,
        minute: start.minute.and(minute),
    })
}
