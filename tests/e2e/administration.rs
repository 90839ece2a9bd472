//! What decides who gets whom, on the real desktop: the organisation's settings, and why somebody was rung.

use super::silent_case;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::time::Duration;
use system_tests::agent::SilentCustomer;
use system_tests::desktop::Desktop;
use system_tests::scene::{AGENT, NAME, PHONE};
use system_tests::server::Server;
use system_tests::wait;

const SOON: Duration = Duration::from_secs(5);
const NEW_NAME: &str = "Help at home 居家服务";

#[test]
fn an_administrator_renames_a_queue_and_takes_it_back() -> Result<()> {
    silent_case("administration", |run| {
        let (server, desktop) = (Server::start(run)?, Desktop::start(run)?);
        desktop.sign_in(&server, "ada")?;
        let token = server.sign_in("ada")?;
        let (code, old_name) = first_queue(&server, &token)?;
        let page = desktop.page();
        page.click("rail-administration")?;
        page.click("admin-row")?;
        page.fill("field-name", NEW_NAME)?;
        page.click("save")?;
        wait_name(&server, &token, (&code, NEW_NAME))?;
        page.wait_gone("discard", SOON)?;

        page.click("section-history")?;
        let told = page.wait_text("past-change", SOON, |text| text.contains(NEW_NAME))?;
        ensure!(told.contains(&old_name), "the change is told as {told}");
        page.click("undo")?;
        page.click("undo-confirm")?;
        wait_name(&server, &token, (&code, &old_name))?;
        page.wait_text("past-change", SOON, |text| text.contains(&old_name))
            .map(drop)
    })
}

#[test]
fn an_agent_reads_why_they_were_rung() -> Result<()> {
    silent_case("why", |run| {
        let (server, desktop) = (Server::start(run)?, Desktop::start(run)?);
        desktop.sign_in(&server, AGENT)?;
        desktop.become_ready()?;
        let mut customer = SilentCustomer::call(run, &server, NAME, PHONE)?;
        let page = desktop.page();
        page.wait_for("ring-card")?;
        page.click("ring-accept")?;
        desktop.wait_state(&["talking"])?;
        page.click("why")?;
        let said = page.wait_text("why-panel", SOON, |text| text.contains("Anna"))?;
        let groups = page.script(
            "return document.querySelectorAll(`[data-testid='why-group']`).length",
            &[],
        )?;
        ensure!(
            groups.as_u64() > Some(0),
            "nobody is said to be ruled out: {said}"
        );
        customer.leave()
    })
}

fn queues(server: &Server, token: &str) -> Result<Vec<Value>> {
    let state = server.get(token, "/v1/configuration")?;
    let queues = state["configuration"]["queues"].as_array().cloned();
    queues.with_context(|| format!("no queues in {state}"))
}

fn first_queue(server: &Server, token: &str) -> Result<(String, String)> {
    let queues = queues(server, token)?;
    let first = queues.first().context("no queue")?;
    let field = |name: &str| first[name].as_str().unwrap_or_default().to_owned();
    Ok((field("code"), field("name")))
}

fn wait_name(server: &Server, token: &str, (code, name): (&str, &str)) -> Result<()> {
    wait::until_true(SOON, &format!("'{code}' called '{name}'"), || {
        let queues = queues(server, token)?;
        Ok(queues
            .iter()
            .any(|queue| queue["code"] == code && queue["name"] == name))
    })
}
