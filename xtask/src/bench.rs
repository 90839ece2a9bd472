//! Measures a release build and sets each figure beside what it should reach.
//!
//! It reports and does not judge: a figure that falls short is no failure, one that could not be taken is.

mod call;
mod desktop;
mod figures;
mod load;
mod machine;
mod page;
mod readme;
mod speech;
mod table;

use crate::house::House;
use crate::{run, say, setup};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
cargo xtask bench [parts] [--minutes M] [--readme]

Builds for release, measures all parts but load, or those named, prints a table, leaves JSON under target/bench/.

  media     mouth to ear, and the share of a core that one end of a call takes
  speech    speech through a bad network, scored beside Chromium's
  call      from click to ring, from answer to speech: the whole story, and a device unplugged in a call, three times
  desktop   first paint, idle memory, the share of a core that a call takes
  server    memory per idle link, command to event at 1,000 a second with commit
  recovery  a million journal entries read back, and commits of a busy floor beside a reader
  import    a file of customers brought in, committed and searchable
  search    finding a customer among two million while one types
  routing   one decision of the routing engine at 18,000 and 100,000 agents, and how good expected waits are
  page      the size of the customer's page
  attack    a server under guessed passwords, silent connections and meaningless calls while 50 agents work
  load      a whole server under 1,500 and under 18,000 agents, 10 minutes each; only when named

  --minutes how long each load lasts
  --readme  measures nothing: writes the figures of the last runs into README.md

Nothing else should work meanwhile: figures of a busy machine say nothing.";

/// One thing to measure and where it is told; each leaves a file of its name.
struct Part {
    name: &'static str,
    measure: fn(&Place<'_>) -> Result<Value>,
}

/// Where a part is measured.
struct Place<'a> {
    house: &'a House,
    folder: &'a Path,
    /// How long a load lasts.
    minutes: &'a str,
}

const fn part(name: &'static str, measure: fn(&Place<'_>) -> Result<Value>) -> Part {
    Part { name, measure }
}

/// It takes longer than all others together.
const ONLY_WHEN_NAMED: &str = "load";

const MINUTES: &str = "10";

const PARTS: [Part; 12] = [
    part("media", |at| printed(&mut example(at.house, "bench_media"))),
    part("speech", |at| speech::measure(at.house, at.folder)),
    part("call", |at| call::measure(at.house, at.folder)),
    part("desktop", |at| desktop::measure(at.house, at.folder)),
    part("server", |at| {
        printed(&mut example(at.house, "bench_server"))
    }),
    part("recovery", |at| {
        printed(&mut example(at.house, "bench_recovery"))
    }),
    part("import", |at| {
        printed(&mut example(at.house, "bench_import"))
    }),
    part("search", |at| {
        printed(&mut example(at.house, "bench_search"))
    }),
    part("routing", |at| {
        let path = at.house.binary("release", "bench_routing");
        printed(&mut program(at.house, &path))
    }),
    part("page", |at| page::measure(at.house)),
    part("attack", |at| {
        let path = at.house.binary("release", "bench_attack");
        printed(&mut program(at.house, &path))
    }),
    part(ONLY_WHEN_NAMED, |at| load::measure(at.house, at.minutes)),
];

pub(crate) fn run(house: &House, options: &[String]) -> Result<()> {
    let folder = house.root.join("target/bench");
    match options {
        [one] if one == "--help" || one == "-h" => return say::text(HELP),
        [one] if one == "--readme" => return readme::write(house, &folder),
        _ => {}
    }
    let (minutes, options) = minutes(options)?;
    let chosen = chosen(&options)?;
    build(house)?;
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let machine = machine::described(&folder)?;
    let place = Place {
        house,
        folder: &folder,
        minutes: &minutes,
    };
    let mut failed = Vec::new();
    for part in &chosen {
        say::heading(&format!("measure: {}", part.name))?;
        // What an earlier run left must not pass for this one's.
        let _ = std::fs::remove_file(file(&folder, part.name));
        let measured = (part.measure)(&place);
        if let Err(error) = measured.and_then(|value| keep(&folder, part.name, &value)) {
            say::line(&format!("{}: {error:#}", part.name))?;
            failed.push(part.name);
        }
    }
    keep(&folder, "machine", &machine)?;
    let figures = figures::read(&folder, |part| chosen.iter().any(|one| one.name == part))?;
    keep(&folder, "figures", &figures::to_json(&figures, &machine))?;
    table::print(&figures, &machine)?;
    say::line(&format!("\nJSON is in {}", folder.display()))?;
    if !failed.is_empty() {
        bail!("could not be measured: {}", failed.join(", "));
    }
    Ok(())
}

/// What `--minutes` says, and the other words.
fn minutes(options: &[String]) -> Result<(String, Vec<String>)> {
    let mut others = options.to_vec();
    let Some(at) = others.iter().position(|option| option == "--minutes") else {
        return Ok((MINUTES.to_owned(), others));
    };
    let given: Vec<String> = others.drain(at..(at + 2).min(options.len())).collect();
    match given.get(1) {
        Some(minutes) if minutes.parse::<f64>().is_ok_and(|m| m > 0.0) => {
            Ok((minutes.clone(), others))
        }
        _ => bail!("`--minutes` takes a number above 0\n\n{HELP}"),
    }
}

fn chosen(options: &[String]) -> Result<Vec<&'static Part>> {
    for option in options {
        if !PARTS.iter().any(|part| part.name == option) {
            bail!("`bench` does not know `{option}`\n\n{HELP}");
        }
    }
    let wanted = |part: &&Part| {
        let is_in_all = options.is_empty() && part.name != ONLY_WHEN_NAMED;
        is_in_all || options.iter().any(|one| one == part.name)
    };
    Ok(PARTS.iter().filter(wanted).collect())
}

/// Everything, whatever is measured: another selection would mean other features, and a second build of it all.
fn build(house: &House) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("the bench measures on Linux only: it reads /proc and plays on virtual devices");
    }
    setup::run(house)?;
    setup::for_bench(house)?;
    say::heading("build the screens")?;
    run::shown(&mut house.npm(&["run", "build"]))?;
    say::heading("build for release (a first build takes 10 to 20 minutes)")?;
    run::shown(&mut house.cargo(&[
        "build",
        "--release",
        "--workspace",
        "--bins",
        "--examples",
        "--locked",
    ]))
}

fn example(house: &House, name: &str) -> Command {
    program(house, &house.binary("release", "examples").join(name))
}

fn program(house: &House, path: &Path) -> Command {
    let mut command = house.command(&path.to_string_lossy());
    command.env("WARMLINE_BIN_DIR", house.built("release"));
    command
}

/// What a program measured: the JSON that it prints.
fn printed(command: &mut Command) -> Result<Value> {
    let said = run::read(command)?;
    serde_json::from_str(&said)
        .with_context(|| format!("`{}` printed no JSON", run::typed(command)))
}

fn file(folder: &Path, part: &str) -> PathBuf {
    folder.join(format!("{part}.json"))
}

fn keep(folder: &Path, part: &str, value: &Value) -> Result<()> {
    let path = file(folder, part);
    let text = serde_json::to_string_pretty(value)? + "\n";
    std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_chosen_by_name_and_all_without_one() {
        let names = |options: &[&str]| -> Result<Vec<&str>> {
            let options: Vec<String> = options.iter().map(|one| (*one).to_owned()).collect();
            Ok(chosen(&options)?.iter().map(|part| part.name).collect())
        };
        assert_eq!(names(&["server", "media"]).unwrap(), ["media", "server"]);
        assert_eq!(names(&[]).unwrap().len(), PARTS.len() - 1);
        assert!(!names(&[]).unwrap().contains(&ONLY_WHEN_NAMED));
        assert!(names(&["speed"]).is_err());
    }

    #[test]
    fn minutes_stand_anywhere_among_the_parts() {
        let told = |options: &[&str]| {
            let options: Vec<String> = options.iter().map(|one| (*one).to_owned()).collect();
            minutes(&options)
        };
        let parts = vec!["load".to_owned(), "page".to_owned()];
        let given = told(&["load", "--minutes", "0.5", "page"]).unwrap();
        assert_eq!(given, ("0.5".to_owned(), parts));
        assert_eq!(told(&[]).unwrap().0, MINUTES);
        for bad in [
            &["--minutes"][..],
            &["--minutes", "0"],
            &["--minutes", "load"],
        ] {
            assert!(told(bad).is_err(), "{bad:?}");
        }
    }
}
