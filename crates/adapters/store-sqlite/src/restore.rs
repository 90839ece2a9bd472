//! Putting a backup's database back. What stood there is kept beside it.

use crate::database::{Database, backend, keep_private, remove_if_there};
use crate::sql::{Sql, int, whole};
use rusqlite::Connection;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use store::{OrganisationStore, Result, StoreError};
use vocab::{Millis, OrgSlug};

/// What SQLite keeps beside a database while it is open, or was when its program died.
const SIDES: [&str; 2] = ["-wal", "-shm"];

/// What a restore did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The last entry that is in the backup.
    pub last_seq: u64,
    /// The last one that the replaced file had, as far as it could be read.
    pub last_seq_before: Option<u64>,
    /// Where the replaced file is now, if there was one.
    pub kept_aside: Option<PathBuf>,
}

impl Database {
    /// Puts a copy of `backup` in the place of the database at `path`, once all of the copy was looked at and found
    /// whole; the backup itself is only read. The caller holds the organisation's lock.
    ///
    /// # Errors
    /// `Missing` without a backup there; `Unknown` when it is another organisation's; `Broken` or `Damaged` when it is
    /// damaged itself: nothing was changed then. After `Backend` the same again goes on.
    pub fn restore(
        path: &Path,
        organisation: &OrgSlug,
        backup: &Path,
        now: Millis,
    ) -> Result<Restored> {
        let copy = path.with_extension("restoring");
        let copied = copy_of(backup, &copy).and_then(|()| looked_at(&copy, organisation));
        let last_seq = match copied {
            Ok(last_seq) => last_seq,
            Err(error) => {
                remove_all(&copy)?;
                return Err(error);
            }
        };
        let last_seq_before = last_seq_of(path).ok();
        let kept_aside = put_in_place(&copy, path, now)?;
        Ok(Restored {
            last_seq,
            last_seq_before,
            kept_aside,
        })
    }
}

/// Gives a new file the name of the old one, which is kept beside it and named.
pub(crate) fn put_in_place(new: &Path, path: &Path, now: Millis) -> Result<Option<PathBuf>> {
    let aside = beside(path, &format!(".damaged-{}", written(now)?));
    let mut kept_aside = None;
    // The log goes, too, even one without a file: it would be replayed into the new one.
    for side in ["", SIDES[0], SIDES[1]] {
        let (from, to) = (beside(path, side), beside(&aside, side));
        if from.exists() {
            std::fs::rename(from, to).map_err(backend)?;
            kept_aside = Some(aside.clone());
        }
    }
    std::fs::rename(new, path).map_err(backend)?;
    flush_folder(path)?;
    Ok(kept_aside)
}

/// A backup has no log unless somebody served it or looked at it.
fn copy_of(backup: &Path, copy: &Path) -> Result<()> {
    if !backup.is_file() {
        let path = backup.to_owned();
        return Err(StoreError::Missing { path });
    }
    remove_all(copy)?;
    std::fs::copy(backup, copy).map_err(backend)?;
    keep_private(copy)?;
    let log = beside(backup, SIDES[0]);
    if log.exists() {
        std::fs::copy(log, beside(copy, SIDES[0])).map_err(backend)?;
        keep_private(&beside(copy, SIDES[0]))?;
    }
    Ok(())
}

/// The last entry of a copy that is whole, and on the disk.
fn looked_at(copy: &Path, organisation: &OrgSlug) -> Result<u64> {
    let database = Database::open(copy)?;
    let found = database.accounts()?.organisation()?.slug;
    if found != *organisation {
        let what = "organisation";
        let name = format!("{organisation} in this backup, which is of {found}");
        return Err(StoreError::Unknown { what, name });
    }
    let examined = database.examine()?;
    if let Some(broken) = examined.broken {
        let (seq, why) = (broken.seq, broken.why);
        return Err(StoreError::Broken { seq, why });
    }
    if let Some(detail) = examined.file.into_iter().next() {
        let what = "database file";
        return Err(StoreError::Damaged { what, detail });
    }
    // Its log is in the file since the last connection was closed.
    let file = std::fs::File::open(copy).map_err(backend)?;
    file.sync_all().map_err(backend)?;
    Ok(examined.whole)
}

fn last_seq_of(path: &Path) -> Result<u64> {
    if !path.is_file() {
        let path = path.to_owned();
        return Err(StoreError::Missing { path });
    }
    Connection::open(path)
        .and_then(|file| {
            file.query_row("SELECT COALESCE(MAX(seq), 0) FROM journal", [], |row| {
                whole(row, 0)
            })
        })
        .sql()
}

fn remove_all(path: &Path) -> Result<()> {
    for side in ["", SIDES[0], SIDES[1]] {
        remove_if_there(&beside(path, side))?;
    }
    Ok(())
}

pub(crate) fn beside(path: &Path, side: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(side);
    PathBuf::from(name)
}

/// As `20260318T094500Z`.
fn written(at: Millis) -> Result<String> {
    Connection::open_in_memory()
        .and_then(|calendar| {
            calendar.query_row(
                "SELECT strftime('%Y%m%dT%H%M%SZ', ?1, 'unixepoch')",
                [int(at.0 / 1_000)],
                |row| row.get(0),
            )
        })
        .sql()
}

/// The new names are on the disk when the folder is.
fn flush_folder(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = std::fs::File::open(folder).map_err(backend)?;
        folder.sync_all().map_err(backend)?;
    }
    #[cfg(not(unix))]
    tracing::debug!(?path, "a folder cannot be flushed here");
    Ok(())
}
