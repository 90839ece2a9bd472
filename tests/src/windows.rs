//! Windows on a display as a person handles them: which has the keyboard, where it stands, what is typed. A window
//! manager (openbox) decides, `xdotool` plays the person.

use crate::binaries::tool;
use crate::run::{Process, Run};
use crate::wait;
use anyhow::{Context, Result, bail};
use std::process::Command;
use std::time::Duration;

const START: Duration = Duration::from_secs(15);
const SOON: Duration = Duration::from_secs(5);

/// Where a window stands and how large it is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

/// The window manager of one display.
pub struct Windows<'r> {
    run: &'r Run,
    display: String,
    _manager: Process,
}

/// A window's number on its display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(u64);

impl<'r> Windows<'r> {
    /// Starts the window manager.
    ///
    /// # Errors
    /// When openbox or xdotool is missing, or the display is gone.
    pub fn manage(run: &'r Run, display: &str) -> Result<Self> {
        let home = run.subfolder("windows-home")?;
        let manager = run.spawn(
            "windows",
            run.command(tool("openbox", "apt-get install openbox")?)
                .args(["--sm-disable", "--config-file", "/dev/null"])
                .envs(crate::desktop::folders(&home))
                .env("DISPLAY", display)
                .env_remove("DBUS_SESSION_BUS_ADDRESS"),
        )?;
        let windows = Self {
            run,
            display: display.to_owned(),
            _manager: manager,
        };
        wait::until_true(START, "a window manager", || {
            let root = windows.command("xprop")?;
            Ok(said(root, &["-root", "_NET_SUPPORTING_WM_CHECK"])?.contains("window id"))
        })?;
        Ok(windows)
    }

    fn command(&self, name: &str) -> Result<Command> {
        let mut command = self
            .run
            .command(tool(name, "apt-get install xdotool x11-utils")?);
        command.env("DISPLAY", &self.display);
        Ok(command)
    }

    fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        said(self.command("xdotool")?, arguments)
    }

    /// Opens another program's window and gives it the keyboard.
    ///
    /// # Errors
    /// When it does not come.
    pub fn open_another(&self) -> Result<(Process, Window)> {
        let title = "something else";
        let process = self.run.spawn(
            "another-window",
            self.command("xmessage")?
                .args(["-title", title, "-geometry", "300x100+10+10"])
                .arg("A letter that somebody is writing."),
        )?;
        let window = self.find(title)?;
        self.activate(window)?;
        Ok((process, window))
    }

    /// The visible window with this title.
    ///
    /// # Errors
    /// When none comes.
    pub fn find(&self, title: &str) -> Result<Window> {
        wait::until(START, &format!("a window called '{title}'"), || {
            self.visible(title)
        })
    }

    /// The visible window with this title, if there is one now.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn visible(&self, title: &str) -> Result<Option<Window>> {
        let name = format!("^{title}$");
        let mut search = self.command("xdotool")?;
        let found = search
            .args(["search", "--onlyvisible", "--name", &name])
            .output()?;
        let found = String::from_utf8_lossy(&found.stdout).into_owned();
        Ok(found
            .lines()
            .last()
            .and_then(|line| line.parse().ok())
            .map(Window))
    }

    /// Gives a window the keyboard, as a click on it does.
    ///
    /// # Errors
    /// When the window manager does not.
    pub fn activate(&self, window: Window) -> Result<()> {
        self.xdotool(&["windowactivate", &window.0.to_string()])?;
        wait::until_true(SOON, "the keyboard in the window", || {
            Ok(self.active()? == Some(window) && self.focused()? == Some(window))
        })
    }

    /// The window that keys go to; the window manager names it active a moment before.
    fn focused(&self) -> Result<Option<Window>> {
        let text = said(self.command("xdotool")?, &["getwindowfocus"])?;
        Ok(text.trim().parse().ok().map(Window))
    }

    /// The window that has the keyboard.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn active(&self) -> Result<Option<Window>> {
        let text = said(self.command("xprop")?, &["-root", "_NET_ACTIVE_WINDOW"])?;
        let number = text.rsplit("0x").next().unwrap_or_default().trim();
        Ok(u64::from_str_radix(number, 16)
            .ok()
            .filter(|id| *id != 0)
            .map(Window))
    }

    /// Presses keys one after another: `ctrl+alt+a`, `Tab`.
    ///
    /// # Errors
    /// When a key is not known.
    pub fn press(&self, keys: &[&str]) -> Result<()> {
        let mut arguments = vec!["key", "--delay", "30"];
        arguments.extend(keys);
        self.xdotool(&arguments).map(drop)
    }

    /// Gives the display another country's keyboard: `fr`, or `us` with the variant `dvorak`.
    ///
    /// # Errors
    /// When setxkbmap is missing or does not know it.
    pub fn lay_out(&self, layout: &str, variant: &str) -> Result<()> {
        let mut command = self
            .run
            .command(tool("setxkbmap", "apt-get install x11-xkb-utils")?);
        command.env("DISPLAY", &self.display);
        said(command, &["-layout", layout, "-variant", variant]).map(drop)
    }

    /// Types a text.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn write(&self, text: &str) -> Result<()> {
        self.xdotool(&["type", "--delay", "15", text]).map(drop)
    }

    /// Closes a window as its title bar's button does.
    ///
    /// # Errors
    /// When the display is gone.
    pub fn close(&self, window: Window) -> Result<()> {
        self.press_in(window, "alt+F4")
    }

    fn press_in(&self, window: Window, keys: &str) -> Result<()> {
        self.activate(window)?;
        self.press(&[keys])
    }

    /// Moves and sizes a window, and waits until it is so.
    ///
    /// # Errors
    /// When the window manager does otherwise.
    pub fn put(&self, window: Window, place: Place) -> Result<()> {
        let id = window.0.to_string();
        let (width, height) = (place.width.to_string(), place.height.to_string());
        let (x, y) = (place.x.to_string(), place.y.to_string());
        self.xdotool(&["windowsize", &id, &width, &height])?;
        self.xdotool(&["windowmove", &id, &x, &y])?;
        let mut last = None;
        wait::until_true(SOON, "the window in its place", || {
            let now = self.place(window)?;
            last = Some(now);
            Ok(now.width == place.width && now.height == place.height && now.x >= place.x)
        })
        .with_context(|| format!("it is at {last:?}, not at {place:?}"))
    }

    /// Where a window is; its title bar does not count.
    ///
    /// # Errors
    /// When it is gone.
    pub fn place(&self, window: Window) -> Result<Place> {
        let text = self.xdotool(&["getwindowgeometry", "--shell", &window.0.to_string()])?;
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|value| value.strip_prefix('='))
                .and_then(|value| value.parse::<i32>().ok())
                .with_context(|| format!("no {name} of the window in {text}"))
        };
        Ok(Place {
            x: value("X")?,
            y: value("Y")?,
            width: u32::try_from(value("WIDTH")?)?,
            height: u32::try_from(value("HEIGHT")?)?,
        })
    }
}

fn said(mut command: Command, arguments: &[&str]) -> Result<String> {
    let output = command.args(arguments).output()?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        bail!(
            "{:?} {arguments:?}: {}",
            command.get_program(),
            error.trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
