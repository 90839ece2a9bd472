//! Several test runners beside each other; what each prints is shown whole when it has ended.

use crate::count::Count;
use crate::{run, say};
use anyhow::{Context, Result, anyhow, bail};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// As many as the smallest machine that this is for has cores, and one that waits.
const AT_ONCE: usize = 3;

/// No runner takes this long unless it hangs.
const LIMIT: Duration = Duration::from_secs(1_200);
const LOOK: Duration = Duration::from_millis(50);

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
            let _ = say::line(&format!("begins: {name}"));
            let (text, outcome) =
                output(&mut command).unwrap_or_else(|err| (String::new(), Err(err)));
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

/// What it printed; ended by force when it takes too long.
fn output(command: &mut Command) -> Result<(String, Result<()>)> {
    let name = run::typed(command);
    let mut printed = tempfile()?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(printed.try_clone()?)
        .stderr(printed.try_clone()?)
        .spawn()
        .with_context(|| format!("starting `{name}`"))?;
    let began = Instant::now();
    let outcome = loop {
        match child.try_wait()? {
            Some(status) if status.success() => break Ok(()),
            Some(status) => break Err(anyhow!("`{name}` failed ({status})")),
            None if began.elapsed() > LIMIT => {
                child.kill()?;
                child.wait()?;
                break Err(anyhow!("`{name}` was ended after {} s", LIMIT.as_secs()));
            }
            None => std::thread::sleep(LOOK),
        }
    };
    let mut text = Vec::new();
    printed.seek(SeekFrom::Start(0))?;
    printed.read_to_end(&mut text)?;
    Ok((String::from_utf8_lossy(&text).into_owned(), outcome))
}

/// A file that is gone when nobody has it open: a pipe would fill up unless somebody read all the time.
fn tempfile() -> Result<File> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("warmline-{}-{number}.log", std::process::id()));
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)
        .with_context(|| format!("making {}", path.display()))?;
    // Windows removes no open file; it is a few lines in the system's own folder for such.
    let _ = std::fs::remove_file(&path);
    Ok(file)
}
