//! How quickly lines move, and from it what those who wait may expect.
//!
//! **Method.** While work waits that nobody is free for, every freed agent takes the next in line. Between two such
//! moments lies, on average, one agent's time for this queue's work divided by the agents who are there. So each
//! interval, multiplied by the agents staffed then, is a sample of that time: the *service time* of the queue. It holds
//! what a mean handling time misses: agents who serve other queues as well, who are slow to answer, customers who give
//! up. Somebody at position *p* then waits *p* × service time ÷ agents staffed now.
//!
//! Samples are averaged plainly up to [`MEMORY`] of them, exponentially after that. Before there are [`ENOUGH`], the
//! mean handling time stands in. With exponential service and one kind of work the estimate is unbiased (Whitt,
//! "Predicting queueing delays", Management Science 45, 1999: the queue-length predictor); how far it is off is measured
//! in simulation. Rings, languages and priorities of those still to come are not foreseen.
//!
//! **Error**, of what was told to those who had to wait, in parts of their mean wait (`cargo xtask bench routing`, ten
//! simulated days): one queue at 92 % load 23 % with a bias of +5 %, three queues that share agents with skills 34 %
//! with +8 %, staff and calls that change through the day 27 % with −6 %. Chance alone makes the first about 20 %.

use crate::event::{Event, What};
use crate::index::{Footprint, Index};
use crate::state::State;
use serde::{Deserialize, Serialize};
use vocab::{Millis, QueueId};

/// Samples after which older ones fade.
const MEMORY: u64 = 32;

/// Samples before which the handling time is the better guess.
const ENOUGH: u32 = 8;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pace {
    handling_ms: u64,
    handled: u32,
    service_ms: u64,
    served: u32,
    /// Since when, without a break, work has waited that nobody was free for; begins anew with each one served.
    moving_since: Option<Millis>,
}

impl Pace {
    pub(crate) fn handled(&mut self, took_ms: u64) {
        self.handling_ms = blended(self.handling_ms, self.handled, took_ms);
        self.handled = self.handled.saturating_add(1);
    }

    /// The wall clock was set.
    pub(crate) fn steps(&mut self, by_ms: i64) {
        self.moving_since = self.moving_since.map(|since| since.shifted(by_ms));
    }

    fn served(&mut self, interval_ms: u64, staffed: u32) {
        let sample = interval_ms.saturating_mul(u64::from(staffed));
        self.service_ms = blended(self.service_ms, self.served, sample);
        self.served = self.served.saturating_add(1);
    }

    /// An agent's time for one of this queue; absent before anything was handled.
    fn service_ms(&self) -> Option<u64> {
        if self.served >= ENOUGH {
            Some(self.service_ms)
        } else {
            (self.handled > 0).then_some(self.handling_ms)
        }
    }

    /// Absent while nothing is known or nobody is there.
    pub(crate) fn wait_ms(&self, position: u64, staffed: u32) -> Option<u64> {
        let service_ms = self.service_ms()?;
        service_ms
            .saturating_mul(position)
            .checked_div(u64::from(staffed))
    }
}

/// The mean of the first samples; then one in [`MEMORY`] parts is the newest. Rounded to the nearest.
fn blended(mean: u64, samples: u32, newest: u64) -> u64 {
    let weight = (u64::from(samples) + 1).min(MEMORY);
    mean.saturating_mul(weight - 1)
        .saturating_add(newest)
        .saturating_add(weight / 2)
        / weight
}

/// Looks at one interaction's step; the index is still as it was before.
pub(crate) fn observe(
    state: &mut State,
    index: &Index,
    event: &Event,
    before: Option<&Footprint>,
    after: Option<&Footprint>,
) {
    let place = |footprint: Option<&Footprint>| {
        let footprint = footprint?;
        footprint.offer.as_ref()?;
        footprint.line.map(|line| line.queue)
    };
    let (from, to) = (place(before), place(after));
    if from == to {
        return;
    }
    if let Some(queue) = from {
        left(state, index, queue, event);
    }
    if let Some(queue) = to {
        let pace = state.pace.entry(queue).or_default();
        pace.moving_since.get_or_insert(event.at);
    }
}

fn left(state: &mut State, index: &Index, queue: QueueId, event: &Event) {
    let Some(line) = index.queues.get(&queue) else {
        return;
    };
    let is_last = line
        .waiting
        .values()
        .map(crate::index::Row::len)
        .take(2)
        .sum::<usize>()
        <= 1;
    let has_waited = event.what.interaction().is_some_and(|id| {
        let open = state.interactions.get(&id);
        open.is_none_or(|open| open.queued_at < event.at)
    });
    let pace = state.pace.entry(queue).or_default();
    let is_step = matches!(
        event.what,
        What::OfferMade { .. }
            | What::Abandoned { .. }
            | What::RemovedFromLine { .. }
            | What::Overflowed { .. }
    );
    if is_step
        && has_waited
        && let Some(since) = pace.moving_since
    {
        pace.served(event.at.since(since), line.staffed);
        pace.moving_since = Some(event.at);
    }
    if is_last {
        pace.moving_since = None;
    }
}
