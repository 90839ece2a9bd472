//! Many times, and the few numbers that tell of them.

use serde_json::{Value, json};
use std::time::Duration;

/// Times in µs.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<u32>);

impl Times {
    pub fn add(&mut self, took: Duration) {
        self.0
            .push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// In ms; `null` where nothing was measured.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = |thousandths: usize| {
            let index = sorted.len().saturating_sub(1) * thousandths / 1_000;
            sorted.get(index).map(|us| f64::from(*us) / 1_000.0)
        };
        json!({
            "p50": at(500),
            "p90": at(900),
            "p99": at(990),
            "max": at(1_000),
            "n": sorted.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_99th_percentile_leaves_one_in_a_hundred_above() {
        let mut times = Times::default();
        (1..=101).for_each(|ms| times.add(Duration::from_millis(ms)));
        let told = times.to_json();
        assert_eq!(
            [&told["p50"], &told["p99"], &told["max"]],
            [51.0, 100.0, 101.0]
        );
        assert_eq!(Times::default().to_json()["p99"], Value::Null);
    }
}
