//! Which moments something has to happen at: every reservation and every wait that must not go on for ever.

use super::{Contact, Model, Online};
use acd::{CONSULT_GRACE_MS, Consult, Stage};
use vocab::{AgentId, InteractionId, Millis, PeerLink};

/// What ends at a moment, in words.
pub(super) type Ends = (Millis, String);

impl Model {
    /// Everything that has a deadline now.
    #[must_use]
    pub(crate) fn deadlines(&self) -> Vec<Ends> {
        let mut all = Vec::new();
        for (id, door) in &self.doors {
            all.extend(door.until.map(|at| (at, format!("hours of s{id}"))));
        }
        for (id, person) in &self.agents {
            if let Some(online) = person.online {
                self.of_agent(*id, &online, &mut all);
            }
        }
        for (id, one) in &self.open {
            self.of_contact(*id, one, &mut all);
        }
        all
    }

    /// Offers to somebody away end with the lease, their customers are kept for the grace, and a question that they
    /// asked for a shorter one.
    fn of_agent(&self, id: AgentId, online: &Online, all: &mut Vec<Ends>) {
        let Some(away) = online.away else {
            return;
        };
        all.push((away.grace_until, format!("grace of a{id}")));
        for one in self.open.values() {
            let is_rung = match &one.stage {
                Stage::Ringing { agents, .. } => agents.contains(&id),
                Stage::CallingBack { agent, .. } => *agent == id,
                Stage::Consulting {
                    colleague,
                    consult: Consult::Ringing { .. },
                    ..
                } => *colleague == id,
                Stage::Consulting { .. }
                | Stage::Waiting
                | Stage::Talking { .. }
                | Stage::Held { .. }
                | Stage::WrapUp { .. } => false,
            };
            if is_rung {
                all.push((away.lease_until, format!("lease of a{id}")));
            }
            if matches!(one.stage, Stage::Consulting { agent, .. } if agent == id) {
                let at = away.since.plus(CONSULT_GRACE_MS);
                all.push((at, format!("consult of a{id}")));
            }
        }
    }

    fn of_contact(&self, id: InteractionId, one: &Contact, all: &mut Vec<Ends>) {
        let mut push = |at: Millis, what: &str| all.push((at, format!("{what} of i{id}")));
        if let PeerLink::Away { until, .. } = one.link
            && !one.is_over_for_customer()
        {
            push(until, "customer's grace");
        }
        match &one.stage {
            Stage::Ringing { deadline, .. } => push(*deadline, "offer"),
            Stage::CallingBack { deadline, .. } => push(*deadline, "callback"),
            Stage::WrapUp { deadline, .. } => push(*deadline, "wrap-up"),
            Stage::Consulting {
                consult: Consult::Ringing { deadline, .. },
                ..
            } => push(*deadline, "question"),
            Stage::Consulting { .. }
            | Stage::Waiting
            | Stage::Talking { .. }
            | Stage::Held { .. } => {}
        }
        if let Some(at) = one.rests_until() {
            push(at, "rest");
        }
        if !one.is_in_line() {
            return;
        }
        for (_, until) in one.kept_from.iter().chain(&one.kept_for) {
            push(*until, "reservation");
        }
        if one.stage != Stage::Waiting {
            return;
        }
        let Some(queue) = self.queues.get(&one.queue) else {
            return;
        };
        if let Some(ring) = queue.rings.get(usize::from(one.ring) + 1) {
            push(one.queued_at.plus(ring.after_ms), "wider ring");
        }
        if let Some(overflow) = queue.overflow {
            let first = one.queued_at.plus(overflow.after_ms);
            let again = one.overflow_rests_until.unwrap_or(first);
            push(first.max(again), "overflow");
        }
        let closed_since = self.closed.get(&one.queue);
        if let Some(since) = closed_since
            && queue.closing_grace_ms > 0
            && !one.waits.is_for_callback()
        {
            let from = one.queued_at.max(*since);
            push(from.plus(queue.closing_grace_ms), "closing");
        }
    }
}
