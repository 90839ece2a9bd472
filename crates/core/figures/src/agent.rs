//! An agent's choice and open work, which together say what their time goes to.

use crate::agent_figures::{Activity, AgentFigures};
use crate::ledger::{Ledger, moved};
use crate::spent::{Doing, Stint};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::{ChosenState, InteractionId, Millis};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Agent {
    /// Absent while offline.
    chosen: Option<ChosenState>,
    /// Offers that ring, conversations, wrap-ups, colleagues' questions; later several at once.
    work: BTreeMap<InteractionId, Stint>,
    /// When the present activity began.
    since: Millis,
    /// Until when it is written.
    written_until: Millis,
    pub(crate) ledger: Ledger<AgentFigures>,
}

impl Agent {
    /// Absent while offline.
    pub(crate) fn activity(&self) -> Option<Activity> {
        let chosen = self.chosen?;
        let liveliest = self.work.values().map(|stint| stint.doing).max();
        Some(liveliest.map_or(chosen.into(), Activity::from))
    }

    /// Somebody who was online already, with what they had to do; nothing before `at` is theirs to count.
    pub(crate) fn found(
        chosen: Option<ChosenState>,
        work: BTreeMap<InteractionId, Stint>,
        (since, at): (Millis, Millis),
    ) -> Self {
        Self {
            chosen,
            work,
            since,
            written_until: at,
            ledger: Ledger::default(),
        }
    }

    pub(crate) fn since(&self) -> Millis {
        self.since
    }

    pub(crate) fn chosen(&self) -> Option<ChosenState> {
        self.chosen
    }

    pub(crate) fn chooses(&mut self, at: Millis, chosen: ChosenState) {
        self.changes(at, |agent| agent.chosen = Some(chosen));
    }

    /// What the agent worked on has gone back by events of its own before.
    pub(crate) fn goes_offline(&mut self, at: Millis) {
        self.changes(at, |agent| {
            agent.chosen = None;
            agent.work.clear();
        });
    }

    pub(crate) fn begins(&mut self, at: Millis, interaction: InteractionId, doing: Doing) {
        self.changes(at, |agent| {
            agent.work.insert(interaction, Stint::begun(at, doing));
        });
    }

    pub(crate) fn turns_to(&mut self, at: Millis, interaction: InteractionId, doing: Doing) {
        self.changes(at, |agent| {
            if let Some(stint) = agent.work.get_mut(&interaction) {
                stint.turns_to(at, doing);
            }
        });
    }

    /// Without having handled it: an offer that came to nothing, a question that was answered.
    pub(crate) fn drops(&mut self, at: Millis, interaction: InteractionId) {
        self.changes(at, |agent| {
            agent.work.remove(&interaction);
        });
    }

    pub(crate) fn has_handled(&mut self, at: Millis, interaction: InteractionId) {
        let Some(stint) = self.work.get(&interaction).copied() else {
            return;
        };
        self.drops(at, interaction);
        self.ledger.count(at, |figures| {
            figures.handled += 1;
            figures.handled_spent += stint.spent_until(at);
        });
    }

    pub(crate) fn window_at(&self, now: Millis) -> AgentFigures {
        let activity = self.activity();
        let add = |figures: &mut AgentFigures, ms| add(figures, activity, ms);
        self.ledger.window_with(self.written_until, now, add)
    }

    pub(crate) fn intervals_at(&self, now: Millis) -> Vec<(Millis, AgentFigures)> {
        let mut running = self.clone();
        running.writes(now, self.activity());
        running.ledger.into_intervals(now)
    }

    /// The intervals that began before `end`, which is where one begins; nothing can change them any more.
    pub(crate) fn takes_intervals(&mut self, end: Millis) -> Vec<(Millis, AgentFigures)> {
        self.writes(end, self.activity());
        self.ledger.take_before(end)
    }

    /// The clock was set, and shows `at` now.
    pub(crate) fn steps(&mut self, at: Millis, by_ms: i64, intervals_by_ms: i64) {
        self.writes(at.shifted(by_ms.saturating_neg()), self.activity());
        self.since = moved(self.since, by_ms);
        self.written_until = moved(self.written_until, by_ms);
        for stint in self.work.values_mut() {
            stint.steps(by_ms);
        }
        self.ledger.steps(by_ms, intervals_by_ms);
    }

    /// Offline, and nothing is told of them.
    pub(crate) fn is_forgettable(&self, now: Millis) -> bool {
        self.activity().is_none() && self.ledger.is_empty_at(now)
    }

    fn changes(&mut self, at: Millis, change: impl FnOnce(&mut Self)) {
        let before = self.activity();
        change(self);
        if self.activity() != before {
            self.writes(at, before);
            self.since = at;
        }
    }

    fn writes(&mut self, until: Millis, activity: Option<Activity>) {
        let from = self.written_until;
        if activity.is_some() {
            let add = |figures: &mut AgentFigures, ms| add(figures, activity, ms);
            self.ledger.spread(from, until, add);
        }
        self.written_until = from.max(until);
    }
}

fn add(figures: &mut AgentFigures, activity: Option<Activity>, ms: u64) {
    if let Some(activity) = activity {
        figures.times.add(activity, ms);
    }
}
