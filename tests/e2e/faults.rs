//! Parts of the system die in the middle of things: nobody loses a place, a word or the history.

use super::case;
use anyhow::{Result, ensure};
use std::time::{Duration, Instant};
use system_tests::agent::{SilentAgent, SilentCustomer};
use system_tests::ears::Ears;
use system_tests::scene::{NAME, Scene};
use system_tests::speech::Speech;
use system_tests::story::happened;
use system_tests::wait;

/// Within this both ends are back after the server has come back.
const BACK: Duration = Duration::from_secs(3);
/// The engine's lease for an agent who vanished, and a second for everything around it.
const LEASE: Duration = Duration::from_millis(2_500 + 1_000);
const SOON: Duration = Duration::from_secs(5);
const WORDS: Duration = Duration::from_millis(2_600);

/// Waits until both screens have noticed that the server is gone.
fn wait_noticed(scene: &Scene) -> Result<()> {
    let css = "[data-testid='link-state']";
    scene
        .desktop
        .page()
        .wait_attribute(css, "data-link", &["waiting", "connecting"], SOON)
}

/// The server returns; both ends must be back by themselves within [`BACK`].
fn bring_back(run: &system_tests::run::Run, scene: &mut Scene) -> Result<Instant> {
    scene.server.start_again(run)?;
    let returned = Instant::now();
    let css = "[data-testid='link-state']";
    scene
        .desktop
        .page()
        .wait_attribute(css, "data-link", &["up"], BACK)?;
    Ok(returned)
}

#[test]
fn a_killed_server_ends_no_speech_and_the_history_is_whole() -> Result<()> {
    case("server-killed", |run| {
        let customer_words = Speech::of_customer(run)?.beginning(run, WORDS)?;
        let agent_words = Speech::of_agent(run)?.beginning(run, WORDS)?;
        let mut scene = Scene::ready(run)?;

        scene.ring()?;
        scene.server.kill();
        wait_noticed(&scene)?;
        bring_back(run, &mut scene)?;
        scene.desktop.wait_state(&["ringing"])?;
        scene.customer.wait_stage(&["waiting"], BACK)?;
        scene.desktop.page().click("ring-accept")?;
        scene.desktop.wait_state(&["talking"])?;
        scene.customer.wait_stage(&["talking"], SOON)?;

        let ears = Ears::open(run, &scene)?;
        ears.agent_hears(run, &scene, &customer_words, &agent_words)?;
        scene.server.kill();
        ears.agent_hears(run, &scene, &customer_words, &agent_words)?;
        ears.customer_hears(run, &scene, &agent_words, &customer_words)?;
        wait_noticed(&scene)?;
        let returned = bring_back(run, &mut scene)?;
        // What one end does is seen at the other only when both are back.
        scene.desktop.page().click("call-hold")?;
        scene.customer.page().wait_for("held-banner")?;
        let took = returned.elapsed();
        ensure!(
            took <= BACK,
            "both were back only after {} ms",
            took.as_millis()
        );
        scene.desktop.page().click("call-hold")?;
        scene.customer.page().wait_gone("held-banner", SOON)?;
        ears.customer_hears(run, &scene, &agent_words, &customer_words)?;

        scene.desktop.page().click("call-hang-up")?;
        scene.desktop.wait_state(&["wrap_up"])?;
        scene.server.kill();
        wait_noticed(&scene)?;
        scene
            .desktop
            .page()
            .fill("note", "written while the server was away")?;
        bring_back(run, &mut scene)?;
        scene.desktop.page().click("wrap-up-finish")?;
        let detail = scene.history_with("wrap_up_finished", SOON)?;
        for what in [
            "entered",
            "offered",
            "answered",
            "held",
            "resumed",
            "ended",
            "note_saved",
        ] {
            ensure!(
                happened(&detail, what).is_some(),
                "no '{what}' in the history: {detail}"
            );
        }
        let note = &detail["summary"]["notes"][0]["text"];
        ensure!(
            note == "written while the server was away",
            "the note is {note}"
        );
        Ok(())
    })
}

#[test]
fn a_desktop_killed_while_ringing_leaves_the_customer_to_the_next_agent() -> Result<()> {
    case("desktop-killed", |run| {
        let scene = Scene::ready(run)?;
        let mut noor = SilentAgent::start(run, &scene.server, "noor")?;
        // Anna has been ready for longer, so that it rings at her desktop.
        scene.ring()?;
        scene.desktop.kill(run)?;
        let offered = noor.wait_for_ring(LEASE)?;
        ensure!(
            offered.contains(NAME),
            "noor is offered somebody else: {offered}"
        );
        Ok(())
    })
}

#[test]
fn an_unanswered_customer_returns_to_the_head_of_the_queue() -> Result<()> {
    case("head-of-queue", |run| {
        let scene = Scene::ready(run)?;
        scene.ring()?;
        let mut second = SilentCustomer::call(run, &scene.server, "Li Na", "+86 139 0000 0001")?;
        second.wait_for_position(2, SOON)?;
        scene.desktop.kill(run)?;
        let mut noor = SilentAgent::start_not_ready(run, &scene.server, "noor")?;
        // She becomes ready only after the lease: the one who rang must then be before the other.
        scene.history_with("offer_withdrawn", LEASE)?;
        ensure!(
            scene.customer.position()? == 1,
            "the customer lost the first place"
        );
        noor.order("ready")?;
        let offered = noor.wait_for_ring(SOON)?;
        ensure!(
            offered.contains(NAME),
            "noor is offered somebody else: {offered}"
        );
        Ok(())
    })
}

#[test]
fn a_closed_tab_is_seen_by_the_agent_within_two_seconds() -> Result<()> {
    case("tab-closed", |run| {
        let scene = Scene::start(run)?;
        scene.customer.page().open_other_tab()?;
        scene
            .desktop
            .sign_in(&scene.server, system_tests::scene::AGENT)?;
        scene.desktop.become_ready()?;
        scene.customer.visit(&scene.server)?;
        scene.talk()?;
        let desktop = scene.desktop.page();
        ensure!(
            !desktop.has("customer-away")?,
            "the customer is shown as away already"
        );
        scene.customer.page().close_tab()?;
        wait::until_true(
            Duration::from_secs(2),
            "the customer's absence on the desktop",
            || {
                let state = desktop.attribute("[data-state]", "data-state")?;
                Ok(desktop.has("customer-away")? || state.as_deref() == Some("wrap_up"))
            },
        )
    })
}
