//! What must be true after every command: order, places, promises, and that nobody is lost.

use super::Floor;
use acd::{Center, Event, InteractionView, Stage, Waits, What};
use std::collections::BTreeSet;
use vocab::{AgentId, AgentState, InteractionId, PeerLink};

/// Reading a snapshot back costs more than everything else.
const SNAPSHOT_EVERY: u32 = 10;

impl Floor {
    /// Nobody who could have been offered was passed over by somebody of the same queue who came later.
    pub(super) fn is_in_order(&self, events: &[Event]) {
        for event in events {
            let What::OfferMade {
                interaction, agent, ..
            } = event.what
            else {
                continue;
            };
            // Passed on: at the head of the line, or to a colleague by name.
            if self.passed_on.contains(&interaction) {
                continue;
            }
            let offered = self.center.interaction(interaction).expect("it rings");
            assert_eq!(
                offered.customer_link,
                PeerLink::Connected,
                "an agent is rung for nobody: {interaction}"
            );
            for other in self.center.line(offered.queue) {
                if self.is_offerable_to(other, agent) {
                    let entered_at = self.center.interaction(other).expect("it waits").entered_at;
                    assert!(
                        !self.passed_on.contains(&other)
                            && (offered.entered_at, interaction) < (entered_at, other),
                        "{other} was passed over by {interaction}"
                    );
                }
            }
        }
    }

    fn is_offerable(&self, interaction: InteractionId) -> bool {
        let view = self.center.interaction(interaction).expect("it is in line");
        let rests = matches!(
            view.waits,
            Waits::ForCallback {
                rests_until: Some(_),
                ..
            }
        );
        view.stage == Stage::Waiting && view.customer_link == PeerLink::Connected && !rests
    }

    fn is_offerable_to(&self, interaction: InteractionId, agent: AgentId) -> bool {
        let view = self.center.interaction(interaction).expect("it is in line");
        self.is_offerable(interaction) && view.not_back_to != Some(agent)
    }

    pub(super) fn is_sound(&mut self) {
        self.commands += 1;
        if self.commands.is_multiple_of(SNAPSHOT_EVERY) {
            let snapshot = serde_json::to_string(&self.center).expect("it is plain data");
            let restored: Center = serde_json::from_str(&snapshot).expect("it was just written");
            assert_eq!(
                restored, self.center,
                "what is derived differs from a snapshot's"
            );
        }
        for queue in self.center.queues() {
            let view = self.center.queue(queue).expect("it is configured");
            // One ready agent may be the one who passed them on.
            let mut offerable = self
                .center
                .line(queue)
                .filter(|id| self.is_offerable(*id))
                .map(|id| self.center.interaction(id).expect("listed").not_back_to);
            let can_be_offered = if view.agents_ready == 1 {
                offerable.any(|not_back_to| not_back_to.is_none())
            } else {
                offerable.next().is_some()
            };
            assert!(
                view.agents_ready == 0 || !can_be_offered,
                "{queue}: work and agents idle"
            );
            for (place, id) in self.center.line(queue).enumerate() {
                assert_eq!(self.center.position(id), u32::try_from(place + 1).ok());
            }
        }
        for agent in self.center.agents() {
            let view = self.center.agent(agent).expect("it is configured");
            let work: Vec<_> = self.center.work_of(agent).collect();
            assert!(work.len() <= 1, "{agent} has {work:?}");
            assert!(
                view.state != AgentState::Offline || work.is_empty(),
                "{agent} offline at work"
            );
        }
        let mut customers = BTreeSet::new();
        for id in self.center.interactions() {
            let view = self.center.interaction(id).expect("it is listed");
            let is_over = matches!(view.stage, Stage::WrapUp { .. });
            self.is_kept_soundly(id, &view);
            assert_eq!(self.over.contains(&id), is_over, "{id}: {view:?}");
            assert!(
                is_over || customers.insert(view.customer),
                "{id}: twice in line"
            );
            for agent in view.stage.people() {
                assert!(
                    self.center.work_of(agent).any(|work| work == id),
                    "{id} is nobody's"
                );
            }
            self.is_in_company(id);
        }
        let open = self
            .center
            .interactions()
            .filter(|id| !self.over.contains(id))
            .count();
        assert_eq!(
            self.entered.len() - self.over.len(),
            open,
            "somebody was lost"
        );
    }

    /// A page rings only for somebody who asked for it; nobody is tried too often, and an answer ends the promise.
    fn is_kept_soundly(&self, id: InteractionId, view: &InteractionView) {
        let patience = self.center.config().patience;
        match view.waits {
            Waits::OnTheLine => assert!(
                !matches!(view.stage, Stage::CallingBack { .. }),
                "{id} is called back unasked"
            ),
            Waits::ForCallback { tries, rests_until } => {
                assert!(tries < patience.callback_tries, "{id}: tried {tries} times");
                assert!(
                    self.center.position(id).is_some(),
                    "{id}: promised a callback and not in line"
                );
                assert!(
                    rests_until.is_none() || view.stage == Stage::Waiting,
                    "{id} rests at work: {view:?}"
                );
            }
        }
    }
}
