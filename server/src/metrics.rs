//! Counters and one histogram, written in Prometheus' text form. Labels carry codes and ids, never names.

use std::fmt::Write;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the commit histogram's buckets, in microseconds.
const COMMIT_BOUNDS_US: [u64; 10] = [
    500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000, 2_000_000,
];

/// What one server counts, over all its organisations.
#[derive(Debug, Default)]
pub struct Metrics {
    pub links_agent: AtomicI64,
    pub links_customer: AtomicI64,
    pub links_opened: AtomicU64,
    pub links_closed_slow: AtomicU64,
    pub frames_refused: AtomicU64,
    pub commands_done: AtomicU64,
    pub commands_refused: AtomicU64,
    pub signals_relayed: AtomicU64,
    pub sign_ins_done: AtomicU64,
    pub sign_ins_refused: AtomicU64,
    pub commits_failed: AtomicU64,
    pub commits: CommitHistogram,
}

/// How long transactions took, from hand-over to the storage thread until they were on disk.
#[derive(Debug, Default)]
pub struct CommitHistogram {
    buckets: [AtomicU64; COMMIT_BOUNDS_US.len()],
    count: AtomicU64,
    sum_us: AtomicU64,
}

impl CommitHistogram {
    pub fn observe(&self, took: Duration) {
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        for (bound, bucket) in COMMIT_BOUNDS_US.iter().zip(&self.buckets) {
            if took_us <= *bound {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(took_us, Ordering::Relaxed);
    }
}

/// What an organisation's engine says of itself when asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganisationGauges {
    pub organisation: String,
    /// Waiting by the queue's number.
    pub waiting: Vec<(u32, u32)>,
    /// Agents by state's code.
    pub agents: Vec<(&'static str, u32)>,
    pub journal_entries: u64,
}

/// The whole page for `/metrics`.
#[must_use]
pub fn write_page(metrics: &Metrics, organisations: &[OrganisationGauges]) -> String {
    let mut out = String::with_capacity(4_096);
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    head(&mut out, "warmline_links", "gauge", "Open links by kind.");
    let agents = metrics.links_agent.load(Ordering::Relaxed);
    let customers = metrics.links_customer.load(Ordering::Relaxed);
    line(&mut out, "warmline_links{kind=\"agent\"}", agents);
    line(&mut out, "warmline_links{kind=\"customer\"}", customers);
    for (name, help, value) in [
        (
            "links_opened_total",
            "Links opened.",
            read(&metrics.links_opened),
        ),
        (
            "links_closed_slow_total",
            "Links too slow.",
            read(&metrics.links_closed_slow),
        ),
        (
            "frames_refused_total",
            "Bad frames.",
            read(&metrics.frames_refused),
        ),
        (
            "commands_done_total",
            "Commands done.",
            read(&metrics.commands_done),
        ),
        (
            "commands_refused_total",
            "Commands refused.",
            read(&metrics.commands_refused),
        ),
        (
            "signals_relayed_total",
            "Media signals relayed.",
            read(&metrics.signals_relayed),
        ),
        (
            "sign_ins_done_total",
            "Sign-ins done.",
            read(&metrics.sign_ins_done),
        ),
        (
            "sign_ins_refused_total",
            "Sign-ins refused.",
            read(&metrics.sign_ins_refused),
        ),
        (
            "commits_failed_total",
            "Commits that failed.",
            read(&metrics.commits_failed),
        ),
    ] {
        head(&mut out, &format!("warmline_{name}"), "counter", help);
        line(&mut out, &format!("warmline_{name}"), value);
    }
    write_commits(&mut out, &metrics.commits);
    write_organisations(&mut out, organisations);
    out
}

fn write_commits(out: &mut String, commits: &CommitHistogram) {
    head(
        out,
        "warmline_commit_seconds",
        "histogram",
        "Time to commit a batch.",
    );
    for (bound_us, bucket) in COMMIT_BOUNDS_US.iter().zip(&commits.buckets) {
        let bound = Duration::from_micros(*bound_us).as_secs_f64();
        let name = format!("warmline_commit_seconds_bucket{{le=\"{bound}\"}}");
        line(out, &name, bucket.load(Ordering::Relaxed));
    }
    let count = commits.count.load(Ordering::Relaxed);
    line(out, "warmline_commit_seconds_bucket{le=\"+Inf\"}", count);
    let sum = Duration::from_micros(commits.sum_us.load(Ordering::Relaxed)).as_secs_f64();
    line(out, "warmline_commit_seconds_sum", sum);
    line(out, "warmline_commit_seconds_count", count);
}

fn write_organisations(out: &mut String, organisations: &[OrganisationGauges]) {
    head(
        out,
        "warmline_waiting",
        "gauge",
        "Customers waiting in a queue.",
    );
    for gauges in organisations {
        for (queue, waiting) in &gauges.waiting {
            let labels = format!("organisation=\"{}\",queue=\"{queue}\"", gauges.organisation);
            line(out, &format!("warmline_waiting{{{labels}}}"), waiting);
        }
    }
    head(out, "warmline_agents", "gauge", "Agents by state.");
    for gauges in organisations {
        for (state, agents) in &gauges.agents {
            let labels = format!("organisation=\"{}\",state=\"{state}\"", gauges.organisation);
            line(out, &format!("warmline_agents{{{labels}}}"), agents);
        }
    }
    head(
        out,
        "warmline_journal_entries",
        "gauge",
        "Entries in the journal.",
    );
    for gauges in organisations {
        let name = format!(
            "warmline_journal_entries{{organisation=\"{}\"}}",
            gauges.organisation
        );
        line(out, &name, gauges.journal_entries);
    }
}

// Writing to a `String` cannot fail.
fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(out: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(out, "{name} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_count_everything_up_to_their_bound() {
        let metrics = Metrics::default();
        metrics.commits.observe(Duration::from_micros(900));
        metrics.commits.observe(Duration::from_millis(30));
        let page = write_page(&metrics, &[]);
        for expected in [
            "warmline_commit_seconds_bucket{le=\"0.0005\"} 0\n",
            "warmline_commit_seconds_bucket{le=\"0.001\"} 1\n",
            "warmline_commit_seconds_bucket{le=\"0.05\"} 2\n",
            "warmline_commit_seconds_bucket{le=\"+Inf\"} 2\n",
            "warmline_commit_seconds_count 2\n",
        ] {
            assert!(page.contains(expected), "{expected} missing in {page}");
        }
    }
}
