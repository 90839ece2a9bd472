//! Where the programs under test are: `WARMLINE_BIN_DIR`, or the build folder this program is in.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// A program of this workspace, and how it is built.
#[derive(Clone, Copy, Debug)]
pub enum Program {
    Server,
    Agent,
    Desktop,
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::Server => "warmline-server",
            Self::Agent => "warmline-agent",
            Self::Desktop => "warmline-desktop",
        }
    }

    fn built_by(self) -> &'static str {
        match self {
            Self::Server => "npm --prefix ui run build && cargo build -p server",
            Self::Agent => "cargo build -p agent",
            Self::Desktop => "npm --prefix ui run build && cargo build -p warmline-desktop",
        }
    }

    /// The program's path.
    ///
    /// # Errors
    /// When it is not built; the message is the command that builds it.
    pub fn path(self) -> Result<PathBuf> {
        let mut folders = Vec::new();
        if let Some(folders_given) = std::env::var_os("WARMLINE_BIN_DIR") {
            folders.extend(std::env::split_paths(&folders_given));
        } else {
            let me = std::env::current_exe().context("where is this program?")?;
            // A binary is in target/debug, a test in target/debug/deps.
            folders.extend(me.ancestors().skip(1).take(2).map(PathBuf::from));
        }
        for folder in &folders {
            let path = folder.join(self.name());
            if path.is_file() {
                return Ok(path);
            }
        }
        bail!(
            "{} is not in {folders:?}. Build it: {}. \
             If it is elsewhere, name its folder in WARMLINE_BIN_DIR.",
            self.name(),
            self.built_by()
        )
    }
}

/// A tool of the system or of cargo, looked for in `PATH` and then in cargo's own bin folder.
///
/// # Errors
/// When it is nowhere; the message says what to install.
pub fn tool(name: &str, install: &str) -> Result<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|p| std::env::split_paths(&p).collect())
        .unwrap_or_default();
    folders.extend(std::env::var_os("WARMLINE_TOOLS_DIR").map(PathBuf::from));
    for cargo_home in [
        std::env::var_os("CARGO_HOME").map(PathBuf::from),
        home(".cargo"),
    ] {
        folders.extend(cargo_home.map(|c| c.join("bin")));
    }
    folders.extend(home(".cache/warmline/tools/bin"));
    folders
        .iter()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .with_context(|| format!("{name} is not installed: {install}"))
}

fn home(below: &str) -> Option<PathBuf> {
    std::env::var_os("HOME").map(|home| PathBuf::from(home).join(below))
}
