//! The WebSocket to the server: hello, welcome, numbered deltas, heartbeats, and coming back by itself.
//!
//! It keeps no commands: what is sent while the link is down is dropped here, and the owner decides after the next
//! welcome what is still worth sending.

mod backoff;
mod connection;

use crate::address::ServerAddress;
use crate::clock::now;
use backoff::Backoff;
use connection::{Connection, Lost};
use protocol::desktop::{DesktopError, LinkState};
use protocol::link::{ClientFrame, Delta, ErrorCode, HelloAs, Ice, Signal, View};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vocab::{CommandId, InteractionId, Millis, Peer};

/// Frames wait here for the socket; a full queue means it is not writing, and the frame is refused.
const FRAMES: usize = 256;

/// A link up this long has proved itself: the next loss begins with the shortest pause again.
const STABLE_AFTER: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct LinkOptions {
    pub server: ServerAddress,
    /// Program and version, for the server's log.
    pub client: String,
    pub who: HelloAs,
}

#[derive(Clone, Debug, PartialEq)]
pub enum LinkEvent {
    State(LinkState),
    /// Why the last attempt found no way to the server; said before the state that waits for the next one.
    NoWay(DesktopError),
    /// The link is up and this is the whole state; nothing seen before counts any more.
    Welcome {
        server: String,
        now: Millis,
        view: Box<View>,
    },
    /// By which servers media finds its way; comes before each welcome.
    Ice(Ice),
    Delta(Box<Delta>),
    /// What the server's clock shows, told every now and then.
    Clock(Millis),
    Ack(CommandId),
    Refused {
        id: Option<CommandId>,
        code: ErrorCode,
        hint: String,
    },
    Signal {
        interaction: InteractionId,
        from: Peer,
        signal: Signal,
    },
    /// The server does not want this client back; the link has ended.
    Closed {
        code: ErrorCode,
        hint: String,
    },
}

/// Ends with its handle.
pub struct Link {
    frames: mpsc::Sender<ClientFrame>,
    task: JoinHandle<()>,
}

impl Link {
    /// Starts connecting. The owner must keep reading `events`: a full channel stops the link.
    #[must_use]
    pub fn start(options: LinkOptions, events: mpsc::Sender<LinkEvent>) -> Self {
        install_crypto();
        let (frames, outgoing) = mpsc::channel(FRAMES);
        let task = telemetry::spawn("link", run(options, outgoing, events));
        Self { frames, task }
    }

    /// False when the frame was not taken.
    pub fn send(&self, frame: ClientFrame) -> bool {
        self.frames.try_send(frame).is_ok()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Connecting and the handshake; short at first, because a server that just returned may have swallowed the first packet.
const OPEN_WITHIN: Duration = Duration::from_secs(2);
/// Attempts that were too short for the network between are followed by longer ones, up to this.
const OPEN_WITHIN_AT_MOST: Duration = Duration::from_secs(8);

/// Both clients of TLS in this process use ring.
pub(crate) fn install_crypto() {
    // It is an error only when it was done before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

async fn run(
    mut options: LinkOptions,
    mut outgoing: mpsc::Receiver<ClientFrame>,
    events: mpsc::Sender<LinkEvent>,
) {
    let mut backoff = Backoff::default();
    let mut open_within = OPEN_WITHIN;
    let mut attempt = 1;
    loop {
        if tell(&events, LinkEvent::State(LinkState::Connecting { attempt }))
            .await
            .is_err()
        {
            return;
        }
        let least;
        let began = tokio::time::Instant::now();
        match Connection::open(&options, open_within).await {
            Ok(mut connection) => {
                open_within = OPEN_WITHIN;
                connection.remember_visitor(&mut options.who);
                let since = tokio::time::Instant::now();
                // Whatever was sent during the outage was meant for a state that the welcome replaces.
                while outgoing.try_recv().is_ok() {}
                let lost = connection.run(&mut outgoing, &events).await;
                if since.elapsed() >= STABLE_AFTER {
                    backoff = Backoff::default();
                    attempt = 0;
                }
                match lost {
                    Lost::OwnerGone => return,
                    Lost::Final { code, hint } => return close(&events, code, hint).await,
                    Lost::Retry { after, why } => {
                        tracing::info!(why, "link lost");
                        least = after;
                    }
                    // Only an attempt to open says this.
                    Lost::NoWay(_) => least = Duration::ZERO,
                }
            }
            Err(lost) => {
                if began.elapsed() >= open_within {
                    open_within = (open_within * 2).min(OPEN_WITHIN_AT_MOST);
                }
                match lost {
                    Lost::OwnerGone => return,
                    Lost::Final { code, hint } => return close(&events, code, hint).await,
                    Lost::Retry { after, why } => {
                        tracing::debug!(why, attempt, "no link");
                        least = after;
                    }
                    Lost::NoWay(why) => {
                        tracing::debug!(?why, attempt, "no way to the server");
                        least = Duration::ZERO;
                        if tell(&events, LinkEvent::NoWay(why)).await.is_err() {
                            return;
                        }
                    }
                }
            }
        }
        let pause = backoff.next_pause().max(least);
        attempt += 1;
        let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let state = LinkState::Waiting {
            attempt,
            retry_at: now().plus(pause_ms),
        };
        if tell(&events, LinkEvent::State(state)).await.is_err() {
            return;
        }
        tokio::time::sleep(pause).await;
    }
}

async fn tell(events: &mpsc::Sender<LinkEvent>, event: LinkEvent) -> Result<(), Lost> {
    events.send(event).await.map_err(|_| Lost::OwnerGone)
}

async fn close(events: &mpsc::Sender<LinkEvent>, code: ErrorCode, hint: String) {
    tracing::info!(?code, "the server ended the link");
    let _ = tell(events, LinkEvent::State(LinkState::Down)).await;
    let _ = tell(events, LinkEvent::Closed { code, hint }).await;
}

#[cfg(test)]
mod tests;
