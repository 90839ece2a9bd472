//! What a media path must do, whatever library carries it: describe itself, find the far end, carry packets both ways.

use crate::error::MediaError;
use crate::event::{Candidate, PathState};
use std::sync::Arc;
use std::time::Instant;

/// One packet for the far end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) kind: PacketKind,
    /// 48 kHz, from any beginning; the path adds its own random start.
    pub(crate) timestamp: u32,
    /// The first packet of an event or of speech after silence.
    pub(crate) is_marked: bool,
    pub(crate) payload: Vec<u8>,
}

/// One packet from the far end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incoming {
    pub(crate) kind: PacketKind,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) payload: Arc<[u8]>,
    pub(crate) arrived: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PacketKind {
    /// Opus.
    Voice,
    /// RFC 4733.
    KeypadEvent,
}

/// What a path tells of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathEvent {
    State(PathState),
    Candidate(Candidate),
}

/// Where packets go as they arrive; called on the path's own task, so it must be quick.
pub(crate) trait PacketSink: Send + Sync + 'static {
    fn packet(&self, packet: Incoming);
    fn event(&self, event: PathEvent);
}

/// What the far end says of the sound it gets, from its receiver reports.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct FarReport {
    /// 0–100, of the time between its last two reports.
    pub(crate) loss_percent: f32,
    /// 0–100, since the beginning.
    pub(crate) total_loss_percent: f32,
    pub(crate) round_trip_ms: Option<u32>,
    pub(crate) reports: u32,
}

#[async_trait::async_trait]
pub(crate) trait MediaTransport: Send + Sync + 'static {
    /// An offer with all candidates that could be found in a short time.
    async fn offer(&self, is_ice_restart: bool) -> Result<String, MediaError>;
    /// Answers the far end's offer, also one that restarts ICE.
    async fn answer(&self, offer: &str) -> Result<String, MediaError>;
    async fn set_answer(&self, answer: &str) -> Result<(), MediaError>;
    async fn add_candidate(&self, candidate: Candidate) -> Result<(), MediaError>;
    /// Drops the packet while nothing is negotiated.
    async fn send(&self, packet: Outgoing);
    fn far_report(&self) -> FarReport;
    /// Whether the path goes through a TURN server.
    async fn is_relayed(&self) -> bool;
    async fn close(&self);
}
