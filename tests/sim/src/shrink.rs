//! Makes a script that breaks a rule as short as it can be made: first out is what changed nothing, then whole customers
//! and agents, then stretches of commands (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002), then settings.

use crate::drain::drain;
use crate::floor::{Broken, Care, Floor, Step};
use crate::organisation::mend;
use crate::rules::Rule;
use crate::script::{agent_of, end_of, interaction_of};
use acd::{Agent, Center, Command, Config, Patience, Queue};
use std::collections::BTreeSet;
use vocab::{AgentId, InteractionId};

/// What to play a script against.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// Whether the faults stop after it and everything must drain.
    pub drains: bool,
    /// Beside the house's own rules.
    pub more: Option<(&'static str, Rule)>,
}

impl Trial {
    /// What breaks, if something does, and after how many commands.
    #[must_use]
    pub fn broken(&self, script: &[Step]) -> Option<(Broken, usize)> {
        let mut floor = Floor::new(Care::FULL).with_rule(self.more);
        for (number, (at, command)) in script.iter().enumerate() {
            if let Err(broken) = floor.does(*at, command.clone()) {
                return Some((broken, number + 1));
            }
        }
        if self.drains {
            let broken = drain(&mut floor, end_of(script)).err();
            return broken.map(|broken| (broken, script.len()));
        }
        None
    }
}

/// The smallest script found that breaks the same rule. `budget`: so many commands are played at most.
#[must_use]
pub fn shrunk(trial: Trial, script: &[Step], rule: &str, budget: u64) -> Vec<Step> {
    let mut search = Search {
        trial,
        rule: rule.to_owned(),
        best: script.to_vec(),
        left: budget,
    };
    loop {
        let before = (search.best.len(), settings(&search.best));
        search.without_idle_talk();
        search.without_customers();
        search.without_agents();
        search.without_stretches();
        search.with_plainer_settings();
        if (search.best.len(), settings(&search.best)) == before || search.left == 0 {
            return search.best;
        }
    }
}

struct Search {
    trial: Trial,
    rule: String,
    best: Vec<Step>,
    left: u64,
}

impl Search {
    /// Keeps a script that breaks the same rule; what comes after that is cut off.
    fn tries(&mut self, script: Vec<Step>) -> bool {
        let cost = script.len() as u64;
        if cost > self.left {
            self.left = 0;
            return false;
        }
        self.left -= cost;
        match self.trial.broken(&script) {
            Some((broken, after)) if broken.rule == self.rule => {
                self.best = script;
                self.best.truncate(after);
                true
            }
            Some(_) | None => false,
        }
    }

    /// Commands that were refused or led to nothing; the last one is what the rule broke at.
    fn without_idle_talk(&mut self) {
        let mut center = Center::new();
        let last = self.best.len().saturating_sub(1);
        let mut kept = Vec::new();
        for (number, (at, command)) in self.best.iter().enumerate() {
            let led_to = center.handle(*at, command.clone());
            if number == last || led_to.is_ok_and(|events| !events.is_empty()) {
                kept.push((*at, command.clone()));
            }
        }
        self.tries(kept);
    }

    /// Interactions are numbered as they enter, so that those after one that is left out move down.
    fn without_customers(&mut self) {
        let mut id = entered(&self.best);
        while id > 0 {
            let script = without_interaction(&self.best, InteractionId(id));
            self.tries(script);
            id -= 1;
        }
    }

    fn without_agents(&mut self) {
        let agents: BTreeSet<AgentId> = self
            .best
            .iter()
            .filter_map(|(_, command)| agent_of(command))
            .collect();
        for agent in agents {
            let script = self.best.iter();
            let script = script.filter(|(_, command)| agent_of(command) != Some(agent));
            let script = script.cloned().collect();
            self.tries(script);
        }
    }

    /// Ever shorter stretches, down to single commands.
    fn without_stretches(&mut self) {
        let mut length = self.best.len().div_ceil(2);
        while length > 0 && self.left > 0 {
            let mut from = 0;
            while from < self.best.len() {
                let to = (from + length).min(self.best.len());
                let mut script = self.best.clone();
                script.drain(from..to);
                if !self.tries(script) {
                    from = to;
                }
            }
            length /= 2;
        }
    }

    fn with_plainer_settings(&mut self) {
        for number in 0..self.best.len() {
            let mut change = 0;
            while let Some((_, Command::Configure { config })) = self.best.get(number) {
                let Some(plainer) = plainer(config, change) else {
                    break;
                };
                let is_other = plainer != *config;
                let mut script = self.best.clone();
                if let Some((_, command)) = script.get_mut(number) {
                    *command = Command::Configure { config: plainer };
                }
                if !is_other || !self.tries(script) {
                    change += 1;
                }
            }
        }
    }
}

/// How much is set: fewer queues, agents and departures from the plain ones are better.
fn settings(script: &[Step]) -> usize {
    let configured = script.iter().filter_map(|(_, command)| match command {
        Command::Configure { config } => serde_json::to_string(config).ok(),
        _ => None,
    });
    configured.map(|text| text.len()).sum()
}

fn entered(script: &[Step]) -> u64 {
    let enter = script.iter();
    let enter = enter.filter(|(_, command)| matches!(command, Command::Enter { .. }));
    enter.count() as u64
}

/// Without the entry that got this number, were none refused, and all about it.
fn without_interaction(script: &[Step], gone: InteractionId) -> Vec<Step> {
    let mut entries = 0;
    let mut kept = Vec::new();
    for (at, command) in script {
        let mut command = command.clone();
        if matches!(command, Command::Enter { .. }) {
            entries += 1;
            if entries == gone.0 {
                continue;
            }
        }
        if let Some(interaction) = interaction_of(&mut command) {
            if *interaction == gone {
                continue;
            }
            if *interaction > gone {
                interaction.0 -= 1;
            }
        }
        kept.push((*at, command));
    }
    kept
}

/// The same with one thing less; nothing when there are no more things.
fn plainer(config: &Config, change: usize) -> Option<Config> {
    let mut plain = config.clone();
    let (agents, queues) = (config.agents.len(), config.queues.len());
    if change < agents {
        plain.agents.remove(change);
    } else if change < agents + queues {
        plain.queues.remove(change - agents);
        mend(&mut plain);
    } else if change < agents + 2 * queues {
        let queue = plain.queues.get_mut(change - agents - queues)?;
        *queue = Queue::new(queue.id, queue.name.clone());
    } else if change < 2 * agents + 2 * queues {
        let agent = plain.agents.get_mut(change - agents - 2 * queues)?;
        *agent = Agent::new(agent.id, agent.queues.clone());
    } else {
        match change - 2 * agents - 2 * queues {
            0 => {
                plain.schedules.clear();
                mend(&mut plain);
            }
            1 => plain.patience = Patience::default(),
            2.. => return one_setting_less(config, change - 2 * agents - 2 * queues - 2),
        }
    }
    Some(plain)
}

/// One queue's setting as a plain queue has it.
fn one_setting_less(config: &Config, change: usize) -> Option<Config> {
    const SETTINGS: [fn(&mut Queue, &Queue); 10] = [
        |queue, plain| queue.rings.clone_from(&plain.rings),
        |queue, plain| queue.overflow = plain.overflow,
        |queue, plain| queue.when_full = plain.when_full,
        |queue, plain| queue.when_closed = plain.when_closed,
        |queue, plain| queue.strategy = plain.strategy,
        |queue, plain| queue.last_agent_ms = plain.last_agent_ms,
        |queue, plain| queue.weight = plain.weight,
        |queue, plain| queue.ring_ms = plain.ring_ms,
        |queue, plain| queue.wrap_up_ms = plain.wrap_up_ms,
        |queue, plain| {
            queue.priority = plain.priority;
            queue.vip_steps = plain.vip_steps;
            queue.max_waiting = plain.max_waiting;
            queue.is_closed = plain.is_closed;
            queue.is_interruptible = plain.is_interruptible;
            queue.callback_keeps_ms = plain.callback_keeps_ms;
            queue.closing_grace_ms = plain.closing_grace_ms;
        },
    ];
    let mut plain = config.clone();
    let queue = plain.queues.get_mut(change / SETTINGS.len())?;
    let default = Queue::new(queue.id, queue.name.clone());
    let set = SETTINGS.get(change % SETTINGS.len())?;
    set(queue, &default);
    Some(plain)
}
