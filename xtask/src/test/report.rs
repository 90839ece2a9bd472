//! What the steps of a test run have come to, and the summary at its end.

use crate::count::Count;
use crate::foreign::Outcome;
use crate::say;
use anyhow::{Error, Result, bail};
use std::time::{Duration, Instant};

#[derive(Default)]
pub(super) struct Report {
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    took: Duration,
    count: Count,
    end: End,
}

/// How a step ended.
enum End {
    Passed,
    PassedBut(String),
    LeftOut(String),
    Failed(Error),
}

impl From<Result<Outcome>> for End {
    fn from(outcome: Result<Outcome>) -> Self {
        match outcome {
            Ok(Outcome::Passed) => Self::Passed,
            Ok(Outcome::PassedBut(rest)) => Self::PassedBut(rest),
            Ok(Outcome::LeftOut(reason)) => Self::LeftOut(reason),
            Err(error) => Self::Failed(error),
        }
    }
}

impl Row {
    fn told(&self) -> String {
        let end = match self.end {
            End::Passed | End::PassedBut(_) => "ok",
            End::LeftOut(_) => "LEFT OUT",
            End::Failed(_) => "FAILED",
        };
        let took = self.took.as_secs_f64();
        let tests = match self.count {
            Count {
                passed: 0,
                failed: 0,
            } => String::new(),
            Count { passed, failed } => format!("{passed} passed, {failed} failed"),
        };
        format!("  {:<26} {end:<8} {took:>7.1} s   {tests}", self.name)
    }
}

impl Report {
    /// Runs a step; whether it went well. A failed step does not stop the others: one wants to know all of them.
    pub(super) fn step(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<()>,
    ) -> Result<bool> {
        self.checked(name, || work().map(|()| Outcome::Passed))
    }

    /// [`Self::step`] for what this machine may not be able to do.
    pub(super) fn checked(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<Outcome>,
    ) -> Result<bool> {
        self.ended(name, || (Count::default(), work().into()))
    }

    /// [`Self::step`] for one that counts tests.
    pub(super) fn counted(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> (Count, Result<()>),
    ) -> Result<bool> {
        self.ended(name, || {
            let (count, outcome) = work();
            (count, outcome.map(|()| Outcome::Passed).into())
        })
    }

    /// Steps that are not even begun, since another one failed.
    pub(super) fn left_out(&mut self, names: &[&'static str], reason: &str) {
        self.rows.extend(names.iter().map(|name| Row {
            name,
            took: Duration::ZERO,
            count: Count::default(),
            end: End::LeftOut(reason.to_owned()),
        }));
    }

    fn ended(&mut self, name: &'static str, work: impl FnOnce() -> (Count, End)) -> Result<bool> {
        say::heading(name)?;
        let began = Instant::now();
        let (count, end) = work();
        let took = began.elapsed();
        let word = match &end {
            End::Passed | End::PassedBut(_) => "done",
            End::LeftOut(reason) => {
                say::line(reason)?;
                "LEFT OUT"
            }
            End::Failed(error) => {
                say::line(&format!("{error:#}"))?;
                "FAILED"
            }
        };
        say::line(&format!("{name}: {word} in {:.1} s", took.as_secs_f64()))?;
        let is_good = matches!(end, End::Passed | End::PassedBut(_));
        self.rows.push(Row {
            name,
            took,
            count,
            end,
        });
        Ok(is_good)
    }

    /// # Errors
    /// When a step or a test failed, naming the steps.
    pub(super) fn end(self) -> Result<()> {
        say::heading("summary")?;
        say::text(&self.summary())?;
        let failed = self.names(|end| matches!(end, End::Failed(_)));
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }

    /// A line for each step, what was not proved by name, and as the last line the count.
    fn summary(&self) -> String {
        let mut lines: Vec<String> = self.rows.iter().map(Row::told).collect();
        let total: Duration = self.rows.iter().map(|row| row.took).sum();
        let total = total.as_secs_f64();
        lines.push(format!("  {:<26} {:<8} {total:>7.1} s\n", "all", ""));
        for row in &self.rows {
            match &row.end {
                End::PassedBut(rest) => lines.push(format!("Not part of {}: {rest}.\n", row.name)),
                End::LeftOut(reason) => {
                    lines.push(format!(
                        "LEFT OUT, so not proved: {}: {reason}.\n",
                        row.name
                    ));
                }
                End::Passed | End::Failed(_) => {}
            }
        }
        let failed = self.names(|end| matches!(end, End::Failed(_)));
        if !failed.is_empty() {
            lines.push(format!("FAILED: {}\n", failed.join(", ")));
        }
        let mut count = Count::default();
        for row in &self.rows {
            count += row.count;
        }
        let skipped = match self.names(|end| matches!(end, End::LeftOut(_))).len() {
            0 => String::new(),
            steps => format!(", {steps} skipped"),
        };
        lines.push(format!(
            "{} passed, {} failed{skipped}",
            count.passed, count.failed
        ));
        lines.join("\n")
    }

    fn names(&self, is_wanted: impl Fn(&End) -> bool) -> Vec<&'static str> {
        let rows = self.rows.iter().filter(|row| is_wanted(&row.end));
        rows.map(|row| row.name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    fn row(name: &'static str, (passed, failed): (u32, u32), end: End) -> Row {
        Row {
            name,
            took: Duration::from_millis(1_500),
            count: Count { passed, failed },
            end,
        }
    }

    #[test]
    fn the_last_line_counts_and_nothing_left_out_counts_as_passed() {
        let rows = vec![
            row("tidy", (0, 0), End::Passed),
            row("unit", (7, 0), End::Passed),
        ];
        let summary = Report { rows }.summary();
        assert_eq!(summary.lines().last(), Some("7 passed, 0 failed"));

        let rows = vec![
            row("unit", (7, 1), End::Failed(anyhow!("a test failed"))),
            row("Windows", (0, 0), End::LeftOut("no source".to_owned())),
            row("macOS", (0, 0), End::PassedBut("3 files in C".to_owned())),
        ];
        let summary = Report { rows }.summary();
        assert_eq!(
            summary.lines().last(),
            Some("7 passed, 1 failed, 1 skipped")
        );
        for line in [
            "LEFT OUT, so not proved: Windows: no source.",
            "Not part of macOS: 3 files in C.",
            "FAILED: unit",
        ] {
            assert!(summary.lines().any(|told| told == line), "{summary}");
        }
    }
}
