//! How many links there may be, and how much one link may send.

use crate::config::Limits;
use crate::metrics::Metrics;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;

/// Counts open links, in all and by address.
#[derive(Debug)]
pub(crate) struct Links {
    limits: Limits,
    by_address: Mutex<BTreeMap<IpAddr, u64>>,
    open: AtomicU64,
    next_id: AtomicU64,
    closed: Notify,
    pub(crate) metrics: Arc<Metrics>,
}

/// One admitted link; gives its place back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    links: Arc<Links>,
    address: IpAddr,
    pub(crate) id: u64,
}

impl Links {
    pub(crate) fn new(limits: Limits, metrics: Arc<Metrics>) -> Self {
        Self {
            limits,
            by_address: Mutex::default(),
            open: AtomicU64::new(0),
            next_id: AtomicU64::new(1),
            closed: Notify::new(),
            metrics,
        }
    }

    /// A place for one more link, when neither the server nor the address is full.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let mut by_address = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let here = by_address.get(&address).copied().unwrap_or_default();
        if here >= self.limits.connections_per_address
            || self.open.load(Ordering::SeqCst) >= self.limits.connections
        {
            return None;
        }
        // Only addresses with a link are remembered: a refused one would stay for ever.
        by_address.insert(address, here + 1);
        self.open.fetch_add(1, Ordering::SeqCst);
        self.metrics.links_opened.fetch_add(1, Ordering::Relaxed);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        Some(Place {
            links: Arc::clone(self),
            address,
            id,
        })
    }

    pub(crate) async fn wait_until_none(&self) {
        loop {
            let closed = self.closed.notified();
            if self.open.load(Ordering::SeqCst) == 0 {
                return;
            }
            closed.await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_address = self
            .links
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = by_address.get_mut(&self.address) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                by_address.remove(&self.address);
            }
        }
        drop(by_address);
        self.links.open.fetch_sub(1, Ordering::SeqCst);
        self.links.closed.notify_one();
    }
}

/// Allows `burst` at once and `per_second` over time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenBucket {
    tokens: f32,
    burst: f32,
    per_second: f32,
    filled: Instant,
}

impl TokenBucket {
    pub(crate) fn new(burst: f32, per_second: f32, now: Instant) -> Self {
        Self {
            tokens: burst,
            burst,
            per_second,
            filled: now,
        }
    }

    /// False when there is none left now.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled).as_secs_f32();
        self.tokens = (self.tokens + passed * self.per_second).min(self.burst);
        self.filled = now;
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_lets_a_burst_through_and_then_its_rate() {
        let start = Instant::now();
        let mut bucket = TokenBucket::new(3.0, 2.0, start);
        assert_eq!(
            [bucket.take(start), bucket.take(start), bucket.take(start)],
            [true; 3]
        );
        assert!(!bucket.take(start));
        assert!(bucket.take(start + Duration::from_millis(500)));
        assert!(!bucket.take(start + Duration::from_millis(500)));
    }

    #[test]
    fn a_closed_link_gives_its_place_back() {
        let limits = Limits {
            connections_per_address: 1,
            ..crate::config::Config::default().limits
        };
        let links = Arc::new(Links::new(limits, Arc::default()));
        let home = IpAddr::from([127, 0, 0, 1]);
        let place = links.admit(home);
        assert!(place.is_some());
        assert!(links.admit(home).is_none());
        assert_eq!(links.by_address.lock().unwrap().len(), 1);
        assert!(links.admit(IpAddr::from([127, 0, 0, 2])).is_some());
        drop(place);
        assert!(links.admit(home).is_some());
    }
}
