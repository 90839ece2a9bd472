//! The command line: what each command takes and says.

mod accounts;
mod clock;
mod columns;
mod configuration;
mod customers;
mod customers_file;
mod data;
mod hours;
mod imports;
mod journal;
mod names;
mod progress;

pub(crate) use data::BY;

use crate::config::{Config, ConfigError};
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use vocab::OrgSlug;

/// The coordination server of Warmline: queues, customers' history, and the link to desktops and customers' pages.
#[derive(Debug, Parser)]
#[command(name = "warmline-server", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a data folder with an organisation, or add an organisation to it
    Init(data::Init),
    /// Serve until stopped by Ctrl-C or SIGTERM; prints {"listening":"http://…"} once it listens
    Serve(Serve),
    /// Add, list and remove those who may sign in; a running server notices within a second
    User {
        #[command(subcommand)]
        command: accounts::UserCommand,
    },
    /// Add, list and change queues; a running server notices within a second
    Queue {
        #[command(subcommand)]
        command: accounts::QueueCommand,
    },
    /// Show, check and change the whole configuration; its history, and undo
    Config {
        #[command(subcommand)]
        command: configuration::ConfigCommand,
    },
    /// Find, import, export and erase customers, also while the server runs
    Customer {
        #[command(subcommand)]
        command: customers::CustomerCommand,
    },
    /// Say and set how long personal content is kept
    Retention {
        #[command(subcommand)]
        command: customers::RetentionCommand,
    },
    /// Print the audit trail: number, time, who, what, to whom, from where
    Audit(customers::Audit),
    /// Name dispositions in each language; a running server notices within a second
    Disposition {
        #[command(subcommand)]
        command: names::DispositionCommand,
    },
    /// Give not-ready reasons names of an organisation's own; a running server notices within a second
    Reason {
        #[command(subcommand)]
        command: names::ReasonCommand,
    },
    /// Copy every organisation's database, also while the server runs
    Backup(data::Backup),
    /// Put one organisation's database back from a backup; what stood there is kept beside it
    Restore(journal::Restore),
    /// Look at an organisation's journal, or cut a damaged one
    Journal {
        #[command(subcommand)]
        command: journal::JournalCommand,
    },
    /// Say what time is believed and why, and what is kept longer because of the clock; `confirm` says that it is right
    Clock(clock::Clock),
    /// Fill the organisation `demo` with people, customers and history to try things out with
    SeedDemo(data::SeedDemo),
}

/// Where the data is.
#[derive(Args, Debug)]
struct Data {
    /// The data folder
    #[arg(long, value_name = "DIR", env = "WARMLINE_DATA")]
    data: PathBuf,
}

/// Where the data is, and whose.
#[derive(Args, Debug)]
struct Place {
    #[command(flatten)]
    data: Data,
    /// The organisation's name in addresses
    #[arg(long, value_parser = slug, default_value = "demo")]
    organisation: OrgSlug,
}

fn slug(text: &str) -> Result<OrgSlug, String> {
    match OrgSlug::new(text) {
        Ok(slug) if slug.as_str() == "assets" => {
            Err("“assets” is taken by the customer's page; choose another name".to_owned())
        }
        Ok(slug) => Ok(slug),
        Err(err) => Err(err.to_string()),
    }
}

#[derive(Args, Debug)]
#[command(after_long_help = Config::describe_keys())]
struct Serve {
    #[command(flatten)]
    data: Data,
    /// Address and port; port 0 takes a free one. Goes before the configuration
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Configuration in TOML; its keys are listed by `--help`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Does what the command line says.
///
/// # Errors
/// A sentence for the operator.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Command::Init(init) => init.run(),
        Command::Serve(serve) => serve.run(),
        Command::User { command } => command.run(),
        Command::Queue { command } => command.run(),
        Command::Config { command } => command.run(),
        Command::Customer { command } => command.run(),
        Command::Retention { command } => command.run(),
        Command::Audit(audit) => audit.run(),
        Command::Disposition { command } => command.run(),
        Command::Reason { command } => command.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Journal { command } => command.run(),
        Command::Clock(clock) => clock.run(),
        Command::SeedDemo(seed) => seed.run(),
    }
}

/// One line of a table, its cells separated by tabs. What people typed cannot forge a column or reach the terminal as a
/// code.
fn row(cells: &[&str]) -> anyhow::Result<()> {
    let shown: Vec<_> = cells.iter().map(|cell| text::shown(cell)).collect();
    say(shown.join("\t"))
}

/// Lines for the caller, with tabs between fields. Whatever a name or a file brought, nothing reaches a terminal that acts
/// there.
fn say(lines: impl std::fmt::Display) -> anyhow::Result<()> {
    let lines = lines.to_string();
    let harmless = |line: &str| {
        let fields: Vec<_> = line.split('\t').map(text::shown).collect();
        fields.join("\t")
    };
    let lines: Vec<String> = lines.split('\n').map(harmless).collect();
    print(&lines.join("\n"))
}

/// A document for a file or another program; it reads back the same.
fn say_json(document: &impl serde::Serialize, is_pretty: bool) -> anyhow::Result<()> {
    let json = if is_pretty {
        serde_json::to_string_pretty(document)
    } else {
        serde_json::to_string(document)
    }?;
    print(&text::shown_in_json(&json))
}

fn print(lines: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{lines}")
        .and_then(|()| out.flush())
        .context("stdout cannot be written")
}

impl Serve {
    fn run(self) -> anyhow::Result<()> {
        let config = self.read_config()?;
        let format = if config.log_json {
            telemetry::Format::Json
        } else {
            telemetry::Format::Human
        };
        telemetry::init(telemetry::Options {
            format,
            default_filter: config.log_filter.clone(),
        })?;
        let _lock = crate::app::DataLock::take(&self.data.data)?;
        crate::open_files::allow(config.limits.connections);
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .context("the runtime could not be started")?
            .block_on(self.serve(config))
    }

    /// What the command line says goes before the file and the environment.
    fn read_config(&self) -> Result<Config, ConfigError> {
        let mut config = Config::read(self.config.as_deref(), std::env::vars())?;
        if let Some(listen) = self.listen {
            config.listen = listen;
        }
        Ok(config)
    }

    async fn serve(&self, config: Config) -> anyhow::Result<()> {
        // Before anything listens: a stop asked for early is not missed.
        let mut stop = Box::pin(stop_asked()?);
        let mut hang_ups = HangUps::new()?;
        let server = crate::serve::Server::start(&self.data.data, config).await?;
        say(serde_json::json!({ "listening": server.url }))?;
        tracing::info!(url = %server.url, "listening");
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = hang_ups.next() => match self.read_config() {
                    Ok(config) => server.reload(config).await,
                    Err(err) => tracing::error!(%err, "the configuration cannot be read again; the one in use stays"),
                },
            }
        }
        tracing::info!("stopping");
        server.stop().await;
        Ok(())
    }
}

/// SIGHUP, on systems that have it: never the end, always another look at configuration and certificate.
struct HangUps {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl HangUps {
    fn new() -> anyhow::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if self.signal.recv().await.is_some() {
            return;
        }
        std::future::pending().await
    }
}

/// Resolves at Ctrl-C, and on Unix at SIGTERM.
#[cfg(unix)]
fn stop_asked() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_asked() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler there is no graceful stop, only the process's end.
        let _ = tokio::signal::ctrl_c().await;
    })
}
