//! The believed time while a program runs: follows the wall clock and detects steps.

use std::time::Duration;
use vocab::Millis;

/// From this difference between the two clocks on it is a step, in milliseconds. NTP corrects smaller differences many
/// times a day.
pub const STEP_MS: u64 = 2_000;

/// 2001-01-01 00:00 UTC. A wall clock before it is one that has lost its battery: times are counted from here then.
pub const EARLIEST: Millis = Millis(978_307_200_000);

/// Below [`STEP_MS`] the believed time runs faster or slower by one part in this many until it agrees.
const CORRECTION: u32 = 10;

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Since 1970; zero for what is before.
    pub wall: Duration,
    /// Since the machine started, with the time that it slept.
    pub boot: Duration,
}

impl Reading {
    /// The wall clock, or [`EARLIEST`] when it shows an earlier time.
    fn believable(self) -> Duration {
        let earliest = Duration::from_millis(EARLIEST.0);
        if self.wall < earliest {
            earliest.saturating_add(self.boot)
        } else {
            self.wall
        }
    }

    /// False for a wall clock from before [`EARLIEST`].
    #[must_use]
    pub fn is_believable(self) -> bool {
        self.believable() == self.wall
    }
}

/// The wall clock was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it would show had nobody set it, and what it shows.
    pub from: Millis,
    pub to: Millis,
}

impl Step {
    /// Forward when positive.
    #[must_use]
    pub fn by_ms(self) -> i64 {
        difference(self.to, self.from)
    }
}

/// Follows the wall clock.
#[derive(Clone, Copy, Debug)]
pub struct Belief {
    utc: Duration,
    boot: Duration,
    stepped_ms: i64,
    steps: u64,
}

impl Belief {
    #[must_use]
    pub fn new(reading: Reading) -> Self {
        Self {
            utc: reading.believable(),
            boot: reading.boot,
            stepped_ms: 0,
            steps: 0,
        }
    }

    /// Goes on to this reading. Between two steps the believed time never runs back.
    pub fn look(&mut self, reading: Reading) -> Option<Step> {
        let passed = reading.boot.saturating_sub(self.boot);
        self.boot = self.boot.max(reading.boot);
        let expected = self.utc.saturating_add(passed);
        let wall = reading.believable();
        let apart = expected.abs_diff(wall);
        if apart < Duration::from_millis(STEP_MS) {
            let correction = apart.min(passed / CORRECTION);
            self.utc = if wall < expected {
                expected.saturating_sub(correction)
            } else {
                expected.saturating_add(correction)
            };
            return None;
        }
        let (from, to) = (millis(expected), millis(wall));
        let step = Step { from, to };
        self.utc = wall;
        self.stepped_ms = self.stepped_ms.saturating_add(step.by_ms());
        self.steps += 1;
        Some(step)
    }

    /// The believed wall-clock time.
    #[must_use]
    pub fn now(&self) -> Millis {
        millis(self.utc)
    }

    /// All steps so far, added up.
    #[must_use]
    pub fn stepped_ms(&self) -> i64 {
        self.stepped_ms
    }

    /// How many steps there were.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }
}

fn millis(duration: Duration) -> Millis {
    Millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

pub(crate) fn difference(later: Millis, earlier: Millis) -> i64 {
    if later >= earlier {
        i64::try_from(later.since(earlier)).unwrap_or(i64::MAX)
    } else {
        i64::try_from(earlier.since(later)).map_or(i64::MIN, |back| -back)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Duration = Duration::from_secs(1_800_000_000);
    const HOUR_MS: i64 = 3_600_000;

    fn begun() -> Belief {
        Belief::new(Reading {
            wall: NOON,
            boot: Duration::ZERO,
        })
    }

    /// After `boot_ms` the wall clock shows noon and `wall_ms` more.
    fn at(boot_ms: u64, wall_ms: i64) -> Reading {
        let noon = u64::try_from(NOON.as_millis()).unwrap();
        Reading {
            wall: Duration::from_millis(noon.saturating_add_signed(wall_ms)),
            boot: Duration::from_millis(boot_ms),
        }
    }

    #[test]
    fn it_goes_with_the_wall_clock() {
        let mut belief = begun();
        for n in 1..=10_000 {
            let passed = Duration::from_micros(700) * n;
            let step = belief.look(Reading {
                wall: NOON + passed,
                boot: passed,
            });
            assert_eq!((step, belief.utc), (None, NOON + passed));
        }
    }

    #[test]
    fn a_step_is_followed_at_once_and_said() {
        for by_ms in [
            8 * HOUR_MS,
            -HOUR_MS,
            200 * 24 * HOUR_MS,
            -9_000 * HOUR_MS,
            2_000,
        ] {
            let mut belief = begun();
            let steady =
                |belief: &Belief| belief.now().0.saturating_add_signed(-belief.stepped_ms());
            let before = steady(&belief);
            let step = belief.look(at(1_500, 1_500 + by_ms)).unwrap();
            assert_eq!((step.by_ms(), step.to), (by_ms, belief.now()));
            assert_eq!(
                u128::from(belief.now().0),
                at(1_500, 1_500 + by_ms).wall.as_millis()
            );
            assert_eq!(
                steady(&belief) - before,
                1_500,
                "what passed is what passed"
            );
            let back = belief.look(at(3_000, 3_000)).unwrap();
            assert_eq!(
                (back.by_ms(), belief.stepped_ms(), belief.steps()),
                (-by_ms, 0, 2)
            );
        }
    }

    #[test]
    fn less_than_a_step_is_made_up_for_without_running_back() {
        for by_ms in [-1_900, 1_900] {
            let mut belief = begun();
            let mut last = belief.now();
            for second in 1..=30 {
                let step = belief.look(at(second * 1_000, second.cast_signed() * 1_000 + by_ms));
                let went = belief.now().since(last);
                assert_eq!(step, None);
                assert!((900..=1_100).contains(&went), "{went} ms in a second");
                last = belief.now();
            }
            assert_eq!(
                u128::from(last.0),
                at(30_000, 30_000 + by_ms).wall.as_millis()
            );
        }
    }

    /// Each below what is a step: together they are one.
    #[test]
    fn small_ones_in_a_row_do_not_pass_unseen() {
        let mut belief = begun();
        let mut wall_ms = 0;
        let mut stepped = 0;
        for n in 1..=100_u64 {
            wall_ms += 100 + 1_900;
            stepped += belief.look(at(n * 100, wall_ms)).map_or(0, Step::by_ms);
        }
        let steady = i64::try_from(belief.now().0).unwrap() - stepped;
        let passed = steady - i64::try_from(NOON.as_millis()).unwrap();
        assert!((9_000..=13_000).contains(&passed), "{passed} of 10,000 ms");
    }

    #[test]
    fn a_clock_without_a_battery_is_not_believed_until_it_is_set() {
        let dead = |boot_s: u64| Reading {
            wall: Duration::from_secs(boot_s),
            boot: Duration::from_secs(boot_s),
        };
        assert!(!dead(60).is_believable());
        let mut belief = Belief::new(dead(60));
        assert_eq!(belief.now(), EARLIEST.plus(60_000));
        assert_eq!(belief.look(dead(70)), None);
        assert_eq!(belief.now(), EARLIEST.plus(70_000));
        let step = belief.look(at(80_000, 0)).unwrap();
        assert_eq!(step.from, EARLIEST.plus(80_000));
        assert_eq!(u128::from(step.to.0), NOON.as_millis());
    }
}
