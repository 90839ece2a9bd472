//! Holds the real server to its own OpenAPI document: requests that fit and requests that do not, for every role and for
//! nobody, made by Schemathesis from the document as the server gives it.

use crate::count::Count;
use crate::demo;
use crate::house::House;
use crate::{run, say, setup};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What each part is called, and whose sign-in it has.
const ROLES: [(&str, Option<&str>); 5] = [
    ("nobody", None),
    ("agent", Some("anna")),
    ("expert", Some("eva")),
    ("supervisor", Some("sam")),
    ("administrator", Some("ada")),
];

/// Signing out ends the sign-in that it is done with: it goes last, with one of its own.
const SIGN_OUT: &str = "/v1/sign-out";

/// The demo's, which everybody has.
const PASSWORD: &str = "warmline-demo";

/// Tests are operations; each holds hundreds of requests.
pub(crate) fn run(house: &House) -> (Count, Result<()>) {
    let mut count = Count::default();
    let outcome = hold(house, &mut count);
    (count, outcome)
}

/// Builds the server, and nothing but this step.
pub(crate) fn alone(house: &House) -> Result<()> {
    // The same selection as for all tests: another one would build third parties' crates anew.
    run::shown(&mut house.cargo(&crate::test::BUILD))?;
    let (count, outcome) = run(house);
    say::line(&format!("{} passed, {} failed", count.passed, count.failed))?;
    outcome
}

fn hold(house: &House, count: &mut Count) -> Result<()> {
    setup::contract(house)?;
    let folder = house.target.join("contract");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("emptying {}", folder.display()))?;
    }
    let data = folder.join("server");
    std::fs::create_dir_all(&data).with_context(|| format!("making {}", data.display()))?;
    let server = |verb: &str| {
        let program = house.binary("debug", "warmline-server");
        let mut command = house.command(&program.to_string_lossy());
        command.arg(verb).arg("--data").arg(&data);
        command.env("WARMLINE_LOG", "error");
        // So many requests from one address are no attack here.
        command.env("WARMLINE_LIMITS_SIGN_IN_ATTEMPTS", "1000");
        command.env("WARMLINE_LIMITS_SIGN_INS_PER_ADDRESS", "100000");
        command
    };
    run::read(&mut server("seed-demo"))?;
    let mut serving = server("serve");
    let (_running, address) = demo::listening(serving.args(["--listen", "127.0.0.1:0"]))?;
    let mut parts = Vec::new();
    for (role, user) in ROLES {
        let token = || user.map(|user| sign_in(house, &address, user)).transpose();
        parts.push(Part::new(role.to_owned(), "--exclude-path", token()?));
        parts.push(Part::new(
            format!("{role}, signing out"),
            "--include-path",
            token()?,
        ));
    }
    let outcomes = in_turns(&parts, |part| part.run(house, &address, &folder));
    if outcomes.len() != parts.len() {
        bail!("a part was not played");
    }
    let mut failed = Vec::new();
    for outcome in outcomes {
        let (name, counted) = outcome?;
        say::line(&format!(
            "{name}: {} passed, {} failed",
            counted.passed, counted.failed
        ))?;
        if counted.failed > 0 {
            failed.push(name);
        }
        *count += counted;
    }
    if failed.is_empty() {
        return Ok(());
    }
    bail!(
        "the server does not do what its document says, for: {}",
        failed.join("; ")
    )
}

/// One run of Schemathesis.
struct Part {
    name: String,
    /// Whether the address for signing out is the only one, or left out.
    which: &'static str,
    token: Option<String>,
}

impl Part {
    fn new(name: String, which: &'static str, token: Option<String>) -> Self {
        Self { name, which, token }
    }

    fn run(&self, house: &House, address: &str, folder: &Path) -> Result<(String, Count)> {
        let mut command = schemathesis(house, address, folder, &self.name);
        command.args([self.which, SIGN_OUT]);
        if let Some(token) = &self.token {
            command
                .arg("-H")
                .arg(format!("Authorization: Bearer {token}"));
        }
        Ok((self.name.clone(), one(&mut command, folder, &self.name)?))
    }
}

/// Two beside each other: each waits for the server half of its time.
fn in_turns<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let turns = std::iter::from_fn(|| all.get(next.fetch_add(1, Ordering::Relaxed)));
        turns.map(&work).collect::<Vec<R>>()
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(worker);
        let mut done = worker();
        done.extend(other.join().unwrap_or_default());
        done
    })
}

fn schemathesis(house: &House, address: &str, folder: &Path, part: &str) -> Command {
    let mut command = house.command(&setup::schemathesis(house).to_string_lossy());
    let settings = house.root.join("xtask/src/contract/schemathesis.toml");
    command.arg("--config-file").arg(settings);
    command.args(["--no-color", "run", &format!("{address}/v1/openapi.json")]);
    command.args(["--report", "junit", "--report-junit-path"]);
    command.arg(folder.join(format!("{part}.xml")));
    command
}

/// Its output is shown when something failed.
fn one(command: &mut Command, folder: &Path, part: &str) -> Result<Count> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .context("starting Schemathesis")?;
    let report = folder.join(format!("{part}.xml"));
    let report = std::fs::read_to_string(&report).unwrap_or_default();
    let counted = counted(&report);
    let is_good = output.status.success();
    if !is_good {
        say::text(&String::from_utf8_lossy(&output.stdout))?;
        say::text(&String::from_utf8_lossy(&output.stderr))?;
    }
    match counted {
        Some(count) if is_good == (count.failed == 0) && count.passed + count.failed > 0 => {
            Ok(count)
        }
        _ => bail!(
            "Schemathesis ended with {} and no fitting report",
            output.status
        ),
    }
}

/// What the first line of JUnit's XML says of all of it.
fn counted(report: &str) -> Option<Count> {
    let head = report.split_once("<testsuites")?.1.split_once('>')?.0;
    let number = |name: &str| -> Option<u32> {
        let value = head.split_once(&format!(" {name}=\""))?.1;
        value.split_once('"')?.0.parse().ok()
    };
    let (all, bad) = (number("tests")?, number("failures")? + number("errors")?);
    Some(Count {
        passed: all.checked_sub(bad)?,
        failed: bad,
    })
}

fn sign_in(house: &House, address: &str, user: &str) -> Result<String> {
    let body = serde_json::json!({ "organisation": "demo", "user": user, "password": PASSWORD });
    let mut curl = house.command("curl");
    curl.args(["--silent", "--show-error", "--fail", "--max-time", "30"])
        .args(["--header", "content-type: application/json"])
        .args(["--data", &body.to_string()])
        .arg(format!("{address}/v1/sign-in"));
    let answer = run::read(&mut curl)?;
    let answer: serde_json::Value = serde_json::from_str(&answer).context("reading the sign-in")?;
    let token = answer["token"]
        .as_str()
        .context("a sign-in without a token")?;
    Ok(token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_counted_by_its_head() {
        let report = "<?xml version=\"1.0\" ?>\n<testsuites disabled=\"0\" errors=\"1\" failures=\"2\" tests=\"9\" time=\"3.1\">\n\
                      \t<testsuite errors=\"1\" failures=\"2\" tests=\"9\">";
        let (passed, failed) = (6, 3);
        assert_eq!(counted(report), Some(Count { passed, failed }));
        assert_eq!(counted(""), None);
    }
}
