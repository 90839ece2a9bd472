//! The daily job that forgets what has been kept for long enough, in small batches between which others write.

use crate::clock;
use crate::engine::{Engine, utc_now};
use crate::erase;
use crate::imports::Imports;
use std::time::Duration;
use store::Retention;
use timekeeping::Span;
use tokio::sync::watch;

/// Soon after the start, for servers that are restarted every night.
const FIRST_AFTER: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is forgotten in one transaction, and the pause after it.
const BATCH: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// Batches of one day; what is left waits for the next.
const MOST_BATCHES: u32 = 10_000;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// How many of each were forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forgotten {
    pub(crate) interactions: u64,
    pub(crate) customers: u64,
    pub(crate) audit_lines: u64,
}

/// How long things are kept, by the server's configuration.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// What an organisation has not set for itself.
    pub(crate) retention: Retention,
    pub(crate) imports: Imports,
    /// Files of imports.
    pub(crate) imports_days: u32,
}

pub(crate) async fn run(engine: Engine, kept: Kept, mut stop: watch::Receiver<bool>) {
    let mut wait = FIRST_AFTER;
    let mut ages_changed = engine.unwitnessed();
    loop {
        tokio::select! {
            _ = stop.wait_for(|is_stopping| *is_stopping) => return,
            // Also when the clock was set, and when an operator says that it is right.
            Ok(()) = ages_changed.changed() => {}
            () = tokio::time::sleep(wait) => {}
        }
        wait = EVERY;
        let imports_age_ms = u64::from(kept.imports_days) * DAY_MS;
        match kept.imports.forget_old(&engine, imports_age_ms).await {
            Ok(0) => tracing::debug!("no file of an import is to go"),
            Ok(count) => tracing::info!(count, "old files of imports were removed"),
            Err(err) => tracing::warn!(%err, "old files of imports stay until tomorrow"),
        }
        match once(&engine, kept.retention).await {
            Ok(gone) if gone == Forgotten::default() => {
                tracing::debug!("nothing was kept for long enough");
            }
            Ok(gone) => tracing::info!(
                organisation = %engine.organisation(),
                interactions = gone.interactions,
                customers = gone.customers,
                audit_lines = gone.audit_lines,
                "forgot what was kept for long enough"
            ),
            Err(err) => tracing::warn!(%err, "retention stopped early; it goes on tomorrow"),
        }
    }
}

/// What is older than so many days now. Asked anew for every batch: the clock may be set meanwhile, and then nothing is.
async fn older_than(engine: &Engine, days: u32) -> store::Result<Vec<Span>> {
    let old = clock::ages(engine).await?;
    Ok(old.map_or_else(Vec::new, |old| old.older_than(u64::from(days) * DAY_MS)))
}

/// Everything that is due.
///
/// # Errors
/// When the store cannot be read or written; what was forgotten by then stays forgotten.
pub(crate) async fn once(
    engine: &Engine,
    server: Retention,
) -> Result<Forgotten, erase::EraseError> {
    let readers = engine.readers();
    let own = readers.accounts(|accounts| accounts.retention()).await?;
    let retention = own.or(server);
    let mut gone = Forgotten::default();
    if let Some(days) = retention.customers_days {
        gone.customers = customers(engine, days).await?;
    }
    if let Some(days) = retention.interactions_days {
        for _ in 0..MOST_BATCHES {
            let old = older_than(engine, days).await?;
            let due = readers
                .history(move |history| history.interactions_due(&old, BATCH))
                .await?;
            if due.is_empty() {
                break;
            }
            gone.interactions += due.len() as u64;
            erase::interactions(engine, due).await?;
            tokio::time::sleep(PAUSE).await;
        }
    }
    if let Some(days) = retention.audit_days {
        for _ in 0..MOST_BATCHES {
            let mut old = older_than(engine, days).await?;
            // The trail opens for removals up to a moment: never to one that is still to come.
            let now = utc_now();
            old.retain(|span| span.before <= now);
            let lines = readers
                .accounts(move |accounts| accounts.forget_audit(&old, BATCH))
                .await?;
            if lines == 0 {
                break;
            }
            gone.audit_lines += lines;
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(gone)
}

async fn customers(engine: &Engine, days: u32) -> Result<u64, erase::EraseError> {
    let mut gone = 0;
    for _ in 0..MOST_BATCHES {
        let old = older_than(engine, days).await?;
        let due = engine
            .readers()
            .history(move |history| history.customers_due(&old, BATCH))
            .await?;
        let mut erased = 0;
        for customer in due {
            match erase::customer(engine, customer, "retention").await {
                Ok(_) => erased += 1,
                // Came back this moment: their last contact is now.
                Err(erase::EraseError::InContact | erase::EraseError::Unknown) => {}
                Err(err) => return Err(err),
            }
        }
        if erased == 0 {
            break;
        }
        gone += erased;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(gone)
}
