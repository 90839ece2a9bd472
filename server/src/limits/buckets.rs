//! How often something may happen: token buckets, one or many, in a bounded memory.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// So many at once, and the same number again over `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub count: u32,
    pub per: Duration,
}

impl Rate {
    #[must_use]
    pub const fn an_hour(count: u32) -> Self {
        Self {
            count,
            per: Duration::from_secs(3_600),
        }
    }

    #[must_use]
    pub const fn a_minute(count: u32) -> Self {
        Self {
            count,
            per: Duration::from_secs(60),
        }
    }

    fn per_second(self) -> f64 {
        f64::from(self.count) / self.per.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// Allows `burst` at once and `per_second` over time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenBucket {
    tokens: f64,
    burst: f64,
    per_second: f64,
    filled: Instant,
}

impl TokenBucket {
    pub(crate) fn new(burst: f64, per_second: f64, now: Instant) -> Self {
        Self {
            tokens: burst,
            burst,
            per_second,
            filled: now,
        }
    }

    pub(crate) fn of(rate: Rate, now: Instant) -> Self {
        Self::new(f64::from(rate.count), rate.per_second(), now)
    }

    /// False when there is none left now.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        self.take_leaving(now, 0.0).is_ok()
    }

    /// Takes one where `left` more are there.
    ///
    /// # Errors
    /// After how long that will be so, if nobody else takes one.
    pub(crate) fn take_leaving(&mut self, now: Instant, left: f64) -> Result<(), Duration> {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * self.per_second).min(self.burst);
        self.filled = now;
        let missing = 1.0 + left - self.tokens;
        if missing > 0.0 {
            let wait_s = (missing / self.per_second).min(MOST_WAIT.as_secs_f64());
            return Err(Duration::try_from_secs_f64(wait_s).unwrap_or(MOST_WAIT));
        }
        self.tokens -= 1.0;
        Ok(())
    }

    /// What was taken for nothing is there again.
    pub(crate) fn give_back(&mut self) {
        self.tokens = (self.tokens + 1.0).min(self.burst);
    }

    fn is_full(&self) -> bool {
        self.tokens >= self.burst
    }
}

/// Longest retry time that is given.
const MOST_WAIT: Duration = Duration::from_secs(24 * 3_600);

/// A bucket for each of many, the least recently used forgotten first: one that is forgotten begins full again.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    rate: Rate,
    /// Half of how many are remembered.
    half: usize,
    young: BTreeMap<K, TokenBucket>,
    old: BTreeMap<K, TokenBucket>,
}

impl<K: Ord> Buckets<K> {
    pub(crate) fn new(rate: Rate, remembered: usize) -> Self {
        Self {
            rate,
            half: remembered.div_ceil(2).max(1),
            young: BTreeMap::new(),
            old: BTreeMap::new(),
        }
    }

    /// # Errors
    /// How long to wait.
    pub(crate) fn take(&mut self, key: K, now: Instant) -> Result<(), Duration> {
        self.bucket(key, now).take_leaving(now, 0.0)
    }

    /// Of each bucket only the first `few` may be taken.
    ///
    /// # Errors
    /// How long to wait.
    pub(crate) fn take_of_few(&mut self, key: K, few: u32, now: Instant) -> Result<(), Duration> {
        let left = f64::from(self.rate.count.saturating_sub(few));
        self.bucket(key, now).take_leaving(now, left)
    }

    /// Whether anything was taken from it lately.
    pub(crate) fn is_in_use(&mut self, key: K, now: Instant) -> bool {
        let bucket = self.bucket(key, now);
        // Filling it up is a part of taking.
        if bucket.take(now) {
            bucket.give_back();
        }
        !bucket.is_full()
    }

    /// Whether nothing may be taken from it now.
    pub(crate) fn is_empty(&mut self, key: K, now: Instant) -> bool {
        let bucket = self.bucket(key, now);
        let has_one = bucket.take(now);
        if has_one {
            bucket.give_back();
        }
        !has_one
    }

    pub(crate) fn give_back(&mut self, key: &K) {
        if let Some(bucket) = self.young.get_mut(key).or_else(|| self.old.get_mut(key)) {
            bucket.give_back();
        }
    }

    /// It begins anew, full.
    pub(crate) fn forget(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }

    fn bucket(&mut self, key: K, now: Instant) -> &mut TokenBucket {
        let known = self.old.remove(&key);
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        let fresh = TokenBucket::of(self.rate, now);
        self.young.entry(key).or_insert(known.unwrap_or(fresh))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_lets_a_burst_through_and_then_its_rate() {
        let start = Instant::now();
        let mut bucket = TokenBucket::new(3.0, 2.0, start);
        let taken = [bucket.take(start), bucket.take(start), bucket.take(start)];
        assert_eq!(taken, [true; 3]);
        let wait = bucket.take_leaving(start, 0.0);
        assert_eq!(wait, Err(Duration::from_millis(500)));
        assert!(bucket.take(start + Duration::from_millis(500)));
        assert!(!bucket.take(start + Duration::from_millis(500)));
    }

    #[test]
    fn each_has_a_bucket_of_its_own_and_what_was_given_back_may_be_taken_again() {
        let start = Instant::now();
        let mut buckets = Buckets::new(Rate::a_minute(2), 100);
        assert_eq!(
            [buckets.take(1, start), buckets.take(1, start)],
            [Ok(()); 2]
        );
        assert_eq!(buckets.take(1, start), Err(Duration::from_secs(30)));
        assert_eq!(buckets.take(2, start), Ok(()));
        assert!(buckets.is_in_use(2, start) && !buckets.is_in_use(3, start));
        assert!(buckets.take_of_few(2, 1, start).is_err());
        buckets.give_back(&1);
        assert_eq!(buckets.take(1, start), Ok(()));
        buckets.forget(&1);
        assert_eq!(buckets.take_of_few(1, 1, start), Ok(()));
    }

    #[test]
    fn a_flood_of_keys_is_forgotten_and_those_in_use_are_not() {
        let start = Instant::now();
        let mut buckets = Buckets::new(Rate::an_hour(100), 10);
        for key in 0..1_000 {
            let _ = buckets.take(key, start);
            let _ = buckets.take(-1, start);
        }
        assert!(buckets.young.len() + buckets.old.len() <= 10);
        assert!(
            buckets.take(-1, start).is_err(),
            "it was in use all the time"
        );
    }
}
