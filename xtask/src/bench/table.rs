//! The figures as a person reads them at the end of a run.

use super::figures::{Figure, Verdict};
use super::machine;
use crate::say;
use anyhow::Result;
use serde_json::Value;

pub(super) fn print(figures: &[Figure], on: &Value) -> Result<()> {
    say::heading("measured")?;
    say::line(&format!("on {}", machine::in_words(on)))?;
    if on["is_busy"] == true {
        say::line(&format!(
            "The machine was busy with something else (load {}): take figures of time as worst cases.",
            on["load_at_start"]
        ))?;
    }
    say::line("")?;
    let widths = |of: fn(&Figure) -> String| {
        let lengths = figures.iter().map(|figure| of(figure).chars().count());
        lengths.max().unwrap_or(0)
    };
    let what = widths(|figure| figure.row.what.to_owned());
    let value = widths(Figure::in_words).max("measured".len());
    let reach = widths(Figure::to_reach).max("to reach".len());
    say::line(&format!(
        "  {:<what$}  {:>value$}  {:>reach$}",
        "what", "measured", "to reach"
    ))?;
    for figure in figures {
        let verdict = match figure.verdict() {
            Verdict::Reached => "reached",
            Verdict::Missed => "MISSED ",
            Verdict::None => "       ",
        };
        let line = format!(
            "  {:<what$}  {:>value$}  {:>reach$}  {verdict}  {}",
            figure.row.what,
            figure.in_words(),
            figure.to_reach(),
            figure.beside(),
        );
        say::line(line.trim_end())?;
    }
    Ok(())
}
