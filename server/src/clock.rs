//! The machine's clock: one belief for the whole server, looked at from everywhere.
//!
//! Code outside the engines takes the time from [`now`]; an engine has a [`Clock`], which also knows its organisation's
//! steady time. `watch` reads the clock twice a second, so that a step is noticed at once, and wakes the tasks that
//! wait in [`steps`].

mod ages;
mod keep;

pub(crate) use ages::{Old, ages};
pub(crate) use keep::{Keeper, WORTH_A_WORD_MS};

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use timekeeping::{Belief, Boot, Reading, Step};
use tokio::sync::watch;
use vocab::Millis;

/// How often `watch` reads the clock.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The two clocks are read one after the other; when that took longer than this, they are read again.
const APART_AT_MOST: Duration = Duration::from_millis(20);
const TRIES: u32 = 5;

struct Machine {
    belief: Mutex<Belief>,
    steps: watch::Sender<u64>,
}

static MACHINE: LazyLock<Machine> = LazyLock::new(|| {
    let reading = read();
    if !reading.is_believable() {
        tracing::warn!(
            "the machine's clock stands before 2001 and is not believed; set it: times are counted from 2001-01-01 \
             until then"
        );
    }
    Machine {
        belief: Mutex::new(Belief::new(reading)),
        steps: watch::channel(0).0,
    }
});

/// The believed UTC time: the machine's, except that it never runs back by less than a step.
#[must_use]
pub(crate) fn now() -> Millis {
    look().now()
}

/// Changes when the machine's clock was set; the number of steps so far.
pub(crate) fn steps() -> watch::Receiver<u64> {
    MACHINE.steps.subscribe()
}

/// Looks at the clock until the server stops.
pub(crate) async fn watch(mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = stop.wait_for(|is_stopping| *is_stopping) => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let _ = look();
    }
}

fn look() -> Belief {
    let machine = &*MACHINE;
    let reading = read();
    // A belief is written whole: a panic elsewhere does not damage it.
    let mut belief = machine
        .belief
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let step = belief.look(reading);
    let now = *belief;
    drop(belief);
    if let Some(step) = step {
        say(step, reading);
        machine.steps.send_replace(now.steps());
    }
    now
}

fn say(step: Step, reading: Reading) {
    let by_s = step.by_ms() / 1_000;
    if reading.is_believable() {
        tracing::warn!(
            by_s,
            from_ms = step.from.0,
            to_ms = step.to.0,
            "the machine's clock was set; times follow it at once, what goes on lasts as long as it did, and nothing \
             is deleted for the difference"
        );
    } else {
        tracing::warn!(
            by_s,
            "the machine's clock was set to before 2001; that is not believed"
        );
    }
}

/// Both clocks at one moment.
fn read() -> Reading {
    let mut tries = 0;
    loop {
        let before = boot_time();
        let wall = SystemTime::now();
        let boot = boot_time();
        tries += 1;
        if boot.saturating_sub(before) <= APART_AT_MOST || tries >= TRIES {
            return Reading {
                wall: wall.duration_since(UNIX_EPOCH).unwrap_or_default(),
                boot,
            };
        }
    }
}

/// The machine's wall clock, uncorrected.
#[must_use]
pub(crate) fn shown() -> Millis {
    Millis(u64::try_from(read().wall.as_millis()).unwrap_or(u64::MAX))
}

/// A clock that nobody can set, and that goes on while the machine sleeps.
#[cfg(target_os = "linux")]
fn boot_time() -> Duration {
    clock_time(rustix::time::ClockId::Boottime)
}

/// On macOS it goes on while the machine sleeps.
#[cfg(all(unix, not(target_os = "linux")))]
fn boot_time() -> Duration {
    clock_time(rustix::time::ClockId::Monotonic)
}

#[cfg(unix)]
fn clock_time(clock: rustix::time::ClockId) -> Duration {
    let time = rustix::time::clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
}

#[cfg(not(unix))]
fn boot_time() -> Duration {
    static BEGUN: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
    BEGUN.elapsed()
}

/// Where the boot clock stands, and of which start of the machine.
#[must_use]
pub(crate) fn boot() -> Boot {
    static ID: LazyLock<Option<String>> = LazyLock::new(boot_id);
    Boot {
        id: ID.clone(),
        at_ms: u64::try_from(boot_time().as_millis()).unwrap_or(u64::MAX),
    }
}

/// Linux has a name for each start of the machine.
fn boot_id() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id = id.trim();
    (!id.is_empty()).then(|| id.to_owned())
}

/// An organisation's clock: the machine's, and steady time as its journal counts it. Cheap to read from anywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// The steps that the journal had when this clock began, less those that the machine's belief had.
    stepped_before_ms: i64,
}

/// One look at an organisation's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) now: Millis,
    /// All steps since the journal began.
    pub(crate) stepped_ms: i64,
}

impl Look {
    #[must_use]
    pub(crate) fn steady(self) -> Millis {
        self.now.shifted(self.stepped_ms.saturating_neg())
    }
}

impl Clock {
    /// `stepped_ms` are the steps in the journal, with the one at this start.
    pub(crate) fn begin(belief: Belief, stepped_ms: i64) -> Self {
        Self {
            stepped_before_ms: stepped_ms.saturating_sub(belief.stepped_ms()),
        }
    }

    pub(crate) fn look(self) -> Look {
        let belief = look();
        Look {
            now: belief.now(),
            stepped_ms: self.stepped_before_ms.saturating_add(belief.stepped_ms()),
        }
    }

    pub(crate) fn now(self) -> Millis {
        self.look().now
    }
}

/// The belief as it stands, to begin a [`Clock`] with.
pub(crate) fn belief() -> Belief {
    look()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_clocks_go_on_and_an_organisations_steady_time_is_its_journals() {
        let clock = Clock::begin(belief(), 7_000);
        let before = clock.look();
        assert_eq!(before.steady(), before.now.shifted(-7_000));
        let (one, other) = (boot(), boot());
        assert!(other.at_ms >= one.at_ms && one.id == other.id);
        assert!(clock.look().steady() >= before.steady());
    }
}
