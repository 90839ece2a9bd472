//! Runs children: in full view, or read along the way for their counts.

use crate::count::Count;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

/// The command as a person would type it.
pub(crate) fn typed(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    words.join(" ")
}

/// Runs to the end with our own stdin, stdout and stderr.
///
/// # Errors
/// When the program is not there or ends with another code than 0; both name the command.
pub(crate) fn shown(command: &mut Command) -> Result<()> {
    let name = typed(command);
    let status = command
        .status()
        .with_context(|| format!("starting `{name}`"))?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(())
}

/// Runs to the end and gives its stdout; stderr is shown.
///
/// # Errors
/// As [`shown`].
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let name = typed(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("starting `{name}`"))?;
    if !output.status.success() {
        bail!("`{name}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{name}` did not print text"))
}

/// Runs a test runner to the end, passes on what it prints line by line, and counts the tests.
///
/// The outcome is apart from the count: both are wanted when tests fail.
pub(crate) fn counted(command: &mut Command) -> (Count, Result<()>) {
    let mut count = Count::default();
    let outcome = stream(command, &mut count);
    (count, outcome)
}

fn stream(command: &mut Command, count: &mut Count) -> Result<()> {
    let name = typed(command);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("starting `{name}`"))?;
    let stderr = child.stderr.take().context("no stderr")?;
    let stdout = child.stdout.take().context("no stdout")?;
    let apart = std::thread::spawn(move || pass_on(stderr, std::io::stderr()));
    let of_stdout = pass_on(stdout, std::io::stdout());
    let of_stderr = apart.join().unwrap_or_default();
    *count += of_stdout;
    *count += of_stderr;
    let status = child
        .wait()
        .with_context(|| format!("waiting for `{name}`"))?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(())
}

/// Copies lines as they come; reading goes on even when nobody takes them, or the child would stop.
fn pass_on(from: impl Read, mut to: impl Write) -> Count {
    let mut count = Count::default();
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
        count += Count::of_line(&String::from_utf8_lossy(&line));
        let _ = to.write_all(&line).and_then(|()| to.flush());
        line.clear();
    }
    count
}
