//! The words every other room shares: ids, closed enums, points in time. No behaviour beyond them.

mod ids;
mod language;
mod sensitive;
mod states;
mod time;

pub use ids::{
    AgentId, CommandId, CustomerId, ImportId, InteractionId, MediaId, NoteId, OrgSlug, QueueId,
    RecordingId, ScheduleId, SiteId, SkillId, SlugError,
};
pub use language::{Language, LanguageError};
pub use sensitive::Sensitive;
pub use states::{
    AgentState, ChosenState, EndedBy, MediumKind, NotReadyReason, Peer, PeerLink, RecordingPolicy,
    RecordingState, Role,
};
pub use time::Millis;
