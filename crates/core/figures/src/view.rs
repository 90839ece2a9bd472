//! The figures as they stand at a moment: what goes on is counted up to it.

use crate::agent_figures::{Activity, AgentFigures};
use crate::fold::Figures;
use crate::queue_figures::QueueFigures;
use vocab::{AgentId, Millis, QueueId};

/// A look at the figures at one moment. A figure of a queue or agent takes logarithmic time, its intervals time in
/// proportion to [`crate::KEPT_INTERVALS`].
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    figures: &'a Figures,
    now: Millis,
}

/// A queue at this moment, and since the window began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueNow {
    /// In the line, without an answer; the next two are among them.
    pub waiting: u32,
    /// An agent is rung for them, or calls back.
    pub ringing: u32,
    /// Keep a place to be called back.
    pub callbacks: u32,
    /// When the one who waits longest in this line entered it; absent when nobody waits.
    pub longest_wait_since: Option<Millis>,
    /// Of this queue's customers: talking, on hold (also while a colleague is asked), gone and being wrapped up.
    pub talking: u32,
    pub held: u32,
    pub wrap_up: u32,
    pub window: QueueFigures,
}

/// An agent at this moment, and since the window began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentNow {
    /// Absent while offline.
    pub activity: Option<Activity>,
    /// When that began; zero for somebody who was never online.
    pub since: Millis,
    pub window: AgentFigures,
}

impl<'a> Look<'a> {
    pub(crate) fn new(figures: &'a Figures, now: Millis) -> Self {
        Self { figures, now }
    }

    /// Absent when the queue is not known.
    #[must_use]
    pub fn queue(&self, id: QueueId) -> Option<QueueNow> {
        let queue = self.figures.queues.get(&id)?;
        let in_hand = queue.in_hand();
        Some(QueueNow {
            waiting: queue.waiting(),
            ringing: queue.ringing,
            callbacks: queue.callbacks,
            longest_wait_since: queue.longest_wait_since(),
            talking: in_hand.talking,
            held: in_hand.held,
            wrap_up: in_hand.wrap_up,
            window: queue.window_at(self.now),
        })
    }

    /// Absent when the agent is not known.
    #[must_use]
    pub fn agent(&self, id: AgentId) -> Option<AgentNow> {
        let agent = self.figures.agents.get(&id)?;
        Some(AgentNow {
            activity: agent.activity(),
            since: agent.since(),
            window: agent.window_at(self.now),
        })
    }

    /// The kept intervals in which something happened, by the moment they began, oldest first; the last one may still
    /// run. Empty when the queue is not known.
    #[must_use]
    pub fn queue_intervals(&self, id: QueueId) -> Vec<(Millis, QueueFigures)> {
        let queue = self.figures.queues.get(&id);
        queue.map_or_else(Vec::new, |queue| queue.intervals_at(self.now))
    }

    /// As [`Self::queue_intervals`], since the last [`Figures::close_intervals`]; an agent who is online has one for
    /// every quarter of an hour.
    #[must_use]
    pub fn agent_intervals(&self, id: AgentId) -> Vec<(Millis, AgentFigures)> {
        let agent = self.figures.agents.get(&id);
        agent.map_or_else(Vec::new, |agent| agent.intervals_at(self.now))
    }

    /// Every known queue, by number.
    pub fn queues(&self) -> impl Iterator<Item = QueueId> + 'a {
        self.figures.queues.keys().copied()
    }

    /// Every known agent, by number.
    pub fn agents(&self) -> impl Iterator<Item = AgentId> + 'a {
        self.figures.agents.keys().copied()
    }
}
