//! Sends the same speech in the same packets, with the same losses and delays, to our receiver and to Chromium's.
//!
//! `bench_speech FOLDER` leaves what was said and what each played there as WAV files, and prints JSON that names them,
//! for scoring by PESQ.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measurement stops at a surprise"
)]

mod browser;
#[path = "../../tests/engine/gate.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod gate;
#[path = "../../tests/engine/pair.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod pair;
#[path = "../../tests/engine/pulse.rs"]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
mod pulse;
mod relay;
mod sender;

use audio::RATE;
use browser::Browser;
use pair::{End, MEDIA, stage};
use relay::{Impairment, Relay};
use sender::{Path as SenderPath, Voice};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Voice, language and words; the English ones are of the Harvard list (IEEE 1969).
const SENTENCES: [(&str, &str, &str); 6] = [
    (
        "en-gb",
        "en",
        "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. \
         It is easy to tell the depth of a well.",
    ),
    (
        "cmn",
        "zh",
        "您好，我家的宽带从昨天晚上开始就断了。请问什么时候能修好？",
    ),
    (
        "en-us+f3",
        "en",
        "These days a chicken leg is a rare dish. Rice is often served in round bowls. \
         The juice of lemons makes fine punch.",
    ),
    (
        "cmn+f2",
        "zh",
        "请稍等，我马上为您查询线路。工程师星期五中午会到您家里。",
    ),
    (
        "en-gb+m7",
        "en",
        "The box was thrown beside the parked truck. The hogs were fed chopped corn and garbage. \
         Four hours of steady work faced us.",
    ),
    (
        "cmn+m3",
        "zh",
        "我想把电话号码换成新的套餐，每个月的费用是多少？谢谢您的帮助。",
    ),
];
/// Sentences that are said without a fault in the network first: one of each language.
const CONTROLS: usize = 2;
const SEEDS: [u64; 2] = [1, 2];
const LOSS: f64 = 0.10;
const JITTER: Duration = Duration::from_millis(30);
/// What the engine's encoder would be told at this loss: a third more than is reported, and never less than 5.
const EXPECTED_LOSS_PERCENT: (i32, i32) = (5, 13);
const PAUSE: Duration = Duration::from_secs(1);
/// Kept after the last sample was sent: longer than any receiver holds sound back.
const TAIL: Duration = Duration::from_millis(900);

/// A sentence that was said, and when.
struct Said {
    sentence: usize,
    seed: Option<u64>,
    at: Instant,
}

/// The description with one way only: the port on this machine.
fn only_through(sdp: &str, port: u16) -> String {
    let kept = sdp
        .lines()
        .filter(|line| !line.starts_with("a=candidate:") && *line != "a=end-of-candidates");
    let mut out: String = kept.flat_map(|line| [line.trim_end(), "\r\n"]).collect();
    out += &format!("a=candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host\r\n");
    out
}

fn port_of(sdp: &str) -> u16 {
    let candidates = sdp
        .lines()
        .filter_map(|line| line.strip_prefix("a=candidate:"));
    let mut ports = candidates.filter_map(|one| one.split_whitespace().nth(5)?.parse().ok());
    ports.next().expect("the sender has a candidate")
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

/// What a recording that began at `start` holds from `at` on.
fn cut(recording: &[f32], start: Instant, at: Instant, length: usize) -> &[f32] {
    let from = at.saturating_duration_since(start).as_secs_f64() * f64::from(RATE);
    let from = (from as usize).min(recording.len());
    let tail = (TAIL.as_secs_f64() * f64::from(RATE)) as usize;
    &recording[from..recording.len().min(from + length + tail)]
}

/// Says all sentences; the network gets bad after the first few.
async fn say_all(
    voice: &mut Voice,
    sentences: &[Vec<f32>],
    network: &Mutex<Impairment>,
) -> Vec<Said> {
    let mut all = Vec::new();
    voice.expect_loss(EXPECTED_LOSS_PERCENT.0);
    // The receivers learn what a quiet network is like.
    voice.be_silent(3 * PAUSE).await;
    for (sentence, samples) in sentences.iter().enumerate().take(CONTROLS) {
        let at = Instant::now();
        all.push(Said {
            sentence,
            seed: None,
            at,
        });
        voice.say(samples).await;
        voice.be_silent(PAUSE).await;
    }
    voice.expect_loss(EXPECTED_LOSS_PERCENT.1);
    for seed in SEEDS {
        *network.lock().unwrap() = Impairment {
            loss: LOSS,
            jitter: JITTER,
            seed,
        };
        if seed == SEEDS[0] {
            // And what a bad one is like.
            voice.say(&sentences[0]).await;
        }
        voice.be_silent(PAUSE).await;
        for (sentence, samples) in sentences.iter().enumerate() {
            let at = Instant::now();
            all.push(Said {
                sentence,
                seed: Some(seed),
                at,
            });
            voice.say(samples).await;
            voice.be_silent(PAUSE).await;
        }
    }
    all
}

fn folder() -> PathBuf {
    let folder = std::env::args_os()
        .nth(1)
        .expect("usage: bench_speech FOLDER");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    PathBuf::from(folder)
}

#[tokio::main]
async fn main() {
    let folder = folder();
    let stage = stage();
    let network = Arc::new(Mutex::new(Impairment::default()));
    let sentences: Vec<Vec<f32>> = SENTENCES
        .iter()
        .map(|(voice, _, text)| pulse::sentence(text, voice, &stage.pulse.path("")).1)
        .collect();

    let mut ours = End::start("a");
    ours.devices_seen().await;
    let (mut to_ours, offer) = SenderPath::offer().await;
    let relay = Relay::start(port_of(&offer), Arc::clone(&network)).expect("a relay");
    let offer = only_through(&offer, relay.far);
    let answer = ours.engine.accept_offer(MEDIA, &offer).await.unwrap();
    to_ours.set_answer(only_through(&answer, relay.near)).await;

    let (mut to_browser, offer) = SenderPath::offer().await;
    let browsers_relay = Relay::start(port_of(&offer), Arc::clone(&network)).expect("a relay");
    let offer = only_through(&offer, browsers_relay.far);
    let home = stage.pulse.path("browser");
    let browser = Browser::start(&home, &stage.pulse.server(), "speaker-b", offer);
    let answer = only_through(&browser.answer(), browsers_relay.near);
    to_browser.set_answer(answer).await;
    to_ours.connected().await;
    to_browser.connected().await;
    ours.engine.start_talking(MEDIA).expect("a path");

    let heard = ["speaker-a.monitor", "speaker-b.monitor"].map(|name| stage.pulse.record(name));
    let mut voice = Voice::new([to_ours, to_browser]);
    let said = say_all(&mut voice, &sentences, &network).await;
    voice.be_silent(TAIL).await;
    let heard = heard.map(pulse::Recording::stop_with_start);
    let mut pieces = Vec::new();
    for (number, piece) in said.iter().enumerate() {
        let words = &sentences[piece.sentence];
        let said = folder.join(format!("said-{}.wav", piece.sentence + 1));
        write(&said, words);
        let file = |who: &str, (samples, start): &(Vec<f32>, Option<Instant>)| {
            let path = folder.join(format!("{who}-{:02}.wav", number + 1));
            let start = start.expect("something was recorded");
            write(&path, cut(samples, start, piece.at, words.len()));
            path
        };
        pieces.push(serde_json::json!({
            "language": SENTENCES[piece.sentence].1,
            "seed": piece.seed,
            "said": said,
            "ours": file("ours", &heard[0]),
            "chromium": file("chromium", &heard[1]),
        }));
    }
    let of = |relay: &Relay| {
        let counts = relay.counts();
        serde_json::json!({ "packets": counts.came, "lost": counts.lost })
    };
    let summary = ours.engine.summary(MEDIA);
    let result = serde_json::json!({
        "pieces": pieces,
        "network": { "loss_percent": LOSS * 100.0, "jitter_ms": JITTER.as_millis() },
        "to_ours": of(&relay),
        "to_chromium": of(&browsers_relay),
        "our_jitter_buffer_ms": summary.and_then(|summary| summary.jitter_buffer_ms),
        "chromium_says": browser.stats(),
    });
    println!("{result:#}");
}
