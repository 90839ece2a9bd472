//! What a new configuration and changing hours do to everybody at once.

use super::Fresh;
use crate::config::Changes;
use crate::index::{Footprint, Index};
use crate::state::{Agent, Door, Presence, State};
use std::collections::BTreeSet;
use vocab::{AgentId, InteractionId, Millis, QueueId, ScheduleId};

pub(super) fn configure(
    state: &mut State,
    index: &mut Index,
    changes: &Changes,
    at: Millis,
    fresh: &mut Fresh,
) {
    let spoken = spoken(state);
    let concerns_agents_only = *changes
        == Changes {
            agents: changes.agents.clone(),
            agents_gone: changes.agents_gone.clone(),
            ..Changes::default()
        };
    state.configure(changes, at);
    if concerns_agents_only && spoken == self::spoken(state) {
        return agents_change(state, index, changes, fresh);
    }
    *index = Index::of(state);
    fresh.agents.extend(state.agents.keys());
    fresh.work.extend(state.interactions.keys());
}

fn spoken(state: &State) -> BTreeSet<vocab::Language> {
    let all = state.agents.values().flat_map(|a| &a.settings.languages);
    all.copied().collect()
}

/// One colleague among thousands is no reason to look at the others.
fn agents_change(state: &State, index: &mut Index, changes: &Changes, fresh: &mut Fresh) {
    for id in &changes.agents_gone {
        index.remove_person(*id);
    }
    let changed = changes.agents.iter().map(|agent| agent.id);
    for id in changed.clone() {
        if let Some(agent) = state.agents.get(&id) {
            index.change_person(id, agent, state);
        }
    }
    fresh.agents.extend(changed);
}

/// Those in line get or lose the deadline that closing sets.
pub(super) fn hours_change(
    state: &mut State,
    index: &mut Index,
    schedule: ScheduleId,
    (is_open, until): (bool, Option<Millis>),
    at: Millis,
) {
    let queues = state.queues.values();
    let concerned = queues.filter(|queue| queue.schedule == Some(schedule));
    let concerned: Vec<QueueId> = concerned.map(|queue| queue.id).collect();
    let line: Vec<InteractionId> = concerned
        .iter()
        .filter_map(|queue| index.queues.get(queue))
        .flat_map(|queue| queue.line.iter().map(|(_, id)| *id))
        .collect();
    let before: Vec<Option<Footprint>> = line
        .iter()
        .map(|id| Footprint::of(state, &index.spoken, *id))
        .collect();
    if let Some(door) = state.schedules.get_mut(&schedule) {
        door.is_open = is_open;
        door.until = until;
    }
    state.note_closed(at);
    index.settle_hours(state);
    for (id, before) in line.into_iter().zip(before) {
        let after = Footprint::of(state, &index.spoken, id);
        index.move_interaction(id, before.as_ref(), after.as_ref());
    }
}

impl State {
    fn configure(&mut self, changes: &Changes, at: Millis) {
        if changes.is_whole {
            let queues: BTreeSet<QueueId> = changes.queues.iter().map(|queue| queue.id).collect();
            let agents: BTreeSet<AgentId> = changes.agents.iter().map(|agent| agent.id).collect();
            self.queues.retain(|id, _| queues.contains(id));
            self.agents.retain(|id, _| agents.contains(id));
        }
        for queue in &changes.queues_gone {
            self.queues.remove(queue);
        }
        for agent in &changes.agents_gone {
            self.agents.remove(agent);
        }
        for schedule in &changes.schedules_gone {
            self.schedules.remove(schedule);
        }
        self.patience = changes.patience.unwrap_or(self.patience);
        for queue in &changes.queues {
            self.queues.insert(queue.id, queue.clone());
        }
        for schedule in &changes.schedules {
            // Whether other hours are open now is said by an event of its own that follows.
            let before = self.schedules.get(&schedule.id);
            let (is_open, until) = before.map_or((true, None), |door| (door.is_open, door.until));
            self.schedules.insert(
                schedule.id,
                Door {
                    schedule: schedule.clone(),
                    is_open,
                    until,
                },
            );
        }
        for settings in &changes.agents {
            let before = self.agents.remove(&settings.id);
            let agent = before.map_or_else(
                || Agent {
                    settings: settings.clone(),
                    presence: Presence::Offline { since: at },
                    handled: 0,
                    declined: 0,
                },
                |before| Agent {
                    settings: settings.clone(),
                    ..before
                },
            );
            self.agents.insert(settings.id, agent);
        }
        self.pace.retain(|queue, _| self.queues.contains_key(queue));
        self.turns
            .retain(|queue, _| self.queues.contains_key(queue));
        self.note_closed(at);
    }

    /// Keeps since when each queue is closed.
    fn note_closed(&mut self, at: Millis) {
        let mut closed = std::mem::take(&mut self.closed);
        for queue in self.queues.values() {
            let door = queue.schedule.and_then(|id| self.schedules.get(&id));
            if queue.is_closed || door.is_some_and(|door| !door.is_open) {
                let since = closed.remove(&queue.id).unwrap_or(at);
                self.closed.insert(queue.id, since);
            }
        }
    }
}
