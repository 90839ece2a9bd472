//! A session bus of its own for one desktop: nothing on it that a test did not put there, and nothing starts by itself.

use crate::binaries::tool;
use crate::run::{Process, Run};
use crate::wait;
use anyhow::{Context, Result};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;

const START: Duration = Duration::from_secs(15);
/// Who keeps passwords on the bus: the Secret Service specification's name.
const SECRETS: &str = "org.freedesktop.secrets";

/// No folders of services: on a bare bus a program meets only whom the test invited.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// One session bus.
pub struct Bus {
    _process: Process,
    address: String,
}

impl Bus {
    /// Starts the bus of `who`.
    ///
    /// # Errors
    /// When dbus-daemon is missing or does not start.
    pub fn start(run: &Run, who: &str) -> Result<Self> {
        let folder = run.subfolder(&format!("{who}-bus"))?;
        let configuration = folder.join("bus.conf");
        let socket = folder.join("socket").display().to_string();
        std::fs::write(&configuration, CONFIGURATION.replace("SOCKET", &socket))?;
        let mut process = run.spawn(
            &format!("{who}-bus"),
            run.command(tool("dbus-daemon", "apt-get install dbus")?)
                .args(["--nofork", "--print-address"])
                .arg(format!("--config-file={}", configuration.display())),
        )?;
        let address = process.line(START, "an address", |line| {
            line.starts_with("unix:").then(|| line.trim().to_owned())
        })?;
        Ok(Self {
            _process: process,
            address,
        })
    }

    /// The value for `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A connection of the test's own.
    ///
    /// # Errors
    /// When the bus is gone.
    pub fn connect(&self) -> Result<Connection> {
        Ok(self.builder()?.build()?)
    }

    pub(crate) fn builder(&self) -> Result<Builder<'static>> {
        Builder::address(self.address.as_str()).context("the bus's address")
    }

    /// Makes and unlocks a keyring in `home` (an empty password would make none).
    ///
    /// # Errors
    /// When gnome-keyring is missing or does not come to the bus.
    pub fn start_keyring(&self, run: &Run, home: &Path) -> Result<Process> {
        let program = tool("gnome-keyring-daemon", "apt-get install gnome-keyring")?;
        let mut keyring = run.spawn(
            "keyring",
            run.command(program)
                .args(["--foreground", "--unlock", "--components=secrets"])
                .envs(crate::desktop::folders(home))
                .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
                .stdin(Stdio::piped()),
        )?;
        let stdin = keyring.stdin().context("the keyring takes no password")?;
        stdin.write_all(b"test")?;
        keyring.close_stdin();
        let bus = self.connect()?;
        let names = DBusProxy::new(&bus)?;
        wait::until_true(START, "the keyring on the bus", || {
            Ok(names.name_has_owner(SECRETS.try_into()?)?)
        })?;
        Ok(keyring)
    }
}
