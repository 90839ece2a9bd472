//! Every check and every test, in the order in which the cheapest fault is found first.

mod report;

use crate::count::Count;
use crate::house::House;
use crate::{codegen, contract, foreign, run, say, setup, tidy, together};
use anyhow::{Context, Result, bail};
use report::Report;
use std::path::PathBuf;

/// The package whose tests start real programs: displays, browsers, sound.
const SYSTEM_TESTS: &str = "system-tests";

/// Its test target that only reads the workspace.
const ARCHITECTURE: &str = "architecture";

/// Package and target of the tests that play and hear in real time.
const SOUND: (&str, &str) = ("media", "engine");

/// The steps that need what the build makes.
const TESTS: [&str; 6] = [
    "architecture",
    "unit and simulation",
    "generated TypeScript",
    "REST as documented",
    "sound",
    "end to end and browser",
];

/// A test that was built, and where Cargo would run it.
struct Executable {
    package: String,
    target: String,
    path: PathBuf,
    folder: PathBuf,
}

/// What a runner's tests need of the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Little: any number of them beside each other.
    Unit,
    /// Sound in real time.
    Sound,
    /// Displays, browsers and sound.
    System,
    Architecture,
}

impl Executable {
    fn kind(&self) -> Kind {
        match (self.package.as_str(), self.target.as_str()) {
            (SYSTEM_TESTS, ARCHITECTURE) => Kind::Architecture,
            (SYSTEM_TESTS, _) => Kind::System,
            SOUND => Kind::Sound,
            _ => Kind::Unit,
        }
    }
}

pub(crate) fn run(house: &House, options: &[String]) -> Result<()> {
    if let Some(option) = options.first() {
        bail!("`test` takes no options, but was given `{option}`: it always runs everything");
    }
    setup::run(house)?;
    let mut report = Report::default();
    report.step("format", || {
        run::shown(&mut house.cargo(&["fmt", "--all", "--check"]))
    })?;
    report.step("tidy", || tidy::run(house))?;
    report.step("screens: types and lint", || {
        run::shown(&mut house.npm(&["run", "check"]))
    })?;
    let of_screens = screens_tests(house)?;
    report.counted("screens: tests", || together::counted(of_screens))?;
    // Before the linter: server and desktop carry the screens in their binaries.
    let has_screens = report.step("screens: build", || {
        run::shown(&mut house.npm(&["run", "build"]))
    })?;
    report.step("clippy", || {
        let args = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ];
        run::shown(&mut house.cargo(&args))
    })?;
    foreign_steps(house, &mut report)?;
    if has_screens {
        run_tests(house, &mut report)?;
    } else {
        report.left_out(&["build"], "the screens were not built");
        report.left_out(&TESTS, "nothing was built");
    }
    report.end()
}

/// Only what is checked for other systems.
pub(crate) fn run_foreign(house: &House) -> Result<()> {
    let mut report = Report::default();
    foreign_steps(house, &mut report)?;
    report.end()
}

fn foreign_steps(house: &House, report: &mut Report) -> Result<()> {
    report.checked("Windows", || foreign::windows(house))?;
    report.checked("macOS", || foreign::macos(house))?;
    Ok(())
}

/// For a machine that judges: everything must also leave the checkout as it was.
pub(crate) fn run_and_compare(house: &House) -> Result<()> {
    let status = || run::read(house.command("git").args(["status", "--porcelain"]));
    let before = status()?;
    run(house, &[])?;
    let after = status()?;
    if before != after {
        bail!("the tests changed the checkout:\n{after}");
    }
    Ok(())
}

/// One runner for each kind of test that a package of the screens has; the longest first.
fn screens_tests(house: &House) -> Result<Vec<together::Named>> {
    let read = |path: PathBuf| -> Result<serde_json::Value> {
        let text = std::fs::read_to_string(&path);
        let text = text.with_context(|| format!("reading {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))
    };
    let root = read(house.ui().join("package.json"))?;
    let packages = root["workspaces"].as_array().context("no workspaces")?;
    let mut named = Vec::new();
    for kind in ["test:browser", "test:unit"] {
        for package in packages.iter().filter_map(|package| package.as_str()) {
            let manifest = read(house.ui().join(package).join("package.json"))?;
            if manifest["scripts"][kind].is_string() {
                let command = house.npm(&["run", kind, "-w", package]);
                named.push((format!("{package} {kind}"), command));
            }
        }
    }
    Ok(named)
}

fn run_tests(house: &House, report: &mut Report) -> Result<()> {
    let mut executables = Vec::new();
    let is_built = report.step("build", || {
        executables = build(house)?;
        Ok(())
    })?;
    if !is_built {
        report.left_out(&TESTS, "the build failed");
        return Ok(());
    }
    let typescript = codegen::fresh_folder(house)?;
    let profile = house.built("debug");
    let command = |executable: &Executable| {
        let mut command = house.command(&executable.path.to_string_lossy());
        command
            .current_dir(&executable.folder)
            .env("CARGO_MANIFEST_DIR", &executable.folder)
            .env("WARMLINE_BIN_DIR", &profile)
            .env(codegen::FOLDER_VARIABLE, &typescript);
        command
    };
    let of = |kind: Kind| {
        let chosen = executables.iter().filter(move |one| one.kind() == kind);
        chosen.map(|one| (format!("{} {}", one.package, one.target), command(one)))
    };
    let [architecture, unit, generated, documented, sound, system] = TESTS;
    report.counted(architecture, || one_by_one(of(Kind::Architecture)))?;
    report.counted(unit, || together::counted(of(Kind::Unit).collect()))?;
    report.step(generated, || codegen::compare(house, &typescript))?;
    report.counted(documented, || contract::run(house))?;
    report.counted(sound, || one_by_one(of(Kind::Sound)))?;
    report.counted(system, || one_by_one(of(Kind::System)))?;
    Ok(())
}

/// In full view; what a runner's tests need of the machine they have for themselves.
fn one_by_one(commands: impl Iterator<Item = together::Named>) -> (Count, Result<()>) {
    let mut count = Count::default();
    let mut failed = Vec::new();
    for (name, mut command) in commands {
        let _ = say::line(&format!("\n── {name}"));
        let (counted, outcome) = run::counted(&mut command);
        count += counted;
        failed.extend(outcome.err().map(|_| name));
    }
    (count, together::outcome(count, &failed))
}

/// The programs and their tests, in one go and of the whole workspace: another selection would mean other features of third
/// parties' crates, and a second build of all that stands on them.
pub(crate) const BUILD: [&str; 5] = ["build", "--workspace", "--bins", "--tests", "--locked"];

fn build(house: &House) -> Result<Vec<Executable>> {
    // Once in full view, with Cargo's progress, and once more, with nothing left to do, to be read.
    run::shown(&mut house.cargo(&BUILD))?;
    let mut again = house.cargo(&BUILD);
    let list = run::read(again.args(["--quiet", "--message-format=json"]))?;
    list.lines()
        .filter_map(|line| executable_of(line).transpose())
        .collect()
}

/// What a line of Cargo's JSON says was built, when that is a test.
fn executable_of(line: &str) -> Result<Option<Executable>> {
    let message: serde_json::Value =
        serde_json::from_str(line).context("reading Cargo's messages")?;
    let is_test = message["profile"]["test"].as_bool().unwrap_or(false);
    let Some(path) = message["executable"].as_str().filter(|_| is_test) else {
        return Ok(None);
    };
    let manifest = PathBuf::from(
        message["manifest_path"]
            .as_str()
            .context("no manifest's path")?,
    );
    let folder = manifest
        .parent()
        .context("a manifest without a folder")?
        .to_owned();
    let toml = std::fs::read_to_string(&manifest)?;
    let package = toml
        .lines()
        .find_map(|line| line.strip_prefix("name = "))
        .unwrap_or_default();
    Ok(Some(Executable {
        package: package.trim_matches('"').to_owned(),
        target: message["target"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        path: PathBuf::from(path),
        folder,
    }))
}
