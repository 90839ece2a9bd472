//! Structured logs and the one way to start a task. What is logged carries ids and codes, never what people said or are.
//!
//! Logs go to stderr: stdout belongs to what a program has to say to its caller.

use std::future::Future;
use std::io::IsTerminal;
use std::sync::OnceLock;
use tokio::task::JoinHandle;
use tracing::{Instrument, Level};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, reload};

/// What is logged unless the variable says otherwise: the media stack names every state of every path at `info`, and
/// each TLS extension that it does not know at `warn`.
const DEFAULT_FILTER: &str = "info,rtc=warn,rtc_ice=error,rtc_dtls=error";

/// The variable that sets the filter, in `tracing`'s own words: `info`, `warn,server=debug`.
pub const FILTER_VARIABLE: &str = "WARMLINE_LOG";

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One readable line, in colour on a terminal.
    #[default]
    Human,
    /// One JSON object a line, for machines that collect logs.
    Json,
}

/// What [`init`] needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    pub format: Format,
    /// The filter used when [`FILTER_VARIABLE`] is not set.
    pub default_filter: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            format: Format::Human,
            default_filter: DEFAULT_FILTER.to_owned(),
        }
    }
}

/// Why logging could not be set up.
#[derive(Debug)]
pub enum InitError {
    /// The filter is not of a form that is understood; the text says where.
    BadFilter(String),
    /// Something in this process has set a subscriber before.
    AlreadySet,
}

impl std::fmt::Display for InitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BadFilter(why) => {
                write!(
                    f,
                    "{FILTER_VARIABLE} is not a log filter ({why}); try `info`"
                )
            }
            Self::AlreadySet => f.write_str("logging was set up before"),
        }
    }
}

impl std::error::Error for InitError {}

/// Sends this process's `tracing` events, and those of crates that use `log`, to stderr.
///
/// # Errors
/// [`InitError::BadFilter`] when the filter cannot be read: tell the person who set it.
/// [`InitError::AlreadySet`] on a second call; tests may ignore it.
pub fn init(options: Options) -> Result<(), InitError> {
    let (filter, handle) = reload::Layer::new(filter_of(options.default_filter)?);
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(|line| {
            *line.level() <= Level::INFO || !prints_payloads(line.target())
        }));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let done = match options.format {
        Format::Human => registry
            .with(lines.with_ansi(std::io::stderr().is_terminal()))
            .try_init(),
        Format::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    done.map_err(|_| InitError::AlreadySet)?;
    // Set once: a second subscriber was refused above.
    let _ = FILTER.set(handle);
    Ok(())
}

/// The filter in use, to be replaced while the process runs.
static FILTER: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Replaces the filter of a process that logs already; [`FILTER_VARIABLE`] still goes before it.
///
/// # Errors
/// [`InitError::BadFilter`]; the filter in use stays.
pub fn set_filter(default_filter: String) -> Result<(), InitError> {
    let filter = filter_of(default_filter)?;
    let Some(handle) = FILTER.get() else {
        return Ok(());
    };
    let replaced = handle.reload(filter);
    replaced.map_err(|err| InitError::BadFilter(err.to_string()))
}

fn filter_of(default_filter: String) -> Result<EnvFilter, InitError> {
    let text = std::env::var(FILTER_VARIABLE)
        .ok()
        .filter(|text| !text.trim().is_empty())
        .unwrap_or(default_filter);
    EnvFilter::try_new(text).map_err(|err| InitError::BadFilter(err.to_string()))
}

/// Crates that log what passes through them at their finer levels: names, tokens, notes. No filter lets that out.
const PAYLOAD_PRINTERS: [&str; 8] = [
    "tungstenite",
    "tokio_tungstenite",
    "hyper",
    "hyper_util",
    "h2",
    "axum",
    "reqwest",
    "rlibphonenumber",
];

fn prints_payloads(target: &str) -> bool {
    let name = target.split("::").next().unwrap_or(target);
    PAYLOAD_PRINTERS.contains(&name)
}

/// Starts a task under its own span. The caller keeps the handle and joins or aborts it.
///
/// # Panics
/// Outside a Tokio runtime, as Tokio's own does.
#[allow(
    clippy::disallowed_methods,
    reason = "this is the one place that the rule points to"
)]
pub fn spawn<F>(name: &'static str, future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    tokio::spawn(future.instrument(tracing::info_span!("task", task = name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_spawned_task_gives_its_result_to_whom_joins_it() {
        assert_eq!(spawn("answer", async { 42 }).await.ok(), Some(42));
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_named() {
        let bad = Options {
            default_filter: "server=loudly".to_owned(),
            ..Options::default()
        };
        let said = init(bad).map_err(|err| err.to_string());
        assert!(said.is_err_and(|text| text.contains(FILTER_VARIABLE)));
    }
}
