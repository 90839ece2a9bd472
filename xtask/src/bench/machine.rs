//! What the figures were taken on: without it they say little.

use anyhow::Result;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// More runnable work than this before the start, and figures of time are not to be trusted.
const BUSY: f64 = 0.7;

pub(super) fn described(folder: &Path) -> Result<Value> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key));
        let value = line.and_then(|line| line.split_once(':'));
        value.map(|(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism()?.get();
    let memory_kb = after(&read("/proc/meminfo"), "MemTotal")
        .and_then(|kb| kb.split_whitespace().next()?.parse::<f64>().ok());
    let load = read("/proc/loadavg");
    let load = load
        .split_whitespace()
        .next()
        .and_then(|load| load.parse::<f64>().ok());
    Ok(json!({
        "cores": cores,
        "processor": after(&read("/proc/cpuinfo"), "model name"),
        "memory_gb": memory_kb.map(|kb| (kb / 1_048_576.0).round()),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "file_system": file_system(folder),
        "load_at_start": load,
        "is_busy": load.is_some_and(|load| load > BUSY),
    }))
}

fn file_system(folder: &Path) -> Option<String> {
    let output = Command::new("stat")
        .args(["-f", "-c", "%T"])
        .arg(folder)
        .output()
        .ok()?;
    let name = String::from_utf8(output.stdout).ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// One line for people.
pub(super) fn in_words(machine: &Value) -> String {
    let text = |name: &str| machine[name].as_str().unwrap_or("unknown").to_owned();
    format!(
        "{} cores ({}), {} GB, Linux {}, {}",
        machine["cores"],
        text("processor"),
        machine["memory_gb"],
        text("kernel"),
        text("file_system"),
    )
}
