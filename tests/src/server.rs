//! The coordination server under test, with the demo's organisation in a folder of the run.

use crate::binaries::Program;
use crate::run::{Process, Run};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

const START: Duration = Duration::from_secs(30);
const REQUEST: Duration = Duration::from_secs(10);
/// The demo's password for every account.
pub const PASSWORD: &str = "warmline-demo";

/// A server that can be killed and brought back on the same port and folder.
pub struct Server {
    process: Process,
    url: String,
    /// Where it listens itself.
    own: String,
    data: PathBuf,
    variables: Vec<(&'static str, String)>,
    http: ureq::Agent,
}

impl Server {
    /// Seeds the demo and starts serving it.
    ///
    /// # Errors
    /// When the program is missing, or does not listen in time.
    pub fn start(run: &Run) -> Result<Self> {
        Self::start_with(run, Vec::new())
    }

    /// [`Self::start`] with settings given by the environment.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_with(run: &Run, variables: Vec<(&'static str, String)>) -> Result<Self> {
        let program = Program::Server.path()?;
        let data = run.subfolder("server")?;
        let seeded = run
            .command(&program)
            .args(["seed-demo", "--data"])
            .arg(&data)
            .env("WARMLINE_LOG", "warn")
            .output()
            .context("cannot run warmline-server seed-demo")?;
        if !seeded.status.success() {
            bail!(
                "seed-demo failed: {}",
                String::from_utf8_lossy(&seeded.stderr)
            );
        }
        let (process, url) = serve(run, &data, "127.0.0.1:0", &variables)?;
        let http = ureq::Agent::config_builder()
            .timeout_global(Some(REQUEST))
            .http_status_as_error(false)
            .build()
            .new_agent();
        Ok(Self {
            process,
            own: url.clone(),
            url,
            data,
            variables,
            http,
        })
    }

    /// Where people reach it: `http://127.0.0.1:PORT`, or the proxy's address and path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How people reach it from now on: by the proxy before it.
    pub fn is_reached_at(&mut self, url: String) {
        self.url = url;
    }

    /// Settings for the next start.
    pub fn set_variables(&mut self, variables: Vec<(&'static str, String)>) {
        self.variables = variables;
    }

    /// What it wrote to its log.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn log(&self, run: &Run) -> Result<String> {
        let path = run.folder().join("logs").join("server.log");
        std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// The number of a line of `/metrics`, asked of the server itself.
    ///
    /// # Errors
    /// When there is no such line.
    pub fn metric(&self, name: &str) -> Result<u64> {
        let mut answer = self.http.get(format!("{}/metrics", self.own)).call()?;
        let text = answer.body_mut().read_to_string()?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        line.with_context(|| format!("no {name} in {text}"))
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts again where it was; returns once it listens.
    ///
    /// # Errors
    /// When it does not listen in time.
    pub fn start_again(&mut self, run: &Run) -> Result<()> {
        let address = self.own.trim_start_matches("http://").to_owned();
        let (process, url) = serve(run, &self.data, &address, &self.variables)?;
        if url != self.own {
            bail!("the server came back at {url}, not at {}", self.own);
        }
        self.process = process;
        Ok(())
    }

    /// The server's folder.
    pub fn data(&self) -> &PathBuf {
        &self.data
    }

    /// Gives `user` another password, which ends every sign-in they have.
    ///
    /// # Errors
    /// When the server's program refuses.
    pub fn set_password(&self, run: &Run, user: &str, password: &str) -> Result<()> {
        let mut process = run.spawn(
            "server-password",
            run.command(Program::Server.path()?)
                .args(["user", "password", "--password-stdin", "--user", user])
                .arg("--allow-weak-password")
                .args(["--organisation", "demo", "--data"])
                .arg(&self.data)
                .stdin(Stdio::piped()),
        )?;
        let stdin = process.stdin().context("it takes no password")?;
        writeln!(stdin, "{password}")?;
        process.close_stdin();
        process.wait_success(START)
    }

    /// A token for REST.
    ///
    /// # Errors
    /// When the sign-in is refused.
    pub fn sign_in(&self, user: &str) -> Result<String> {
        let body = json!({"organisation": "demo", "user": user, "password": PASSWORD});
        let mut answer = self
            .http
            .post(format!("{}/v1/sign-in", self.url))
            .send_json(&body)?;
        let value: Value = answer.body_mut().read_json()?;
        value["token"]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("sign-in: {value}"))
    }

    /// The bytes at a REST path; anything but success is an error.
    ///
    /// # Errors
    /// When it is refused.
    pub fn bytes(&self, token: &str, path: &str) -> Result<Vec<u8>> {
        let mut answer = self
            .http
            .get(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {token}"))
            .call()
            .with_context(|| format!("GET {path}"))?;
        let status = answer.status();
        if !status.is_success() {
            bail!("GET {path}: {status}");
        }
        Ok(answer.body_mut().read_to_vec()?)
    }

    /// What a REST path yields; anything but success is an error.
    ///
    /// # Errors
    /// When it is refused.
    pub fn get(&self, token: &str, path: &str) -> Result<Value> {
        let mut answer = self
            .http
            .get(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {token}"))
            .call()
            .with_context(|| format!("GET {path}"))?;
        let status = answer.status();
        let value: Value = answer
            .body_mut()
            .read_json()
            .with_context(|| format!("GET {path}: {status}"))?;
        if !status.is_success() {
            bail!("GET {path}: {status} {value}");
        }
        Ok(value)
    }
}

fn serve(
    run: &Run,
    data: &PathBuf,
    listen: &str,
    variables: &[(&'static str, String)],
) -> Result<(Process, String)> {
    let mut process = run.spawn(
        "server",
        run.command(Program::Server.path()?)
            .args(["serve", "--listen", listen, "--data"])
            .arg(data)
            .env("WARMLINE_LOG", "info")
            .envs(variables.iter().map(|(name, value)| (name, value))),
    )?;
    let url = process.line(START, "its address", |line| {
        let value: Value = serde_json::from_str(line).ok()?;
        Some(value["listening"].as_str()?.to_owned())
    })?;
    Ok((process, url))
}
