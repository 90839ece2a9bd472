//! The engine's clock: UTC that never stands still and never runs backwards, whatever is done to the machine's.

use super::utc;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use vocab::Millis;

/// A clock that is ahead runs slower by one part in so many until the machine's has caught up: deadlines become a
/// little longer, and none of them waits for an hour that somebody set back.
const SLOWER: u32 = 10;

/// Ahead by less is not worth a word: two machines never agree quite.
const MOST_AHEAD: Duration = Duration::from_secs(2);

/// Cheap to read from anywhere.
#[derive(Debug)]
pub(crate) struct Clock(Mutex<Reading>);

#[derive(Clone, Copy, Debug)]
struct Reading {
    utc: Duration,
    at: Instant,
}

impl Clock {
    /// It goes on from `newest`, the last moment that was written down, when the machine's clock was set back since.
    pub(crate) fn not_before(newest: Millis) -> Self {
        let machine = utc();
        let reading = Reading {
            utc: machine.max(Duration::from_millis(newest.0)),
            at: Instant::now(),
        };
        if reading.ahead_of(machine) >= MOST_AHEAD {
            say_ahead(reading.ahead_of(machine));
        }
        Self(Mutex::new(reading))
    }

    pub(crate) fn now(&self) -> Millis {
        // A reading is written whole: a panic elsewhere does not damage it.
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let machine = utc();
        let was_ahead = reading.ahead_of(machine);
        reading.goes_on(machine, Instant::now());
        let ahead = reading.ahead_of(machine);
        if ahead >= MOST_AHEAD && was_ahead < MOST_AHEAD {
            say_ahead(ahead);
        }
        Millis(u64::try_from(reading.utc.as_millis()).unwrap_or(u64::MAX))
    }
}

fn say_ahead(ahead: Duration) {
    tracing::warn!(
        ahead_s = ahead.as_secs(),
        "the machine's clock was set back; the engine's goes one part in ten slower until it has caught up"
    );
}

impl Reading {
    fn ahead_of(&self, machine: Duration) -> Duration {
        self.utc.saturating_sub(machine)
    }

    fn goes_on(&mut self, machine: Duration, at: Instant) {
        let passed = at.saturating_duration_since(self.at);
        let slower = passed - passed / SLOWER;
        let is_ahead = self.utc + passed > machine;
        self.utc = (self.utc + if is_ahead { slower } else { passed }).max(machine);
        self.at = at;
    }
}

#[cfg(test)]
mod tests {
    use super::Reading;
    use std::time::{Duration, Instant};

    const HOUR: Duration = Duration::from_secs(3_600);
    const NOON: Duration = Duration::from_secs(1_800_000_000);

    fn begun() -> Reading {
        Reading {
            utc: NOON,
            at: Instant::now(),
        }
    }

    #[test]
    fn it_goes_with_the_machine() {
        let mut clock = begun();
        let start = clock.at;
        for n in 1..=10_000 {
            let passed = Duration::from_micros(700) * n;
            clock.goes_on(NOON + passed, start + passed);
            assert_eq!(clock.utc, NOON + passed);
        }
    }

    #[test]
    fn set_back_by_an_hour_it_goes_on_a_little_slower_until_the_machine_has_caught_up() {
        let mut clock = begun();
        let start = clock.at;
        let mut last = clock.utc;
        for minute in 1..=610 {
            let passed = Duration::from_secs(60) * minute;
            clock.goes_on(NOON - HOUR + passed, start + passed);
            let went = clock.utc - last;
            assert!(went >= Duration::from_secs(54), "{went:?} in a minute");
            last = clock.utc;
        }
        assert_eq!(clock.utc, NOON - HOUR + Duration::from_secs(60) * 610);
    }

    #[test]
    fn set_forward_it_goes_along() {
        let mut clock = begun();
        let later = clock.at + Duration::from_secs(1);
        clock.goes_on(NOON + HOUR, later);
        assert_eq!(clock.utc, NOON + HOUR);
    }
}
