//! Links and second starts: there is one window, and it goes where a link leads.

use super::{Office, SOON, TITLE};
use crate::silent_case;
use anyhow::{Context, Result, ensure};
use system_tests::desktop::{Desktop, Surroundings};
use system_tests::run::Run;
use system_tests::scene::{AGENT, NAME};
use system_tests::server::{PASSWORD, Server};
use system_tests::wait;

/// The link of the demo's customer's number, as a page of another program writes it.
const NUMBER: &str = "tel:+86-138-0013-8000";

fn installed() -> Surroundings {
    Surroundings {
        is_installed: true,
        ..Surroundings::default()
    }
}

/// Starts the program once more; it must end by itself and leave one running.
fn start_second(run: &Run, desktop: &Desktop, arguments: &[&str]) -> Result<()> {
    let mut second = desktop.start_beside(run, arguments)?;
    wait::until_true(SOON, "the second start's end", || Ok(!second.is_running()))?;
    ensure!(desktop.is_running(run), "the first ended too");
    Ok(())
}

fn shows_search(desktop: &Desktop, query: &str) -> Result<()> {
    let page = desktop.page();
    page.wait_attribute("[data-screen]", "data-screen", &["customers"], SOON)?;
    let what = format!("'{query}' in the search");
    wait::until_true(SOON, &what, || {
        let body = "return document.querySelector(\"[data-testid='customer-search']\").value";
        Ok(page.script(body, &[])? == query)
    })
}

/// The customer's whole record stands beside the search.
fn shows_record(desktop: &Desktop) -> Result<()> {
    desktop
        .page()
        .wait_text("timeline", SOON, |text| text.lines().count() > 3)?;
    let text = desktop.page().all_text();
    ensure!(
        text.contains(NAME),
        "the record is of somebody else: {text}"
    );
    Ok(())
}

#[test]
fn a_second_start_shows_the_first_window_and_hands_over_its_link() -> Result<()> {
    silent_case("shell-second", |run| {
        let office = Office::ready(run, &installed())?;
        let desktop = &office.desktop;
        let window = office.windows.find(TITLE)?;
        office.close_and_hide(window)?;

        start_second(run, desktop, &[])?;
        office.windows.find(TITLE)?;
        start_second(run, desktop, &[NUMBER])?;
        shows_search(desktop, "+8613800138000")?;
        // The one customer with this number is opened.
        shows_record(desktop)?;

        start_second(run, desktop, &["warmline://devices"])?;
        desktop
            .page()
            .wait_attribute("[data-screen]", "data-screen", &["devices"], SOON)?;
        let token = office.server.sign_in("sam")?;
        let found = office
            .server
            .get(&token, "/v1/customers?query=Chen%20Yulan&limit=1")?;
        let id = found["customers"][0]["customer"]
            .as_u64()
            .context("no customer")?;
        start_second(run, desktop, &[&format!("warmline://customer/{id}")])?;
        shows_record(desktop)?;

        // What means nothing here changes nothing.
        for stranger in ["warmline://sign-out", "https://example.org/", "--help"] {
            start_second(run, desktop, &[stranger])?;
        }
        desktop.wait_state(&["ready"])?;
        shows_record(desktop)
    })
}

#[test]
fn a_link_that_starts_the_program_is_followed_once_somebody_is_signed_in() -> Result<()> {
    silent_case("shell-first-link", |run| {
        let server = Server::start(run)?;
        let around = Surroundings {
            argument: Some(NUMBER),
            ..Surroundings::default()
        };
        let desktop = Desktop::start_in(run, &around, |_, _| Ok(()))?;
        desktop.try_to_sign_in(server.url(), AGENT, PASSWORD)?;
        shows_search(&desktop, "+8613800138000")?;
        shows_record(&desktop)
    })
}
