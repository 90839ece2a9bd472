//! How these tests write schedules, instants and what follows from them.

use hours::{Date, Holiday, Hours, MinuteOfDay, Opening, Schedule, Span, Weekday};
use vocab::Millis;

/// `"mon-fri 09:00-12:00 13:00-17:00; sat 10:00-14:00"`, and holidays as `"2026-12-24 09:00-12:00; 2026-12-25"`.
pub(crate) fn schedule(zone: &str, weekly: &str, holidays: &str) -> Schedule {
    Schedule {
        zone: zone.to_owned(),
        weekly: parts(weekly).flat_map(openings).collect(),
        holidays: parts(holidays).map(holiday).collect(),
    }
}

pub(crate) fn hours(zone: &str, weekly: &str, holidays: &str) -> Hours {
    let schedule = schedule(zone, weekly, holidays);
    Hours::new(&schedule).unwrap_or_else(|faults| panic!("{schedule:?}: {faults:?}"))
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

fn openings(part: &str) -> Vec<Opening> {
    let (days, spans) = part.split_once(' ').expect("days and spans");
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let days = Weekday::ALL[index(first)..=index(last)].iter();
    days.flat_map(|day| {
        spans.split(' ').map(span).map(|Span { from, to }| Opening {
            day: *day,
            from,
            to,
        })
    })
    .collect()
}

fn index(day: &str) -> usize {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    names.iter().position(|name| *name == day).expect("a day")
}

fn holiday(part: &str) -> Holiday {
    let mut words = part.split(' ');
    Holiday {
        date: words.next().expect("a date").to_owned(),
        name: "a holiday".to_owned(),
        openings: words.map(span).collect(),
    }
}

fn span(text: &str) -> Span {
    let (from, to) = text.split_once('-').expect("from and to");
    let time = |text: &str| MinuteOfDay::try_from(text.to_owned()).expect("a time");
    Span {
        from: time(from),
        to: time(to),
    }
}

/// `"2026-03-29 01:00"` of UTC; seconds may follow. Counted by hand, so that the tests do not lean on what they test.
pub(crate) fn utc(text: &str) -> Millis {
    let number = |range: std::ops::Range<usize>| -> u64 {
        text.get(range)
            .map_or(0, |part| part.parse().expect("digits"))
    };
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    // From 1970 to 2099 no century breaks the rule.
    let is_leap = |year: u64| year.is_multiple_of(4);
    let years: u64 = (1970..year)
        .map(|year| 365 + u64::from(is_leap(year)))
        .sum();
    let february = 28 + u64::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months: u64 = lengths[..usize::try_from(month - 1).expect("a month")]
        .iter()
        .sum();
    let days = years + months + day - 1;
    let seconds = number(11..13) * 3_600 + number(14..16) * 60 + number(17..19);
    Millis((days * 86_400 + seconds) * 1_000)
}

/// As [`utc`] reads it.
pub(crate) fn written(at: Millis) -> String {
    let (day, seconds) = (at.0 / 86_400_000, at.0 % 86_400_000 / 1_000);
    let year = 1970 + i16::try_from(day / 366).expect("before 2100");
    let dates = (year..=year + 1).flat_map(|year| {
        (1..=12).flat_map(move |month| (1..=31).filter_map(move |day| Date::new(year, month, day)))
    });
    let date = dates
        .into_iter()
        .find(|date| utc(&date.to_string()).0 / 86_400_000 == day)
        .expect("within two years");
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match second {
        0 => format!("{date} {hour:02}:{minute:02}"),
        _ => format!("{date} {hour:02}:{minute:02}:{second:02}"),
    }
}
