//! Computes the time that passed while a program did not run.

use crate::belief::{STEP_MS, difference};
use vocab::Millis;

/// Longest downtime taken from the wall clock alone, when the machine itself was off: a long weekend.
pub const DOWNTIME_BELIEVED_MS: u64 = 3 * 24 * 60 * 60 * 1_000;

/// A reading of the boot clock with the machine start that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boot {
    /// Absent where the system does not identify its starts: then two readings cannot be compared.
    pub id: Option<String>,
    pub at_ms: u64,
}

/// The last saved readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub steady: Millis,
    pub boot: Boot,
}

/// How time goes on after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// What of the pause counts as passed.
    pub passed_ms: u64,
    /// By how much the wall clock has moved beside that; zero when the difference is no step.
    pub step_by_ms: i64,
    /// The boot clock has gone on meanwhile: it is known exactly.
    pub is_exact: bool,
}

impl Resumed {
    /// `newest` is the steady moment of the journal's newest entry, `stepped_ms` the sum of the steps in the journal.
    #[must_use]
    pub fn new(
        kept: Option<&Kept>,
        newest: Millis,
        stepped_ms: i64,
        (wall, boot): (Millis, &Boot),
    ) -> Self {
        let wall_as_steady = Millis(wall.0.saturating_add_signed(stepped_ms.saturating_neg()));
        let last = kept.map_or(newest, |kept| kept.steady.max(newest));
        let exact = kept.and_then(|kept| {
            let is_same = kept.boot.id.is_some() && kept.boot.id == boot.id;
            let passed_ms = boot.at_ms.checked_sub(kept.boot.at_ms)?;
            is_same.then(|| kept.steady.plus(passed_ms).max(last))
        });
        let claimed = wall_as_steady.since(last).min(DOWNTIME_BELIEVED_MS);
        let steady = exact.unwrap_or_else(|| last.plus(claimed));
        let apart = difference(wall_as_steady, steady);
        Self {
            passed_ms: steady.since(last),
            step_by_ms: if apart.unsigned_abs() < STEP_MS {
                0
            } else {
                apart
            },
            is_exact: exact.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60 * 1_000;
    const NOON: u64 = 20_000 * DAY;

    fn boot(id: &str, at_ms: u64) -> Boot {
        Boot {
            id: Some(id.to_owned()),
            at_ms,
        }
    }

    fn resumed(kept: Option<&Kept>, wall: u64, now: &Boot) -> (u64, i64) {
        let resumed = Resumed::new(kept, Millis(NOON), 0, (Millis(wall), now));
        (resumed.passed_ms, resumed.step_by_ms)
    }

    #[test]
    fn within_one_start_of_the_machine_it_is_known_exactly_what_has_passed() {
        let kept = Kept {
            steady: Millis(NOON),
            boot: boot("a", 1_000),
        };
        let after = |ms| boot("a", 1_000 + ms);
        for (passed, wall_went, step) in [
            (5_000, 5_000, 0),
            (20 * DAY, 20 * DAY, 0),
            (5_000, 5_000 + 8 * DAY / 24, 8 * 3_600_000),
            (5_000, 6_999, 0),
            (DAY, DAY + 200 * DAY, 200 * DAY.cast_signed()),
        ] {
            let found = resumed(Some(&kept), NOON + wall_went, &after(passed));
            assert_eq!(found, (passed, step));
        }
        let back = resumed(Some(&kept), NOON - DAY, &after(5_000));
        assert_eq!(back, (5_000, -DAY.cast_signed() - 5_000));
    }

    #[test]
    fn after_the_machine_was_off_a_long_weekend_is_believed_and_no_more() {
        let kept = Kept {
            steady: Millis(NOON),
            boot: boot("a", 900_000_000),
        };
        let now = boot("b", 1_000);
        assert_eq!(resumed(Some(&kept), NOON + 2 * DAY, &now), (2 * DAY, 0));
        let two_weeks = resumed(Some(&kept), NOON + 14 * DAY, &now);
        assert_eq!(two_weeks, (3 * DAY, 11 * DAY.cast_signed()));
        assert_eq!(resumed(Some(&kept), NOON - 60_000, &now), (0, -60_000));
        assert_eq!(
            resumed(None, NOON + 14 * DAY, &now),
            two_weeks,
            "an old journal"
        );
        let nameless = Boot { id: None, ..now };
        assert_eq!(resumed(Some(&kept), NOON + 14 * DAY, &nameless), two_weeks);
    }

    #[test]
    fn entries_after_what_was_kept_count() {
        let kept = Kept {
            steady: Millis(NOON - DAY),
            boot: boot("a", 1_000),
        };
        assert_eq!(resumed(Some(&kept), NOON + 500, &boot("b", 1)), (500, 0));
        // The boot clock says less than the journal: its newest entry is right.
        assert_eq!(resumed(Some(&kept), NOON + 500, &boot("a", 1_001)), (0, 0));
    }

    #[test]
    fn steps_that_the_journal_has_are_not_taken_again() {
        let kept = Kept {
            steady: Millis(NOON),
            boot: boot("a", 0),
        };
        let stepped = 200 * DAY.cast_signed();
        let now = boot("a", 7_000);
        let wall = Millis(NOON + 200 * DAY + 7_000);
        let on = Resumed::new(Some(&kept), Millis(NOON), stepped, (wall, &now));
        assert_eq!((on.passed_ms, on.step_by_ms, on.is_exact), (7_000, 0, true));
        let set_right = Resumed::new(
            Some(&kept),
            Millis(NOON),
            stepped,
            (Millis(NOON + 7_000), &now),
        );
        assert_eq!(
            (set_right.passed_ms, set_right.step_by_ms),
            (7_000, -stepped)
        );
    }
}
