//! What both people of a conversation hear, and whether it is what the other says.

use crate::likeness::demand_same;
use crate::recording::{Mark, Recording};
use crate::run::Run;
use crate::scene::Scene;
use crate::speech::Speech;
use crate::wait;
use anyhow::Result;
use std::path::Path;
use std::time::Duration;

/// How soon a speaker falls silent after the last word.
const QUIET: Duration = Duration::from_secs(5);

/// Both speakers, recorded from the opening on.
pub struct Ears {
    pub agent: Recording,
    pub customer: Recording,
    began: (Mark, Mark),
}

impl Ears {
    /// Begins to listen at both.
    ///
    /// # Errors
    /// When a recording does not start.
    pub fn open(run: &Run, scene: &Scene) -> Result<Self> {
        let agent = scene.desktop.sound().listen(run)?;
        let customer = scene.customer.sound().listen(run)?;
        let began = (agent.now(), customer.now());
        Ok(Self {
            agent,
            customer,
            began,
        })
    }

    /// The customer speaks until the agent hears something: the path is up.
    ///
    /// # Errors
    /// When nothing is heard within `limit`.
    pub fn wait_path(
        &self,
        run: &Run,
        scene: &Scene,
        speech: &Speech,
        limit: Duration,
    ) -> Result<()> {
        let since = self.agent.quiet(QUIET)?;
        let customer = scene.customer.sound();
        let mut saying = customer.begin_to_say(run, speech)?;
        wait::until_true(limit, "speech from the customer to the agent", || {
            if !saying.is_going_on() {
                saying = customer.begin_to_say(run, speech)?;
            }
            Ok(self.agent.speech_after(since).is_some())
        })
    }

    /// The customer says `said`: the agent must hear it and not `other`. Gives the likeness.
    ///
    /// # Errors
    /// When the agent does not hear it.
    pub fn agent_hears(
        &self,
        run: &Run,
        scene: &Scene,
        said: &Speech,
        other: &Speech,
    ) -> Result<f64> {
        said_again(|| {
            let since = self.agent.quiet(QUIET)?;
            scene.customer.sound().say(run, said)?;
            let heard = self.agent.since_with_tail(since)?;
            demand_same(&heard, said, other, "the agent")
        })
    }

    /// The agent says `said`: the customer must hear it and not `other`. Gives the likeness.
    ///
    /// # Errors
    /// When the customer does not hear it.
    pub fn customer_hears(
        &self,
        run: &Run,
        scene: &Scene,
        said: &Speech,
        other: &Speech,
    ) -> Result<f64> {
        said_again(|| {
            let since = self.customer.quiet(QUIET)?;
            scene.desktop.sound().say(run, said)?;
            let heard = self.customer.since_with_tail(since)?;
            demand_same(&heard, said, other, "the customer")
        })
    }

    /// Writes `heard-by-agent.wav` and `heard-by-customer.wav` into `out`.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn save(&self, out: &Path) -> Result<()> {
        self.agent
            .save(self.began.0, &out.join("heard-by-agent.wav"))?;
        self.customer
            .save(self.began.1, &out.join("heard-by-customer.wav"))
    }
}

/// Says it up to three times, as people do on a line that broke up for a moment: a machine that is
/// busy with something else loses pieces of sound, while a defect stays.
fn said_again(mut once: impl FnMut() -> Result<f64>) -> Result<f64> {
    once().or_else(|_| once()).or_else(|_| once())
}
