//! Files of imports: one as it was sent, and one with the rows that were refused; both private to the server's user.

use crate::private_file;
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use vocab::{ImportId, OrgSlug};

/// The folder within the data folder.
const FOLDER: &str = "imports";

/// Why a piece was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PieceError {
    #[error("{received} bytes are here")]
    WrongOffset { received: u64 },
    #[error("longer than was said")]
    TooLong,
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Cheap to clone. Its methods wait for the disk.
#[derive(Clone, Debug)]
pub(crate) struct ImportFiles {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    max_bytes: u64,
    turn: Mutex<()>,
}

impl ImportFiles {
    pub(crate) fn new(data: &Path, max_bytes: u64) -> Self {
        Self {
            inner: Arc::new(Inner {
                folder: data.join(FOLDER),
                max_bytes,
                turn: Mutex::default(),
            }),
        }
    }

    /// Longest file that is taken.
    pub(crate) fn max_bytes(&self) -> u64 {
        self.inner.max_bytes
    }

    pub(crate) fn upload(&self, organisation: &OrgSlug, import: ImportId) -> PathBuf {
        let folder = self.inner.folder.join(organisation.as_str());
        folder.join(format!("{import}.upload"))
    }

    pub(crate) fn refused(&self, organisation: &OrgSlug, import: ImportId) -> PathBuf {
        self.upload(organisation, import).with_extension("refused")
    }

    /// Bytes that have arrived.
    pub(crate) fn received(&self, organisation: &OrgSlug, import: ImportId) -> u64 {
        let path = self.upload(organisation, import);
        std::fs::metadata(path).map_or(0, |file| file.len())
    }

    /// Adds a piece at the end; gives the new length.
    ///
    /// # Errors
    /// [`PieceError`]; nothing of the piece is kept.
    pub(crate) fn append(
        &self,
        organisation: &OrgSlug,
        import: ImportId,
        offset: u64,
        piece: &[u8],
        most: u64,
    ) -> Result<u64, PieceError> {
        let _turn = self
            .inner
            .turn
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let received = self.received(organisation, import);
        if offset != received {
            return Err(PieceError::WrongOffset { received });
        }
        let length = received + piece.len() as u64;
        if length > most.min(self.inner.max_bytes) {
            return Err(PieceError::TooLong);
        }
        private_file::append(&self.upload(organisation, import), offset, piece)?;
        Ok(length)
    }

    /// Takes a copy of a file that is on this machine.
    pub(crate) fn copy(
        &self,
        organisation: &OrgSlug,
        import: ImportId,
        from: &Path,
    ) -> std::io::Result<()> {
        let mut to = private_file::open(&self.upload(organisation, import))?;
        std::io::copy(&mut File::open(from)?, &mut to).map(drop)
    }

    /// What was imported is in the records; the file has no use any more.
    pub(crate) fn remove_upload(&self, organisation: &OrgSlug, import: ImportId) {
        remove(&self.upload(organisation, import));
    }

    /// The imports of which there are files.
    pub(crate) fn kept(&self, organisation: &OrgSlug) -> BTreeSet<ImportId> {
        let folder = self.inner.folder.join(organisation.as_str());
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let number = |entry: std::fs::DirEntry| entry.path().file_stem()?.to_str()?.parse().ok();
        entries.filter_map(number).map(ImportId).collect()
    }

    pub(crate) fn remove(&self, organisation: &OrgSlug, import: ImportId) {
        remove(&self.upload(organisation, import));
        remove(&self.refused(organisation, import));
    }
}

fn remove(path: &Path) {
    if let Err(err) = private_file::remove(path) {
        tracing::warn!(%err, "a file of an import could not be removed");
    }
}
