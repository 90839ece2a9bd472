//! Speech through a bad network, heard by our receiver and by Chromium's, scored by PESQ.

use super::figures::Spread;
use crate::house::House;
use crate::{say, setup};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

const SCORE: &str = include_str!("score.py");
const RECEIVERS: [&str; 2] = ["ours", "chromium"];

pub(super) fn measure(house: &House, folder: &Path) -> Result<Value> {
    say::line("the same packets to both receivers, about two and a half minutes")?;
    let recordings = folder.join("speech");
    let mut measured = super::printed(super::example(house, "bench_speech").arg(recordings))?;
    let pieces = measured["pieces"].take();
    let scores = scored(house, &json!({"pieces": pieces, "heard": RECEIVERS}))?;
    let (pieces, scores) = (list(&pieces)?, list(&scores)?);
    ensure!(pieces.len() == scores.len(), "not every piece was scored");
    // Losses make the pieces; without a seed there were none.
    let of = |is_impaired: bool, receiver: &str, what: &str| {
        let both = pieces.iter().zip(scores);
        let wanted = both.filter(|(piece, _)| piece["seed"].is_null() != is_impaired);
        let values: Option<Vec<f64>> = wanted
            .map(|(_, score)| score[receiver][what].as_f64())
            .collect();
        let values = values.filter(|values| !values.is_empty());
        let values = values.with_context(|| format!("{receiver} has no {what}"));
        values.map(|values| Spread::of(&values).to_json())
    };
    for (name, is_impaired) in [("impaired", true), ("control", false)] {
        for receiver in RECEIVERS {
            measured[name][receiver] = json!({
                "pesq": of(is_impaired, receiver, "pesq")?,
                "delay_ms": of(is_impaired, receiver, "delay_ms")?,
            });
        }
    }
    let each = pieces.iter().zip(scores).map(|(piece, score)| {
        json!({"language": piece["language"], "seed": piece["seed"], "scores": score})
    });
    measured["pieces"] = each.collect();
    Ok(measured)
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("not a list of pieces")
}

fn scored(house: &House, task: &Value) -> Result<Value> {
    let mut child = house
        .command(&setup::python(house).to_string_lossy())
        .args(["-c", SCORE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting Python")?;
    let mut stdin = child.stdin.take().context("no stdin")?;
    stdin.write_all(task.to_string().as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!(
            "the scoring failed ({}); its reason stands above",
            output.status
        );
    }
    serde_json::from_slice(&output.stdout).context("reading the scores")
}
