//! What is due when: every reservation and every wait that must not go on for ever has a deadline here.

use super::Index;
use crate::CONSULT_GRACE_MS;
use crate::few::Few;
use crate::stage::{Consult, Stage};
use crate::state::{Agent, AgentLink, Interaction, Presence, State};
use vocab::{AgentId, InteractionId, Millis, PeerLink, ScheduleId};

/// What happens when a deadline passes; of several at one moment the upper ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    Hours(ScheduleId),
    AgentLease(AgentId),
    Offer(InteractionId),
    Callback(InteractionId),
    CallbackRest(InteractionId),
    Consult(InteractionId),
    WrapUp(InteractionId),
    CustomerGrace(InteractionId),
    /// Somebody may be offered it again, or it waits for one agent no longer.
    OfferableToAll(InteractionId),
    Ring(InteractionId),
    Overflow(InteractionId),
    /// The queue has been closed for as long as it lets people wait.
    Closing(InteractionId),
    /// Of an agent who asked a colleague and vanished.
    ConsultGrace(AgentId),
    AgentGrace(AgentId),
}

/// The lease matters only to an agent who is being rung or calls back, the consult's grace to one who asks a
/// colleague, the grace period to everybody who is away.
pub(super) fn of_agent(
    index: &Index,
    id: AgentId,
    agent: &Agent,
    state: &State,
) -> Vec<(Millis, Due)> {
    let Presence::Online {
        link:
            AgentLink::Away {
                since,
                lease_until,
                grace_until,
            },
        ..
    } = agent.presence
    else {
        return Vec::new();
    };
    let stages = || {
        let work = index.work_of(id);
        work.filter_map(|work| Some(&state.interactions.get(&work)?.stage))
    };
    let lease = stages()
        .any(|stage| is_rung(id, stage))
        .then_some((lease_until, Due::AgentLease(id)));
    let consult = stages()
        .any(|stage| has_asked(id, stage))
        .then(|| (since.plus(CONSULT_GRACE_MS), Due::ConsultGrace(id)));
    let grace = (grace_until, Due::AgentGrace(id));
    lease.into_iter().chain(consult).chain([grace]).collect()
}

pub(crate) fn is_rung(agent: AgentId, stage: &Stage) -> bool {
    match stage {
        Stage::Ringing { .. } | Stage::CallingBack { .. } => true,
        Stage::Consulting {
            colleague,
            consult: Consult::Ringing { .. },
            ..
        } => *colleague == agent,
        Stage::Consulting {
            consult: Consult::Private { .. } | Consult::Together { .. },
            ..
        }
        | Stage::Waiting
        | Stage::Talking { .. }
        | Stage::Held { .. }
        | Stage::WrapUp { .. } => false,
    }
}

fn has_asked(agent: AgentId, stage: &Stage) -> bool {
    stage.colleague().is_some() && stage.agent() == Some(agent)
}

pub(super) fn of_interaction(
    state: &State,
    id: InteractionId,
    open: &Interaction,
) -> Few<(Millis, Due), 3> {
    let mut due = Few::default();
    if let PeerLink::Away { until, .. } = open.customer_link
        && open.has_customer()
    {
        due.push((until, Due::CustomerGrace(id)));
    }
    if let Some(rests_until) = open.waits.rests_until() {
        due.push((rests_until, Due::CallbackRest(id)));
    }
    if open.is_in_line() {
        let kept = open.kept_from.iter().chain(&open.kept_for);
        let soonest = kept.map(|(_, until)| *until).min();
        if let Some(until) = soonest {
            due.push((until, Due::OfferableToAll(id)));
        }
    }
    match open.stage {
        Stage::Waiting => of_waiting(state, id, open, &mut due),
        Stage::Consulting {
            consult: Consult::Ringing { deadline, .. },
            ..
        } => due.push((deadline, Due::Consult(id))),
        Stage::Ringing { deadline, .. } => due.push((deadline, Due::Offer(id))),
        Stage::CallingBack { deadline, .. } => due.push((deadline, Due::Callback(id))),
        Stage::WrapUp { deadline, .. } => due.push((deadline, Due::WrapUp(id))),
        Stage::Consulting {
            consult: Consult::Private { .. } | Consult::Together { .. },
            ..
        }
        | Stage::Talking { .. }
        | Stage::Held { .. } => {}
    }
    due
}

/// The circle widens, another queue helps out, and a queue that has closed ends the wait.
fn of_waiting(
    state: &State,
    id: InteractionId,
    open: &Interaction,
    due: &mut Few<(Millis, Due), 3>,
) {
    let Some(queue) = state.queues.get(&open.queue) else {
        return;
    };
    if let Some((_, after_ms)) = queue.ring_after(open.ring) {
        due.push((open.queued_at.plus(after_ms), Due::Ring(id)));
    }
    if let Some(overflow) = queue.overflow {
        let at = open.queued_at.plus(overflow.after_ms);
        let at = open.overflow_rests_until.map_or(at, |rests| at.max(rests));
        due.push((at, Due::Overflow(id)));
    }
    if let Some(closed_since) = state.closed.get(&open.queue)
        && queue.closing_grace_ms > 0
        && !open.waits.is_for_callback()
    {
        let from = open.queued_at.max(*closed_since);
        due.push((from.plus(queue.closing_grace_ms), Due::Closing(id)));
    }
}
