//! Recordings over REST: handed in by pieces from the desktop that made them, listened to, removed.

mod listening;

use super::auth::Caller;
use super::body::JsonBody;
use super::on_disk::on_disk;
use super::operation::Operation;
use super::problem::Problem;
use crate::app::App;
use crate::engine::utc_now;
use crate::recordings::{NotOggOpus, PieceError};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use protocol::link::ErrorCode;
use protocol::rest::{NewRecording, RecordingEnd, RecordingReceived, RecordingSummary};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{MayBeRecorded, NewRecordingRow, RecordingRow, Stamp, StoreError};
use vocab::{RecordingId, Role};

/// Longest piece, in bytes.
pub(super) const PIECE_BYTES: usize = 1_024 * 1_024;

/// Pauses in one recording.
const MAX_PAUSES: usize = 1_000;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct At {
    /// Bytes that were sent before.
    offset: u64,
}

type Id = Result<Path<RecordingId>, PathRejection>;

/// The operations of this module.
pub(super) fn operations() -> Vec<Operation> {
    use ErrorCode::{NotAllowed, NotNow, NotOggOpus, RecordingDiffers, UnknownInteraction};
    const OGG: &str = "audio/ogg";
    vec![
        Operation::post("/v1/recordings", announce)
            .named(
                "announceRecording",
                "Announce a recording, or ask how much of it has arrived",
            )
            .body::<NewRecording>()
            .answers::<RecordingReceived>("Send on from `received`.")
            .refuses(&[NotAllowed, UnknownInteraction]),
        Operation::put("/v1/recordings/{id}/data", put_piece)
            .named(
                "sendRecording",
                "Send the next piece of a recording, at most 1 MiB",
            )
            .part::<RecordingId>("id")
            .query::<At>()
            .bytes("application/octet-stream", PIECE_BYTES)
            .answers::<RecordingReceived>("Send on from `received`.")
            .refuses(&[NotAllowed, UnknownInteraction, NotNow, NotOggOpus]),
        Operation::post("/v1/recordings/{id}/complete", complete)
            .named("completeRecording", "All was sent: keep it when it is this")
            .part::<RecordingId>("id")
            .body::<RecordingEnd>()
            .answers::<RecordingSummary>("The recording is kept.")
            .refuses(&[NotAllowed, UnknownInteraction, RecordingDiffers, NotOggOpus]),
        Operation::get("/v1/recordings/{id}", listening::listen)
            .named("listen", "The sound, whole or one range of it")
            .part::<RecordingId>("id")
            .header::<Option<String>>("Range")
            .answers_bytes(200, OGG, "The whole recording.")
            .answers_bytes(206, OGG, "The range that was asked for.")
            .answer(
                416,
                "There is no such range; `Content-Range` tells the length.",
                None,
            )
            .refuses(&[NotAllowed, UnknownInteraction, NotNow]),
        Operation::delete("/v1/recordings/{id}", remove)
            .named(
                "removeRecording",
                "Remove a recording for good, for supervisors",
            )
            .part::<RecordingId>("id")
            .done("It is gone.")
            .refuses(&[NotAllowed, UnknownInteraction]),
    ]
}

fn no_recording() -> Problem {
    let hint = "there is no such recording";
    Problem::new(ErrorCode::UnknownInteraction, hint)
}

fn forbidden(hint: &'static str) -> Problem {
    Problem::new(ErrorCode::NotAllowed, hint)
}

fn disk(err: &std::io::Error) -> Problem {
    tracing::error!(%err, "a recording could not be read or written");
    let hint = "the server cannot read or write recordings at the moment; please try again";
    Problem::new(ErrorCode::StorageFailed, hint)
}

fn no_ogg(why: &NotOggOpus) -> Problem {
    match why {
        NotOggOpus::Io(err) => disk(err),
        why => {
            tracing::warn!(%why, "what was handed in as a recording is not Ogg Opus");
            let hint = format!("this is no recording in Ogg Opus ({why}); nothing of it was kept");
            Problem::new(ErrorCode::NotOggOpus, hint)
        }
    }
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
    body: JsonBody<NewRecording>,
) -> Result<Json<RecordingReceived>, Problem> {
    let JsonBody(new) = body;
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
            return Err(Problem::new(code, hint));
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
    let piece = piece?;
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
            ErrorCode::NotNow,
            format!("{received} bytes are here; send on from there"),
        )),
        Err(PieceError::TooLong) => Err(Problem::bad_field("a recording is at most 1 GiB")),
        Err(PieceError::NotOggOpus(why)) => Err(no_ogg(&why)),
        Err(PieceError::Io(err)) => Err(disk(&err)),
    }
}

/// All was sent: it is kept when it is what the desktop has.
pub(crate) async fn complete(
    State(app): State<App>,
    caller: Caller,
    id: Id,
    body: JsonBody<RecordingEnd>,
) -> Result<Json<RecordingSummary>, Problem> {
    let JsonBody(end) = body;
    let (id, _) = find_own(&caller, id).await?;
    let is_sum = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if end.bytes == 0 || end.pauses.len() > MAX_PAUSES {
        let hint = "bytes: at least 1; pauses: at most 1000";
        return Err(Problem::bad_field(hint));
    }
    if end.sha256.len() != 64 || !end.sha256.bytes().all(is_sum) {
        let hint = "sha256: expected 64 hexadecimal digits in lower case";
        return Err(Problem::bad_field(hint));
    }
    let (files, organisation) = (
        app.inner.recordings.clone(),
        caller.engine.organisation().clone(),
    );
    let (bytes, sha256) = (end.bytes, end.sha256.clone());
    let duration_ms = end.duration_ms;
    let work = move || files.complete(&organisation, id, bytes, &sha256, duration_ms);
    let is_same = on_disk(work).await?.map_err(|why| no_ogg(&why))?;
    if !is_same {
        let hint = "what arrived is not what was sent; send it again from the beginning";
        return Err(Problem::new(ErrorCode::RecordingDiffers, hint));
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
