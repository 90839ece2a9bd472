//! Deadlines that have passed take effect. Each one ends in an event that removes it, so that this comes to an end.

use crate::event::{ConsultEnd, MissedBecause, What, WithdrawnBecause};
use crate::index::{Due, is_rung};
use crate::turn::Turn;
use vocab::{AgentId, EndedBy, InteractionId};

impl Turn<'_> {
    pub(crate) fn tick(&mut self) {
        while let Some((at, due)) = self.center.index.deadlines.first().copied()
            && at <= self.now
        {
            match due {
                Due::Hours(schedule) => self.hours_change(schedule),
                Due::AgentLease(agent) => self.lease_is_over(agent),
                Due::AgentGrace(agent) => self.go_offline(agent),
                Due::CustomerGrace(interaction) => {
                    let by = match self.open(interaction) {
                        Ok(open) if open.waits.is_for_callback() => EndedBy::CallbackMissed,
                        Ok(_) | Err(_) => EndedBy::CustomerLost,
                    };
                    self.customer_leaves(interaction, by);
                }
                Due::CallbackRest(interaction) => self.emit(What::CallbackRested { interaction }),
                Due::Callback(interaction) => {
                    if let Some(agent) = self.worker(interaction) {
                        self.callback_missed(agent, interaction, MissedBecause::RangOut);
                    }
                }
                Due::Offer(interaction) => self.offer_ran_out(interaction),
                Due::Consult(interaction) => self.consult_ran_out(interaction),
                Due::OfferableToAll(interaction) => self.emit(What::OfferableToAll { interaction }),
                Due::Ring(interaction) => self.ring_widens(interaction),
                Due::Overflow(interaction) => self.overflows(interaction),
                Due::Closing(interaction) => self.closing_ends(interaction),
                Due::ConsultGrace(agent) => {
                    let work: Vec<_> = self.center.index.work_of(agent).collect();
                    for interaction in work {
                        // Not where the agent is the one who was asked: that has its own end.
                        if self
                            .consult_of(interaction)
                            .is_some_and(|asked| asked.agent == agent)
                        {
                            self.owner_is_lost(interaction);
                        }
                    }
                    self.work_is_over(agent);
                }
                Due::WrapUp(interaction) => {
                    if let Some(agent) = self.worker(interaction) {
                        self.wrap_up_is_over(agent, interaction, None, true);
                    }
                }
            }
            // Each one is decided as the floor stands then, not as it stands when all of them have passed.
            self.route();
        }
    }

    /// What rings goes back; conversations are kept for the grace period.
    fn lease_is_over(&mut self, agent: AgentId) {
        let work = self.center.index.work_of(agent);
        let is_ringing = |id: &InteractionId| {
            let open = self.open(*id);
            open.is_ok_and(|open| is_rung(agent, &open.stage))
        };
        let ringing: Vec<_> = work.filter(is_ringing).collect();
        for interaction in ringing {
            match self.consult_of(interaction) {
                Some(_) => self.consult_ends(interaction, ConsultEnd::ColleagueAway),
                None => self.withdraw(agent, interaction, WithdrawnBecause::AgentAway),
            }
        }
    }

    fn worker(&self, interaction: InteractionId) -> Option<AgentId> {
        self.open(interaction).ok()?.stage.agent()
    }
}
