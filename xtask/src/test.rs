//! Every check and every test, in the order in which the cheapest fault is found first.

use crate::count::Count;
use crate::house::House;
use crate::{codegen, run, say, setup, tidy, together};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The package whose tests start real programs: displays, browsers, sound.
const SYSTEM_TESTS: &str = "system-tests";

/// Its test target that only reads the workspace.
const ARCHITECTURE: &str = "architecture";

/// Package and target of the tests that play and hear in real time.
const SOUND: (&str, &str) = ("media", "engine");

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

/// What the steps have come to.
#[derive(Default)]
struct Report {
    rows: Vec<Row>,
    count: Count,
}

struct Row {
    name: &'static str,
    took: Duration,
    count: Count,
    error: Option<anyhow::Error>,
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
    // The whole workspace each time: another selection would mean other features, and a second build of everything.
    let is_built = report.step("build", || {
        run::shown(&mut house.cargo(&["build", "--workspace", "--bins", "--locked"]))
    })?;
    if has_screens && is_built {
        run_tests(house, &mut report)?;
    }
    report.end()
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
    report.step("build the tests", || {
        executables = build_tests(house)?;
        Ok(())
    })?;
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
    report.counted("architecture", || one_by_one(of(Kind::Architecture)))?;
    report.counted("unit and simulation", || {
        together::counted(of(Kind::Unit).collect())
    })?;
    report.step("generated TypeScript", || {
        codegen::compare(house, &typescript)
    })?;
    report.counted("sound", || one_by_one(of(Kind::Sound)))?;
    report.counted("end to end and browser", || one_by_one(of(Kind::System)))?;
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

fn build_tests(house: &House) -> Result<Vec<Executable>> {
    let build = ["test", "--workspace", "--no-run", "--locked"];
    // Once in full view, with Cargo's progress, and once more, with nothing left to do, to be read.
    run::shown(&mut house.cargo(&build))?;
    let mut again = house.cargo(&build);
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

impl Report {
    /// Runs a step; whether it went well. A failed step does not stop the others: one wants to know all of them.
    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<bool> {
        self.counted(name, || (Count::default(), work()))
    }

    fn counted(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> (Count, Result<()>),
    ) -> Result<bool> {
        say::heading(name)?;
        let began = Instant::now();
        let (count, outcome) = work();
        let took = began.elapsed();
        let is_good = outcome.is_ok();
        if let Err(error) = &outcome {
            say::line(&format!("{error:#}"))?;
        }
        let word = if is_good { "done" } else { "FAILED" };
        say::line(&format!("{name}: {word} in {:.1} s", took.as_secs_f64()))?;
        self.count += count;
        self.rows.push(Row {
            name,
            took,
            count,
            error: outcome.err(),
        });
        Ok(is_good)
    }

    /// # Errors
    /// When a step or a test failed, naming the steps.
    fn end(self) -> Result<()> {
        say::heading("summary")?;
        for row in &self.rows {
            let outcome = if row.error.is_none() { "ok" } else { "FAILED" };
            let tests = match row.count {
                Count {
                    passed: 0,
                    failed: 0,
                } => String::new(),
                Count { passed, failed } => format!("{passed} passed, {failed} failed"),
            };
            let took = row.took.as_secs_f64();
            say::line(&format!(
                "  {:<26} {outcome:<7} {took:>7.1} s   {tests}",
                row.name
            ))?;
        }
        let total: Duration = self.rows.iter().map(|row| row.took).sum();
        say::line(&format!(
            "  {:<26} {:<7} {:>7.1} s\n",
            "all",
            "",
            total.as_secs_f64()
        ))?;
        say::line(&format!(
            "{} passed, {} failed",
            self.count.passed, self.count.failed
        ))?;
        let failed: Vec<&str> = self
            .rows
            .iter()
            .filter(|row| row.error.is_some())
            .map(|row| row.name)
            .collect();
        if !failed.is_empty() {
            bail!("failed: {}", failed.join(", "));
        }
        Ok(())
    }
}
