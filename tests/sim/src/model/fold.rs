//! What each event means, in plain words: no decision and no check. This file has the line and the offers.

use super::{Contact, Model, Tally};
use acd::{Back, Event, Stage, Strategy, Waits, What, Wishes};
use vocab::{AgentId, ChosenState, InteractionId, Millis, NotReadyReason, PeerLink, QueueId};

impl Model {
    pub fn follow(&mut self, event: &Event) {
        let at = event.at;
        self.last_at = at;
        if let What::ClockStepped { by_ms } = event.what {
            return self.clock_stepped(by_ms);
        }
        self.count(&event.what);
        self.follow_line(at, &event.what);
        self.follow_offer(at, &event.what);
        self.follow_callback(at, &event.what);
        self.follow_handover(at, &event.what);
        self.follow_conversation(at, &event.what);
        self.follow_agent(at, &event.what);
        self.follow_settings(at, &event.what);
    }

    fn follow_line(&mut self, at: Millis, what: &What) {
        match *what {
            What::Entered { .. } => self.enters(at, what),
            What::CustomerAway { interaction, until } => self.with(interaction, |one| {
                let since = match one.link {
                    PeerLink::Away { since, .. } => since,
                    PeerLink::Connected => at,
                };
                one.link = PeerLink::Away { since, until };
            }),
            What::CustomerBack { interaction } => {
                self.with(interaction, |one| one.link = PeerLink::Connected);
            }
            What::Abandoned { interaction, .. } | What::RemovedFromLine { interaction, .. } => {
                self.open.remove(&interaction);
            }
            What::KeptForAgent {
                interaction,
                agent,
                until,
            } => self.with(interaction, |one| one.kept_for = Some((agent, until))),
            What::OfferableToAll { interaction } => self.with(interaction, |one| {
                one.kept_for = None;
                one.kept_from.retain(|(_, until)| *until > at);
            }),
            What::RingWidened { interaction, ring } => {
                self.with(interaction, |one| one.ring = ring);
            }
            What::Overflowed {
                interaction, queue, ..
            } => {
                let Some(one) = self.open.get(&interaction) else {
                    return;
                };
                let key = self.key(queue, one.entered_at, one.wishes);
                self.comes_into(interaction, queue, key, at);
            }
            What::OverflowPostponed { interaction, until } => self.with(interaction, |one| {
                one.overflow_rests_until = Some(until);
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
            ..
        } = *what
        else {
            return;
        };
        let contact = Contact {
            customer,
            queue,
            medium,
            wishes,
            entered_at: at,
            queued_at: at,
            key: self.key_on_entry(queue, at, wishes),
            ring: 0,
            kept_from: Vec::new(),
            kept_for: None,
            overflow_rests_until: None,
            link: PeerLink::Connected,
            waits: Waits::OnTheLine,
            stage: Stage::Waiting,
        };
        self.open.insert(interaction, contact);
    }

    fn follow_offer(&mut self, at: Millis, what: &What) {
        match *what {
            What::OfferMade {
                interaction,
                agent,
                deadline,
                is_meant,
            } => {
                let turn = self
                    .open
                    .get(&interaction)
                    .map(|one| (one.queue, one.kept_for));
                self.rings(interaction, agent, at, deadline);
                if let Some((queue, kept_for)) = turn {
                    let was_meant = kept_for.is_some_and(|(kept, _)| kept == agent);
                    self.had_the_turn(queue, agent, is_meant || was_meant);
                }
            }
            What::OfferAccepted { interaction, agent } => {
                self.with(interaction, |one| {
                    one.stage = Stage::Talking { agent, since: at };
                    one.waits = Waits::OnTheLine;
                    one.kept_from.clear();
                    one.kept_for = None;
                });
                if let Some(person) = self.agents.get_mut(&agent) {
                    person.handled += 1;
                    person.declined = 0;
                }
            }
            What::OfferMissed { interaction, agent } => {
                self.stops_ringing(interaction, agent);
                self.with_online(agent, |online| {
                    if online.chosen == ChosenState::Ready {
                        online.chosen = ChosenState::NotReady {
                            reason: NotReadyReason::Missed,
                        };
                        online.idle_since = at;
                        online.next = None;
                    }
                });
            }
            What::OfferDeclined {
                interaction,
                agent,
                not_back_until,
            } => {
                self.stops_ringing(interaction, agent);
                let until = not_back_until.map(|until| (agent, until));
                self.with(interaction, |one| one.kept_from.extend(until));
                if let Some(person) = self.agents.get_mut(&agent) {
                    person.declined = person.declined.saturating_add(1);
                }
            }
            What::OfferWithdrawn {
                interaction, agent, ..
            } => self.stops_ringing(interaction, agent),
            What::ReturnedToQueue { interaction } => {
                self.with(interaction, |one| {
                    one.stage = Stage::Waiting;
                    one.queued_at = at;
                    one.overflow_rests_until = None;
                });
            }
            _ => {}
        }
    }

    fn follow_callback(&mut self, at: Millis, what: &What) {
        match *what {
            What::PlaceKept { interaction } => self.waits(interaction, 0, None),
            What::WaitsOnLine { interaction } => {
                self.with(interaction, |one| one.waits = Waits::OnTheLine);
            }
            What::CallbackStarted {
                interaction,
                agent,
                deadline,
            } => self.with(interaction, |one| {
                one.stage = Stage::CallingBack {
                    agent,
                    since: at,
                    deadline,
                };
            }),
            What::CallbackMissed {
                interaction,
                rests_until,
                ..
            } => {
                let tries = self.tries(interaction) + 1;
                self.waits(interaction, tries, Some(rests_until));
                self.with(interaction, |one| one.stage = Stage::Waiting);
            }
            What::CallbackRested { interaction } => {
                self.waits(interaction, self.tries(interaction), None);
            }
            _ => {}
        }
    }

    /// Everything that comes into a line and leaves it. What is counted belongs to the queue before the event.
    fn count(&mut self, what: &What) {
        let here = what.interaction().and_then(|id| self.open.get(&id));
        let here = here.map(|one| one.queue);
        match *what {
            What::Entered { queue, .. } | What::Transferred { queue, .. } => {
                self.tally(Some(queue), |tally| tally.offered += 1);
            }
            What::Overflowed { from, queue, .. } => {
                self.tally(Some(from), |tally| tally.overflowed += 1);
                self.tally(Some(queue), |tally| tally.offered += 1);
            }
            What::ReturnedToQueue { .. } => self.tally(here, |tally| tally.offered += 1),
            What::OfferAccepted { .. } => self.tally(here, |tally| tally.answered += 1),
            What::Abandoned { .. } | What::RemovedFromLine { .. } => {
                self.tally(here, |tally| tally.abandoned += 1);
            }
            _ => {}
        }
    }

    fn tally(&mut self, queue: Option<QueueId>, change: impl FnOnce(&mut Tally)) {
        if let Some(queue) = queue {
            change(self.tallies.entry(queue).or_default());
        }
    }

    /// A minute of waiting for each step of the queue's priority, and more for a VIP.
    fn key(&self, queue: QueueId, entered_at: Millis, wishes: Wishes) -> i64 {
        let steps = self.queues.get(&queue).map_or(0, |queue| {
            let more = if wishes.is_vip { queue.vip_steps } else { 0 };
            i64::from(queue.priority) + i64::from(more)
        });
        i64::try_from(entered_at.0).unwrap_or(i64::MAX) - steps * 60_000
    }

    /// Who comes back out of a conversation stands before everybody, who comes back out of the line where they were.
    fn key_on_entry(&self, queue: QueueId, at: Millis, wishes: Wishes) -> i64 {
        let since = match wishes.back {
            Some(Back::Waiting { since }) => since.min(at),
            Some(Back::Served) | None => at,
        };
        let own = self.key(queue, since, wishes);
        let in_line = self
            .open
            .values()
            .filter(|one| one.queue == queue && one.is_in_line());
        let ahead_of_all = in_line.map(|one| one.key - 1).min();
        match wishes.back {
            Some(Back::Served) => ahead_of_all.map_or(own, |ahead| own.min(ahead)),
            Some(Back::Waiting { .. }) | None => own,
        }
    }

    pub(super) fn comes_into(
        &mut self,
        interaction: InteractionId,
        queue: QueueId,
        key: i64,
        at: Millis,
    ) {
        self.with(interaction, |one| {
            one.queue = queue;
            one.key = key;
            one.queued_at = at;
            one.ring = 0;
            one.kept_for = None;
            one.overflow_rests_until = None;
        });
    }

    fn rings(&mut self, interaction: InteractionId, agent: AgentId, at: Millis, deadline: Millis) {
        let Some(one) = self.open.get_mut(&interaction) else {
            return;
        };
        if let Stage::Ringing { agents, .. } = &mut one.stage {
            agents.push(agent);
        } else {
            one.stage = Stage::Ringing {
                agents: vec![agent],
                since: at,
                deadline,
            };
        }
    }

    fn had_the_turn(&mut self, queue: QueueId, agent: AgentId, is_meant: bool) {
        let strategy = self.queues.get(&queue).map(|queue| queue.strategy);
        if strategy == Some(Strategy::RoundRobin) && !is_meant {
            self.turns.insert(queue, agent);
        }
    }

    fn stops_ringing(&mut self, interaction: InteractionId, agent: AgentId) {
        self.with(interaction, |one| {
            if let Stage::Ringing { agents, .. } = &mut one.stage {
                agents.retain(|rung| *rung != agent);
                if !agents.is_empty() {
                    return;
                }
            }
            one.stage = Stage::Waiting;
            one.kept_for = None;
        });
    }

    fn tries(&self, interaction: InteractionId) -> u8 {
        match self.open.get(&interaction).map(|one| one.waits) {
            Some(Waits::ForCallback { tries, .. }) => tries,
            Some(Waits::OnTheLine) | None => 0,
        }
    }

    fn waits(&mut self, interaction: InteractionId, tries: u8, rests_until: Option<Millis>) {
        self.with(interaction, |one| {
            one.waits = Waits::ForCallback { tries, rests_until };
        });
    }

    pub(super) fn with(&mut self, interaction: InteractionId, change: impl FnOnce(&mut Contact)) {
        if let Some(one) = self.open.get_mut(&interaction) {
            change(one);
        }
    }
}
