//! What xtask itself says: to stdout, a line at a time, flushed, so that it stands in order with its children's words.

use anyhow::{Context, Result};
use std::io::Write;

/// # Errors
/// When stdout is closed: nobody reads any more, so stopping is right.
pub(crate) fn line(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .context("writing to stdout")
}

/// A heading between steps.
pub(crate) fn heading(text: &str) -> Result<()> {
    line(&format!(
        "\n━━ {text} {}",
        "━".repeat(72_usize.saturating_sub(text.chars().count()))
    ))
}

/// Text that brings its own line ends.
pub(crate) fn text(text: &str) -> Result<()> {
    line(text.trim_end())
}
