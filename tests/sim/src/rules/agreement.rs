//! What the engine shows is what the model knows: every interaction, every agent, every line.

use super::{named, people};
use crate::floor::Floor;
use acd::{Consult, Stage};
use std::collections::BTreeSet;
use vocab::{AgentId, AgentState, ChosenState, InteractionId, PeerLink};

pub(super) fn interactions(floor: &Floor) -> Result<(), String> {
    let listed: Vec<InteractionId> = floor.center.interactions().collect();
    let known: Vec<InteractionId> = floor.model.open.keys().copied().collect();
    if listed != known {
        return Err(format!(
            "the engine has {listed:?}, entered and not over are {known:?}"
        ));
    }
    for (id, one) in &floor.model.open {
        let Some(view) = floor.center.interaction(*id) else {
            return Err(named(*id, "is listed and cannot be seen"));
        };
        let kept_from: Vec<AgentId> = one.kept_from.iter().map(|(agent, _)| *agent).collect();
        let is_same = view.customer == one.customer
            && view.queue == one.queue
            && view.medium == one.medium
            && view.entered_at == one.entered_at
            && view.queued_at == one.queued_at
            && view.stage == one.stage
            && view.customer_link == one.link
            && view.waits == one.waits
            && view.wishes == one.wishes
            && view.ring == one.ring
            && view.kept_from == kept_from
            && view.kept_for == one.kept_for.map(|(agent, _)| agent);
        if !is_same {
            return Err(named(*id, &format!("is {view:?}, should be {one:?}")));
        }
        stays_in_company(floor, *id)?;
    }
    Ok(())
}

/// Nobody is asked by themselves, and nobody who is gone has anything.
fn stays_in_company(floor: &Floor, id: InteractionId) -> Result<(), String> {
    let Some(one) = floor.model.open.get(&id) else {
        return Ok(());
    };
    let people = people(&one.stage);
    let different: BTreeSet<AgentId> = people.iter().copied().collect();
    if different.len() != people.len() {
        return Err(named(id, &format!("somebody is there twice: {people:?}")));
    }
    for agent in people {
        let person = floor.model.agents.get(&agent);
        if person.is_none_or(|person| person.online.is_none()) {
            return Err(named(id, &format!("a{agent} is gone and has it")));
        }
        if !floor.center.work_of(agent).any(|work| work == id) {
            return Err(named(id, &format!("is no work of a{agent}")));
        }
    }
    Ok(())
}

pub(super) fn agents(floor: &Floor) -> Result<(), String> {
    let listed: Vec<AgentId> = floor.center.agents().collect();
    let known: Vec<AgentId> = floor.model.agents.keys().copied().collect();
    if listed != known {
        return Err(format!(
            "the engine has agents {listed:?}, configured are {known:?}"
        ));
    }
    for (id, person) in &floor.model.agents {
        let Some(view) = floor.center.agent(*id) else {
            return Err(format!("a{id} is listed and cannot be seen"));
        };
        let work: Vec<InteractionId> = floor.center.work_of(*id).collect();
        let should: Vec<InteractionId> = work_of(floor, *id);
        if work != should {
            return Err(format!("a{id} has {work:?}, should have {should:?}"));
        }
        let next = person.online.and_then(|online| online.next);
        let is_away = person.online.is_some_and(|online| online.away.is_some());
        let state = state_of(floor, *id, should.first().copied());
        if (view.state, view.next, view.is_away) != (state, next, is_away) {
            return Err(format!("a{id} is {view:?}, should be {state:?}, {next:?}"));
        }
        if next.is_some() && work.is_empty() {
            return Err(format!("a{id} waits without work for {next:?}"));
        }
    }
    Ok(())
}

fn work_of(floor: &Floor, agent: AgentId) -> Vec<InteractionId> {
    let open = floor.model.open.iter();
    let own = open.filter(|(_, one)| one.stage.people().any(|person| person == agent));
    own.map(|(id, _)| *id).collect()
}

fn state_of(floor: &Floor, agent: AgentId, first: Option<InteractionId>) -> AgentState {
    let Some(online) = floor.model.agents.get(&agent).and_then(|one| one.online) else {
        return AgentState::Offline;
    };
    let idle = match online.chosen {
        ChosenState::Ready => AgentState::Ready,
        ChosenState::NotReady { reason } => AgentState::NotReady { reason },
    };
    let Some((interaction, one)) = first.and_then(|id| Some((id, floor.model.open.get(&id)?)))
    else {
        return idle;
    };
    match &one.stage {
        Stage::Waiting => idle,
        Stage::Ringing { .. } => AgentState::Ringing { interaction },
        Stage::CallingBack { .. } => AgentState::CallingBack { interaction },
        Stage::Talking { .. } => AgentState::Talking { interaction },
        Stage::Held { .. } => AgentState::Held { interaction },
        Stage::WrapUp { .. } => AgentState::WrapUp { interaction },
        Stage::Consulting {
            colleague, consult, ..
        } => match consult {
            Consult::Ringing { .. } if *colleague == agent => AgentState::Ringing { interaction },
            Consult::Private { .. } if *colleague == agent => AgentState::Talking { interaction },
            Consult::Ringing { .. } | Consult::Private { .. } => AgentState::Held { interaction },
            Consult::Together { .. } => AgentState::Talking { interaction },
        },
    }
}

/// By key, those ringing and away included; positions and counts say the same.
pub(super) fn lines(floor: &Floor) -> Result<(), String> {
    for id in floor.model.queues.keys() {
        let in_line = || {
            let open = floor.model.open.iter();
            open.filter(|(_, one)| one.queue == *id && one.is_in_line())
        };
        let mut should: Vec<(i64, InteractionId)> =
            in_line().map(|(id, one)| (one.key, *id)).collect();
        should.sort_unstable();
        let should: Vec<InteractionId> = should.into_iter().map(|(_, id)| id).collect();
        let line: Vec<InteractionId> = floor.center.line(*id).collect();
        if line != should {
            return Err(format!("q{id} has {line:?}, should have {should:?}"));
        }
        for (place, one) in (1..).zip(&line) {
            if floor.center.position(*one) != Some(place) {
                return Err(named(*one, &format!("is not at position {place}")));
            }
        }
        let Some(view) = floor.center.queue(*id) else {
            return Err(format!("q{id} is listed and cannot be seen"));
        };
        let callbacks = in_line().filter(|(_, one)| one.waits.is_for_callback());
        let longest_since = in_line().map(|(_, one)| one.entered_at).min();
        let counted = (view.waiting as usize, view.callbacks as usize);
        if counted != (should.len(), callbacks.count()) || view.longest_since != longest_since {
            return Err(format!("q{id} is counted wrongly: {view:?}"));
        }
    }
    links(floor)
}

/// A page rings only for somebody who asked for it and is not tried too often.
fn links(floor: &Floor) -> Result<(), String> {
    for (id, one) in &floor.model.open {
        let is_called_back = matches!(one.stage, Stage::CallingBack { .. });
        if is_called_back && !one.waits.is_for_callback() {
            return Err(named(*id, "is called back unasked"));
        }
        let is_rung_for_nobody = matches!(one.stage, Stage::Ringing { .. })
            && one.waits.is_for_callback()
            && one.link != PeerLink::Connected;
        if is_rung_for_nobody {
            return Err(named(*id, "rings for a page that is away"));
        }
    }
    Ok(())
}
