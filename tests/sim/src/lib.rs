//! The routing engine played by the million commands against rules that are written down a second time, naively.
//!
//! [`play`] runs one random organisation from a seed: `organisation` and `chance` make what happens, [`Floor`] gives it
//! to the engine, [`Model`] follows the events, `rules` hold the two against each other, [`drain`] ends it. A
//! [`Failure`] replays from its seed, and [`shrunk`] makes its script short. Nothing here knows a clock.
//!
//! [`traffic`] plays calls in virtual time instead, to be held against [`erlang`]'s formulas and to measure how good the
//! engine's [`forecast`] of waits is.

mod chance;
mod dice;
mod drain;
pub mod erlang;
mod floor;
pub mod forecast;
pub mod load;
mod model;
mod organisation;
mod rules;
mod script;
mod seen;
mod shrink;
pub mod statistics;
pub mod traffic;

pub use dice::Dice;
pub use drain::{Unstaffed, drain};
pub use floor::{Broken, Care, Floor, Step};
pub use model::{Hindrance, Model};
pub use rules::Rule;
pub use script::in_words;
pub use seen::{EVERYTHING, Seen};
pub use shrink::{Trial, shrunk};

use chance::Chance;
use std::fmt;

/// What one floor came to.
#[derive(Debug)]
pub struct Played {
    pub seen: Seen,
    pub commands: u64,
    pub events: u64,
    /// Work that nobody could ever have.
    pub left: Vec<Unstaffed>,
}

/// A rule that broke, and how to see it again.
#[derive(Debug)]
pub struct Failure {
    pub seed: u64,
    pub events: u64,
    pub broken: Broken,
    /// Up to the command that broke it.
    pub script: Vec<Step>,
    /// It broke after the faults had stopped; the script is what came before.
    pub in_drain: bool,
}

/// Commands that are played to shrink one failure: some seconds.
const SHRINK_BUDGET: u64 = 1_000_000;

impl Failure {
    /// What a person types to see it again.
    #[must_use]
    pub fn command(&self) -> String {
        format!(
            "cargo xtask sim --seed {} --events {}",
            self.seed, self.events
        )
    }

    /// The smallest script that breaks the same rule.
    #[must_use]
    pub fn shrunk(&self, more: Option<(&'static str, Rule)>) -> Vec<Step> {
        let drains = self.in_drain;
        let trial = Trial { drains, more };
        shrunk(trial, &self.script, self.broken.rule, SHRINK_BUDGET)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.broken)?;
        write!(f, "again: {}", self.command())
    }
}

/// Plays a floor until so many events have happened, then without faults until nothing moves.
///
/// # Errors
/// The first rule that breaks.
pub fn play(
    seed: u64,
    events: u64,
    care: Care,
    more: Option<(&'static str, Rule)>,
) -> Result<Played, Box<Failure>> {
    let mut floor = Floor::new(care).with_rule(more);
    let mut script_of_chance = None;
    let outcome = (|| {
        let mut chance = Chance::begin(seed, &mut floor)?;
        while floor.events < events {
            chance.step(&mut floor)?;
        }
        script_of_chance = Some(floor.script.len());
        drain(&mut floor, chance.clock())
    })();
    match outcome {
        Ok(left) => Ok(Played {
            seen: floor.seen,
            commands: floor.commands,
            events: floor.events,
            left,
        }),
        Err(broken) => {
            let mut script = floor.script;
            script.truncate(script_of_chance.unwrap_or(script.len()));
            Err(Box::new(Failure {
                seed,
                events,
                broken,
                script,
                in_drain: script_of_chance.is_some(),
            }))
        }
    }
}
