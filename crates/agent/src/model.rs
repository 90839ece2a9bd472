//! The agent's view as a fold: a welcome sets it, deltas change it, notes not yet sent lie over it.

use call::Seen;
use protocol::work::{AgentDelta, AgentView, WorkItem, WorkStage};
use std::collections::BTreeMap;
use vocab::{InteractionId, MediumKind, Sensitive};

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
        AgentDelta::Queue { status } => {
            match view.queues.iter_mut().find(|old| old.queue == status.queue) {
                Some(old) => *old = status,
                None => view.queues.push(status),
            }
            false
        }
        AgentDelta::Customer { .. } => false,
    }
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
            })
    };
    live.or_else(ring).unwrap_or(Seen::Nothing)
}

fn live(item: &WorkItem, is_held: bool) -> Seen {
    Seen::Live {
        interaction: item.interaction,
        is_held,
    }
}
