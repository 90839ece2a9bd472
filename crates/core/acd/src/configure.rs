//! Decisions about settings: a new configuration is checked as a whole before anything changes.

use crate::config::{Changes, Severity, check};
use crate::event::What;
use crate::state::Presence;
use crate::turn::Turn;
use crate::{Center, Config, Refusal};
use std::collections::BTreeSet;
use vocab::{QueueId, ScheduleId};

impl Turn<'_> {
    /// Agents who are left out are signed out first. The same configuration again changes nothing.
    pub(crate) fn configure(&mut self, config: &Config) -> Result<(), Refusal> {
        let first = check(config).into_iter().next();
        if let Some(finding) = first.filter(|finding| finding.severity == Severity::Fault) {
            return Err(Refusal::BadConfig(finding.problem));
        }
        let kept: BTreeSet<QueueId> = config.queues.iter().map(|queue| queue.id).collect();
        let open = self.center.state.interactions.values();
        let in_use = open
            .map(|open| open.queue)
            .find(|queue| !kept.contains(queue));
        if let Some(queue) = in_use {
            return Err(Refusal::QueueInUse(queue));
        }
        let changes = Changes::between(&self.center.config(), config);
        if changes.is_empty() {
            return Ok(());
        }
        for agent in &changes.agents_gone {
            match self.presence(*agent) {
                Ok(Presence::Online { .. }) => self.go_offline(*agent),
                Ok(Presence::Offline { .. }) | Err(_) => {}
            }
        }
        let schedules: Vec<ScheduleId> = changes.schedules.iter().map(|one| one.id).collect();
        let changes = Box::new(changes);
        self.emit(What::Configured { changes });
        self.look_at_hours(&schedules);
        Ok(())
    }
}

impl Center {
    /// The settings in force, sorted by number.
    #[must_use]
    pub fn config(&self) -> Config {
        let state = &self.state;
        Config {
            queues: state.queues.values().cloned().collect(),
            agents: state
                .agents
                .values()
                .map(|agent| agent.settings.clone())
                .collect(),
            schedules: state
                .schedules
                .values()
                .map(|door| door.schedule.clone())
                .collect(),
            patience: state.patience,
        }
    }
}
