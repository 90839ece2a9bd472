//! Gives new files to the account that owns the files beside them, so that the server can open what an operator made as
//! root.

use crate::database::backend;
use std::path::Path;
use store::Result;

/// Makes a folder and its missing parents; each takes owner and mode of its parent.
///
/// # Errors
/// `Foreign` when that is another account and this one may not give files away; then nothing is left.
pub fn make_folders(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent()
        && above != Path::new("")
    {
        make_folders(above)?;
    }
    match std::fs::create_dir(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(backend(error)),
    }
    let given = with_mode_of_parent(folder).and_then(|()| give(folder));
    if given.is_err() {
        // An empty folder that the server cannot enter would only be in the way.
        let _ = std::fs::remove_dir(folder);
    }
    given
}

/// Gives a new file or folder to the owner of its folder.
///
/// # Errors
/// `Foreign` when that is another account and this one may not give files away; remove it then.
pub fn give(new: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, chown};
        let made = std::fs::metadata(new).map_err(backend)?;
        let Some(owner) = unix::owner_of_place(new) else {
            return Ok(());
        };
        if (made.uid(), made.gid()) == (owner.uid, owner.gid) {
            return Ok(());
        }
        let group = (made.gid() != owner.gid).then_some(owner.gid);
        if made.uid() == owner.uid {
            // A failure to set the group is ignored: the owner can open it.
            let _ = chown(new, None, group);
            return Ok(());
        }
        chown(new, Some(owner.uid), group).map_err(|error| {
            if error.kind() == std::io::ErrorKind::PermissionDenied {
                store::StoreError::Foreign {
                    path: new.to_owned(),
                    owner: owner.uid,
                }
            } else {
                backend(error)
            }
        })?;
    }
    #[cfg(not(unix))]
    tracing::debug!(?new, "new files inherit their folder's permissions here");
    Ok(())
}

#[cfg(unix)]
fn with_mode_of_parent(folder: &Path) -> Result<()> {
    if let Some(parent) = folder.parent()
        && let Ok(parent) = std::fs::metadata(if parent == Path::new("") {
            Path::new(".")
        } else {
            parent
        })
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        // A sticky folder for everybody, such as /tmp, does not tell the owner.
        let mode = parent.mode() & 0o7777;
        let mode = if mode & 0o1002 == 0 { mode } else { 0o700 };
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).map_err(backend)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn with_mode_of_parent(_folder: &Path) -> Result<()> {
    Ok(())
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    #[derive(Clone, Copy)]
    pub(super) struct Owner {
        pub(super) uid: u32,
        pub(super) gid: u32,
    }

    /// Entries of a folder that are looked at for a database.
    const LOOKED_AT: usize = 64;

    /// The folder's owner. A folder of root's says nothing, since accounts may share one by its group; then the databases
    /// in it say it.
    pub(super) fn owner_of_place(new: &Path) -> Option<Owner> {
        let folder = new.parent()?;
        let owner = |path: &Path| {
            let found = std::fs::metadata(path).ok()?;
            Some(Owner {
                uid: found.uid(),
                gid: found.gid(),
            })
        };
        let of_folder = owner(folder).filter(|owner| owner.uid != 0);
        if of_folder.is_some() {
            return of_folder;
        }
        let beside = std::fs::read_dir(folder).ok()?.flatten().take(LOOKED_AT);
        let database = beside
            .map(|entry| entry.path())
            .find(|path| path != new && path.extension().is_some_and(|is| is == "sqlite"));
        database.and_then(|path| owner(&path))
    }
}
