//! The sound of recordings: one file each, in a folder per organisation beside the databases.
//!
//! A file grows by pieces under another name and gets its own only when it is whole, so that what is listened to never
//! changes. What is known of it stands in the store; the file goes first, so that a row without a file is harmless.

mod ogg;

pub(crate) use ogg::NotOggOpus;

use crate::engine::Engine;
use crate::private_file::{self, remove, size};
use ogg::Walk;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use vocab::{OrgSlug, RecordingId};

/// The folder within the data folder.
const FOLDER: &str = "recordings";

/// Longest recording: half a day at the desktop's rate, with room.
const MAX_BYTES: u64 = 1 << 30;

/// Files written at once; pieces of one recording always take the same turn.
const TURNS: usize = 16;

/// How often recordings are looked through for those that are to go.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Why a piece was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PieceError {
    /// Send on from here.
    #[error("{received} bytes are here")]
    WrongOffset { received: u64 },
    #[error("longer than any conversation")]
    TooLong,
    /// What had arrived is thrown away with it.
    #[error(transparent)]
    NotOggOpus(NotOggOpus),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Where recordings are; cheap to clone. Its methods wait for the disk: call them where that harms nobody.
#[derive(Clone, Debug)]
pub(crate) struct RecordingFiles {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    turns: [Mutex<()>; TURNS],
    /// How far recordings that arrive were looked through, so that each page is read once; made anew when it is missing.
    walks: Mutex<BTreeMap<PathBuf, Walk>>,
}

/// Recordings that arrive at once and are remembered.
const WALKS: usize = 256;

impl RecordingFiles {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            inner: Arc::new(Inner {
                folder: data.join(FOLDER),
                turns: Default::default(),
                walks: Mutex::default(),
            }),
        }
    }

    fn whole(&self, organisation: &OrgSlug, recording: RecordingId) -> PathBuf {
        let folder = self.inner.folder.join(organisation.as_str());
        folder.join(format!("{recording}.ogg"))
    }

    fn growing(&self, organisation: &OrgSlug, recording: RecordingId) -> PathBuf {
        self.whole(organisation, recording).with_extension("part")
    }

    /// One after the other for one recording. A panic while it was held left files that the next look judges anew.
    fn in_turn<T>(&self, recording: RecordingId, work: impl FnOnce() -> T) -> T {
        let turn = usize::from(recording.0.as_bytes()[15]) % TURNS;
        let _turn = self.inner.turns[turn]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work()
    }

    /// Bytes that have arrived, whole or not.
    pub(crate) fn received(
        &self,
        organisation: &OrgSlug,
        recording: RecordingId,
    ) -> std::io::Result<u64> {
        match size(&self.whole(organisation, recording))? {
            0 => size(&self.growing(organisation, recording)),
            whole => Ok(whole),
        }
    }

    /// Adds a piece at the end; gives the new length.
    ///
    /// # Errors
    /// [`PieceError`]; nothing of the piece is kept.
    pub(crate) fn append(
        &self,
        organisation: &OrgSlug,
        recording: RecordingId,
        offset: u64,
        piece: &[u8],
    ) -> Result<u64, PieceError> {
        self.in_turn(recording, || {
            let received = self.received(organisation, recording)?;
            if offset != received || size(&self.whole(organisation, recording))? > 0 {
                return Err(PieceError::WrongOffset { received });
            }
            let length = received + piece.len() as u64;
            if length > MAX_BYTES {
                return Err(PieceError::TooLong);
            }
            let growing = self.growing(organisation, recording);
            let mut file = private_file::append(&growing, offset, piece)?;
            match self.walk(&growing, &mut file, length) {
                Ok(_) => Ok(length),
                Err(NotOggOpus::Io(err)) => Err(err.into()),
                Err(err) => {
                    remove(&growing)?;
                    Err(PieceError::NotOggOpus(err))
                }
            }
        })
    }

    /// Walks over the pages that are new.
    fn walk(&self, growing: &Path, file: &mut File, length: u64) -> Result<Walk, NotOggOpus> {
        let walks = || {
            self.inner
                .walks
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let mut walk = walks().remove(growing).unwrap_or_default();
        walk.advance(file, length)?;
        let mut walks = walks();
        while walks.len() >= WALKS {
            walks.pop_first();
        }
        walks.insert(growing.to_owned(), walk.clone());
        Ok(walk)
    }

    /// Gives the file its own name when it is exactly what the desktop has and Ogg Opus of that length; otherwise it is
    /// removed, to be sent anew. Done again, it is checked again.
    ///
    /// # Errors
    /// [`NotOggOpus`], also when the disk fails.
    pub(crate) fn complete(
        &self,
        organisation: &OrgSlug,
        recording: RecordingId,
        bytes: u64,
        sha256: &str,
        duration_ms: u32,
    ) -> Result<bool, NotOggOpus> {
        self.in_turn(recording, || {
            let (whole, growing) = (
                self.whole(organisation, recording),
                self.growing(organisation, recording),
            );
            let is_there = size(&whole)? > 0;
            let path = if is_there { &whole } else { &growing };
            let is_same = size(path)? == bytes && sum(path)? == sha256;
            if is_there {
                return Ok(is_same);
            }
            if !is_same {
                self.forget_walk(&growing);
                remove(&growing)?;
                return Ok(false);
            }
            let mut file = File::open(&growing)?;
            let walked = self.walk(&growing, &mut file, bytes);
            let walked = walked.and_then(|walk| walk.finish(bytes, duration_ms.into()));
            self.forget_walk(&growing);
            match walked {
                Err(err @ NotOggOpus::Io(_)) => return Err(err),
                Err(err) => {
                    remove(&growing)?;
                    return Err(err);
                }
                Ok(()) => {}
            }
            // The desktop deletes its copy after this: the disk must have it.
            file.sync_all()?;
            std::fs::rename(&growing, &whole)?;
            if let Some(folder) = whole.parent() {
                File::open(folder)?.sync_all()?;
            }
            Ok(true)
        })
    }

    fn forget_walk(&self, growing: &Path) {
        let mut walks = self
            .inner
            .walks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        walks.remove(growing);
    }

    /// The whole recording and its length.
    pub(crate) fn open(
        &self,
        organisation: &OrgSlug,
        recording: RecordingId,
    ) -> std::io::Result<(File, u64)> {
        let file = File::open(self.whole(organisation, recording))?;
        let length = file.metadata()?.len();
        Ok((file, length))
    }

    pub(crate) fn remove(
        &self,
        organisation: &OrgSlug,
        recording: RecordingId,
    ) -> std::io::Result<()> {
        self.in_turn(recording, || {
            self.forget_walk(&self.growing(organisation, recording));
            remove(&self.growing(organisation, recording))?;
            remove(&self.whole(organisation, recording))
        })
    }

    /// Copies what is whole into another data folder; what is there already stays. Gives the count of files.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub(crate) fn copy_to(&self, organisation: &OrgSlug, data: &Path) -> std::io::Result<u32> {
        let from = self.inner.folder.join(organisation.as_str());
        let to = data.join(FOLDER).join(organisation.as_str());
        let entries = match std::fs::read_dir(&from) {
            Err(err) if err.kind() == ErrorKind::NotFound => return Ok(0),
            entries => entries?,
        };
        let mut copied = 0;
        for entry in entries {
            let path = entry?.path();
            let (Some(name), true) = (path.file_name(), path.extension().is_some_and(is_ogg))
            else {
                continue;
            };
            let target = to.join(name);
            if target.exists() {
                continue;
            }
            let unfinished = target.with_extension("part");
            let mut copy = private_file::open(&unfinished)?;
            match File::open(&path) {
                // Removed meanwhile, as retention and erasure may.
                Err(err) if err.kind() == ErrorKind::NotFound => {
                    remove(&unfinished)?;
                    continue;
                }
                file => std::io::copy(&mut file?, &mut copy)?,
            };
            copy.sync_all()?;
            std::fs::rename(&unfinished, &target)?;
            copied += 1;
        }
        Ok(copied)
    }
}

/// Removes recordings: their sound, then what is known of them. The number of them.
///
/// # Errors
/// When the store or a file cannot be written; calling it again goes on.
pub(crate) async fn forget(
    engine: &Engine,
    files: &RecordingFiles,
    which: impl FnOnce(&dyn store::Recordings) -> store::Result<Vec<RecordingId>> + Send + 'static,
) -> store::Result<usize> {
    let (files, organisation) = (files.clone(), engine.organisation().clone());
    engine
        .readers()
        .recordings(move |recordings| {
            let found = which(recordings)?;
            for recording in &found {
                files.remove(&organisation, *recording).map_err(|err| {
                    store::StoreError::Backend {
                        detail: err.to_string(),
                    }
                })?;
                recordings.remove(*recording)?;
            }
            Ok(found.len())
        })
        .await
}

/// Removes recordings that are older than they are kept, and those whose interactions were erased, until the server
/// stops. What was erased is found no more from that moment; its sound goes here.
pub(crate) async fn keep_for(
    age: Duration,
    engine: Engine,
    files: RecordingFiles,
    mut stop: watch::Receiver<bool>,
) {
    let age_ms = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
    let mut ages_changed = engine.unwitnessed();
    loop {
        match forget_old(&engine, &files, age_ms).await {
            Ok(0) => tracing::debug!("no recording is to go"),
            Ok(count) => tracing::info!(count, "old or erased recordings were removed"),
            Err(err) => tracing::warn!(%err, "recordings could not be removed; trying again"),
        }
        tokio::select! {
            _ = stop.wait_for(|is_stopping| *is_stopping) => return,
            Ok(()) = ages_changed.changed() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn forget_old(engine: &Engine, files: &RecordingFiles, age_ms: u64) -> store::Result<usize> {
    let old = crate::clock::ages(engine).await?;
    let old = old.map_or_else(Vec::new, |ages| ages.older_than(age_ms));
    forget(engine, files, move |recordings| {
        let mut found = recordings.begun_at(&old)?;
        found.extend(recordings.erased()?);
        Ok(found)
    })
    .await
}

fn is_ogg(extension: &std::ffi::OsStr) -> bool {
    extension == "ogg"
}

/// SHA-256 in lower-case hexadecimal.
fn sum(path: &Path) -> std::io::Result<String> {
    let mut file = match File::open(path) {
        Err(err) if err.kind() == ErrorKind::NotFound => return Ok(String::new()),
        file => file?,
    };
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 * 1_024];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => hash.update(&piece[..read]),
        }
    }
    Ok(format!("{:x}", hash.finalize()))
}

#[cfg(test)]
mod tests;
