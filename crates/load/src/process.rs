//! The real server as a process of its own: started, killed, stopped, and what it takes of the machine.

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Resource, Signal, getrlimit, kill_process, setrlimit};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Kernel ticks a second, which Linux keeps at 100 for programs on every architecture (proc(5)).
const TICKS_PER_SECOND: f64 = 100.0;

/// Files that a server has open beside its links.
const OTHER_FILES: f64 = 64.0;

/// A server that serves one folder.
pub struct ServerProcess {
    child: Child,
    url: String,
}

/// The whole load comes from one address, where no limit is to bite.
const ONE_ADDRESS: [(&str, &str); 8] = [
    ("WARMLINE_LIMITS_CONNECTIONS_PER_ADDRESS", "1000000"),
    ("WARMLINE_LIMITS_PAGES_PER_ADDRESS_MINUTE", "1000000"),
    ("WARMLINE_LIMITS_CALLS_PER_ADDRESS_HOUR", "1000000"),
    ("WARMLINE_LIMITS_CALLS_MINUTE", "1000000"),
    ("WARMLINE_LIMITS_WAITING_PER_ADDRESS", "1000000"),
    ("WARMLINE_LIMITS_KEPT_PLACES_PER_ADDRESS", "1000000"),
    ("WARMLINE_LIMITS_CUSTOMERS_PER_ADDRESS_HOUR", "1000000"),
    ("WARMLINE_LIMITS_CUSTOMERS_MINUTE", "1000000"),
];

impl ServerProcess {
    /// Serves `data` at `listen`; its log is added to `log`.
    ///
    /// # Errors
    /// When the program is not built, or does not listen.
    pub fn start(data: &Path, listen: &str, log: &Path) -> Result<Self> {
        Self::start_with(data, listen, log, &ONE_ADDRESS)
    }

    /// The same with settings by their environment variables.
    ///
    /// # Errors
    /// As [`ServerProcess::start`].
    pub fn start_with(
        data: &Path,
        listen: &str,
        log: &Path,
        settings: &[(&str, &str)],
    ) -> Result<Self> {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)?;
        let program = program("warmline-server")?;
        let mut child = Command::new(&program)
            .args(["serve", "--listen", listen, "--data"])
            .arg(data)
            .env("WARMLINE_LOG", "warn")
            .env("WARMLINE_SERVER_ALLOW_PLAIN_HTTP", "true")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", program.display()))?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no stdout")?).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).context("the server does not listen")?;
        let url = said["listening"].as_str().context("no address")?.to_owned();
        Ok(Self { child, url })
    }

    /// The port that it listens on.
    ///
    /// # Errors
    /// When the server named none.
    pub fn port(&self) -> Result<u16> {
        let port = self.url.rsplit(':').next().context("no port")?;
        port.parse().context("no port")
    }

    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: nothing is said, nothing is flushed.
    ///
    /// # Errors
    /// When it is gone already, which nobody asked for.
    pub fn kill(mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server had ended by itself: {status}");
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM, and waits until it has ended in good order.
    ///
    /// # Errors
    /// When it ends otherwise.
    pub fn stop(mut self) -> Result<Duration> {
        let began = Instant::now();
        let id = Pid::from_raw(i32::try_from(self.child.id())?).context("no process")?;
        kill_process(id, Signal::TERM)?;
        let status = self.child.wait()?;
        anyhow::ensure!(status.success(), "the server ended with {status}");
        Ok(began.elapsed())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Beside this program, or where `WARMLINE_BIN_DIR` says.
fn program(name: &str) -> Result<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    if let Some(given) = std::env::var_os("WARMLINE_BIN_DIR") {
        folders.extend(std::env::split_paths(&given));
    }
    let me = std::env::current_exe()?;
    // A binary is in target/debug, a test in target/debug/deps.
    folders.extend(me.ancestors().skip(1).take(2).map(PathBuf::from));
    let found = folders.iter().map(|folder| folder.join(name));
    found
        .clone()
        .find(|path| path.is_file())
        .with_context(|| format!("{name} is not built: cargo build -p server"))
}

/// How many files a process may have open.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub files: u64,
    pub needed: u64,
}

impl Limits {
    /// Raises this process's limit, which its children inherit, as far as it may be raised.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some ten thousand links"
    )]
    pub fn raise_for(links: f64) -> Self {
        let needed = (links + OTHER_FILES) as u64;
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        // What it is then says whether it was allowed.
        let _ = setrlimit(Resource::Nofile, limit);
        let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        Self { files, needed }
    }

    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.files >= self.needed
    }
}

/// What a process had used at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    at: Instant,
    seconds: f64,
    pub resident_mb: f64,
}

impl Usage {
    /// # Errors
    /// When there is no such process.
    pub fn of(id: u32) -> Result<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
        // The 14th and 15th field; the two before the name's end are counted off.
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: f64 = ticks.filter_map(|field| field.parse::<f64>().ok()).sum();
        Ok(Self {
            at: Instant::now(),
            seconds: ticks / TICKS_PER_SECOND,
            resident_mb: of_status(id, "VmRSS:")?,
        })
    }

    /// Cores used from `before` on, on average.
    #[must_use]
    pub fn cores_since(&self, before: &Self) -> f64 {
        let span = self.at.duration_since(before.at).as_secs_f64();
        (self.seconds - before.seconds) / span.max(1e-9)
    }

    /// The most that was ever resident, in MB.
    ///
    /// # Errors
    /// When there is no such process.
    pub fn peak_mb(id: u32) -> Result<f64> {
        of_status(id, "VmHWM:")
    }

    /// Private and proportional memory in MB. Reading it walks all pages, so not while times are taken.
    ///
    /// # Errors
    /// When there is no such process.
    pub fn proportional_mb(id: u32) -> Result<f64> {
        let rollup = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
        in_mb(&rollup, "Pss:")
    }
}

fn of_status(id: u32, name: &str) -> Result<f64> {
    in_mb(
        &std::fs::read_to_string(format!("/proc/{id}/status"))?,
        name,
    )
}

fn in_mb(text: &str, name: &str) -> Result<f64> {
    let line = text.lines().find(|line| line.starts_with(name));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let kb: f64 = number.with_context(|| format!("no {name}"))?.parse()?;
    Ok(kb / 1_024.0)
}
