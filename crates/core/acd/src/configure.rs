//! Decisions about settings: a new configuration is checked as a whole before anything changes.

use crate::event::What;
use crate::state::Presence;
use crate::turn::Turn;
use crate::{Center, Config, Refusal};
use std::collections::BTreeSet;
use vocab::{AgentId, QueueId};

impl Turn<'_> {
    /// Agents who are left out are signed out first. The same configuration again changes nothing.
    pub(crate) fn configure(&mut self, config: Config) -> Result<(), Refusal> {
        let queues = check(&config)?;
        let is_left_out = |queue: &QueueId| !queues.contains(queue);
        if self
            .center
            .state
            .interactions
            .values()
            .any(|open| is_left_out(&open.queue))
        {
            return Err(Refusal::BadConfig("a queue that is in use was left out"));
        }
        if self.center.config() == sorted(config.clone()) {
            return Ok(());
        }
        let kept: BTreeSet<AgentId> = config.agents.iter().map(|agent| agent.id).collect();
        let agents: Vec<AgentId> = self.center.state.agents.keys().copied().collect();
        for agent in agents.into_iter().filter(|agent| !kept.contains(agent)) {
            match self.presence(agent) {
                Ok(Presence::Online { .. }) => self.go_offline(agent),
                Ok(Presence::Offline { .. }) | Err(_) => {}
            }
        }
        self.emit(What::Configured { config });
        Ok(())
    }
}

impl Center {
    /// The settings in force, sorted by number.
    #[must_use]
    pub fn config(&self) -> Config {
        let state = &self.state;
        let agents = state.agents.iter();
        Config {
            queues: state.queues.values().cloned().collect(),
            agents: agents
                .map(|(id, agent)| crate::Agent {
                    id: *id,
                    queues: agent.queues.clone(),
                })
                .collect(),
            patience: state.patience,
        }
    }
}

fn sorted(mut config: Config) -> Config {
    config.queues.sort_by_key(|queue| queue.id);
    config.agents.sort_by_key(|agent| agent.id);
    config
}

/// The queues, when the configuration does not contradict itself.
fn check(config: &Config) -> Result<BTreeSet<QueueId>, Refusal> {
    let mut queues = BTreeSet::new();
    for queue in &config.queues {
        if !queues.insert(queue.id) {
            return Err(Refusal::BadConfig("two queues have one number"));
        }
        if queue.ring_ms == 0 {
            return Err(Refusal::BadConfig("a queue rings for no time"));
        }
    }
    let mut agents = BTreeSet::new();
    for agent in &config.agents {
        if !agents.insert(agent.id) {
            return Err(Refusal::BadConfig("two agents have one number"));
        }
        if !agent.queues.is_sorted_by(|a, b| a < b) {
            return Err(Refusal::BadConfig(
                "an agent's queues are not sorted or repeat",
            ));
        }
        if !agent.queues.iter().all(|queue| queues.contains(queue)) {
            return Err(Refusal::BadConfig(
                "an agent serves a queue that does not exist",
            ));
        }
    }
    if config.patience.callback_ring_ms == 0 || config.patience.callback_tries == 0 {
        return Err(Refusal::BadConfig("a callback rings for no time or never"));
    }
    if config.patience.agent_lease_ms > config.patience.agent_grace_ms {
        return Err(Refusal::BadConfig(
            "an agent's lease is longer than the grace period",
        ));
    }
    Ok(queues)
}
