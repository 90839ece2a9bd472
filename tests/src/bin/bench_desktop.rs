//! Measures the real desktop beside a real customer and prints JSON: memory while signed in and idle, then the share of
//! a core that one voice call takes, by process and thread. Use release binaries.

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use system_tests::ears::Ears;
use system_tests::processes::{Clock, Shares, memory_mb};
use system_tests::run::Run;
use system_tests::scene::{AGENT, FIRST_SPEECH, Scene};
use system_tests::speech::Speech;

/// Nothing is touched for this long before memory is read.
const IDLE: Duration = Duration::from_secs(30);
/// Both speak for this long before the clocks are read, and then while they are.
const SETTLE: Duration = Duration::from_secs(5);
const TALK: Duration = Duration::from_secs(25);

fn main() -> ExitCode {
    match measure() {
        Ok(measured) => {
            // Nobody reading is no reason to stop.
            let _written = writeln!(std::io::stdout(), "{measured:#}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _written = writeln!(std::io::stderr(), "\nbench_desktop: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn tell(line: &str) {
    let _written = writeln!(std::io::stderr(), "{line}");
}

fn measure() -> Result<Value> {
    let run = Run::start("bench-desktop")?;
    match play(&run) {
        Ok(measured) => {
            run.passed();
            Ok(measured)
        }
        Err(error) => bail!("{error:#}\n\n{}", run.log_tails(12)),
    }
}

fn play(run: &Run) -> Result<Value> {
    let scene = Scene::start(run)?;
    scene.desktop.sign_in(&scene.server, AGENT)?;
    scene.desktop.wait_readiness()?;
    scene.desktop.become_ready()?;
    tell(&format!(
        "signed in and ready; idle for {} s",
        IDLE.as_secs()
    ));
    let before = Clock::read(run)?;
    std::thread::sleep(IDLE);
    let idle = Clock::read(run)?.since(&before);
    let idle_mb = memory_mb(run)?;

    scene.customer.visit(&scene.server)?;
    scene.talk()?;
    tell(&format!("in a call; both speak for {} s", TALK.as_secs()));
    let (in_call, call_mb) = talk(run, &scene)?;
    Ok(json!({
        "idle": {
            "memory_mb": idle_mb.values().sum::<f64>(),
            "memory_mb_by_process": idle_mb,
            "cpu": shares(&idle),
        },
        "call": {
            "memory_mb": call_mb.values().sum::<f64>(),
            "memory_mb_by_process": call_mb,
            "cpu": shares(&in_call),
        },
    }))
}

type Memory = std::collections::BTreeMap<&'static str, f64>;

/// Both say their sentence again and again, as both hear at the end; the web driver is left alone meanwhile.
fn talk(run: &Run, scene: &Scene) -> Result<(Shares, Memory)> {
    let ears = Ears::open(run, scene)?;
    let speech = [Speech::of_customer(run)?, Speech::of_agent(run)?];
    ears.wait_path(run, scene, &speech[0], FIRST_SPEECH)?;
    let sounds = [scene.customer.sound(), scene.desktop.sound()];
    let mut saying = [
        sounds[0].begin_to_say(run, &speech[0])?,
        sounds[1].begin_to_say(run, &speech[1])?,
    ];
    let began = Instant::now();
    let mut before = None;
    while began.elapsed() < SETTLE + TALK {
        if before.is_none() && began.elapsed() > SETTLE {
            before = Some((Clock::read(run)?, ears.agent.now(), ears.customer.now()));
        }
        for ((saying, sound), speech) in saying.iter_mut().zip(sounds).zip(&speech) {
            if !saying.is_going_on() {
                *saying = sound.begin_to_say(run, speech)?;
            }
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let after = Clock::read(run)?;
    let Some((before, agent, customer)) = before else {
        bail!("the machine stood still");
    };
    ensure!(
        ears.agent.speech_after(agent).is_some() && ears.customer.speech_after(customer).is_some(),
        "the two do not hear each other, so this is no call"
    );
    Ok((after.since(&before), memory_mb(run)?))
}

fn shares(shares: &Shares) -> Value {
    json!({
        "percent": shares.total(),
        "percent_by_process": shares.processes,
        "percent_by_thread": shares.threads,
        "span_s": shares.span_s,
    })
}
