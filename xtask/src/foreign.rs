//! Checks what ships for the systems that this machine is not: Windows, and macOS as far as that goes without Apple's tools.
//! Rust is type-checked and linted; nothing is linked, and no test is built.

mod apple;
mod apt;
mod folder;
mod library;
mod mingw;

use crate::house::House;
use crate::{run, say};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What ships. The crates below them are checked and linted with them.
const PACKAGES: [&str; 6] = [
    "server",
    "agent",
    "media",
    "store-sqlite",
    "warmline-desktop",
    "xtask",
];

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";

/// The end of a check that this machine may not be able to make.
pub(crate) enum Outcome {
    Passed,
    /// Passed, except for what is named.
    PassedBut(String),
    /// Nothing was checked, for the reason given.
    LeftOut(String),
}

/// What building for another system needs beside Cargo.
struct Tools {
    /// The folder with the target's standard library, unless the compiler has it itself.
    sysroot: Option<PathBuf>,
    /// Searched for programs before all others.
    programs: Option<PathBuf>,
    environment: Vec<(String, OsString)>,
}

/// # Errors
/// When something does not hold for Windows. What cannot be prepared is no error, but [`Outcome::LeftOut`].
pub(crate) fn windows(house: &House) -> Result<Outcome> {
    let prepared = library::ensure(house, WINDOWS).and_then(|sysroot| {
        let programs = mingw::ensure(house)?;
        Ok(Tools {
            sysroot,
            environment: mingw::environment(WINDOWS),
            programs,
        })
    });
    match prepared {
        Ok(tools) => {
            check(house, WINDOWS, &tools)?;
            Ok(Outcome::Passed)
        }
        Err(reason) => Ok(Outcome::LeftOut(format!("{reason:#}"))),
    }
}

/// # Errors
/// When something does not hold for macOS.
pub(crate) fn macos(house: &House) -> Result<Outcome> {
    let prepared = library::ensure(house, MACOS).and_then(|sysroot| {
        let programs = apple::ensure(house)?;
        Ok(Tools {
            sysroot,
            environment: apple::environment(house, MACOS),
            programs: Some(programs),
        })
    });
    match prepared {
        Ok(tools) => {
            check(house, MACOS, &tools)?;
            let unchecked = apple::unchecked(&list(house, MACOS, &tools)?)?;
            say::line("Not checked for macOS, since only Apple's tools compile it:")?;
            say::text(&unchecked.join("\n"))?;
            Ok(Outcome::PassedBut(format!(
                "{} files in C, Objective-C and assembler, listed above",
                unchecked.len()
            )))
        }
        Err(reason) => Ok(Outcome::LeftOut(format!("{reason:#}"))),
    }
}

/// The lints of the whole workspace, for another system.
fn check(house: &House, triple: &str, tools: &Tools) -> Result<()> {
    let mut command = clippy(house, triple, tools)?;
    run::shown(command.args(["--", "-D", "warnings"]))
}

/// What [`check`] has done, as Cargo's messages.
fn list(house: &House, triple: &str, tools: &Tools) -> Result<String> {
    let mut command = clippy(house, triple, tools)?;
    run::read(command.args(["--quiet", "--message-format=json", "--", "-D", "warnings"]))
}

fn clippy(house: &House, triple: &str, tools: &Tools) -> Result<Command> {
    // All that does not hold is wanted, not only the first.
    let mut cargo = house.cargo(&["clippy", "--keep-going", "--locked", "--target", triple]);
    for package in PACKAGES {
        cargo.args(["--package", package]);
    }
    cargo.envs(tools.environment.iter().map(|(name, value)| (name, value)));
    if let Some(programs) = &tools.programs {
        cargo.env("PATH", with_folder(programs)?);
    }
    if let Some(sysroot) = &tools.sysroot {
        let name = format!(
            "CARGO_TARGET_{}_RUSTFLAGS",
            underscored(triple).to_uppercase()
        );
        let mut flags = OsString::from("--sysroot=");
        flags.push(sysroot);
        cargo.env(name, flags);
        // These would win over the flags of the target.
        cargo.env_remove("RUSTFLAGS");
        cargo.env_remove("CARGO_ENCODED_RUSTFLAGS");
    }
    Ok(cargo)
}

fn with_folder(folder: &Path) -> Result<OsString> {
    let given = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&given));
    std::env::join_paths(folders).context("the build cache's folder holds the separator of PATH")
}

/// As variables of the environment spell a target.
fn underscored(triple: &str) -> String {
    triple.replace('-', "_")
}

/// Where prepared parts of foreign targets are kept.
fn kept(house: &House) -> PathBuf {
    house.cache.join("foreign")
}
