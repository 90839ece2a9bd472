//! How a connection ends: in silence, or with a goodbye that says why and when to come back.

use axum::extract::ws::{Message, WebSocket};
use futures_util::SinkExt;
use protocol::link::{ErrorCode, ServerFrame};
use std::time::Duration;
use tokio::time::timeout;

/// A frame that cannot be written within this means that the client reads no more.
pub(super) const WRITE_WITHIN: Duration = Duration::from_secs(5);

/// A client that was closed for its manners may come back after this.
pub(super) const MANNERS_RETRY_MS: u64 = 10_000;

/// Why a connection ends; `Goodbye` says so to the client first.
pub(super) enum End {
    Silent,
    Goodbye {
        code: ErrorCode,
        hint: &'static str,
        retry_after_ms: Option<u64>,
    },
}

pub(super) fn goodbye(code: ErrorCode, hint: &'static str, retry_after_ms: Option<u64>) -> End {
    End::Goodbye {
        code,
        hint,
        retry_after_ms,
    }
}

pub(super) fn expired() -> End {
    goodbye(
        ErrorCode::TokenExpired,
        "the sign-in has expired; sign in again",
        None,
    )
}

/// The library refuses what is beyond what may be read whole before reading it.
pub(super) fn read_end(err: &axum::Error) -> End {
    if err.to_string().to_lowercase().contains("too long") {
        return goodbye(
            ErrorCode::FrameTooLarge,
            "frames are at most 64 KiB",
            Some(MANNERS_RETRY_MS),
        );
    }
    End::Silent
}

pub(super) fn as_text(frame: &ServerFrame) -> Result<String, End> {
    serde_json::to_string(frame).map_err(|_| {
        tracing::error!("a frame could not be written as JSON");
        End::Silent
    })
}

/// It leaves with the next flush, or when enough has gathered.
pub(super) async fn feed(socket: &mut WebSocket, text: String) -> Result<(), End> {
    in_time(socket.feed(Message::Text(text.into()))).await
}

pub(super) async fn flush(socket: &mut WebSocket) -> Result<(), End> {
    in_time(socket.flush()).await
}

pub(super) async fn write(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), End> {
    let text = as_text(frame)?;
    in_time(socket.send(Message::Text(text.into()))).await
}

async fn in_time(writing: impl Future<Output = Result<(), axum::Error>>) -> Result<(), End> {
    match timeout(WRITE_WITHIN, writing).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Silent),
    }
}
