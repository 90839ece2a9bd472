//! One connection from hello to loss.

use super::{LinkEvent, LinkOptions, tell};
use crate::way::{self, Stream};
use futures_util::{SinkExt, StreamExt};
use protocol::desktop::{DesktopError, LinkState};
use protocol::link::{ClientFrame, ErrorCode, HelloAs, Ice, ServerFrame, View};
use protocol::{HEARTBEAT_MS, LEASE_MS, LINK_VERSION};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

const WELCOME_TIMEOUT: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_millis(LEASE_MS);

/// A welcome carries the whole view with its notes and may be far longer than other frames.
const MAX_WELCOME_BYTES: usize = 1024 * 1024;

/// Frames are small; the usual 128 KiB would be most of what a process with many links takes.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// Why a connection ended.
#[derive(Debug)]
pub(super) enum Lost {
    OwnerGone,
    Final {
        code: ErrorCode,
        hint: String,
    },
    Retry {
        after: Duration,
        why: &'static str,
    },
    /// There is no way to the server, or nothing at its end that speaks the link.
    NoWay(DesktopError),
}

fn retry(why: &'static str) -> Lost {
    Lost::Retry {
        after: Duration::ZERO,
        why,
    }
}

pub(super) struct Connection {
    socket: WebSocketStream<MaybeTlsStream<Box<dyn Stream>>>,
    /// The number of the last frame that changed the view.
    seq: u64,
    ice: Ice,
    welcome: Option<LinkEvent>,
}

impl Connection {
    /// Connects, says hello and waits for the welcome.
    pub(super) async fn open(options: &LinkOptions, within: Duration) -> Result<Self, Lost> {
        let opening = async {
            let stream = way::connect(&options.server).await?;
            upgrade(options, stream).await
        };
        let socket = match timeout(within, opening).await {
            Ok(opened) => opened.map_err(Lost::NoWay)?,
            Err(_) => return Err(Lost::NoWay(silent(options, within))),
        };
        let mut connection = Self {
            socket,
            seq: 0,
            ice: Ice::default(),
            welcome: None,
        };
        let hello = ClientFrame::Hello {
            version: LINK_VERSION,
            client: options.client.clone(),
            who: options.who.clone(),
        };
        connection.send(&hello).await?;
        timeout(WELCOME_TIMEOUT, connection.await_welcome())
            .await
            .unwrap_or_else(|_| Err(retry("no welcome came")))?;
        Ok(connection)
    }

    async fn await_welcome(&mut self) -> Result<(), Lost> {
        loop {
            match self.receive().await? {
                Some(ServerFrame::Welcome {
                    version,
                    server,
                    now,
                    seq,
                    view,
                }) => {
                    if version != LINK_VERSION {
                        let hint = format!("the server speaks version {version} of the link");
                        return Err(Lost::Final {
                            code: ErrorCode::VersionMismatch,
                            hint,
                        });
                    }
                    self.seq = seq;
                    self.welcome = Some(LinkEvent::Welcome { server, now, view });
                    return Ok(());
                }
                Some(ServerFrame::Ice { ice }) => self.ice = ice,
                Some(ServerFrame::Refused { code, hint, .. }) => return Err(refused(code, hint)),
                Some(ServerFrame::Goodbye {
                    code,
                    hint,
                    retry_after_ms,
                }) => {
                    return Err(goodbye(code, hint, retry_after_ms));
                }
                Some(_) | None => {}
            }
        }
    }

    /// A returning visitor is known by what the welcome gave; without it a reconnect would be a stranger.
    pub(super) fn remember_visitor(&self, who: &mut HelloAs) {
        if let (Some(LinkEvent::Welcome { view, .. }), HelloAs::Customer { visitor, .. }) =
            (&self.welcome, who)
            && let View::Customer { view } = &**view
        {
            *visitor = Some(view.visitor.clone());
        }
    }

    /// Carries frames both ways until the connection is lost.
    pub(super) async fn run(
        &mut self,
        outgoing: &mut mpsc::Receiver<ClientFrame>,
        events: &mpsc::Sender<LinkEvent>,
    ) -> Lost {
        match self.carry(outgoing, events).await {
            Err(lost) => lost,
            Ok(never) => match never {},
        }
    }

    async fn carry(
        &mut self,
        outgoing: &mut mpsc::Receiver<ClientFrame>,
        events: &mpsc::Sender<LinkEvent>,
    ) -> Result<std::convert::Infallible, Lost> {
        tell(events, LinkEvent::State(LinkState::Up)).await?;
        // Also when the server named none: what an earlier one named does not count any more.
        tell(events, LinkEvent::Ice(std::mem::take(&mut self.ice))).await?;
        if let Some(welcome) = self.welcome.take() {
            tell(events, welcome).await?;
        }
        let mut heartbeat = interval(Duration::from_millis(HEARTBEAT_MS));
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent_at = Instant::now() + SILENCE;
        loop {
            tokio::select! {
                frame = self.receive() => {
                    silent_at = Instant::now() + SILENCE;
                    if let Some(frame) = frame? {
                        self.take(frame, events).await?;
                    }
                }
                frame = outgoing.recv() => match frame {
                    Some(frame) => self.send(&frame).await?,
                    None => return Err(Lost::OwnerGone),
                },
                _ = heartbeat.tick() => self.send(&ClientFrame::Heartbeat).await?,
                () = sleep_until(silent_at) => return Err(retry("the server fell silent")),
            }
        }
    }

    async fn take(
        &mut self,
        frame: ServerFrame,
        events: &mpsc::Sender<LinkEvent>,
    ) -> Result<(), Lost> {
        let event = match frame {
            ServerFrame::Delta { seq, delta } => {
                // There is one way to mend a gap: a new welcome.
                if seq != self.seq + 1 {
                    return Err(retry("a delta is missing"));
                }
                self.seq = seq;
                LinkEvent::Delta(delta)
            }
            ServerFrame::Welcome {
                server,
                now,
                seq,
                view,
                ..
            } => {
                self.seq = seq;
                LinkEvent::Welcome { server, now, view }
            }
            ServerFrame::Ice { ice } => LinkEvent::Ice(ice),
            ServerFrame::Ack { id } => LinkEvent::Ack(id),
            ServerFrame::Refused { id, code, hint, .. } => LinkEvent::Refused { id, code, hint },
            ServerFrame::Signal {
                interaction,
                from,
                signal,
            } => LinkEvent::Signal {
                interaction,
                from,
                signal,
            },
            ServerFrame::Heartbeat { now } => LinkEvent::Clock(now),
            ServerFrame::Goodbye {
                code,
                hint,
                retry_after_ms,
            } => {
                return Err(goodbye(code, hint, retry_after_ms));
            }
        };
        tell(events, event).await
    }

    /// The next frame; none for what carries no frame or one of a newer server.
    async fn receive(&mut self) -> Result<Option<ServerFrame>, Lost> {
        match self.socket.next().await {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(text.as_str()) {
                Ok(frame) => Ok(Some(frame)),
                Err(err) => {
                    // The error's own text may quote what the frame says of a customer.
                    let (kind, column) = (err.classify(), err.column());
                    tracing::warn!(?kind, column, "a frame of the server was not understood");
                    Ok(None)
                }
            },
            Some(Ok(Message::Close(_))) | None => Err(retry("the server closed it")),
            Some(Ok(_)) => Ok(None),
            Some(Err(Error::ConnectionClosed | Error::AlreadyClosed)) => {
                Err(retry("the server closed it"))
            }
            Some(Err(err)) => {
                tracing::debug!(%err, "the link broke");
                Err(retry("it broke"))
            }
        }
    }

    async fn send(&mut self, frame: &ClientFrame) -> Result<(), Lost> {
        let text = serde_json::to_string(frame).map_err(|err| {
            tracing::error!(%err, "a frame cannot be written");
            retry("a frame cannot be written")
        })?;
        match timeout(SILENCE, self.socket.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(retry("it broke while sending")),
            Err(_) => Err(retry("the server takes nothing in")),
        }
    }
}

/// Encrypts the stream where the server wants it and makes a WebSocket of it.
async fn upgrade(
    options: &LinkOptions,
    stream: Box<dyn Stream>,
) -> Result<WebSocketStream<MaybeTlsStream<Box<dyn Stream>>>, DesktopError> {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(Some(MAX_WELCOME_BYTES))
        .max_frame_size(Some(MAX_WELCOME_BYTES));
    let link = options.server.link();
    match client_async_tls_with_config(link, stream, Some(config), None).await {
        Ok((socket, _)) => Ok(socket),
        Err(err) => {
            let detail = format!("{}: {err}", options.server.as_text());
            Err(if detail.to_lowercase().contains("certificate") {
                DesktopError::Insecure { detail }
            } else {
                DesktopError::Unreachable { detail }
            })
        }
    }
}

fn silent(options: &LinkOptions, within: Duration) -> DesktopError {
    let server = options.server.as_text();
    let by = way::proxy_name(&options.server)
        .map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"));
    let seconds = within.as_secs();
    DesktopError::Unreachable {
        detail: format!("{server}{by}: no answer within {seconds} s"),
    }
}

/// A refusal of the hello, or a goodbye that says nothing of a return: final where trying again cannot help.
fn refused(code: ErrorCode, hint: String) -> Lost {
    match code {
        ErrorCode::VersionMismatch
        | ErrorCode::TokenExpired
        | ErrorCode::WrongPassword
        | ErrorCode::NotAllowed
        | ErrorCode::UnknownOrganisation
        | ErrorCode::UnknownQueue
        | ErrorCode::BadField
        | ErrorCode::SignedInElsewhere => Lost::Final { code, hint },
        ErrorCode::BadFrame
        | ErrorCode::FrameTooLarge
        | ErrorCode::HelloExpected
        | ErrorCode::TooManyAttempts
        | ErrorCode::UnknownInteraction
        | ErrorCode::UnknownCustomer
        | ErrorCode::UnknownImport
        | ErrorCode::ChangedMeanwhile
        | ErrorCode::BadConfiguration
        | ErrorCode::UnknownUser
        | ErrorCode::UnknownChange
        | ErrorCode::UnknownDecision
        | ErrorCode::UnfitContent
        | ErrorCode::WrongMediaType
        | ErrorCode::UnknownAddress
        | ErrorCode::WrongMethod
        | ErrorCode::TimedOut
        | ErrorCode::UnknownNote
        | ErrorCode::RecordingDiffers
        | ErrorCode::NotOggOpus
        | ErrorCode::WeakPassword
        | ErrorCode::LastAdministrator
        | ErrorCode::TooManyLooks
        | ErrorCode::NotNow
        | ErrorCode::ColleagueNotFree
        | ErrorCode::QueueClosed
        | ErrorCode::QueueFull
        | ErrorCode::TooManyCalls
        | ErrorCode::ServerBusy
        | ErrorCode::RateLimited
        | ErrorCode::ServerStopping
        | ErrorCode::StorageFailed
        | ErrorCode::Internal => retry("the server refused for now"),
    }
}

fn goodbye(code: ErrorCode, hint: String, retry_after_ms: Option<u64>) -> Lost {
    match retry_after_ms {
        Some(ms) => Lost::Retry {
            after: Duration::from_millis(ms),
            why: "the server said goodbye",
        },
        None => refused(code, hint),
    }
}
