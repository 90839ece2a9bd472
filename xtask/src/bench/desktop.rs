//! The desktop alone: how long until its first picture, and how much memory it takes while nothing happens.

use super::figures::median;
use crate::house::House;
use crate::say;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const STARTS: usize = 5;
const PAINT_DEADLINE: Duration = Duration::from_secs(30);

/// How long an ending may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What an idle program still does at its start is over after this.
const SETTLED_AFTER: Duration = Duration::from_secs(10);

pub(super) fn measure(house: &House) -> Result<Value> {
    if !cfg!(target_os = "linux") {
        bail!("is measured on Linux only: it reads /proc");
    }
    let (_screen, display) = screen(house)?;
    let data = std::env::temp_dir().join(format!("warmline-bench-{}", std::process::id()));
    let measured = starts(house, &display, &data);
    // Left behind it would do no harm, but nobody would know whose it is.
    let _ = std::fs::remove_dir_all(&data);
    measured
}

fn starts(house: &House, display: &str, data: &Path) -> Result<Value> {
    let mut paints = Vec::new();
    let mut memory = Vec::new();
    for number in 0..STARTS {
        let mut bus = start(house, display, data)?;
        let paint = first_paint(&mut bus)?;
        paints.push(paint);
        say::line(&format!("first paint after {paint:.0} ms"))?;
        if number + 1 == STARTS {
            std::thread::sleep(SETTLED_AFTER);
            memory = pss_of_tree(bus.0.id())?;
        }
    }
    let first = paints.first().copied();
    let total: f64 = memory.iter().map(|(_, mb)| mb).sum();
    let parts: serde_json::Map<String, Value> = memory
        .into_iter()
        .map(|(name, mb)| (format!("{name}_mb"), json!(mb)))
        .collect();
    Ok(json!({
        "first_paint_ms": median(&mut paints),
        "first_start_paint_ms": first,
        "idle_memory_mb": total,
        "parts": parts,
    }))
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
        let _ = stdout.read_line(&mut line);
        let _ = tell.send(line);
        // Read on, so that the desktop never waits for us.
        let _ = stdout.read_to_end(&mut Vec::new());
    });
    let line = told
        .recv_timeout(PAINT_DEADLINE)
        .context("no first paint within 30 s")?;
    let said: Value = serde_json::from_str(&line).context("reading the first paint's time")?;
    said["first_paint_ms"].as_f64().context("no first_paint_ms")
}

/// Proportional memory of the desktop's processes below `root`, in MB: shared pages count in parts (proc(5)).
fn pss_of_tree(root: u32) -> Result<Vec<(String, f64)>> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        let parent = stat
            .rsplit(')')
            .next()
            .and_then(|rest| rest.split_whitespace().nth(1));
        parents.push((
            pid,
            parent
                .and_then(|parent| parent.parse::<u32>().ok())
                .unwrap_or(0),
        ));
    }
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(&pid) = tree.get(at) {
        tree.extend(
            parents
                .iter()
                .filter(|(_, parent)| *parent == pid)
                .map(|(child, _)| *child),
        );
        at += 1;
    }
    let mut parts = Vec::new();
    for pid in tree {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        // The shell and the bus are the measurement's own.
        let is_ours = name.starts_with("warmline") || name.starts_with("WebKit");
        if let Some(mb) = is_ours.then(|| pss(pid)).flatten() {
            parts.push((name.trim().to_owned(), mb));
        }
    }
    if parts.is_empty() {
        bail!("the desktop's processes were not found");
    }
    Ok(parts)
}

fn pss(pid: u32) -> Option<f64> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kb: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kb / 1024.0)
}
