//! What all participants saw and were promised, in one place.

use crate::Times;
use protocol::link::ErrorCode;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use vocab::{AgentId, AgentState, CommandId, InteractionId, Millis};

/// What a command asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    Ready,
    Accepted(InteractionId),
    Declined(InteractionId),
    HungUp(InteractionId),
    Finished(InteractionId, String),
    Noted(InteractionId),
    Called,
    /// A customer hung up, waiting or talking.
    Left(InteractionId),
}

/// A command that the server said was done.
#[derive(Clone, Debug)]
pub struct Acked {
    pub id: CommandId,
    /// Absent for a customer.
    pub by: Option<AgentId>,
    pub deed: Deed,
}

/// An interaction as its two sides saw it.
#[derive(Clone, Debug, Default)]
pub struct Interaction {
    pub called_at: Option<Instant>,
    /// The customer saw it ring as soon as they saw it at all: an agent was free.
    pub found_free: bool,
    pub offered_at: Option<Instant>,
    pub answered_by: Vec<AgentId>,
    pub has_ended: bool,
}

/// A state that was shown, by a server of which a welcome at this moment was the link's first word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    pub welcomed_at: Millis,
    pub what: Sighted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sighted {
    Agent(AgentId, AgentState),
    Waiting(InteractionId),
    Ringing(InteractionId),
    Talking(InteractionId, AgentId),
    Ended(InteractionId),
}

/// How late the generator itself was: figures are worth no more than this.
#[derive(Clone, Debug, Default)]
pub struct Lateness {
    pub arrivals: Times,
    pub deeds: Times,
}

/// All that was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub interactions: HashMap<InteractionId, Interaction>,
    pub acked: Vec<Acked>,
    pub refused: BTreeMap<String, u64>,
    /// The commands among them.
    pub not_done: Vec<CommandId>,
    /// Links that the server closed for good.
    pub closed: BTreeMap<String, u64>,
    pub sights: Vec<Sight>,
    /// What must not happen and was seen by a participant.
    pub faults: Vec<String>,
    pub lateness: Lateness,
    /// Freed while fitting work waited, until the offer came.
    pub freed_to_offer: Times,
    /// Freed while work seemed to wait that somebody else had got meanwhile.
    pub raced: u64,
    pub called_to_offer: Times,
    pub command_to_ack: Times,
    pub started_to_welcome: Times,
}

/// Where participants leave what they see.
#[derive(Debug)]
pub struct Witness {
    seen: Mutex<Seen>,
    /// Customers who wait and are not rung for, by queue.
    waiting: Vec<AtomicI64>,
    pub keeps_sights: bool,
    pub agents_linked: AtomicI64,
    pub customers_linked: AtomicI64,
    pub agent_welcomes: AtomicU64,
    pub customer_welcomes: AtomicU64,
    pub failed_connects: AtomicU64,
    pub generated: AtomicU64,
    /// Customers whose script is not over.
    pub customers: AtomicI64,
    pub idle_agents: AtomicI64,
}

impl Witness {
    #[must_use]
    pub fn new(queues: usize, keeps_sights: bool) -> Self {
        Self {
            seen: Mutex::default(),
            waiting: (0..queues).map(|_| AtomicI64::new(0)).collect(),
            keeps_sights,
            agents_linked: AtomicI64::new(0),
            customers_linked: AtomicI64::new(0),
            agent_welcomes: AtomicU64::new(0),
            customer_welcomes: AtomicU64::new(0),
            failed_connects: AtomicU64::new(0),
            generated: AtomicU64::new(0),
            customers: AtomicI64::new(0),
            idle_agents: AtomicI64::new(0),
        }
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn acked(&self, id: CommandId, by: Option<AgentId>, deed: Deed, took: Duration) {
        let mut seen = self.seen();
        seen.command_to_ack.add(took);
        seen.acked.push(Acked { id, by, deed });
    }

    pub(crate) fn refused(&self, id: Option<CommandId>, code: ErrorCode) {
        let mut seen = self.seen();
        *seen.refused.entry(format!("{code:?}")).or_default() += 1;
        seen.not_done.extend(id);
    }

    pub(crate) fn closed(&self, code: ErrorCode) {
        *self.seen().closed.entry(format!("{code:?}")).or_default() += 1;
    }

    pub(crate) fn fault(&self, what: String) {
        self.seen().faults.push(what);
    }

    pub(crate) fn sight(&self, welcomed_at: Millis, what: Sighted) {
        if self.keeps_sights {
            self.seen().sights.push(Sight { welcomed_at, what });
        }
    }

    pub(crate) fn waits(&self, queue: usize, change: i64) {
        if let Some(waiting) = self.waiting.get(queue) {
            waiting.fetch_add(change, Ordering::Relaxed);
        }
    }

    pub(crate) fn has_work_in(&self, queues: &[usize]) -> bool {
        let waiting = queues.iter().filter_map(|queue| self.waiting.get(*queue));
        waiting
            .into_iter()
            .any(|count| count.load(Ordering::Relaxed) > 0)
    }

    /// An offer's frame has come, the interaction's first when the customer's call is to be timed by it.
    pub(crate) fn offered(&self, interaction: InteractionId, at: Instant) {
        let mut seen = self.seen();
        let known = seen.interactions.entry(interaction).or_default();
        if known.offered_at.is_none() {
            known.offered_at = Some(at);
        }
        let took = known.called_to_offer();
        seen.called_to_offer_is(took);
    }

    /// The customer sees the call in the queue for the first time.
    pub(crate) fn entered(
        &self,
        interaction: InteractionId,
        called_at: Option<Instant>,
        is_ringing: bool,
    ) {
        let mut seen = self.seen();
        let known = seen.interactions.entry(interaction).or_default();
        known.called_at = called_at;
        known.found_free = is_ringing;
        let took = known.called_to_offer();
        seen.called_to_offer_is(took);
    }
}

impl Seen {
    fn called_to_offer_is(&mut self, took: Option<Duration>) {
        if let Some(took) = took {
            self.called_to_offer.add(took);
        }
    }
}

impl Interaction {
    /// Known once both sides were heard, when an agent was free.
    fn called_to_offer(&mut self) -> Option<Duration> {
        let took = self.offered_at?.saturating_duration_since(self.called_at?);
        // Told once: a second offer would time something else.
        self.called_at = None;
        self.found_free.then_some(took)
    }
}
