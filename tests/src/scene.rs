//! Server, agent's desktop and customer's browser together, up to the moment before the call.

use crate::customer::{Browser, Customer};
use crate::desktop::Desktop;
use crate::run::Run;
use crate::server::Server;
use crate::story::happened;
use crate::wait;
use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use std::time::Duration;

/// The customer of the demo who calls: known by this number, with history.
pub const NAME: &str = "Chen Yulan";
/// Her number as she types it.
pub const PHONE: &str = "+86 138 0013 8000";
/// The demo's agent at the desktop.
pub const AGENT: &str = "anna";

/// How long a ring may take to show, on a busy machine.
pub const RING: Duration = Duration::from_secs(10);
/// How long speech may take from the answer, on a busy machine.
pub const FIRST_SPEECH: Duration = Duration::from_secs(10);

/// Everything a call needs.
pub struct Scene {
    pub server: Server,
    pub desktop: Desktop,
    pub customer: Customer,
}

impl Scene {
    /// Starts all three; nobody is signed in and no page is open.
    ///
    /// # Errors
    /// When a part is missing or does not start.
    pub fn start(run: &Run) -> Result<Self> {
        Self::start_with(run, Vec::new())
    }

    /// [`Self::start`] with the server's settings given by the environment.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(run: &Run, variables: Vec<(&'static str, String)>) -> Result<Self> {
        Self::start_in(run, Browser::Chromium, variables)
    }

    /// [`Self::start_with`], the customer in this browser.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_in(
        run: &Run,
        browser: Browser,
        variables: Vec<(&'static str, String)>,
    ) -> Result<Self> {
        std::thread::scope(|scope| {
            let desktop = scope.spawn(|| Desktop::start(run).context("the agent's desktop"));
            let customer =
                scope.spawn(|| Customer::start_in(run, browser).context("the customer's browser"));
            let server = Server::start_with(run, variables).context("the server");
            let joined = |_| anyhow!("a part's start panicked");
            let desktop = desktop.join().map_err(joined)?;
            let customer = customer.join().map_err(joined)?;
            Ok(Self {
                server: server?,
                desktop: desktop?,
                customer: customer?,
            })
        })
    }

    /// Starts all three, with the agent ready and the customer on the page.
    ///
    /// # Errors
    /// When a step fails.
    pub fn ready(run: &Run) -> Result<Self> {
        let scene = Self::start(run)?;
        scene.desktop.sign_in(&scene.server, AGENT)?;
        scene.desktop.become_ready()?;
        scene.customer.visit(&scene.server)?;
        Ok(scene)
    }

    /// The detail of the customer's newest interaction, once it holds `what`.
    ///
    /// # Errors
    /// When it does not within `limit`.
    pub fn history_with(&self, what: &str, limit: Duration) -> Result<Value> {
        let server = &self.server;
        let token = server.sign_in("sam")?;
        let found = server.get(&token, "/v1/customers?query=Chen%20Yulan&limit=5")?;
        let customer = found["customers"][0]["customer"].as_u64();
        let customer = customer.with_context(|| format!("{NAME} is not found: {found}"))?;
        let mut last = Value::Null;
        wait::until(limit, &format!("'{what}' in the history"), || {
            let path = format!("/v1/customers/{customer}/timeline?limit=5");
            let page = server.get(&token, &path)?;
            let Some(id) = page["interactions"][0]["interaction"].as_u64() else {
                return Ok(None);
            };
            last = server.get(&token, &format!("/v1/interactions/{id}"))?;
            Ok(happened(&last, what).map(|_| last.clone()))
        })
        .with_context(|| format!("the history is {last}"))
    }

    /// The customer calls and the desktop rings.
    ///
    /// # Errors
    /// When it does not.
    pub fn ring(&self) -> Result<()> {
        self.customer.call(NAME, PHONE)?;
        self.customer.wait_stage(&["waiting"], RING)?;
        self.desktop.wait_state(&["ringing"])?;
        self.desktop.page().wait_for("ring-card")
    }

    /// The customer calls, the agent answers; returns when both screens show it.
    ///
    /// # Errors
    /// When one does not.
    pub fn talk(&self) -> Result<()> {
        self.ring()?;
        self.desktop.page().click("ring-accept")?;
        self.desktop.wait_state(&["talking"])?;
        self.customer.wait_stage(&["talking"], RING)
    }
}
