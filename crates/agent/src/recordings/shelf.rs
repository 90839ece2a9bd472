//! The folder of recordings that wait for the server: the sound and, beside it, what must be known to hand it in.

use protocol::desktop::{NotRecorded, WaitingRecordings};
use protocol::rest::RecordingPause;
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use vocab::{InteractionId, Millis, RecordingId};

const FOLDER: &str = "recordings";
/// Room for about seventy hours of conversations that the server could not be given.
const LIMIT_BYTES: u64 = 2 << 30;
const MEGABYTE: u64 = 1 << 20;

/// What is known of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) recording: RecordingId,
    pub(crate) interaction: InteractionId,
    /// Whose it is: another account on this desktop does not hand it in.
    pub(crate) account: String,
    pub(crate) started_at: Millis,
    pub(crate) pauses: Vec<RecordingPause>,
    pub(crate) duration_ms: u32,
    /// False while it is being written, and after a crash.
    pub(crate) is_finished: bool,
}

/// Cheap to clone. Its methods wait for the disk; all but finishing and sending are a matter of a small file.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    folder: PathBuf,
    limit: u64,
}

impl Shelf {
    /// Opens the folder and finishes what a crash left unfinished.
    pub(crate) fn open(data_dir: &Path) -> Self {
        let shelf = Self {
            folder: data_dir.join(FOLDER),
            limit: LIMIT_BYTES,
        };
        for facts in shelf.all().into_iter().filter(|facts| !facts.is_finished) {
            shelf.mend(facts);
        }
        shelf
    }

    #[cfg(test)]
    pub(super) fn with_limit(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    fn mend(&self, facts: Facts) {
        let recording = facts.recording;
        match media::salvage(&self.sound(recording)) {
            Ok(salvaged) if salvaged.duration_ms > 0 => {
                let duration_ms = u32::try_from(salvaged.duration_ms).unwrap_or(u32::MAX);
                tracing::info!(%recording, duration_ms, "a recording outlived a crash");
                let mended = Facts {
                    duration_ms,
                    is_finished: true,
                    ..facts
                };
                if let Err(error) = self.save(&mended) {
                    tracing::warn!(%recording, %error, "a recording waits for the next start");
                }
            }
            Ok(_) => self.remove(recording),
            Err(error) => {
                tracing::warn!(%recording, %error, "what a crash left of a recording is of no use");
                self.remove(recording);
            }
        }
    }

    pub(crate) fn sound(&self, recording: RecordingId) -> PathBuf {
        self.folder.join(format!("{recording}.ogg"))
    }

    fn note(&self, recording: RecordingId) -> PathBuf {
        self.folder.join(format!("{recording}.json"))
    }

    /// # Errors
    /// `NoRoom` when what waits fills its share of the disk.
    pub(crate) fn has_room(&self) -> Result<(), NotRecorded> {
        let used = self.bytes_of(&self.all());
        if used < self.limit {
            return Ok(());
        }
        let mb = |bytes: u64| u32::try_from(bytes / MEGABYTE).unwrap_or(u32::MAX);
        Err(NotRecorded::NoRoom {
            used_mb: mb(used),
            limit_mb: mb(self.limit),
        })
    }

    /// Replaces the note in one step, so that a crash leaves the old or the new one.
    pub(crate) fn save(&self, facts: &Facts) -> std::io::Result<()> {
        make_private_folder(&self.folder)?;
        let path = self.note(facts.recording);
        let unfinished = path.with_extension("new");
        let mut options = OpenOptions::new();
        options.create(true).truncate(true).write(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(&unfinished)?;
        file.write_all(&serde_json::to_vec(facts)?)?;
        file.sync_all()?;
        std::fs::rename(unfinished, path)
    }

    pub(crate) fn remove(&self, recording: RecordingId) {
        for path in [self.sound(recording), self.note(recording)] {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    tracing::warn!(%recording, %error, "a recording could not be removed");
                }
                _ => {}
            }
        }
    }

    /// Oldest first; notes that cannot be read are passed over.
    fn all(&self) -> Vec<Facts> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let mut found: Vec<Facts> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .filter_map(|path| serde_json::from_slice(&std::fs::read(path).ok()?).ok())
            .collect();
        found.sort_by_key(|facts| (facts.started_at, facts.recording));
        found
    }

    /// An account's recordings that can be handed in.
    pub(crate) fn waiting(&self, account: &str) -> Vec<Facts> {
        let all = self.all().into_iter();
        all.filter(|facts| facts.is_finished && facts.account == account)
            .collect()
    }

    pub(crate) fn overview(&self, account: &str) -> WaitingRecordings {
        let waiting = self.waiting(account);
        WaitingRecordings {
            count: u32::try_from(waiting.len()).unwrap_or(u32::MAX),
            bytes: self.bytes_of(&waiting),
        }
    }

    fn bytes_of(&self, recordings: &[Facts]) -> u64 {
        let sizes = recordings.iter().map(|facts| {
            std::fs::metadata(self.sound(facts.recording)).map_or(0, |found| found.len())
        });
        sizes.sum()
    }
}

/// What people said is for this user only.
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
