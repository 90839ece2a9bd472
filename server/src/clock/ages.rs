//! Which records are old enough to be deleted, by the time that really passed.

use super::Clock;
use crate::engine::Engine;
use timekeeping::{Ages, Span};

/// How old things are at one moment.
#[derive(Debug)]
pub(crate) struct Old {
    ages: Ages,
    steady: vocab::Millis,
    clock: Clock,
}

impl Old {
    /// The times of which everything is older than this.
    pub(crate) fn older_than(&self, age_ms: u64) -> Vec<Span> {
        self.ages.older_than(age_ms, self.steady)
    }

    /// How much longer everything is kept than by the wall clock alone.
    pub(crate) fn unwitnessed_ms(&self) -> u64 {
        self.ages.unwitnessed_ms()
    }

    /// False when the clock was set after these ages were computed: compute them again.
    pub(crate) fn still_holds(&self) -> bool {
        self.clock.look().stepped_ms == self.ages.stepped_ms()
    }
}

/// Returns `None` between a step and its entry in the journal: nothing may be deleted meanwhile.
///
/// # Errors
/// When the store cannot be read; nothing is to be deleted then.
pub(crate) async fn ages(engine: &Engine) -> store::Result<Option<Old>> {
    let state = engine
        .readers()
        .accounts(|accounts| accounts.clock())
        .await?;
    let clock = engine.clock;
    let old = Old {
        ages: Ages::of(state.marks),
        steady: clock.look().steady(),
        clock,
    };
    Ok(Some(old).filter(Old::still_holds))
}
