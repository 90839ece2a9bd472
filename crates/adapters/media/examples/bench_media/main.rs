//! Measures one call between two engines on private virtual devices and prints JSON.
//!
//! `bench_media [HEARD.wav REFERENCE.wav]`: mouth to ear by chirps, the share of a core that both ends of a call take,
//! and with file names also speech through 10 % loss and 30 ms of jitter, for scoring by PESQ.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test, and a measurement as well, stops at a surprise"
)]

#[path = "../../tests/engine/pair.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod pair;
mod proxy;
#[path = "../../tests/engine/pulse.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod pulse;

use audio::RATE;
use audio::compare::find_waveform;
use pair::{End, MEDIA, Stage, stage, talking};
use std::path::Path;
use std::time::{Duration, Instant};

const CHIRPS: usize = 12;
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
        out.resize(start + CHIRP_EVERY + n * 970, 0.0);
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
    std::thread::sleep(Duration::from_millis(300));
    stage.pulse.speak(&wav, "a").wait().expect("paplay runs");
    std::thread::sleep(Duration::from_millis(600));
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

/// CPU seconds of this process so far, in user and kernel.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|field| field.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

async fn lossy(stage: &Stage, heard: &Path, reference: &Path) -> f32 {
    let (mut a, mut b) = (End::start("a"), End::start("b"));
    a.devices_seen().await;
    b.devices_seen().await;
    let offer = a.engine.prepare_offer(MEDIA).await.expect("an offer");
    let answer = b
        .engine
        .accept_offer(MEDIA, &offer)
        .await
        .expect("an answer");
    // What a sends to b passes the bad network; the way back is clean.
    let answer = proxy::through(&answer, 0.10, Duration::from_millis(30)).expect("a proxy");
    a.engine
        .set_answer(MEDIA, &answer)
        .await
        .expect("the answer fits");
    a.engine.start_talking(MEDIA).expect("a path");
    b.engine.start_talking(MEDIA).expect("a path");
    a.connected().await;
    b.connected().await;
    let (wav, said) = pulse::sentence(TEXT, "en-gb", &stage.pulse.path(""));
    // The first run teaches both ends what the network is like.
    stage.pulse.speak(&wav, "a").wait().expect("paplay runs");
    let recording = stage.pulse.record("speaker-b.monitor");
    stage.pulse.speak(&wav, "a").wait().expect("paplay runs");
    tokio::time::sleep(Duration::from_millis(700)).await;
    write(heard, &recording.stop());
    write(reference, &said);
    b.engine
        .summary(MEDIA)
        .map_or(0.0, |summary| summary.loss_in_percent)
}

#[tokio::main]
async fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let stage = stage();
    let (a, b) = talking(&stage).await;
    // Four seconds until the jitter buffers know the machine.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let delays = mouth_to_ear(&stage);
    let (cpu, began) = (cpu_seconds(), Instant::now());
    tokio::time::sleep(Duration::from_secs(10)).await;
    let share = (cpu_seconds() - cpu) / began.elapsed().as_secs_f64() * 100.0;
    let jitter = b
        .engine
        .summary(MEDIA)
        .and_then(|summary| summary.jitter_buffer_ms);
    a.engine.close(MEDIA).await;
    b.engine.close(MEDIA).await;
    drop((a, b));
    let loss = match files.as_slice() {
        [heard, reference, ..] => Some(lossy(&stage, heard.as_ref(), reference.as_ref()).await),
        _ => None,
    };
    let at = |share: f64| delays.get(((delays.len() as f64 - 1.0).max(0.0) * share) as usize);
    let result = serde_json::json!({
        "mouth_to_ear_ms": { "median": at(0.5), "p95": at(0.95), "found": delays.len(), "of": CHIRPS },
        "cpu_percent_of_a_core_per_call": share / 2.0,
        "jitter_buffer_ms": jitter,
        "loss_in_percent": loss,
    });
    println!("{result:#}");
}
