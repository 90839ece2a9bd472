//! Slows down guessing of passwords without locking the account's owner out. An attempt counts when it begins.
//!
//! - From one place (an address, a known device) an account has a few attempts, then some a minute.
//! - An address has more over all accounts, those left out who signed in from there before; an account that it tries for
//!   the first time has a part of its own, so that one insider does not stop an office.
//! - An account that is guessed at from many places is never closed: each new place has two attempts instead of five.

use super::line::Class;
use crate::config::Limits;
use crate::limits::{Buckets, Origin, Rate};
use protocol::limits::LimitKind;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Places and accounts that are remembered.
const REMEMBERED: usize = 20_000;

/// Attempts of one origin in progress, and of all: each may ask the store before it waits in line.
const IN_PROGRESS_OF_ORIGIN: u32 = 16;
const IN_PROGRESS: u32 = 1_024;

/// Attempts from a new place at an account that is guessed at from many places.
const FEW: u32 = 2;

/// Attempts from new places at one account, after which it counts as guessed at from many.
const MANY_PLACES_FACTOR: u32 = 5;

/// An origin without a failure for so long is clean.
const CLEAN_AFTER: Duration = Duration::from_secs(10 * 60);

/// Where an attempt comes from, as far as it was seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// This device signed in to the account before; its key.
    Device([u8; 32]),
    /// The account signed in from this address before.
    Address,
    New,
}

/// Too many attempts, by which limit, and when to come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slowed {
    pub(super) limit: LimitKind,
    pub(super) wait: Duration,
}

pub(crate) struct Guard {
    counts: Mutex<Counts>,
}

struct Counts {
    pairs: Buckets<(String, Origin)>,
    devices: Buckets<(String, [u8; 32])>,
    addresses: Buckets<(String, Origin)>,
    accounts: Buckets<String>,
    origins: Buckets<Origin>,
    /// For accounts that the origin had not tried.
    firsts: Buckets<Origin>,
    failures: Buckets<Origin>,
    in_progress: BTreeMap<Origin, u32>,
    all_in_progress: u32,
}

/// One attempt in progress; gives its room back when dropped.
pub(super) struct Attempt {
    guard: Arc<Guard>,
    origin: Origin,
}

impl Guard {
    pub(crate) fn new(limits: &Limits) -> Self {
        let rate = |count: u32| Rate {
            count,
            per: limits.sign_in_wait,
        };
        let attempts = limits.sign_in_attempts;
        let failures = Rate {
            count: 1,
            per: CLEAN_AFTER,
        };
        Self {
            counts: Mutex::new(Counts {
                pairs: Buckets::new(rate(attempts), REMEMBERED),
                devices: Buckets::new(rate(attempts.saturating_mul(2)), REMEMBERED),
                addresses: Buckets::new(rate(attempts.saturating_mul(2)), REMEMBERED),
                accounts: Buckets::new(
                    rate(attempts.saturating_mul(MANY_PLACES_FACTOR)),
                    REMEMBERED,
                ),
                origins: Buckets::new(rate(limits.sign_ins_per_address), REMEMBERED),
                firsts: Buckets::new(rate(limits.sign_ins_per_address), REMEMBERED),
                failures: Buckets::new(failures, REMEMBERED),
                in_progress: BTreeMap::new(),
                all_in_progress: 0,
            }),
        }
    }

    /// Room for one more attempt, before anything is asked of the store.
    pub(super) fn admit(self: &Arc<Self>, origin: Origin) -> Result<Attempt, LimitKind> {
        let mut counts = self.lock();
        let here = counts.in_progress.get(&origin).copied().unwrap_or_default();
        if here >= IN_PROGRESS_OF_ORIGIN {
            return Err(LimitKind::SignInsOfAddress);
        }
        if counts.all_in_progress >= IN_PROGRESS {
            return Err(LimitKind::SignIns);
        }
        counts.in_progress.insert(origin, here + 1);
        counts.all_in_progress += 1;
        Ok(Attempt {
            guard: Arc::clone(self),
            origin,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// Counts it, as a failure until [`Self::succeeded`].
    ///
    /// # Errors
    /// [`Slowed`]; nothing is checked then.
    pub(super) fn begin(
        &self,
        account: &str,
        place: &Place,
        now: Instant,
    ) -> Result<Class, Slowed> {
        let mut counts = self.guard.lock();
        let account = account.to_owned();
        let of_account = |wait| Slowed {
            limit: LimitKind::SignInsOfAccount,
            wait,
        };
        let taken = match place {
            Place::Device(device) => counts.devices.take((account, *device), now),
            Place::Address => counts.addresses.take((account, self.origin), now),
            Place::New => return counts.begin_anew(account, self.origin, now),
        };
        taken.map(|()| Class::Known).map_err(of_account)
    }

    /// What was counted is forgiven: to the account here, and of the others only this one.
    pub(super) fn succeeded(&self, account: &str, place: &Place) {
        let mut counts = self.guard.lock();
        let account = account.to_owned();
        match place {
            Place::Device(device) => counts.devices.forget(&(account, *device)),
            Place::Address => counts.addresses.forget(&(account, self.origin)),
            Place::New => {
                counts.origins.give_back(&self.origin);
                counts.accounts.give_back(&account);
                counts.failures.give_back(&self.origin);
                counts.pairs.forget(&(account, self.origin));
            }
        }
    }
}

impl Counts {
    fn begin_anew(
        &mut self,
        account: String,
        origin: Origin,
        now: Instant,
    ) -> Result<Class, Slowed> {
        let slowed = |limit| move |wait| Slowed { limit, wait };
        let is_first = !self.pairs.is_in_use((account.clone(), origin), now);
        let is_guessed_at = self.accounts.is_empty(account.clone(), now);
        let pair = (account.clone(), origin);
        if is_guessed_at {
            let taken = self.pairs.take_of_few(pair.clone(), FEW, now);
            taken.map_err(slowed(LimitKind::SignInsFromManyPlaces))?;
        } else {
            let taken = self.pairs.take(pair.clone(), now);
            taken.map_err(slowed(LimitKind::SignInsOfAccount))?;
        }
        let has_room = is_first && self.firsts.take(origin, now).is_ok();
        if !has_room && let Err(wait) = self.origins.take(origin, now) {
            // It was not tried after all.
            self.pairs.give_back(&pair);
            return Err(slowed(LimitKind::SignInsOfAddress)(wait));
        }
        // It is marked already where none is left.
        let _ = self.accounts.take(account, now);
        let is_clean = self.failures.take(origin, now).is_ok();
        Ok(if is_clean {
            Class::Clean
        } else {
            Class::Suspect
        })
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let mut counts = self.guard.lock();
        counts.all_in_progress = counts.all_in_progress.saturating_sub(1);
        if let Some(here) = counts.in_progress.get_mut(&self.origin) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                counts.in_progress.remove(&self.origin);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(60);
    const DEVICE: Place = Place::Device([7; 32]);

    struct Scene {
        guard: Arc<Guard>,
        now: Instant,
    }

    impl Scene {
        fn new() -> Self {
            let limits = Limits::default();
            assert_eq!((limits.sign_in_attempts, limits.sign_in_wait), (5, WAIT));
            Self {
                guard: Arc::new(Guard::new(&limits)),
                now: Instant::now(),
            }
        }

        fn fails(&self, account: &str, from: Origin, place: &Place) -> Result<Class, Slowed> {
            let attempt = self.guard.admit(from).ok().unwrap();
            attempt.begin(account, place, self.now)
        }

        fn fails_often(&self, account: &str, from: Origin, place: &Place) -> usize {
            let tries = (0..200).map(|_| self.fails(account, from, place));
            tries.filter(Result::is_ok).count()
        }

        fn succeeds(&self, account: &str, from: Origin, place: &Place) -> Class {
            let attempt = self.guard.admit(from).ok().unwrap();
            let class = attempt.begin(account, place, self.now).unwrap();
            attempt.succeeded(account, place);
            class
        }
    }

    fn home() -> Origin {
        Origin::of([10, 0, 0, 1].into())
    }

    fn elsewhere(number: u8) -> Origin {
        Origin::of([10, 0, 1, number].into())
    }

    #[test]
    fn a_guesser_at_one_place_has_five_attempts_and_then_one_in_twelve_seconds() {
        let mut scene = Scene::new();
        assert_eq!(scene.fails_often("anna", home(), &Place::New), 5);
        let slowed = scene.fails("anna", home(), &Place::New).unwrap_err();
        assert_eq!(slowed.limit, LimitKind::SignInsOfAccount);
        assert_eq!(slowed.wait, Duration::from_secs(12));
        scene.now += slowed.wait;
        assert!(scene.fails("anna", home(), &Place::New).is_ok());
        assert!(scene.fails("anna", home(), &Place::New).is_err());
    }

    #[test]
    fn the_victim_gets_in_by_a_known_device_a_known_address_and_from_a_clean_one() {
        let scene = Scene::new();
        for number in 0..250 {
            scene.fails_often("anna", elsewhere(number), &Place::New);
        }
        scene.fails_often("anna", home(), &Place::New);
        assert_eq!(scene.succeeds("anna", home(), &DEVICE), Class::Known);
        assert_eq!(
            scene.succeeds("anna", home(), &Place::Address),
            Class::Known
        );
        let clean = Origin::of([10, 9, 9, 9].into());
        assert_eq!(scene.succeeds("anna", clean, &Place::New), Class::Clean);
        // Whoever guesses from many places has fewer attempts at each.
        let another = Origin::of([10, 9, 9, 8].into());
        assert_eq!(scene.fails_often("anna", another, &Place::New), 2);
    }

    #[test]
    fn one_insider_does_not_stop_the_office() {
        let scene = Scene::new();
        for number in 0..20 {
            scene.fails_often(&format!("colleague{number}"), home(), &Place::New);
        }
        let slowed = scene.fails("colleague1", home(), &Place::New).unwrap_err();
        assert_eq!(slowed.limit, LimitKind::SignInsOfAccount);
        assert_eq!(
            scene.succeeds("noor", home(), &Place::Address),
            Class::Known
        );
        assert_eq!(scene.succeeds("eva", home(), &Place::New), Class::Suspect);
    }

    #[test]
    fn a_sprayer_of_names_is_slowed_at_the_address() {
        let scene = Scene::new();
        let names = (0..1_000).map(|number| format!("name{number}"));
        let passed = names.filter(|name| scene.fails(name, home(), &Place::New).is_ok());
        assert_eq!(passed.count(), 100, "fifty first ones, and fifty");
        let slowed = scene.fails("another", home(), &Place::New).unwrap_err();
        assert_eq!(slowed.limit, LimitKind::SignInsOfAddress);
        assert!(slowed.wait <= Duration::from_millis(1_200));
    }

    #[test]
    fn many_at_once_are_no_way_around_and_leave_no_trace() {
        let scene = Scene::new();
        let begun: Vec<_> = (0..40).map(|_| scene.guard.admit(home())).collect();
        assert_eq!(begun.iter().flatten().count(), 16);
        assert!(scene.guard.admit(elsewhere(1)).is_ok());
        drop(begun);
        assert!(scene.guard.lock().in_progress.is_empty());
    }
}
