//! Attacks a whole server while agents work, and prints JSON: what it takes of the machine before, during and after, how
//! long somebody honest takes to sign in, how soon a freed agent has the next offer, and who lost their link. Build with
//! `--release`.

use agent::ServerAddress;
use anyhow::{Context, Result, ensure};
use load::{
    Attack, Deeds, Generator, Honest, Limits, Plan, ServerProcess, Stage, Strength, Target, Usage,
};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{OrganisationStore, Stamp};
use store_sqlite::Database;
use vocab::{AgentId, Millis, Sensitive};

const AGENTS: u32 = 50;
const CONTACTS_PER_SECOND: f64 = 2.0;

/// Until the floor is busy, and what is measured without an attack.
const QUIET: Duration = Duration::from_secs(30);
const ATTACKED: Duration = Duration::from_secs(60);
/// Until what the attack took is given back.
const AFTERWARDS: Duration = Duration::from_secs(30);
const WELCOMED_WITHIN: Duration = Duration::from_secs(30);
const HONEST_EVERY: Duration = Duration::from_secs(1);

const STRENGTH: Strength = Strength {
    guessers: 100,
    silent: 50,
    silent_each: 60,
    callers: 50,
};

/// Several thousand connections on both sides.
const FILES: f64 = 8_192.0;

/// The honest load shares one address, so what one address may do is raised to what it does, for the attackers as well.
/// What all together may do stays as everybody has it.
const ONE_ADDRESS: [(&str, &str); 3] = [
    ("WARMLINE_LIMITS_PAGES_PER_ADDRESS_MINUTE", "600"),
    ("WARMLINE_LIMITS_CALLS_PER_ADDRESS_HOUR", "1000"),
    ("WARMLINE_LIMITS_CUSTOMERS_PER_ADDRESS_HOUR", "1000"),
];

const PASSWORD: &str = "correct horse battery";

fn main() -> Result<()> {
    telemetry::init(telemetry::Options {
        default_filter: "error".to_owned(),
        ..telemetry::Options::default()
    })?;
    let report = tokio::runtime::Runtime::new()?.block_on(measure())?;
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

fn plan() -> Plan {
    let talk = Duration::from_secs(12);
    Plan {
        queues: 4,
        wrap_up: Duration::from_secs(8),
        ..Plan::occupied(AGENTS, CONTACTS_PER_SECOND, talk)
    }
}

async fn measure() -> Result<Value> {
    let mut plan = plan();
    let files = Limits::raise_for(FILES);
    ensure!(
        files.is_enough(),
        "{} open files are needed and {} are allowed: raise `ulimit -Hn`",
        files.needed,
        files.files
    );
    let here = std::env::current_exe()?;
    let data = tempfile::tempdir_in(here.parent().context("no parent")?)?;
    // One account more, which only signs in: a password that is set makes an agent's other sign-ins void.
    plan.agents = AGENTS + 1;
    let mut stage = Stage::make(data.path(), &plan)?;
    let honest = stage.seats.pop().context("nobody")?;
    let honest = with_password(data.path(), &stage, honest.agent)?;
    plan.agents = AGENTS;
    let log = data.path().join("log");
    let server = ServerProcess::start_with(data.path(), "0.0.0.0:0", &log, &ONE_ADDRESS)?;
    let port = server.port()?;
    let address = ServerAddress::parse(&format!("http://127.0.0.1:{port}"), true);
    let address = address.map_err(|err| anyhow::anyhow!("{err:?}"))?;
    let target = Target {
        port,
        organisation: stage.organisation.clone(),
        accounts: (0..=AGENTS)
            .map(|number| format!("agent{number}"))
            .collect(),
        queue: stage.queues.first().cloned().context("no queue")?,
    };
    let generator = Generator::start(plan, stage, vec![address])?;
    welcomed(&generator).await?;
    generator.open(true);
    tokio::time::sleep(QUIET).await;
    let quiet = Mark::set(&generator, &server)?;
    let attack = Attack::begin(&target, STRENGTH);
    let signing_in = Honest::begin(&target, &honest, PASSWORD, HONEST_EVERY);
    let most_mb = watched(&server, ATTACKED).await?;
    let attacked = Mark::set(&generator, &server)?;
    let deeds = told(&attack.deeds);
    drop(attack);
    tokio::time::sleep(AFTERWARDS).await;
    let after = Mark::set(&generator, &server)?;
    let mut report = json!({
        "agents": AGENTS,
        "attack": deeds,
        "server": {
            "quiet_mb": quiet.usage.resident_mb,
            "attacked_mb": most_mb,
            "after_mb": after.usage.resident_mb,
            "growth_mb": most_mb - quiet.usage.resident_mb,
            "growth_after_mb": after.usage.resident_mb - quiet.usage.resident_mb,
            "cores": attacked.usage.cores_since(&quiet.usage),
        },
        // Those that the load's own people did not drop.
        "links_lost": attacked.failed - quiet.failed,
        "closed": generator.witness().seen().closed,
        "refused": generator.witness().seen().refused,
        "freed_to_offer_ms": generator.witness().seen().freed_to_offer.to_json(),
        "command_to_ack_ms": generator.witness().seen().command_to_ack.to_json(),
        "deeds_late_ms": generator.witness().seen().lateness.deeds.to_json(),
    });
    let times = signing_in.took.lock();
    report["sign_in_ms"] = times.unwrap_or_else(PoisonError::into_inner).to_json();
    report["sign_in_ms"]["failed"] = signing_in.failed.load(Ordering::Relaxed).into();
    report["server_said"] = last_lines(&log)?;
    drop(generator);
    server.stop()?;
    Ok(report)
}

/// The account's name, with [`PASSWORD`] set.
fn with_password(data: &Path, stage: &Stage, agent: AgentId) -> Result<String> {
    let path = server::app::database_path(data, &stage.organisation);
    let mut accounts = Database::open(&path)?.accounts()?;
    let hash = server::accounts::hash_password(&Sensitive::new(PASSWORD.to_owned()))?;
    let stamp = Stamp {
        at: Millis(2),
        by: "load",
    };
    accounts.set_password(stamp, agent, &hash)?;
    Ok(accounts.user(agent)?.context("no such account")?.user)
}

/// What there was at one moment.
struct Mark {
    usage: Usage,
    failed: u64,
}

impl Mark {
    fn set(generator: &Generator, server: &ServerProcess) -> Result<Self> {
        Ok(Self {
            usage: Usage::of(server.id())?,
            failed: generator.witness().failed_connects.load(Ordering::Relaxed),
        })
    }
}

/// The most memory within `span`.
async fn watched(server: &ServerProcess, span: Duration) -> Result<f64> {
    let began = Instant::now();
    let mut most = 0.0_f64;
    while began.elapsed() < span {
        tokio::time::sleep(Duration::from_millis(500)).await;
        most = most.max(Usage::of(server.id())?.resident_mb);
    }
    Ok(most)
}

async fn welcomed(generator: &Generator) -> Result<()> {
    let began = Instant::now();
    while generator.witness().agents_linked.load(Ordering::Relaxed) < i64::from(AGENTS) {
        ensure!(began.elapsed() < WELCOMED_WITHIN, "the agents do not come");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

fn told(deeds: &Deeds) -> Value {
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    json!({
        "guesses": count(&deeds.guesses),
        "guesses_checked": count(&deeds.guesses_checked),
        "silent_opened": count(&deeds.silent_opened),
        "calls": count(&deeds.calls),
        "calls_in_line": count(&deeds.calls_in_line),
        "calls_refused": count(&deeds.calls_refused),
    })
}

fn last_lines(log: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(log)?;
    let lines: Vec<&str> = text.lines().rev().take(20).collect();
    Ok(lines.into_iter().rev().collect())
}
