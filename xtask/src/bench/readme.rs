//! Writes what was measured into README.md, so that its figures are the bench's own.

use super::figures::{self, Figure, Verdict};
use super::{file, machine};
use crate::house::House;
use crate::say;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

const BEGIN: &str = "<!-- measured: `cargo xtask bench --readme` writes this -->";
const END: &str = "<!-- /measured -->";

pub(super) fn write(house: &House, folder: &Path) -> Result<()> {
    let figures = figures::read(folder, |_| true)?;
    ensure!(
        !figures.is_empty(),
        "nothing was measured yet: `cargo xtask bench` first"
    );
    let machine = std::fs::read_to_string(file(folder, "machine"))?;
    let machine: Value = serde_json::from_str(&machine)?;
    let path = house.root.join("README.md");
    let text = std::fs::read_to_string(&path)?;
    let text = replaced(&text, &markdown(&figures, &machine)?)?;
    std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    say::line("README.md holds the figures of the last runs")
}

fn markdown(figures: &[Figure], on: &Value) -> Result<String> {
    let mut out = format!("On {}:\n\n", machine::in_words(on));
    out += "| what | measured | to reach | |\n| --- | --- | --- | --- |\n";
    for figure in figures {
        let value = match figure.verdict() {
            Verdict::Missed => format!("**{}**", figure.in_words()),
            Verdict::Reached | Verdict::None => figure.in_words(),
        };
        let reach = figure.to_reach();
        let reach = if reach.is_empty() {
            "–".to_owned()
        } else {
            reach
        };
        writeln!(
            out,
            "| {} | {value} | {reach} | {} |",
            figure.row.what,
            figure.beside()
        )?;
    }
    if figures
        .iter()
        .any(|figure| matches!(figure.verdict(), Verdict::Missed))
    {
        out += "\nFigures in bold fall short.\n";
    }
    Ok(out)
}

/// `text` with `body` between the two marks.
fn replaced(text: &str, body: &str) -> Result<String> {
    let (head, rest) = text
        .split_once(BEGIN)
        .with_context(|| format!("README.md has no line `{BEGIN}`"))?;
    let (_, tail) = rest
        .split_once(END)
        .with_context(|| format!("README.md has no line `{END}`"))?;
    Ok(format!("{head}{BEGIN}\n{body}{END}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_marks_changes() {
        let text = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let new = replaced(&text, "new\n").unwrap();
        assert_eq!(new, format!("before\n{BEGIN}\nnew\n{END}\nafter\n"));
        assert!(replaced("no marks", "new").is_err());
    }
}
