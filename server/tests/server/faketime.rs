//! The real program under libfaketime: its wall clock is a test's to set, its boot clock stays true.

use crate::client::PATIENCE;
use crate::place::{ServerProcess, make_data};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use store::{NewRecordingRow, OrganisationStore};
use store_sqlite::Database;
use tempfile::TempDir;
use vocab::{AgentId, InteractionId, Millis, OrgSlug, RecordingId};

/// What the log says after each look for what is too old.
pub(crate) const LOOKED: [&str; 2] = ["no recording is to go", "kept for long enough"];

/// A data folder, and the clock that programs see in it.
pub(crate) struct Stage {
    pub(crate) data: TempDir,
    offset: PathBuf,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        make_data(data.path());
        let offset = data.path().join("clock");
        let stage = Self { data, offset };
        stage.set("+0");
        stage
    }

    /// As `+200d` or `-8h`, from the true time. In one step: a half-written file would be another time.
    pub(crate) fn set(&self, offset: &str) {
        let new = self.offset.with_extension("new");
        std::fs::write(&new, format!("{offset}\n")).unwrap();
        std::fs::rename(new, &self.offset).unwrap();
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("LD_PRELOAD", library().to_str().unwrap().to_owned()),
            (
                "FAKETIME_TIMESTAMP_FILE",
                self.offset.to_str().unwrap().to_owned(),
            ),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("NO_FAKE_STAT", "1".to_owned()),
        ]
    }

    pub(crate) fn start(&self) -> ServerProcess {
        let variables = self.variables();
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        ServerProcess::start_with(self.data.path(), "127.0.0.1:0", &self.log(), &variables)
    }

    fn log(&self) -> PathBuf {
        self.data.path().join("log")
    }

    /// What a command says under this clock; it must succeed.
    pub(crate) fn operator(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_warmline-server"))
            .args(arguments)
            .arg("--data")
            .arg(self.data.path())
            .envs(self.variables())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn database(&self) -> Database {
        let slug = OrgSlug::new("demo").unwrap();
        Database::open(&server::app::database_path(self.data.path(), &slug)).unwrap()
    }

    /// A recording of the interaction, as a desktop hands it in, with its sound.
    pub(crate) fn record(&self, interaction: InteractionId, started_at: Millis) -> PathBuf {
        let recording = RecordingId(uuid::Uuid::now_v7());
        let mut recordings = self.database().recordings().unwrap();
        recordings
            .announce(&NewRecordingRow {
                recording,
                interaction,
                agent: AgentId(1),
                started_at,
            })
            .unwrap();
        let folder = self.data.path().join("recordings").join("demo");
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(format!("{recording}.ogg"));
        std::fs::write(&file, "sound").unwrap();
        file
    }

    /// How often the log has said it.
    pub(crate) fn said(&self, words: &str) -> usize {
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        log.matches(words).count()
    }

    /// How often recordings and retention were looked through and nothing was old enough.
    pub(crate) fn looks(&self) -> [usize; 2] {
        LOOKED.map(|words| self.said(words))
    }

    pub(crate) async fn until_looked_through_since(&self, before: [usize; 2]) {
        for (words, before) in LOOKED.iter().zip(before) {
            until(words, || async { self.said(words) > before }).await;
        }
    }
}

/// Where Debian's package `faketime` puts it.
fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap();
    let found = folders
        .flatten()
        .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.is_file());
    found.expect("install the package `faketime`: `cargo xtask setup` does")
}

pub(crate) async fn until<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(
            tokio::time::Instant::now() < deadline,
            "not in time: {what}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
