//! Which numbers are told, what each should reach, and how several become one.

mod attack;
mod rows;

use anyhow::{Context, Result};
use rows::ROWS;
use serde_json::{Value, json};
use std::path::Path;

/// Several measurements of one thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) n: usize,
}

impl Spread {
    /// The median of an even number is the mean of the two in the middle; of none everything is NaN, `null` in JSON.
    pub(super) fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        Self {
            median: f64::midpoint(at(n.saturating_sub(1) / 2), at(n / 2)),
            min: at(0),
            max: at(n.saturating_sub(1)),
            n,
        }
    }

    pub(super) fn to_json(self) -> Value {
        json!({"median": self.median, "min": self.min, "max": self.max, "n": self.n})
    }
}

/// A line of the table: which number of which part.
pub(super) struct Row {
    part: &'static str,
    pub(super) what: &'static str,
    /// Where the number stands in the part's file (RFC 6901).
    pointer: &'static str,
    unit: &'static str,
    decimals: usize,
    at_most: Option<f64>,
    /// What is told beside it: words, and where the number stands below the pointer's parent; absent ones are left out.
    beside: &'static [(&'static str, &'static str)],
}

const fn row(
    part: &'static str,
    what: &'static str,
    pointer: &'static str,
    unit: &'static str,
) -> Row {
    Row {
        part,
        what,
        pointer,
        unit,
        decimals: 0,
        at_most: None,
        beside: &[],
    }
}

impl Row {
    const fn decimals(self, decimals: usize) -> Self {
        Self { decimals, ..self }
    }

    const fn at_most(self, most: f64) -> Self {
        Self {
            at_most: Some(most),
            ..self
        }
    }

    const fn beside(self, beside: &'static [(&'static str, &'static str)]) -> Self {
        Self { beside, ..self }
    }
}

pub(super) struct Figure {
    pub(super) row: &'static Row,
    value: f64,
    beside: Vec<(&'static str, f64)>,
}

pub(super) enum Verdict {
    Reached,
    Missed,
    None,
}

impl Figure {
    fn of(row: &'static Row, measured: &Value) -> Option<Self> {
        let value = measured.pointer(row.pointer)?.as_f64()?;
        let (parent, own) = row.pointer.rsplit_once('/')?;
        let other = |place: &str| {
            let pointer = match place.strip_prefix("../") {
                Some(place) => format!("{}/{place}", parent.rsplit_once('/')?.0),
                None => format!("{parent}/{}", place.replace("{}", own)),
            };
            measured.pointer(&pointer)?.as_f64()
        };
        let beside = row.beside.iter();
        let beside = beside.filter_map(|(words, place)| Some((*words, other(place)?)));
        Some(Self {
            row,
            value,
            beside: beside.collect(),
        })
    }

    pub(super) fn verdict(&self) -> Verdict {
        match self.row.at_most {
            Some(most) if self.value <= most => Verdict::Reached,
            Some(_) => Verdict::Missed,
            None => Verdict::None,
        }
    }

    pub(super) fn in_words(&self) -> String {
        let number = format!("{:.*} {}", self.row.decimals, self.value, self.row.unit);
        number.trim_end().to_owned()
    }

    pub(super) fn to_reach(&self) -> String {
        let most = self.row.at_most;
        most.map_or(String::new(), |most| format!("≤ {most} {}", self.row.unit))
    }

    /// `p95 96, n 30`.
    pub(super) fn beside(&self) -> String {
        let part = |(words, value): &(&str, f64)| {
            let is_round = value.fract() == 0.0 || *value >= 100.0;
            let decimals = if is_round { 0 } else { self.row.decimals };
            format!("{words} {value:.decimals$}")
        };
        let parts: Vec<String> = self.beside.iter().map(part).collect();
        parts.join(", ")
    }
}

/// The figures of the wanted parts, from their files; parts that were never measured have none.
pub(super) fn read(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for row in ROWS
        .iter()
        .chain(attack::ROWS)
        .filter(|row| wanted(row.part))
    {
        let path = super::file(folder, row.part);
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let measured: Value =
            serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
        figures.extend(Figure::of(row, &measured));
    }
    Ok(figures)
}

/// All of them for programs to read.
pub(super) fn to_json(figures: &[Figure], machine: &Value) -> Value {
    let each = figures.iter().map(|figure| {
        json!({
            "part": figure.row.part,
            "what": figure.row.what,
            "value": figure.value,
            "unit": figure.row.unit,
            "at_most": figure.row.at_most,
            "is_reached": match figure.verdict() {
                Verdict::Reached => Some(true),
                Verdict::Missed => Some(false),
                Verdict::None => None,
            },
        })
    });
    json!({"machine": machine, "figures": each.collect::<Value>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(part: &str, measured: &Value) -> Figure {
        let row = ROWS.iter().find(|row| row.part == part).unwrap();
        Figure::of(row, measured).unwrap()
    }

    #[test]
    fn a_figure_is_told_with_its_target_and_what_stands_beside_it() {
        let measured = json!({"mouth_to_ear_ms": {"median": 91.4, "p95": 99.6, "n": 30}});
        let late = figure("media", &measured);
        assert_eq!(late.in_words(), "91 ms");
        assert_eq!(late.to_reach(), "≤ 80 ms");
        assert_eq!(late.beside(), "p95 100, n 30");
        assert!(matches!(late.verdict(), Verdict::Missed));
    }

    #[test]
    fn parts_of_a_sum_are_named() {
        let cpu = json!({"percent": 11.0, "percent_by_process": {"warmline-desktop": 9.25}});
        let share = figure("desktop", &json!({"call": {"cpu": cpu}}));
        assert_eq!(share.beside(), "own process 9.2");
        assert!(matches!(share.verdict(), Verdict::Reached));
    }

    #[test]
    fn a_score_stands_beside_the_delay_it_was_bought_with() {
        let ours = json!({"pesq": {"median": 2.5, "n": 12}, "delay_ms": {"median": 150.0}});
        let score = figure("speech", &json!({"impaired": {"ours": ours}}));
        assert_eq!(score.in_words(), "2.50");
        assert_eq!(score.beside(), "n 12, delay in ms 150");
        assert!(matches!(score.verdict(), Verdict::None));
    }

    #[test]
    fn what_was_not_measured_is_no_figure() {
        assert!(Figure::of(&ROWS[0], &json!({"mouth_to_ear_ms": null})).is_none());
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(Spread::of(&[3.0, 1.0, 2.0]).median, 2.0);
        assert_eq!(Spread::of(&[4.0, 1.0, 2.0, 3.0]).median, 2.5);
        assert_eq!(Spread::of(&[4.0, 1.0]).to_json()["max"], 4.0);
        assert!(Spread::of(&[]).median.is_nan());
    }
}
