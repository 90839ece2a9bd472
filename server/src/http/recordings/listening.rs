//! Listening to a recording: who may, and the one range that is asked for.

use super::{Id, disk, find, forbidden, is_supervising, no_recording, note};
use crate::app::App;
use crate::http::auth::Caller;
use crate::http::on_disk::{on_disk, pieces};
use crate::http::problem::Problem;
use crate::recordings::RecordingFiles;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use protocol::link::ErrorCode;
use std::fs::File;
use vocab::RecordingId;

/// The sound, whole or the one range that was asked for. Each listening is in the audit trail.
pub(super) async fn listen(
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
        return Err(Problem::new(ErrorCode::NotNow, hint));
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
