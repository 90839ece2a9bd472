//! What happened on a floor, counted: a simulation in which something never happens proves nothing about it.

use acd::What;
use std::collections::BTreeMap;
use vocab::EndedBy;

/// How often each kind of event happened.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    counts: BTreeMap<&'static str, u32>,
    refused: u32,
}

impl Ends {
    pub(crate) fn add(&mut self, other: &Self) {
        for (kind, count) in &other.counts {
            *self.counts.entry(kind).or_default() += count;
        }
        self.refused += other.refused;
    }

    pub(crate) fn note(&mut self, what: &What) {
        *self.counts.entry(kind(what)).or_default() += 1;
        if let What::Abandoned {
            by: EndedBy::CallbackMissed,
            ..
        } = what
        {
            *self.counts.entry("given_up").or_default() += 1;
        }
    }

    pub(crate) fn note_refusal(&mut self) {
        self.refused += 1;
    }

    pub(crate) fn all_happened(&self) -> bool {
        self.counts.len() == 36 && self.refused > 0
    }
}

fn kind(what: &What) -> &'static str {
    match what {
        What::Configured { .. } => "configured",
        What::Entered { .. } => "entered",
        What::CustomerAway { .. } => "customer_away",
        What::CustomerBack { .. } => "customer_back",
        What::Abandoned { .. } => "abandoned",
        What::PlaceKept { .. } => "place_kept",
        What::WaitsOnLine { .. } => "waits_on_line",
        What::CallbackStarted { .. } => "callback_started",
        What::CallbackMissed { .. } => "callback_missed",
        What::CallbackRested { .. } => "callback_rested",
        What::OfferMade { .. } => "offer_made",
        What::OfferAccepted { .. } => "offer_accepted",
        What::OfferDeclined { .. } => "offer_declined",
        What::OfferMissed { .. } => "offer_missed",
        What::OfferWithdrawn { .. } => "offer_withdrawn",
        What::ReturnedToQueue { .. } => "returned_to_queue",
        What::Transferred { .. } => "transferred",
        What::OfferableToAll { .. } => "offerable_to_all",
        What::ConsultAsked { .. } => "consult_asked",
        What::ConsultAccepted { .. } => "consult_accepted",
        What::ConsultJoined { .. } => "consult_joined",
        What::SteppedAside { .. } => "stepped_aside",
        What::ConsultEnded { .. } => "consult_ended",
        What::HandedOver { .. } => "handed_over",
        What::Held { .. } => "held",
        What::Resumed { .. } => "resumed",
        What::Ended { .. } => "ended",
        What::WrapUpExtended { .. } => "wrap_up_extended",
        What::WrapUpFinished { .. } => "wrap_up_finished",
        What::AgentCameOnline { .. } => "agent_came_online",
        What::AgentAway { .. } => "agent_away",
        What::AgentBack { .. } => "agent_back",
        What::AgentWentOffline { .. } => "agent_went_offline",
        What::StateChosen { .. } => "state_chosen",
        What::NextStateReserved { .. } => "next_state_reserved",
    }
}
