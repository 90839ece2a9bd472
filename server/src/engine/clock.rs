//! The engine's clock: UTC that never stands still and never runs backwards, whatever is done to the machine's.

use super::{utc, utc_now};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use vocab::Millis;

/// A clock that is ahead runs slower by one part in so many until the machine's has caught up: deadlines become a
/// little longer, and none of them waits for an hour that somebody set back.
const SLOWER: u32 = 100;

/// Ahead by less is not worth a word: two machines never agree quite.
const MOST_AHEAD_MS: u64 = 2_000;

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
        let ahead_ms = newest.since(utc_now());
        if ahead_ms > MOST_AHEAD_MS {
            tracing::warn!(
                ahead_ms,
                "the machine's clock is behind what is written; the engine's goes a little slower until it has caught up"
            );
        }
        Self(Mutex::new(Reading {
            utc: utc().max(Duration::from_millis(newest.0)),
            at: Instant::now(),
        }))
    }

    pub(crate) fn now(&self) -> Millis {
        // A reading is written whole: a panic elsewhere does not damage it.
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.goes_on(utc(), Instant::now());
        Millis(u64::try_from(reading.utc.as_millis()).unwrap_or(u64::MAX))
    }
}

impl Reading {
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
        for minute in 1..=6_100 {
            let passed = Duration::from_secs(60) * minute;
            clock.goes_on(NOON - HOUR + passed, start + passed);
            let went = clock.utc - last;
            assert!(
                went >= Duration::from_millis(59_400),
                "{went:?} in a minute"
            );
            last = clock.utc;
        }
        assert_eq!(clock.utc, NOON - HOUR + Duration::from_secs(60) * 6_100);
    }

    #[test]
    fn set_forward_it_goes_along() {
        let mut clock = begun();
        let later = clock.at + Duration::from_secs(1);
        clock.goes_on(NOON + HOUR, later);
        assert_eq!(clock.utc, NOON + HOUR);
    }
}
