//! The program's end in the middle of a conversation: asked about, and the customer is handed back with a word.

use super::{Office, SOON, TITLE};
use crate::case;
use anyhow::{Result, ensure};
use std::time::Duration;
use system_tests::agent::{SilentAgent, SilentCustomer};
use system_tests::desktop::Surroundings;
use system_tests::run::Run;
use system_tests::scene::NAME;
use system_tests::wait;

/// What a person has when the session ends, and what the goodbye may take.
const DEADLINE: Duration = Duration::from_secs(20);

fn talking(run: &Run) -> Result<(Office<'_>, SilentCustomer)> {
    let office = Office::ready(run, &Surroundings::default())?;
    let customer = office.ring(run)?;
    office.desktop.page().click("ring-accept")?;
    office.desktop.wait_state(&["talking"])?;
    Ok((office, customer))
}

/// The customer is the first in line again and knows why, well before a vanished agent would be noticed.
fn handed_back(customer: &mut SilentCustomer) -> Result<()> {
    let told = customer.wait_for(SOON, "the first place in line", |event| {
        let stage = &event["stage"];
        stage["type"] == "waiting" && stage["passed_on"]["is_agent_gone"] == true
    })?;
    let stage = &told["stage"];
    ensure!(
        stage["position"] == 1 && stage["passed_on"]["from_name"] == "Anna Marsh",
        "{stage}"
    );
    Ok(())
}

fn ended(run: &Run, office: &Office<'_>, limit: Duration) -> Result<()> {
    wait::until_true(limit, "the program's end", || {
        Ok(!office.desktop.is_running(run))
    })
}

#[test]
fn quitting_in_a_conversation_asks_and_hands_the_customer_back_only_when_confirmed() -> Result<()> {
    case("shell-leaving", |run| {
        let (mut office, mut customer) = talking(run)?;
        let page = office.desktop.page();
        // Hidden to the tray, as people work: the question brings the window back.
        let window = office.windows.find(TITLE)?;
        office.close_and_hide(window)?;
        office.tray.choose("Quit")?;
        page.wait_text("ending", SOON, |text| text.contains(NAME))?;
        office.windows.activate(office.windows.find(TITLE)?)?;
        wait::until_true(SOON, "the keyboard in the page", || {
            Ok(page.script("return document.hasFocus()", &[])? == true)
        })?;
        office.windows.press(&["Escape"])?;
        page.wait_gone("ending", SOON)?;
        office.desktop.wait_state(&["talking"])?;

        office.tray.choose("Quit")?;
        page.wait_for("ending-confirm")?;
        page.click("ending-confirm")?;
        handed_back(&mut customer)?;
        ended(run, &office, SOON)?;
        // A colleague gets her, and nothing is lost.
        // Her desktop rings as soon as she is ready.
        let mut noor = SilentAgent::start_not_ready(run, &office.server, "noor")?;
        noor.order("ready")?;
        ensure!(noor.wait_for_ring(SOON)? == NAME, "somebody else rings");
        noor.order("answer")?;
        customer.wait_for(SOON, "the colleague", |event| {
            event["stage"]["type"] == "talking"
        })?;
        // The sign-in outlived the program.
        office.desktop.start_again()?;
        let page = office.desktop.page();
        page.wait_attribute("[data-screen]", "data-screen", &["work"], DEADLINE)
    })
}

#[test]
fn a_session_that_ends_waits_for_an_answer_and_not_for_ever() -> Result<()> {
    case("shell-terminated", |run| {
        let (office, mut customer) = talking(run)?;
        let page = office.desktop.page();
        office.desktop.terminate(run)?;
        page.wait_text("ending", SOON, |text| text.contains(" s."))?;
        page.click("ending-stay")?;
        page.wait_gone("ending", SOON)?;
        office.desktop.terminate(run)?;
        page.wait_for("ending")?;
        ensure!(office.desktop.is_running(run), "it ended unasked");
        handed_back_within(&mut customer)?;
        ended(run, &office, SOON)
    })
}

fn handed_back_within(customer: &mut SilentCustomer) -> Result<()> {
    customer.wait_for(DEADLINE, "the deadline's end", |event| {
        event["stage"]["passed_on"]["is_agent_gone"] == true
    })?;
    handed_back(customer)
}

#[test]
fn with_nobody_in_conversation_the_program_ends_at_once() -> Result<()> {
    case("shell-terminated-idle", |run| {
        let office = Office::ready(run, &Surroundings::default())?;
        office.desktop.terminate(run)?;
        ended(run, &office, SOON)
    })
}
