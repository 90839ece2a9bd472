//! The table's lines: which numbers are told, and what each should reach.

use super::{Row, row};

const SPREAD: &[(&str, &str)] = &[("p95", "p95"), ("max", "max"), ("n", "n")];
const SCORES: &[(&str, &str)] = &[
    ("min", "min"),
    ("max", "max"),
    ("n", "n"),
    ("delay in ms", "../delay_ms/median"),
];
const PROCESSES: &[(&str, &str)] = &[
    ("own process", "{}_by_process/warmline-desktop"),
    ("web view", "{}_by_process/WebKitWebProcess"),
    ("its network", "{}_by_process/WebKitNetworkProcess"),
];

const UNDER_LOAD: &[(&str, &str)] = &[
    ("median", "p50"),
    ("max", "max"),
    ("n", "n"),
    ("server's cores", "../server/cores"),
    ("generator late by at p99, ms", "../deeds_late_ms/p99"),
];

/// The order.
pub(super) const ROWS: &[Row] = &[
    row(
        "media",
        "mouth to ear, virtual devices, processing on",
        "/mouth_to_ear_ms/median",
        "ms",
    )
    .at_most(80.0)
    .beside(SPREAD),
    row(
        "speech",
        "speech, 10 % loss + 30 ms jitter: PESQ wideband, ours",
        "/impaired/ours/pesq/median",
        "",
    )
    .decimals(2)
    .beside(SCORES),
    row(
        "speech",
        "the same packets heard by Chromium",
        "/impaired/chromium/pesq/median",
        "",
    )
    .decimals(2)
    .beside(SCORES),
    row(
        "speech",
        "without loss or jitter, ours",
        "/control/ours/pesq/median",
        "",
    )
    .decimals(2)
    .beside(SCORES),
    row(
        "speech",
        "without loss or jitter, Chromium",
        "/control/chromium/pesq/median",
        "",
    )
    .decimals(2)
    .beside(SCORES),
    row(
        "call",
        "call clicked → ringing painted",
        "/clicked_to_ringing_painted_ms/median",
        "ms",
    )
    .at_most(150.0)
    .beside(SPREAD),
    row(
        "call",
        "answer clicked → speech both ways",
        "/answered_to_speech_both_ways_ms/median",
        "ms",
    )
    .at_most(400.0)
    .beside(SPREAD),
    row(
        "call",
        "microphone unplugged → speech through the next one",
        "/microphone_replaced_ms/median",
        "ms",
    )
    .at_most(800.0)
    .beside(SPREAD),
    row(
        "call",
        "speaker unplugged → speech at the next one",
        "/speaker_replaced_ms/median",
        "ms",
    )
    .at_most(800.0)
    .beside(SPREAD),
    row(
        "desktop",
        "one voice call, desktop, share of a core",
        "/call/cpu/percent",
        "%",
    )
    .decimals(1)
    .at_most(12.0)
    .beside(PROCESSES),
    row(
        "media",
        "one voice call, the media engine alone",
        "/cpu_percent",
        "%",
    )
    .decimals(1),
    row(
        "desktop",
        "desktop start to first paint",
        "/start/warm_ms/median",
        "ms",
    )
    .at_most(1_000.0)
    .beside(SPREAD),
    row(
        "desktop",
        "the same, its files not in memory",
        "/start/cold_ms/median",
        "ms",
    )
    .at_most(1_000.0)
    .beside(SPREAD),
    row(
        "desktop",
        "desktop memory, signed in and idle (PSS)",
        "/idle/memory_mb",
        "MB",
    )
    .at_most(250.0)
    .beside(PROCESSES),
    row(
        "server",
        "server memory per idle link",
        "/memory_per_connection_kb",
        "KB",
    )
    .decimals(1)
    .at_most(30.0)
    .beside(&[("links", "idle_links")]),
    row(
        "server",
        "command → event at 1,000/s with commit, p99",
        "/command_to_event_p99_ms",
        "ms",
    )
    .decimals(1)
    .at_most(20.0)
    .beside(&[
        ("median", "command_to_event_p50_ms"),
        ("max", "command_to_event_max_ms"),
        ("n", "commands"),
        ("a flush to this disk in ms", "flush_median_ms"),
    ]),
    row(
        "recovery",
        "1,000,000 journal entries read back without a snapshot",
        "/recovery/without_snapshot_ms",
        "ms",
    )
    .at_most(5_000.0)
    .beside(&[
        ("with the newest snapshot", "with_snapshot_ms"),
        ("most memory in MB", "../peak_memory_mb"),
    ]),
    row(
        "recovery",
        "commit of 11 entries beside a reader, p99",
        "/commits/commit_p99_ms",
        "ms",
    )
    .decimals(1)
    .at_most(10.0)
    .beside(&[
        ("median", "commit_p50_ms"),
        ("max", "commit_max_ms"),
        ("computed p99", "computed_p99_ms"),
        ("a flush to this disk, p99", "flush_p99_ms"),
    ]),
    row(
        "search",
        "finding among 2,000,000 customers as one types, p99",
        "/typing/p99",
        "ms",
    )
    .decimals(1)
    .at_most(50.0)
    .beside(&[("median", "p50"), ("a whole one, p99", "../whole/p99")]),
    row(
        "import",
        "one customer out of a file, committed",
        "/each_us",
        "µs",
    )
    .decimals(1)
    .at_most(50.0)
    .beside(&[
        ("a second", "per_second"),
        ("a second with the search indexes", "searchable_per_second"),
        ("server memory grew by at most, MB", "memory_growth_mb"),
    ]),
    row(
        "load",
        "freed agent → offer, 1,500 agents, 4.25 contacts/s, p99",
        "/small/freed_to_offer_ms/p99",
        "ms",
    )
    .decimals(1)
    .at_most(10.0)
    .beside(UNDER_LOAD),
    row(
        "load",
        "the same, 18,000 agents, 51 contacts/s",
        "/large/freed_to_offer_ms/p99",
        "ms",
    )
    .decimals(1)
    .at_most(50.0)
    .beside(UNDER_LOAD),
    row(
        "load",
        "server memory under 18,000 agents, at most",
        "/large/server/peak_rss_mb",
        "MB",
    )
    .at_most(1_024.0),
    row(
        "load",
        "differences between what was seen and the journal",
        "/large/journal/differences",
        "",
    )
    .at_most(0.0)
    .beside(&[
        ("acknowledged", "acknowledged"),
        ("interactions", "interactions"),
    ]),
    row(
        "routing",
        "one decision, 18,000 agents, 5,000 waiting, p99",
        "/asked/command_p99_us/median",
        "µs",
    )
    .decimals(1)
    .at_most(50.0)
    .beside(&[
        ("median", "../command_p50_us/median"),
        ("p99.9", "../command_p999_us/median"),
        ("runs", "n"),
    ]),
    row(
        "routing",
        "the same, time of one core per command",
        "/asked/command_us/median",
        "µs",
    )
    .decimals(2)
    .at_most(5.0)
    .beside(&[
        ("commands a second", "../commands_per_second/median"),
        ("smallest", "min"),
        ("runs", "n"),
    ]),
    row(
        "routing",
        "at 100,000 agents and 50,000 waiting, times as long",
        "/growth",
        "×",
    )
    .decimals(2)
    .at_most(2.0),
    row(
        "routing",
        "expected wait, one queue at 92 % load: error of the mean wait",
        "/expected_wait/0/error_percent",
        "%",
    )
    .beside(&[("bias in %", "bias_percent"), ("waited", "waited")]),
    row(
        "routing",
        "the same, agents shared by three queues with skills",
        "/expected_wait/2/error_percent",
        "%",
    )
    .beside(&[("bias in %", "bias_percent"), ("waited", "waited")]),
    row(
        "routing",
        "the same, staff and calls changing through the day",
        "/expected_wait/3/error_percent",
        "%",
    )
    .beside(&[("bias in %", "bias_percent"), ("waited", "waited")]),
    row("page", "the customer's page, compressed", "/page_kb", "KB").decimals(1),
    row("page", "embed.js, compressed", "/embed_kb", "KB").decimals(1),
];
