//! Measures how an organisation's engine comes back from a long journal, and what a busy floor's commits cost beside a
//! reader; prints JSON. Build with `--release`; Linux only, because memory is read from `/proc`.
//!
//! `bench_recovery [entries] [agents]`; one million and 18,000 unless given.

mod floor;

use anyhow::Context;
use floor::Floor;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{History, Journal, Organisation, OrganisationStore};
use store_sqlite::Database;
use vocab::OrgSlug;

const ENTRIES: u64 = 1_000_000;
const AGENTS: u32 = 18_000;
const QUEUES: u32 = 120;

/// Contacts a second of the whole floor.
const CONTACTS: u64 = 51;

/// While the journal is filled, entries of one transaction.
const FILL_ENTRIES: usize = 20_000;

/// Commits measured at the floor's own pace, so many a second.
const COMMITS: u32 = 1_500;
const COMMITS_PER_SECOND: u32 = 50;

/// So often the store is tidied up, when there is time.
const TIDY_COMMITS: u32 = 8;
const IDLE: Duration = Duration::from_millis(2);

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |otherwise: u64| -> anyhow::Result<u64> {
        let given = arguments.next().map(|given| given.parse());
        Ok(given.transpose()?.unwrap_or(otherwise))
    };
    let entries = argument(ENTRIES)?;
    let agents = u32::try_from(argument(AGENTS.into())?)?;
    // Beside this program, which is on a disk: a temporary folder may be memory, where a commit costs nothing.
    let here = std::env::current_exe()?;
    let folder = tempfile::tempdir_in(here.parent().context("no parent")?)?;
    let organisation = Organisation {
        slug: OrgSlug::new("demo")?,
        name: "Bench".to_owned(),
    };
    let database = Database::create(&folder.path().join("demo.sqlite"), &organisation)?;

    let mut floor = Floor::open(agents, QUEUES);
    let filled = fill(&database, &mut floor, entries)?;
    let recovery = recover(&database, &floor)?;
    let commits = commit(&database, &mut floor)?;
    let began = Instant::now();
    database.cut_before(floor.seq)?;
    let cut_ms = ms(began);
    let report = serde_json::json!({
        "entries": entries,
        "agents": agents,
        "interactions_open": floor.center.interactions().count(),
        "talking": floor.talking(),
        "filled": filled,
        "recovery": recovery,
        "commits": commits,
        "cut_off_last_entry_ms": cut_ms,
        "peak_memory_mb": peak_memory_mb()?,
    });
    writeln!(std::io::stdout(), "{report}")?;
    Ok(())
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// The journal up to `entries`, in large batches.
fn fill(database: &Database, floor: &mut Floor, entries: u64) -> anyhow::Result<serde_json::Value> {
    let mut journal = database.journal()?;
    let mut appending = Duration::ZERO;
    while floor.seq < entries {
        floor.second(CONTACTS);
        if floor.waiting_entries() >= FILL_ENTRIES || floor.seq >= entries {
            let batch = floor.batch();
            let began = Instant::now();
            journal.append(&batch)?;
            while journal.tidy()? {}
            appending += began.elapsed();
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "a mean of millions")]
    let each_us = appending.as_secs_f64() * 1e6 / floor.seq as f64;
    let bytes = std::fs::metadata(database.path())?.len();
    Ok(serde_json::json!({
        "append_per_entry_us": each_us,
        "file_mb": bytes / 1_048_576,
    }))
}

/// Without a snapshot, making one, and with it.
fn recover(database: &Database, floor: &Floor) -> anyhow::Result<serde_json::Value> {
    let mut journal = database.journal()?;
    let (began, computed) = (Instant::now(), computed_ms()?);
    let recovered = journal.load()?;
    let whole_ms = ms(began);
    let whole_computed_ms = computed_ms()? - computed;
    anyhow::ensure!(recovered.center == floor.center, "another engine came back");
    anyhow::ensure!(recovered.snapshot_seq == 0, "there was a snapshot");

    let past = database.past()?;
    let snapshot = past.snapshot()?;
    let packed_kb = snapshot.packed.len() / 1_024;
    let began = Instant::now();
    journal.keep_snapshot(&snapshot)?;
    let keep_ms = ms(began);
    let began = Instant::now();
    let recovered = journal.load()?;
    let with_snapshot_ms = ms(began);
    anyhow::ensure!(recovered.center == floor.center, "another engine came back");
    anyhow::ensure!(
        recovered.snapshot_seq == floor.seq,
        "another snapshot was used"
    );
    let began = Instant::now();
    past.snapshot()?;
    let make_ms = ms(began);
    let began = Instant::now();
    let copy = recovered.center.clone();
    let clone_ms = ms(began);
    drop(copy);
    Ok(serde_json::json!({
        "without_snapshot_ms": whole_ms,
        "without_snapshot_computed_ms": whole_computed_ms,
        "with_snapshot_ms": with_snapshot_ms,
        "snapshot_make_ms": make_ms,
        "snapshot_keep_ms": keep_ms,
        "snapshot_kb": packed_kb,
        "clone_ms": clone_ms,
    }))
}

/// Commits at the floor's pace while a reader asks for records without a pause.
fn commit(database: &Database, floor: &mut Floor) -> anyhow::Result<serde_json::Value> {
    let flushes = flushes(database.path().parent().context("no parent")?)?;
    let is_over = AtomicBool::new(false);
    let answers = AtomicU64::new(0);
    let mut journal = database.journal()?;
    let history = database.history()?;
    let measured = std::thread::scope(|scope| {
        let (is_over, answers) = (&is_over, &answers);
        scope.spawn(move || read(history.as_ref(), is_over, answers));
        let measured = paced(journal.as_mut(), floor);
        is_over.store(true, Ordering::Relaxed);
        measured
    });
    let Paced {
        commits,
        cpus,
        entries,
    } = measured?;
    Ok(serde_json::json!({
        "commits": commits.len(),
        "commits_per_second": COMMITS_PER_SECOND,
        "entries": entries,
        "commit_p50_ms": at(&commits, 0.50),
        "commit_p99_ms": at(&commits, 0.99),
        "commit_max_ms": at(&commits, 1.0),
        "computed_p50_ms": at(&cpus, 0.50),
        "computed_p99_ms": at(&cpus, 0.99),
        "computed_max_ms": at(&cpus, 1.0),
        "flush_p50_ms": at(&flushes, 0.50),
        "flush_p99_ms": at(&flushes, 0.99),
        "answers_meanwhile": answers.load(Ordering::Relaxed),
    }))
}

fn paced(journal: &mut dyn Journal, floor: &mut Floor) -> anyhow::Result<Paced> {
    let (mut commits, mut cpus) = (Vec::new(), Vec::new());
    let mut entries = 0;
    let mut of_second = Vec::new();
    let begin = Instant::now();
    for number in 0..COMMITS {
        if of_second.is_empty() {
            floor.second(CONTACTS);
            of_second = parts(floor.batch(), COMMITS_PER_SECOND as usize);
        }
        let due = begin + Duration::from_secs(1) * number / COMMITS_PER_SECOND;
        // As the server's storage thread does.
        let mut has_more = number % TIDY_COMMITS == 0;
        while has_more && due.saturating_duration_since(Instant::now()) > IDLE {
            has_more = journal.tidy()?;
        }
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let Some(batch) = of_second.pop() else { break };
        entries += batch.entries.len();
        let (began, cpu) = (Instant::now(), on_cpu_ms());
        journal.append(&batch)?;
        commits.push(ms(began));
        cpus.push(on_cpu_ms() - cpu);
    }
    for batch in of_second.into_iter().rev() {
        journal.append(&batch)?;
    }
    commits.sort_by(f64::total_cmp);
    cpus.sort_by(f64::total_cmp);
    Ok(Paced {
        commits,
        cpus,
        entries,
    })
}

/// Commits' times and what of them this thread computed, sorted, in ms.
struct Paced {
    commits: Vec<f64>,
    cpus: Vec<f64>,
    entries: usize,
}

/// What all threads have computed so far, in the kernel's ticks of 10 ms.
fn computed_ms() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name, in parentheses, may hold anything; these are the 14th and the 15th field.
    let fields = stat.rsplit(')').next().context("no fields")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks
        .map(str::parse::<f64>)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(ticks.iter().sum::<f64>() * 10.0)
}

/// What this thread has computed so far: a machine that others use makes it wait, too.
fn on_cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let ns = stat.split_whitespace().next();
    ns.and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e6
}

/// One second's batch in `count` of about the same size, the first one last.
fn parts(mut batch: store::Batch, count: usize) -> Vec<store::Batch> {
    let mut parts = Vec::new();
    for left in (1..=count).rev() {
        let rest = batch.entries.split_off(batch.entries.len().div_ceil(left));
        let rest_done = batch.done.split_off(batch.done.len().div_ceil(left));
        let expected_seq = batch.expected_seq + batch.entries.len() as u64;
        parts.push(batch);
        batch = store::Batch {
            expected_seq,
            entries: rest,
            done: rest_done,
            audit: Vec::new(),
        };
    }
    parts.reverse();
    parts
}

fn read(history: &dyn History, is_over: &AtomicBool, answers: &AtomicU64) {
    let mut number = 0;
    while !is_over.load(Ordering::Relaxed) {
        number = number % 10_000 + 1;
        let customer = vocab::CustomerId(number);
        let is_answered =
            history.timeline(customer, None, 20).is_ok() && history.search("yulan 77", 20).is_ok();
        answers.fetch_add(u64::from(is_answered), Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What the disk itself takes for the smallest commit. Sorted, in ms.
fn flushes(folder: &Path) -> anyhow::Result<Vec<f64>> {
    let mut file = std::fs::File::create(folder.join("flushed"))?;
    let mut all = Vec::new();
    for _ in 0..200 {
        file.write_all(&[0x57; 4_096])?;
        let began = Instant::now();
        file.sync_data()?;
        all.push(ms(began));
    }
    all.sort_by(f64::total_cmp);
    Ok(all)
}

/// What stands at this share of the sorted times.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into thousands of measurements"
)]
fn at(sorted: &[f64], share: f64) -> f64 {
    let index = ((sorted.len() as f64 - 1.0) * share) as usize;
    sorted.get(index).copied().unwrap_or_default()
}

/// The most that this process ever held.
fn peak_memory_mb() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.split_whitespace().next());
    Ok(kb.context("no VmHWM")?.parse::<u64>()? / 1_024)
}
