//! `cargo xtask bench routing`: what one decision of the engine takes, how that grows, how quickly journals are folded, and
//! how good the expected waits are. Prints JSON. Build with `--release`; one core, nothing beside it.

use acd::{Agent, Center, Command};
use sim::Step;
use sim::forecast::{cases, measure};
use sim::load::{Load, Size};
use std::io::Write;
use std::time::Instant;
use vocab::{AgentId, InteractionId, Millis, QueueId};

const ASKED: Size = Size {
    agents: 18_000,
    queues: 200,
    skills: 300,
    waiting: 5_000,
};

const GROWN: Size = Size {
    agents: 100_000,
    waiting: 50_000,
    ..ASKED
};

/// Commands that are timed in each run.
const COMMANDS: usize = 200_000;
const RUNS: usize = 5;

fn main() -> std::io::Result<()> {
    let quick = std::env::args().any(|arg| arg == "--quick");
    if std::env::args().any(|arg| arg == "--profile") {
        profile();
        return Ok(());
    }
    let asked = sized(ASKED);
    let grown = sized(GROWN);
    let growth = grown.0 / asked.0;
    let forecasts = if quick {
        serde_json::Value::Null
    } else {
        forecasts()
    };
    let report = serde_json::json!({
        "asked": asked.1,
        "grown": grown.1,
        "growth": growth,
        "expected_wait": forecasts,
    });
    writeln!(std::io::stdout(), "{report}")
}

/// The median time per command in µs, and everything about one size.
fn sized(size: Size) -> (f64, serde_json::Value) {
    let Ok(mut load) = Load::begin(size, 1) else {
        return (f64::NAN, serde_json::Value::Null);
    };
    let before = load.center().clone();
    let (script, events) = load.next(COMMANDS);
    // Timed apart: reading the clock takes a good part of what a command takes.
    let rates: Vec<f64> = (0..RUNS).map(|_| rate(&before, &script)).collect();
    let times: Vec<Vec<f64>> = (0..RUNS).map(|_| times_us(&before, &script)).collect();
    let at = |share: f64| {
        let each: Vec<f64> = times.iter().map(|times| quantile(times, share)).collect();
        spread(&each)
    };
    let per_command: Vec<f64> = rates.iter().map(|rate| 1e6 / rate).collect();
    let folding = fold_rate(&before, &events);
    let waiting: u64 = before
        .queues()
        .filter_map(|queue| before.queue(queue))
        .map(|queue| u64::from(queue.waiting))
        .sum();
    let ready = before.agents().filter(|agent| {
        let view = before.agent(*agent);
        view.is_some_and(|view| view.state == vocab::AgentState::Ready)
    });
    let report = serde_json::json!({
        "agents": size.agents,
        "queues": size.queues,
        "skills": size.skills,
        "waiting": waiting,
        "agents_ready": ready.count(),
        "commands": script.len(),
        "events": events.len(),
        "runs": RUNS,
        "commands_per_second": spread(&rates),
        "command_us": spread(&per_command),
        "command_p50_us": at(0.50),
        "command_p99_us": at(0.99),
        "command_p999_us": at(0.999),
        "command_max_us": at(1.0),
        "by_command_us": by_command(&script, times.first().map_or(&[], |times| times)),
        "events_folded_per_second": folding,
        "one_agent_configured_us": configured_us(&before),
        "explained_us": explained_us(&before),
        "snapshot_read_ms": snapshot_read_ms(&before),
    });
    (quantile(&per_command, 0.5), report)
}

fn rate(before: &Center, script: &[Step]) -> f64 {
    let mut center = before.clone();
    let script = script.to_vec();
    let commands = script.len() as f64;
    let (began, began_cpu) = (Instant::now(), cpu_s());
    for (at, command) in script {
        // A refusal is an answer as well.
        let _ = std::hint::black_box(center.handle(at, command));
    }
    let wall = began.elapsed().as_secs_f64();
    let cpu = cpu_s().zip(began_cpu).map(|(now, then)| now - then);
    commands / cpu.unwrap_or(wall)
}

/// Plays the asked size over and over, for a profiler to look at.
fn profile() {
    if let Ok(mut load) = Load::begin(ASKED, 1) {
        let before = load.center().clone();
        let (script, _) = load.next(COMMANDS);
        let cpu: Vec<f64> = (0..RUNS).map(|_| rate(&before, &script)).collect();
        let _ = writeln!(std::io::stdout(), "{cpu:?}");
    }
}

/// Seconds that this thread has run: on a machine that others use as well the wall clock measures them.
fn cpu_s() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let ns: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(ns / 1e9)
}

/// In the order of the script.
fn times_us(before: &Center, script: &[Step]) -> Vec<f64> {
    let mut center = before.clone();
    let mut times = Vec::with_capacity(script.len());
    for (at, command) in script.iter().cloned() {
        let began = Instant::now();
        let _ = std::hint::black_box(center.handle(at, command));
        times.push(began.elapsed().as_secs_f64() * 1e6);
    }
    times
}

fn fold_rate(before: &Center, events: &[acd::Event]) -> f64 {
    let mut center = before.clone();
    let began = Instant::now();
    for event in events {
        center.apply(event);
    }
    events.len() as f64 / began.elapsed().as_secs_f64()
}

/// One colleague among thousands gets a queue less: the whole configuration is checked, the change alone is applied.
fn configured_us(before: &Center) -> f64 {
    let mut center = before.clone();
    let mut config = center.config();
    if let Some(agent) = config.agents.first_mut() {
        *agent = Agent::new(agent.id, vec![QueueId(1)]);
    }
    let began = Instant::now();
    let _ = std::hint::black_box(center.handle(Millis(0), Command::Configure { config }));
    began.elapsed().as_secs_f64() * 1e6
}

fn explained_us(center: &Center) -> f64 {
    let waiting: Vec<InteractionId> = center
        .queues()
        .filter_map(|queue| center.line(queue).last())
        .collect();
    let began = Instant::now();
    for id in &waiting {
        let _ = std::hint::black_box(center.explain(*id, Millis(0)));
    }
    began.elapsed().as_secs_f64() * 1e6 / waiting.len() as f64
}

fn snapshot_read_ms(center: &Center) -> Option<f64> {
    let text = serde_json::to_string(center).ok()?;
    let began = Instant::now();
    let read: Center = serde_json::from_str(&text).ok()?;
    let took = began.elapsed().as_secs_f64() * 1e3;
    (read.agents().next() == Some(AgentId(1))).then_some(took)
}

/// Median and 99 % of each kind of command.
fn by_command(script: &[Step], times: &[f64]) -> serde_json::Value {
    let mut kinds: std::collections::BTreeMap<String, Vec<f64>> = std::collections::BTreeMap::new();
    for ((_, command), time) in script.iter().zip(times) {
        let text = format!("{command:?}");
        let name = text.split([' ', '{']).next().unwrap_or_default();
        kinds.entry(name.to_owned()).or_default().push(*time);
    }
    let kinds = kinds.into_iter().map(|(name, times)| {
        let told = serde_json::json!({
            "n": times.len(),
            "p50": quantile(&times, 0.5),
            "p99": quantile(&times, 0.99),
            "max": quantile(&times, 1.0),
        });
        (name, told)
    });
    serde_json::Value::Object(kinds.collect())
}

fn forecasts() -> serde_json::Value {
    let told = cases(240).into_iter().map(|case| match measure(&case, 1) {
        Ok(found) => serde_json::json!({
            "scene": case.0,
            "waited": found.waited,
            "mean_wait_s": found.mean_wait_s,
            "bias_percent": found.bias * 100.0,
            "error_percent": found.error * 100.0,
        }),
        Err(refusal) => serde_json::json!({"scene": case.0, "refused": refusal.to_string()}),
    });
    told.collect()
}

fn spread(values: &[f64]) -> serde_json::Value {
    serde_json::json!({
        "median": quantile(values, 0.5),
        "min": quantile(values, 0.0),
        "max": quantile(values, 1.0),
        "n": values.len(),
    })
}

/// What stands at this share of the values in order.
fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or(f64::NAN)
}
