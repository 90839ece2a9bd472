//! The TypeScript of the wire and the bridge: written by the tests of `vocab` and `protocol`, compared with what is committed.

use crate::house::House;
use crate::{run, say};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Written by hand: what gathers the generated files, and what is no type.
const BY_HAND: [&str; 2] = ["index.ts", "constants.ts"];

/// Set by Cargo's configuration to the committed folder; given here, ours wins.
pub(crate) const FOLDER_VARIABLE: &str = "TS_RS_EXPORT_DIR";

/// Writes the committed files anew.
pub(crate) fn run(house: &House) -> Result<()> {
    let mut command = house.cargo(&["test", "-p", "vocab", "-p", "protocol", "--lib", "--quiet"]);
    run::shown(command.env(FOLDER_VARIABLE, committed(house)))?;
    say::line("ui/protocol/src is written")
}

/// An empty folder for a test run to write into.
pub(crate) fn fresh_folder(house: &House) -> Result<PathBuf> {
    let folder = house.target.join("codegen");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("emptying {}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

/// # Errors
/// When the committed files are not what `fresh` holds, naming the files.
pub(crate) fn compare(house: &House, fresh: &Path) -> Result<()> {
    let generated = typescript_in(fresh)?;
    let committed = typescript_in(&committed(house))?;
    if generated.is_empty() {
        bail!("no TypeScript was generated, so nothing could be compared");
    }
    let names = generated.keys().chain(committed.keys());
    let mut stale: Vec<&str> = names
        .filter(|name| {
            !BY_HAND.contains(&name.as_str()) && generated.get(*name) != committed.get(*name)
        })
        .map(String::as_str)
        .collect();
    stale.sort_unstable();
    stale.dedup();
    if !stale.is_empty() {
        bail!(
            "ui/protocol/src is stale ({}): run `cargo xtask codegen`",
            stale.join(", ")
        );
    }
    Ok(())
}

fn committed(house: &House) -> PathBuf {
    house.ui().join("protocol/src")
}

fn typescript_in(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".ts") && !name.ends_with(".test.ts") {
            files.insert(name, std::fs::read_to_string(&path)?);
        }
    }
    Ok(files)
}
