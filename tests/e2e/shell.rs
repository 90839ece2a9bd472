//! The desktop's shell in the running program: its notification, its tray, its links, its window, its keyring, and its
//! keyboard. The screen is looked at through WebDriver, everything else as a desktop environment or a person would.

mod awake;
mod keyboard;
mod leaving;
mod links;
mod ring;
mod sign_in;
mod tray;
mod window;

use anyhow::{Context, Result};
use std::time::Duration;
use system_tests::agent::SilentCustomer;
use system_tests::bus::Bus;
use system_tests::desktop::{Desktop, Surroundings};
use system_tests::inhibitors::Inhibitors;
use system_tests::notifications::Notifications;
use system_tests::run::Run;
use system_tests::scene::{AGENT, NAME, PHONE};
use system_tests::server::Server;
use system_tests::tray::Tray;
use system_tests::wait;
use system_tests::windows::{Window, Windows};

const SOON: Duration = Duration::from_secs(10);
/// The window's title, by which it is found among others.
const TITLE: &str = "Warmline";

/// A desktop as in an office: with a window manager, notifications, a tray and a screen saver.
struct Office<'r> {
    server: Server,
    desktop: Desktop,
    windows: Windows<'r>,
    notifications: Notifications,
    tray: Tray,
    inhibitors: Inhibitors,
}

impl<'r> Office<'r> {
    fn open(run: &'r Run, around: &Surroundings) -> Result<Self> {
        let mut parts = None;
        let mut prepare = |bus: &Bus, display: &str| {
            parts = Some((
                Windows::manage(run, display)?,
                Notifications::start(bus)?,
                Tray::start(bus)?,
                Inhibitors::start(bus)?,
            ));
            Ok(())
        };
        let server = Server::start(run)?;
        let desktop = Desktop::start_in(run, around, &mut prepare)?;
        let (windows, notifications, tray, inhibitors) = parts.context("nothing was prepared")?;
        Ok(Self {
            server,
            desktop,
            windows,
            notifications,
            tray,
            inhibitors,
        })
    }

    /// The agent has signed in and is ready.
    fn ready(run: &'r Run, around: &Surroundings) -> Result<Self> {
        let office = Self::open(run, around)?;
        office.desktop.sign_in(&office.server, AGENT)?;
        office.desktop.become_ready()?;
        Ok(office)
    }

    /// Presses the window's cross, and it is away.
    fn close_and_hide(&self, window: Window) -> Result<()> {
        self.windows.close(window)?;
        wait::until_true(SOON, "the hidden window", || {
            Ok(self.windows.visible(TITLE)?.is_none())
        })
    }

    /// A customer calls, and the desktop rings.
    fn ring(&self, run: &Run) -> Result<SilentCustomer> {
        let customer = SilentCustomer::call(run, &self.server, NAME, PHONE)?;
        self.desktop.wait_state(&["ringing"])?;
        Ok(customer)
    }
}
