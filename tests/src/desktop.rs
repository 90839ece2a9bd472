//! The agent's desktop under test: the real program, with a session bus, a keyring, a screen and a sound of its own,
//! driven over WebDriver.

use crate::binaries::{Program, tool};
use crate::bus::Bus;
use crate::display::Display;
use crate::run::{self, Process, Run};
use crate::server::{PASSWORD, Server};
use crate::sound::Sound;
use crate::wait;
use crate::webdriver::Page;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

const START: Duration = Duration::from_secs(30);
const SIGN_IN: Duration = Duration::from_secs(15);
const TITLE: &str = "Warmline";
/// A usual screen.
const SCREEN: (u32, u32) = (1280, 860);

/// What a desktop finds around it.
pub struct Surroundings {
    /// The screen's width and height in pixels.
    pub screen: (u32, u32),
    pub has_keyring: bool,
    /// As installed, with its folders below the home folder; otherwise with a folder of its own, so that it may run
    /// beside another.
    pub is_installed: bool,
    /// What its first start is given: a link.
    pub argument: Option<&'static str>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            screen: SCREEN,
            has_keyring: true,
            is_installed: false,
            argument: None,
        }
    }
}

/// One desktop with everything around it.
pub struct Desktop {
    _driver: Process,
    port: u16,
    page: Page,
    sound: Sound,
    environment: Vec<(&'static str, OsString)>,
    _keyring: Option<Process>,
    bus: Bus,
    display: Display,
}

impl Desktop {
    /// Starts the program at its sign-in screen.
    ///
    /// # Errors
    /// When a part is missing or does not start.
    pub fn start(run: &Run) -> Result<Self> {
        Self::start_in(run, &Surroundings::default(), |_, _| Ok(()))
    }

    /// Starts the program at its sign-in screen; `prepare` sees its bus and its display's name before.
    ///
    /// # Errors
    /// When a part is missing or does not start.
    pub fn start_in(
        run: &Run,
        around: &Surroundings,
        prepare: impl FnOnce(&Bus, &str) -> Result<()>,
    ) -> Result<Self> {
        let display = Display::start(run, "agent", around.screen.0, around.screen.1)?;
        let sound = Sound::start(run, "agent")?;
        let bus = Bus::start(run, "agent")?;
        let home = run.subfolder("agent-home")?;
        let keyring = if around.has_keyring {
            Some(bus.start_keyring(run, &home)?)
        } else {
            None
        };
        prepare(&bus, display.name())?;
        let environment = environment(run, around, (&display, &sound, &bus))?;
        let port = free_port()?;
        let driver = tool("WebKitWebDriver", "apt-get install webkit2gtk-driver")?;
        let mut command = run.command(driver);
        command
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .envs(environment.clone())
            // By this the program's web view lets itself be driven.
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env_remove("WAYLAND_DISPLAY");
        let driver = run.spawn("desktop", &mut command)?;
        let page = open(port, around.argument)?;
        Ok(Self {
            _driver: driver,
            port,
            page,
            sound,
            environment,
            _keyring: keyring,
            bus,
            display,
        })
    }

    /// The session bus it is on.
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// The screen it is on.
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Starts the program once more in the same surroundings, as a click on its icon or on a link does.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_beside(&self, run: &Run, arguments: &[&str]) -> Result<Process> {
        run.spawn(
            "desktop-again",
            run.command(Program::Desktop.path()?)
                .args(arguments)
                .envs(self.environment.clone())
                .env_remove("WAYLAND_DISPLAY"),
        )
    }

    /// True while the program runs.
    pub fn is_running(&self, run: &Run) -> bool {
        !run.processes_named("warmline-desktop").is_empty()
    }

    /// What its window shows.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Writes what its window shows as a PNG file. Not by the driver: its pictures need a compositor, which the window
    /// does without where there is no GPU.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub fn picture(&self, run: &Run, path: &Path) -> Result<()> {
        self.display.picture(run, TITLE, path)
    }

    /// What the agent says and hears.
    pub fn sound(&self) -> &Sound {
        &self.sound
    }

    /// Signs in as `user` of the demo.
    ///
    /// # Errors
    /// When the work screen does not come.
    pub fn sign_in(&self, server: &Server, user: &str) -> Result<()> {
        let page = &self.page;
        self.try_to_sign_in(server.url(), user, PASSWORD)?;
        page.wait_attribute("[data-screen]", "data-screen", &["work"], SIGN_IN)
    }

    /// Fills in the sign-in screen and sends it off; whether it works is the caller's to see.
    ///
    /// # Errors
    /// When the screen is another one.
    pub fn try_to_sign_in(&self, server: &str, user: &str, password: &str) -> Result<()> {
        let page = &self.page;
        page.wait_for("sign-in-submit")?;
        page.fill("sign-in-server", server)?;
        page.fill("sign-in-organisation", "demo")?;
        page.fill("sign-in-user", user)?;
        page.fill("sign-in-password", password)?;
        page.click("sign-in-submit")
    }

    /// Waits until the readiness check has passed: microphone, speaker, server and media path.
    ///
    /// # Errors
    /// When one of them failed; with what the check shows.
    pub fn wait_readiness(&self) -> Result<()> {
        let body =
            "return [...document.querySelectorAll(`[data-testid='readiness'] [data-result]`)]
            .map((check) => [check.dataset.check, check.dataset.result, check.innerText])";
        let mut last = json!(null);
        wait::until_true(SIGN_IN, "a passed readiness check", || {
            last = self.page.script(body, &[])?;
            let checks = last.as_array().map_or(&[][..], Vec::as_slice);
            if let Some(failed) = checks.iter().find(|check| check[1] == "failed") {
                bail!("the check failed: {failed}");
            }
            Ok(checks.len() == 4 && checks.iter().all(|check| check[1] == "passed"))
        })
        .with_context(|| format!("the check shows {last}"))
    }

    /// Chooses to take work.
    ///
    /// # Errors
    /// When the state does not become ready.
    pub fn become_ready(&self) -> Result<()> {
        self.page.click("state-button")?;
        self.page.click("state-ready")?;
        self.wait_state(&["ready", "ringing"])
    }

    /// Waits until the agent's state as shown is one of `states`.
    ///
    /// # Errors
    /// When it is not within ten seconds.
    pub fn wait_state(&self, states: &[&str]) -> Result<()> {
        self.page.wait_attribute(
            "[data-state]",
            "data-state",
            states,
            Duration::from_secs(10),
        )
    }

    /// SIGKILL to the program itself, as a crash ends it.
    ///
    /// # Errors
    /// When it is not running.
    pub fn kill(&self, run: &Run) -> Result<()> {
        let ids = run.processes_named("warmline-desktop");
        let id = ids.first().context("the desktop is not running")?;
        run::kill(*id)
    }

    /// SIGTERM to the program itself, as a session that ends sends it.
    ///
    /// # Errors
    /// When it is not running.
    pub fn terminate(&self, run: &Run) -> Result<()> {
        let ids = run.processes_named("warmline-desktop");
        let id = ids.first().context("the desktop is not running")?;
        run::terminate(*id)
    }

    /// Starts the program again, in the same folders.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> Result<()> {
        // The driver holds one session; the old one's program is gone already.
        let _ended = self.page.close();
        self.page = open(self.port, None)?;
        Ok(())
    }
}

/// All that the program is told by its environment.
fn environment(
    run: &Run,
    around: &Surroundings,
    (display, sound, bus): (&Display, &Sound, &Bus),
) -> Result<Vec<(&'static str, OsString)>> {
    let home = run.subfolder("agent-home")?;
    let log = std::env::var("WARMLINE_LOG").unwrap_or("info".to_owned());
    let mut environment: Vec<(&'static str, OsString)> = vec![
        ("DISPLAY", display.name().into()),
        ("DBUS_SESSION_BUS_ADDRESS", bus.address().into()),
        // The machine's own services are not for tests.
        ("DBUS_SYSTEM_BUS_ADDRESS", bus.address().into()),
        ("WARMLINE_BIND", "127.0.0.1:0".into()),
        ("WARMLINE_LOG", log.into()),
        ("LANG", "C.UTF-8".into()),
        ("NO_AT_BRIDGE", "1".into()),
    ];
    let sound = sound.environment().into_iter();
    environment.extend(sound.map(|(name, value)| (name, value.into())));
    let folders = folders(&home).into_iter();
    environment.extend(folders.map(|(name, path)| (name, path.into_os_string())));
    if !around.is_installed {
        let data = run.subfolder("agent-data")?;
        environment.push(("WARMLINE_DATA_DIR", data.into_os_string()));
    }
    Ok(environment)
}

fn open(port: u16, argument: Option<&str>) -> Result<Page> {
    let program = Program::Desktop.path()?;
    let arguments: Vec<&str> = argument.into_iter().collect();
    wait::until_true(START, "WebKitWebDriver", || {
        Ok(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok())
    })?;
    let page = Page::open(
        port,
        &json!({"webkitgtk:browserOptions": {"binary": program, "args": arguments}}),
    )
    .context("the desktop did not start")?;
    wait::until_true(START, "the desktop's first paint", || {
        Ok(page.attribute("[data-screen]", "data-screen")?.is_some())
    })
    .with_context(|| format!("the window shows: {}", page.all_text()))?;
    Ok(page)
}

/// Folders of the run's own, so that nothing of the user's is read or written.
pub(crate) fn folders(home: &std::path::Path) -> [(&'static str, PathBuf); 5] {
    [
        ("HOME", home.to_owned()),
        ("XDG_CONFIG_HOME", home.join("config")),
        ("XDG_DATA_HOME", home.join("data")),
        ("XDG_CACHE_HOME", home.join("cache")),
        ("XDG_RUNTIME_DIR", home.to_owned()),
    ]
}

/// A port that nobody listens on: the drivers cannot pick one themselves and say which.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
