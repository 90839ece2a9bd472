//! Several test runners beside each other; what each prints is shown whole when it has ended.

use crate::count::Count;
use crate::{run, say};
use anyhow::{Context, Result, bail};
use std::collections::VecDeque;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// As many as the smallest machine that this is for has cores, and one that waits.
const AT_ONCE: usize = 3;

/// A runner and what to call it.
pub(crate) type Named = (String, Command);

/// Runs all of them. The outcome names those that failed, and is apart from the count: both are wanted.
pub(crate) fn counted(commands: Vec<Named>) -> (Count, Result<()>) {
    let waiting = Mutex::new(VecDeque::from(commands));
    let done = Mutex::new((Count::default(), Vec::new()));
    let next = || {
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.pop_front()
    };
    let work = || {
        while let Some((name, mut command)) = next() {
            let (text, outcome) = output(&mut command);
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            // A stdout that is gone is told by the step itself.
            let _ = say::text(&format!("\n── {name}\n{text}"));
            for line in text.lines() {
                done.0 += Count::of_line(line);
            }
            if let Err(error) = outcome {
                let _ = say::line(&format!("{error:#}"));
                done.1.push(name);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let (count, failed) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    (count, outcome(count, &failed))
}

/// Good when something ran and nothing failed.
pub(crate) fn outcome(count: Count, failed: &[String]) -> Result<()> {
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    if count.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

/// Its stdout, then its stderr.
fn output(command: &mut Command) -> (String, Result<()>) {
    let name = run::typed(command);
    let ended = command.stdin(Stdio::null()).output();
    let outcome = ended.with_context(|| format!("starting `{name}`"));
    let ended = match outcome {
        Ok(ended) => ended,
        Err(error) => return (String::new(), Err(error)),
    };
    let mut text = String::from_utf8_lossy(&ended.stdout).into_owned();
    text += &String::from_utf8_lossy(&ended.stderr);
    let good = || -> Result<()> {
        if !ended.status.success() {
            bail!("`{name}` failed ({})", ended.status);
        }
        Ok(())
    };
    (text, good())
}
