//! The fold itself: what is remembered between events.

use crate::agent::Agent;
use crate::agent_figures::AgentFigures;
use crate::contact::Contact;
use crate::ledger::interval_of;
use crate::queue::Queue;
use crate::queue_figures::QueueFigures;
use crate::settings::Settings;
use crate::view::Look;
use acd::Event;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{AgentId, InteractionId, Millis, QueueId};

/// One organisation's figures. The same events, windows and settings always give the same figures; a snapshot (serde)
/// goes on where it stood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub(crate) settings: Settings,
    pub(crate) window_began: Millis,
    /// The newest event, or what was said to be over; time never runs backwards from it, unless the clock is set.
    pub(crate) last_at: Millis,
    /// Intervals that began before this were handed over.
    pub(crate) closed_until: Millis,
    /// By how much the wall clock was set meanwhile.
    #[serde(default)]
    pub(crate) stepped_ms: i64,
    /// Those in wrap-up included; gone when that is over.
    pub(crate) contacts: BTreeMap<InteractionId, Contact>,
    pub(crate) queues: BTreeMap<QueueId, Queue>,
    pub(crate) agents: BTreeMap<AgentId, Agent>,
}

/// Intervals that are over, with the moments at which they began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClosedIntervals {
    pub queues: Vec<(QueueId, Millis, QueueFigures)>,
    pub agents: Vec<(AgentId, Millis, AgentFigures)>,
}

impl Figures {
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            ..Self::default()
        }
    }

    /// Takes one event over, in logarithmic time. An event about something unknown changes nothing, so that a fold may
    /// begin in the middle of a journal.
    pub fn apply(&mut self, event: &Event) {
        if let acd::What::ClockStepped { by_ms } = event.what {
            return self.clock_stepped(event.at, by_ms);
        }
        self.last_at = self.last_at.max(event.at);
        self.take(self.last_at, &event.what);
    }

    /// From now on the window's figures are those since `at`; what goes on over that moment is split there. Intervals
    /// stay. Call it for every local midnight, or whatever a day is, before the first event that is not before it; it
    /// looks at every queue and agent once.
    pub fn begin_window(&mut self, at: Millis) {
        self.window_began = at;
        self.last_at = self.last_at.max(at);
        let queues = self.queues.values_mut();
        queues.for_each(|queue| queue.ledger.begin_window(at));
        let agents = self.agents.values_mut();
        agents.for_each(|agent| agent.ledger.begin_window(at));
    }

    /// When the window began; zero before the first [`Self::begin_window`].
    #[must_use]
    pub fn window_began(&self) -> Millis {
        self.window_began
    }

    /// Hands over, for whoever keeps reports, the intervals that are over at `at` and were not handed over before. They
    /// are final: an event that comes late is taken to be of the interval that runs.
    ///
    /// Agents' intervals are gone from here then, because those of two days would be a hundred megabytes for 18,000
    /// agents; queues keep theirs for a wallboard's curve. Whoever never asks loses them after
    /// [`crate::KEPT_INTERVALS`]. It looks at every queue and agent once.
    pub fn close_intervals(&mut self, at: Millis) -> ClosedIntervals {
        let (begin, end) = (self.closed_until, interval_of(at));
        self.last_at = self.last_at.max(end);
        self.closed_until = begin.max(end);
        let mut closed = ClosedIntervals::default();
        for (id, queue) in &mut self.queues {
            let intervals = queue.intervals_of(begin, end).into_iter();
            closed
                .queues
                .extend(intervals.map(|(at, figures)| (*id, at, figures)));
        }
        for (id, agent) in &mut self.agents {
            let intervals = agent.takes_intervals(end).into_iter();
            closed
                .agents
                .extend(intervals.map(|(at, figures)| (*id, at, figures)));
        }
        closed
    }

    /// Other thresholds count from now on; what was counted stays.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The figures as they stand at `now`, with what is going on; not before the newest event.
    #[must_use]
    pub fn at(&self, now: Millis) -> Look<'_> {
        Look::new(self, now.max(self.last_at))
    }

    /// Every queue and agent of the configuration has figures. Those who are gone from it keep theirs while the
    /// window or an interval tells of them.
    pub(crate) fn configured(&mut self, at: Millis, changes: &acd::Changes) {
        let queues: BTreeSet<QueueId> = changes.queues.iter().map(|queue| queue.id).collect();
        let agents: BTreeSet<AgentId> = changes.agents.iter().map(|agent| agent.id).collect();
        let is_gone = |id: &QueueId| {
            changes.queues_gone.contains(id) || (changes.is_whole && !queues.contains(id))
        };
        self.queues
            .retain(|id, queue| !is_gone(id) || !queue.is_forgettable(at));
        let is_gone = |id: &AgentId| {
            changes.agents_gone.contains(id) || (changes.is_whole && !agents.contains(id))
        };
        self.agents
            .retain(|id, agent| !is_gone(id) || !agent.is_forgettable(at));
        queues.into_iter().for_each(|id| {
            self.queues.entry(id).or_default();
        });
        agents.into_iter().for_each(|id| {
            self.agents.entry(id).or_default();
        });
    }

    pub(crate) fn agent(&mut self, id: AgentId) -> &mut Agent {
        self.agents.entry(id).or_default()
    }
}
