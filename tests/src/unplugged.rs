//! A microphone and a speaker that are unplugged in a conversation: the next device takes over, and both sides are heard.

use crate::ears::Ears;
use crate::run::Run;
use crate::scene::Scene;
use crate::speech::Speech;
use crate::wait;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(5);

/// From the unplugging to speech through the next device, as heard at the other end of the path.
#[derive(Clone, Copy, Debug)]
pub struct Replaced {
    pub microphone: Duration,
    pub speaker: Duration,
}

/// Plays it with the real programs.
///
/// # Errors
/// When speech does not come through the next device, or the screen does not name it.
pub fn play(run: &Run) -> Result<Replaced> {
    let customer_says = Speech::of_customer(run)?;
    let agent_says = Speech::of_agent(run)?;
    let scene = Scene::ready(run)?;
    scene.desktop.sound().plug_in_spare_microphone(run)?;
    scene.talk()?;
    let ears = Ears::open(run, &scene)?;
    ears.wait_path(run, &scene, &customer_says, SOON)?;
    ears.customer_hears(run, &scene, &agent_says, &customer_says)?;
    let microphone = microphone(run, &scene, &ears, &agent_says)?;
    let speaker = speaker(run, &scene, &ears, &customer_says)?;
    let state = scene
        .desktop
        .page()
        .attribute("[data-state]", "data-state")?;
    ensure!(
        state.as_deref() == Some("talking"),
        "the call is in {state:?}"
    );
    Ok(Replaced {
        microphone,
        speaker,
    })
}

fn microphone(run: &Run, scene: &Scene, ears: &Ears, says: &Speech) -> Result<Duration> {
    let sound = scene.desktop.sound();
    let quiet = ears.customer.quiet(SOON)?;
    let saying = sound.begin_to_say_into(run, "spare_mouth", says)?;
    // The spare one is not in use yet: a second of its speech must not be heard.
    wait::holds_for(Duration::from_secs(1), "silence", || {
        Ok(ears.customer.speech_after(quiet).is_none())
    })?;
    let unplugged = Instant::now();
    sound.unplug(run, "microphone")?;
    let what = "speech through the spare microphone";
    ears.customer.wait_for_speech(quiet, SOON, what)?;
    let took = unplugged.elapsed();
    names(scene, "Spare")?;
    saying.finish()?;
    Ok(took)
}

fn speaker(run: &Run, scene: &Scene, ears: &Ears, says: &Speech) -> Result<Duration> {
    let sound = scene.desktop.sound();
    let elsewhere = sound.listen_at(run, "elsewhere")?;
    let saying = scene.customer.sound().begin_to_say(run, says)?;
    let now = ears.agent.now();
    ears.agent
        .wait_for_speech(now, SOON, "speech at the speaker")?;
    let quiet = elsewhere.now();
    let unplugged = Instant::now();
    sound.unplug(run, "speaker")?;
    elsewhere.wait_for_speech(quiet, SOON, "speech at the other loudspeaker")?;
    let took = unplugged.elapsed();
    names(scene, "Shelf")?;
    saying.finish()?;
    Ok(took)
}

fn names(scene: &Scene, device: &str) -> Result<()> {
    let page = scene.desktop.page();
    page.wait_text("call-device", SOON, |text| text.contains(device))
        .map(drop)
}
