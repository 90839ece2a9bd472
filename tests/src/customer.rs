//! The customer under test: a real Chromium on a screen of its own, with a virtual microphone and
//! speaker.

use crate::binaries::tool;
use crate::desktop::{folders, free_port};
use crate::display::Display;
use crate::run::{Process, Run};
use crate::server::Server;
use crate::sound::Sound;
use crate::wait;
use crate::webdriver::Page;
use anyhow::Result;
use serde_json::json;
use std::path::Path;
use std::time::Duration;

const START: Duration = Duration::from_secs(20);
/// A first start makes a profile.
const START_OF_FIREFOX: Duration = Duration::from_secs(60);

/// From MEDIA.md; the microphone is the virtual one, so only the question about it is faked.
const FLAGS: [&str; 13] = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--window-position=0,0",
    "--window-size=900,860",
];

/// In which browser the customer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    Chromium,
    Firefox,
}

/// A browser with its sound.
pub struct Customer {
    /// Ends with it.
    driver: Process,
    page: Page,
    sound: Sound,
    _display: Display,
}

impl Customer {
    /// Opens the browser, on no page yet.
    ///
    /// # Errors
    /// When a part is missing or does not start.
    pub fn start(run: &Run) -> Result<Self> {
        Self::start_in(run, Browser::Chromium)
    }

    /// [`Self::start`] in this browser.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_in(run: &Run, browser: Browser) -> Result<Self> {
        let display = Display::start(run, "customer", 900, 860)?;
        let sound = Sound::start(run, "customer")?;
        let home = run.subfolder("customer-home")?;
        let (driver, page) = match browser {
            Browser::Chromium => chromium(run, &sound, &display, &home)?,
            Browser::Firefox => firefox(run, &sound, &display, &home)?,
        };
        Ok(Self {
            driver,
            page,
            sound,
            _display: display,
        })
    }

    /// The browser's processes, or its driver's.
    pub fn process(&self) -> &Process {
        &self.driver
    }
}

fn chromium(run: &Run, sound: &Sound, display: &Display, home: &Path) -> Result<(Process, Page)> {
    let port = free_port()?;
    let mut driver = run.spawn(
        "customer",
        run.command(tool("chromedriver", "apt-get install chromium-driver")?)
            .arg(format!("--port={port}"))
            .envs(sound.environment())
            .envs(folders(home))
            .env("DISPLAY", display.name())
            .env("LANG", "C.UTF-8")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS"),
    )?;
    driver.line(START, "a started chromedriver", |line| {
        line.contains("started successfully").then_some(())
    })?;
    let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!(
        "--user-data-dir={}",
        home.join("profile").display()
    ));
    let page = Page::open(
        port,
        &json!({"browserName": "chrome", "goog:chromeOptions": {"args": flags}}),
    )?;
    Ok((driver, page))
}

/// What a first start, a question or a busy network of its own would put between a test and the page.
const PREFERENCES: &str = r#"
user_pref("marionette.port", 0);
user_pref("media.navigator.permission.disabled", true);
user_pref("media.autoplay.default", 0);
user_pref("media.autoplay.blocking_policy", 0);
user_pref("media.peerconnection.ice.loopback", true);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.page", 0);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.tabs.warnOnClose", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("toolkit.cosmeticAnimations.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.prefetch-next", false);
user_pref("services.settings.server", "data:,");
"#;

const INSTALL: &str = "apt-get install firefox-esr";

fn firefox(run: &Run, sound: &Sound, display: &Display, home: &Path) -> Result<(Process, Page)> {
    let profile = home.join("firefox");
    std::fs::create_dir_all(&profile)?;
    std::fs::write(profile.join("user.js"), PREFERENCES)?;
    let mut process = run.spawn(
        "customer",
        run.command(tool("firefox-esr", INSTALL).or_else(|_| tool("firefox", INSTALL))?)
            .args([
                "--marionette",
                "--no-remote",
                "--width",
                "900",
                "--height",
                "860",
            ])
            .arg("--profile")
            .arg(&profile)
            .arg("about:blank")
            .envs(sound.environment())
            .envs(folders(home))
            .env("DISPLAY", display.name())
            .env("LANG", "C.UTF-8")
            .env("MOZ_CRASHREPORTER_DISABLE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS"),
    )?;
    let file = profile.join("MarionetteActivePort");
    let port = wait::until(START_OF_FIREFOX, "Firefox's remote control", || {
        if !process.is_running() {
            anyhow::bail!("Firefox ended: {}", run.log_tails(15));
        }
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        Ok(text.trim().parse::<u16>().ok())
    })?;
    Ok((process, Page::of_firefox(port)?))
}

impl Customer {
    /// What the browser shows.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// What the customer says and hears.
    pub fn sound(&self) -> &Sound {
        &self.sound
    }

    /// Opens the page of the demo's support queue.
    ///
    /// # Errors
    /// When it does not come.
    pub fn visit(&self, server: &Server) -> Result<()> {
        self.page.go(&format!("{}/c/demo/support", server.url()))?;
        self.wait_stage(&["intro", "idle"], Duration::from_secs(15))
    }

    /// Gives `name` and `phone` and presses the button.
    ///
    /// # Errors
    /// When a control is missing.
    pub fn call(&self, name: &str, phone: &str) -> Result<()> {
        self.page.fill("name", name)?;
        self.page.fill("phone", phone)?;
        self.page.click("call")
    }

    /// Leaves the queue and comes back to the page from which a call is made.
    ///
    /// # Errors
    /// When the page does not show it.
    pub fn cancel(&self) -> Result<()> {
        let limit = Duration::from_secs(5);
        self.page.click("cancel")?;
        self.wait_stage(&["ended", "idle"], limit)?;
        if self.page.has("call-again")? {
            self.page.click("call-again")?;
        }
        self.wait_stage(&["idle"], limit)
    }

    /// Waits until the page is in one of `stages`.
    ///
    /// # Errors
    /// When it is not in time; with what the page shows.
    pub fn wait_stage(&self, stages: &[&str], limit: Duration) -> Result<()> {
        self.page
            .wait_attribute("[data-stage]", "data-stage", stages, limit)
    }

    /// The position shown while waiting.
    ///
    /// # Errors
    /// When no number is shown.
    pub fn position(&self) -> Result<u32> {
        wait::until(Duration::from_secs(5), "a position in the queue", || {
            let text = self.page.text("position")?;
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            Ok(digits.parse().ok())
        })
    }
}
