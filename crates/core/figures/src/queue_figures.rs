//! A queue's figures over a window or an interval, and the field's formulas over them.

use crate::ratio::{mean_ms, share};
use crate::spent::Spent;
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// Counts of entries (see the crate's description), sums of milliseconds. Those of several queues or intervals may be
/// added up and then asked: never take the mean of their shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueFigures {
    /// Entries into the line, for whatever reason; the next three are among them.
    pub offered: u32,
    /// Passed on to this queue, or to a colleague by name, who is offered it before the line is.
    pub transferred_in: u32,
    /// The agent was lost in the middle of the conversation.
    pub returned: u32,
    pub overflowed_in: u32,

    /// A conversation began; callbacks are not among them.
    pub answered: u32,
    /// Among the answered, those who waited at most [`crate::Thresholds::answer_within_ms`].
    pub answered_within: u32,
    /// What the answered waited.
    pub answer_wait_ms: u64,
    /// Left, or lost the link, after at least [`crate::Thresholds::short_abandon_ms`].
    pub abandoned: u32,
    /// What the abandoned waited.
    pub abandon_wait_ms: u64,
    /// Left sooner than that.
    pub short_abandoned: u32,
    /// A conversation began with a callback.
    pub called_back: u32,
    /// Kept a place and gave it up, or could not be reached.
    pub callbacks_lost: u32,
    /// The queue closed while they waited, and they were told so.
    pub turned_away: u32,
    /// A supervisor took them out of the line.
    pub removed: u32,
    pub overflowed_out: u32,

    /// Answered or called back, and over since, wrap-up included, however it ended.
    pub handled: u32,
    /// Among the handled, those who were passed on.
    pub transferred_out: u32,
    /// Spent on the handled from answer to end, by the agent who had the customer; counted at the end.
    pub handled_spent: Spent,
    /// Spent on anybody within this very time: what staffing is computed from.
    pub worked: Spent,
}

impl QueueFigures {
    /// Answered within T ÷ answered. Abandons are ignored, so it flatters a queue that loses many; ICMI and Call Centre
    /// Helper list it among the common formulas and advise against it alone.
    #[must_use]
    pub fn service_level_of_answered(&self) -> Option<f64> {
        share(self.answered_within.into(), self.answered.into())
    }

    /// Answered within T ÷ (answered + abandoned). Abandons count against it, short ones not: Genesys Cloud's formula
    /// with short abandons and flow-outs left out.
    #[must_use]
    pub fn service_level_of_answered_and_abandoned(&self) -> Option<f64> {
        let ended = u64::from(self.answered) + u64::from(self.abandoned);
        share(self.answered_within.into(), ended)
    }

    /// Answered within T ÷ (offered − short abandons − callbacks that were made or lost − those whom a supervisor removed).
    /// The strictest: who still waits, was turned away or overflowed counts against it too; Cisco's "negative impact" without short abandons.
    #[must_use]
    pub fn service_level_of_offered(&self) -> Option<f64> {
        let left_out = [
            self.short_abandoned,
            self.called_back,
            self.callbacks_lost,
            self.removed,
        ];
        let left_out = left_out.map(u64::from).iter().sum();
        let counted = u64::from(self.offered).saturating_sub(left_out);
        share(self.answered_within.into(), counted)
    }

    /// ASA, average speed of answer: waiting time of the answered ÷ answered.
    #[must_use]
    pub fn asa_ms(&self) -> Option<u64> {
        mean_ms(self.answer_wait_ms, self.answered)
    }

    /// AHT, average handling time: (talk + hold + wrap-up) ÷ handled.
    #[must_use]
    pub fn aht_ms(&self) -> Option<u64> {
        mean_ms(self.handled_spent.sum_ms(), self.handled)
    }

    /// Left after the short-abandon threshold ÷ (offered − those whom a supervisor removed).
    #[must_use]
    pub fn abandonment(&self) -> Option<f64> {
        let counted = self.offered.saturating_sub(self.removed);
        share(self.abandoned.into(), counted.into())
    }

    /// How long the abandoned were patient: their waiting time ÷ abandoned.
    #[must_use]
    pub fn patience_ms(&self) -> Option<u64> {
        mean_ms(self.abandon_wait_ms, self.abandoned)
    }
}

impl AddAssign for QueueFigures {
    /// Several queues or intervals as one.
    fn add_assign(&mut self, other: Self) {
        // Taken apart, so that a new figure cannot be left out.
        let Self {
            offered,
            transferred_in,
            returned,
            overflowed_in,
            answered,
            answered_within,
            answer_wait_ms,
            abandoned,
            abandon_wait_ms,
            short_abandoned,
            called_back,
            callbacks_lost,
            turned_away,
            removed,
            overflowed_out,
            handled,
            transferred_out,
            handled_spent,
            worked,
        } = other;
        self.offered += offered;
        self.transferred_in += transferred_in;
        self.returned += returned;
        self.overflowed_in += overflowed_in;
        self.answered += answered;
        self.answered_within += answered_within;
        self.answer_wait_ms += answer_wait_ms;
        self.abandoned += abandoned;
        self.abandon_wait_ms += abandon_wait_ms;
        self.short_abandoned += short_abandoned;
        self.called_back += called_back;
        self.callbacks_lost += callbacks_lost;
        self.turned_away += turned_away;
        self.removed += removed;
        self.overflowed_out += overflowed_out;
        self.handled += handled;
        self.transferred_out += transferred_out;
        self.handled_spent += handled_spent;
        self.worked += worked;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formulas_are_the_fields() {
        let day = QueueFigures {
            offered: 1_000,
            answered: 800,
            answered_within: 600,
            answer_wait_ms: 8_000_000,
            abandoned: 100,
            abandon_wait_ms: 4_500_000,
            short_abandoned: 40,
            called_back: 30,
            callbacks_lost: 10,
            turned_away: 5,
            handled: 820,
            handled_spent: Spent {
                talk_ms: 820 * 180_000,
                hold_ms: 820 * 20_000,
                wrap_up_ms: 820 * 40_000 + 819,
            },
            ..QueueFigures::default()
        };
        assert_eq!(day.service_level_of_answered(), Some(0.75));
        let of_both = day.service_level_of_answered_and_abandoned();
        assert_eq!(of_both, Some(600.0 / 900.0));
        assert_eq!(day.service_level_of_offered(), Some(600.0 / 920.0));
        assert_eq!(day.asa_ms(), Some(10_000));
        assert_eq!(day.aht_ms(), Some(240_000));
        assert_eq!(day.abandonment(), Some(0.1));
        assert_eq!(day.patience_ms(), Some(45_000));
    }

    #[test]
    fn where_nothing_happened_there_is_no_figure() {
        let empty = QueueFigures::default();
        let shares = [
            empty.service_level_of_answered(),
            empty.service_level_of_answered_and_abandoned(),
            empty.service_level_of_offered(),
            empty.abandonment(),
        ];
        assert_eq!(shares, [None; 4]);
        assert_eq!(
            [empty.asa_ms(), empty.aht_ms(), empty.patience_ms()],
            [None; 3]
        );
    }

    #[test]
    fn an_interval_that_answers_those_of_the_one_before_has_no_more_than_all() {
        let interval = QueueFigures {
            offered: 1,
            answered: 3,
            answered_within: 2,
            ..QueueFigures::default()
        };
        assert_eq!(interval.service_level_of_offered(), Some(1.0));
        assert_eq!(interval.service_level_of_answered(), Some(2.0 / 3.0));
    }
}
