//! A queue's line and its work in hand, with what is written about them.

use crate::contact::Wait;
use crate::ledger::{Ledger, moved};
use crate::queue_figures::QueueFigures;
use crate::spent::{Doing, Spent};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use vocab::{InteractionId, Millis};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Queue {
    /// Who entered this line first is first.
    line: BTreeSet<(Millis, InteractionId)>,
    /// Of the line: for whom somebody is rung, and who keeps a place.
    pub(crate) ringing: u32,
    pub(crate) callbacks: u32,
    in_hand: Level,
    /// Until when the work in hand is written.
    written_until: Millis,
    pub(crate) ledger: Ledger<QueueFigures>,
}

/// How many interactions are at each stage of handling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Level {
    pub(crate) talking: u32,
    pub(crate) held: u32,
    pub(crate) wrap_up: u32,
}

impl Queue {
    pub(crate) fn joins(&mut self, interaction: InteractionId, wait: &Wait) {
        self.line.insert((wait.since, interaction));
        self.callbacks += u32::from(wait.is_for_callback);
        self.ringing += u32::from(!wait.rung.is_empty());
    }

    pub(crate) fn leaves(&mut self, interaction: InteractionId, wait: &Wait) {
        self.line.remove(&(wait.since, interaction));
        let (callback, ringing) = (wait.is_for_callback, !wait.rung.is_empty());
        self.callbacks = self.callbacks.saturating_sub(u32::from(callback));
        self.ringing = self.ringing.saturating_sub(u32::from(ringing));
    }

    pub(crate) fn waiting(&self) -> u32 {
        u32::try_from(self.line.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn longest_wait_since(&self) -> Option<Millis> {
        self.line.first().map(|(since, _)| *since)
    }

    pub(crate) fn in_hand(&self) -> Level {
        self.in_hand
    }

    /// One interaction begins, changes or ends its handling.
    pub(crate) fn turns(&mut self, at: Millis, from: Option<Doing>, to: Option<Doing>) {
        self.writes(at);
        if let Some(count) = from.and_then(|doing| self.in_hand.of(doing)) {
            *count = count.saturating_sub(1);
        }
        if let Some(count) = to.and_then(|doing| self.in_hand.of(doing)) {
            *count += 1;
        }
    }

    pub(crate) fn window_at(&self, now: Millis) -> QueueFigures {
        let level = self.in_hand;
        let add = |figures: &mut QueueFigures, ms| figures.worked += level.over(ms);
        self.ledger.window_with(self.written_until, now, add)
    }

    pub(crate) fn intervals_at(&self, now: Millis) -> Vec<(Millis, QueueFigures)> {
        let mut running = self.clone();
        running.writes(now);
        running.ledger.into_intervals(now)
    }

    /// The intervals from `begin` to `end`, where one begins; nothing can change them any more.
    pub(crate) fn intervals_of(
        &mut self,
        begin: Millis,
        end: Millis,
    ) -> Vec<(Millis, QueueFigures)> {
        self.writes(end);
        self.ledger.between(begin, end)
    }

    fn writes(&mut self, until: Millis) {
        let (level, from) = (self.in_hand, self.written_until);
        if level != Level::default() {
            let add = |figures: &mut QueueFigures, ms| figures.worked += level.over(ms);
            self.ledger.spread(from, until, add);
        }
        self.written_until = from.max(until);
    }

    /// The clock was set, and shows `at` now.
    pub(crate) fn steps(&mut self, at: Millis, by_ms: i64, intervals_by_ms: i64) {
        self.writes(at.shifted(by_ms.saturating_neg()));
        let line = std::mem::take(&mut self.line).into_iter();
        self.line = line
            .map(|(since, interaction)| (since.shifted(by_ms), interaction))
            .collect();
        self.written_until = moved(self.written_until, by_ms);
        self.ledger.steps(by_ms, intervals_by_ms);
    }

    /// Nobody waits or is in hand, and nothing is told of it.
    pub(crate) fn is_forgettable(&self, now: Millis) -> bool {
        self.line.is_empty() && self.in_hand == Level::default() && self.ledger.is_empty_at(now)
    }
}

impl Level {
    /// So many interactions, each for so long.
    fn over(self, ms: u64) -> Spent {
        Spent {
            talk_ms: u64::from(self.talking) * ms,
            hold_ms: u64::from(self.held) * ms,
            wrap_up_ms: u64::from(self.wrap_up) * ms,
        }
    }

    fn of(&mut self, doing: Doing) -> Option<&mut u32> {
        match doing {
            Doing::Talking => Some(&mut self.talking),
            Doing::Held => Some(&mut self.held),
            Doing::WrapUp => Some(&mut self.wrap_up),
            Doing::Ringing | Doing::CallingBack => None,
        }
    }
}
