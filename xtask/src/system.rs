//! What Warmline needs from the system, by the names that Debian and Ubuntu give it.

use crate::house::House;
use crate::{run, say};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One thing from the system.
struct Need {
    package: &'static str,
    /// Programs any one of which will do, wherever it came from. None: the package itself must be installed.
    programs: &'static [&'static str],
    why: &'static str,
}

const fn package(package: &'static str, why: &'static str) -> Need {
    Need {
        package,
        programs: &[],
        why,
    }
}

const fn program(
    package: &'static str,
    programs: &'static [&'static str],
    why: &'static str,
) -> Need {
    Need {
        package,
        programs,
        why,
    }
}

const NEEDS: [Need; 33] = [
    program("build-essential", &["cc"], "to link"),
    program("cmake", &["cmake"], "to build Opus"),
    program("pkg-config", &["pkg-config"], "to find libraries"),
    program("git", &["git"], "to list the sources"),
    package("libasound2-dev", "sound"),
    package("libwebkit2gtk-4.1-dev", "the desktop's web view"),
    package("libayatana-appindicator3-dev", "the desktop's tray"),
    program("xvfb", &["Xvfb"], "a display for tests and the script"),
    program("xauth", &["xauth"], "a display for tests and the script"),
    program("openbox", &["openbox"], "a window manager for tests"),
    program("xdotool", &["xdotool"], "a keyboard and a hand for tests"),
    program(
        "x11-utils",
        &["xprop"],
        "to see which window has the keyboard",
    ),
    program("imagemagick", &["import"], "pictures of the desktop"),
    program(
        "dbus",
        &["dbus-run-session"],
        "a session bus for tests and the script",
    ),
    program(
        "dbus-x11",
        &["dbus-launch"],
        "a session bus for tests and the script",
    ),
    program(
        "gnome-keyring",
        &["gnome-keyring-daemon"],
        "a keyring for tests and the script",
    ),
    program(
        "webkit2gtk-driver",
        &["WebKitWebDriver"],
        "to drive the desktop",
    ),
    program(
        CHROMIUM,
        &["chromium", "chromium-browser", "google-chrome"],
        "the customer's browser",
    ),
    program(
        CHROMIUM_DRIVER,
        &["chromedriver"],
        "to drive the customer's browser",
    ),
    program(
        FIREFOX,
        &["firefox-esr", "firefox"],
        "a customer's other browser, for tests",
    ),
    program(
        "nginx-light",
        &["nginx"],
        "a proxy for tests, started and stopped by them; the system's own service is not needed",
    ),
    program("pulseaudio", &["pulseaudio"], "virtual sound devices"),
    program("pulseaudio-utils", &["pactl"], "virtual sound devices"),
    program(
        "coturn",
        &["turnserver"],
        "a media relay for tests, started and stopped by them",
    ),
    program(
        "tinyproxy-bin",
        &["tinyproxy"],
        "a proxy for tests, started and stopped by them",
    ),
    package("libnss-wrapper", "names that only the tests' proxy knows"),
    program(
        "x11-xkb-utils",
        &["setxkbmap"],
        "other countries' keyboards for tests",
    ),
    program("espeak-ng", &["espeak-ng"], "speech for the script"),
    program("sox", &["sox"], "to bring speech to another rate"),
    package("fonts-noto-cjk", "Chinese text in pictures"),
    program("xdg-utils", &["xdg-open"], "to open the customer's page"),
    program("faketime", &["faketime"], "clocks that tests set"),
    program("curl", &["curl"], "to ask the server whether it is there"),
];

/// What only the bench needs, to build the scorer of speech.
const BENCH_NEEDS: [Need; 3] = [
    program("python3", &["python3"], "to score speech"),
    package("python3-venv", "to score speech"),
    package("python3-dev", "to build the scorer of speech"),
];

/// What Schemathesis runs in.
const CONTRACT_NEEDS: [Need; 2] = [
    program(
        "python3",
        &["python3"],
        "to hold the server to its document",
    ),
    package("python3-venv", "to hold the server to its document"),
];

const FIREFOX: &str = "firefox-esr";
const CHROMIUM: &str = "chromium";
const CHROMIUM_DRIVER: &str = "chromium-driver";

/// Installs what is missing, or says what to install.
///
/// # Errors
/// When something is missing and cannot be installed from here; the message holds the command to type.
pub(crate) fn ensure(house: &House) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return say::line(ELSEWHERE);
    }
    ensure_all(house, &NEEDS)
}

/// [`ensure`] for what only the bench needs.
///
/// # Errors
/// As [`ensure`].
pub(crate) fn ensure_for_bench(house: &House) -> Result<()> {
    ensure_all(house, &BENCH_NEEDS)
}

/// [`ensure`] for what holds the server to its document.
///
/// # Errors
/// As [`ensure`].
pub(crate) fn ensure_for_contract(house: &House) -> Result<()> {
    ensure_all(house, &CONTRACT_NEEDS)
}

fn ensure_all(house: &House, needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !is_there(need)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    say::line("Missing from the system:")?;
    for need in &missing {
        say::line(&format!("  {:<30} {}", name_here(need.package), need.why))?;
    }
    let names: Vec<&str> = missing.iter().map(|need| name_here(need.package)).collect();
    if !is_in_path("apt-get") {
        bail!(
            "this is neither Debian nor Ubuntu; install what these packages hold: {}",
            names.join(" ")
        );
    }
    install(house, &names)
}

const ELSEWHERE: &str = "\
Not on Linux, so nothing is installed from here. Needed: Rust 1.95, Node 20 or newer and CMake;
on Windows the Visual Studio build tools with C++ and WebView2; on macOS the Xcode command line tools.";

fn install(house: &House, names: &[&str]) -> Result<()> {
    let is_root = run::read(Command::new("id").arg("-u"))?.trim() == "0";
    let typed = format!(
        "sudo apt-get install -y --no-install-recommends {}",
        names.join(" ")
    );
    if !is_root && !is_in_path("sudo") {
        bail!("not root, and there is no sudo; have this typed by somebody who may:\n  {typed}");
    }
    say::line(&format!("Installing: {typed}"))?;
    let apt = |args: &[&str]| {
        let mut command = house.command(if is_root { "env" } else { "sudo" });
        command.args(if is_root { &[][..] } else { &["env"][..] });
        command
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .args(args);
        run::shown(&mut command)
    };
    // A fresh machine has no lists yet, and old ones name packages that are gone.
    apt(&["update"])?;
    let mut args = vec!["install", "-y", "--no-install-recommends"];
    args.extend_from_slice(names);
    apt(&args).with_context(|| format!("install by hand, then try again:\n  {typed}"))
}

/// # Errors
/// When Node is missing or too old: it comes from elsewhere than the distribution.
pub(crate) fn check_node() -> Result<()> {
    let advice = "install Node 20 or newer with npm: https://nodejs.org/en/download";
    let version = Command::new("node")
        .arg("--version")
        .output()
        .context(advice)?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|n| n.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        bail!("Node {version} is too old; {advice}");
    }
    if !is_in_path(if cfg!(windows) { "npm.cmd" } else { "npm" }) {
        bail!("npm is missing; {advice}");
    }
    Ok(())
}

fn is_there(need: &Need) -> bool {
    if need.programs.is_empty() {
        return is_installed(name_here(need.package));
    }
    need.programs.iter().any(|program| is_in_path(program))
}

fn is_installed(package: &str) -> bool {
    // Elsewhere than on Debian a library is looked for as its own build would.
    if !is_in_path("dpkg-query") {
        let library = match package {
            "libasound2-dev" => "alsa",
            "libwebkit2gtk-4.1-dev" => "webkit2gtk-4.1",
            "libayatana-appindicator3-dev" => "ayatana-appindicator3-0.1",
            _ => return true,
        };
        return succeeds(Command::new("pkg-config").args(["--exists", library]));
    }
    let mut query = Command::new("dpkg-query");
    let output = query
        .args(["-W", "-f=${db:Status-Status}", package])
        .output();
    output.is_ok_and(|output| output.stdout == b"installed")
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

pub(crate) fn is_in_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Servers are where only administrators look.
    let of_administrators = [PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")];
    std::env::split_paths(&path)
        .chain(of_administrators)
        .any(|folder| folder.join(program).is_file())
}

/// Ubuntu names the browser otherwise.
fn name_here(package: &'static str) -> &'static str {
    let is_ubuntu = std::fs::read_to_string(Path::new("/etc/os-release"))
        .is_ok_and(|text| text.lines().any(|line| line == "ID=ubuntu"));
    match package {
        FIREFOX if is_ubuntu => "firefox",
        CHROMIUM if is_ubuntu => "chromium-browser",
        CHROMIUM_DRIVER if is_ubuntu => "chromium-chromedriver",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_in_the_path() {
        assert!(is_in_path(if cfg!(windows) { "cmd.exe" } else { "sh" }));
        assert!(!is_in_path("no-such-program-as-this"));
    }
}
