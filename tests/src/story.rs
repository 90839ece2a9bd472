//! The whole story of one call, played with the real programs and judged by what was seen and heard.

mod steps;
mod timeline;

pub use steps::NOTE;
pub use timeline::{Timeline, happened};

use crate::run::Run;
use crate::speech::Speech;
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::time::Instant;

/// What the caller may choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the customer says; a sentence of espeak-ng's when none is given.
    pub customer_says: Option<PathBuf>,
    /// What the agent says.
    pub agent_says: Option<PathBuf>,
    /// Where recordings, pictures and figures are left.
    pub out: PathBuf,
}

/// Tells how the story goes, a line for each step.
pub struct Teller<'a> {
    write: &'a mut dyn FnMut(&str),
    began: Instant,
    step: u32,
    name: String,
}

impl<'a> Teller<'a> {
    /// A teller that hands its lines to `write`.
    pub fn new(write: &'a mut dyn FnMut(&str)) -> Self {
        Self {
            write,
            began: Instant::now(),
            step: 0,
            name: "the start".to_owned(),
        }
    }

    fn step(&mut self, name: &str) {
        self.step += 1;
        self.name = name.to_owned();
        let line = format!(
            "{:5.1} s  {:2}  {name}",
            self.began.elapsed().as_secs_f64(),
            self.step
        );
        (self.write)(&line);
    }

    fn detail(&mut self, text: &str) {
        (self.write)(&format!("             {text}"));
    }
}

/// Plays the story and leaves its files in `options.out`.
///
/// # Errors
/// When a step fails; the message begins with the step's number and name.
pub fn play(run: &Run, options: &Options, teller: &mut Teller<'_>) -> Result<Timeline> {
    let told = steps::tell(run, options, teller);
    told.with_context(|| format!("step {} failed: {}", teller.step, teller.name))
}

struct Voices {
    customer: Speech,
    agent: Speech,
}

impl Voices {
    fn of(run: &Run, options: &Options) -> Result<Self> {
        let customer = match &options.customer_says {
            Some(path) => Speech::read(path)?,
            None => Speech::of_customer(run)?,
        };
        let agent = match &options.agent_says {
            Some(path) => Speech::read(path)?,
            None => Speech::of_agent(run)?,
        };
        Ok(Self { customer, agent })
    }
}
