//! The agent's view as a fold: a welcome sets it, deltas change it, notes not yet sent lie over it.

use call::{CustomerSeen, Seen};
use protocol::desktop::{ColleagueLost, Notice};
use protocol::handover::{ConsultLeg, ConsultPart};
use protocol::work::{AgentDelta, AgentView, WorkItem, WorkStage};
use std::collections::BTreeMap;
use vocab::{InteractionId, MediumKind, Peer, Sensitive};

/// Notes typed here that the server has not confirmed.
pub(crate) type Drafts = BTreeMap<InteractionId, Sensitive<String>>;

/// Applies a delta; true when the work list changed.
pub(crate) fn apply(view: &mut AgentView, delta: AgentDelta) -> bool {
    match delta {
        AgentDelta::Presence { presence } => {
            view.presence = presence;
            false
        }
        AgentDelta::Work { item } => {
            match view
                .work
                .iter_mut()
                .find(|old| old.interaction == item.interaction)
            {
                Some(old) => *old = item,
                None => view.work.push(item),
            }
            true
        }
        AgentDelta::WorkGone { interaction, .. } => {
            view.work.retain(|item| item.interaction != interaction);
            true
        }
        AgentDelta::QueueGone { queue } => {
            view.queues.retain(|known| known.queue != queue);
            false
        }
        AgentDelta::Queue { status } => {
            match view.queues.iter_mut().find(|old| old.queue == status.queue) {
                Some(old) => *old = status,
                None => view.queues.push(status),
            }
            false
        }
        AgentDelta::Floor { floor } => {
            view.floor = floor;
            false
        }
        AgentDelta::Customer { .. } => false,
        AgentDelta::LimitBit { bite } => {
            view.limits.retain(|known| known.limit != bite.limit);
            view.limits.push(bite);
            false
        }
    }
}

/// What to tell an agent whose colleague is out of it, unless it was the agent who went back to the customer.
pub(crate) fn left_alone(view: &AgentView, delta: &AgentDelta, went_back: bool) -> Option<Notice> {
    let AgentDelta::Work { item } = delta else {
        return None;
    };
    let before = view
        .work
        .iter()
        .find(|old| old.interaction == item.interaction)?;
    let consult = before.consult.as_ref()?;
    if consult.part != ConsultPart::Asking || item.consult.is_some() || went_back {
        return None;
    }
    let how = match (consult.leg, item.stage) {
        (ConsultLeg::Ringing { .. }, WorkStage::Held { .. }) => ColleagueLost::Unanswered,
        (ConsultLeg::Private { .. }, WorkStage::Held { .. }) => ColleagueLost::LeftPrivate,
        (ConsultLeg::Together { .. }, WorkStage::Talking { .. }) => ColleagueLost::LeftTogether,
        _ => return None,
    };
    Some(Notice::ConsultOver {
        colleague_name: consult.colleague_name.clone(),
        customer_name: item.customer.customer.name.clone(),
        how,
    })
}

/// The view as shown: what was typed wins over what the server knew before.
pub(crate) fn with_drafts(view: &AgentView, drafts: &Drafts) -> AgentView {
    let mut shown = view.clone();
    for item in &mut shown.work {
        if let Some(text) = drafts.get(&item.interaction) {
            item.note = text.clone();
        }
    }
    shown
}

/// The one voice conversation that rings or lives: a live one before a ring.
pub(crate) fn seen(view: &AgentView) -> Seen {
    let voice = || {
        view.work
            .iter()
            .filter(|item| item.medium == MediumKind::Voice)
    };
    let live = voice().find_map(|item| match item.stage {
        WorkStage::Talking { .. } => Some(live(item, false)),
        WorkStage::Held { .. } => Some(live(item, true)),
        WorkStage::CallingBack { .. } => Some(Seen::CallingBack {
            interaction: item.interaction,
        }),
        WorkStage::Ringing { .. } | WorkStage::WrapUp { .. } => None,
    });
    let ring = || {
        voice()
            .find(|item| matches!(item.stage, WorkStage::Ringing { .. }))
            .map(|item| Seen::Ringing {
                interaction: item.interaction,
                peer: peer(item),
            })
    };
    live.or_else(ring).unwrap_or(Seen::Nothing)
}

fn live(item: &WorkItem, is_held: bool) -> Seen {
    Seen::Live {
        interaction: item.interaction,
        peer: peer(item),
        is_held,
    }
}

/// To whom this desktop's media flows: a colleague who was asked hears the customer through the one who asks.
fn peer(item: &WorkItem) -> Peer {
    match &item.consult {
        Some(consult) if consult.part == ConsultPart::Asked => Peer::Agent {
            agent: consult.colleague,
        },
        Some(_) | None => Peer::Customer,
    }
}

/// The path to a colleague who was asked here and answered.
pub(crate) fn consult_seen(view: &AgentView) -> CustomerSeen {
    let asked = view.work.iter().find_map(|item| {
        let consult = item.consult.as_ref()?;
        let is_answered = !matches!(consult.leg, ConsultLeg::Ringing { .. });
        (consult.part == ConsultPart::Asking && is_answered).then_some((item, consult))
    });
    match asked {
        Some((item, consult)) => CustomerSeen::Live {
            interaction: item.interaction,
            peer: Peer::Agent {
                agent: consult.colleague,
            },
            is_held: false,
        },
        None => CustomerSeen::Nothing,
    }
}
