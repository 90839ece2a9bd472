//! A customer keeps the place, reloads the page, is called back when an agent becomes ready, and both are heard.

use super::case;
use anyhow::{Result, ensure};
use std::time::Duration;
use system_tests::agent::SilentAgent;
use system_tests::customer::Customer;
use system_tests::likeness::demand_same;
use system_tests::recording::Recording;
use system_tests::run::Run;
use system_tests::scene::{NAME, PHONE};
use system_tests::server::Server;
use system_tests::sound::Sound;
use system_tests::speech::Speech;
use system_tests::wait;

const SOON: Duration = Duration::from_secs(10);
/// Microphone, offer and answer, on a machine that is busy with a browser.
const NEW_PATH: Duration = Duration::from_secs(20);
/// How soon a speaker falls silent after the last word.
const QUIET: Duration = Duration::from_secs(5);

#[test]
fn a_customer_who_kept_the_place_is_called_back_and_both_are_heard() -> Result<()> {
    case("callback", |run| {
        let customer_words = Speech::of_customer(run)?;
        let agent_words = Speech::of_agent(run)?;
        let server = Server::start(run)?;
        let customer = Customer::start(run)?;
        let agent_sound = Sound::start(run, "agent")?;
        let mut agent = SilentAgent::start_with_sound(run, &server, "anna", &agent_sound)?;

        customer.visit(&server)?;
        customer.call(NAME, PHONE)?;
        customer.wait_stage(&["waiting"], SOON)?;
        customer.page().click("keep-place")?;
        customer.wait_stage(&["kept"], SOON)?;
        customer.page().reload()?;
        customer.wait_stage(&["kept"], SOON)?;
        ensure!(
            customer.position()? == 1,
            "the reload cost the customer's place"
        );

        agent.order("ready")?;
        let item = agent.wait_for_work("ringing", NEW_PATH)?;
        ensure!(
            item["callback"].is_object(),
            "the agent is not told that it is a callback: {item}"
        );
        agent.order("answer")?;
        agent.wait_for_work("calling_back", SOON)?;
        customer.wait_stage(&["called_back"], SOON)?;
        customer.page().click("answer-callback")?;
        customer.wait_stage(&["talking"], SOON)?;
        agent.wait_for_work("talking", SOON)?;

        let at_agent = agent_sound.listen(run)?;
        let at_customer = customer.sound().listen(run)?;
        wait_path(run, customer.sound(), &customer_words, &at_agent)?;
        let both = [&customer_words, &agent_words];
        hears(run, customer.sound(), &at_agent, both, "the agent")?;
        let both = [&agent_words, &customer_words];
        hears(run, &agent_sound, &at_customer, both, "the customer")?;
        agent.order("hang-up")?;
        customer.wait_stage(&["ended"], SOON)
    })
}

/// Speaks until something is heard: the path is up.
fn wait_path(run: &Run, mouth: &Sound, speech: &Speech, ear: &Recording) -> Result<()> {
    let since = ear.quiet(QUIET)?;
    let mut saying = mouth.begin_to_say(run, speech)?;
    wait::until_true(NEW_PATH, "speech from the customer to the agent", || {
        if !saying.is_going_on() {
            saying = mouth.begin_to_say(run, speech)?;
        }
        Ok(ear.speech_after(since).is_some())
    })
}

/// Says the first, up to three times as people do; it must be heard and not the other.
fn hears(
    run: &Run,
    mouth: &Sound,
    ear: &Recording,
    [said, other]: [&Speech; 2],
    who: &str,
) -> Result<()> {
    let once = || {
        let since = ear.quiet(QUIET)?;
        mouth.say(run, said)?;
        demand_same(&ear.since_with_tail(since)?, said, other, who)
    };
    once().or_else(|_| once()).or_else(|_| once()).map(drop)
}
