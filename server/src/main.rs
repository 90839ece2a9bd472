//! `warmline-server`: see `warmline-server --help`.

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = server::cli::Arguments::parse();
    match server::cli::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            // Nothing can be done about a stderr that cannot be written.
            let _ = writeln!(std::io::stderr(), "warmline-server: {err:#}");
            ExitCode::FAILURE
        }
    }
}
