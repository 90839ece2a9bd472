//! Keeps what is sent level with the clock, whatever a device delivers.

use crate::worker::STEP;
use std::time::{Duration, Instant};

/// How far the microphone may run ahead. What comes on top is a stall's backlog: sent as well, it would shift all that
/// follows against the clock, which the far end can only take for a delay.
const MOST_EARLY: Duration = Duration::from_millis(100);
/// A device's clock may be fast by one part in so many for ever without being ahead.
const FAST_CLOCK: u32 = 100;

/// How far ahead of the clock the sent sound is.
pub(crate) struct Pace {
    early: Duration,
    since: Instant,
}

impl Pace {
    pub(crate) fn begun(now: Instant) -> Self {
        Self {
            early: Duration::ZERO,
            since: now,
        }
    }

    /// Counts a step's worth of sound; false when it is too early, and not to be sent.
    pub(crate) fn takes(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.since);
        self.since = now;
        self.early = self.early.saturating_sub(passed + passed / FAST_CLOCK);
        let is_in_time = self.early < MOST_EARLY;
        if is_in_time {
            self.early += STEP;
        }
        is_in_time
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_EARLY, Pace, STEP};
    use std::time::{Duration, Instant};

    #[test]
    fn a_backlog_that_comes_at_once_is_sent_only_as_far_as_it_may_be_early() {
        let now = Instant::now();
        let mut pace = Pace::begun(now);
        let later = now + Duration::from_secs(4);
        let sent = (0..350).filter(|_| pace.takes(later)).count() as u32;
        assert_eq!(STEP * sent, MOST_EARLY);
        let in_time = (1..=100).filter(|n| pace.takes(later + STEP * *n)).count();
        assert_eq!(in_time, 100, "and all that comes evenly afterwards");
    }

    #[test]
    fn a_device_that_is_a_little_fast_loses_nothing_in_an_hour() {
        let now = Instant::now();
        let mut pace = Pace::begun(now);
        let step = Duration::from_micros(9_950);
        assert!((1..=360_000).all(|n| pace.takes(now + step * n)));
    }
}
