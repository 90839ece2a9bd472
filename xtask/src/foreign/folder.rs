//! A folder that is made whole or not at all, and made anew when it was made for something else.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

const STAMP: &str = "stamp";

/// Makes `folder` unless it is there and was made for `stamp`. `make` fills a neighbour, which takes the folder's place
/// when all of it is there: what an interrupted run leaves is never used.
///
/// # Errors
/// When `make` fails, or the disk.
pub(super) fn once(
    folder: &Path,
    stamp: &str,
    make: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    if fs::read_to_string(folder.join(STAMP)).is_ok_and(|stamped| stamped == stamp) {
        return Ok(());
    }
    let part = folder.with_extension("part");
    remove(&part)?;
    fs::create_dir_all(&part).with_context(|| format!("making {}", part.display()))?;
    make(&part)?;
    fs::write(part.join(STAMP), stamp).with_context(|| format!("writing in {}", part.display()))?;
    remove(folder)?;
    fs::rename(&part, folder).with_context(|| format!("making {}", folder.display()))
}

/// Removes a folder that may not be there.
///
/// # Errors
/// When it is there and stays.
pub(super) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    /// A folder of this test's own.
    fn place(name: &str) -> std::path::PathBuf {
        let name = format!("warmline-folder-{name}-{}", std::process::id());
        std::env::temp_dir().join(name)
    }

    #[test]
    fn a_folder_is_made_once_for_each_stamp() {
        let folder = place("once");
        let make = |stamp: &str, text: &str| {
            once(&folder, stamp, |part| Ok(fs::write(part.join("x"), text)?)).expect("a folder");
            fs::read_to_string(folder.join("x")).expect("what was made")
        };
        assert_eq!(make("1", "first"), "first");
        assert_eq!(make("1", "second"), "first");
        assert_eq!(make("2", "third"), "third");
        remove(&folder).expect("removing it");
    }

    #[test]
    fn what_an_interrupted_run_left_is_not_used() {
        let folder = place("part");
        let interrupted = once(&folder, "1", |part| {
            fs::write(part.join("left"), "half")?;
            bail!("interrupted")
        });
        assert!(interrupted.is_err() && !folder.exists());
        let seen = |part: &Path| {
            Ok(fs::write(
                part.join("seen"),
                part.join("left").exists().to_string(),
            )?)
        };
        once(&folder, "1", seen).expect("a folder");
        let seen = fs::read_to_string(folder.join("seen")).expect("what was made");
        assert_eq!(seen, "false");
        remove(&folder).expect("removing it");
    }
}
