//! The customer loads the page again, or opens it twice: the place in the queue stays, and speech comes back.

use super::case;
use anyhow::{Result, ensure};
use std::time::Duration;
use system_tests::agent::SilentCustomer;
use system_tests::ears::Ears;
use system_tests::scene::{AGENT, NAME, PHONE, Scene};
use system_tests::speech::Speech;

const SOON: Duration = Duration::from_secs(5);
/// Until there is a new media path after a reload: page, microphone, offer and answer.
const NEW_PATH: Duration = Duration::from_secs(10);

#[test]
fn a_reload_keeps_the_place_in_the_queue_and_brings_speech_back() -> Result<()> {
    case("reload", |run| {
        let customer_words = Speech::of_customer(run)?;
        let agent_words = Speech::of_agent(run)?;
        let scene = Scene::start(run)?;
        scene.desktop.sign_in(&scene.server, AGENT)?;
        scene.customer.visit(&scene.server)?;

        // One before and one after: a place lost or gained shows.
        let mut first = SilentCustomer::call(run, &scene.server, "Li Na", "+86 139 0000 0001")?;
        first.wait_for_position(1, SOON)?;
        scene.customer.call(NAME, PHONE)?;
        scene.customer.wait_stage(&["waiting"], SOON)?;
        ensure!(
            scene.customer.position()? == 2,
            "the customer does not stand second"
        );
        let mut last = SilentCustomer::call(run, &scene.server, "Wu Min", "+86 139 0000 0002")?;
        last.wait_for_position(3, SOON)?;
        scene.customer.page().reload()?;
        scene.customer.wait_stage(&["waiting"], SOON)?;
        ensure!(
            scene.customer.position()? == 2,
            "the reload changed the customer's place"
        );
        first.leave()?;
        last.leave()?;

        scene.desktop.become_ready()?;
        scene.desktop.wait_state(&["ringing"])?;
        scene
            .desktop
            .page()
            .wait_text("ring-customer-name", SOON, |text| text.contains(NAME))?;
        scene.desktop.page().click("ring-accept")?;
        scene.desktop.wait_state(&["talking"])?;
        scene.customer.wait_stage(&["talking"], SOON)?;
        let ears = Ears::open(run, &scene)?;
        ears.wait_path(run, &scene, &customer_words, NEW_PATH)?;
        scene.customer.page().reload()?;
        scene.customer.wait_stage(&["talking"], SOON)?;
        ears.wait_path(run, &scene, &customer_words, NEW_PATH)?;
        ears.agent_hears(run, &scene, &customer_words, &agent_words)?;
        ears.customer_hears(run, &scene, &agent_words, &customer_words)?;

        // A second tab takes the call over; when it is closed, the first takes it back by itself.
        scene.customer.page().open_other_tab()?;
        let address = format!("{}/c/demo/support", scene.server.url());
        scene.customer.page().go(&address)?;
        scene.customer.wait_stage(&["talking"], SOON)?;
        ears.wait_path(run, &scene, &customer_words, NEW_PATH)?;
        scene.customer.page().close_tab()?;
        scene.customer.wait_stage(&["talking"], SOON)?;
        ears.wait_path(run, &scene, &customer_words, NEW_PATH)
    })
}
