//! A participant without a screen, `warmline-agent`, as an agent beside the one at the desktop.

use crate::binaries::Program;
use crate::run::{Process, Run};
use crate::server::{PASSWORD, Server};
use crate::sound::Sound;
use crate::wait;
use anyhow::{Context, Result};
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

const SIGN_IN: Duration = Duration::from_secs(20);

/// An agent who is signed in and takes orders by lines.
pub struct SilentAgent {
    process: Process,
}

impl SilentAgent {
    /// Signs in as `user` without sound, and becomes ready.
    ///
    /// # Errors
    /// When the program is missing or cannot sign in.
    pub fn start(run: &Run, server: &Server, user: &str) -> Result<Self> {
        let mut agent = Self::start_not_ready(run, server, user)?;
        agent.order("ready")?;
        agent.wait_for(SIGN_IN, "being ready", |event| {
            event["type"] == "agent" && event["agent"]["presence"]["state"]["type"] == "ready"
        })?;
        Ok(agent)
    }

    /// Signs in as `user` without sound.
    ///
    /// # Errors
    /// When the program is missing or cannot sign in.
    pub fn start_not_ready(run: &Run, server: &Server, user: &str) -> Result<Self> {
        Self::sign_in(run, server, user, None)
    }

    /// Signs in as `user` with a microphone and a speaker.
    ///
    /// # Errors
    /// When the program is missing or cannot sign in.
    pub fn start_with_sound(run: &Run, server: &Server, user: &str, sound: &Sound) -> Result<Self> {
        Self::sign_in(run, server, user, Some(sound))
    }

    fn sign_in(run: &Run, server: &Server, user: &str, sound: Option<&Sound>) -> Result<Self> {
        let mut command = run.command(Program::Agent.path()?);
        command
            .args(["agent", "--server", server.url(), "--organisation", "demo"])
            .args(["--user", user, "--password-env", "WARMLINE_PASSWORD"])
            .env("WARMLINE_PASSWORD", PASSWORD);
        let process = run.spawn(
            &format!("agent-{user}"),
            with_sound(&mut command, sound).stdin(Stdio::piped()),
        )?;
        let mut agent = Self { process };
        agent.wait_for(SIGN_IN, "a welcome", |event| {
            event["type"] == "agent" && event["agent"].is_object()
        })?;
        Ok(agent)
    }

    /// Writes a line to it: `ready`, `answer`, `hang-up`, `quit`…
    ///
    /// # Errors
    /// When it has ended.
    pub fn order(&mut self, line: &str) -> Result<()> {
        order(&mut self.process, line)
    }

    /// Waits for an offer, and gives the name of who it is.
    ///
    /// # Errors
    /// When none comes within `limit`.
    pub fn wait_for_ring(&mut self, limit: Duration) -> Result<String> {
        let event = self.wait_for(limit, "an offer", |event| ringing(event).is_some())?;
        Ok(ringing(&event).unwrap_or_default())
    }

    /// As [`Self::wait_for_ring`], after what was told so far.
    ///
    /// # Errors
    /// As [`Self::wait_for_ring`].
    pub fn wait_for_new_ring(&mut self, limit: Duration) -> Result<String> {
        let before = rings(&self.process.out()).count();
        wait::until(limit, "another offer", || {
            Ok(rings(&self.process.out()).nth(before))
        })
    }

    /// Waits until work of this agent is at `stage`, and gives that item.
    ///
    /// # Errors
    /// When there is none within `limit`.
    pub fn wait_for_work(&mut self, stage: &str, limit: Duration) -> Result<Value> {
        let at_stage = |event: &Value| {
            let work = event["agent"]["work"].as_array()?;
            work.iter()
                .find(|item| item["stage"]["type"] == stage)
                .cloned()
        };
        let event = self.wait_for(limit, stage, |event| at_stage(event).is_some())?;
        Ok(at_stage(&event).unwrap_or_default())
    }

    /// Waits for an event that fits.
    ///
    /// # Errors
    /// When none comes within `limit`.
    pub fn wait_for(
        &mut self,
        limit: Duration,
        what: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        event(&mut self.process, limit, what, is_it)
    }
}

fn rings(out: &str) -> impl Iterator<Item = String> + '_ {
    let events = out
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    events.filter_map(|line| ringing(&line["event"]))
}

/// The name of the customer for whom it rings, in an event that shows the agent's work.
fn ringing(event: &Value) -> Option<String> {
    let work = event["agent"]["work"].as_array()?;
    let item = work
        .iter()
        .find(|item| item["stage"]["type"] == "ringing")?;
    item["customer"]["customer"]["name"]
        .as_str()
        .map(str::to_owned)
}

/// A customer without a browser, who waits.
pub struct SilentCustomer {
    process: Process,
}

impl SilentCustomer {
    /// Calls the demo's support queue without sound.
    ///
    /// # Errors
    /// When the program is missing.
    pub fn call(run: &Run, server: &Server, name: &str, phone: &str) -> Result<Self> {
        Self::call_with(run, server, (name, phone), None)
    }

    /// Calls it with a microphone and a speaker.
    ///
    /// # Errors
    /// When the program is missing.
    pub fn call_with_sound(
        run: &Run,
        server: &Server,
        who: (&str, &str),
        sound: &Sound,
    ) -> Result<Self> {
        Self::call_with(run, server, who, Some(sound))
    }

    fn call_with(
        run: &Run,
        server: &Server,
        (name, phone): (&str, &str),
        sound: Option<&Sound>,
    ) -> Result<Self> {
        let mut command = run.command(Program::Agent.path()?);
        command
            .args(["customer", "--server", server.url()])
            .args(["--organisation", "demo", "--queue", "support"])
            .args(["--name", name, "--phone", phone, "--call"]);
        let process = run.spawn(
            &format!("customer-{}", name.to_lowercase().replace(' ', "-")),
            with_sound(&mut command, sound).stdin(Stdio::piped()),
        )?;
        Ok(Self { process })
    }

    /// Waits for an event that fits.
    ///
    /// # Errors
    /// When none comes within `limit`.
    pub fn wait_for(
        &mut self,
        limit: Duration,
        what: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        event(&mut self.process, limit, what, is_it)
    }

    /// Waits until it is told this position in the queue.
    ///
    /// # Errors
    /// When it is not within `limit`.
    pub fn wait_for_position(&mut self, position: u32, limit: Duration) -> Result<()> {
        let what = format!("position {position}");
        event(&mut self.process, limit, &what, |event| {
            event["stage"]["type"] == "waiting" && event["stage"]["position"] == position
        })
        .map(drop)
    }

    /// Waits until the conversation is over.
    ///
    /// # Errors
    /// When it is not within `limit`.
    pub fn wait_for_end(&mut self, limit: Duration) -> Result<()> {
        event(&mut self.process, limit, "the end", |event| {
            event["stage"]["type"] == "ended"
        })
        .map(drop)
    }

    /// Gives up waiting, or hangs up.
    ///
    /// # Errors
    /// When it has ended.
    pub fn leave(&mut self) -> Result<()> {
        order(&mut self.process, "hang-up")
    }
}

fn with_sound<'a>(command: &'a mut Command, sound: Option<&Sound>) -> &'a mut Command {
    command.env("WARMLINE_BIND", "127.0.0.1:0");
    match sound {
        Some(sound) => command.envs(sound.environment()),
        None => command.arg("--no-sound"),
    }
}

fn order(process: &mut Process, line: &str) -> Result<()> {
    let stdin = process.stdin().context("it takes no orders")?;
    writeln!(stdin, "{line}").context("it has ended")
}

fn event(
    process: &mut Process,
    limit: Duration,
    what: &str,
    is_it: impl Fn(&Value) -> bool,
) -> Result<Value> {
    process.line(limit, what, |line| {
        // Each line is {"at_ms": …, "event": …}.
        let event = serde_json::from_str::<Value>(line).ok()?["event"].take();
        is_it(&event).then_some(event)
    })
}
