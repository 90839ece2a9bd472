//! One command's work: events are applied as they are decided, and at the end ready agents meet waiting customers.

use crate::Center;
use crate::event::{Event, What};
use crate::index::QueueIndex;
use std::collections::BTreeSet;
use vocab::{AgentId, InteractionId, Millis, QueueId};

/// Refusals come before the first event: a command is done as a whole or not at all.
pub(crate) struct Turn<'a> {
    pub(crate) center: &'a mut Center,
    pub(crate) now: Millis,
    events: Vec<Event>,
    /// Queues in which somebody may have become ready or offerable.
    touched: BTreeSet<QueueId>,
}

impl<'a> Turn<'a> {
    /// `now` is never before the newest event: a clock that steps back must not let newcomers overtake.
    pub(crate) fn new(center: &'a mut Center, now: Millis) -> Self {
        let now = now.max(center.state.last_at);
        Self {
            center,
            now,
            events: Vec::new(),
            touched: BTreeSet::new(),
        }
    }

    pub(crate) fn emit(&mut self, what: What) {
        let interaction = what.interaction();
        let mut agents = interaction.map_or_else(Vec::new, |id| self.people_of(id));
        agents.extend(what.agent());
        agents.extend(what.colleague());
        let is_configured = matches!(what, What::Configured { .. });

        let event = Event { at: self.now, what };
        self.center.apply(&event);
        self.events.push(event);

        let state = &self.center.state;
        if is_configured {
            self.touched.extend(state.queues.keys());
        }
        self.touched
            .extend(interaction.and_then(|id| Some(state.interactions.get(&id)?.queue)));
        for agent in agents {
            if let Some(agent) = state.agents.get(&agent)
                && agent.is_reachable_and_ready()
            {
                self.touched.extend(&agent.queues);
            }
        }
    }

    /// Routes what has become possible and hands over what was decided.
    pub(crate) fn finish(mut self) -> Vec<Event> {
        self.route();
        self.events
    }

    /// Whoever waits longest (by key) among the touched queues meets the longest idle agent there, until nothing
    /// more fits. Before the turn nothing fitted anywhere, so that only touched queues need a look.
    fn route(&mut self) {
        while let Some((queue, interaction, agent)) = self.best_fit() {
            let ring_ms = self
                .center
                .state
                .queues
                .get(&queue)
                .map_or(1, |queue| queue.ring_ms);
            let deadline = self.now.plus(ring_ms);
            self.emit(What::OfferMade {
                interaction,
                agent,
                deadline,
            });
        }
    }

    fn best_fit(&self) -> Option<(QueueId, InteractionId, AgentId)> {
        self.touched
            .iter()
            .filter_map(|id| {
                let queue = self.center.index.queues.get(id)?;
                let (key, interaction, agent) = self.fit_in(queue)?;
                Some((key, interaction, *id, agent))
            })
            .min()
            .map(|(_, interaction, queue, agent)| (queue, interaction, agent))
    }

    /// The first in line for whom an agent is ready who did not just pass them on.
    fn fit_in(&self, queue: &QueueIndex) -> Option<(i64, InteractionId, AgentId)> {
        queue.ready.first()?;
        queue.offerable.iter().find_map(|(key, interaction)| {
            let open = self.center.state.interactions.get(interaction)?;
            let not_to = open.not_back.map(|(agent, _)| agent);
            let (_, agent) = queue
                .ready
                .iter()
                .find(|(_, agent)| Some(*agent) != not_to)?;
            Some((*key, *interaction, *agent))
        })
    }

    fn people_of(&self, interaction: InteractionId) -> Vec<AgentId> {
        let open = self.center.state.interactions.get(&interaction);
        open.map_or_else(Vec::new, |open| open.stage.people().collect())
    }
}
