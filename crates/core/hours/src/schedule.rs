//! What an operator writes: weekly hours and holidays; and what can be wrong with it.

use crate::day::{Date, Weekday};
use crate::minute::MinuteOfDay;
use crate::zone::Zone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// When an organisation, or a part of it, is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The IANA name of the zone whose wall clock is meant, such as `Europe/Berlin`; [`crate::zones`] lists them.
    pub zone: String,
    /// In any order; several a day are several openings.
    pub weekly: Vec<Opening>,
    /// Days that are not as their weekday.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

/// One opening of every such weekday. One over midnight is written as two, until 24:00 and from 00:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub day: Weekday,
    pub from: MinuteOfDay,
    /// The first minute that is closed again; 24:00 for an opening until the day's end.
    pub to: MinuteOfDay,
}

impl Opening {
    #[must_use]
    pub fn span(self) -> Span {
        let Self { from, to, .. } = self;
        Span { from, to }
    }
}

/// A part of a day, `to` left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    pub from: MinuteOfDay,
    pub to: MinuteOfDay,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// One day that is not as its weekday: closed, or open at other times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// `YYYY-MM-DD`; a text, so that [`Schedule::check`] can name a wrong one beside all other faults.
    pub date: String,
    pub name: String,
    /// Instead of the weekday's; none: closed that day.
    #[serde(default)]
    pub openings: Vec<Span>,
}

/// The day that a fault is on: every Monday, or a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhichDay {
    Weekly(Weekday),
    Holiday(String),
}

impl fmt::Display for WhichDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weekly(day) => day.fmt(f),
            Self::Holiday(date) => date.fmt(f),
        }
    }
}

/// What is wrong with a schedule. The text is for whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("\"{zone}\" is not a time zone: choose one such as Europe/Berlin")]
    UnknownZone { zone: String },
    #[error("{day}: an opening from {span} never begins; one over midnight is written as two")]
    EmptyOpening { day: WhichDay, span: Span },
    #[error("{day}: the openings from {first} and from {second} overlap")]
    Overlap {
        day: WhichDay,
        first: Span,
        second: Span,
    },
    #[error("these hours never open: give at least one opening")]
    NeverOpens,
    #[error("\"{date}\" is not a day of the calendar: write YYYY-MM-DD")]
    BadDate { date: String },
    #[error("{date} is a holiday twice: keep one of them")]
    DuplicateHoliday { date: String },
}

impl Schedule {
    /// Everything that is wrong, in the order in which it is written; empty when it can be used.
    #[must_use]
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if Zone::named(&self.zone).is_none() {
            let zone = self.zone.clone();
            faults.push(Fault::UnknownZone { zone });
        }
        for day in Weekday::ALL {
            let of_day = self.weekly.iter().filter(|opening| opening.day == day);
            let spans: Vec<Span> = of_day.map(|opening| opening.span()).collect();
            faults.extend(faults_of_day(&WhichDay::Weekly(day), spans));
        }
        let mut dates = BTreeSet::new();
        for holiday in &self.holidays {
            let date = holiday.date.clone();
            if Date::try_from(date.as_str()).is_err() {
                faults.push(Fault::BadDate { date });
                continue;
            }
            faults.extend(faults_of_day(
                &WhichDay::Holiday(date.clone()),
                holiday.openings.clone(),
            ));
            if !dates.insert(date.clone()) {
                faults.push(Fault::DuplicateHoliday { date });
            }
        }
        let never_opens = self.weekly.is_empty()
            && self
                .holidays
                .iter()
                .all(|holiday| holiday.openings.is_empty());
        if never_opens {
            faults.push(Fault::NeverOpens);
        }
        faults
    }
}

fn faults_of_day(day: &WhichDay, mut spans: Vec<Span>) -> Vec<Fault> {
    spans.sort_unstable();
    let mut faults = Vec::new();
    let mut before: Option<Span> = None;
    for span in spans {
        let day = day.clone();
        if span.from >= span.to {
            faults.push(Fault::EmptyOpening { day, span });
            continue;
        }
        match before {
            Some(first) if span.from < first.to => faults.push(Fault::Overlap {
                day,
                first,
                second: span,
            }),
            Some(_) | None => {}
        }
        // The one that lasts longest, so that an opening within another hides no overlap with a third.
        before = before.filter(|first| first.to >= span.to).or(Some(span));
    }
    faults
}
