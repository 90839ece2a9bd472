//! How long to wait between two attempts.

use std::time::Duration;

const SHORTEST: Duration = Duration::from_millis(100);
/// With the connection's own time, and a busy machine's, both ends are back within 3 s of a server's return.
const LONGEST: Duration = Duration::from_secs(1);

/// Doubles from 100 ms to 1 s; each pause is 70–100 % of that, so that thousands do not come at once.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: SHORTEST }
    }
}

impl Backoff {
    pub(crate) fn next_pause(&mut self) -> Duration {
        let full = self.next;
        self.next = (full * 2).min(LONGEST);
        full.mul_f64(rand::random_range(0.7..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_a_tenth_of_a_second_and_never_pass_one_second() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..10).map(|_| backoff.next_pause()).collect();
        assert!(pauses[0] <= SHORTEST && pauses[0] >= SHORTEST.mul_f64(0.7));
        assert!(pauses[9] <= LONGEST && pauses[9] >= LONGEST.mul_f64(0.7));
        assert!(pauses.iter().all(|pause| *pause <= LONGEST));
    }
}
