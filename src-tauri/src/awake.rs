//! While a conversation goes on the computer neither falls asleep nor locks its screen by itself; afterwards it may.
//!
//! Only what the machine does out of idleness is held off: a person who closes the lid or locks the screen is obeyed.

#[cfg(target_os = "linux")]
#[path = "awake/freedesktop.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "awake/plain.rs"]
mod system;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Holds the machine awake while there is something to be awake for.
#[derive(Default)]
pub(crate) struct Awake {
    held: Option<Held>,
}

struct Held {
    /// Dropped, it lets go.
    _release: oneshot::Sender<()>,
    /// Ends by itself once all is let go; the next conversation need not wait for that.
    _task: JoinHandle<()>,
}

impl Awake {
    /// Makes what is held agree with whether a conversation goes on; `why` is shown to who asks the system for it.
    pub(crate) fn follow(&mut self, is_live: bool, why: &'static str) {
        if !is_live {
            self.held = None;
        } else if self.held.is_none() {
            let (release, released) = oneshot::channel();
            let task = telemetry::spawn("keep-awake", system::hold(why, released));
            self.held = Some(Held {
                _release: release,
                _task: task,
            });
        }
    }
}
