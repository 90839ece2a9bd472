//! What the processes of a run take of the machine: shares of a core, and memory. Linux only: it reads `/proc`.

use crate::run::Run;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

/// Kernel ticks a second, which Linux keeps at 100 for programs on every architecture (proc(5)).
const TICKS_PER_SECOND: f64 = 100.0;

/// The desktop's own process and those that its web view starts.
pub const DESKTOP: [&str; 4] = [
    "warmline-desktop",
    "WebKitWebProcess",
    "WebKitNetworkProcess",
    "WebKitGPUProcess",
];

/// CPU seconds of the desktop's threads since their start, by process and thread name.
pub struct Clock {
    read_at: Instant,
    seconds: BTreeMap<(&'static str, String), f64>,
}

/// Shares of a core in percent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shares {
    pub span_s: f64,
    pub processes: BTreeMap<&'static str, f64>,
    /// `process/thread`.
    pub threads: BTreeMap<String, f64>,
}

impl Clock {
    /// Reads the clocks of all of the desktop's threads now.
    ///
    /// # Errors
    /// When the desktop is not running.
    pub fn read(run: &Run) -> Result<Self> {
        let mut seconds = BTreeMap::new();
        let read_at = Instant::now();
        for process in DESKTOP {
            for id in run.processes_named(process) {
                for (thread, used) in threads(id) {
                    *seconds.entry((process, thread)).or_default() += used;
                }
            }
        }
        ensure!(!seconds.is_empty(), "the desktop is not running");
        Ok(Self { read_at, seconds })
    }

    /// What was used from `before` to this reading. Threads that ended meanwhile are not in it.
    pub fn since(&self, before: &Self) -> Shares {
        let span_s = self.read_at.duration_since(before.read_at).as_secs_f64();
        let mut shares = Shares {
            span_s,
            ..Shares::default()
        };
        for ((process, thread), seconds) in &self.seconds {
            let key = (*process, thread.clone());
            let earlier = before.seconds.get(&key).copied().unwrap_or(0.0);
            let percent = (seconds - earlier).max(0.0) / span_s * 100.0;
            *shares.processes.entry(process).or_default() += percent;
            shares
                .threads
                .insert(format!("{process}/{thread}"), percent);
        }
        shares
    }
}

impl Shares {
    /// All processes together.
    pub fn total(&self) -> f64 {
        self.processes.values().sum()
    }
}

/// User and kernel seconds of each thread of a process.
fn threads(id: i32) -> Vec<(String, f64)> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{id}/task")) else {
        return Vec::new();
    };
    tasks
        .filter_map(|task| {
            // A thread may end between the listing and the reading.
            let stat = fs::read_to_string(task.ok()?.path().join("stat")).ok()?;
            let (name, fields) = stat.split_once('(')?.1.rsplit_once(')')?;
            // The 14th and 15th field; the two before the name's end are counted off.
            let ticks = fields.split_whitespace().skip(11).take(2);
            let ticks: f64 = ticks.filter_map(|field| field.parse::<f64>().ok()).sum();
            Some((name.to_owned(), ticks / TICKS_PER_SECOND))
        })
        .collect()
}

/// Proportional memory of each of the desktop's processes in MB: pages that several share count in parts (proc(5)).
///
/// # Errors
/// When the desktop is not running, or the kernel does not tell.
pub fn memory_mb(run: &Run) -> Result<BTreeMap<&'static str, f64>> {
    let mut all = BTreeMap::new();
    for process in DESKTOP {
        for id in run.processes_named(process) {
            let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup"))
                .with_context(|| format!("reading the memory of {process}"))?;
            let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
            let kb = pss.and_then(|pss| pss.split_whitespace().next()?.parse::<f64>().ok());
            *all.entry(process).or_default() += kb.context("no Pss in smaps_rollup")? / 1_024.0;
        }
    }
    ensure!(!all.is_empty(), "the desktop is not running");
    Ok(all)
}
