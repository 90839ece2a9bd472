//! Loads a whole server in a process of its own and prints JSON: how soon a freed agent has the next offer, what the
//! server takes of the machine, and whether its journal agrees with what all participants saw. Build with `--release`.

use agent::ServerAddress;
use anyhow::{Context, Result, bail};
use load::{Generator, Limits, Plan, ServerProcess, Stage, Told, Usage, differences};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const HELP: &str = "\
bench_load [--agents N] [--contacts PER_SECOND] [--minutes M] [--talk SECONDS]

Without options: 1,500 agents, 4.25 contacts a second, 10 minutes, 240 s of talk in 300 s a contact.";

/// Addresses under which the server is reached: each has ports of its own to connect from.
const ADDRESSES: u8 = 8;

/// Differences that are printed; more are only counted.
const SHOWN_DIFFERENCES: usize = 50;

/// Everybody is welcomed within this after the last has set out.
const WELCOMED_WITHIN: Duration = Duration::from_secs(120);

struct Options {
    agents: u32,
    contacts_per_second: f64,
    minutes: f64,
    talk: Duration,
}

fn options() -> Result<Options> {
    let mut options = Options {
        agents: 1_500,
        contacts_per_second: 4.25,
        minutes: 10.0,
        talk: Duration::from_secs(240),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| HELP.to_owned())?;
        match word.as_str() {
            "--agents" => options.agents = value.parse()?,
            "--contacts" => options.contacts_per_second = value.parse()?,
            "--minutes" => options.minutes = value.parse()?,
            "--talk" => options.talk = Duration::from_secs_f64(value.parse()?),
            _ => bail!("`{word}`?\n\n{HELP}"),
        }
    }
    Ok(options)
}

fn main() -> Result<()> {
    let options = options()?;
    telemetry::init(telemetry::Options {
        default_filter: "error".to_owned(),
        ..telemetry::Options::default()
    })?;
    let report = tokio::runtime::Runtime::new()?.block_on(measure(&options))?;
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

/// The plan, with talk made shorter and wrap-up longer where the system does not allow so many links: the same
/// contacts, agents, occupancy and journal, fewer customers linked at once.
fn fitted(options: &Options) -> Result<(Plan, Limits)> {
    let (agents, contacts) = (options.agents, options.contacts_per_second);
    let mut plan = Plan::occupied(agents, contacts, options.talk);
    let mut limits = Limits::raise_for(plan.links());
    while !limits.is_enough() && plan.talk > Duration::from_secs(10) {
        let talk = plan.talk.saturating_sub(Duration::from_secs(1));
        plan = Plan::occupied(agents, contacts, talk);
        limits = Limits {
            files: limits.files,
            ..Limits::raise_for(plan.links())
        };
    }
    if !limits.is_enough() {
        bail!(
            "{} open files are needed and {} are allowed: raise `ulimit -Hn`",
            limits.needed,
            limits.files
        );
    }
    Ok((plan, limits))
}

async fn measure(options: &Options) -> Result<Value> {
    let (plan, limits) = fitted(options)?;
    // Beside this program, which is on a disk: a temporary folder may be memory, where a commit costs nothing.
    let here = std::env::current_exe()?;
    let data = tempfile::tempdir_in(here.parent().context("no parent")?)?;
    say(&format!("making {} accounts", plan.agents))?;
    let stage = Stage::make(data.path(), &plan)?;
    let path = server::app::database_path(data.path(), &stage.organisation);
    let log = data.path().join("log");
    let server = ServerProcess::start(data.path(), "0.0.0.0:0", &log)?;
    let port = server.port()?;
    let servers = (1..=ADDRESSES)
        .map(|last| ServerAddress::parse(&format!("http://127.0.0.{last}:{port}"), true))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|err| anyhow::anyhow!("{err:?}"))?;
    let generator = Generator::start(plan, stage, servers)?;
    let came_in_s = welcomed(&generator).await?;
    let measured = under_load(&generator, &server, options.minutes).await?;
    let mut report = told(&generator, &measured, limits, options);
    let proportional_mb = Usage::proportional_mb(server.id())?;
    let stopped = server.stop()?;
    // Whatever was on its way is read before the participants go.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let seen = generator.witness().seen().clone();
    drop(generator);
    report["agents_came_in_s"] = came_in_s.into();
    report["server"]["pss_mb"] = proportional_mb.into();
    report["server"]["stopped_in_ms"] = u64::try_from(stopped.as_millis())?.into();
    report["journal"] = compare(&path, &seen)?;
    report["server_said"] = last_lines(&log)?;
    Ok(report)
}

/// Until every agent is linked; how long that took.
async fn welcomed(generator: &Generator) -> Result<f64> {
    let began = Instant::now();
    let plan = generator.plan();
    let ramp = Duration::from_secs(1).mul_f64(f64::from(plan.agents) / plan.connects_per_second);
    let linked = || generator.witness().agents_linked.load(Ordering::Relaxed);
    while linked() < i64::from(plan.agents) {
        if began.elapsed() > ramp + WELCOMED_WITHIN {
            say(&format!(
                "only {} of {} agents are linked",
                linked(),
                plan.agents
            ))?;
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let took = began.elapsed().as_secs_f64();
    say(&format!("{} agents linked in {took:.1} s", linked()))?;
    Ok(took)
}

struct Measured {
    span_s: f64,
    server_cores: f64,
    generator_cores: f64,
    resident_mb: f64,
    peak_mb: f64,
    most_agents: i64,
    least_agents: i64,
    most_customers: i64,
}

async fn under_load(
    generator: &Generator,
    server: &ServerProcess,
    minutes: f64,
) -> Result<Measured> {
    let witness = generator.witness();
    let linked = |count: &std::sync::atomic::AtomicI64| count.load(Ordering::Relaxed);
    let (server_before, own_before) = (Usage::of(server.id())?, Usage::of(std::process::id())?);
    let began = Instant::now();
    let span = Duration::from_secs_f64(minutes * 60.0);
    let mut measured = Measured {
        span_s: 0.0,
        server_cores: 0.0,
        generator_cores: 0.0,
        resident_mb: 0.0,
        peak_mb: 0.0,
        most_agents: 0,
        least_agents: i64::MAX,
        most_customers: 0,
    };
    generator.open(true);
    let mut told_minutes = 0;
    while began.elapsed() < span {
        tokio::time::sleep(Duration::from_secs(1).min(span)).await;
        let agents = linked(&witness.agents_linked);
        measured.most_agents = measured.most_agents.max(agents);
        measured.least_agents = measured.least_agents.min(agents);
        let customers = linked(&witness.customers_linked);
        measured.most_customers = measured.most_customers.max(customers);
        // Where all files are taken by links there is none left to look with.
        let Ok(now) = Usage::of(server.id()) else {
            continue;
        };
        measured.resident_mb = measured.resident_mb.max(now.resident_mb);
        if began.elapsed().as_secs() / 60 > told_minutes {
            told_minutes += 1;
            say(&progress(generator, now.cores_since(&server_before)))?;
        }
    }
    generator.open(false);
    let (server_after, own_after) = (Usage::of(server.id())?, Usage::of(std::process::id())?);
    measured.span_s = began.elapsed().as_secs_f64();
    measured.server_cores = server_after.cores_since(&server_before);
    measured.generator_cores = own_after.cores_since(&own_before);
    measured.peak_mb = Usage::peak_mb(server.id())?;
    Ok(measured)
}

fn progress(generator: &Generator, server_cores: f64) -> String {
    let witness = generator.witness();
    let count = |count: &std::sync::atomic::AtomicI64| count.load(Ordering::Relaxed);
    format!(
        "{} agents ({} ready), {} customers, {} came; server {server_cores:.2} cores; freed → offer {}",
        count(&witness.agents_linked),
        count(&witness.idle_agents),
        count(&witness.customers_linked),
        witness.generated.load(Ordering::Relaxed),
        witness.seen().freed_to_offer.to_json(),
    )
}

fn told(generator: &Generator, measured: &Measured, limits: Limits, options: &Options) -> Value {
    let (plan, witness) = (generator.plan(), generator.witness());
    let seen = witness.seen();
    let generated = witness.generated.load(Ordering::Relaxed);
    json!({
        "agents": plan.agents,
        "queues": plan.queues,
        "minutes": measured.span_s / 60.0,
        "talk_s": plan.talk.as_secs_f64(),
        "wrap_up_s": plan.wrap_up.as_secs_f64(),
        "asked_talk_s": options.talk.as_secs_f64(),
        "open_files": {"allowed": limits.files, "needed": limits.needed},
        "links": {
            "agents_at_least": measured.least_agents,
            "agents_at_most": measured.most_agents,
            "customers_at_most": measured.most_customers,
            "welcomes_of_agents": witness.agent_welcomes.load(Ordering::Relaxed),
            "welcomes_of_customers": witness.customer_welcomes.load(Ordering::Relaxed),
            "lost_or_not_opened": witness.failed_connects.load(Ordering::Relaxed),
            "closed_for_good": seen.closed,
            "start_to_welcome_ms": seen.started_to_welcome.to_json(),
        },
        "arrivals": {
            "planned_per_second": plan.contacts_per_second,
            "generated": generated,
            "late_ms": seen.lateness.arrivals.to_json(),
        },
        "deeds_late_ms": seen.lateness.deeds.to_json(),
        "freed_to_offer_ms": seen.freed_to_offer.to_json(),
        "freed_and_somebody_else_had_it": seen.raced,
        "called_to_offer_ms": seen.called_to_offer.to_json(),
        "command_to_ack_ms": seen.command_to_ack.to_json(),
        "refused": seen.refused,
        "server": {
            "cores": measured.server_cores,
            "rss_mb": measured.resident_mb,
            "peak_rss_mb": measured.peak_mb,
        },
        "generator": {"cores": measured.generator_cores},
    })
}

fn compare(path: &Path, seen: &load::Seen) -> Result<Value> {
    let told = Told::read(path)?;
    let mut differences = differences(seen, &told);
    // Commands that were on their way at the end may have been done unheard.
    let unseen = told.entered.keys();
    let unseen = unseen.filter(|id| !seen.interactions.contains_key(id));
    let count = differences.len();
    differences.truncate(SHOWN_DIFFERENCES);
    Ok(json!({
        "entries": told.last_seq,
        "interactions": told.entered.len(),
        "interactions_seen": seen.interactions.len(),
        "interactions_unheard_of": unseen.count(),
        "acknowledged": seen.acked.len(),
        "differences": count,
        "such_as": differences,
        "file_mb": std::fs::metadata(path)?.len() / (1 << 20),
    }))
}

fn last_lines(log: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(log)?;
    let lines: Vec<&str> = text.lines().rev().take(20).collect();
    Ok(lines.into_iter().rev().collect())
}

/// On stderr: stdout is for the figures.
fn say(line: &str) -> Result<()> {
    writeln!(std::io::stderr(), "{line}").context("stderr cannot be written")
}
