//! How a connection ends: in silence, or with a goodbye that says why and when to come back.

use axum::extract::ws::{Message, WebSocket};
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

pub(super) async fn write(socket: &mut WebSocket, frame: &ServerFrame) -> Result<(), End> {
    let Ok(text) = serde_json::to_string(frame) else {
        tracing::error!("a frame could not be written as JSON");
        return Err(End::Silent);
    };
    match timeout(WRITE_WITHIN, socket.send(Message::Text(text.into()))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Silent),
    }
}
