//! What a step of the wall clock changes: every moment of what is under way, so that it lasts as long as before.
//!
//! When hours change stays as it is: that is a moment of the wall clock and no duration. An event of its own follows.

use crate::index::Index;
use crate::stage::{Consult, Stage, Waits};
use crate::state::{Agent, AgentLink, Interaction, Presence, State};
use vocab::{Millis, PeerLink};

pub(super) fn step(state: &mut State, index: &mut Index, at: Millis, by_ms: i64) {
    state.last_at = at;
    state.stepped_ms = state.stepped_ms.saturating_add(by_ms);
    state
        .agents
        .values_mut()
        .for_each(|agent| agent.steps(by_ms));
    let open = state.interactions.values_mut();
    open.for_each(|open| open.steps(by_ms));
    state.pace.values_mut().for_each(|pace| pace.steps(by_ms));
    for since in state.closed.values_mut() {
        *since = since.shifted(by_ms);
    }
    *index = Index::of(state);
}

fn shift<'a>(moments: impl IntoIterator<Item = &'a mut Millis>, by_ms: i64) {
    for moment in moments {
        *moment = moment.shifted(by_ms);
    }
}

impl Agent {
    fn steps(&mut self, by_ms: i64) {
        match &mut self.presence {
            Presence::Offline { since } => shift([since], by_ms),
            Presence::Online { since, link, .. } => {
                shift([since], by_ms);
                match link {
                    AgentLink::Up => {}
                    AgentLink::Away {
                        since,
                        lease_until,
                        grace_until,
                    } => shift([since, lease_until, grace_until], by_ms),
                }
            }
        }
    }
}

impl Interaction {
    fn steps(&mut self, by_ms: i64) {
        shift([&mut self.entered_at, &mut self.queued_at], by_ms);
        // It orders by when somebody came: all keys move alike, and so does a newcomer's.
        self.key = self.key.saturating_add(by_ms);
        shift(&mut self.overflow_rests_until, by_ms);
        let kept = self.kept_from.iter_mut().chain(&mut self.kept_for);
        shift(kept.map(|(_, until)| until), by_ms);
        match &mut self.customer_link {
            PeerLink::Connected => {}
            PeerLink::Away { since, until } => shift([since, until], by_ms),
        }
        match &mut self.waits {
            Waits::OnTheLine => {}
            Waits::ForCallback { rests_until, .. } => shift(rests_until, by_ms),
        }
        self.stage.steps(by_ms);
    }
}

impl Stage {
    fn steps(&mut self, by_ms: i64) {
        match self {
            Self::Waiting => {}
            Self::Ringing {
                since, deadline, ..
            }
            | Self::CallingBack {
                since, deadline, ..
            } => shift([since, deadline], by_ms),
            Self::Talking { since, .. } => shift([since], by_ms),
            Self::Held {
                since, answered_at, ..
            } => shift([since, answered_at], by_ms),
            Self::Consulting {
                answered_at,
                consult,
                ..
            } => {
                shift([answered_at], by_ms);
                match consult {
                    Consult::Ringing { since, deadline } => shift([since, deadline], by_ms),
                    Consult::Private { since } | Consult::Together { since } => {
                        shift([since], by_ms);
                    }
                }
            }
            Self::WrapUp {
                since,
                deadline,
                answered_at,
                ..
            } => shift([since, deadline, answered_at], by_ms),
        }
    }
}
