//! The harness itself: what it says it hears, and what it must not take for the right thing.

use super::case;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};
use system_tests::likeness::{MARGIN, SAME, demand_absent, demand_same, likeness};
use system_tests::run::Run;
use system_tests::sound::Sound;
use system_tests::speech::Speech;

/// A participant whose speaker plays what their microphone takes up: a perfect path.
fn loopback(run: &Run, who: &str) -> Result<Sound> {
    let sound = Sound::start(run, who)?;
    let module = [
        "load-module",
        "module-loopback",
        "source=microphone",
        "sink=speaker",
    ];
    sound.control(run, &[&module[..], &["latency_msec=30"]].concat())?;
    Ok(sound)
}

#[test]
fn speech_is_told_from_other_speech_and_from_silence() -> Result<()> {
    case("likeness", |run| {
        let (customer, agent) = (Speech::of_customer(run)?, Speech::of_agent(run)?);
        let sound = loopback(run, "somebody")?;
        let recording = sound.listen(run)?;
        let since = recording.now();
        sound.say(run, &customer)?;
        let heard = recording.since_with_tail(since)?;
        let right = likeness(&heard, &customer);
        let wrong = likeness(&heard, &agent);
        println!("the same speech {:.3}, other speech {:.3}", right, wrong);
        ensure!(
            right > SAME + 0.2,
            "the same speech scores only {:.2}",
            right
        );
        ensure!(wrong < SAME - MARGIN, "other speech scores {:.2}", wrong);
        demand_same(&heard, &customer, &agent, "the listener")?;
        ensure!(demand_same(&heard, &agent, &customer, "the listener").is_err());
        demand_absent(&heard, &agent, "the listener")?;
        ensure!(demand_absent(&heard, &customer, "the listener").is_err());
        let silence = vec![0i16; heard.len()];
        demand_absent(&silence, &customer, "the listener")?;
        ensure!(demand_same(&silence, &customer, &agent, "the listener").is_err());
        Ok(())
    })
}

#[test]
fn nothing_outlives_a_run() -> Result<()> {
    case("cleaning", |run| {
        let inner = Run::start("cleaned")?;
        // A grandchild in a session of its own, as browsers and D-Bus leave them.
        let mut parent = inner.spawn(
            "parent",
            inner
                .command("sh")
                .args(["-c", "setsid sleep 600 & sleep 600"]),
        )?;
        system_tests::wait::until_true(Duration::from_secs(10), "the grandchild", || {
            Ok(inner.processes_named("sleep").len() == 2)
        })?;
        parent.kill();
        let left = inner.processes_named("sleep");
        ensure!(
            !left.is_empty(),
            "the grandchild ended by itself, so this shows nothing"
        );
        let began = Instant::now();
        inner.passed();
        for id in left {
            let path = format!("/proc/{id}");
            let is_gone = || Ok(!std::path::Path::new(&path).exists() || is_zombie(id));
            system_tests::wait::until_true(Duration::from_secs(5), "its end", is_gone)?;
        }
        ensure!(
            began.elapsed() < Duration::from_secs(5),
            "cleaning took {:?}",
            began.elapsed()
        );
        let _run = run.folder();
        Ok(())
    })
}

fn is_zombie(id: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}
