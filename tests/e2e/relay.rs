//! Media through a TURN server and no other way, as those need it who sit behind hard networks or want to be private.

use super::case;
use anyhow::{Result, ensure};
use std::time::Duration;
use system_tests::ears::Ears;
use system_tests::relay::Relay;
use system_tests::scene::{AGENT, FIRST_SPEECH, Scene};
use system_tests::speech::Speech;

const SOON: Duration = Duration::from_secs(15);

#[test]
fn where_only_the_relay_is_allowed_both_are_heard_through_it() -> Result<()> {
    case("relay", |run| {
        let customer_says = Speech::of_customer(run)?;
        let agent_says = Speech::of_agent(run)?;
        let mut relay = Relay::start(run)?;
        let scene = Scene::start_with(run, relay.settings())?;
        scene.desktop.sign_in(&scene.server, AGENT)?;
        // The check before a shift goes through the relay, too.
        scene.desktop.become_ready()?;
        ensure!(
            relay.log().contains("ALLOCATE processed, success"),
            "the readiness check did not use the relay"
        );
        scene.customer.visit(&scene.server)?;
        scene.talk()?;
        let ears = Ears::open(run, &scene)?;
        ears.wait_path(run, &scene, &customer_says, FIRST_SPEECH)?;
        ears.agent_hears(run, &scene, &customer_says, &agent_says)?;
        ears.customer_hears(run, &scene, &agent_says, &customer_says)?;

        scene.desktop.page().click("call-hang-up")?;
        scene.desktop.wait_state(&["wrap_up"])?;
        scene.desktop.page().click("disposition-solved")?;
        scene.desktop.page().click("wrap-up-finish")?;

        // Without it there is no way: were there another, all this would show nothing.
        relay.kill();
        scene.desktop.wait_state(&["ready"])?;
        scene.customer.wait_stage(&["ended"], SOON)?;
        scene.customer.page().click("call-again")?;
        scene.customer.wait_stage(&["idle"], SOON)?;
        scene.ring()?;
        scene.desktop.page().click("ring-accept")?;
        scene.desktop.wait_state(&["talking"])?;
        let since = ears.agent.quiet(SOON)?;
        scene.customer.sound().say(run, &customer_says)?;
        ensure!(
            ears.agent.speech_after(since).is_none(),
            "speech found a way that is not the relay"
        );
        Ok(())
    })
}
