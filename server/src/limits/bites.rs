//! A limit that bites: counted for those who run the server, and a word to the organisation's supervisors, not more
//! often than once in some minutes.

use crate::engine::{Engine, Input};
use crate::metrics::Metrics;
use protocol::limits::LimitKind;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use vocab::OrgSlug;

/// One word about a limit in this time.
pub(crate) const TOLD_EVERY: Duration = Duration::from_secs(5 * 60);

/// Who was told of which limit, and when.
#[derive(Debug)]
pub(crate) struct Bites {
    metrics: Arc<Metrics>,
    told: Mutex<BTreeMap<(LimitKind, OrgSlug), Instant>>,
}

impl Bites {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            metrics,
            told: Mutex::default(),
        }
    }

    /// `engines` are those of the organisations whom the limit keeps from something.
    pub(crate) fn bit(&self, limit: LimitKind, engines: &[Engine]) {
        self.metrics.limits.bit(limit);
        let now = Instant::now();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for engine in engines {
            let key = (limit, engine.organisation().clone());
            let is_told = told
                .get(&key)
                .is_some_and(|at| now.saturating_duration_since(*at) < TOLD_EVERY);
            // An engine that has its hands full is told at the next bite.
            if !is_told && engine.try_send(Input::LimitBit { limit }) {
                tracing::warn!(organisation = %key.1, limit = limit.code(), "a limit bites");
                told.insert(key, now);
            }
        }
    }
}
