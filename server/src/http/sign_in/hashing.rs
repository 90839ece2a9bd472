//! Where passwords are checked: a few threads that each reuse one piece of memory, and a bounded line before them.
//! What a client does, stay or leave, changes nothing about how much is checked at once.

use super::line::{Class, Full, Line};
use crate::accounts::{HashingMemory, verify_password};
use crate::limits::Origin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;
use vocab::Sensitive;

/// Longest wait for a check of a password; then the client is told to try again.
const WAIT_AT_MOST: Duration = Duration::from_secs(8);

/// Sign-ins are less urgent than calls: the threads give way to everything else on the machine.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

struct Check {
    password: Sensitive<String>,
    hash: Option<Sensitive<String>>,
    answer: oneshot::Sender<bool>,
}

/// The threads and their line; the threads end when this is dropped.
pub(crate) struct PasswordChecks {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    line: Line<Check>,
    is_over: bool,
}

/// Why a password was not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotChecked {
    /// Others of the same origin wait already.
    OriginFull,
    /// The line is full, or did not get on in time.
    Busy,
}

impl PasswordChecks {
    /// # Errors
    /// When the threads cannot be started.
    pub(crate) fn start(at_once: u32, waiting: u32) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                line: Line::new(waiting as usize),
                is_over: false,
            }),
            changed: Condvar::new(),
        });
        let mut checks = Self {
            shared,
            threads: Vec::new(),
        };
        for number in 0..at_once.max(1) {
            let shared = Arc::clone(&checks.shared);
            let thread = std::thread::Builder::new()
                .name(format!("passwords {number}"))
                .spawn(move || run(&shared))?;
            checks.threads.push(thread);
        }
        Ok(checks)
    }

    /// Whether the password is the one of `hash`; without a hash it takes as long and says no.
    ///
    /// # Errors
    /// [`NotChecked`]: nothing is known then.
    pub(super) async fn check(
        &self,
        class: Class,
        origin: Origin,
        password: Sensitive<String>,
        hash: Option<Sensitive<String>>,
    ) -> Result<bool, NotChecked> {
        let (answer, answered) = oneshot::channel();
        let check = Check {
            password,
            hash,
            answer,
        };
        let number = {
            let mut state = self.shared.lock();
            let joined = state.line.join(class, origin, check);
            joined.map_err(|full| match full {
                Full::Origin => NotChecked::OriginFull,
                Full::All => NotChecked::Busy,
            })?
        };
        self.shared.changed.notify_one();
        // Dropped with the request, too: whoever does not wait any more is in nobody's way.
        let _place = PlaceInLine {
            shared: &self.shared,
            class,
            origin,
            number,
        };
        let answered = tokio::time::timeout(WAIT_AT_MOST, answered).await;
        answered.ok().and_then(Result::ok).ok_or(NotChecked::Busy)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PasswordChecks {
    fn drop(&mut self) {
        self.shared.lock().is_over = true;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread that checks passwords panicked");
            }
        }
    }
}

struct PlaceInLine<'a> {
    shared: &'a Shared,
    class: Class,
    origin: Origin,
    number: u64,
}

impl Drop for PlaceInLine<'_> {
    fn drop(&mut self) {
        let (class, origin, number) = (self.class, self.origin, self.number);
        self.shared.lock().line.leave(class, origin, number);
    }
}

fn run(shared: &Shared) {
    give_way();
    let mut memory = HashingMemory::default();
    while let Some(check) = next(shared) {
        if check.answer.is_closed() {
            continue;
        }
        let is_right = verify_password(&check.password, check.hash.as_ref(), &mut memory);
        // Whoever asked may have stopped waiting.
        let _ = check.answer.send(is_right);
    }
}

/// Waits for work; nothing when there will be no more.
fn next(shared: &Shared) -> Option<Check> {
    let mut state = shared.lock();
    loop {
        if state.is_over {
            return None;
        }
        if let Some(check) = state.line.next() {
            return Some(check);
        }
        let waited = shared.changed.wait(state);
        state = waited.unwrap_or_else(PoisonError::into_inner);
    }
}

/// On Linux niceness is the thread's own; where it is the process's, it stays as it is.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(err) = rustix::process::nice(NICENESS) {
        tracing::debug!(%err, "the threads that check passwords are as urgent as others");
    }
}
