//! Stand-ins for Apple's tools: build scripts run to their end, and what they would have compiled is noted instead.

use super::folder;
use crate::house::House;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

const SCRIPT: &str = include_str!("stand-in.sh");

/// The names under which build scripts are told of the script.
const TOLD: [(&str, &str); 4] = [
    ("CC", "cc"),
    ("CXX", "c++"),
    ("AR", "ar"),
    ("CMAKE", "cmake"),
];

/// The name under which they look for it by themselves. It has a folder of its own: in the same one as `cc` it would make
/// that one the compiler for everything.
const SEARCHED: &str = "xcrun";

/// How the script names the notes that it leaves where a result would be.
const NOTE: &str = "stood-in";

/// Prepares them. Gives the folder that is to be searched for programs.
///
/// # Errors
/// When the disk fails.
pub(super) fn ensure(house: &House) -> Result<PathBuf> {
    let folder = folder(house);
    folder::once(&folder, SCRIPT, |part| {
        for (_, name) in TOLD {
            write(&part.join(name))?;
        }
        let searched = part.join(SEARCHED);
        fs::create_dir_all(&searched).with_context(|| format!("making {}", searched.display()))?;
        write(&searched.join(SEARCHED))
    })?;
    Ok(folder.join(SEARCHED))
}

fn folder(house: &House) -> PathBuf {
    super::kept(house).join("apple")
}

fn write(path: &Path) -> Result<()> {
    fs::write(path, SCRIPT).with_context(|| format!("writing {}", path.display()))?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .with_context(|| format!("making {} a program", path.display()))?;
    Ok(())
}

/// What names them to build scripts.
pub(super) fn environment(house: &House, triple: &str) -> Vec<(String, OsString)> {
    let folder = folder(house);
    let target = super::underscored(triple);
    let told = TOLD.map(|(name, program)| {
        let path = folder.join(program).into_os_string();
        (format!("{name}_{target}"), path)
    });
    let sdk = ("SDKROOT".to_owned(), folder.into_os_string());
    told.into_iter().chain([sdk]).collect()
}

/// What the stand-ins were given, by package and file, from Cargo's messages of a check.
///
/// # Errors
/// When the messages are not what Cargo writes.
pub(super) fn unchecked(messages: &str) -> Result<Vec<String>> {
    let mut files = BTreeSet::new();
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).context("reading Cargo's messages")?;
        if message["reason"] == "build-script-executed"
            && let Some(folder) = message["out_dir"].as_str()
        {
            collect(Path::new(folder), &mut files)?;
        }
    }
    Ok(files.into_iter().collect())
}

/// Reads the notes in a build script's folder.
fn collect(folder: &Path, files: &mut BTreeSet<String>) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("reading {}", folder.display()))?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == NOTE) {
            let note =
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            files.extend(note.lines().map(|source| format!("  {}", short(source))));
        }
    }
    Ok(())
}

/// A source's path from its package on: registries unpack packages four folders below their own.
fn short(source: &str) -> &str {
    source
        .split_once("/registry/src/")
        .and_then(|(_, rest)| rest.split_once('/'))
        .map_or(source, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_named_from_its_package_on() {
        assert_eq!(
            short("/home/a/.cargo/registry/src/index-1/ring-0.17.14/crypto/crypto.c"),
            "ring-0.17.14/crypto/crypto.c"
        );
        assert_eq!(short("/work/x.c"), "/work/x.c");
    }
}
