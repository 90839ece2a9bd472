//! Entries into a queue's line, and how they come out of it.

use crate::contact::{Contact, InHand, Stage, Wait};
use crate::fold::Figures;
use crate::queue_figures::QueueFigures;
use crate::spent::{Doing, Stint};
use std::collections::BTreeSet;
use vocab::{AgentId, InteractionId, Millis, QueueId};

impl Figures {
    /// A new interaction at the tail of a queue.
    pub(crate) fn enters(&mut self, at: Millis, interaction: InteractionId, queue: QueueId) {
        let contact = Contact {
            queue,
            away_since: None,
            stage: Stage::InLine(Wait {
                since: at,
                is_for_callback: false,
                rung: BTreeSet::new(),
            }),
        };
        self.contacts.insert(interaction, contact);
        self.joins_line(at, interaction, queue, |_| {});
    }

    /// The interaction waits in that queue from now on: another entry. `count` says why, beside `offered`.
    pub(crate) fn joins_line(
        &mut self,
        at: Millis,
        interaction: InteractionId,
        to: QueueId,
        count: impl Fn(&mut QueueFigures),
    ) {
        let Some(contact) = self.contacts.get_mut(&interaction) else {
            return;
        };
        // Who kept a place takes that along when the line changes.
        let is_for_callback = contact.wait().is_some_and(|wait| wait.is_for_callback);
        let wait = Wait {
            since: at,
            is_for_callback,
            rung: BTreeSet::new(),
        };
        let queue = self.queues.entry(to).or_default();
        queue.joins(interaction, &wait);
        queue.ledger.count(at, |figures| {
            figures.offered += 1;
            count(figures);
        });
        contact.queue = to;
        contact.stage = Stage::InLine(wait);
    }

    /// The entry has its outcome, which `count` writes down. What becomes of the interaction is the caller's word.
    pub(crate) fn leaves_line(
        &mut self,
        at: Millis,
        interaction: InteractionId,
        count: impl Fn(&mut QueueFigures),
    ) {
        let Some(contact) = self.contacts.get(&interaction) else {
            return;
        };
        if let (Some(wait), Some(queue)) = (contact.wait(), self.queues.get_mut(&contact.queue)) {
            queue.leaves(interaction, wait);
            queue.ledger.count(at, count);
        }
    }

    pub(crate) fn is_answered(&mut self, at: Millis, interaction: InteractionId, agent: AgentId) {
        let Some(contact) = self.contacts.get(&interaction) else {
            return;
        };
        let Some(wait) = contact.wait() else {
            return;
        };
        let (queue, waited_ms) = (contact.queue, at.since(wait.since));
        let is_called_back = wait.is_for_callback;
        let is_in_time = waited_ms <= self.settings.of(queue).answer_within_ms;
        self.leaves_line(at, interaction, |figures| {
            if is_called_back {
                figures.called_back += 1;
            } else {
                figures.answered += 1;
                figures.answered_within += u32::from(is_in_time);
                figures.answer_wait_ms += waited_ms;
            }
        });
        let stint = Stint::begun(at, Doing::Talking);
        if let Some(contact) = self.contacts.get_mut(&interaction) {
            contact.stage = Stage::InHand(InHand { agent, stint });
        }
        if let Some(queue) = self.queues.get_mut(&queue) {
            queue.turns(at, None, Some(Doing::Talking));
        }
        self.agent(agent).begins(at, interaction, Doing::Talking);
    }

    /// Left without an answer. Who lost the link was gone when it went, not when the grace period was over.
    pub(crate) fn gives_up(&mut self, at: Millis, interaction: InteractionId, is_lost: bool) {
        let Some(contact) = self.contacts.get(&interaction) else {
            return;
        };
        let Some(wait) = contact.wait() else {
            return;
        };
        let gone_at = contact.away_since.filter(|_| is_lost).unwrap_or(at);
        let waited_ms = gone_at.since(wait.since);
        let is_callback = wait.is_for_callback;
        let is_short = waited_ms < self.settings.of(contact.queue).short_abandon_ms;
        self.leaves_line(at, interaction, |figures| {
            if is_callback {
                figures.callbacks_lost += 1;
            } else if is_short {
                figures.short_abandoned += 1;
            } else {
                figures.abandoned += 1;
                figures.abandon_wait_ms += waited_ms;
            }
        });
        self.contacts.remove(&interaction);
    }

    pub(crate) fn keeps_place(&mut self, interaction: InteractionId, is_for_callback: bool) {
        self.changes_wait(interaction, |wait| wait.is_for_callback = is_for_callback);
    }

    pub(crate) fn rings(&mut self, at: Millis, interaction: InteractionId, agent: AgentId) {
        if !self.contacts.contains_key(&interaction) {
            return;
        }
        self.changes_wait(interaction, |wait| {
            wait.rung.insert(agent);
        });
        self.agent(agent).begins(at, interaction, Doing::Ringing);
    }

    /// An offer or a callback came to nothing. Who answered it meanwhile keeps it.
    pub(crate) fn rings_no_more(&mut self, at: Millis, interaction: InteractionId, agent: AgentId) {
        self.changes_wait(interaction, |wait| {
            wait.rung.remove(&agent);
        });
        self.agent(agent).drops(at, interaction);
    }

    pub(crate) fn is_away(&mut self, interaction: InteractionId, since: Option<Millis>) {
        if let Some(contact) = self.contacts.get_mut(&interaction) {
            // Told again after a restart, the first word stays.
            contact.away_since = since.map(|at| contact.away_since.unwrap_or(at));
        }
    }

    fn changes_wait(&mut self, interaction: InteractionId, change: impl FnOnce(&mut Wait)) {
        let Some(contact) = self.contacts.get_mut(&interaction) else {
            return;
        };
        if let (Stage::InLine(wait), Some(queue)) =
            (&mut contact.stage, self.queues.get_mut(&contact.queue))
        {
            queue.leaves(interaction, wait);
            change(wait);
            queue.joins(interaction, wait);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const I: InteractionId = InteractionId(1);

    /// What an overflow is: out of one line and into another, which is another entry.
    #[test]
    fn who_moves_to_another_line_is_offered_there_and_takes_the_kept_place_along() {
        let mut figures = Figures::default();
        figures.enters(Millis(0), I, QueueId(1));
        figures.keeps_place(I, true);
        figures.leaves_line(Millis(9_000), I, |figures| figures.overflowed_out += 1);
        figures.joins_line(Millis(9_000), I, QueueId(2), |figures| {
            figures.overflowed_in += 1;
        });
        let look = figures.at(Millis(10_000));
        let [left, joined] = [1, 2].map(|id| look.queue(QueueId(id)).expect("it is known"));
        assert_eq!((left.waiting, left.callbacks), (0, 0));
        assert_eq!((left.window.offered, left.window.overflowed_out), (1, 1));
        assert_eq!((joined.waiting, joined.callbacks), (1, 1));
        assert_eq!((joined.window.offered, joined.window.overflowed_in), (1, 1));
        assert_eq!(joined.longest_wait_since, Some(Millis(9_000)));
    }
}
