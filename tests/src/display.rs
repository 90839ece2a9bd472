//! A screen of its own for one participant: Xvfb on a number that it picks itself.

use crate::binaries::tool;
use crate::run::{Process, Run};
use anyhow::{Result, ensure};
use std::path::Path;
use std::time::Duration;

const START: Duration = Duration::from_secs(15);

/// One virtual screen.
pub struct Display {
    _process: Process,
    name: String,
}

impl Display {
    /// A screen of `width` by `height` pixels.
    ///
    /// # Errors
    /// When Xvfb is missing or does not start.
    pub fn start(run: &Run, who: &str, width: u32, height: u32) -> Result<Self> {
        let xvfb = tool("Xvfb", "apt-get install xvfb")?;
        let mut process = run.spawn(
            &format!("{who}-screen"),
            run.command(xvfb)
                .args([
                    "-displayfd",
                    "1",
                    "-screen",
                    "0",
                    &format!("{width}x{height}x24"),
                ])
                .args(["-nolisten", "tcp", "-noreset"]),
        )?;
        let number: u32 =
            process.line(START, "a display number", |line| line.trim().parse().ok())?;
        Ok(Self {
            _process: process,
            name: format!(":{number}"),
        })
    }

    /// Writes the window of this title as a PNG file: as it is on the screen, whoever draws it.
    ///
    /// # Errors
    /// When ImageMagick is missing, there is no such window, or the file cannot be written.
    pub fn picture(&self, run: &Run, title: &str, path: &Path) -> Result<()> {
        let mut import = run.command(tool("import", "apt-get install imagemagick")?);
        import.env("DISPLAY", &self.name).args(["-window", title]);
        let taken = import.arg(path).output()?;
        let error = String::from_utf8_lossy(&taken.stderr);
        ensure!(taken.status.success(), "no picture: {}", error.trim());
        Ok(())
    }

    /// The value for `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }
}
