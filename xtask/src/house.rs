//! Where things are: the checkout, the build cache, the tools installed for it.

use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders that every verb needs.
pub(crate) struct House {
    pub(crate) root: PathBuf,
    /// Kept between checkouts, so that a fresh clone need not compile everything again.
    pub(crate) cache: PathBuf,
    pub(crate) target: PathBuf,
}

impl House {
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask has no parent")?;
        let cache = match std::env::var_os("WARMLINE_CACHE") {
            Some(dir) => std::path::absolute(dir)?,
            None => home()?.join(".cache/warmline"),
        };
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => std::path::absolute(dir)?,
            None => cache.join("target"),
        };
        Ok(Self {
            root: root.to_owned(),
            cache,
            target,
        })
    }

    /// A child that runs in the checkout, builds into the cache and finds the tools and binaries.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("WARMLINE_TOOLS_DIR", self.tools())
            .env("PATH", self.path());
        command
    }

    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut command = self.command(&cargo);
        command.args(args);
        command
    }

    pub(crate) fn npm(&self, args: &[&str]) -> Command {
        let mut command = self.command(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.current_dir(self.ui()).args(args);
        command
    }

    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools/bin")
    }

    /// Where Cargo puts what it builds with this profile.
    pub(crate) fn built(&self, profile: &str) -> PathBuf {
        self.target.join(profile)
    }

    pub(crate) fn binary(&self, profile: &str, name: &str) -> PathBuf {
        self.built(profile)
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    fn path(&self) -> OsString {
        let given = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.tools()).chain(std::env::split_paths(&given));
        // A folder whose name holds the separator cannot stand in PATH; then the tools are not there.
        std::env::join_paths(folders).unwrap_or(given)
    }
}

pub(crate) fn home() -> Result<PathBuf> {
    std::env::home_dir()
        .context("no home folder is known; set WARMLINE_CACHE to a folder to build in")
}
