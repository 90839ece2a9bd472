//! Spans of a week and of single days, put in order and written as a schedule has them.

use hours::MinuteOfDay;
use protocol::configuration::SpanSettings;
use std::collections::BTreeMap;

pub(crate) type Spans = Vec<(MinuteOfDay, MinuteOfDay)>;

pub(crate) fn settings(spans: &Spans) -> Vec<SpanSettings> {
    let spans = merged(spans.clone()).into_iter();
    spans
        .map(|(from, to)| SpanSettings {
            from: from.to_string(),
            to: to.to_string(),
        })
        .collect()
}

/// In order, those that touch or overlap as one.
pub(crate) fn merged(mut spans: Spans) -> Spans {
    spans.retain(|(from, to)| from < to);
    spans.sort_unstable();
    let mut whole = Spans::new();
    for (from, to) in spans {
        match whole.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => whole.push((from, to)),
        }
    }
    whole
}

/// One over midnight belongs to two days.
pub(crate) fn by_day(week: &BTreeMap<u8, Spans>) -> BTreeMap<u8, Spans> {
    let mut by_day: BTreeMap<u8, Spans> = BTreeMap::new();
    for (day, spans) in week {
        for (from, to) in spans {
            let own = by_day.entry(*day).or_default();
            if from < to {
                own.push((*from, *to));
                continue;
            }
            own.push((*from, MinuteOfDay::END));
            let next = by_day.entry((day + 1) % 7).or_default();
            next.push((MinuteOfDay::FIRST, *to));
        }
    }
    by_day
}
