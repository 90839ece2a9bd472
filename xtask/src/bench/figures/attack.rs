//! What strangers can do to those who work.

use super::{Row, row};

pub(super) const ROWS: &[Row] = &[
    row(
        "attack",
        "under attack: an honest sign-in from an unknown address",
        "/sign_in_ms/max",
        "ms",
    )
    .at_most(2_000.0)
    .beside(&[
        ("median", "p50"),
        ("n", "n"),
        ("failed", "failed"),
        ("guesses", "../attack/guesses"),
        ("checked", "../attack/guesses_checked"),
    ]),
    row(
        "attack",
        "the same: freed agent → offer, 50 agents, p99",
        "/freed_to_offer_ms/p99",
        "ms",
    )
    .decimals(1)
    .at_most(50.0)
    .beside(&[
        ("median", "p50"),
        ("max", "max"),
        ("n", "n"),
        ("server's cores", "../server/cores"),
    ]),
    row(
        "attack",
        "the same: memory that the server grew by",
        "/server/growth_mb",
        "MB",
    )
    .at_most(100.0)
    .beside(&[("half a minute later", "growth_after_mb")]),
    row(
        "attack",
        "the same: links lost of those who work and wait",
        "/links_lost",
        "",
    )
    .at_most(0.0)
    .beside(&[
        ("calls meant by nobody", "attack/calls"),
        ("silent connections", "attack/silent_opened"),
    ]),
];
