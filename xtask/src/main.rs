//! `cargo xtask`: everything a person types to try, test, measure and tend Warmline.

mod bench;
mod browser;
mod codegen;
mod contract;
mod count;
mod demo;
mod foreign;
mod house;
mod run;
mod say;
mod setup;
mod sim;
mod system;
mod test;
mod tidy;
mod together;

use crate::house::House;
use anyhow::{Result, bail};
use std::io::Write;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <verb>

  demo                    install what is missing, build, start server and desktop with sample data
  demo --script [...]     play the whole story without display or sound card; --help lists its options
  test                    install what is missing, then every check and every test
  ci                      test, and fail when it leaves the checkout changed
  sim [--seed N] [...]    play the routing engine against its rules; --help lists its options
  bench [parts]           build for release, measure, print a table; JSON under target/bench/; --help lists the parts
  setup                   only install what is missing
  codegen                 write the TypeScript of the wire and the bridge
  foreign                 only what ships, checked for Windows and macOS
  contract                only hold the server to its OpenAPI document, for every role
  tidy                    only the house's own rules about files and words
";

fn main() -> ExitCode {
    match perform() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without a stderr the exit code says it alone.
            let _ = writeln!(std::io::stderr(), "\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let verb = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let takes_options = matches!(verb.as_str(), "demo" | "bench" | "test" | "sim");
    if !takes_options && let Some(extra) = rest.first() {
        bail!("`{verb}` takes no options, but was given `{extra}`\n\n{HELP}");
    }
    let house = House::find()?;
    match verb.as_str() {
        "demo" => demo::run(&house, &rest),
        "test" => test::run(&house, &rest),
        "ci" => test::run_and_compare(&house),
        "sim" => sim::run(&house, &rest),
        "bench" => bench::run(&house, &rest),
        "setup" => setup::run(&house),
        "codegen" => codegen::run(&house),
        "foreign" => test::run_foreign(&house),
        "contract" => contract::alone(&house),
        "tidy" => tidy::run(&house),
        "help" | "--help" | "-h" | "" => say::text(HELP),
        _ => bail!("there is no verb `{verb}`\n\n{HELP}"),
    }
}
