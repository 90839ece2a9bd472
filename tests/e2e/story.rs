//! The whole story of one call, and what its logs must not tell.

use super::case;
use anyhow::{Result, ensure};
use system_tests::run::Run;
use system_tests::scene::{NAME, PHONE};
use system_tests::server::PASSWORD;
use system_tests::story::{NOTE, Options, Teller, play};

#[test]
fn a_customer_and_an_agent_speak_and_it_is_in_the_history() -> Result<()> {
    case("story", |run| {
        let out = run.subfolder("story")?;
        let options = Options {
            customer_says: None,
            agent_says: None,
            out,
        };
        let mut write = |line: &str| println!("{line}");
        let timeline = play(run, &options, &mut Teller::new(&mut write))?;
        println!("{timeline:#?}");
        for name in [
            "heard-by-agent.wav",
            "heard-by-customer.wav",
            "timeline.json",
        ] {
            ensure!(
                options.out.join(name).metadata()?.len() > 100,
                "{name} is empty"
            );
        }
        no_personal_data_in_logs(run)
    })
}

/// Names, numbers, notes and passwords are for people, not for logs.
fn no_personal_data_in_logs(run: &Run) -> Result<()> {
    let digits: String = PHONE.chars().filter(char::is_ascii_digit).collect();
    let tail = &digits[digits.len() - 8..];
    let secrets = [NAME, PHONE, tail, PASSWORD, &NOTE[..20]];
    let mut looked_at = 0;
    for name in ["server.log", "server.out", "desktop.log", "desktop.out"] {
        let log = std::fs::read(run.folder().join("logs").join(name))?;
        let log = String::from_utf8_lossy(&log);
        looked_at += log.len();
        for secret in secrets {
            let line = log
                .lines()
                .find(|line| line.contains(secret))
                .unwrap_or_default();
            ensure!(line.is_empty(), "{name} tells what is personal: {line}");
        }
    }
    ensure!(
        looked_at > 500,
        "the logs hold only {looked_at} bytes, so this shows nothing"
    );
    Ok(())
}
