//! A participant without a screen, `warmline-agent`, as an agent beside the one at the desktop.

use crate::binaries::Program;
use crate::run::{Process, Run};
use crate::server::{PASSWORD, Server};
use anyhow::{Context, Result};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;
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
        let process = run.spawn(
            &format!("agent-{user}"),
            run.command(Program::Agent.path()?)
                .args(["agent", "--server", server.url(), "--organisation", "demo"])
                .args(["--user", user, "--no-sound"])
                .env("WARMLINE_PASSWORD", PASSWORD)
                .env("WARMLINE_BIND", "127.0.0.1:0")
                .stdin(Stdio::piped()),
        )?;
        let mut agent = Self { process };
        agent.wait_for(SIGN_IN, "welcome", |event| event["type"] == "agent")?;
        agent.order("ready")?;
        Ok(agent)
    }

    /// Writes a line to it: `ready`, `answer`, `hang-up`, `quit`…
    ///
    /// # Errors
    /// When it has ended.
    pub fn order(&mut self, line: &str) -> Result<()> {
        let stdin = self.process.stdin().context("it takes no orders")?;
        writeln!(stdin, "{line}").context("it has ended")
    }

    /// Waits for an event that `is_it`, and gives it.
    ///
    /// # Errors
    /// When none comes within `limit`.
    pub fn wait_for(
        &mut self,
        limit: Duration,
        what: &str,
        is_it: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        self.process.line(limit, what, |line| {
            let event: Value = serde_json::from_str(line).ok()?;
            is_it(&event).then_some(event)
        })
    }
}
