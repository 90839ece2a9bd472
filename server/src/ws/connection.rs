//! A greeted connection: whatever it sends, the others are undisturbed; what the engine releases is written in order.

use super::ending::{
    End, MANNERS_RETRY_MS, as_text, expired, feed, flush, goodbye, read_end, write,
};
use super::hello::{Kind, Known, signed_in};
use crate::app::App;
use crate::engine::{Directory, Engine, Input, LinkId, Out, utc_now};
use crate::limits::TokenBucket;
use axum::extract::ws::{Message, WebSocket};
use protocol::customer::{CustomerDelta, CustomerStage};
use protocol::link::{ClientFrame, Delta, ErrorCode, ServerFrame, View};
use protocol::{HEARTBEAT_MS, LEASE_MS, LINK_VERSION, MAX_FRAME_BYTES};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior};

/// Frames at once and a second; a call's start is some thirty, and an outbox may bring more.
const FRAMES: (f64, f64) = (400.0, 100.0);

/// Bad frames at once and a second, until the link is closed.
const BAD_FRAMES: (f64, f64) = (10.0, 1.0);

/// Frames that leave together at most.
const SENT_AT_ONCE: usize = 32;

/// A stopping server is back after about this.
const STOP_RETRY_MS: u64 = 1_000;

type ClockSteps = tokio::sync::watch::Receiver<u64>;
type DirectoryChanges = tokio::sync::watch::Receiver<Arc<Directory>>;

pub(super) struct Connection<'a> {
    app: &'a App,
    socket: &'a mut WebSocket,
    link: LinkId,
    known: Known,
    outgoing: mpsc::Receiver<Out>,
    seq: u64,
    heard: Instant,
    frames: TokenBucket,
    bad_frames: TokenBucket,
    /// Whether the relays' credentials are for this participant now.
    is_entitled: bool,
    /// When they are given anew.
    ice_due: Option<Instant>,
}

impl<'a> Connection<'a> {
    pub(super) fn new(
        app: &'a App,
        socket: &'a mut WebSocket,
        link: LinkId,
        known: Known,
        outgoing: mpsc::Receiver<Out>,
    ) -> Self {
        let now = Instant::now();
        Self {
            app,
            socket,
            link,
            known,
            outgoing,
            seq: 0,
            heard: now,
            frames: TokenBucket::new(FRAMES.0, FRAMES.1, now.into_std()),
            bad_frames: TokenBucket::new(BAD_FRAMES.0, BAD_FRAMES.1, now.into_std()),
            is_entitled: false,
            ice_due: None,
        }
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.known.engine
    }
}

impl Connection<'_> {
    pub(super) async fn live(&mut self) -> End {
        let mut beat = tokio::time::interval(Duration::from_millis(HEARTBEAT_MS));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Kept over the turns of the loop: to listen anew each time would cost every frame a place in a shared list.
        let mut stop = self.app.inner.stop.subscribe();
        let mut stopped = pin!(stopped(&mut stop));
        let changes = self.known.engine.directory_changes();
        let mut changed = pin!(changed(changes));
        let mut clock_set = pin!(clock_set(crate::clock::steps()));
        loop {
            let step = tokio::select! {
                out = self.outgoing.recv() => match out {
                    Some(out) => self.send_all(out).await,
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
                steps = &mut clock_set => {
                    clock_set.set(self::clock_set(steps));
                    self.clock_was_set().await
                }
                () = &mut stopped => Err(goodbye(
                    ErrorCode::ServerStopping,
                    "the server is stopping; the link comes back by itself",
                    Some(STOP_RETRY_MS),
                )),
                Some(changes) = &mut changed => {
                    changed.set(self::changed(changes));
                    self.check_token().await
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Said at once, before the times that moved along; and credentials for relays end by the clock.
    async fn clock_was_set(&mut self) -> Result<(), End> {
        if self.is_entitled {
            self.grant_ice().await?;
        }
        self.beat().await
    }

    async fn beat(&mut self) -> Result<(), End> {
        if self.heard.elapsed() > Duration::from_millis(LEASE_MS) {
            tracing::debug!(link = self.link.0, "silent past its lease");
            return Err(End::Silent);
        }
        if let Kind::Agent { expires_at, .. } = self.known.kind
            && expires_at <= self.known.engine.steady()
        {
            // Said at every beat: the engine lets the present work end before it says goodbye.
            let link = self.link;
            self.tell(Input::SignInExpired { link }).await?;
        }
        if self.ice_due.is_some_and(|due| due <= Instant::now()) {
            self.grant_ice().await?;
        }
        let now = self.known.engine.now();
        self.write(&ServerFrame::Heartbeat { now }).await
    }

    /// What media needs to find its way is told before the frame after which a call may begin.
    async fn tell_ways(&mut self, out: &Out) -> Result<(), End> {
        let Some(is_entitled) = is_entitled_by(out) else {
            return Ok(());
        };
        let was_entitled = std::mem::replace(&mut self.is_entitled, is_entitled);
        if is_entitled != was_entitled || matches!(out, Out::Welcome(_)) {
            self.grant_ice().await?;
        }
        Ok(())
    }

    async fn grant_ice(&mut self) -> Result<(), End> {
        let config = self.app.inner.config.now();
        let settings = &config.ice;
        let life = match self.known.kind {
            Kind::Agent { .. } => settings.credential_life,
            Kind::Customer => settings.customer_life(),
        };
        let renew_after = settings.renew_after(life).filter(|_| self.is_entitled);
        self.ice_due = renew_after.map(|after| Instant::now() + after);
        let ice = if self.is_entitled {
            settings.grant(utc_now(), self.link.0, life)
        } else {
            settings.without_credentials()
        };
        self.write(&ServerFrame::Ice { ice }).await
    }

    /// A changed password or a removed account voids tokens at once; one that has merely expired is the beat's affair.
    async fn check_token(&mut self) -> Result<(), End> {
        let Kind::Agent { token, .. } = self.known.kind else {
            return Ok(());
        };
        match signed_in(&self.known.engine, token).await {
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
                    retry_after_ms: None,
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
        self.tell(input).await
    }

    async fn tell(&mut self, input: Input) -> Result<(), End> {
        let waiting = Instant::now();
        let sent = self.known.engine.send(input).await;
        // Waiting for the engine is no silence of the client's.
        self.heard += waiting.elapsed();
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
            retry_after_ms: None,
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

    /// With whatever else waits already: what belongs together leaves in one packet.
    async fn send_all(&mut self, first: Out) -> Result<(), End> {
        self.feed(first).await?;
        for _ in 1..SENT_AT_ONCE {
            match self.outgoing.try_recv() {
                Ok(out) => self.feed(out).await?,
                Err(_) => break,
            }
        }
        flush(self.socket).await
    }

    async fn feed(&mut self, out: Out) -> Result<(), End> {
        self.tell_ways(&out).await?;
        let frame = match out {
            Out::Welcome(view) => ServerFrame::Welcome {
                version: LINK_VERSION,
                server: concat!("warmline-server/", env!("CARGO_PKG_VERSION")).to_owned(),
                now: self.known.engine.now(),
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
            Out::Written(delta) => {
                self.seq += 1;
                return feed(self.socket, delta_frame(self.seq, &delta)).await;
            }
            Out::Ack(id) => ServerFrame::Ack { id },
            Out::Refused {
                id,
                code,
                hint,
                retry_after_ms,
            } => ServerFrame::Refused {
                id,
                code,
                hint: hint.to_owned(),
                retry_after_ms,
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
        feed(self.socket, as_text(&frame)?).await
    }

    async fn write(&mut self, frame: &ServerFrame) -> Result<(), End> {
        write(self.socket, frame).await
    }
}

/// [`ServerFrame::Delta`] around a delta that is written already.
fn delta_frame(seq: u64, delta: &str) -> String {
    format!(r#"{{"type":"delta","seq":{seq},"delta":{delta}}}"#)
}

/// Whether whoever is shown this may use the relays; `None` where it says nothing of that. They cost somebody money:
/// agents have them while they are here, visitors of a page only once they have an interaction.
fn is_entitled_by(out: &Out) -> Option<bool> {
    let stage = match out {
        Out::Welcome(view) => match view.as_ref() {
            View::Agent { .. } => return Some(true),
            View::Customer { view } => &view.stage,
        },
        Out::Delta(delta) => match delta.as_ref() {
            Delta::Customer {
                delta: CustomerDelta::Stage { stage },
            } => stage,
            _ => return None,
        },
        _ => return None,
    };
    Some(match stage {
        CustomerStage::Idle | CustomerStage::Ended { .. } => false,
        CustomerStage::Waiting { .. }
        | CustomerStage::CalledBack { .. }
        | CustomerStage::Talking { .. } => true,
    })
}

/// The same watch again when something changed; nothing when nothing will any more.
async fn changed(mut changes: DirectoryChanges) -> Option<DirectoryChanges> {
    changes.changed().await.ok().map(|()| changes)
}

/// The same watch again when the machine's clock was set.
async fn clock_set(mut steps: ClockSteps) -> ClockSteps {
    if steps.changed().await.is_err() {
        // Nobody looks at the clock any more: the server is stopping.
        return std::future::pending().await;
    }
    steps
}

/// Also when the server is dropped without a word.
async fn stopped(stop: &mut tokio::sync::watch::Receiver<bool>) {
    drop(stop.wait_for(|is_stopping| *is_stopping).await);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_written_once_for_many_is_the_same_frame() {
        let delta = CustomerDelta::Stage {
            stage: CustomerStage::Idle,
        };
        let delta = Delta::Customer { delta };
        let Out::Written(written) = Out::written(&delta) else {
            panic!("it cannot be written")
        };
        let delta = Box::new(delta);
        let frame = ServerFrame::Delta { seq: 7, delta };
        let whole = serde_json::to_string(&frame).unwrap();
        assert_eq!(delta_frame(7, &written), whole);
    }
}
