//! The agent's desktop under test: the real program, in a D-Bus session with a keyring, on a screen
//! and a sound of its own, driven over WebDriver.

use crate::binaries::{Program, tool};
use crate::display::Display;
use crate::run::{self, Process, Run};
use crate::server::{PASSWORD, Server};
use crate::sound::Sound;
use crate::wait;
use crate::webdriver::Page;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

const START: Duration = Duration::from_secs(30);
const SIGN_IN: Duration = Duration::from_secs(15);
/// The smallest window the screens are made for, and a usual one.
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 860;

/// Makes and unlocks a keyring (an empty password would make none), then becomes the driver; the keyring stays in the
/// foreground of its own job so that it ends with the session.
const SESSION: &str = r#"
printf test | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
exec "$@"
"#;

/// One desktop with everything around it.
pub struct Desktop {
    _driver: Process,
    ports: (u16, u16),
    page: Page,
    sound: Sound,
    _display: Display,
}

impl Desktop {
    /// Starts the program at its sign-in screen.
    ///
    /// # Errors
    /// When a part is missing or does not start.
    pub fn start(run: &Run) -> Result<Self> {
        let display = Display::start(run, "agent", WIDTH, HEIGHT)?;
        let sound = Sound::start(run, "agent")?;
        let (port, native_port) = (free_port()?, free_port()?);
        let driver = tool("tauri-driver", "cargo install --locked tauri-driver@2.1.0")?;
        let native = tool("WebKitWebDriver", "apt-get install webkit2gtk-driver")?;
        let session = tool("dbus-run-session", "apt-get install dbus")?;
        let home = run.subfolder("agent-home")?;
        let data = run.subfolder("agent-data")?;
        let mut command = run.command(session);
        command
            .args(["--", "sh", "-c", SESSION, "session"])
            .arg(driver)
            .args([
                "--port",
                &port.to_string(),
                "--native-port",
                &native_port.to_string(),
            ])
            .arg("--native-driver")
            .arg(native)
            .envs(sound.environment())
            .envs(folders(&home))
            .env("DISPLAY", display.name())
            .env("WARMLINE_DATA_DIR", data)
            .env("WARMLINE_BIND", "127.0.0.1:0")
            .env(
                "WARMLINE_LOG",
                std::env::var("WARMLINE_LOG").unwrap_or("info".to_owned()),
            )
            .env("LANG", "C.UTF-8")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS");
        let driver = run.spawn("desktop", &mut command)?;
        let page = open((port, native_port))?;
        Ok(Self {
            _driver: driver,
            ports: (port, native_port),
            page,
            sound,
            _display: display,
        })
    }

    /// What its window shows.
    pub fn page(&self) -> &Page {
        &self.page
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
        page.wait_for("sign-in-submit")?;
        page.fill("sign-in-server", server.url())?;
        page.fill("sign-in-organisation", "demo")?;
        page.fill("sign-in-user", user)?;
        page.fill("sign-in-password", PASSWORD)?;
        page.click("sign-in-submit")?;
        page.wait_attribute("[data-screen]", "data-screen", &["work"], SIGN_IN)
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

    /// Starts the program again, in the same folders.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> Result<()> {
        // The driver holds one session; the old one's program is gone already.
        let _ended = self.page.close();
        self.page = open(self.ports)?;
        Ok(())
    }
}

fn open((port, native_port): (u16, u16)) -> Result<Page> {
    let application = Program::Desktop.path()?;
    // Both must listen: tauri-driver drops what comes before its own driver does.
    wait::until_true(START, "tauri-driver", || {
        let is_up = |port| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        Ok(is_up(native_port) && is_up(port))
    })?;
    let page = Page::open(
        port,
        &json!({"tauri:options": {"application": application}}),
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
