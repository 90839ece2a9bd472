//! Measures how soon another device takes the place of one that is unplugged in a conversation, and prints JSON. Use
//! release binaries.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;
use system_tests::run::Run;
use system_tests::unplugged;

fn main() -> ExitCode {
    match measure() {
        Ok(measured) => {
            // Nobody reading is no reason to stop.
            let _written = writeln!(std::io::stdout(), "{measured:#}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _written = writeln!(std::io::stderr(), "\nbench_unplugged: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<Value> {
    let run = Run::start("bench-unplugged")?;
    match unplugged::play(&run) {
        Ok(replaced) => {
            run.passed();
            Ok(json!({
                "microphone_ms": replaced.microphone.as_secs_f64() * 1_000.0,
                "speaker_ms": replaced.speaker.as_secs_f64() * 1_000.0,
            }))
        }
        Err(error) => bail!("{error:#}\n\n{}", run.log_tails(12)),
    }
}
