//! Signing in and staying signed in: the keyring, its absence, a sign-in that ends, and the sentences for what goes wrong.

use super::SOON;
use crate::silent_case;
use anyhow::{Context, Result, ensure};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;
use system_tests::agent::SilentCustomer;
use system_tests::desktop::{Desktop, Surroundings};
use system_tests::scene::{AGENT, NAME, PHONE};
use system_tests::server::{PASSWORD, Server};
use system_tests::wait;

/// Starts the program again after a crash.
fn crash_and_return(run: &system_tests::run::Run, desktop: &mut Desktop) -> Result<()> {
    desktop.kill(run)?;
    wait::until_true(SOON, "the program's end", || Ok(!desktop.is_running(run)))?;
    desktop.start_again()
}

fn field(desktop: &Desktop, testid: &str) -> Result<String> {
    let body = "return document.querySelector(`[data-testid='${arguments[0]}']`).value";
    let value = desktop.page().script(body, &[testid.into()])?;
    value.as_str().map(str::to_owned).context("not a field")
}

/// The sentence on the sign-in screen, once there is one.
fn sentence(desktop: &Desktop, begins: &str) -> Result<()> {
    desktop
        .page()
        .wait_text("sign-in-error", Duration::from_secs(20), |text| {
            text.starts_with(begins)
        })
        .map(drop)
}

#[test]
fn a_token_in_the_keyring_outlives_the_program() -> Result<()> {
    silent_case("shell-keyring", |run| {
        let server = Server::start(run)?;
        let mut desktop = Desktop::start(run)?;
        desktop.sign_in(&server, AGENT)?;
        desktop.page().click("rail-settings")?;
        wait::until_true(SOON, "where the sign-in is kept", || {
            Ok(desktop
                .page()
                .all_text()
                .contains("kept in this computer's keyring"))
        })?;
        crash_and_return(run, &mut desktop)?;
        let page = desktop.page();
        page.wait_attribute("[data-screen]", "data-screen", &["work"], SOON)?;
        desktop.wait_readiness()?;
        no_token_in_files(run)
    })
}

/// The token is in the keyring and nowhere else: 43 letters of Base64 would be it.
fn no_token_in_files(run: &system_tests::run::Run) -> Result<()> {
    let data = run.folder().join("agent-data");
    let mut looked_at = 0;
    for entry in std::fs::read_dir(&data)? {
        let path = entry?.path();
        if path.is_file() {
            looked_at += 1;
            let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
            ensure!(
                !text.contains("\"token\""),
                "{} holds a token",
                path.display()
            );
        }
    }
    ensure!(looked_at > 0, "nothing is kept in {}", data.display());
    Ok(())
}

#[test]
fn without_a_keyring_one_is_told_and_signs_in_again() -> Result<()> {
    silent_case("shell-no-keyring", |run| {
        let server = Server::start(run)?;
        let around = Surroundings {
            has_keyring: false,
            ..Surroundings::default()
        };
        let mut desktop = Desktop::start_in(run, &around, |_, _| Ok(()))?;
        desktop.sign_in(&server, AGENT)?;
        wait::until_true(SOON, "the word that the sign-in is kept in memory", || {
            let text = desktop.page().all_text();
            Ok(text.contains("No usable keyring")
                && text.contains("After a restart you sign in again"))
        })?;
        desktop.become_ready()?;
        crash_and_return(run, &mut desktop)?;
        desktop.page().wait_for("sign-in-submit")?;
        // Only the password is missing.
        ensure!(
            field(&desktop, "sign-in-server")? == server.url(),
            "the server is forgotten"
        );
        ensure!(
            field(&desktop, "sign-in-user")? == AGENT,
            "the user is forgotten"
        );
        desktop.page().fill("sign-in-password", PASSWORD)?;
        desktop.page().click("sign-in-submit")?;
        desktop
            .page()
            .wait_attribute("[data-screen]", "data-screen", &["work"], SOON)
    })
}

#[test]
fn a_sign_in_that_ends_mid_call_loses_nothing_that_was_typed() -> Result<()> {
    silent_case("shell-revoked", |run| {
        const NOTE: &str = "Typed while the sign-in ended.";
        const NEW: &str = "another-password-1";
        let mut server = Server::start(run)?;
        let desktop = Desktop::start(run)?;
        desktop.sign_in(&server, AGENT)?;
        desktop.become_ready()?;
        let mut customer = SilentCustomer::call(run, &server, NAME, PHONE)?;
        desktop.page().click("ring-accept")?;
        desktop.wait_state(&["talking"])?;
        // What is typed while nobody can take it waits here.
        server.kill();
        let link = "[data-testid='link-state']";
        let page = desktop.page();
        page.wait_attribute(link, "data-link", &["waiting", "connecting"], SOON)?;
        page.fill("note", NOTE)?;
        page.wait_attribute(
            "[data-testid='note-status']",
            "data-status",
            &["saved"],
            SOON,
        )?;
        server.set_password(run, AGENT, NEW)?;
        server.start_again(run)?;
        page.wait_attribute("[data-screen]", "data-screen", &["sign-in"], SOON)?;
        sentence(
            &desktop,
            "Your sign-in has expired. Sign in again; your notes are kept.",
        )?;

        desktop.try_to_sign_in(server.url(), AGENT, PASSWORD)?;
        sentence(&desktop, "User name and password do not fit together.")?;
        desktop.try_to_sign_in(server.url(), AGENT, NEW)?;
        page.wait_attribute("[data-screen]", "data-screen", &["work"], SOON)?;
        customer.leave()?;
        let token = server.sign_in("sam")?;
        let found = server.get(&token, "/v1/customers?query=Chen%20Yulan&limit=1")?;
        let id = found["customers"][0]["customer"]
            .as_u64()
            .context("no customer")?;
        wait::until_true(SOON, "the note in the history", || {
            let path = format!("/v1/customers/{id}/timeline?limit=1");
            Ok(server.get(&token, &path)?["interactions"][0]["notes"][0]["text"] == NOTE)
        })
    })
}

#[test]
fn what_hinders_signing_in_is_said_in_a_sentence() -> Result<()> {
    silent_case("shell-sentences", |run| {
        let server = Server::start(run)?;
        let desktop = Desktop::start(run)?;
        let nobody = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        desktop.try_to_sign_in(&format!("http://{nobody}"), AGENT, PASSWORD)?;
        sentence(&desktop, "The server cannot be reached (")?;
        ensure!(
            field(&desktop, "sign-in-password")? == PASSWORD,
            "what was typed is gone"
        );
        desktop.try_to_sign_in("not an address", AGENT, PASSWORD)?;
        sentence(&desktop, "This is not a server's address (")?;
        desktop.try_to_sign_in("http://warmline.example.com", AGENT, PASSWORD)?;
        sentence(&desktop, "The connection would not be safe (")?;
        desktop.try_to_sign_in(&newer_server()?, AGENT, PASSWORD)?;
        sentence(
            &desktop,
            "The server is newer than this program. Update Warmline",
        )?;
        desktop.try_to_sign_in(server.url(), AGENT, "wrong")?;
        sentence(&desktop, "User name and password do not fit together.")?;
        ensure!(
            field(&desktop, "sign-in-user")? == AGENT,
            "the user's name is gone"
        );

        // No microphone and no speaker: who signs in is told what to do, and is not offered work.
        let sound = desktop.sound();
        for device in ["microphone", "speaker", "elsewhere", "mouth"] {
            sound.unplug(run, device)?;
        }
        desktop.sign_in(&server, AGENT)?;
        for (what, words) in [
            ("microphone", "No microphone found. Plug in a headset"),
            ("speaker", "No speaker found. Plug in a headset"),
        ] {
            let css = format!("[data-testid='readiness'] [data-check='{what}']");
            desktop
                .page()
                .wait_attribute(&css, "data-result", &["failed"], SOON)?;
            let text = desktop.page().text("readiness")?;
            ensure!(text.contains(words), "the check says: {text}");
        }
        ensure!(!desktop.page().has("state-ready")?, "the menu stands open");
        desktop.page().click("state-button")?;
        desktop.page().click("state-ready")?;
        let text = desktop
            .page()
            .wait_text("notice", SOON, |text| !text.trim().is_empty())?;
        println!("ready without a microphone: {text}");
        desktop.wait_state(&["not_ready"])
    })
}

/// The address of a server that answers everything in words this program does not know.
fn newer_server() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let _read = connection.read(&mut request);
            let body = r#"{"pass":{"kind":"of tomorrow"}}"#;
            let _sent = write!(
                connection,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    Ok(format!("http://{address}"))
}
