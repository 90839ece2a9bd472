//! Handing recordings in: piece by piece from where the server is, until it confirms the whole; then they go from here.

use super::shelf::{Facts, Shelf};
use crate::rest::RestClient;
use protocol::desktop::DesktopError;
use protocol::link::ErrorCode;
use protocol::rest::{NewRecording, RecordingEnd};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;
use vocab::RecordingId;

/// Sent in one request: a slow line takes seconds for it, and a cut costs no more.
const PIECE_BYTES: usize = 256 * 1_024;
/// Waits after failures: the first, doubled up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Times the server may lose its place within one recording before it is left alone for a while.
const MOST_STARTS: u32 = 4;

/// What is told while recordings are handed in.
#[derive(Debug)]
pub(crate) enum Sent {
    /// One is with the server and no longer here.
    One,
    /// The server does not want it; it is removed here.
    Unwanted {
        hint: String,
    },
    TokenExpired,
    /// Nothing waits any more.
    All,
}

/// Why one recording is still here.
enum Left {
    /// The line, the server or this disk; it is tried again.
    ForNow(DesktopError),
    /// The server will never take it.
    ForGood { hint: String },
}

impl From<DesktopError> for Left {
    fn from(error: DesktopError) -> Self {
        match error {
            DesktopError::Refused {
                code: ErrorCode::NotAllowed | ErrorCode::UnknownInteraction | ErrorCode::NotOggOpus,
                hint,
            } => Self::ForGood { hint },
            other => Self::ForNow(other),
        }
    }
}

/// Hands in everything of `account` that waits, however long it takes.
pub(crate) async fn send_all(
    shelf: Shelf,
    account: String,
    rest: RestClient,
    told: mpsc::Sender<Sent>,
) {
    let mut wait = FIRST_WAIT;
    let mut failures = 0;
    loop {
        let look = (shelf.clone(), account.clone());
        let Ok(waiting) = blocking(move || look.0.waiting(&look.1)).await else {
            return;
        };
        // One that this disk does not give out any more must not keep the others here.
        let turn = failures % waiting.len().max(1);
        let Some(facts) = waiting.get(turn) else {
            let _ = told.send(Sent::All).await;
            return;
        };
        let recording = facts.recording;
        let news = match send(&shelf, facts, &rest).await {
            Ok(()) => Sent::One,
            Err(Left::ForGood { hint }) => Sent::Unwanted { hint },
            Err(Left::ForNow(DesktopError::Refused {
                code: ErrorCode::TokenExpired,
                ..
            })) => {
                let _ = told.send(Sent::TokenExpired).await;
                return;
            }
            Err(Left::ForNow(error)) => {
                tracing::info!(%recording, ?error, "a recording waits to be sent");
                failures += 1;
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
                continue;
            }
        };
        wait = FIRST_WAIT;
        let folder = shelf.clone();
        if blocking(move || folder.remove(recording)).await.is_err()
            || told.send(news).await.is_err()
        {
            return;
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Left> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| local(&error))
}

fn local(error: &dyn std::fmt::Display) -> Left {
    Left::ForNow(DesktopError::Local {
        detail: error.to_string(),
    })
}

async fn send(shelf: &Shelf, facts: &Facts, rest: &RestClient) -> Result<(), Left> {
    let path = shelf.sound(facts.recording);
    let summed = path.clone();
    let (bytes, sha256) = blocking(move || sum(&summed))
        .await?
        .map_err(|error| gone_or_local(&error))?;
    let new = NewRecording {
        recording: facts.recording,
        interaction: facts.interaction,
        started_at: facts.started_at,
    };
    let end = RecordingEnd {
        bytes,
        sha256,
        duration_ms: facts.duration_ms,
        pauses: facts.pauses.clone(),
    };
    for _ in 0..MOST_STARTS {
        let known = rest.announce_recording(&new).await?;
        if !known.is_complete
            && known.received <= bytes
            && !send_from(&path, facts.recording, known.received, rest).await?
        {
            continue;
        }
        match rest.complete_recording(facts.recording, &end).await {
            Ok(_) => return Ok(()),
            // What arrived was not this; the server has thrown it away and takes it anew.
            Err(DesktopError::Refused {
                code: ErrorCode::RecordingDiffers,
                ..
            }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(local(&"the server did not take it whole"))
}

/// A recording whose sound is missing can never be handed in.
fn gone_or_local(error: &std::io::Error) -> Left {
    match error.kind() {
        std::io::ErrorKind::NotFound => Left::ForGood {
            hint: "its sound is missing on this machine".to_owned(),
        },
        _ => local(error),
    }
}

/// False when the server is at another place than we believed.
async fn send_from(
    path: &Path,
    recording: RecordingId,
    from: u64,
    rest: &RestClient,
) -> Result<bool, Left> {
    let mut offset = from;
    loop {
        let part: PathBuf = path.to_owned();
        let piece = blocking(move || read_piece(&part, offset))
            .await?
            .map_err(|error| local(&error))?;
        if piece.is_empty() {
            return Ok(true);
        }
        match rest.send_recording(recording, offset, piece).await {
            Ok(answer) => offset = answer.received,
            Err(DesktopError::Refused {
                code: ErrorCode::NotNow,
                ..
            }) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
}

fn read_piece(path: &Path, offset: u64) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    file.take(PIECE_BYTES as u64).read_to_end(&mut piece)?;
    Ok(piece)
}

/// Its length and its SHA-256 in lower-case hexadecimal.
fn sum(path: &Path) -> std::io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let (mut bytes, mut hash) = (0, Sha256::new());
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => {
                bytes += read as u64;
                hash.update(&piece[..read]);
            }
        }
    }
    Ok((bytes, format!("{:x}", hash.finalize())))
}
