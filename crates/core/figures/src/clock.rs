//! What a step of the wall clock does to the figures: what goes on moves along, and so does what is written.

use crate::contact::Stage;
use crate::fold::Figures;
use crate::ledger::{INTERVAL_MS, moved};
use vocab::Millis;

impl Figures {
    /// The clock was set by so much and shows `at`. It looks at every queue, agent and contact once.
    pub(crate) fn clock_stepped(&mut self, at: Millis, by_ms: i64) {
        let before = in_whole_intervals(self.stepped_ms);
        self.stepped_ms = self.stepped_ms.saturating_add(by_ms);
        // From the sum, so that many small steps do not leave the curve behind.
        let intervals_by_ms = in_whole_intervals(self.stepped_ms).saturating_sub(before);
        self.last_at = at;
        self.window_began = moved(self.window_began, by_ms);
        self.closed_until = moved(self.closed_until, intervals_by_ms);
        let queues = self.queues.values_mut();
        queues.for_each(|queue| queue.steps(at, by_ms, intervals_by_ms));
        let agents = self.agents.values_mut();
        agents.for_each(|agent| agent.steps(at, by_ms, intervals_by_ms));
        for contact in self.contacts.values_mut() {
            contact.away_since = contact.away_since.map(|since| since.shifted(by_ms));
            match &mut contact.stage {
                Stage::InLine(wait) => wait.since = wait.since.shifted(by_ms),
                Stage::InHand(in_hand) => in_hand.stint.steps(by_ms),
            }
        }
    }
}

/// The nearest sum of whole intervals.
fn in_whole_intervals(ms: i64) -> i64 {
    let interval = INTERVAL_MS.cast_signed();
    let half = interval / 2;
    ms.saturating_add(half)
        .div_euclid(interval)
        .saturating_mul(interval)
}
