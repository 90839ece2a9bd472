//! What the events about agents and settings mean.

use super::{Away, Door, Model, Online, Person};
use acd::{Changes, What};
use hours::Hours;
use vocab::{AgentId, ChosenState, Millis, NotReadyReason};

impl Model {
    pub(super) fn follow_agent(&mut self, at: Millis, what: &What) {
        match *what {
            What::AgentCameOnline { agent } => {
                if let Some(person) = self.agents.get_mut(&agent) {
                    let reason = NotReadyReason::JustSignedIn;
                    person.handled = 0;
                    person.declined = 0;
                    person.online = Some(Online {
                        chosen: ChosenState::NotReady { reason },
                        next: None,
                        idle_since: at,
                        away: None,
                    });
                }
            }
            What::AgentAway {
                agent,
                lease_until,
                grace_until,
            } => self.with_online(agent, |online| {
                online.away = Some(Away {
                    since: at,
                    lease_until,
                    grace_until,
                });
            }),
            What::AgentBack { agent } => self.with_online(agent, |online| online.away = None),
            What::AgentWentOffline { agent } => {
                if let Some(person) = self.agents.get_mut(&agent) {
                    person.online = None;
                }
            }
            What::StateChosen { agent, state } => self.with_online(agent, |online| {
                online.chosen = state;
                online.idle_since = at;
                online.next = None;
            }),
            What::NextStateReserved { agent, state } => {
                self.with_online(agent, |online| online.next = state);
            }
            _ => {}
        }
    }

    pub(super) fn with_online(&mut self, agent: AgentId, change: impl FnOnce(&mut Online)) {
        let person = self.agents.get_mut(&agent);
        if let Some(online) = person.and_then(|person| person.online.as_mut()) {
            change(online);
        }
    }

    pub(super) fn idle_from(&mut self, agent: AgentId, at: Millis) {
        self.with_online(agent, |online| online.idle_since = at);
    }

    pub(super) fn follow_settings(&mut self, at: Millis, what: &What) {
        match what {
            What::Configured { changes } => self.configure(at, changes),
            What::HoursChanged {
                schedule,
                is_open,
                until,
            } => {
                if let Some(door) = self.doors.get_mut(schedule) {
                    door.is_open = *is_open;
                    door.until = *until;
                }
                self.note_closed(at);
            }
            _ => {}
        }
    }

    fn configure(&mut self, at: Millis, changes: &Changes) {
        for queue in &changes.queues_gone {
            self.queues.remove(queue);
            self.turns.remove(queue);
            self.tallies.remove(queue);
        }
        for agent in &changes.agents_gone {
            self.agents.remove(agent);
        }
        for schedule in &changes.schedules_gone {
            self.doors.remove(schedule);
        }
        self.patience = changes.patience.unwrap_or(self.patience);
        for queue in &changes.queues {
            self.queues.insert(queue.id, queue.clone());
        }
        for settings in &changes.schedules {
            let before = self.doors.get(&settings.id);
            let (is_open, until) = before.map_or((true, None), |door| (door.is_open, door.until));
            let door = Door {
                hours: Hours::new(&settings.hours).ok(),
                settings: settings.clone(),
                is_open,
                until,
            };
            self.doors.insert(settings.id, door);
        }
        for settings in &changes.agents {
            let before = self.agents.remove(&settings.id);
            let person = Person {
                settings: settings.clone(),
                online: before.as_ref().and_then(|person| person.online),
                handled: before.as_ref().map_or(0, |person| person.handled),
                declined: before.map_or(0, |person| person.declined),
            };
            self.agents.insert(settings.id, person);
        }
        self.note_closed(at);
    }

    fn note_closed(&mut self, at: Millis) {
        let before = std::mem::take(&mut self.closed);
        for queue in self.queues.values() {
            let door = queue.schedule.and_then(|id| self.doors.get(&id));
            if queue.is_closed || door.is_some_and(|door| !door.is_open) {
                let since = before.get(&queue.id).copied().unwrap_or(at);
                self.closed.insert(queue.id, since);
            }
        }
    }
}
