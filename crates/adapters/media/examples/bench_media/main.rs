//! Measures one call between two engines on private virtual devices and prints JSON.
//!
//! Mouth to ear by chirps, and the share of a core that one end takes while both speak, voice processing on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test, and a measurement as well, stops at a surprise"
)]

#[path = "../../tests/engine/gate.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod gate;
#[path = "../../tests/engine/pair.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod pair;
#[path = "../../tests/engine/pulse.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod pulse;

use audio::RATE;
use audio::compare::find_waveform;
use pair::{MEDIA, Stage, stage, talking};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

const CHIRPS: usize = 30;
const CPU_FOR: Duration = Duration::from_secs(20);
const CHIRP_EVERY: usize = RATE as usize * 7 / 10;
const TEXT: &str = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. \
    It is easy to tell the depth of a well. These days a chicken leg is a rare dish.";

/// Rising tones of 80 ms, at uneven distances so that none is taken for another.
fn chirps() -> Vec<f32> {
    let mut out = vec![0.0; RATE as usize / 2];
    for n in 0..CHIRPS {
        let start = out.len();
        let length = RATE as usize * 8 / 100;
        out.extend((0..length).map(|at| {
            let time = at as f32 / RATE as f32;
            let swell = (std::f32::consts::PI * at as f32 / length as f32).sin();
            0.5 * swell * (std::f32::consts::TAU * (400.0 + 12_000.0 * time) * time).sin()
        }));
        // A prime, so that chirps begin everywhere in a packet.
        out.resize(start + CHIRP_EVERY + n * 1_237 % 9_600, 0.0);
    }
    out
}

fn write(path: &Path, samples: &[f32]) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec).expect("the file can be written");
    for sample in samples {
        file.write_sample((sample.clamp(-1.0, 1.0) * 32_767.0) as i16)
            .expect("the disk has room");
    }
    file.finalize().expect("the disk has room");
}

/// Milliseconds from a virtual mouth to the other end's ear, one for each chirp that was found.
fn mouth_to_ear(stage: &Stage) -> Vec<f64> {
    let wav = stage.pulse.path("chirps.wav");
    write(&wav, &chirps());
    let mouth = stage.pulse.record("mouth-a.monitor");
    let ear = stage.pulse.record("speaker-b.monitor");
    stage.pulse.speak(&wav, "a").wait().expect("paplay runs");
    ear.go_on_for(Duration::from_millis(600));
    let (mouth, ear) = (mouth.stop_with_start(), ear.stop_with_start());
    let (Some(mouth_start), Some(ear_start)) = (mouth.1, ear.1) else {
        return Vec::new();
    };
    // Seconds that the ear's recording began before the mouth's.
    let ahead = if mouth_start >= ear_start {
        mouth_start.duration_since(ear_start).as_secs_f64()
    } else {
        -ear_start.duration_since(mouth_start).as_secs_f64()
    };
    let length = RATE as usize * 8 / 100;
    let mut delays = Vec::new();
    let mut at = 0;
    while at + length < mouth.0.len() {
        if mouth.0[at].abs() < 0.01 {
            at += 1;
            continue;
        }
        let from = (at as f64 + ahead * f64::from(RATE)).max(0.0) as usize;
        let track = ear.0.get(from..).unwrap_or_default();
        let piece = &mouth.0[at..at + length];
        if let Some((lag, likeness)) = find_waveform(piece, track, RATE as usize * 4 / 10)
            && likeness > 0.5
        {
            delays.push(lag as f64 * 1_000.0 / f64::from(RATE));
        }
        at += RATE as usize / 2;
    }
    delays.sort_by(f64::total_cmp);
    delays
}

/// CPU seconds so far, in user and kernel, of each thread of this process, summed by its name.
fn cpu_seconds() -> BTreeMap<String, f64> {
    let mut seconds = BTreeMap::new();
    for task in std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten()
    {
        // A thread may have ended meanwhile.
        let stat = std::fs::read_to_string(task.path().join("stat")).unwrap_or_default();
        let Some((name, fields)) = stat
            .split_once('(')
            .and_then(|(_, rest)| rest.rsplit_once(')'))
        else {
            continue;
        };
        // The 14th and 15th field, in hundredths (proc(5)).
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: f64 = ticks.filter_map(|field| field.parse::<f64>().ok()).sum();
        *seconds.entry(name.to_owned()).or_default() += ticks / 100.0;
    }
    seconds
}

/// Share of a core, in percent for one end of the call, by thread; both ends speak meanwhile.
async fn cpu_share(stage: &Stage) -> BTreeMap<String, f64> {
    let (wav, _) = pulse::sentence(TEXT, "en-gb", &stage.pulse.path(""));
    let mut speaking = ["a", "b"].map(|end| stage.pulse.speak(&wav, end));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (before, began) = (cpu_seconds(), Instant::now());
    while began.elapsed() < CPU_FOR {
        tokio::time::sleep(Duration::from_millis(100)).await;
        for (child, end) in speaking.iter_mut().zip(["a", "b"]) {
            if child.try_wait().expect("paplay runs").is_some() {
                *child = stage.pulse.speak(&wav, end);
            }
        }
    }
    let (after, span) = (cpu_seconds(), began.elapsed().as_secs_f64());
    for mut child in speaking {
        child.kill().ok();
        child.wait().ok();
    }
    let share = |(name, seconds): (String, f64)| {
        let used = seconds - before.get(&name).copied().unwrap_or(0.0);
        (name, used / span * 100.0 / 2.0)
    };
    after.into_iter().map(share).collect()
}

#[tokio::main]
async fn main() {
    let stage = stage();
    let (a, b) = talking(&stage).await;
    // Until the jitter buffers know the machine.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let delays = mouth_to_ear(&stage);
    assert!(
        delays.len() * 2 > CHIRPS,
        "only {} of {CHIRPS} chirps were heard",
        delays.len()
    );
    let threads = cpu_share(&stage).await;
    let jitter = b
        .engine
        .summary(MEDIA)
        .and_then(|summary| summary.jitter_buffer_ms);
    a.engine.close(MEDIA).await;
    b.engine.close(MEDIA).await;
    let at = |share: f64| delays.get(((delays.len() as f64 - 1.0) * share) as usize);
    let result = serde_json::json!({
        "mouth_to_ear_ms": {
            "median": at(0.5), "p95": at(0.95), "max": delays.last(), "n": delays.len(), "of": CHIRPS,
        },
        "cpu_percent": threads.values().sum::<f64>(),
        "cpu_percent_by_thread": threads,
        "jitter_buffer_ms": jitter,
    });
    println!("{result:#}");
}
