//! One command's work: events are applied as they are decided, and at the end ready agents meet waiting customers.

use crate::Center;
use crate::event::{Event, What};
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
        let before = interaction.and_then(|id| self.agent_of(id));
        let agent = what.agent();
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
        for agent in before.into_iter().chain(agent) {
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
                let (key, interaction) = *queue.offerable.first()?;
                let (_, agent) = *queue.ready.first()?;
                Some((key, interaction, *id, agent))
            })
            .min()
            .map(|(_, interaction, queue, agent)| (queue, interaction, agent))
    }

    fn agent_of(&self, interaction: InteractionId) -> Option<AgentId> {
        self.center
            .state
            .interactions
            .get(&interaction)?
            .stage
            .agent()
    }
}
