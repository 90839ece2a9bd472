//! Devices that come and go in the middle of a conversation.

use super::case;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};
use system_tests::ears::Ears;
use system_tests::scene::Scene;
use system_tests::speech::Speech;

const SOON: Duration = Duration::from_secs(5);

#[test]
fn an_unplugged_microphone_and_speaker_are_replaced_mid_call() -> Result<()> {
    case("devices", |run| {
        let customer_says = Speech::of_customer(run)?;
        let agent_says = Speech::of_agent(run)?;
        let scene = Scene::ready(run)?;
        let sound = scene.desktop.sound();
        sound.plug_in_spare_microphone(run)?;
        scene.talk()?;
        let ears = Ears::open(run, &scene)?;
        ears.wait_path(run, &scene, &customer_says, SOON)?;
        ears.customer_hears(run, &scene, &agent_says, &customer_says)?;

        let quiet = ears.customer.quiet(SOON)?;
        let saying = sound.begin_to_say_into(run, "spare_mouth", &agent_says)?;
        // The spare one is not in use yet: a second of its speech must not be heard.
        system_tests::wait::holds_for(Duration::from_secs(1), "silence", || {
            Ok(ears.customer.speech_after(quiet).is_none())
        })?;
        let unplugged = Instant::now();
        sound.unplug(run, "microphone")?;
        let what = "speech through the spare microphone";
        ears.customer.wait_for_speech(quiet, SOON, what)?;
        println!(
            "microphone replaced after {} ms",
            unplugged.elapsed().as_millis()
        );
        scene
            .desktop
            .page()
            .wait_text("call-device", SOON, |text| text.contains("Spare"))?;
        saying.finish()?;

        let elsewhere = sound.listen_at(run, "elsewhere")?;
        let saying = scene.customer.sound().begin_to_say(run, &customer_says)?;
        ears.agent
            .wait_for_speech(ears.agent.now(), SOON, "speech at the speaker")?;
        let quiet = elsewhere.now();
        let unplugged = Instant::now();
        sound.unplug(run, "speaker")?;
        let what = "speech at the other loudspeaker";
        elsewhere.wait_for_speech(quiet, SOON, what)?;
        println!(
            "speaker replaced after {} ms",
            unplugged.elapsed().as_millis()
        );
        scene
            .desktop
            .page()
            .wait_text("call-device", SOON, |text| text.contains("Shelf"))?;
        saying.finish()?;
        let state = scene
            .desktop
            .page()
            .attribute("[data-state]", "data-state")?;
        ensure!(
            state.as_deref() == Some("talking"),
            "the call is in {state:?}"
        );
        Ok(())
    })
}
