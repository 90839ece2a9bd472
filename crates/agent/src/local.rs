//! What this desktop keeps on its disk: settings, device preferences, the last sign-in, and commands not yet delivered.
//!
//! One SQLite file in the data folder. Tokens are never in it.

mod outbox;

pub(crate) use outbox::Waiting;

use protocol::desktop::{DesktopError, Device, DeviceKind, LastSignIn, Settings};
use protocol::work::{AgentView, WorkStage};
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use vocab::{AgentState, Sensitive};

const FILE: &str = "desktop.sqlite";

/// Numbered by their place; append only.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE outbox (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        command_id TEXT NOT NULL UNIQUE,
        account TEXT NOT NULL,
        -- Commands of the same subject replace each other while they wait.
        subject TEXT,
        command TEXT NOT NULL
    ) STRICT;
    CREATE INDEX outbox_by_account ON outbox (account, place);
"];

#[derive(Deserialize)]
#[serde(untagged)]
enum KeptDevice {
    Known(Device),
    Named(String),
}

pub(crate) struct Local {
    db: Connection,
    /// Where a file stands that could not be read, if there was one.
    aside: PathBuf,
}

impl Local {
    /// A file that is no database is put aside and a new one begun: settings are worth less than a start.
    ///
    /// # Errors
    /// `Local` when the folder or the file cannot be written.
    pub(crate) fn open(folder: &Path) -> Result<Self, DesktopError> {
        make_private(folder).map_err(|err| DesktopError::Local {
            detail: format!("{} cannot be used: {err}", folder.display()),
        })?;
        let file = folder.join(FILE);
        keep_private(&file).map_err(|err| DesktopError::Local {
            detail: format!("{}: {err}", file.display()),
        })?;
        let aside = folder.join(format!("{FILE}.unreadable"));
        match Self::open_file(&file, &aside) {
            Err(err) if err.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
                tracing::warn!("the desktop's database was not readable and was put aside");
                std::fs::rename(&file, &aside)
                    .and_then(|()| keep_private(&file))
                    .map_err(|err| DesktopError::Local {
                        detail: err.to_string(),
                    })?;
                Self::open_file(&file, &aside)
            }
            opened => opened,
        }
        .map_err(|err| DesktopError::Local {
            detail: format!("{}: {err}", file.display()),
        })
    }

    fn open_file(file: &Path, aside: &Path) -> rusqlite::Result<Self> {
        let mut db = Connection::open(file)?;
        db.busy_timeout(std::time::Duration::from_secs(2))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        // A killed process loses nothing; only a power cut may lose the last words.
        db.pragma_update(None, "synchronous", "NORMAL")?;
        // What is deleted or replaced is overwritten.
        db.pragma_update(None, "secure_delete", "ON")?;
        let done: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let change = db.transaction()?;
        for step in MIGRATIONS.iter().skip(done as usize) {
            change.execute_batch(step)?;
        }
        change.pragma_update(None, "user_version", MIGRATIONS.len() as u32)?;
        change.commit()?;
        Ok(Self {
            db,
            aside: aside.to_owned(),
        })
    }

    pub(crate) fn settings(&self) -> Settings {
        self.get("settings").unwrap_or_default()
    }

    pub(crate) fn save_settings(&self, settings: &Settings) -> Result<(), DesktopError> {
        self.put("settings", settings)
    }

    /// Versions before devices had an identity kept their names.
    pub(crate) fn preferred(&self, kind: DeviceKind) -> Vec<Device> {
        let kept: Vec<KeptDevice> = self.get(preferred_name(kind)).unwrap_or_default();
        kept.into_iter()
            .map(|kept| match kept {
                KeptDevice::Known(device) => device,
                KeptDevice::Named(name) => Device {
                    id: name.clone(),
                    name,
                },
            })
            .collect()
    }

    pub(crate) fn prefer(&self, kind: DeviceKind, devices: &[Device]) -> Result<(), DesktopError> {
        self.put(preferred_name(kind), devices)
    }

    pub(crate) fn last_sign_in(&self) -> Option<LastSignIn> {
        self.get("last_sign_in")
    }

    pub(crate) fn save_last_sign_in(&self, last: &LastSignIn) -> Result<(), DesktopError> {
        self.put("last_sign_in", last)
    }

    /// This device's random name for itself, made once: the server knows by it where an account signed in before. It is
    /// no proof of anything, and stays over a sign-out.
    pub(crate) fn device(&self) -> Sensitive<String> {
        if let Some(device) = self.get("device") {
            return device;
        }
        let half = || uuid::Uuid::now_v7().simple().to_string();
        let device = Sensitive::new(half() + &half());
        if let Err(err) = self.put("device", &device) {
            tracing::warn!(?err, "the device's name is not kept");
        }
        device
    }

    /// The work as it was last shown to this account, without what cannot have lasted: rings and states.
    pub(crate) fn view(&self, account: &str) -> Option<AgentView> {
        let (whose, mut view): (String, AgentView) = self.get("view")?;
        view.work
            .retain(|item| !matches!(item.stage, WorkStage::Ringing { .. }));
        view.presence.state = AgentState::Offline;
        view.presence.next = None;
        (whose == account).then_some(view)
    }

    pub(crate) fn save_view(&self, account: &str, view: &AgentView) -> Result<(), DesktopError> {
        self.put("view", &(account, view))
    }

    /// Nobody is signed in any more: the customers that the screen showed are gone from the disk. What waits in the
    /// outbox stays for the account's return.
    pub(crate) fn forget_view(&self) -> Result<(), DesktopError> {
        self.db
            .execute("DELETE FROM kept WHERE name = 'view'", [])
            .map_err(|err| local(&err))?;
        self.scrub()
    }

    /// An account signs out: nothing that it wrote or saw of customers stays on the disk, sent or not.
    pub(crate) fn forget_account(&self, account: &str) -> Result<(), DesktopError> {
        self.db
            .execute("DELETE FROM outbox WHERE account = ?1", [account])
            .map_err(|err| local(&err))?;
        self.forget_view()
    }

    /// Deleted rows are overwritten already, but an earlier program's were not, and the log and a file that was put
    /// aside still have them. The database is small: all of it is written anew.
    fn scrub(&self) -> Result<(), DesktopError> {
        self.db
            .execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")
            .map_err(|err| local(&err))?;
        match std::fs::remove_file(&self.aside) {
            Err(err) if err.kind() != std::io::ErrorKind::NotFound => Err(local(&err)),
            _ => Ok(()),
        }
    }

    /// A value that an older or newer program wrote differently counts as absent.
    fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let text: Option<String> = self
            .db
            .query_row("SELECT value FROM kept WHERE name = ?1", [name], |row| {
                row.get(0)
            })
            .optional()
            .unwrap_or_else(|err| {
                tracing::warn!(name, %err, "a kept value cannot be read");
                None
            });
        text.and_then(|text| serde_json::from_str(&text).ok())
    }

    fn put<T: Serialize + ?Sized>(&self, name: &str, value: &T) -> Result<(), DesktopError> {
        let text = serde_json::to_string(value).map_err(|err| local(&err))?;
        self.db
            .execute(
                "INSERT OR REPLACE INTO kept (name, value) VALUES (?1, ?2)",
                params![name, text],
            )
            .map(|_| ())
            .map_err(|err| local(&err))
    }
}

fn preferred_name(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Microphone => "preferred_microphones",
        DeviceKind::Speaker => "preferred_speakers",
        DeviceKind::Ringer => "preferred_ringers",
    }
}

fn local(err: &dyn std::error::Error) -> DesktopError {
    DesktopError::Local {
        detail: err.to_string(),
    }
}

/// Makes a folder that only this user can look into; one that was made by an earlier program becomes such a folder.
/// A folder with other things in it was chosen by somebody and keeps its mode: the files in it are private anyway.
/// On Windows the profile's folders are private by their inherited access list.
///
/// # Errors
/// When the system refuses.
pub fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700).create(folder)?;
        let mut entries = std::fs::read_dir(folder)?;
        let is_ours = folder.join(FILE).exists() || entries.next().is_none();
        if is_ours {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }
    #[cfg(not(unix))]
    builder.create(folder)
}

/// Who called and what was noted is for this user only. SQLite gives its side files the same mode.
fn keep_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let opened = options.mode(0o600).open(file)?;
        opened.set_permissions(std::fs::Permissions::from_mode(0o600))
    }
    #[cfg(not(unix))]
    options.open(file).map(|_| ())
}

#[cfg(test)]
mod tests;
