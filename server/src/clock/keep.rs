//! Writes down where an organisation's clock stands, so that the next start knows what has passed, and says in the log
//! what is kept longer because of the clock.

use super::{Old, ages, boot};
use crate::engine::Engine;
use std::time::{Duration, Instant};
use timekeeping::Kept;

/// How often the readings are saved. After a restart of the machine up to this much of the downtime is counted twice.
const EVERY: Duration = Duration::from_secs(600);

/// How often it is looked whether an operator has confirmed the clock.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// A shorter difference is not logged: every reboot causes as much.
pub(crate) const WORTH_A_WORD_MS: u64 = 60 * 60 * 1_000;

/// One organisation's.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    looked: Option<(Instant, i64)>,
    kept: Option<(Instant, i64)>,
    said_ms: u64,
}

impl Keeper {
    /// Looks whether it is time, or the clock was set or confirmed; does it at once when the server is `stopping`.
    pub(crate) async fn look(&mut self, engine: &Engine, is_stopping: bool) {
        let stepped_ms = engine.clock.look().stepped_ms;
        let is_recent =
            |(at, then_ms): (Instant, i64)| at.elapsed() < LOOK_EVERY && then_ms == stepped_ms;
        if self.looked.is_some_and(is_recent) && !is_stopping {
            return;
        }
        self.looked = Some((Instant::now(), stepped_ms));
        if let Err(err) = self.keep(engine, is_stopping).await {
            tracing::warn!(%err, "where the clock stands could not be written down; trying again");
        }
    }

    async fn keep(&mut self, engine: &Engine, is_stopping: bool) -> store::Result<()> {
        // Until the step is in the journal, the readings belong to the time before it.
        let Some(old) = ages(engine).await? else {
            self.looked = None;
            return Ok(());
        };
        self.say(engine, &old);
        let look = engine.clock.look();
        let is_kept = self
            .kept
            .is_some_and(|(at, stepped_ms)| at.elapsed() < EVERY && stepped_ms == look.stepped_ms);
        if is_kept && !is_stopping {
            return Ok(());
        }
        let kept = Kept {
            steady: look.steady(),
            boot: boot(),
        };
        engine
            .readers()
            .accounts(move |accounts| accounts.keep_clock(&kept))
            .await?;
        self.kept = Some((Instant::now(), look.stepped_ms));
        Ok(())
    }

    fn say(&mut self, engine: &Engine, old: &Old) {
        let ms = old.unwitnessed_ms();
        engine
            .unwitnessed_ms
            .send_if_modified(|was| std::mem::replace(was, ms) != ms);
        let organisation = engine.organisation();
        if ms >= WORTH_A_WORD_MS && ms != self.said_ms {
            tracing::warn!(
                %organisation,
                hours = (ms + WORTH_A_WORD_MS / 2) / WORTH_A_WORD_MS,
                "the clock claims time that nobody witnessed; everything is kept so much longer, until it has passed or \
                 `warmline-server clock confirm` says that the clock is right"
            );
            self.said_ms = ms;
        } else if ms < WORTH_A_WORD_MS && self.said_ms > 0 {
            tracing::info!(%organisation, "ages follow the clock again");
            self.said_ms = 0;
        }
    }
}
