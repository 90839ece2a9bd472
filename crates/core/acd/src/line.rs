//! Decisions about the line: whom a customer waits for, how the circle widens, other queues, closing time.

use crate::event::What;
use crate::turn::Turn;
use crate::{BACK_KEPT_MS, Back, Center, OVERFLOW_RETRY_MS, Refusal, Wishes};
use vocab::{AgentId, CustomerId, EndedBy, InteractionId, MediumKind, Millis, QueueId};

impl Turn<'_> {
    /// A queue that takes nobody leads elsewhere, as often as need be; the customer's way shows in the events. A
    /// customer who comes back is no newcomer: a full queue takes them again.
    pub(crate) fn enter(
        &mut self,
        customer: CustomerId,
        queue: QueueId,
        medium: MediumKind,
        wishes: Wishes,
    ) -> Result<(), Refusal> {
        if medium.is_live() && self.has_live(customer) {
            return Err(Refusal::NotNow);
        }
        let way = if self.is_taken_back(queue, wishes) {
            Vec::new()
        } else {
            self.center.way_in(queue)?
        };
        let interaction = InteractionId(self.center.state.last_interaction + 1);
        let key = Some(self.key_on_entry(queue, wishes));
        self.emit(What::Entered {
            interaction,
            customer,
            queue,
            medium,
            wishes,
            key,
        });
        let mut from = queue;
        for queue in way {
            self.moves_to(interaction, from, queue);
            from = queue;
        }
        self.keep_for_last_agent(interaction);
        Ok(())
    }

    /// A closed queue takes back only whom the agent of the broken conversation is still there for.
    fn is_taken_back(&self, queue: QueueId, wishes: Wishes) -> bool {
        let state = &self.center.state;
        let Some(back) = wishes.back.filter(|_| state.queues.contains_key(&queue)) else {
            return false;
        };
        let is_expected = wishes
            .last_agent
            .is_some_and(|agent| self.is_coming(agent, queue));
        !state.is_closed(queue) || back == Back::Served && is_expected
    }

    fn key_on_entry(&self, queue: QueueId, wishes: Wishes) -> i64 {
        let key_since = |since| self.center.state.key_in(queue, since, wishes);
        match wishes.back {
            None => key_since(self.now),
            Some(Back::Waiting { since }) => key_since(since.min(self.now)),
            Some(Back::Served) => self.before_all(queue, key_since(self.now)),
        }
    }

    /// The key of the head of the line; `own` where that is further ahead.
    pub(crate) fn before_all(&self, queue: QueueId, own: i64) -> i64 {
        let line = self.center.index.queues.get(&queue);
        let first = line.and_then(|queue| queue.line.first());
        first.map_or(own, |(first, _)| own.min(first.saturating_sub(1)))
    }

    fn has_live(&self, customer: CustomerId) -> bool {
        let mut present = self.center.index.of_customer(customer);
        present.any(|id| self.open(id).is_ok_and(|open| open.medium.is_live()))
    }

    fn moves_to(&mut self, interaction: InteractionId, from: QueueId, queue: QueueId) {
        let Ok(open) = self.open(interaction) else {
            return;
        };
        let state = &self.center.state;
        let key = state.key_in(queue, open.entered_at, open.wishes);
        self.emit(What::Overflowed {
            interaction,
            from,
            queue,
            key,
        });
    }

    /// Only while there is hope: the agent is signed in, serves the queue and is not on a break.
    fn keep_for_last_agent(&mut self, interaction: InteractionId) {
        let Ok(open) = self.open(interaction) else {
            return;
        };
        let state = &self.center.state;
        let Some(agent) = open.wishes.last_agent else {
            return;
        };
        let wait_ms = state
            .queues
            .get(&open.queue)
            .map_or(0, |queue| queue.last_agent_ms);
        let wait_ms = match open.wishes.back {
            Some(Back::Served) => wait_ms.max(BACK_KEPT_MS),
            Some(Back::Waiting { .. }) | None => wait_ms,
        };
        if wait_ms > 0 && self.is_coming(agent, open.queue) {
            let until = self.now.plus(wait_ms);
            self.emit(What::KeptForAgent {
                interaction,
                agent,
                until,
            });
        }
    }

    /// Signed in, serving the queue, and neither on a break nor about to take one.
    pub(crate) fn is_coming(&self, agent: AgentId, queue: QueueId) -> bool {
        self.center.state.agents.get(&agent).is_some_and(|known| {
            let is_at_work = !self.center.index.is_idle(agent);
            known.settings.queues.contains(&queue)
                && known.is_online()
                && !known.is_leaving()
                && (known.is_ready_by_choice() || is_at_work)
        })
    }

    /// After a change of the agent's state: those who wait for nobody else need not wait for somebody on a break.
    pub(crate) fn settle_kept(&mut self, agent: AgentId) {
        let is_staying = self.center.state.agents.get(&agent).is_some_and(|known| {
            let is_at_work = !self.center.index.is_idle(agent);
            !known.is_leaving() && (known.is_ready_by_choice() || is_at_work)
        });
        if !is_staying {
            self.kept_for_nobody(agent);
        }
    }

    /// Nobody is waited for who will not come.
    pub(crate) fn kept_for_nobody(&mut self, agent: AgentId) {
        let all = (agent, i64::MIN, InteractionId(0))..=(agent, i64::MAX, InteractionId(u64::MAX));
        let kept = self.center.index.kept.range(all).map(|(_, _, id)| *id);
        let kept: Vec<InteractionId> = kept.collect();
        for interaction in kept {
            self.emit(What::OfferableToAll { interaction });
        }
    }

    pub(crate) fn ring_widens(&mut self, interaction: InteractionId) {
        let Ok(open) = self.open(interaction) else {
            return;
        };
        let queue = self.center.state.queues.get(&open.queue);
        if let Some((ring, _)) = queue.and_then(|queue| queue.ring_after(open.ring)) {
            self.emit(What::RingWidened { interaction, ring });
        }
    }

    pub(crate) fn overflows(&mut self, interaction: InteractionId) {
        let Ok(open) = self.open(interaction) else {
            return;
        };
        let from = open.queue;
        let settings = self.center.state.queues.get(&from);
        let Some(overflow) = settings.and_then(|queue| queue.overflow) else {
            return;
        };
        // Who is to be called back was promised a place for a time, and a queue may keep none.
        let keeps_place = !open.waits.is_for_callback() || self.keeps_places(overflow.to);
        if keeps_place && self.center.takes_newcomers(overflow.to).is_ok() {
            self.moves_to(interaction, from, overflow.to);
        } else {
            let until = self.now.plus(OVERFLOW_RETRY_MS);
            self.emit(What::OverflowPostponed { interaction, until });
        }
    }

    pub(crate) fn closing_ends(&mut self, interaction: InteractionId) {
        let by = EndedBy::Closed;
        self.emit(What::Abandoned { interaction, by });
    }
}

impl Center {
    /// Whether somebody who came now would get in, here or in a queue to which this one leads.
    ///
    /// # Errors
    /// Why not: [`Refusal::QueueClosed`], [`Refusal::QueueFull`] or [`Refusal::UnknownQueue`].
    pub fn may_enter(&self, queue: QueueId) -> Result<(), Refusal> {
        self.way_in(queue).map(drop)
    }

    /// Whether those who wait on the line have been told by now that the queue is closed.
    pub(crate) fn is_past_closing(&self, interaction: InteractionId, now: Millis) -> bool {
        let open = self.state.interactions.get(&interaction);
        open.is_some_and(|open| {
            let settings = self.state.queues.get(&open.queue);
            let grace_ms = settings.map_or(0, |queue| queue.closing_grace_ms);
            let closed_since = self.state.closed.get(&open.queue);
            closed_since.is_some_and(|since| {
                let ends = open.queued_at.max(*since).plus(grace_ms);
                grace_ms > 0 && ends <= now
            })
        })
    }

    /// The queues after the one that was asked for, up to one that takes the customer.
    fn way_in(&self, asked: QueueId) -> Result<Vec<QueueId>, Refusal> {
        let mut way = Vec::new();
        let mut queue = asked;
        let mut why = None;
        loop {
            let Err(refusal) = self.takes_newcomers(queue) else {
                return Ok(way);
            };
            let why = *why.get_or_insert(refusal.clone().is_full());
            let settings = self.state.queues.get(&queue);
            let settings = settings.ok_or(Refusal::UnknownQueue)?;
            let detour = if refusal.is_full() {
                settings.when_full
            } else {
                settings.when_closed
            };
            match detour.queue() {
                // Settings in which this could go round are refused; a way is never longer than the queues are many.
                Some(next) if way.len() < self.state.queues.len() => {
                    way.push(next);
                    queue = next;
                }
                Some(_) | None if why => return Err(Refusal::QueueFull),
                Some(_) | None => return Err(Refusal::QueueClosed),
            }
        }
    }

    fn takes_newcomers(&self, queue: QueueId) -> Result<(), Refusal> {
        let state = &self.state;
        let settings = state.queues.get(&queue).ok_or(Refusal::UnknownQueue)?;
        if state.is_closed(queue) {
            return Err(Refusal::QueueClosed);
        }
        let line = self.index.queues.get(&queue);
        let waiting = line.map_or(0, |queue| queue.line.len());
        if waiting >= settings.max_waiting as usize {
            return Err(Refusal::QueueFull);
        }
        Ok(())
    }
}
