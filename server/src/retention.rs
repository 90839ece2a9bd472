//! The daily job that forgets what has been kept for long enough, in small batches between which others write.

use crate::engine::{Engine, utc_now};
use crate::erase;
use std::time::Duration;
use store::Retention;
use tokio::sync::watch;
use vocab::Millis;

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

pub(crate) async fn run(engine: Engine, server: Retention, mut stop: watch::Receiver<bool>) {
    let mut wait = FIRST_AFTER;
    loop {
        tokio::select! {
            _ = stop.wait_for(|is_stopping| *is_stopping) => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = EVERY;
        match once(&engine, server, utc_now()).await {
            Ok(gone) if gone == Forgotten::default() => {}
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

/// Everything that is due at `now`.
///
/// # Errors
/// When the store cannot be read or written; what was forgotten by then stays forgotten.
pub(crate) async fn once(
    engine: &Engine,
    server: Retention,
    now: Millis,
) -> Result<Forgotten, erase::EraseError> {
    let readers = engine.readers();
    let own = readers.accounts(|accounts| accounts.retention()).await?;
    let retention = own.or(server);
    let before = |days: u32| Millis(now.0.saturating_sub(u64::from(days) * DAY_MS));
    let mut gone = Forgotten::default();
    if let Some(before) = retention.customers_days.map(before) {
        gone.customers = customers(engine, before).await?;
    }
    if let Some(before) = retention.interactions_days.map(before) {
        for _ in 0..MOST_BATCHES {
            let due = readers
                .history(move |history| history.interactions_due(before, BATCH))
                .await?;
            if due.is_empty() {
                break;
            }
            gone.interactions += due.len() as u64;
            erase::interactions(engine, due).await?;
            tokio::time::sleep(PAUSE).await;
        }
    }
    if let Some(before) = retention.audit_days.map(before) {
        for _ in 0..MOST_BATCHES {
            let lines = readers
                .accounts(move |accounts| accounts.forget_audit(before, BATCH))
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

async fn customers(engine: &Engine, before: Millis) -> Result<u64, erase::EraseError> {
    let mut gone = 0;
    for _ in 0..MOST_BATCHES {
        let due = engine
            .readers()
            .history(move |history| history.customers_due(before, BATCH))
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
