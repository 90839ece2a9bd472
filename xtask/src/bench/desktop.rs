//! The desktop: how long until its first picture; then, driven as a person does, its idle memory and what a call takes.

use super::figures::Spread;
use crate::house::House;
use crate::say;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Of each kind; one more before them fills the page cache and makes the desktop's own folder.
const STARTS: usize = 5;
const PAINT_DEADLINE: Duration = Duration::from_secs(30);

/// How long an ending may take.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn measure(house: &House, _: &Path) -> Result<Value> {
    let start = {
        let (_screen, display) = screen(house)?;
        let data = std::env::temp_dir().join(format!("warmline-bench-{}", std::process::id()));
        let measured = starts(house, &display, &data);
        // Left behind it would do no harm, but nobody would know whose it is.
        let _ = std::fs::remove_dir_all(&data);
        measured?
    };
    say::line("idle, then in a call: about a minute and a half")?;
    let program = house.binary("release", "bench_desktop");
    let mut measured = super::printed(&mut super::program(house, &program))?;
    measured["start"] = start;
    Ok(measured)
}

/// First paints with the desktop's files in memory, and with them read from the disk.
fn starts(house: &House, display: &str, data: &Path) -> Result<Value> {
    let (first, files) = once(house, display, data)?;
    let mut warm = Vec::new();
    let mut cold = Vec::new();
    for _ in 0..STARTS {
        warm.push(once(house, display, data)?.0);
    }
    for _ in 0..STARTS {
        forget(house, &files)?;
        cold.push(once(house, display, data)?.0);
    }
    say::line(&format!(
        "first paint: warm {warm:.0?} ms, from the disk {cold:.0?} ms"
    ))?;
    Ok(json!({
        "first_ever_ms": first,
        "warm_ms": Spread::of(&warm).to_json(),
        "cold_ms": Spread::of(&cold).to_json(),
        "files_forgotten": files.len(),
    }))
}

/// One start: the time to its first paint, and the files that its processes have mapped.
fn once(house: &House, display: &str, data: &Path) -> Result<(f64, BTreeSet<PathBuf>)> {
    let mut bus = start(house, display, data)?;
    let paint = first_paint(&mut bus)?;
    let files = processes(bus.0.id())?
        .into_iter()
        .flat_map(|id| mapped(id).unwrap_or_default())
        .collect();
    Ok((paint, files))
}

/// Has the kernel drop what it holds of these files. What another running program has mapped stays.
fn forget(house: &House, files: &BTreeSet<PathBuf>) -> Result<()> {
    // Pages that wait to be written are not dropped.
    let _ = house
        .command("sync")
        .arg("-d")
        .arg(house.built("release"))
        .status();
    for file in files {
        let mut from = std::ffi::OsString::from("if=");
        from.push(file);
        // No byte is copied: this only gives the advice (POSIX_FADV_DONTNEED).
        let status = house
            .command("dd")
            .arg(from)
            .args(["iflag=nocache", "count=0", "status=none"])
            .status()
            .context("starting dd")?;
        if !status.success() {
            bail!("dd could not have {} forgotten", file.display());
        }
    }
    Ok(())
}

/// Files that the process runs code or reads data of, through its memory.
fn mapped(id: u32) -> Option<Vec<PathBuf>> {
    let maps = std::fs::read_to_string(format!("/proc/{id}/maps")).ok()?;
    let paths = maps
        .lines()
        .filter_map(|line| line.find('/').map(|at| &line[at..]));
    let files = paths.map(PathBuf::from).filter(|path| path.is_file());
    Some(files.collect())
}

/// A child that goes with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that reads its stdin ends in good order once that is closed; killed, it would leave its children behind.
        if self.0.stdin.take().is_some() {
            let asked = Instant::now();
            while asked.elapsed() < PATIENCE {
                if self.0.try_wait().is_ok_and(|status| status.is_some()) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A display of its own, on whatever number is free.
fn screen(house: &House) -> Result<(Running, String)> {
    let mut command = house.command("Xvfb");
    command.args([
        "-displayfd",
        "1",
        "-screen",
        "0",
        "1440x900x24",
        "-nolisten",
        "tcp",
    ]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running(command.spawn().context("starting Xvfb")?);
    let stdout = running.0.stdout.take().context("no stdout")?;
    let mut number = String::new();
    BufReader::new(stdout)
        .read_line(&mut number)
        .context("waiting for Xvfb")?;
    Ok((running, format!(":{}", number.trim())))
}

/// The desktop on a session bus of its own; both end when the shell's stdin is closed.
fn start(house: &House, display: &str, data: &Path) -> Result<Running> {
    let desktop = house.binary("release", "warmline-desktop");
    let script = "\"$0\" & desktop=$!; read _; kill $desktop; wait $desktop";
    let mut command: Command = house.command("dbus-run-session");
    command
        .args(["--", "sh", "-c", script])
        .arg(desktop)
        .env("DISPLAY", display)
        .env("WARMLINE_DATA_DIR", data)
        .env("WARMLINE_TIMING", "1")
        .env("WARMLINE_LOG", "warn")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    Ok(Running(command.spawn().context("starting the desktop")?))
}

fn first_paint(bus: &mut Running) -> Result<f64> {
    let stdout = bus.0.stdout.take().context("no stdout")?;
    let (tell, told) = std::sync::mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        // Others on the session's bus write here, too.
        while stdout.read_line(&mut line).is_ok_and(|length| length > 0) {
            let said: Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(paint) = said["first_paint_ms"].as_f64() {
                let _ = tell.send(paint);
                break;
            }
            line.clear();
        }
        // Read on, so that the desktop never waits for us.
        let _ = stdout.read_to_end(&mut Vec::new());
    });
    told.recv_timeout(PAINT_DEADLINE)
        .context("no first paint within 30 s")
}

/// `root` and everything below it that belongs to the desktop.
fn processes(root: u32) -> Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The name, in parentheses, may hold anything; the parent is the second field after it.
        let parent = stat.rsplit(')').next();
        let parent = parent.and_then(|rest| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        parents.extend(parent.map(|parent| (id, parent)));
    }
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(&id) = tree.get(at) {
        let children = parents.iter().filter(|(_, parent)| *parent == id);
        tree.extend(children.map(|(child, _)| *child));
        at += 1;
    }
    // The shell and the bus are the measurement's own.
    tree.retain(|id| {
        let name = std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
        name.starts_with("warmline") || name.starts_with("WebKit")
    });
    if tree.is_empty() {
        bail!("the desktop's processes were not found");
    }
    Ok(tree)
}
