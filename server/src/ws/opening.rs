//! A connection from its upgrade to its close: admitted, greeted by the first frame, then served.

use super::connection::Connection;
use super::ending::{End, WRITE_WITHIN, goodbye, write};
use super::hello::{Kind, Known, NotWelcome, greet};
use super::limits::Place;
use super::lost::{Seen, was_meant_as_link};
use crate::app::App;
use crate::engine::{Input, LinkId, OUTGOING_CAPACITY, Out};
use crate::http::ClientAddress;
use crate::limits::Origin;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::link::{ClientFrame, ErrorCode, ServerFrame};
use protocol::{LINK_VERSION, MAX_FRAME_BYTES};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// The hello comes within this, or the connection is closed.
const HELLO_WITHIN: Duration = Duration::from_secs(5);

/// Whoever finds no room for a link comes again after so many seconds.
const FULL_WAIT_S: &str = "10";

/// A slow network is no reason to stay away.
const LATE_AGAIN_MS: u64 = 1_000;

/// After the goodbye, what is still on its way is read for this long at most.
const DRAIN_WITHIN: Duration = Duration::from_millis(500);

/// Messages up to this are read whole, so that a too large frame can be refused in words before the close.
const READABLE_BYTES: usize = 4 * MAX_FRAME_BYTES;

/// An idle link keeps buffers of this size.
const BUFFER_BYTES: usize = 2 * 1_024;

/// What the page says with its request for a link.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Said {
    /// The name of this try.
    #[serde(default)]
    r#try: String,
}

pub(crate) async fn upgrade(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Query(said): Query<Said>,
    headers: HeaderMap,
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let socket = match socket {
        Ok(socket) => socket,
        Err(rejection) if was_meant_as_link(&headers) => {
            tracing::debug!(%rejection, "a link without its upgrade");
            return lost_upgrade(&app, &said.r#try);
        }
        Err(rejection) => return rejection.into_response(),
    };
    let origin = Origin::of(address);
    let place = match app.inner.links.admit(origin) {
        Ok(place) => place,
        Err(limit) => {
            app.inner.lost_tries.note(&said.r#try, Seen::Full);
            app.inner.organisations.bit(limit);
            let wait = [(header::RETRY_AFTER, FULL_WAIT_S)];
            let text = "too many links; try again later\n";
            return (StatusCode::SERVICE_UNAVAILABLE, wait, text).into_response();
        }
    };
    socket
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(READABLE_BYTES)
        .max_frame_size(READABLE_BYTES)
        .on_upgrade(move |socket| Box::pin(serve(app, socket, (place, origin))))
}

/// Told to the operator, because nobody else can mend it, and to the page when it asks.
fn lost_upgrade(app: &App, name: &str) -> Response {
    let lost = &app.inner.lost_tries;
    lost.note(name, Seen::Stripped);
    let metrics = &app.inner.metrics;
    metrics.links_stripped.fetch_add(1, Ordering::Relaxed);
    if lost.stripped_told.is_time(std::time::Instant::now()) {
        tracing::error!(
            "a request for a link arrived without its Upgrade header: a proxy before this server drops it, and nobody \
             can call or work through it. For nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
             proxy_set_header Connection \"upgrade\";"
        );
    }
    let text =
        "the Upgrade header was lost on the way; a proxy before this server has to pass it on\n";
    (StatusCode::UPGRADE_REQUIRED, text).into_response()
}

async fn serve(app: App, mut socket: WebSocket, (place, origin): (Place, Origin)) {
    let link = LinkId(place.id);
    let (out, outgoing) = mpsc::channel(OUTGOING_CAPACITY);
    let end = match Box::pin(first_frame(&app, &mut socket, (link, origin), out)).await {
        Ok(known) => {
            let gauge = match known.kind {
                Kind::Agent { .. } => &app.inner.metrics.links_agent,
                Kind::Customer => &app.inner.metrics.links_customer,
            };
            gauge.fetch_add(1, Ordering::Relaxed);
            let mut connection = Connection::new(&app, &mut socket, link, known, outgoing);
            let end = connection.live().await;
            let engine = connection.engine().clone();
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
    (link, origin): (LinkId, Origin),
    out: mpsc::Sender<Out>,
) -> Result<Known, End> {
    let late = || {
        goodbye(
            ErrorCode::HelloExpected,
            "no hello within 5 seconds",
            Some(LATE_AGAIN_MS),
        )
    };
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
    greet(app, (link, origin), frame, out).await.map_err(
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
