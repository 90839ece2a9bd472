//! Files with people's data beside the databases: private to the server's user, and written piece by piece.

use std::fs::File;
use std::io::{ErrorKind, Result, Seek, SeekFrom, Write};
use std::path::Path;

/// Opens a file for reading and writing, and makes it and its folder when missing. A new file is given to the owner of
/// its folder, because a command may run as another account than the server.
///
/// # Errors
/// When the file cannot be opened or given; a file that could not be given is removed.
pub(crate) fn open(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        store_sqlite::make_folders(folder).map_err(std::io::Error::other)?;
    }
    let is_new = !path.exists();
    let mut options = File::options();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    if is_new && let Err(err) = store_sqlite::give(path) {
        remove(path)?;
        return Err(std::io::Error::other(err));
    }
    Ok(file)
}

/// Writes a piece at `offset`, the file's end, and returns the file.
///
/// # Errors
/// When it cannot be written; nothing of the piece is kept.
pub(crate) fn append(path: &Path, offset: u64, piece: &[u8]) -> Result<File> {
    let mut file = open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    if let Err(err) = file.write_all(piece) {
        // On a full disk half a piece may stand there.
        file.set_len(offset)?;
        return Err(err);
    }
    Ok(file)
}

/// The length in bytes; 0 when there is no file.
pub(crate) fn size(path: &Path) -> Result<u64> {
    match std::fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(err) if err.kind() == ErrorKind::NotFound => Ok(0),
        Err(err) => Err(err),
    }
}

/// Removes a file; one that is not there is no error.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(err) if err.kind() != ErrorKind::NotFound => Err(err),
        _ => Ok(()),
    }
}
