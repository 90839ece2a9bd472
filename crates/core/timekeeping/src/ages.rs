//! Computes how old a time stamp of the wall clock is when the clock was set after it was made.
//!
//! Between two steps lies a *frame*: within it stamps and time that passed agree. A stamp may lie in several frames,
//! because a clock that was set back shows the same hours again; then it is taken to be as young as it can be.

use crate::belief::STEP_MS;
use vocab::Millis;

/// Tolerance at both ends of a frame, in milliseconds: threads read the clock at slightly different moments, and the
/// believed time corrects small differences gradually.
const SLACK_MS: u64 = 5 * STEP_MS;

/// Most frames that are kept; beyond this the two oldest are joined, and their stamps count as young as the younger one's.
const FRAMES: usize = 256;

/// What changed about the clock, in the journal's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The clock was set by so much and shows `at` since.
    Step { at: Millis, by_ms: i64 },
    /// An operator confirmed that the clock is right: the time that the steps claim counts as passed.
    Confirmed,
}

/// Stamps from `from` on and before `before`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Millis,
    pub before: Millis,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    from: Option<Millis>,
    until: Option<Millis>,
    /// How far stamps of this frame are ahead of steady time, in milliseconds.
    ahead_ms: i64,
}

/// What is known of the clock's past; made from its marks.
#[derive(Clone, Debug)]
pub struct Ages {
    /// Oldest first; the last one is the present.
    frames: Vec<Frame>,
    stepped_ms: i64,
}

impl Ages {
    #[must_use]
    pub fn of(marks: impl IntoIterator<Item = Mark>) -> Self {
        let mut ages = Self {
            frames: vec![Frame {
                from: None,
                until: None,
                ahead_ms: 0,
            }],
            stepped_ms: 0,
        };
        for mark in marks {
            match mark {
                Mark::Step { at, by_ms } => ages.step(at, by_ms),
                Mark::Confirmed => ages.confirm(),
            }
        }
        ages
    }

    fn step(&mut self, at: Millis, by_ms: i64) {
        self.stepped_ms = self.stepped_ms.saturating_add(by_ms);
        let Some(last) = self.frames.last_mut() else {
            return;
        };
        last.until = Some(Millis(at.0.saturating_add_signed(by_ms.saturating_neg())));
        let ahead_ms = last.ahead_ms.saturating_add(by_ms);
        self.frames.push(Frame {
            from: Some(at),
            until: None,
            ahead_ms,
        });
        if self.frames.len() > FRAMES {
            let second = self.frames.remove(1);
            if let Some(first) = self.frames.first_mut() {
                first.until = first.until.max(second.until);
                first.ahead_ms = first.ahead_ms.min(second.ahead_ms);
            }
        }
    }

    /// A confirmation makes stamps older that were made before the step; stamps made after it stay as they are.
    fn confirm(&mut self) {
        let ahead_ms = self.ahead_ms();
        let confirmed = ahead_ms.max(0);
        for frame in &mut self.frames {
            if frame.ahead_ms > 0 {
                frame.ahead_ms = (frame.ahead_ms - confirmed).max(0);
            }
        }
        if let Some(last) = self.frames.last_mut() {
            last.ahead_ms = 0;
        }
    }

    fn ahead_ms(&self) -> i64 {
        self.frames.last().map_or(0, |frame| frame.ahead_ms)
    }

    /// All steps, added up.
    #[must_use]
    pub fn stepped_ms(&self) -> i64 {
        self.stepped_ms
    }

    /// Time that steps claim and that is not confirmed, in milliseconds: everything is kept longer by so much.
    #[must_use]
    pub fn unwitnessed_ms(&self) -> u64 {
        self.ahead_ms().max(0).unsigned_abs()
    }

    /// The stamps that are older than `age_ms` at the steady moment `steady`, apart from each other and in order.
    #[must_use]
    pub fn older_than(&self, age_ms: u64, steady: Millis) -> Vec<Span> {
        let now = shifted(steady, self.stepped_ms.saturating_sub(self.ahead_ms()));
        let limit = Millis(now.0.saturating_sub(age_ms));
        let shown = shifted(steady, self.stepped_ms);
        let reach = |frame: &Frame| {
            let from = frame.from.map_or(0, |at| at.0.saturating_sub(SLACK_MS));
            // A stamp in the future was made while the clock was ahead, so it belongs to an earlier frame.
            let until = frame.until.unwrap_or(shown).plus(SLACK_MS + 1).0;
            let old_before = shifted(limit, frame.ahead_ms).0;
            (from, until, old_before.clamp(from, until.max(from)))
        };
        let reaches: Vec<(u64, u64, u64)> = self.frames.iter().map(reach).collect();
        let mut ends: Vec<u64> = reaches.iter().flat_map(|(a, b, c)| [*a, *b, *c]).collect();
        ends.sort_unstable();
        ends.dedup();
        let is_old = |at: u64| {
            let mut frames = reaches
                .iter()
                .filter(|(from, until, _)| *from <= at && at < *until)
                .peekable();
            frames.peek().is_some() && frames.all(|(_, _, old_before)| at < *old_before)
        };
        let mut spans: Vec<Span> = Vec::new();
        for pair in ends.windows(2) {
            let [from, before] = pair else { continue };
            if !is_old(*from) {
                continue;
            }
            match spans.last_mut() {
                Some(last) if last.before.0 == *from => last.before = Millis(*before),
                _ => spans.push(Span {
                    from: Millis(*from),
                    before: Millis(*before),
                }),
            }
        }
        spans
    }
}

fn shifted(at: Millis, by_ms: i64) -> Millis {
    Millis(at.0.saturating_add_signed(by_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60 * 1_000;
    const DAYS: i64 = DAY.cast_signed();
    const NOW: u64 = 20_000 * DAY;

    fn step(at: u64, by_ms: i64) -> Mark {
        let at = Millis(at);
        Mark::Step { at, by_ms }
    }

    /// Which of these stamps are older than 30 days.
    fn old(ages: &Ages, steady: u64, stamps: &[u64]) -> Vec<bool> {
        let spans = ages.older_than(30 * DAY, Millis(steady));
        let is_in = |at: &u64| spans.iter().any(|s| s.from.0 <= *at && *at < s.before.0);
        stamps.iter().map(is_in).collect()
    }

    #[test]
    fn without_steps_age_is_the_clocks_affair() {
        let ages = Ages::of([]);
        let edge = NOW - 30 * DAY;
        assert_eq!(
            old(&ages, NOW, &[0, edge - 1, edge, NOW]),
            [true, true, false, false]
        );
        assert_eq!(ages.unwitnessed_ms(), 0);
    }

    #[test]
    fn a_step_forward_makes_nothing_old_and_what_passes_afterwards_does() {
        let marks = [step(NOW + 200 * DAY, 200 * DAYS)];
        let ages = Ages::of(marks);
        let (yesterday, long_ago, since) = (NOW - DAY, NOW - 31 * DAY, NOW + 200 * DAY + 1);
        let stamps = [yesterday, long_ago, since];
        assert_eq!(old(&ages, NOW, &stamps), [false, true, false]);
        assert_eq!(ages.unwitnessed_ms(), 200 * DAY);
        assert_eq!(old(&ages, NOW + 29 * DAY + 1, &stamps), [true, true, false]);
        assert_eq!(old(&ages, NOW + 31 * DAY, &stamps), [true, true, true]);
    }

    #[test]
    fn set_right_again_everything_is_as_old_as_it_is() {
        let ages = Ages::of([
            step(NOW + 200 * DAY, 200 * DAYS),
            step(NOW + DAY, -200 * DAYS),
        ]);
        assert_eq!(ages.unwitnessed_ms(), 0);
        // Made before, while it was wrong, and after.
        let stamps = [NOW - DAY, NOW + 200 * DAY + DAY / 2, NOW + 2 * DAY];
        assert_eq!(old(&ages, NOW + 2 * DAY, &stamps), [false, false, false]);
        assert_eq!(old(&ages, NOW + 30 * DAY, &stamps), [true, false, false]);
        assert_eq!(old(&ages, NOW + 31 * DAY, &stamps), [true, true, false]);
    }

    #[test]
    fn what_was_made_while_the_clock_was_far_behind_is_young_when_it_is_set_right() {
        let behind = NOW - 400 * DAY;
        let ages = Ages::of([step(behind, -400 * DAYS), step(NOW + DAY, 400 * DAYS)]);
        let made_then = behind + DAY / 2;
        let stamps = [made_then, behind - DAY, behind + 2 * DAY, NOW - DAY];
        assert_eq!(old(&ages, NOW + DAY, &stamps), [false, true, true, false]);
        assert_eq!(
            old(&ages, NOW + 32 * DAY, &stamps),
            [true, true, true, true]
        );
    }

    #[test]
    fn confirmed_the_clock_is_right_for_what_was_before_and_for_what_came_since() {
        let weeks = [step(NOW + 14 * DAY, 14 * DAYS)];
        let before = Ages::of(weeks);
        let stamps = [NOW - 20 * DAY, NOW - 10 * DAY, NOW + 14 * DAY + 5];
        assert_eq!(old(&before, NOW + 6, &stamps), [false, false, false]);
        let confirmed = Ages::of([weeks[0], Mark::Confirmed]);
        assert_eq!(confirmed.unwitnessed_ms(), 0);
        assert_eq!(old(&confirmed, NOW + 6, &stamps), [true, false, false]);
        assert_eq!(
            old(&confirmed, NOW + 17 * DAY, &stamps),
            [true, true, false]
        );
        assert_eq!(old(&confirmed, NOW + 31 * DAY, &stamps), [true, true, true]);
        // A step after the confirmation is in doubt again.
        let again = Ages::of([weeks[0], Mark::Confirmed, step(NOW + 100 * DAY, 80 * DAYS)]);
        assert_eq!(again.unwitnessed_ms(), 80 * DAY);
        assert_eq!(old(&again, NOW + 6 * DAY, &[NOW - DAY]), [false]);
    }

    /// A journal of an older program whose newest entry is from a clock that was ahead.
    #[test]
    fn a_confirmation_while_behind_takes_the_clock_as_it_is() {
        let ages = Ages::of([step(NOW, -200 * DAYS), Mark::Confirmed]);
        let steady = NOW + 200 * DAY;
        assert_eq!(
            old(&ages, steady, &[NOW - DAY, NOW - 31 * DAY, NOW + 1]),
            [false, true, false]
        );
        assert_eq!(old(&ages, steady, &[NOW + 150 * DAY]), [false]);
    }

    #[test]
    fn many_steps_are_taken_together_and_make_nothing_older() {
        let mut marks = Vec::new();
        let mut at = NOW;
        for n in 0..2_000_u64 {
            let by_ms = if n % 2 == 0 { 3_600_000 } else { -3_600_000 };
            at = (at + 60_000).saturating_add_signed(by_ms);
            marks.push(step(at, by_ms));
        }
        let ages = Ages::of(marks);
        assert!(ages.frames.len() <= FRAMES);
        let steady = NOW + 2_000 * 60_000;
        let edge = steady - 30 * DAY;
        assert_eq!(
            old(&ages, steady, &[edge - 2 * DAY, edge + DAY]),
            [true, false]
        );
    }
}
