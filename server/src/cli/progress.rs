//! How far an import has come, on a terminal, and what became of its rows.

use super::say;
use crate::imports::{Progress, REFUSED_SHOWN};
use protocol::exchange::ImportCounts;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// How often the progress is told anew.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Shows how far it has come while the work is done on this thread.
pub(super) fn beside<T>(progress: &Progress, bytes: u64, work: impl FnOnce() -> T) -> T {
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let shown = std::thread::Builder::new().name("progress".to_owned());
        let spawned = shown.spawn_scoped(scope, || {
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                let report = progress.report();
                bar(report.bytes_done, bytes, report.counts.rows);
                std::thread::park_timeout(LOOK_AGAIN);
            }
            clear_bar();
        });
        let done = work();
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        if let Ok(shown) = spawned {
            shown.thread().unpark();
        }
        done
    })
}

/// On a terminal only; what a script reads stays free of it.
pub(super) fn bar(done: u64, all: u64, rows: u64) {
    let mut err = std::io::stderr().lock();
    if !err.is_terminal() {
        return;
    }
    let percent = (done.saturating_mul(100) / all.max(1)).min(100);
    let full = usize::try_from(percent / 4).unwrap_or(0);
    // A bar that cannot be shown harms nobody.
    let _ = write!(
        err,
        "\r[{}{}] {percent:>3} %  {rows} rows ",
        "█".repeat(full),
        " ".repeat(25 - full.min(25))
    );
    let _ = err.flush();
}

pub(super) fn clear_bar() {
    let mut err = std::io::stderr().lock();
    if err.is_terminal() {
        let _ = write!(err, "\r\u{1b}[K");
        let _ = err.flush();
    }
}

pub(super) fn tell(progress: &Progress) -> anyhow::Result<()> {
    let report = progress.report();
    counted(report.counts)?;
    for row in &report.refused {
        say(format_args!("  line {}: {}", row.line, row.reason))?;
    }
    let more = report.counts.refused.saturating_sub(REFUSED_SHOWN as u64);
    if more > 0 {
        say(format_args!("  … and {more} more"))?;
    }
    Ok(())
}

pub(super) fn counted(counts: ImportCounts) -> anyhow::Result<()> {
    let ImportCounts {
        rows,
        created,
        updated,
        skipped,
        refused,
    } = counts;
    say(format_args!(
        "{rows} rows: {created} new, {updated} updated, {skipped} known already, {refused} refused"
    ))
}
