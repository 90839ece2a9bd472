//! `warmline-agent`: a participant without a screen. Lines in, one JSON object a line out.

mod cli;

use clap::Parser;
use cli::{Options, Role};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let logging = telemetry::Options {
        default_filter: "warn".to_owned(),
        ..telemetry::Options::default()
    };
    telemetry::init(logging).map_err(|err| anyhow::anyhow!("{err}"))?;
    match options.role {
        Role::Agent(options) => cli::agent::run(options).await,
        Role::Customer(options) => cli::customer::run(options).await,
    }
}
