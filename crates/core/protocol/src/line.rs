//! A queue's line entry by entry, for supervisors: `GET /v1/queues/{queue}/line`, and
//! `POST /v1/queues/{queue}/line/remove`, which takes entries out of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{CustomerId, InteractionId, Millis, PeerLink, Sensitive};

/// The next one first; of a line of thousands its beginning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "line.ts")]
pub struct QueueLine {
    /// When it was looked at.
    pub at: Millis,
    pub entries: Vec<LineEntry>,
}

/// A customer who waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "line.ts")]
pub struct LineEntry {
    pub interaction: InteractionId,
    pub customer: CustomerId,
    pub name: Option<Sensitive<String>>,
    pub phone: Option<Sensitive<String>>,
    pub topic: Option<Sensitive<String>>,
    /// When they entered.
    pub since: Millis,
    pub waits: LineWaits,
    /// An agent is rung for them now, or calls them back.
    pub is_ringing: bool,
    pub link: PeerLink,
    /// An IPv4 address or the /64 of an IPv6 one; not known of a call from before the server's start.
    pub address: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "line.ts")]
pub enum LineWaits {
    OnTheLine,
    /// The place is kept.
    ForCallback,
}

/// Entries that are taken out at one go, at most.
pub const MAX_REMOVED: usize = 500;

/// The entries to take out of the line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "line.ts")]
pub struct RemoveFromLine {
    #[schemars(length(max = MAX_REMOVED))]
    pub interactions: Vec<InteractionId>,
}

/// The entries that were removed; the others had left the line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "line.ts")]
pub struct RemovedFromLine {
    pub removed: Vec<InteractionId>,
}
