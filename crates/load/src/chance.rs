//! Chance with a seed: the same plan plays the same way as far as the clock lets it.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::time::Duration;

#[derive(Debug)]
pub struct Chance(StdRng);

impl Chance {
    /// The chance of the participant with this number.
    #[must_use]
    pub fn of(seed: u64, number: u64) -> Self {
        Self(StdRng::seed_from_u64(
            seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number,
        ))
    }

    /// Exponentially distributed.
    pub fn around(&mut self, mean: Duration) -> Duration {
        let share: f64 = self.0.random_range(0.0..1.0);
        mean.mul_f64(-(1.0 - share).ln())
    }

    pub fn between(&mut self, (least, most): (Duration, Duration)) -> Duration {
        least
            + most
                .saturating_sub(least)
                .mul_f64(self.0.random_range(0.0..=1.0))
    }

    pub fn happens(&mut self, share: f64) -> bool {
        self.0.random_range(0.0..1.0) < share
    }

    pub fn below(&mut self, count: usize) -> usize {
        self.0.random_range(0..count.max(1))
    }
}
