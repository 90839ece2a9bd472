//! Whether the journal agrees with what was seen: what was promised is kept, and nothing is there twice.

use crate::Told;
use crate::witness::{Acked, Deed, Interaction, Seen};
use acd::Stage;
use vocab::InteractionId;

/// Everything in which the two differ, in words; empty when nothing was lost.
///
/// To be called when neither the server nor the participants run any more. Commands that were not answered may have
/// been done or not.
#[must_use]
pub fn differences(seen: &Seen, told: &Told) -> Vec<String> {
    let mut found = seen.faults.clone();
    if told.center != told.recovered {
        found.push("the snapshot and its tail differ from the fold of all entries".to_owned());
    }
    for (interaction, times) in told.entered.iter().filter(|(_, times)| **times != 1) {
        found.push(format!("{interaction} entered {times} times"));
    }
    for acked in &seen.acked {
        found.extend(broken_promise(acked, told));
    }
    for id in seen.not_done.iter().filter(|id| told.done.contains(id)) {
        found.push(format!(
            "{id:?} was done and refused when it was said again"
        ));
    }
    for (id, interaction) in &seen.interactions {
        found.extend(unlike(*id, interaction, told));
    }
    found
}

fn broken_promise(acked: &Acked, told: &Told) -> Option<String> {
    if !told.done.contains(&acked.id) {
        return Some(format!(
            "{:?} was acknowledged and is not known",
            acked.deed
        ));
    }
    let by = acked.by.unwrap_or(vocab::AgentId(0));
    let is_kept = match &acked.deed {
        // What it changes depends on the moment; that it is known was looked at.
        Deed::Ready | Deed::Called => true,
        Deed::Accepted(id) => told.accepted.contains(&(*id, by)),
        Deed::Declined(id) => told.declined.contains(&(*id, by)),
        Deed::HungUp(id) | Deed::Left(id) => told.ended.contains_key(id),
        Deed::Noted(id) => told.noted.contains(&(*id, by)),
        Deed::Finished(id, disposition) => {
            let finished = told.finished.get(&(*id, by));
            let count = finished.map_or(0, |all| {
                let same = |one: &&Option<String>| one.as_ref() == Some(disposition);
                all.iter().filter(same).count()
            });
            count == 1
        }
    };
    (!is_kept).then(|| format!("{:?} by {by} was acknowledged and not done", acked.deed))
}

fn unlike(id: InteractionId, seen: &Interaction, told: &Told) -> Option<String> {
    if !told.entered.contains_key(&id) {
        return Some(format!("{id} was seen and never entered"));
    }
    for agent in &seen.answered_by {
        if !told.accepted.contains(&(id, *agent)) {
            return Some(format!(
                "{id} was seen answered by {agent}, which is not written"
            ));
        }
    }
    if !seen.has_ended {
        return None;
    }
    let open = told.center.interaction(id).map(|view| view.stage);
    if !matches!(open, None | Some(Stage::WrapUp { .. })) {
        return Some(format!("{id} was seen ended and is open: {open:?}"));
    }
    match told.ended.get(&id) {
        Some(1) => None,
        other => Some(format!("{id} was seen ended and ended {other:?} times")),
    }
}
