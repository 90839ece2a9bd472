//! Whom and what an event is about.

use super::What;
use vocab::{AgentId, InteractionId};

impl What {
    /// The interaction that it is about.
    #[must_use]
    pub fn interaction(&self) -> Option<InteractionId> {
        match self {
            Self::Entered { interaction, .. }
            | Self::CustomerAway { interaction, .. }
            | Self::CustomerBack { interaction }
            | Self::Abandoned { interaction, .. }
            | Self::RemovedFromLine { interaction, .. }
            | Self::PlaceKept { interaction }
            | Self::WaitsOnLine { interaction }
            | Self::CallbackStarted { interaction, .. }
            | Self::CallbackMissed { interaction, .. }
            | Self::CallbackRested { interaction }
            | Self::OfferMade { interaction, .. }
            | Self::OfferAccepted { interaction, .. }
            | Self::OfferDeclined { interaction, .. }
            | Self::OfferMissed { interaction, .. }
            | Self::OfferWithdrawn { interaction, .. }
            | Self::ReturnedToQueue { interaction }
            | Self::Transferred { interaction, .. }
            | Self::KeptForAgent { interaction, .. }
            | Self::OfferableToAll { interaction }
            | Self::RingWidened { interaction, .. }
            | Self::Overflowed { interaction, .. }
            | Self::OverflowPostponed { interaction, .. }
            | Self::ConsultAsked { interaction, .. }
            | Self::ConsultAccepted { interaction, .. }
            | Self::ConsultJoined { interaction, .. }
            | Self::SteppedAside { interaction, .. }
            | Self::ConsultEnded { interaction, .. }
            | Self::HandedOver { interaction, .. }
            | Self::Held { interaction, .. }
            | Self::Resumed { interaction, .. }
            | Self::Ended { interaction, .. }
            | Self::WrapUpExtended { interaction, .. }
            | Self::WrapUpFinished { interaction, .. } => Some(*interaction),
            Self::Configured { .. }
            | Self::HoursChanged { .. }
            | Self::ClockStepped { .. }
            | Self::StateForced { .. }
            | Self::AgentCameOnline { .. }
            | Self::AgentAway { .. }
            | Self::AgentBack { .. }
            | Self::AgentWentOffline { .. }
            | Self::StateChosen { .. }
            | Self::NextStateReserved { .. } => None,
        }
    }

    /// The agent whom it names.
    #[must_use]
    pub fn agent(&self) -> Option<AgentId> {
        match self {
            Self::CallbackStarted { agent, .. }
            | Self::CallbackMissed { agent, .. }
            | Self::OfferMade { agent, .. }
            | Self::OfferAccepted { agent, .. }
            | Self::OfferDeclined { agent, .. }
            | Self::KeptForAgent { agent, .. }
            | Self::StateForced { agent, .. }
            | Self::OfferMissed { agent, .. }
            | Self::OfferWithdrawn { agent, .. }
            | Self::Transferred { agent, .. }
            | Self::ConsultAsked { agent, .. }
            | Self::ConsultAccepted { agent, .. }
            | Self::ConsultJoined { agent, .. }
            | Self::SteppedAside { agent, .. }
            | Self::ConsultEnded { agent, .. }
            | Self::HandedOver { agent, .. }
            | Self::Held { agent, .. }
            | Self::Resumed { agent, .. }
            | Self::Ended { agent, .. }
            | Self::WrapUpExtended { agent, .. }
            | Self::WrapUpFinished { agent, .. }
            | Self::AgentCameOnline { agent }
            | Self::AgentAway { agent, .. }
            | Self::AgentBack { agent }
            | Self::AgentWentOffline { agent }
            | Self::StateChosen { agent, .. }
            | Self::NextStateReserved { agent, .. } => Some(*agent),
            Self::Configured { .. }
            | Self::HoursChanged { .. }
            | Self::ClockStepped { .. }
            | Self::RingWidened { .. }
            | Self::Overflowed { .. }
            | Self::OverflowPostponed { .. }
            | Self::Entered { .. }
            | Self::CustomerAway { .. }
            | Self::CustomerBack { .. }
            | Self::Abandoned { .. }
            | Self::RemovedFromLine { .. }
            | Self::PlaceKept { .. }
            | Self::WaitsOnLine { .. }
            | Self::CallbackRested { .. }
            | Self::ReturnedToQueue { .. }
            | Self::OfferableToAll { .. } => None,
        }
    }

    /// The second agent whom it names.
    #[must_use]
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "a consult's events are the only ones about two agents"
    )]
    pub fn colleague(&self) -> Option<AgentId> {
        match self {
            Self::ConsultAsked { colleague, .. }
            | Self::ConsultAccepted { colleague, .. }
            | Self::ConsultJoined { colleague, .. }
            | Self::SteppedAside { colleague, .. }
            | Self::ConsultEnded { colleague, .. }
            | Self::HandedOver { colleague, .. } => Some(*colleague),
            _ => None,
        }
    }
}
