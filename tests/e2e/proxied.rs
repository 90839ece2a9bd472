//! nginx before the server: under a path and with short time-outs everything works; without the two headers of a
//! WebSocket it is said to those who can mend it, and something true to those who cannot.

use super::silent_case;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::time::Duration;
use system_tests::agent::SilentAgent;
use system_tests::customer::Customer;
use system_tests::desktop::Desktop;
use system_tests::nginx::{Nginx, Passing};
use system_tests::run::Run;
use system_tests::scene::{AGENT, NAME, PHONE};
use system_tests::server::Server;
use system_tests::site::{Site, SitePages};
use system_tests::wait;

const SOON: Duration = Duration::from_secs(10);
/// Beyond the proxy's time-outs.
const LONG_ENOUGH: Duration = Duration::from_secs(20);

fn works_under_a_path(run: &Run, passing: Passing) -> Result<()> {
    let port = Nginx::free_port()?;
    let public = format!("http://127.0.0.1:{port}/calls");
    let sites = "http://localhost:*".to_owned();
    let mut server = Server::start_with(
        run,
        vec![
            ("WARMLINE_SERVER_PUBLIC_URL", public.clone()),
            ("WARMLINE_CUSTOMER_FRAMING_ALLOWED_FROM", sites),
        ],
    )?;
    let nginx = Nginx::start(run, port, server.url(), passing)?;
    server.is_reached_at(public.clone());
    ensure!(nginx.url() == format!("http://127.0.0.1:{port}"));

    // REST and the link of a participant without a screen.
    let token = server.sign_in("sam")?;
    server.get(&token, "/v1/figures")?;
    let mut anna = SilentAgent::start(run, &server, AGENT)?;
    // The page, called beyond the proxy's time-outs over one link.
    let customer = Customer::start(run)?;
    customer.visit(&server)?;
    customer.call(NAME, PHONE)?;
    anna.wait_for_ring(SOON)?;
    anna.order("answer")?;
    customer.wait_stage(&["talking"], SOON)?;
    let links = server.metric("warmline_links_opened_total")?;
    customer
        .page()
        .wait_text("timer", LONG_ENOUGH, |text| text.ends_with(":07"))?;
    ensure!(
        server.metric("warmline_links_opened_total")? == links,
        "a link did not outlive the proxy's time-outs"
    );
    customer.page().click("hang-up")?;
    customer.wait_stage(&["ended"], SOON)?;

    // The button on a site.
    let site = Site::start(SitePages::with_launcher(&public))?;
    let page = customer.page();
    page.go(&site.origin())?;
    page.click_found(
        "return document.querySelector('warmline-call')?.shadowRoot.querySelector('.knob')",
    )?;
    page.enter_frame(Some(
        "return document.querySelector('warmline-call').shadowRoot.querySelector('iframe')",
    ))?;
    let stages = ["intro", "idle", "ended"];
    page.wait_attribute("[data-stage]", "data-stage", &stages, SOON)
}

#[test]
fn behind_a_proxy_under_a_path_everything_works() -> Result<()> {
    silent_case("proxy-path", |run| {
        works_under_a_path(run, Passing::UnderPath)
    })
}

#[test]
fn a_proxy_may_leave_the_path_where_it_is() -> Result<()> {
    silent_case("proxy-whole", |run| {
        works_under_a_path(run, Passing::WithPath)
    })
}

#[test]
fn the_desktop_signs_in_under_a_path() -> Result<()> {
    silent_case("proxy-desktop", |run| {
        let port = Nginx::free_port()?;
        let public = format!("http://127.0.0.1:{port}/calls");
        let variables = vec![("WARMLINE_SERVER_PUBLIC_URL", public.clone())];
        let mut server = Server::start_with(run, variables)?;
        let _nginx = Nginx::start(run, port, server.url(), Passing::UnderPath)?;
        server.is_reached_at(public);
        let desktop = Desktop::start(run)?;
        desktop.sign_in(&server, AGENT)?;
        desktop.become_ready()
    })
}

#[test]
fn a_proxy_that_drops_the_upgrade_is_named_to_the_operator_and_not_blamed_on_the_customer()
-> Result<()> {
    silent_case("proxy-stripped", |run| {
        let mut server = Server::start(run)?;
        let nginx = Nginx::start(
            run,
            Nginx::free_port()?,
            server.url(),
            Passing::WithoutUpgrade,
        )?;
        server.is_reached_at(nginx.url());
        let customer = Customer::start(run)?;
        // Not by `visit`: the page may have given up the link before the form is looked for.
        let page = customer.page();
        let address = format!("{}/c/demo/support", server.url());
        page.go(&address).context("the page itself comes through")?;
        page.wait_attribute(
            "[data-problem]",
            "data-problem",
            &["link_stripped"],
            LONG_ENOUGH,
        )?;
        let text = page.all_text();
        ensure!(text.contains("the fault is on our side"), "{text}");
        ensure!(!text.contains("Check your internet connection"), "{text}");
        ensure!(server.metric("warmline_links_stripped_total")? > 0);
        wait::until_true(SOON, "a word in the server's log", || {
            let log = server.log(run)?;
            Ok(log.contains("proxy_set_header Upgrade $http_upgrade"))
        })?;
        let button = page.script(
            "return document.querySelector('[data-testid=error-action]') !== null",
            &[],
        )?;
        ensure!(button == json!(true), "there is nothing to do on the page");
        Ok(())
    })
}
