//! Tries Warmline out: live with windows, or as a story that plays by itself.

use crate::house::{self, House};
use crate::{browser, run, say, setup};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where the demo's server listens when nobody else does: the addresses one bookmarked go on working.
const PORT: u16 = 7480;

const OPTIONS: &str = "\
cargo xtask demo                 server, agent's desktop and customer's page, with sample data
cargo xtask demo --script [...]  the whole story by itself; what follows goes to the story:
      --customer-says A.wav --agent-says B.wav --out DIR

WARMLINE_DEMO_DIR names the folder that is kept; remove it to begin anew.";

pub(crate) fn run(house: &House, options: &[String]) -> Result<()> {
    match options.split_first() {
        Some((first, rest)) if first == "--script" => script(house, rest),
        Some((first, _)) if first == "--help" || first == "-h" => say::line(OPTIONS),
        Some((first, _)) => bail!("`demo` does not know `{first}`\n\n{OPTIONS}"),
        None if has_display() => live(house),
        None => {
            say::line("There is no display here, so the story is played without one.")?;
            script(house, &[])
        }
    }
}

/// Builds everything that the demo starts, with npm's and Cargo's own progress.
fn build(house: &House) -> Result<()> {
    setup::run(house)?;
    say::heading("build the screens")?;
    run::shown(&mut house.npm(&["run", "build"]))?;
    say::heading("build the programs (a first build takes 10 to 20 minutes)")?;
    run::shown(&mut house.cargo(&["build", "--workspace", "--bins", "--locked"]))
}

fn script(house: &House, options: &[String]) -> Result<()> {
    build(house)?;
    say::heading("the story")?;
    let story = house.binary("debug", "story");
    // Paths among the options are meant from where the person stands.
    let mut command = house.command(&story.to_string_lossy());
    command
        .current_dir(std::env::current_dir()?)
        .env("WARMLINE_BIN_DIR", house.built("debug"));
    run::shown(command.args(options))
}

fn live(house: &House) -> Result<()> {
    build(house)?;
    say::heading("the demo")?;
    let kept = kept_folder()?;
    let data = kept.join("server");
    seed(house, &data)?;
    let (_server, address) = serve(house, &data)?;
    let page = format!("{address}/c/demo/support");
    say::line(&format!(
        "\n  Agent's desktop   server {address}   organisation demo\n  \
         Sign in as        anna (agent)   password warmline-demo (filled in)\n  \
         Also there        noor (agent), eva (expert), sam (supervisor), same password\n  \
         Customer's page   {page}\n  \
         A colleague       {}\n  \
         Kept in           {}\n\n  \
         Ctrl-C stops everything; Quit in the desktop's tray does too.\n",
        colleague(house, &address),
        kept.display()
    ))?;
    let desktop_dir = kept.join("desktop");
    let mut desktop = house.command(&house.binary("debug", "warmline-desktop").to_string_lossy());
    desktop
        .env("WARMLINE_DATA_DIR", desktop_dir)
        .env("WARMLINE_DEMO_SERVER", &address);
    let mut desktop = Running::start(&mut desktop)?;
    open_in_browser(&page)?;
    desktop.0.wait().context("waiting for the desktop")?;
    say::line("The desktop was closed; stopping the server.")
}

/// What to type for a colleague who needs no screen and answers by herself.
fn colleague(house: &House, address: &str) -> String {
    let agent = house.binary("debug", "warmline-agent");
    format!(
        "echo warmline-demo | {} agent --server {address} --organisation demo --user noor \
         --password-stdin --ready --auto-answer",
        agent.display()
    )
}

/// Makes the organisation and its sample data, unless they are there already.
fn seed(house: &House, data: &Path) -> Result<()> {
    std::fs::create_dir_all(data).with_context(|| format!("making {}", data.display()))?;
    let data = data
        .to_str()
        .context("the demo's folder has a name that is not text")?;
    let server = house.binary("debug", "warmline-server");
    let mut command = house.command(&server.to_string_lossy());
    run::shown(command.args(["seed-demo", "--data", data]))
}

/// Starts the server and waits for the line in which it says where it listens.
fn serve(house: &House, data: &Path) -> Result<(Running, String)> {
    let is_free = TcpListener::bind(("127.0.0.1", PORT)).is_ok();
    let listen = format!("127.0.0.1:{}", if is_free { PORT } else { 0 });
    let server = house.binary("debug", "warmline-server");
    let mut command = house.command(&server.to_string_lossy());
    command
        .arg("serve")
        .arg("--data")
        .arg(data)
        .args(["--listen", &listen]);
    command.env(
        "WARMLINE_LOG",
        std::env::var("WARMLINE_LOG").unwrap_or("warn".to_owned()),
    );
    listening(&mut command)
}

/// Starts a server and gives where it listens.
pub(crate) fn listening(command: &mut Command) -> Result<(Running, String)> {
    let mut running = Running::start(command.stdout(Stdio::piped()))?;
    let stdout = running
        .0
        .stdout
        .take()
        .context("the server has no stdout")?;
    let mut line = String::new();
    BufReader::new(stdout)
        .read_line(&mut line)
        .context("reading what the server says")?;
    let said: serde_json::Value = serde_json::from_str(&line)
        .context("the server stopped before it listened; what it says stands above")?;
    let address = said["listening"]
        .as_str()
        .context("the server did not say where it listens")?;
    Ok((running, address.to_owned()))
}

/// A child that is asked to stop when this is dropped.
pub(crate) struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        let name = run::typed(command);
        Ok(Self(
            command
                .spawn()
                .with_context(|| format!("starting `{name}`"))?,
        ))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Politely where the system knows how: the server then finishes what it has begun.
        let is_asked = cfg!(unix)
            && Command::new("kill")
                .arg(self.0.id().to_string())
                .status()
                .is_ok_and(|s| s.success());
        if !is_asked {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}

fn kept_folder() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("WARMLINE_DEMO_DIR") {
        return Ok(std::path::absolute(dir)?);
    }
    let folder = match std::env::var_os(if cfg!(windows) {
        "LOCALAPPDATA"
    } else {
        "XDG_DATA_HOME"
    }) {
        Some(dir) if !dir.is_empty() => PathBuf::from(dir),
        _ if cfg!(target_os = "macos") => house::home()?.join("Library/Application Support"),
        _ => house::home()?.join(".local/share"),
    };
    Ok(folder.join("warmline-demo"))
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn open_in_browser(page: &str) -> Result<()> {
    if browser::open(page)? {
        say::line("The customer's page is open in your browser.")
    } else {
        say::line(&format!(
            "No browser was found on this machine; open {page} in one yourself."
        ))
    }
}
