//! What is known of recordings. Their sound is in files beside the store; here stands whose it is and whether it is whole.

use crate::{Result, Stamp};
use protocol::rest::{RecordingEnd, RecordingSummary};
use serde::{Deserialize, Serialize};
use timekeeping::Span;
use vocab::{AgentId, CustomerId, InteractionId, Millis, RecordingId, RecordingState};

/// What became of an interaction's recording, as the agent's desktop told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingStep {
    Started,
    Paused,
    Resumed,
    Ended,
}

impl RecordingStep {
    /// The step from one state to the next; none when nothing changed.
    #[must_use]
    pub fn between(was: Option<RecordingState>, is: Option<RecordingState>) -> Option<Self> {
        match (was, is) {
            (None, Some(RecordingState::Running)) => Some(Self::Started),
            (Some(RecordingState::Running) | None, Some(RecordingState::Paused)) => {
                Some(Self::Paused)
            }
            (Some(RecordingState::Paused), Some(RecordingState::Running)) => Some(Self::Resumed),
            (Some(_), None) => Some(Self::Ended),
            (None, None)
            | (Some(RecordingState::Running), Some(RecordingState::Running))
            | (Some(RecordingState::Paused), Some(RecordingState::Paused)) => None,
        }
    }
}

/// A recording that a desktop announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecordingRow {
    pub recording: RecordingId,
    pub interaction: InteractionId,
    pub agent: AgentId,
    pub started_at: Millis,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RecordingRow {
    pub interaction: InteractionId,
    pub customer: CustomerId,
    pub summary: RecordingSummary,
}

/// Of one interaction: more than its holds, agents and lost links can make.
pub const MAX_RECORDINGS: u32 = 100;

/// Whether an agent's desktop may hand in a recording of an interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MayBeRecorded {
    Yes,
    /// The customer was not asked, or said no.
    WithoutConsent,
    /// It has [`MAX_RECORDINGS`] already.
    Enough,
    /// The agent never had the customer.
    NotTheirs,
    /// There is no such interaction.
    Unknown,
}

/// Every method fails with `Backend` when the store cannot be read or written; only other reasons are named.
#[allow(
    clippy::missing_errors_doc,
    reason = "the one common reason stands above; the others at their methods"
)]
pub trait Recordings: Send {
    fn may_be_recorded(&self, recording: &NewRecordingRow) -> Result<MayBeRecorded>;
    /// It began within its interaction, whatever the desktop's clock says. The same announcement again changes nothing. `Taken` when the name is another agent's or interaction's.
    fn announce(&mut self, recording: &NewRecordingRow) -> Result<()>;
    /// None, too, once the interaction's content was erased.
    fn recording(&self, recording: RecordingId) -> Result<Option<RecordingRow>>;
    /// `Unknown` when it was never announced or is removed.
    fn complete(&mut self, recording: RecordingId, end: &RecordingEnd) -> Result<()>;
    /// No matter when it is gone already. The caller removes the sound first.
    fn remove(&mut self, recording: RecordingId) -> Result<()>;
    /// One line in the audit trail: `recording_listened`, `recording_removed`. The same again within minutes is one.
    fn note_access(&mut self, stamp: Stamp<'_>, what: &str, recording: RecordingId) -> Result<()>;
    /// Those whose interaction's content was erased, for their customer or by retention: they are found no more, and
    /// their sound is to be removed.
    fn erased(&self) -> Result<Vec<RecordingId>>;
    /// Those that began at one of these times, for retention.
    fn begun_at(&self, old: &[Span]) -> Result<Vec<RecordingId>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_what_lies_between_two_states() {
        use RecordingState::{Paused, Running};
        for (was, is, step) in [
            (None, None, None),
            (None, Some(Running), Some(RecordingStep::Started)),
            (Some(Running), Some(Running), None),
            (Some(Running), Some(Paused), Some(RecordingStep::Paused)),
            (Some(Paused), Some(Running), Some(RecordingStep::Resumed)),
            (Some(Paused), None, Some(RecordingStep::Ended)),
        ] {
            assert_eq!(RecordingStep::between(was, is), step, "{was:?} to {is:?}");
        }
    }
}
