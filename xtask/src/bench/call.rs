//! From click to ring and from answer to speech: the story of one call, played by the real programs; and how soon an
//! unplugged device is replaced in a call.

use super::figures::Spread;
use crate::house::House;
use crate::run;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::Path;

/// Each in fresh programs, so that every call is the first of its day.
const STORIES: usize = 3;

pub(super) fn measure(house: &House, folder: &Path) -> Result<Value> {
    let (mut painted, mut heard) = (Vec::new(), Vec::new());
    let mut timelines = Vec::new();
    for number in 1..=STORIES {
        let out = folder.join(format!("story-{number}"));
        let mut command = super::program(house, &house.binary("release", "story"));
        run::shown(command.arg("--out").arg(&out))?;
        let text = std::fs::read_to_string(out.join("timeline.json"))?;
        let timeline: Value = serde_json::from_str(&text).context("reading timeline.json")?;
        let at = |name: &str| {
            let value = timeline[name].as_f64();
            value.with_context(|| format!("the timeline has no `{name}`"))
        };
        painted.push(at("ringing_painted")? - at("clicked")?);
        let both = at("first_speech_to_agent")?.max(at("first_speech_to_customer")?);
        heard.push(both - at("accept_clicked")?);
        timelines.push(timeline);
    }
    let (mut microphone, mut speaker) = (Vec::new(), Vec::new());
    for _ in 0..STORIES {
        let program = house.binary("release", "bench_unplugged");
        let took = super::printed(&mut super::program(house, &program))?;
        let ms = |name: &str| {
            let value = took[name].as_f64();
            value.with_context(|| format!("bench_unplugged printed no `{name}`"))
        };
        microphone.push(ms("microphone_ms")?);
        speaker.push(ms("speaker_ms")?);
    }
    Ok(json!({
        "microphone_replaced_ms": Spread::of(&microphone).to_json(),
        "speaker_replaced_ms": Spread::of(&speaker).to_json(),
        "clicked_to_ringing_painted_ms": Spread::of(&painted).to_json(),
        "answered_to_speech_both_ways_ms": Spread::of(&heard).to_json(),
        "timelines": timelines,
    }))
}
