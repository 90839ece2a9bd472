//! Recordings over REST: handed in by pieces from the desktop that made them, listened to, removed.

use super::auth::Caller;
use super::problem::Problem;
use crate::app::App;
use crate::engine::utc_now;
use crate::recordings::{PieceError, RecordingFiles};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use protocol::link::ErrorCode;
use protocol::rest::{NewRecording, RecordingEnd, RecordingReceived, RecordingSummary};
use serde::Deserialize;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use store::{MayBeRecorded, NewRecordingRow, RecordingRow, Stamp, StoreError};
use vocab::{RecordingId, Role};

/// Longest piece, in bytes.
pub(super) const PIECE_BYTES: usize = 1_024 * 1_024;

/// Bytes read from the disk at once while somebody listens.
const READ_BYTES: usize = 64 * 1_024;

/// Pauses in one recording.
const MAX_PAUSES: usize = 1_000;

#[derive(Deserialize)]
pub(crate) struct At {
    offset: u64,
}

type Id = Result<Path<RecordingId>, PathRejection>;

fn no_recording() -> Problem {
    let hint = "there is no such recording";
    Problem::new(StatusCode::NOT_FOUND, ErrorCode::UnknownInteraction, hint)
}

fn forbidden(hint: &'static str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, ErrorCode::NotAllowed, hint)
}

fn disk(err: &std::io::Error) -> Problem {
    tracing::error!(%err, "a recording could not be read or written");
    let hint = "the server cannot read or write recordings at the moment; please try again";
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::StorageFailed,
        hint,
    )
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Problem::internal())
}

async fn find(caller: &Caller, id: Id) -> Result<(RecordingId, RecordingRow), Problem> {
    let Path(id) = id?;
    let found = caller
        .engine
        .readers()
        .recordings(move |recordings| recordings.recording(id))
        .await?;
    found.map(|row| (id, row)).ok_or_else(no_recording)
}

/// Only whose desktop recorded may hand it in.
async fn find_own(caller: &Caller, id: Id) -> Result<(RecordingId, RecordingRow), Problem> {
    let (id, row) = find(caller, id).await?;
    if row.summary.agent == caller.user.agent {
        Ok((id, row))
    } else {
        Err(forbidden("this recording is another agent's"))
    }
}

/// Announces a recording, or asks how much of it has arrived.
pub(crate) async fn announce(
    State(app): State<App>,
    caller: Caller,
    body: Result<Json<NewRecording>, JsonRejection>,
) -> Result<Json<RecordingReceived>, Problem> {
    let Json(new) = body?;
    let row = NewRecordingRow {
        recording: new.recording,
        interaction: new.interaction,
        agent: caller.user.agent,
        started_at: new.started_at.min(caller.engine.now()),
    };
    let answer = caller
        .engine
        .readers()
        .recordings(move |recordings| match recordings.may_be_recorded(&row)? {
            MayBeRecorded::Yes => match recordings.announce(&row) {
                Ok(()) => recordings.recording(row.recording).map(Ok),
                Err(StoreError::Taken { .. }) => Ok(Err(MayBeRecorded::NotTheirs)),
                Err(err) => Err(err),
            },
            no => Ok(Err(no)),
        })
        .await?;
    let row = match answer {
        Ok(row) => row.ok_or_else(no_recording)?,
        Err(MayBeRecorded::WithoutConsent) => {
            return Err(forbidden("the customer did not allow a recording"));
        }
        Err(MayBeRecorded::Enough) => {
            return Err(forbidden(
                "this interaction has as many recordings as it may",
            ));
        }
        Err(MayBeRecorded::Unknown) => {
            let hint = "there is no such interaction";
            let code = ErrorCode::UnknownInteraction;
            return Err(Problem::new(StatusCode::NOT_FOUND, code, hint));
        }
        Err(MayBeRecorded::NotTheirs | MayBeRecorded::Yes) => {
            return Err(forbidden("this interaction or recording is not yours"));
        }
    };
    received(&app, &caller, &row).await.map(Json)
}

async fn received(
    app: &App,
    caller: &Caller,
    row: &RecordingRow,
) -> Result<RecordingReceived, Problem> {
    let (files, organisation) = (
        app.inner.recordings.clone(),
        caller.engine.organisation().clone(),
    );
    let (id, is_complete) = (row.summary.recording, row.summary.is_complete);
    let received = on_disk(move || files.received(&organisation, id))
        .await?
        .map_err(|err| disk(&err))?;
    Ok(RecordingReceived {
        received,
        is_complete,
    })
}

/// Takes the next piece. One that does not follow what is here is refused; announcing again tells where to go on.
pub(crate) async fn put_piece(
    State(app): State<App>,
    caller: Caller,
    id: Id,
    at: Result<Query<At>, QueryRejection>,
    piece: Result<Bytes, BytesRejection>,
) -> Result<Json<RecordingReceived>, Problem> {
    let Query(At { offset }) = at?;
    let (id, row) = find_own(&caller, id).await?;
    let piece = piece.map_err(|_| {
        let hint = "a piece is at most 1 MiB";
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::FrameTooLarge,
            hint,
        )
    })?;
    let (files, organisation) = (
        app.inner.recordings.clone(),
        caller.engine.organisation().clone(),
    );
    let taken = on_disk(move || files.append(&organisation, id, offset, &piece)).await?;
    match taken {
        Ok(received) => Ok(Json(RecordingReceived {
            received,
            is_complete: row.summary.is_complete,
        })),
        Err(PieceError::WrongOffset { received }) => Err(Problem::new(
            StatusCode::CONFLICT,
            ErrorCode::NotNow,
            format!("{received} bytes are here; send on from there"),
        )),
        Err(PieceError::TooLong) => Err(Problem::bad_field("a recording is at most 1 GiB")),
        Err(PieceError::Io(err)) => Err(disk(&err)),
    }
}

/// All was sent: it is kept when it is what the desktop has.
pub(crate) async fn complete(
    State(app): State<App>,
    caller: Caller,
    id: Id,
    body: Result<Json<RecordingEnd>, JsonRejection>,
) -> Result<Json<RecordingSummary>, Problem> {
    let Json(end) = body?;
    let (id, _) = find_own(&caller, id).await?;
    if end.bytes == 0 || end.pauses.len() > MAX_PAUSES {
        return Err(Problem::bad_field(
            "bytes: at least 1; pauses: at most 1000",
        ));
    }
    let (files, organisation) = (
        app.inner.recordings.clone(),
        caller.engine.organisation().clone(),
    );
    let (bytes, sha256) = (end.bytes, end.sha256.clone());
    let is_same = on_disk(move || files.complete(&organisation, id, bytes, &sha256))
        .await?
        .map_err(|err| disk(&err))?;
    if !is_same {
        let hint = "what arrived is not what was sent; send it again from the beginning";
        return Err(Problem::new(
            StatusCode::CONFLICT,
            ErrorCode::BadField,
            hint,
        ));
    }
    let row = caller
        .engine
        .readers()
        .recordings(move |recordings| {
            recordings.complete(id, &end)?;
            recordings.recording(id)
        })
        .await?;
    tracing::info!(organisation = %caller.engine.organisation(), recording = %id, bytes, "a recording arrived");
    row.map(|row| Json(row.summary)).ok_or_else(no_recording)
}

fn is_supervising(role: Role) -> bool {
    matches!(role, Role::Supervisor | Role::Admin)
}

/// The sound, whole or the one range that was asked for. Each listening is in the audit trail.
pub(crate) async fn listen(
    State(app): State<App>,
    caller: Caller,
    id: Id,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (id, row) = find(&caller, id).await?;
    if row.summary.agent != caller.user.agent && !is_supervising(caller.user.role) {
        return Err(forbidden(
            "the agent who had the conversation and supervisors may listen",
        ));
    }
    if !row.summary.is_complete {
        let hint = "the recording is still on its way from the agent's desktop";
        return Err(Problem::new(StatusCode::CONFLICT, ErrorCode::NotNow, hint));
    }
    note(&caller, "recording_listened", id).await?;
    let (file, length) = open(&app.inner.recordings, &caller, id).await?;
    let range = match headers.get(header::RANGE) {
        None => None,
        Some(asked) => match range_of(asked, length) {
            Some(range) => Some(range),
            None => return Ok(not_satisfiable(length)),
        },
    };
    Ok(sound(file, length, range))
}

async fn note(caller: &Caller, what: &'static str, id: RecordingId) -> Result<(), Problem> {
    let by = caller.user.user.clone();
    caller
        .engine
        .readers()
        .recordings(move |recordings| {
            let stamp = Stamp {
                at: utc_now(),
                by: &by,
            };
            recordings.note_access(stamp, what, id)
        })
        .await?;
    Ok(())
}

async fn open(
    files: &RecordingFiles,
    caller: &Caller,
    id: RecordingId,
) -> Result<(File, u64), Problem> {
    let (files, organisation) = (files.clone(), caller.engine.organisation().clone());
    on_disk(move || files.open(&organisation, id))
        .await?
        .map_err(|err| match err.kind() {
            std::io::ErrorKind::NotFound => no_recording(),
            _ => disk(&err),
        })
}

/// First and last byte of `bytes=a-b`, `bytes=a-` or `bytes=-n`, within the length; nothing for what has none.
fn range_of(asked: &HeaderValue, length: u64) -> Option<(u64, u64)> {
    let (first, last) = asked
        .to_str()
        .ok()?
        .trim()
        .strip_prefix("bytes=")?
        .split_once('-')?;
    let end = length.checked_sub(1)?;
    let (first, last) = match (first.trim(), last.trim()) {
        ("", count) => {
            let count: u64 = count.parse().ok()?;
            (length.checked_sub(count.min(length))?, end)
        }
        (first, "") => (first.parse().ok()?, end),
        (first, last) => (first.parse().ok()?, last.parse::<u64>().ok()?.min(end)),
    };
    (first <= last && first < length).then_some((first, last))
}

fn not_satisfiable(length: u64) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{length}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

fn sound(file: File, length: u64, range: Option<(u64, u64)>) -> Response {
    let (first, last) = range.unwrap_or((0, length.saturating_sub(1)));
    let count = (last + 1).saturating_sub(first).min(length);
    let mut response = Response::new(Body::from_stream(pieces(file, first, count)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/ogg"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(count));
    if range.is_some()
        && let Ok(value) = HeaderValue::from_str(&format!("bytes {first}-{last}/{length}"))
    {
        headers.insert(header::CONTENT_RANGE, value);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

/// The file from `first` on, read as fast as it is listened to.
fn pieces(
    file: File,
    first: u64,
    count: u64,
) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    futures_util::stream::try_unfold((file, first, count), |(mut file, first, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let read = tokio::task::spawn_blocking(move || {
            let wanted = usize::try_from(left).unwrap_or(READ_BYTES).min(READ_BYTES);
            let mut piece = vec![0; wanted];
            file.seek(SeekFrom::Start(first))?;
            file.read_exact(&mut piece)?;
            Ok::<_, std::io::Error>((file, piece))
        });
        let (file, piece) = read.await.map_err(std::io::Error::other)??;
        let got = piece.len() as u64;
        Ok(Some((Bytes::from(piece), (file, first + got, left - got))))
    })
}

/// Removes a recording for good.
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    id: Id,
) -> Result<StatusCode, Problem> {
    if !is_supervising(caller.user.role) {
        return Err(forbidden("supervisors remove recordings"));
    }
    let (id, _) = find(&caller, id).await?;
    note(&caller, "recording_removed", id).await?;
    crate::recordings::forget(&caller.engine, &app.inner.recordings, move |_| Ok(vec![id])).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_lies_within_the_recording_or_is_none() {
        for (asked, range) in [
            ("bytes=0-", Some((0, 99))),
            ("bytes=10-19", Some((10, 19))),
            ("bytes=90-500", Some((90, 99))),
            ("bytes=-10", Some((90, 99))),
            ("bytes=-500", Some((0, 99))),
            ("bytes=100-", None),
            ("bytes=20-10", None),
            ("bytes=0-1,5-6", None),
            ("seconds=1-2", None),
            ("bytes=--1", None),
        ] {
            let value = HeaderValue::from_static(asked);
            assert_eq!(range_of(&value, 100), range, "{asked}");
        }
        assert_eq!(range_of(&HeaderValue::from_static("bytes=0-"), 0), None);
    }
}
