//! How many customers' pages of one address may open a link: each looks its visitor up in the store.

use super::{Buckets, Origin, Rate};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Addresses that are remembered.
const REMEMBERED: usize = 20_000;

pub(crate) struct Pages(Mutex<Buckets<Origin>>);

impl Pages {
    pub(crate) fn new(rate: Rate) -> Self {
        Self(Mutex::new(Buckets::new(rate, REMEMBERED)))
    }

    /// # Errors
    /// How long to wait.
    pub(crate) fn take(&self, origin: Origin) -> Result<(), Duration> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.take(origin, Instant::now())
    }
}
