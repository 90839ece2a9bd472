//! The call button on somebody's site, in real browsers: page changes in a call, policies of the site's, a browser that
//! forbids frames their storage, and a computer that slept.

use super::{case, silent_case};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::time::Duration;
use system_tests::agent::SilentAgent;
use system_tests::customer::{Browser, Customer};
use system_tests::ears::Ears;
use system_tests::run::{self, Run};
use system_tests::scene::{AGENT, NAME, PHONE, Scene};
use system_tests::server::Server;
use system_tests::site::{Site, SitePages};
use system_tests::speech::Speech;
use system_tests::wait;
use system_tests::webdriver::Page;

const SOON: Duration = Duration::from_secs(10);
/// A new path after a page change: page, link, microphone, offer and answer.
const NEW_PATH: Duration = Duration::from_secs(15);
/// The customer's grace and what a busy machine adds.
const GRACE: Duration = Duration::from_secs(60);

pub(super) const KNOB: &str =
    "return document.querySelector('warmline-call')?.shadowRoot.querySelector('.knob')";
pub(super) const FRAME: &str =
    "return document.querySelector('warmline-call')?.shadowRoot.querySelector('iframe')";

/// The site's pages come from any port of this name.
pub(super) fn allowed() -> Vec<(&'static str, String)> {
    let sites = "http://localhost:*".to_owned();
    vec![("WARMLINE_CUSTOMER_FRAMING_ALLOWED_FROM", sites)]
}

pub(super) fn in_stage(page: &Page, stages: &[&str]) -> Result<()> {
    page.wait_attribute("[data-stage]", "data-stage", stages, SOON)
}

/// Presses the button and drives the frame from then on.
pub(super) fn open_frame(page: &Page) -> Result<()> {
    page.click_found(KNOB)?;
    page.enter_frame(Some(FRAME))?;
    in_stage(page, &["intro", "idle"])
}

/// The whole way on a site, with speech, through a change of the site's page.
fn a_call_on_a_site(run: &Run, browser: Browser) -> Result<()> {
    let customer_words = Speech::of_customer(run)?;
    let agent_words = Speech::of_agent(run)?;
    let scene = Scene::start_in(run, browser, allowed())?;
    let site = Site::start(SitePages::with_launcher(scene.server.url()))?;
    scene.desktop.sign_in(&scene.server, AGENT)?;
    scene.desktop.become_ready()?;
    let page = scene.customer.page();
    page.go(&site.origin())?;
    open_frame(page)?;
    page.fill("name", NAME)?;
    page.click("call")?;
    in_stage(page, &["waiting"])?;
    scene.desktop.wait_state(&["ringing"])?;
    scene.desktop.page().click("ring-accept")?;
    scene.desktop.wait_state(&["talking"])?;
    in_stage(page, &["talking"])?;
    let ears = Ears::open(run, &scene)?;
    ears.wait_path(run, &scene, &customer_words, NEW_PATH)?;
    ears.agent_hears(run, &scene, &customer_words, &agent_words)?;

    page.enter_frame(None)?;
    page.click_found("return document.querySelector('a')")?;
    wait::until_true(SOON, "the site's other page", || {
        Ok(page.script("return document.title", &[])? == json!("Other"))
    })?;
    page.enter_frame(Some(FRAME))?;
    in_stage(page, &["talking"])?;
    ears.wait_path(run, &scene, &customer_words, NEW_PATH)?;
    ears.agent_hears(run, &scene, &customer_words, &agent_words)?;
    ears.customer_hears(run, &scene, &agent_words, &customer_words)?;
    page.click("hang-up")?;
    in_stage(page, &["ended"])
}

#[test]
fn in_firefox_a_customer_speaks_on_a_site_and_goes_on_speaking_on_its_next_page() -> Result<()> {
    case("site-firefox", |run| {
        a_call_on_a_site(run, Browser::Firefox)
    })
}

/// What sites ask of pages that they show, each with the name that a failure tells.
fn policies(server: &str) -> Vec<(&'static str, Vec<String>)> {
    let isolated = |how: &str| {
        vec![
            format!("Cross-Origin-Embedder-Policy: {how}"),
            "Cross-Origin-Opener-Policy: same-origin".to_owned(),
        ]
    };
    let content = |policy: &str| vec![format!("Content-Security-Policy: {policy}")];
    vec![
        ("none", vec![]),
        ("require-corp", isolated("require-corp")),
        ("credentialless", isolated("credentialless")),
        (
            "trusted types",
            content("require-trusted-types-for 'script'; trusted-types 'none'"),
        ),
        (
            "a content policy",
            content(&format!(
                "default-src 'none'; script-src {server}; frame-src {server}; img-src data:"
            )),
        ),
    ]
}

fn works_under_every_policy(run: &Run, browser: Browser) -> Result<()> {
    let server = Server::start_with(run, allowed())?;
    let customer = Customer::start_in(run, browser)?;
    for (name, headers) in policies(server.url()) {
        let pages = SitePages {
            headers,
            ..SitePages::with_launcher(server.url())
        };
        let site = Site::start(pages)?;
        customer.page().go(&site.origin())?;
        open_frame(customer.page()).with_context(|| format!("with {name}"))?;
    }
    Ok(())
}

#[test]
fn the_button_works_under_the_policies_of_sites_in_chromium() -> Result<()> {
    silent_case("policies-chromium", |run| {
        works_under_every_policy(run, Browser::Chromium)
    })
}

#[test]
fn the_button_works_under_the_policies_of_sites_in_firefox() -> Result<()> {
    silent_case("policies-firefox", |run| {
        works_under_every_policy(run, Browser::Firefox)
    })
}

/// What the launcher says in its panel when the page does not come up.
fn said(page: &Page) -> Result<String> {
    let note = "return document.querySelector('warmline-call')?.shadowRoot
        .querySelector('dialog[data-state=failed] .note')?.innerText ?? null";
    let text = wait::until(Duration::from_secs(25), "a reason in the panel", || {
        Ok(page.script(note, &[])?.as_str().map(str::to_owned))
    })?;
    Ok(text)
}

fn says_why(run: &Run, browser: Browser) -> Result<()> {
    let mut server = Server::start(run)?;
    let customer = Customer::start_in(run, browser)?;
    let page = customer.page();
    // The operator allows nobody.
    let site = Site::start(SitePages::with_launcher(server.url()))?;
    page.go(&site.origin())?;
    page.click_found(KNOB)?;
    ensure!(
        said(page)?.contains("in a tab of its own"),
        "{}",
        said(page)?
    );
    let close = "return document.querySelector('warmline-call').shadowRoot.querySelector('.close')";
    page.click_found(close)?;
    // Killed between the site's page and the press; then it comes back by itself.
    page.go(&site.origin())?;
    server.kill();
    page.click_found(KNOB)?;
    ensure!(said(page)?.contains("We keep trying"), "{}", said(page)?);
    server.set_variables(allowed());
    server.start_again(run)?;
    page.enter_frame(None)?;
    let is_up = "return document.querySelector('warmline-call').shadowRoot
        .querySelector('dialog[data-state=up]') !== null";
    wait::until_true(Duration::from_secs(40), "the page in its panel", || {
        Ok(page.script(is_up, &[])? == json!(true))
    })
}

#[test]
fn a_page_that_does_not_come_up_is_explained_and_comes_back_in_chromium() -> Result<()> {
    silent_case("reasons-chromium", |run| says_why(run, Browser::Chromium))
}

#[test]
fn a_page_that_does_not_come_up_is_explained_and_comes_back_in_firefox() -> Result<()> {
    silent_case("reasons-firefox", |run| says_why(run, Browser::Firefox))
}

#[test]
fn a_customer_whose_computer_slept_through_the_grace_comes_back_to_the_same_agent() -> Result<()> {
    silent_case("asleep", |run| {
        let server = Server::start(run)?;
        let mut anna = SilentAgent::start(run, &server, AGENT)?;
        let customer = Customer::start(run)?;
        customer.visit(&server)?;
        customer.call(NAME, PHONE)?;
        anna.wait_for_ring(SOON)?;
        anna.order("answer")?;
        customer.wait_stage(&["talking"], SOON)?;
        let asleep = run.processes_named("chromium");
        ensure!(!asleep.is_empty(), "no browser to put to sleep");
        for id in &asleep {
            run::stop(*id)?;
        }
        anna.wait_for_work("wrap_up", GRACE)?;
        for id in &asleep {
            // One that ended meanwhile sleeps for good.
            let _woken = run::wake(*id);
        }
        customer.wait_stage(&["ended"], SOON)?;
        let page = customer.page();
        ensure!(
            page.text("come-back")?.contains("Anna"),
            "the page shows: {}",
            page.all_text()
        );
        ensure!(page.all_text().contains("The connection was lost"));
        page.click("come-back")?;
        customer.wait_stage(&["waiting"], SOON)?;
        anna.order("finish")?;
        let who = anna.wait_for_new_ring(SOON)?;
        ensure!(who == NAME, "it rings for {who}");
        anna.order("answer")?;
        customer.wait_stage(&["talking"], SOON)
    })
}
