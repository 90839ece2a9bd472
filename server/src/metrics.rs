//! Counters and one histogram, written in Prometheus' text form. Labels carry codes and ids, never names.

use protocol::limits::LimitKind;
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
    pub links_stripped: AtomicU64,
    pub links_blocked: AtomicU64,
    pub framings_refused: AtomicU64,
    pub frames_refused: AtomicU64,
    pub commands_done: AtomicU64,
    pub commands_refused: AtomicU64,
    pub signals_relayed: AtomicU64,
    pub sign_ins_done: AtomicU64,
    pub sign_ins_refused: AtomicU64,
    pub commits_failed: AtomicU64,
    pub certificates_loaded: AtomicU64,
    /// 1 while what is on the disk cannot be used and an older certificate is served.
    pub certificate_unusable: AtomicU64,
    pub commits: CommitHistogram,
    pub limits: LimitCounters,
}

/// How many requests each limit refused.
#[derive(Debug, Default)]
pub struct LimitCounters([AtomicU64; LimitKind::ALL.len()]);

impl LimitCounters {
    pub fn bit(&self, limit: LimitKind) {
        if let Some(count) = self.0.get(limit as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
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
    /// Waiting by the queue's code.
    pub waiting: Vec<(String, u32)>,
    /// Agents by state's code.
    pub agents: Vec<(&'static str, u32)>,
    pub journal_entries: u64,
    /// How much longer everything is kept, because the clock claims time that nobody witnessed.
    pub unwitnessed_ms: u64,
}

impl Metrics {
    /// Those that only grow, with the name and the meaning that the page gives them.
    fn counters(&self) -> [(&'static str, &'static str, &AtomicU64); 13] {
        [
            ("links_opened", "Links opened.", &self.links_opened),
            (
                "links_closed_slow",
                "Links too slow.",
                &self.links_closed_slow,
            ),
            (
                "links_stripped",
                "Links whose upgrade a proxy before the server dropped.",
                &self.links_stripped,
            ),
            (
                "links_blocked",
                "Pages that reach the server and cannot open a link.",
                &self.links_blocked,
            ),
            (
                "framings_refused",
                "Sites that asked for the page and may not frame it.",
                &self.framings_refused,
            ),
            ("frames_refused", "Bad frames.", &self.frames_refused),
            ("commands_done", "Commands done.", &self.commands_done),
            (
                "commands_refused",
                "Commands refused.",
                &self.commands_refused,
            ),
            (
                "signals_relayed",
                "Media signals relayed.",
                &self.signals_relayed,
            ),
            ("sign_ins_done", "Sign-ins done.", &self.sign_ins_done),
            (
                "sign_ins_refused",
                "Sign-ins refused.",
                &self.sign_ins_refused,
            ),
            (
                "commits_failed",
                "Commits that failed.",
                &self.commits_failed,
            ),
            (
                "certificates_loaded",
                "Certificates replaced while running.",
                &self.certificates_loaded,
            ),
        ]
    }
}

/// The whole page for `/metrics`.
#[must_use]
pub fn write_page(
    metrics: &Metrics,
    connections: usize,
    organisations: &[OrganisationGauges],
) -> String {
    let mut page = String::with_capacity(4_096);
    let help = "Open connections, links among them.";
    Family::begin(&mut page, "connections", "gauge", help).sample("", "", connections);
    let mut links = Family::begin(&mut page, "links", "gauge", "Open links by kind.");
    for (kind, count) in [
        ("agent", &metrics.links_agent),
        ("customer", &metrics.links_customer),
    ] {
        links.sample(
            "",
            &format!("kind=\"{kind}\""),
            count.load(Ordering::Relaxed),
        );
    }
    for (name, help, counter) in metrics.counters() {
        Family::begin(&mut page, &format!("{name}_total"), "counter", help).sample(
            "",
            "",
            counter.load(Ordering::Relaxed),
        );
    }
    let help = "Times that the machine's clock was set while the server ran.";
    Family::begin(&mut page, "clock_steps_total", "counter", help).sample(
        "",
        "",
        crate::clock::belief().steps(),
    );
    let help = "1 while the certificate on the disk cannot be used and an older one is served.";
    Family::begin(&mut page, "certificate_unusable", "gauge", help).sample(
        "",
        "",
        metrics.certificate_unusable.load(Ordering::Relaxed),
    );
    let help = "Requests that a limit refused.";
    let mut bites = Family::begin(&mut page, "limit_bites_total", "counter", help);
    for (limit, count) in LimitKind::ALL.iter().zip(&metrics.limits.0) {
        let labels = format!("limit=\"{}\"", limit.code());
        bites.sample("", &labels, count.load(Ordering::Relaxed));
    }
    write_commits(&mut page, &metrics.commits);
    write_organisations(&mut page, organisations);
    page
}

fn write_commits(page: &mut String, commits: &CommitHistogram) {
    let help = "Time to commit a batch.";
    let mut family = Family::begin(page, "commit_seconds", "histogram", help);
    for (bound_us, bucket) in COMMIT_BOUNDS_US.iter().zip(&commits.buckets) {
        let bound = Duration::from_micros(*bound_us).as_secs_f64();
        let labels = format!("le=\"{bound}\"");
        family.sample("_bucket", &labels, bucket.load(Ordering::Relaxed));
    }
    let count = commits.count.load(Ordering::Relaxed);
    family.sample("_bucket", "le=\"+Inf\"", count);
    let sum = Duration::from_micros(commits.sum_us.load(Ordering::Relaxed)).as_secs_f64();
    family.sample("_sum", "", sum);
    family.sample("_count", "", count);
}

fn write_organisations(page: &mut String, organisations: &[OrganisationGauges]) {
    let of = |gauges: &OrganisationGauges| label("organisation", &gauges.organisation);
    let help = "Customers waiting in a queue.";
    let mut family = Family::begin(page, "waiting", "gauge", help);
    for gauges in organisations {
        for (queue, waiting) in &gauges.waiting {
            let labels = format!("{},{}", of(gauges), label("queue", queue));
            family.sample("", &labels, waiting);
        }
    }
    let mut family = Family::begin(page, "agents", "gauge", "Agents by state.");
    for gauges in organisations {
        for (state, agents) in &gauges.agents {
            let labels = format!("{},{}", of(gauges), label("state", state));
            family.sample("", &labels, agents);
        }
    }
    let help = "Entries in the journal.";
    let mut family = Family::begin(page, "journal_entries", "gauge", help);
    for gauges in organisations {
        family.sample("", &of(gauges), gauges.journal_entries);
    }
    let help = "Seconds by which deletion by age waits, because only the clock claims that they have passed.";
    let mut family = Family::begin(page, "clock_unwitnessed_seconds", "gauge", help);
    for gauges in organisations {
        family.sample("", &of(gauges), (gauges.unwitnessed_ms + 500) / 1_000);
    }
}

/// A label with its value as the text form has it: backslash, quote and line's end escaped.
fn label(name: &str, value: &str) -> String {
    let value = value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("{name}=\"{value}\"")
}

/// One metric's lines: its head, then its samples.
struct Family<'a> {
    page: &'a mut String,
    name: String,
}

// Writing to a `String` cannot fail.
impl<'a> Family<'a> {
    fn begin(page: &'a mut String, name: &str, kind: &str, help: &str) -> Self {
        let name = format!("warmline_{name}");
        let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}");
        Self { page, name }
    }

    fn sample(&mut self, suffix: &str, labels: &str, value: impl std::fmt::Display) {
        let name = &self.name;
        let _ = if labels.is_empty() {
            writeln!(self.page, "{name}{suffix} {value}")
        } else {
            writeln!(self.page, "{name}{suffix}{{{labels}}} {value}")
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_have_their_codes_and_no_value_can_end_its_label() {
        let gauges = OrganisationGauges {
            organisation: "demo".to_owned(),
            waiting: vec![("support".to_owned(), 3), ("a\\b\"c\nd".to_owned(), 1)],
            ..OrganisationGauges::default()
        };
        let page = write_page(&Metrics::default(), 3, &[gauges]);
        for expected in [
            "warmline_waiting{organisation=\"demo\",queue=\"support\"} 3\n",
            "warmline_waiting{organisation=\"demo\",queue=\"a\\\\b\\\"c\\nd\"} 1\n",
        ] {
            assert!(page.contains(expected), "{expected} missing in {page}");
        }
    }

    #[test]
    fn buckets_count_everything_up_to_their_bound() {
        let metrics = Metrics::default();
        metrics.commits.observe(Duration::from_micros(900));
        metrics.commits.observe(Duration::from_millis(30));
        let page = write_page(&metrics, 0, &[]);
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
