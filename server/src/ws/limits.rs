//! How many links there may be.

use crate::config::Limits;
use crate::limits::Origin;
use crate::metrics::Metrics;
use protocol::limits::LimitKind;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// Counts open links, in all and by origin.
#[derive(Debug)]
pub(crate) struct Links {
    limits: Limits,
    by_address: Mutex<BTreeMap<Origin, u64>>,
    open: AtomicU64,
    next_id: AtomicU64,
    closed: Notify,
    pub(crate) metrics: Arc<Metrics>,
}

/// One admitted link; gives its place back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    links: Arc<Links>,
    origin: Origin,
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

    /// A place for one more link, when neither the server nor the origin is full.
    pub(crate) fn admit(self: &Arc<Self>, origin: Origin) -> Result<Place, LimitKind> {
        let mut by_address = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let here = by_address.get(&origin).copied().unwrap_or_default();
        if here >= self.limits.connections_per_address {
            return Err(LimitKind::ConnectionsOfAddress);
        }
        if self.open.load(Ordering::SeqCst) >= self.limits.connections {
            return Err(LimitKind::Connections);
        }
        // Only origins with a link are remembered: a refused one would stay for ever.
        by_address.insert(origin, here + 1);
        self.open.fetch_add(1, Ordering::SeqCst);
        self.metrics.links_opened.fetch_add(1, Ordering::Relaxed);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        Ok(Place {
            links: Arc::clone(self),
            origin,
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
        if let Some(here) = by_address.get_mut(&self.origin) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                by_address.remove(&self.origin);
            }
        }
        drop(by_address);
        self.links.open.fetch_sub(1, Ordering::SeqCst);
        self.links.closed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_link_gives_its_place_back() {
        let limits = Limits {
            connections_per_address: 1,
            ..crate::config::Config::default().limits
        };
        let links = Arc::new(Links::new(limits, Arc::default()));
        let home = Origin::of([127, 0, 0, 1].into());
        let place = links.admit(home);
        assert!(place.is_ok());
        assert!(links.admit(home).is_err());
        assert_eq!(links.by_address.lock().unwrap().len(), 1);
        assert!(links.admit(Origin::of([127, 0, 0, 2].into())).is_ok());
        drop(place);
        assert!(links.admit(home).is_ok());
    }
}
