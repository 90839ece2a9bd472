//! What happened, counted by kind: a simulation in which something never happens proves nothing about it.

use crate::model::Model;
use acd::{Back, ConsultEnd, MissedBecause, Refusal, Strategy, Target, What, WithdrawnBecause};
use std::collections::BTreeMap;
use vocab::EndedBy;

#[derive(Clone, Debug, Default)]
pub struct Seen(BTreeMap<&'static str, u64>);

/// Everything that can happen, the reasons told apart.
pub const EVERYTHING: [&str; 83] = [
    "configured",
    "hours opened",
    "hours closed",
    "clock set forward",
    "clock set back",
    "entered",
    "came back out of a conversation",
    "came back out of the line",
    "customer away",
    "customer back",
    "abandoned by customer",
    "abandoned by lost customer",
    "abandoned by missed callback",
    "abandoned by closing",
    "removed from line",
    "place kept",
    "waits on line",
    "callback started",
    "callback rang out",
    "callback declined",
    "callback stopped",
    "callback rested",
    "offered",
    "offer by longest idle",
    "offer by most skilled",
    "offer by fewest handled",
    "offer by round robin",
    "offer by ring all",
    "offer accepted",
    "offer declined",
    "offer declined, not back",
    "offer missed",
    "withdrawn: customer left",
    "withdrawn: customer away",
    "withdrawn: agent away",
    "withdrawn: taken by colleague",
    "withdrawn: state forced",
    "withdrawn: removed from line",
    "returned to queue",
    "transferred to queue",
    "transferred to agent",
    "kept for agent",
    "offerable to all",
    "ring widened",
    "overflowed",
    "overflow postponed",
    "consult asked",
    "consult accepted",
    "consult joined",
    "stepped aside",
    "consult declined",
    "consult missed",
    "colleague away",
    "colleague left",
    "consult back",
    "consult ended",
    "consult's agent lost",
    "handed over",
    "held",
    "resumed",
    "ended, wrap-up",
    "ended, no wrap-up",
    "wrap-up extended",
    "wrap-up finished",
    "wrap-up timed out",
    "agent came online",
    "agent away",
    "agent back",
    "agent went offline",
    "state chosen",
    "next state reserved",
    "state forced",
    "refused: unknown queue",
    "refused: unknown agent",
    "refused: unknown interaction",
    "refused: not yours",
    "refused: not now",
    "refused: not free",
    "refused: extended",
    "refused: full",
    "refused: closed",
    "refused: faulty configuration",
    "refused: queue in use",
];

impl Seen {
    pub fn add(&mut self, other: &Self) {
        for (kind, count) in &other.0 {
            *self.0.entry(kind).or_default() += count;
        }
    }

    pub(crate) fn event(&mut self, what: &What) {
        self.note(kind(what));
    }

    pub(crate) fn strategy(&mut self, model: &Model, what: &What) {
        let What::OfferMade { interaction, .. } = what else {
            return;
        };
        let one = model.open.get(interaction);
        let queue = one.and_then(|one| model.queues.get(&one.queue));
        if let Some(queue) = queue {
            self.note(match queue.strategy {
                Strategy::LongestIdle => "offer by longest idle",
                Strategy::MostSkilled => "offer by most skilled",
                Strategy::FewestHandled => "offer by fewest handled",
                Strategy::RoundRobin => "offer by round robin",
                Strategy::RingAll => "offer by ring all",
            });
        }
    }

    pub(crate) fn refusal(&mut self, refusal: &Refusal) {
        self.note(match refusal {
            Refusal::UnknownQueue => "refused: unknown queue",
            Refusal::UnknownAgent => "refused: unknown agent",
            Refusal::UnknownInteraction => "refused: unknown interaction",
            Refusal::NotYours => "refused: not yours",
            Refusal::NotNow => "refused: not now",
            Refusal::NotFree => "refused: not free",
            Refusal::AlreadyExtended => "refused: extended",
            Refusal::QueueFull => "refused: full",
            Refusal::QueueClosed => "refused: closed",
            Refusal::BadConfig(_) => "refused: faulty configuration",
            Refusal::QueueInUse(_) => "refused: queue in use",
        });
    }

    fn note(&mut self, kind: &'static str) {
        *self.0.entry(kind).or_default() += 1;
    }

    /// What never happened.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let all = EVERYTHING.into_iter();
        all.filter(|kind| !self.0.contains_key(kind)).collect()
    }

    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.0.iter().map(|(kind, count)| (*kind, *count))
    }
}

fn kind(what: &What) -> &'static str {
    match what {
        What::Configured { .. } => "configured",
        What::HoursChanged { is_open: true, .. } => "hours opened",
        What::HoursChanged { is_open: false, .. } => "hours closed",
        What::ClockStepped { by_ms: 0.. } => "clock set forward",
        What::ClockStepped { .. } => "clock set back",
        What::Entered { wishes, .. } => match wishes.back {
            None => "entered",
            Some(Back::Served) => "came back out of a conversation",
            Some(Back::Waiting { .. }) => "came back out of the line",
        },
        What::CustomerAway { .. } => "customer away",
        What::CustomerBack { .. } => "customer back",
        What::Abandoned { by, .. } => match by {
            EndedBy::Agent | EndedBy::Customer => "abandoned by customer",
            EndedBy::CustomerLost => "abandoned by lost customer",
            EndedBy::CallbackMissed => "abandoned by missed callback",
            EndedBy::Closed => "abandoned by closing",
            // The engine has an event of its own for it.
            EndedBy::Removed => "unnamed",
        },
        What::RemovedFromLine { .. } => "removed from line",
        What::PlaceKept { .. } => "place kept",
        What::WaitsOnLine { .. } => "waits on line",
        What::CallbackStarted { .. } => "callback started",
        What::CallbackMissed { because, .. } => match because {
            MissedBecause::RangOut => "callback rang out",
            MissedBecause::Declined => "callback declined",
            MissedBecause::AgentStopped => "callback stopped",
        },
        What::CallbackRested { .. } => "callback rested",
        What::OfferMade { .. } => "offered",
        What::OfferAccepted { .. } => "offer accepted",
        What::OfferDeclined {
            not_back_until: None,
            ..
        } => "offer declined",
        What::OfferDeclined { .. } => "offer declined, not back",
        What::OfferMissed { .. } => "offer missed",
        What::OfferWithdrawn { because, .. } => match because {
            WithdrawnBecause::CustomerLeft => "withdrawn: customer left",
            WithdrawnBecause::CustomerAway => "withdrawn: customer away",
            WithdrawnBecause::AgentAway => "withdrawn: agent away",
            WithdrawnBecause::TakenByColleague => "withdrawn: taken by colleague",
            WithdrawnBecause::StateForced => "withdrawn: state forced",
            WithdrawnBecause::RemovedFromLine => "withdrawn: removed from line",
        },
        What::ReturnedToQueue { .. } => "returned to queue",
        What::KeptForAgent { .. } => "kept for agent",
        What::OfferableToAll { .. } => "offerable to all",
        What::RingWidened { .. } => "ring widened",
        What::Overflowed { .. } => "overflowed",
        What::OverflowPostponed { .. } => "overflow postponed",
        What::AgentCameOnline { .. } => "agent came online",
        What::AgentAway { .. } => "agent away",
        What::AgentBack { .. } => "agent back",
        What::AgentWentOffline { .. } => "agent went offline",
        What::StateChosen { .. } => "state chosen",
        What::NextStateReserved { .. } => "next state reserved",
        What::StateForced { .. } => "state forced",
        _ => kind_of_conversation(what),
    }
}

fn kind_of_conversation(what: &What) -> &'static str {
    match what {
        What::Transferred {
            to: Target::Queue { .. },
            ..
        } => "transferred to queue",
        What::Transferred { .. } => "transferred to agent",
        What::ConsultAsked { .. } => "consult asked",
        What::ConsultAccepted { .. } => "consult accepted",
        What::ConsultJoined { .. } => "consult joined",
        What::SteppedAside { .. } => "stepped aside",
        What::ConsultEnded { because, .. } => match because {
            ConsultEnd::Declined => "consult declined",
            ConsultEnd::Missed => "consult missed",
            ConsultEnd::ColleagueAway => "colleague away",
            ConsultEnd::ColleagueLeft => "colleague left",
            ConsultEnd::Back => "consult back",
            ConsultEnd::Ended => "consult ended",
            ConsultEnd::AgentLost => "consult's agent lost",
        },
        What::HandedOver { .. } => "handed over",
        What::Held { .. } => "held",
        What::Resumed { .. } => "resumed",
        What::Ended {
            wrap_up_deadline: Some(_),
            ..
        } => "ended, wrap-up",
        What::Ended { .. } => "ended, no wrap-up",
        What::WrapUpExtended { .. } => "wrap-up extended",
        What::WrapUpFinished {
            is_timed_out: true, ..
        } => "wrap-up timed out",
        What::WrapUpFinished { .. } => "wrap-up finished",
        // A new kind of event has no name here and no count in `EVERYTHING`: the test says so.
        _ => "unnamed",
    }
}
