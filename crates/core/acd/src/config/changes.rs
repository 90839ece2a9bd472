//! The difference between two configurations: what the journal keeps of a change, so that one new colleague among
//! thousands is one line of it.

use super::{Agent, Config, Patience, Queue, Schedule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::{AgentId, QueueId, ScheduleId};

/// What a configuration has anew, has otherwise, and has no more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Changes {
    /// Then what is not named here is gone; said by nobody but journals that were begun before changes were kept.
    #[serde(default = "yes")]
    pub is_whole: bool,
    pub queues: Vec<Queue>,
    pub agents: Vec<Agent>,
    pub schedules: Vec<Schedule>,
    pub queues_gone: Vec<QueueId>,
    pub agents_gone: Vec<AgentId>,
    pub schedules_gone: Vec<ScheduleId>,
    pub patience: Option<Patience>,
}

fn yes() -> bool {
    true
}

impl Changes {
    #[must_use]
    pub fn between(old: &Config, new: &Config) -> Self {
        let (queues, queues_gone) = difference(&old.queues, &new.queues, |queue| queue.id);
        let (agents, agents_gone) = difference(&old.agents, &new.agents, |agent| agent.id);
        let (schedules, schedules_gone) =
            difference(&old.schedules, &new.schedules, |schedule| schedule.id);
        Self {
            is_whole: false,
            queues,
            agents,
            schedules,
            queues_gone,
            agents_gone,
            schedules_gone,
            patience: (old.patience != new.patience).then_some(new.patience),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self
            == Self {
                is_whole: self.is_whole,
                ..Self::default()
            }
    }
}

/// What is new or other, and what is gone; each sorted.
fn difference<T: Clone + PartialEq, K: Ord + Copy>(
    old: &[T],
    new: &[T],
    id: impl Fn(&T) -> K,
) -> (Vec<T>, Vec<K>) {
    let mut before: BTreeMap<K, &T> = old.iter().map(|one| (id(one), one)).collect();
    let after: BTreeMap<K, &T> = new.iter().map(|one| (id(one), one)).collect();
    let mut changed = Vec::new();
    for (key, one) in after {
        if before.remove(&key) != Some(one) {
            changed.push(one.clone());
        }
    }
    (changed, before.into_keys().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(queues: &[(u32, &str)], agents: &[u32]) -> Config {
        Config {
            queues: queues
                .iter()
                .map(|(id, name)| Queue::new(QueueId(*id), *name))
                .collect(),
            agents: agents
                .iter()
                .map(|id| Agent::new(AgentId(*id), vec![]))
                .collect(),
            ..Config::default()
        }
    }

    #[test]
    fn only_what_differs_is_kept() {
        let old = config(&[(1, "Sales"), (2, "Help")], &[1, 2, 3]);
        let new = config(&[(2, "Support"), (1, "Sales"), (3, "New")], &[4, 3, 1]);
        let changes = Changes::between(&old, &new);
        let names: Vec<&str> = changes.queues.iter().map(|q| q.name.as_str()).collect();
        assert_eq!(names, ["Support", "New"]);
        assert_eq!(changes.agents, config(&[], &[4]).agents);
        assert_eq!(changes.agents_gone, [AgentId(2)]);
        assert!(changes.queues_gone.is_empty() && changes.patience.is_none());
        assert!(!changes.is_empty());
    }

    #[test]
    fn the_same_in_another_order_is_no_change() {
        let old = config(&[(1, "Sales"), (2, "Help")], &[1, 2]);
        let new = config(&[(2, "Help"), (1, "Sales")], &[2, 1]);
        assert!(Changes::between(&old, &new).is_empty());
    }
}
