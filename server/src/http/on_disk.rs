//! Work on files behind REST: away from the async threads, and files as bodies.

use super::problem::Problem;
use axum::body::Bytes;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// Bytes read at once while a client fetches.
const READ_BYTES: usize = 64 * 1_024;

/// Runs work that waits for the disk on a blocking thread.
///
/// # Errors
/// `Internal` when the work panicked.
pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Problem::internal())
}

/// `count` bytes of a file from `first` on, read as fast as the client takes them.
pub(super) fn pieces(
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
