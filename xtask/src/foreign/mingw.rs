//! A C compiler for Windows: dependencies bring C along, and their build scripts compile it.

use super::apt::{Apt, Package};
use super::folder;
use crate::house::House;
use crate::{say, system};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What compiles and archives C for Windows. Their other needs are those of the machine's own compiler.
const PACKAGES: [&str; 6] = [
    "binutils-mingw-w64-x86-64",
    "gcc-mingw-w64-base",
    "gcc-mingw-w64-x86-64-posix",
    "gcc-mingw-w64-x86-64-posix-runtime",
    "mingw-w64-common",
    "mingw-w64-x86-64-dev",
];

/// How its programs' names begin.
const PREFIX: &str = "x86_64-w64-mingw32-";

/// Prepares it, once. Gives the folder of its programs; none when the system has them.
///
/// # Errors
/// When a package cannot be had.
pub(super) fn ensure(house: &House) -> Result<Option<PathBuf>> {
    let is_there = |program: &str| system::is_in_path(&format!("{PREFIX}{program}"));
    if is_there("gcc") && is_there("ar") && is_there("windres") {
        return Ok(None);
    }
    let compiler = super::kept(house).join("mingw");
    folder::once(&compiler, &PACKAGES.join("\n"), |part| {
        say::line("Preparing the C compiler for Windows, once")?;
        make(part)
    })
    .context("the C compiler for Windows cannot be prepared")?;
    Ok(Some(compiler.join("usr/bin")))
}

fn make(part: &Path) -> Result<()> {
    let lists = part.join("apt");
    let apt = Apt::of_machine(&lists)?;
    for name in PACKAGES {
        let versions = apt.versions(name)?.into_iter();
        let version = versions
            .take(1)
            .next()
            .with_context(|| format!("the machine's mirrors have no package {name}"))?;
        let package = Package {
            name: name.to_owned(),
            version,
        };
        apt.unpack(&package, part, None)?;
    }
    // An installation would choose between two kinds of threads and give that one the plain name.
    let bin = part.join("usr/bin");
    std::fs::hard_link(
        bin.join(format!("{PREFIX}gcc-posix")),
        bin.join(format!("{PREFIX}gcc")),
    )
    .context("naming the compiler")?;
    folder::remove(&lists)
}

/// What names it to build scripts.
pub(super) fn environment(triple: &str) -> Vec<(String, OsString)> {
    let target = super::underscored(triple);
    [("CC", "gcc"), ("AR", "ar")]
        .map(|(name, program)| {
            (
                format!("{name}_{target}"),
                OsString::from(format!("{PREFIX}{program}")),
            )
        })
        .into()
}
