//! The stream of events to the screen. It never makes the desktop wait: a slow reader skips to the newest state.

use protocol::desktop::DesktopEvent;
use tokio::sync::mpsc;

/// Events that a screen may be behind; beyond that it is refreshed as a whole.
const EVENTS: usize = 512;
/// Room that a refresh needs.
const REFRESH: usize = 16;

pub(super) struct Emitter {
    events: mpsc::Sender<DesktopEvent>,
    is_behind: bool,
}

impl Emitter {
    pub(super) fn new() -> (Self, mpsc::Receiver<DesktopEvent>) {
        let (events, reader) = mpsc::channel(EVENTS);
        (
            Self {
                events,
                is_behind: false,
            },
            reader,
        )
    }

    pub(super) fn emit(&mut self, event: DesktopEvent) {
        if self.is_behind {
            return;
        }
        if let Err(mpsc::error::TrySendError::Full(_)) = self.events.try_send(event) {
            tracing::warn!("the screen does not read its events");
            self.is_behind = true;
        }
    }

    /// True once after the reader made room again: send everything whole.
    pub(super) fn wants_refresh(&mut self) -> bool {
        let wants = self.is_behind && self.events.capacity() >= REFRESH;
        if wants {
            self.is_behind = false;
        }
        wants
    }
}
