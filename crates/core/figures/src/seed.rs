//! A fold that begins in the middle of a journal takes over what is going on from the engine of that moment.

use crate::agent::Agent;
use crate::contact::{Contact, InHand, Stage, Wait};
use crate::fold::Figures;
use crate::queue::Queue;
use crate::settings::Settings;
use crate::spent::{Doing, Stint};
use acd::{Center, Consult, InteractionView, Waits};
use std::collections::BTreeMap;
use vocab::{AgentId, InteractionId, Millis, PeerLink};

/// Everybody's work.
type Work = BTreeMap<AgentId, BTreeMap<InteractionId, Stint>>;

impl Figures {
    /// What goes on at `at` by the engine, with nothing counted yet; the window begins there.
    #[must_use]
    pub fn begun(settings: Settings, center: &Center, at: Millis) -> Self {
        let mut figures = Self::new(settings);
        for id in center.queues() {
            figures.queues.insert(id, Queue::default());
        }
        let mut work = Work::new();
        for id in center.interactions() {
            if let Some(view) = center.interaction(id) {
                figures.finds(at, id, &view, &mut work);
            }
        }
        for id in center.agents() {
            if let Some(view) = center.agent(id) {
                let own = work.remove(&id).unwrap_or_default();
                let agent = Agent::found(view.chosen, own, (view.since, at));
                figures.agents.insert(id, agent);
            }
        }
        figures.begin_window(at);
        figures
    }

    fn finds(&mut self, at: Millis, id: InteractionId, view: &InteractionView, work: &mut Work) {
        let mut does = |agent: AgentId, stint| {
            work.entry(agent).or_default().insert(id, stint);
        };
        let mut in_hand = None;
        match view.stage {
            acd::Stage::Waiting => {}
            acd::Stage::Ringing {
                ref agents, since, ..
            } => agents
                .iter()
                .for_each(|agent| does(*agent, Stint::begun(since, Doing::Ringing))),
            acd::Stage::CallingBack { agent, since, .. } => {
                does(agent, Stint::begun(since, Doing::CallingBack));
            }
            acd::Stage::Talking { agent, since } => {
                in_hand = Some((agent, Stint::begun(since, Doing::Talking)));
            }
            acd::Stage::Held {
                agent,
                since,
                answered_at,
            } => in_hand = Some((agent, Stint::found(answered_at, since, Doing::Held))),
            acd::Stage::WrapUp {
                agent,
                since,
                answered_at,
                ..
            } => in_hand = Some((agent, Stint::found(answered_at, since, Doing::WrapUp))),
            acd::Stage::Consulting {
                agent,
                answered_at,
                colleague,
                consult,
            } => {
                let (since, doing, colleagues) = match consult {
                    Consult::Ringing { since, .. } => (since, Doing::Held, Doing::Ringing),
                    Consult::Private { since } => (since, Doing::Held, Doing::Talking),
                    Consult::Together { since } => (since, Doing::Talking, Doing::Talking),
                };
                does(colleague, Stint::begun(since, colleagues));
                in_hand = Some((agent, Stint::found(answered_at, since, doing)));
            }
        }
        if let Some((agent, stint)) = in_hand {
            does(agent, stint);
        }
        let queue = self.queues.entry(view.queue).or_default();
        let stage = if let Some((agent, stint)) = in_hand {
            queue.turns(at, None, Some(stint.doing));
            Stage::InHand(InHand { agent, stint })
        } else {
            let wait = Wait {
                since: view.queued_at,
                is_for_callback: matches!(view.waits, Waits::ForCallback { .. }),
                rung: view.stage.people().collect(),
            };
            queue.joins(id, &wait);
            Stage::InLine(wait)
        };
        let away_since = match view.customer_link {
            PeerLink::Away { since, .. } => Some(since),
            PeerLink::Connected => None,
        };
        let contact = Contact {
            queue: view.queue,
            away_since,
            stage,
        };
        self.contacts.insert(id, contact);
    }
}
