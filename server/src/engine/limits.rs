//! How many calls, kept places and new records there may be, from one address, of one visitor and in all; and the word
//! to supervisors when a limit bites.

use super::actor::Actor;
use super::callers::Found;
use super::inbox::{LinkId, Out, VisitorKey};
use crate::config::Limits;
use crate::limits::{Buckets, Origin, TOLD_EVERY, TokenBucket};
use protocol::limits::{LimitBite, LimitKind};
use protocol::link::{Delta, ErrorCode};
use protocol::work::AgentDelta;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use vocab::{CommandId, InteractionId, Millis, Role};

/// Addresses and visitors that are remembered.
const REMEMBERED: usize = 20_000;

/// Retry time for an address with too many entries in line: room comes when those are answered.
const LINE_WAIT: Duration = Duration::from_secs(60);

/// A supervisor who signs in hears of what bit lately.
const SHOWN_MS: u64 = 15 * 60 * 1_000;

/// A limit that bites, and when to come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limited {
    limit: LimitKind,
    wait: Duration,
}

pub(crate) struct CallLimits {
    settings: Limits,
    calls: TokenBucket,
    calls_of_address: Buckets<Origin>,
    calls_of_visitor: Buckets<VisitorKey>,
    customers: TokenBucket,
    customers_of_address: Buckets<Origin>,
    /// What supervisors were told last of each, and when in steady time.
    told: BTreeMap<LimitKind, (Millis, LimitBite)>,
}

impl CallLimits {
    pub(crate) fn new(settings: Limits, now: Instant) -> Self {
        Self {
            calls: TokenBucket::of(settings.calls, now),
            calls_of_address: Buckets::new(settings.calls_per_address, REMEMBERED),
            calls_of_visitor: Buckets::new(settings.calls_per_visitor, REMEMBERED),
            customers: TokenBucket::of(settings.customers, now),
            customers_of_address: Buckets::new(settings.customers_per_address, REMEMBERED),
            settings,
            told: BTreeMap::new(),
        }
    }

    /// Those of the address first: one that has none left takes none of everybody's.
    fn take_call(
        &mut self,
        visitor: &VisitorKey,
        origin: Origin,
        now: Instant,
    ) -> Result<(), Limited> {
        let by = |limit| move |wait| Limited { limit, wait };
        let of_visitor = self.calls_of_visitor.take(visitor.clone(), now);
        of_visitor.map_err(by(LimitKind::CallsOfVisitor))?;
        let of_address = self.calls_of_address.take(origin, now);
        of_address.map_err(by(LimitKind::CallsOfAddress))?;
        let of_all = self.calls.take_leaving(now, 0.0);
        of_all.map_err(by(LimitKind::Calls))
    }

    fn take_customer(&mut self, origin: Origin, now: Instant) -> Result<(), Limited> {
        let by = |limit| move |wait| Limited { limit, wait };
        let of_address = self.customers_of_address.take(origin, now);
        of_address.map_err(by(LimitKind::CustomersOfAddress))?;
        let of_all = self.customers.take_leaving(now, 0.0);
        of_all.map_err(by(LimitKind::Customers))
    }
}

impl Actor {
    /// Whether this visitor's call is one too many.
    pub(crate) fn call_limited(&mut self, visitor: &VisitorKey, origin: Origin) -> Option<Limited> {
        let waiting = self.records.waiting_from(origin).count();
        if waiting >= self.limits.settings.waiting_per_address as usize {
            return Some(Limited {
                limit: LimitKind::WaitingOfAddress,
                wait: LINE_WAIT,
            });
        }
        let now = Instant::now();
        self.limits.take_call(visitor, origin, now).err()
    }

    /// Whether one more kept place is too many. One that is kept already stays so.
    pub(crate) fn place_limited(
        &self,
        link: LinkId,
        interaction: InteractionId,
    ) -> Option<Limited> {
        let origin = self.people.customers.get(&link)?.origin;
        let is_kept = |id: InteractionId| {
            let view = self.center.interaction(id);
            view.is_some_and(|view| view.waits.is_for_callback())
        };
        let kept = self.records.waiting_from(origin).filter(|id| is_kept(*id));
        let is_too_many = kept.count() >= self.limits.settings.kept_places_per_address as usize;
        (is_too_many && !is_kept(interaction)).then_some(Limited {
            limit: LimitKind::KeptPlacesOfAddress,
            wait: LINE_WAIT,
        })
    }

    /// Whether the record that this call would make is one too many.
    pub(crate) fn record_limited(
        &mut self,
        link: LinkId,
        found: Option<&Found>,
    ) -> Option<Limited> {
        if found.is_some_and(|found| !self.is_somebody_elses(found)) {
            return None;
        }
        let origin = self.people.customers.get(&link)?.origin;
        let now = Instant::now();
        self.limits.take_customer(origin, now).err()
    }

    pub(crate) fn answer_limited(&mut self, link: LinkId, id: CommandId, limited: Limited) {
        self.metrics
            .commands_refused
            .fetch_add(1, Ordering::Relaxed);
        self.metrics.limits.bit(limited.limit);
        self.tell_bite(limited.limit);
        let wait_ms = u64::try_from(limited.wait.as_millis()).unwrap_or(u64::MAX);
        let out = Out::Refused {
            id: Some(id),
            code: ErrorCode::TooManyCalls,
            hint: "too many calls from there; please try again later",
            retry_after_ms: Some(wait_ms.max(1_000)),
        };
        self.batch.release.answers.push((link, out));
    }

    /// One word to each supervisor, not more often than [`TOLD_EVERY`].
    pub(crate) fn tell_bite(&mut self, limit: LimitKind) {
        let told_every_ms = u64::try_from(TOLD_EVERY.as_millis()).unwrap_or(u64::MAX);
        let told = self.limits.told.get(&limit);
        if told.is_some_and(|(at, _)| self.steady.since(*at) < told_every_ms) {
            return;
        }
        let bite = LimitBite {
            limit,
            at: self.now,
        };
        self.limits.told.insert(limit, (self.steady, bite));
        for link in self.people.agents.values() {
            if supervises(link.role) {
                let delta = AgentDelta::LimitBit { bite };
                let out = Out::Delta(Box::new(Delta::Agent { delta }));
                self.batch.release.answers.push((link.link, out));
            }
        }
    }

    /// What bit lately, for a supervisor who has just come.
    pub(crate) fn bites(&self, role: Role) -> Vec<LimitBite> {
        let told = self.limits.told.values();
        told.filter(|(at, _)| supervises(role) && self.steady.since(*at) < SHOWN_MS)
            .map(|(_, bite)| *bite)
            .collect()
    }
}

fn supervises(role: Role) -> bool {
    match role {
        Role::Supervisor | Role::Admin => true,
        Role::Agent | Role::Expert => false,
    }
}
