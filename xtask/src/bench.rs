//! Measures a release build and sets each figure beside what it should reach.

mod desktop;
mod figures;

use crate::house::House;
use crate::{run, say, setup};
use anyhow::{Context, Result, bail};
use figures::{Figure, TARGETS};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// One call's figures vary with the machine's mood; the median of three does less.
const STORIES: usize = 3;

pub(crate) fn run(house: &House, options: &[String]) -> Result<()> {
    if let Some(option) = options.first() {
        bail!("`bench` takes no options, but was given `{option}`");
    }
    setup::run(house)?;
    say::heading("build for release")?;
    run::shown(&mut house.npm(&["run", "build"]))?;
    let examples = build(house)?;
    let folder = house.root.join("target/bench");
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;

    let mut figures = Vec::new();
    let mut failed = Vec::new();
    let mut take = |name: &str, measured: Result<Value>| -> Result<()> {
        match measured.and_then(|value| keep(&folder, name, value)) {
            Ok(more) => figures.extend(more),
            Err(error) => {
                say::line(&format!("{name}: {error:#}"))?;
                failed.push(name.to_owned());
            }
        }
        Ok(())
    };
    for (name, path) in &examples {
        say::heading(name)?;
        take(name, example(house, path))?;
    }
    say::heading("desktop")?;
    take("desktop", desktop::measure(house))?;
    say::heading("calls")?;
    take("call", stories(house, &folder))?;

    table(&figures)?;
    say::line(&format!("\nJSON is in {}", folder.display()))?;
    if !failed.is_empty() {
        bail!("could not be measured: {}", failed.join(", "));
    }
    Ok(())
}

/// Builds all programs and finds the examples that measure: those with `bench` in their name.
fn build(house: &House) -> Result<Vec<(String, PathBuf)>> {
    let args = [
        "build",
        "--workspace",
        "--bins",
        "--examples",
        "--release",
        "--locked",
    ];
    run::shown(&mut house.cargo(&args))?;
    let mut again = house.cargo(&args);
    let list = run::read(again.args(["--quiet", "--message-format=json"]))?;
    let mut found = Vec::new();
    for line in list.lines() {
        let message: Value = serde_json::from_str(line).context("reading Cargo's messages")?;
        let name = message["target"]["name"].as_str().unwrap_or_default();
        let is_example = message["target"]["kind"] == json!(["example"]);
        if let Some(path) = message["executable"].as_str().filter(|_| is_example)
            && name.contains("bench")
        {
            found.push((name.to_owned(), PathBuf::from(path)));
        }
    }
    Ok(found)
}

/// Runs one; what it prints as JSON, one value or one a line, is what it measured.
fn example(house: &House, path: &Path) -> Result<Value> {
    let mut command = house.command(&path.to_string_lossy());
    let said = run::read(command.env("WARMLINE_BIN_DIR", house.built("release")))?;
    if let Ok(value) = serde_json::from_str(&said) {
        return Ok(value);
    }
    let lines = said
        .lines()
        .filter(|line| line.trim_start().starts_with('{'));
    let values: Result<Vec<Value>, _> = lines.map(serde_json::from_str).collect();
    let values = values.with_context(|| format!("reading what {} measured", path.display()))?;
    if values.is_empty() {
        bail!("{} printed no JSON", path.display());
    }
    Ok(Value::Array(values))
}

/// Plays the story and takes the medians of its moments.
fn stories(house: &House, folder: &Path) -> Result<Value> {
    let mut painted = Vec::new();
    let mut heard = Vec::new();
    let mut seen = Vec::new();
    for number in 1..=STORIES {
        let out = folder.join(format!("story-{number}"));
        let story = house.binary("release", "story");
        let mut command = house.command(&story.to_string_lossy());
        command.env("WARMLINE_BIN_DIR", house.built("release"));
        run::shown(command.arg("--out").arg(&out))?;
        let text = std::fs::read_to_string(out.join("timeline.json"))?;
        let timeline: Value = serde_json::from_str(&text).context("reading timeline.json")?;
        let at = |name: &str| {
            timeline[name]
                .as_f64()
                .with_context(|| format!("no `{name}`"))
        };
        painted.push(at("ringing_painted")? - at("clicked")?);
        let both = at("first_speech_to_agent")?.max(at("first_speech_to_customer")?);
        heard.push(both - at("answered")?);
        seen.push(timeline);
    }
    Ok(json!({
        "clicked_to_ringing_painted_ms": figures::median(&mut painted),
        "answered_to_speech_both_ways_ms": figures::median(&mut heard),
        "timelines": seen,
    }))
}

fn keep(folder: &Path, name: &str, value: Value) -> Result<Vec<Figure>> {
    let path = folder.join(format!("{name}.json"));
    let text = serde_json::to_string_pretty(&value)? + "\n";
    std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    Ok(figures::of(name, &value))
}

fn table(figures: &[Figure]) -> Result<()> {
    say::heading("measured")?;
    say::line(&format!(
        "  {:<58} {:>12}   {:<12}",
        "what", "measured", "to reach"
    ))?;
    for figure in figures {
        let target = TARGETS
            .iter()
            .find(|target| figure.name.contains(target.name));
        let (reach, verdict) = match target {
            Some(target) if figure.value <= target.at_most => (target.in_words(), "reached"),
            Some(target) => (target.in_words(), "MISSED"),
            None => (String::new(), ""),
        };
        say::line(&format!(
            "  {:<58} {:>12.1}   {reach:<12} {verdict}",
            figure.name, figure.value
        ))?;
    }
    Ok(())
}
