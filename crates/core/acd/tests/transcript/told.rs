//! How transcripts write what happened.

use super::handovers::told_of_handover;
use acd::{Event, Refusal, What};
use vocab::{ChosenState, EndedBy};

pub(super) fn told(event: &Event) -> String {
    match &event.what {
        What::Configured { .. } => "configured".to_owned(),
        What::ClockStepped { by_ms } => format!("clock_set {by_ms}ms"),
        What::Entered {
            interaction,
            customer,
            queue,
            ..
        } => {
            format!("entered i{interaction} c{customer} q{queue}")
        }
        What::CustomerAway { interaction, until } => {
            format!("customer_away i{interaction} until {}", until.0)
        }
        What::CustomerBack { interaction } => format!("customer_back i{interaction}"),
        What::Abandoned { interaction, by } => format!("abandoned i{interaction} {}", by_whom(*by)),
        What::RemovedFromLine { interaction, by } => format!("removed i{interaction} by a{by}"),
        What::PlaceKept { .. }
        | What::WaitsOnLine { .. }
        | What::CallbackStarted { .. }
        | What::CallbackMissed { .. }
        | What::CallbackRested { .. } => told_of_callback(&event.what),
        What::OfferMade { .. }
        | What::OfferAccepted { .. }
        | What::OfferDeclined { .. }
        | What::OfferMissed { .. }
        | What::OfferWithdrawn { .. } => told_of_offer(&event.what),
        What::HoursChanged { .. }
        | What::KeptForAgent { .. }
        | What::OfferableToAll { .. }
        | What::RingWidened { .. }
        | What::Overflowed { .. }
        | What::OverflowPostponed { .. } => told_of_line(&event.what),
        What::ReturnedToQueue { interaction } => format!("returned i{interaction}"),
        What::Transferred { .. }
        | What::ConsultAsked { .. }
        | What::ConsultAccepted { .. }
        | What::ConsultJoined { .. }
        | What::SteppedAside { .. }
        | What::ConsultEnded { .. }
        | What::HandedOver { .. } => told_of_handover(&event.what),
        What::Held { .. }
        | What::Resumed { .. }
        | What::Ended { .. }
        | What::WrapUpExtended { .. }
        | What::WrapUpFinished { .. } => told_of_conversation(&event.what),
        What::AgentCameOnline { .. }
        | What::AgentAway { .. }
        | What::AgentBack { .. }
        | What::AgentWentOffline { .. }
        | What::StateChosen { .. }
        | What::NextStateReserved { .. }
        | What::StateForced { .. } => told_of_agent(&event.what),
    }
}

fn told_of_offer(what: &What) -> String {
    match what {
        What::OfferMade {
            interaction,
            agent,
            deadline,
            ..
        } => {
            format!("offer i{interaction} a{agent} until {}", deadline.0)
        }
        What::OfferAccepted { interaction, agent } => format!("accepted i{interaction} a{agent}"),
        What::OfferDeclined {
            interaction,
            agent,
            not_back_until,
        } => {
            let until = not_back_until.map_or_else(String::new, |at| format!(" not_back {}", at.0));
            format!("declined i{interaction} a{agent}{until}")
        }
        What::OfferMissed { interaction, agent } => format!("missed i{interaction} a{agent}"),
        What::OfferWithdrawn {
            interaction,
            agent,
            because,
        } => {
            let because = match because {
                acd::WithdrawnBecause::CustomerLeft => "customer_left",
                acd::WithdrawnBecause::CustomerAway => "customer_away",
                acd::WithdrawnBecause::AgentAway => "agent_away",
                acd::WithdrawnBecause::TakenByColleague => "taken_by_colleague",
                acd::WithdrawnBecause::StateForced => "state_forced",
                acd::WithdrawnBecause::RemovedFromLine => "removed",
            };
            format!("withdrawn i{interaction} a{agent} {because}")
        }
        other => panic!("this is no offer: {other:?}"),
    }
}

fn told_of_line(what: &What) -> String {
    match what {
        What::HoursChanged {
            schedule,
            is_open,
            until,
        } => {
            let how = if *is_open { "opened" } else { "closed" };
            let until = until.map_or_else(|| "-".to_owned(), |at| at.0.to_string());
            format!("hours s{schedule} {how} until {until}")
        }
        What::KeptForAgent {
            interaction,
            agent,
            until,
        } => format!("kept_for i{interaction} a{agent} until {}", until.0),
        What::OfferableToAll { interaction } => format!("offerable_to_all i{interaction}"),
        What::RingWidened { interaction, ring } => {
            format!("ring i{interaction} {}", u32::from(*ring) + 1)
        }
        What::Overflowed {
            interaction,
            from,
            queue,
            ..
        } => format!("overflowed i{interaction} q{from} q{queue}"),
        What::OverflowPostponed { interaction, until } => {
            format!("overflow_postponed i{interaction} until {}", until.0)
        }
        other => panic!("this is about no line: {other:?}"),
    }
}

fn told_of_callback(what: &What) -> String {
    match what {
        What::PlaceKept { interaction } => format!("kept i{interaction}"),
        What::WaitsOnLine { interaction } => format!("on_line i{interaction}"),
        What::CallbackStarted {
            interaction,
            agent,
            deadline,
        } => {
            format!("calls_back i{interaction} a{agent} until {}", deadline.0)
        }
        What::CallbackMissed {
            interaction,
            agent,
            because,
            rests_until,
        } => {
            let because = match because {
                acd::MissedBecause::RangOut => "rang_out",
                acd::MissedBecause::Declined => "declined",
                acd::MissedBecause::AgentStopped => "agent_stopped",
            };
            format!(
                "callback_missed i{interaction} a{agent} {because} rests {}",
                rests_until.0
            )
        }
        What::CallbackRested { interaction } => format!("rested i{interaction}"),
        other => panic!("this is about no callback: {other:?}"),
    }
}

fn told_of_conversation(what: &What) -> String {
    match what {
        What::Held { interaction, agent } => format!("held i{interaction} a{agent}"),
        What::Resumed { interaction, agent } => format!("resumed i{interaction} a{agent}"),
        What::Ended {
            interaction,
            agent,
            by,
            wrap_up_deadline,
        } => {
            let wrap_up = wrap_up_deadline
                .map_or_else(|| "no_wrap_up".to_owned(), |at| format!("wrap_up {}", at.0));
            format!("ended i{interaction} a{agent} {} {wrap_up}", by_whom(*by))
        }
        What::WrapUpExtended {
            interaction,
            agent,
            deadline,
        } => {
            format!("extended i{interaction} a{agent} {}", deadline.0)
        }
        What::WrapUpFinished {
            interaction,
            agent,
            disposition,
            is_timed_out,
        } => {
            let code = disposition.as_deref().unwrap_or("-");
            let timed_out = if *is_timed_out { " timed_out" } else { "" };
            format!("wrapped_up i{interaction} a{agent} {code}{timed_out}")
        }
        other => panic!("this is about no conversation: {other:?}"),
    }
}

fn told_of_agent(what: &What) -> String {
    match what {
        What::AgentCameOnline { agent } => format!("online a{agent}"),
        What::AgentAway {
            agent,
            lease_until,
            grace_until,
        } => {
            format!(
                "away a{agent} lease {} grace {}",
                lease_until.0, grace_until.0
            )
        }
        What::AgentBack { agent } => format!("back a{agent}"),
        What::AgentWentOffline { agent } => format!("offline a{agent}"),
        What::StateChosen { agent, state } => format!("state a{agent} {}", state_name(*state)),
        What::NextStateReserved { agent, state } => {
            let name = state.map_or_else(|| "-".to_owned(), state_name);
            format!("next a{agent} {name}")
        }
        What::StateForced { agent, state, by } => {
            format!("forced a{agent} {} by a{by}", state_name(*state))
        }
        other => panic!("this is about an interaction: {other:?}"),
    }
}

pub(super) fn refused(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownQueue => "unknown_queue",
        Refusal::UnknownAgent => "unknown_agent",
        Refusal::UnknownInteraction => "unknown_interaction",
        Refusal::NotYours => "not_yours",
        Refusal::NotNow => "not_now",
        Refusal::NotFree => "not_free",
        Refusal::AlreadyExtended => "already_extended",
        Refusal::QueueFull => "queue_full",
        Refusal::QueueClosed => "queue_closed",
        Refusal::BadConfig(_) => "bad_config",
        Refusal::QueueInUse(_) => "queue_in_use",
    }
}

fn by_whom(by: EndedBy) -> &'static str {
    match by {
        EndedBy::Agent => "agent",
        EndedBy::Customer => "customer",
        EndedBy::CustomerLost => "customer_lost",
        EndedBy::CallbackMissed => "callback_missed",
        EndedBy::Closed => "closed",
        EndedBy::Removed => "removed",
    }
}

fn state_name(state: ChosenState) -> String {
    match state {
        ChosenState::Ready => "ready".to_owned(),
        ChosenState::NotReady { reason } => {
            let name = serde_json::to_value(reason).expect("a name");
            format!("not_ready:{}", name.as_str().expect("a name"))
        }
    }
}
