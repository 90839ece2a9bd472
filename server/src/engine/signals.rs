//! Media signals: passed on between the ends of a live path, and between nobody else; not journaled.

use super::actor::Actor;
use super::commands::NOT_YOURS;
use super::inbox::{LinkId, Out};
use acd::{Consult, Stage};
use protocol::link::Signal;
use std::sync::atomic::Ordering;
use vocab::{InteractionId, Peer};

impl Actor {
    pub(crate) fn signal(
        &mut self,
        link: LinkId,
        interaction: InteractionId,
        to: Peer,
        signal: Signal,
    ) {
        let agent = self.people.agent_of(link);
        let visitor = self
            .people
            .customers
            .get(&link)
            .map(|customer| &customer.key);
        let (from, is_theirs) = match (agent, visitor) {
            (Some(agent), _) => (
                Peer::Agent { agent },
                self.records.is_own(interaction, agent),
            ),
            (None, Some(visitor)) => (
                Peer::Customer,
                self.records.visitor(interaction) == Some(visitor),
            ),
            (None, None) => return,
        };
        if !is_theirs {
            let (code, hint) = NOT_YOURS;
            let refused = Out::Refused {
                id: None,
                code,
                hint,
                retry_after_ms: None,
            };
            return self.send_now(link, refused);
        }
        let Some(view) = self.center.interaction(interaction) else {
            return;
        };
        // Late candidates of a path that ended are nobody's fault.
        if !is_path(view.stage, from, to) {
            return;
        }
        let receiver = match to {
            Peer::Agent { agent } => self.people.agents.get(&agent).map(|link| link.link),
            Peer::Customer => self
                .records
                .visitor(interaction)
                .and_then(|visitor| self.people.link_of(visitor)),
        };
        // A signal that is lost is made up for by the next offer; a link that is closed costs far more.
        if let Some(receiver) = receiver.filter(|link| self.people.has_room(*link)) {
            self.metrics.signals_relayed.fetch_add(1, Ordering::Relaxed);
            let out = Out::Signal {
                interaction,
                from,
                signal: Box::new(signal),
            };
            self.send_now(receiver, out);
        }
    }
}

/// Whether media flows between these two: the customer's only path leads to the agent who has them, a colleague's to
/// the agent who asks.
fn is_path(stage: Stage, a: Peer, b: Peer) -> bool {
    let is_pair = |x: Peer, y: Peer| (a, b) == (x, y) || (a, b) == (y, x);
    match stage {
        Stage::Talking { agent, .. } | Stage::Held { agent, .. } => {
            is_pair(Peer::Customer, Peer::Agent { agent })
        }
        Stage::Consulting {
            agent,
            colleague,
            consult,
            ..
        } => {
            let is_asked = !matches!(consult, Consult::Ringing { .. });
            let (agent, colleague) = (Peer::Agent { agent }, Peer::Agent { agent: colleague });
            is_pair(Peer::Customer, agent) || (is_asked && is_pair(agent, colleague))
        }
        Stage::Waiting
        | Stage::Ringing { .. }
        | Stage::CallingBack { .. }
        | Stage::WrapUp { .. } => false,
    }
}
