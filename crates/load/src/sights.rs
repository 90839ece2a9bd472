//! Commit before effect: whatever a screen was shown under one server is a state that the journal of that server's
//! life contains.

use crate::journal::{for_each_entry, last_seq};
use crate::witness::{Sight, Sighted};
use acd::{Center, Event, Stage};
use anyhow::Result;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use store::Entry;
use vocab::{AgentId, InteractionId, Millis};

/// One server process: when it ended, and the last entry that it committed.
#[derive(Clone, Copy, Debug)]
struct Life {
    ended_at: Millis,
    last_seq: u64,
}

/// The lives of the servers on one file, oldest first.
#[derive(Debug)]
pub struct Lives {
    path: PathBuf,
    lives: Vec<Life>,
}

impl Lives {
    #[must_use]
    pub fn of(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            lives: Vec::new(),
        }
    }

    /// A server has just ended; none runs now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ended(&mut self) -> Result<()> {
        let last_seq = last_seq(&self.path)?;
        let ended_at = agent::now();
        self.lives.push(Life { ended_at, last_seq });
        Ok(())
    }

    /// How many entries each life wrote.
    #[must_use]
    pub fn entries(&self) -> Vec<u64> {
        let before = std::iter::once(0).chain(self.lives.iter().map(|life| life.last_seq));
        let each = self.lives.iter().zip(before);
        each.map(|(life, before)| life.last_seq - before).collect()
    }

    fn at(&self, seq: u64) -> usize {
        self.lives.partition_point(|life| life.last_seq < seq)
    }

    fn of_welcome(&self, welcomed_at: Millis) -> usize {
        self.lives
            .partition_point(|life| life.ended_at < welcomed_at)
    }
}

/// Sights that no committed state explains.
///
/// # Errors
/// When the journal cannot be read.
pub fn unheard_of(sights: &[Sight], lives: &Lives) -> Result<Vec<String>> {
    let mut fold = Fold::default();
    let mut present = 0;
    for_each_entry(&lives.path, 0, |entry| {
        while present < lives.at(entry.seq) {
            present += 1;
            fold.begin(present);
        }
        if let Entry::Routing { event } = &entry.entry {
            fold.take(present, event);
        }
        Ok(())
    })?;
    while present < lives.lives.len() {
        present += 1;
        fold.begin(present);
    }
    let is_unheard_of = |sight: &&Sight| {
        !fold
            .states
            .contains(&(lives.of_welcome(sight.welcomed_at), sight.what))
    };
    let found = sights.iter().filter(is_unheard_of);
    Ok(found
        .map(|sight| {
            let life = lives.of_welcome(sight.welcomed_at);
            format!(
                "server {life} showed {:?}, which it never committed",
                sight.what
            )
        })
        .collect())
}

/// All states of everybody in each life.
#[derive(Default)]
struct Fold {
    center: Center,
    /// Interactions that are over; their customers are told so for some minutes.
    ended: HashSet<InteractionId>,
    states: HashSet<(usize, Sighted)>,
}

impl Fold {
    /// What the last server left is what the next one begins with.
    fn begin(&mut self, life: usize) {
        let agents: Vec<AgentId> = self.center.agents().collect();
        agents.into_iter().for_each(|id| self.add_agent(life, id));
        let open: Vec<InteractionId> = self.center.interactions().collect();
        open.into_iter()
            .for_each(|id| self.add_interaction(life, id));
        let ended = self.ended.iter().map(|id| (life, Sighted::Ended(*id)));
        self.states.extend(ended);
    }

    fn take(&mut self, life: usize, event: &Event) {
        let interaction = event.what.interaction();
        let mut agents: Vec<AgentId> = event.what.agent().into_iter().collect();
        agents.extend(interaction.into_iter().flat_map(|id| self.people(id)));
        let before = interaction.is_some_and(|id| self.center.interaction(id).is_some());
        self.center.apply(event);
        agents.extend(interaction.into_iter().flat_map(|id| self.people(id)));
        if matches!(event.what, acd::What::Configured { .. }) {
            self.begin(life);
        }
        for agent in agents {
            self.add_agent(life, agent);
        }
        if let Some(id) = interaction {
            if before && self.center.interaction(id).is_none() {
                self.ended.insert(id);
                self.states.insert((life, Sighted::Ended(id)));
            }
            self.add_interaction(life, id);
        }
    }

    fn people(&self, interaction: InteractionId) -> Vec<AgentId> {
        let open = self.center.interaction(interaction);
        open.map_or_else(Vec::new, |view| view.stage.people().collect())
    }

    fn add_agent(&mut self, life: usize, agent: AgentId) {
        if let Some(view) = self.center.agent(agent) {
            self.states
                .insert((life, Sighted::Agent(agent, view.state)));
        }
    }

    fn add_interaction(&mut self, life: usize, id: InteractionId) {
        let Some(view) = self.center.interaction(id) else {
            return;
        };
        let what = match view.stage {
            Stage::Waiting => Sighted::Waiting(id),
            Stage::Ringing { .. } | Stage::CallingBack { .. } => Sighted::Ringing(id),
            Stage::Talking { agent, .. }
            | Stage::Held { agent, .. }
            | Stage::Consulting { agent, .. } => Sighted::Talking(id, agent),
            Stage::WrapUp { .. } => Sighted::Ended(id),
        };
        self.states.insert((life, what));
    }
}
