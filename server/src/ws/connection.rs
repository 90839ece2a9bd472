//! One connection's life: admitted, greeted, served, closed; whatever it sends, the others are undisturbed.

use super::hello::{Kind, Known, NotWelcome, greet};
use super::limits::{Place, TokenBucket};
use crate::app::App;
use crate::engine::{Input, LinkId, OUTGOING_CAPACITY, Out, utc_now};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use protocol::link::{ClientFrame, ErrorCode, ServerFrame};
use protocol::{HEARTBEAT_MS, LEASE_MS, LINK_VERSION, MAX_FRAME_BYTES};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, timeout};

/// The hello comes within this, or the connection is closed.
const HELLO_WITHIN: Duration = Duration::from_secs(5);

/// A frame that cannot be written within this means that the client reads no more.
const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// After the goodbye, what is still on its way is read for this long at most.
const DRAIN_WITHIN: Duration = Duration::from_millis(500);

/// Messages up to this are read whole, so that a too large frame can be refused in words before the close.
const READABLE_BYTES: usize = 4 * MAX_FRAME_BYTES;

/// An idle link keeps buffers of this size.
const BUFFER_BYTES: usize = 2 * 1_024;

/// Frames at once and a second; a call's start is some thirty, and an outbox may bring more.
const FRAMES: (f32, f32) = (400.0, 100.0);

/// Bad frames at once and a second, until the link is closed.
const BAD_FRAMES: (f32, f32) = (10.0, 1.0);

/// A client that was closed for its manners may come back after this.
const MANNERS_RETRY_MS: u64 = 10_000;

/// A stopping server is back after about this.
const STOP_RETRY_MS: u64 = 1_000;

pub(crate) async fn upgrade(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    socket: WebSocketUpgrade,
) -> Response {
    let Some(place) = app.inner.links.admit(address.ip()) else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "too many links; try again later\n",
        )
            .into_response();
    };
    socket
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(READABLE_BYTES)
        .max_frame_size(READABLE_BYTES)
        .on_upgrade(move |socket| Box::pin(serve(app, socket, place)))
}

/// Why a connection ends; `Goodbye` says so to the client first.
enum End {
    Silent,
    Goodbye {
        code: ErrorCode,
        hint: &'static str,
        retry_after_ms: Option<u64>,
    },
}

fn goodbye(code: ErrorCode, hint: &'static str, retry_after_ms: Option<u64>) -> End {
    End::Goodbye {
        code,
        hint,
        retry_after_ms,
    }
}

async fn serve(app: App, mut socket: WebSocket, place: Place) {
    let link = LinkId(place.id);
    let (out, outgoing) = mpsc::channel(OUTGOING_CAPACITY);
    let end = match Box::pin(first_frame(&app, &mut socket, link, out)).await {
        Ok(known) => {
            let gauge = match known.kind {
                Kind::Agent { .. } => &app.inner.metrics.links_agent,
                Kind::Customer => &app.inner.metrics.links_customer,
            };
            gauge.fetch_add(1, Ordering::Relaxed);
            let now = Instant::now();
            let mut connection = Connection {
                app: &app,
                socket: &mut socket,
                link,
                known,
                outgoing,
                seq: 0,
                heard: now,
                frames: TokenBucket::new(FRAMES.0, FRAMES.1, now.into_std()),
                bad_frames: TokenBucket::new(BAD_FRAMES.0, BAD_FRAMES.1, now.into_std()),
            };
            let end = connection.live().await;
            let engine = connection.known.engine.clone();
            gauge.fetch_sub(1, Ordering::Relaxed);
            // The engine hears of it before the goodbye is written, which may take its time.
            if engine.send(Input::Closed { link }).await.is_err() {
                tracing::debug!(link = link.0, "closed after its engine");
            }
            end
        }
        Err(end) => end,
    };
    if let End::Goodbye {
        code,
        hint,
        retry_after_ms,
    } = end
    {
        tracing::debug!(link = link.0, ?code, "goodbye");
        let frame = ServerFrame::Goodbye {
            code,
            hint: hint.to_owned(),
            retry_after_ms,
        };
        // A client that is gone already needs no goodbye.
        let _ = write(&mut socket, &frame).await;
    }
    let _ = timeout(WRITE_WITHIN, socket.send(Message::Close(None))).await;
    // Closing with unread frames would reset the connection and cut the goodbye off.
    let _ = timeout(DRAIN_WITHIN, async {
        while let Some(Ok(_)) = socket.recv().await {}
    })
    .await;
    drop(place);
}

async fn first_frame(
    app: &App,
    socket: &mut WebSocket,
    link: LinkId,
    out: mpsc::Sender<Out>,
) -> Result<Known, End> {
    let late = || goodbye(ErrorCode::HelloExpected, "no hello within 5 seconds", None);
    let text = timeout(HELLO_WITHIN, async {
        loop {
            match socket.recv().await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Binary(_))) => {
                    return Err(goodbye(ErrorCode::BadFrame, "frames are JSON text", None));
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Silent),
            }
        }
    })
    .await
    .map_err(|_| late())??;
    if text.len() > MAX_FRAME_BYTES {
        return Err(goodbye(
            ErrorCode::FrameTooLarge,
            "frames are at most 64 KiB",
            None,
        ));
    }
    let frame = parse(text.as_str()).map_err(|code| {
        app.inner
            .metrics
            .frames_refused
            .fetch_add(1, Ordering::Relaxed);
        goodbye(code, "the first frame is a hello in JSON", None)
    })?;
    greet(app, link, frame, out).await.map_err(
        |NotWelcome {
             code,
             hint,
             retry_after_ms,
         }| {
            End::Goodbye {
                code,
                hint,
                retry_after_ms,
            }
        },
    )
}

/// A hello of another version may have other fields: its version decides before its shape does.
fn parse(text: &str) -> Result<ClientFrame, ErrorCode> {
    if let Ok(frame) = serde_json::from_str(text) {
        return Ok(frame);
    }
    let value: serde_json::Value = serde_json::from_str(text).map_err(|_| ErrorCode::BadFrame)?;
    let is_hello = value.get("type").and_then(|kind| kind.as_str()) == Some("hello");
    let version = value.get("version").and_then(serde_json::Value::as_u64);
    if is_hello && version.is_some_and(|version| version != u64::from(LINK_VERSION)) {
        return Err(ErrorCode::VersionMismatch);
    }
    Err(ErrorCode::BadFrame)
}

struct Connection<'a> {
    app: &'a App,
    socket: &'a mut WebSocket,
    link: LinkId,
    known: Known,
    outgoing: mpsc::Receiver<Out>,
    seq: u64,
    heard: Instant,
    frames: TokenBucket,
    bad_frames: TokenBucket,
}

impl Connection<'_> {
    async fn live(&mut self) -> End {
        let mut beat = tokio::time::interval(Duration::from_millis(HEARTBEAT_MS));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stop = self.app.inner.stop.subscribe();
        let mut directory = self.known.engine.directory_changes();
        loop {
            let step = tokio::select! {
                out = self.outgoing.recv() => match out {
                    Some(out) => self.send(out).await,
                    None => Err(goodbye(
                        ErrorCode::RateLimited,
                        "this client reads too slowly",
                        Some(STOP_RETRY_MS),
                    )),
                },
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.received(message).await,
                    Some(Err(err)) => Err(read_end(&err)),
                    None => Err(End::Silent),
                },
                _ = beat.tick() => self.beat().await,
                () = stopped(&mut stop) => Err(goodbye(
                    ErrorCode::ServerStopping,
                    "the server is stopping; the link comes back by itself",
                    Some(STOP_RETRY_MS),
                )),
                Ok(()) = directory.changed() => self.check_token().await,
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn beat(&mut self) -> Result<(), End> {
        if self.heard.elapsed() > Duration::from_millis(LEASE_MS) {
            tracing::debug!(link = self.link.0, "silent past its lease");
            return Err(End::Silent);
        }
        if let Kind::Agent { expires_at, .. } = self.known.kind
            && expires_at <= utc_now()
        {
            return Err(expired());
        }
        self.write(&ServerFrame::Heartbeat { now: utc_now() }).await
    }

    /// A changed password or a removed account voids tokens at once.
    async fn check_token(&mut self) -> Result<(), End> {
        let Kind::Agent { token, .. } = self.known.kind else {
            return Ok(());
        };
        let owner = self
            .known
            .engine
            .readers()
            .accounts(move |accounts| accounts.token_owner(&token, utc_now()))
            .await;
        match owner {
            Ok(None) => Err(expired()),
            // A store that cannot be read now voids nobody's token.
            Ok(Some(_)) | Err(_) => Ok(()),
        }
    }

    async fn received(&mut self, message: Message) -> Result<(), End> {
        self.heard = Instant::now();
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return self.refuse(ErrorCode::BadFrame, "frames are text").await,
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(End::Silent),
        };
        if text.len() > MAX_FRAME_BYTES {
            let hint = "frames are at most 64 KiB";
            self.refuse(ErrorCode::FrameTooLarge, hint).await?;
            return Err(goodbye(
                ErrorCode::FrameTooLarge,
                hint,
                Some(MANNERS_RETRY_MS),
            ));
        }
        if !self.frames.take(self.heard.into_std()) {
            return self
                .refuse(ErrorCode::RateLimited, "too many frames; slow down")
                .await;
        }
        let Ok(frame) = serde_json::from_str::<ClientFrame>(text.as_str()) else {
            return self
                .refuse(ErrorCode::BadFrame, "this is no frame of the link")
                .await;
        };
        self.act(frame).await
    }

    async fn act(&mut self, frame: ClientFrame) -> Result<(), End> {
        let link = self.link;
        let is_agent = matches!(self.known.kind, Kind::Agent { .. });
        let input = match frame {
            ClientFrame::Heartbeat => return Ok(()),
            ClientFrame::Hello { .. } => {
                return self
                    .refuse(ErrorCode::HelloExpected, "one hello is enough")
                    .await;
            }
            ClientFrame::Agent { id, command } if is_agent => Input::Agent { link, id, command },
            ClientFrame::Customer { id, command } if !is_agent => {
                Input::Customer { link, id, command }
            }
            ClientFrame::Agent { id, .. } | ClientFrame::Customer { id, .. } => {
                let hint = "this command is not for this kind of participant".to_owned();
                let refused = ServerFrame::Refused {
                    id: Some(id),
                    code: ErrorCode::NotAllowed,
                    hint,
                };
                self.count_bad()?;
                return self.write(&refused).await;
            }
            ClientFrame::Signal {
                interaction,
                to,
                signal,
            } => Input::Signal {
                link,
                interaction,
                to,
                signal: Box::new(signal),
            },
        };
        let sent = self.known.engine.send(input).await;
        // Waiting for the engine is no silence of the client's.
        self.heard = Instant::now();
        sent.map_err(|_| {
            goodbye(
                ErrorCode::Internal,
                "the engine stopped",
                Some(STOP_RETRY_MS),
            )
        })
    }

    async fn refuse(&mut self, code: ErrorCode, hint: &'static str) -> Result<(), End> {
        self.count_bad()?;
        self.write(&ServerFrame::Refused {
            id: None,
            code,
            hint: hint.to_owned(),
        })
        .await
    }

    fn count_bad(&mut self) -> Result<(), End> {
        self.app
            .inner
            .metrics
            .frames_refused
            .fetch_add(1, Ordering::Relaxed);
        if self.bad_frames.take(std::time::Instant::now()) {
            return Ok(());
        }
        tracing::warn!(link = self.link.0, "closed after too many bad frames");
        let hint = "too many bad frames";
        Err(goodbye(
            ErrorCode::RateLimited,
            hint,
            Some(MANNERS_RETRY_MS),
        ))
    }

    async fn send(&mut self, out: Out) -> Result<(), End> {
        let frame = match out {
            Out::Welcome(view) => ServerFrame::Welcome {
                version: LINK_VERSION,
                server: concat!("warmline-server/", env!("CARGO_PKG_VERSION")).to_owned(),
                now: utc_now(),
                seq: self.seq,
                view,
            },
            Out::Delta(delta) => {
                self.seq += 1;
                ServerFrame::Delta {
                    seq: self.seq,
                    delta,
                }
            }
            Out::Ack(id) => ServerFrame::Ack { id },
            Out::Refused { id, code, hint } => ServerFrame::Refused {
                id,
                code,
                hint: hint.to_owned(),
            },
            Out::Signal {
                interaction,
                from,
                signal,
            } => ServerFrame::Signal {
                interaction,
                from,
                signal: *signal,
            },
            Out::Goodbye {
                code,
                hint,
                retry_after_ms,
            } => {
                return Err(End::Goodbye {
                    code,
                    hint,
                    retry_after_ms,
                });
            }
        };
        self.write(&frame).await
    }

    async fn write(&mut self, frame: &ServerFrame) -> Result<(), End> {
        write(self.socket, frame).await
    }
}

/// Also when the server is dropped without a word.
async fn stopped(stop: &mut tokio::sync::watch::Receiver<bool>) {
    drop(stop.wait_for(|is_stopping| *is_stopping).await);
}

fn expired() -> End {
    goodbye(
        ErrorCode::TokenExpired,
        "the sign-in has expired; sign in again",
        None,
    )
}

/// The library refuses what is beyond [`READABLE_BYTES`] before reading it.
fn read_end(err: &axum::Error) -> End {
    if err.to_string().to_lowercase().contains("too long") {
        return goodbye(
            ErrorCode::FrameTooLarge,
            "frames are at most 64 KiB",
            Some(MANNERS_RETRY_MS),
        );
    }
    End::Silent
}

async fn write(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), End> {
    let Ok(text) = serde_json::to_string(frame) else {
        tracing::error!("a frame could not be written as JSON");
        return Err(End::Silent);
    };
    match timeout(WRITE_WITHIN, socket.send(Message::Text(text.into()))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Silent),
    }
}
