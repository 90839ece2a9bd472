//! The whole system with the real programs: the story, and what happens when parts of it die.
//!
//! The cases run one after another: each has the machine's two cores to itself.

mod browser_sound;
mod callback;
mod decoded;
mod devices;
mod faults;
mod harness;
mod recording;
mod relay;
mod reload;
mod shell;
mod story;
mod transfer;

use anyhow::{Result, bail};
use std::sync::{Mutex, PoisonError};
use system_tests::run::Run;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Plays one case in a run of its own; a failure names the folder with the logs and shows their ends.
fn case(name: &str, play: impl FnOnce(&Run) -> Result<()>) -> Result<()> {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
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
