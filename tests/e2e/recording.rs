//! Recording: both voices with consent, each on its side; nothing of a pause; nothing at all without consent.

use super::case;
use super::decoded::{Decoded, decode};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use system_tests::ears::Ears;
use system_tests::likeness::{demand_absent, demand_same};
use system_tests::run::Run;
use system_tests::scene::Scene;
use system_tests::speech::Speech;
use system_tests::wait;

const SOON: Duration = Duration::from_secs(10);
/// From hanging up until the server has it whole: closing the file, sending it, and its sum.
const HANDED_IN: Duration = Duration::from_secs(20);

#[test]
fn an_allowed_call_is_recorded_without_its_pauses_and_a_refused_one_is_not() -> Result<()> {
    case("recording", |run| {
        let customer_says = Speech::of_customer(run)?;
        let agent_says = Speech::of_agent(run)?;
        let secret = Speech::of_secret(run)?;
        let scene = Scene::ready(run)?;
        let scores = allowed(run, &scene, [&customer_says, &agent_says, &secret])?;
        println!("likeness of the agent left and the customer right: {scores:.3?}");
        refused(run, &scene, [&customer_says, &agent_says])
    })
}

fn allowed(
    run: &Run,
    scene: &Scene,
    [customer_says, agent_says, secret]: [&Speech; 3],
) -> Result<[f64; 2]> {
    let (customer, desktop) = (scene.customer.page(), scene.desktop.page());
    customer.wait_for("recording-question")?;
    customer.click("recording-consent")?;
    scene.talk()?;
    let ears = Ears::open(run, scene)?;
    ears.wait_path(run, scene, customer_says, SOON)?;
    desktop.wait_for("call-recording")?;
    customer.wait_attribute("[data-testid=recording]", "data-state", &["running"], SOON)?;
    ears.agent_hears(run, scene, customer_says, agent_says)?;
    ears.customer_hears(run, scene, agent_says, customer_says)?;

    desktop.click("call-recording")?;
    customer.wait_attribute("[data-testid=recording]", "data-state", &["paused"], SOON)?;
    let since = ears.agent.quiet(SOON)?;
    scene.customer.sound().say(run, secret)?;
    let heard = ears.agent.since_with_tail(since)?;
    demand_same(&heard, secret, agent_says, "the agent, in the pause,")?;
    desktop.click("call-recording")?;
    customer.wait_attribute("[data-testid=recording]", "data-state", &["running"], SOON)?;

    end(scene)?;
    let (token, recording) = handed_in(scene)?;
    let path = format!("/v1/recordings/{}", text(&recording, "recording")?);
    let Decoded { left, right } = decode(&scene.server.bytes(&token, &path)?)?;
    let of_agent = demand_same(
        &left,
        agent_says,
        customer_says,
        "the recording's left side",
    )?;
    let of_customer = demand_same(
        &right,
        customer_says,
        agent_says,
        "the recording's right side",
    )?;
    demand_absent(&right, secret, "the recording")?;
    demand_absent(&left, customer_says, "the recording's left side")?;
    ensure!(
        recording["pauses"].as_array().map(Vec::len) == Some(1),
        "the pause is not told: {recording}"
    );
    // The desktop's own copy goes once the server has it.
    wait::until_true(SOON, "an empty folder on the desktop", || {
        Ok(sounds(run.folder())? == 1)
    })?;
    Ok([of_agent, of_customer])
}

fn refused(run: &Run, scene: &Scene, [customer_says, agent_says]: [&Speech; 2]) -> Result<()> {
    let before = sounds(run.folder())?;
    scene.desktop.page().click("wrap-up-finish")?;
    scene.desktop.wait_state(&["ready", "not_ready"])?;
    scene.desktop.become_ready()?;
    scene.customer.page().click("call-again")?;
    scene.customer.wait_stage(&["idle"], SOON)?;
    scene.talk()?;
    let ears = Ears::open(run, scene)?;
    ears.wait_path(run, scene, customer_says, SOON)?;
    ears.agent_hears(run, scene, customer_says, agent_says)?;
    let desktop = scene.desktop.page();
    desktop.wait_for("recording-refused")?;
    ensure!(!desktop.has("call-recording")?, "a recording is offered");
    ensure!(
        !scene.customer.page().has("recording")?,
        "the customer is told of a recording"
    );
    ensure!(sounds(run.folder())? == before, "something is recorded");
    // The earlier call's recording stands in the history beside this one.
    desktop.click("recording-play")?;
    let mut shown = String::new();
    wait::until_true(SOON, "a recording that plays", || {
        shown = desktop.text("recording-time")?;
        Ok(!shown.starts_with("0:00"))
    })
    .with_context(|| format!("it stands at {shown}; {}", desktop.all_text()))?;
    end(scene)?;
    scene.history_with("ended", SOON)?;
    ensure!(sounds(run.folder())? == before, "something was recorded");
    Ok(())
}

fn end(scene: &Scene) -> Result<()> {
    scene.desktop.page().click("call-hang-up")?;
    scene.desktop.wait_state(&["wrap_up"])
}

/// The supervisor's token and the newest interaction's recording, once it is whole.
fn handed_in(scene: &Scene) -> Result<(String, Value)> {
    let token = scene.server.sign_in("sam")?;
    let recording = wait::until(HANDED_IN, "the recording on the server", || {
        let detail = scene.history_with("ended", SOON)?;
        let recording = &detail["summary"]["recordings"][0];
        Ok((recording["is_complete"] == true).then(|| recording.clone()))
    })?;
    Ok((token, recording))
}

fn text(value: &Value, key: &str) -> Result<String> {
    let text = value[key].as_str().map(str::to_owned);
    text.with_context(|| format!("{key} is missing: {value}"))
}

/// Files of sound in every recordings' folder beneath.
fn sounds(folder: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && !path.is_symlink() {
            count += sounds(&path).unwrap_or(0);
        } else if path.extension().is_some_and(|e| e == "ogg" || e == "part") {
            count += 1;
        }
    }
    Ok(count)
}
