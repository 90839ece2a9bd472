//! The whole system with the real programs: the story, and what happens when parts of it die.
//!
//! Whoever listens to speech has the machine's two cores to itself, and so have the tray's runs, one of which once
//! failed beside another; the rest run beside each other.

mod administration;
mod browser_sound;
mod callback;
mod decoded;
mod devices;
mod faults;
mod habits;
mod harness;
mod proxied;
mod recording;
mod relay;
mod reload;
mod shell;
mod site;
mod story;
mod transfer;

use anyhow::{Result, bail};
use std::sync::{PoisonError, RwLock};
use system_tests::run::Run;

static SPEECH: RwLock<()> = RwLock::new(());

/// Plays one case in a run of its own; a failure names the folder with the logs and shows their ends.
fn case(name: &str, play: impl FnOnce(&Run) -> Result<()>) -> Result<()> {
    let _alone = SPEECH.write().unwrap_or_else(PoisonError::into_inner);
    played(name, play)
}

/// As [`case`], for runs that need no speech and may share the machine.
fn silent_case(name: &str, play: impl FnOnce(&Run) -> Result<()>) -> Result<()> {
    let _beside = SPEECH.read().unwrap_or_else(PoisonError::into_inner);
    played(name, play)
}

fn played(name: &str, play: impl FnOnce(&Run) -> Result<()>) -> Result<()> {
    let run = Run::start(name)?;
    let played = play(&run);
    match played {
        Ok(()) => {
            run.passed();
            Ok(())
        }
        Err(error) => bail!("{error:#}\n\n{}", run.log_tails(15)),
    }
}
