//! Waiting for a condition with a deadline; nothing here or above sleeps for a fixed time hoping.

use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks at `condition` until it yields a value; an error of `condition` ends the wait.
///
/// # Errors
/// When `limit` has passed, naming `what` was waited for.
pub fn until<T>(
    limit: Duration,
    what: &str,
    mut condition: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(value) = condition().with_context(|| format!("while waiting for {what}"))? {
            return Ok(value);
        }
        if started.elapsed() > limit {
            bail!("{what} did not come within {} ms", limit.as_millis());
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// [`until`] for a statement that becomes true.
///
/// # Errors
/// As [`until`].
pub fn until_true(
    limit: Duration,
    what: &str,
    mut condition: impl FnMut() -> Result<bool>,
) -> Result<()> {
    until(limit, what, || Ok(condition()?.then_some(())))
}

/// Looks at `condition` for the whole of `span` and fails as soon as it is false: for what must not
/// happen.
///
/// # Errors
/// When `condition` is false once, naming `what` should have stayed.
pub fn holds_for(
    span: Duration,
    what: &str,
    mut condition: impl FnMut() -> Result<bool>,
) -> Result<()> {
    let started = Instant::now();
    while started.elapsed() < span {
        if !condition()? {
            bail!(
                "{what} did not stay so: it ended after {} ms",
                started.elapsed().as_millis()
            );
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// UTC milliseconds since 1970, as the server and both pages count.
pub fn now_ms() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}
