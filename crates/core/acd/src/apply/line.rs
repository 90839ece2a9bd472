//! What changes while a customer waits: coming, the link, how they wait, for whom, and where.

use super::key;
use crate::event::What;
use crate::stage::{Stage, Waits, Wishes};
use crate::state::{Interaction, State};
use vocab::{InteractionId, Millis, PeerLink, QueueId};

impl State {
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change` lists every event and sends only those about waiting here"
    )]
    pub(super) fn change_line(&mut self, at: Millis, what: &What) {
        match *what {
            What::Entered { .. } => self.enters(at, what),
            What::CustomerAway { interaction, until } => {
                self.with(interaction, |open| {
                    // Told again after a restart, they have been away since the first word.
                    let since = match open.customer_link {
                        PeerLink::Away { since, .. } => since,
                        PeerLink::Connected => at,
                    };
                    open.customer_link = PeerLink::Away { since, until };
                });
            }
            What::CustomerBack { interaction } => self.with(interaction, |open| {
                open.customer_link = PeerLink::Connected;
            }),
            What::Abandoned { interaction, .. } | What::RemovedFromLine { interaction, .. } => {
                self.interactions.remove(&interaction);
            }
            What::PlaceKept { interaction } => {
                let (tries, rests_until) = (0, None);
                self.set_waits(interaction, Waits::ForCallback { tries, rests_until });
            }
            What::WaitsOnLine { interaction } => self.set_waits(interaction, Waits::OnTheLine),
            What::KeptForAgent {
                interaction,
                agent,
                until,
            } => self.with(interaction, |open| open.kept_for = Some((agent, until))),
            What::OfferableToAll { interaction } => self.with(interaction, |open| {
                open.kept_from.retain(|(_, until)| *until > at);
                open.kept_for = None;
            }),
            What::RingWidened { interaction, ring } => {
                self.with(interaction, |open| open.ring = ring);
            }
            What::Overflowed {
                interaction,
                queue,
                key,
                ..
            } => self.with(interaction, |open| open.comes_into(queue, key, at)),
            What::OverflowPostponed { interaction, until } => self.with(interaction, |open| {
                open.overflow_rests_until = Some(until);
            }),
            _ => {}
        }
    }

    fn enters(&mut self, at: Millis, what: &What) {
        let What::Entered {
            interaction,
            customer,
            queue,
            medium,
            wishes,
            key,
        } = *what
        else {
            return;
        };
        self.last_interaction = self.last_interaction.max(interaction.0);
        let key = key.unwrap_or_else(|| self.key_in(queue, at, wishes));
        self.interactions.insert(
            interaction,
            Interaction {
                customer,
                queue,
                medium,
                entered_at: at,
                queued_at: at,
                key,
                wishes,
                ring: 0,
                kept_from: Vec::new(),
                kept_for: None,
                overflow_rests_until: None,
                customer_link: PeerLink::Connected,
                waits: Waits::OnTheLine,
                stage: Stage::Waiting,
            },
        );
    }

    /// Where somebody who entered at that moment stands in a queue's order.
    pub(crate) fn key_in(&self, queue: QueueId, entered_at: Millis, wishes: Wishes) -> i64 {
        let steps = self.queues.get(&queue).map_or(0, |queue| {
            let of_a_vip = if wishes.is_vip { queue.vip_steps } else { 0 };
            u64::from(queue.priority) + u64::from(of_a_vip)
        });
        key(entered_at, steps)
    }

    pub(super) fn with(
        &mut self,
        interaction: InteractionId,
        change: impl FnOnce(&mut Interaction),
    ) {
        if let Some(open) = self.interactions.get_mut(&interaction) {
            change(open);
        }
    }
}

impl Interaction {
    /// Whatever was tried in the queue before does not count in this one.
    pub(super) fn comes_into(&mut self, queue: QueueId, key: i64, at: Millis) {
        self.queue = queue;
        self.key = key;
        self.queued_at = at;
        self.ring = 0;
        self.kept_for = None;
        self.overflow_rests_until = None;
    }
}
