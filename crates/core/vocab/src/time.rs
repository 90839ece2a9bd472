//! Points in time and spans, both in whole milliseconds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// UTC milliseconds since 1970 when a point in time, milliseconds when a span; always given, never read from a clock here.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    TS,
    JsonSchema,
)]
#[serde(transparent)]
#[ts(export, export_to = "vocab.ts", type = "number")]
pub struct Millis(pub u64);

impl Millis {
    /// The point `span_ms` later; stops at the end of time instead of wrapping.
    #[must_use]
    pub fn plus(self, span_ms: u64) -> Self {
        Self(self.0.saturating_add(span_ms))
    }

    /// The point `by_ms` later, or earlier when that is negative; stops at both ends of time.
    #[must_use]
    pub fn shifted(self, by_ms: i64) -> Self {
        Self(self.0.saturating_add_signed(by_ms))
    }

    /// Milliseconds from `earlier` to here; zero when `earlier` is later, because clocks step back.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
