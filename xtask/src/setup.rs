//! Installs what is missing and nothing else: quick when nothing is.

use crate::house::House;
use crate::{run, say, system};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The scorer of speech, ITU-T P.862.2, and what it computes with.
const SCORER: [&str; 2] = ["numpy==2.2.6", "pesq==0.0.4"];

/// What makes requests of an OpenAPI document, and what it made them with when its findings were mended.
const CONTRACT: [&str; 3] = [
    "schemathesis==4.32.5",
    "hypothesis==6.170.17",
    "jsonschema-rs==0.60.3",
];

pub(crate) fn run(house: &House) -> Result<()> {
    say::heading("setup")?;
    system::ensure(house)?;
    system::check_node()?;
    std::fs::create_dir_all(&house.cache)
        .with_context(|| format!("making the build cache {}", house.cache.display()))?;
    packages_of_the_screens(house)?;
    contract(house)?;
    say::line(&format!(
        "Everything is there. Builds are kept in {}",
        house.target.display()
    ))
}

/// `npm ci`, unless what it installed last came from the same lockfile.
fn packages_of_the_screens(house: &House) -> Result<()> {
    let lock =
        std::fs::read(house.ui().join("package-lock.json")).context("reading ui's lockfile")?;
    let stamp = house.ui().join("node_modules/.warmline-lock");
    if std::fs::read(&stamp).is_ok_and(|stamped| stamped == lock) {
        return Ok(());
    }
    say::line("Installing the screens' packages")?;
    run::shown(&mut house.npm(&["ci", "--no-audit", "--no-fund"]))?;
    std::fs::write(&stamp, lock).with_context(|| format!("writing {}", stamp.display()))
}

/// A Python of its own with the scorer of speech, which only the bench needs.
pub(crate) fn for_bench(house: &House) -> Result<()> {
    system::ensure_for_bench(house)?;
    python_with(house, &scorer(house), &SCORER)
}

/// A Python of its own with Schemathesis, which holds the server to its OpenAPI document.
pub(crate) fn contract(house: &House) -> Result<()> {
    if cfg!(target_os = "linux") {
        system::ensure_for_contract(house)?;
    }
    python_with(house, &house.cache.join("schemathesis"), &CONTRACT)
}

pub(crate) fn schemathesis(house: &House) -> PathBuf {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    let program = format!("schemathesis{}", std::env::consts::EXE_SUFFIX);
    house.cache.join("schemathesis").join(folder).join(program)
}

/// Unless what was installed last was the same.
fn python_with(house: &House, folder: &Path, packages: &[&str]) -> Result<()> {
    let stamp = folder.join("warmline-packages");
    let wanted = packages.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == wanted) {
        return Ok(());
    }
    say::line(&format!("Installing {}, once", packages.join(", ")))?;
    let mut venv = house.command(if cfg!(windows) { "python" } else { "python3" });
    run::shown(venv.args(["-m", "venv", "--clear"]).arg(folder))?;
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    let mut pip = house.command(&folder.join(bin).join("python").to_string_lossy());
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    run::shown(pip.args(packages))?;
    std::fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))
}

/// The Python that has the scorer.
pub(crate) fn python(house: &House) -> PathBuf {
    scorer(house).join("bin/python")
}

fn scorer(house: &House) -> PathBuf {
    house.cache.join("pesq")
}
