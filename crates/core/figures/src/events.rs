//! Every event of the engine, and which of them figures are made of. A new one is a line here.

use crate::fold::Figures;
use crate::spent::Doing;
use acd::{ConsultEnd, What};
use vocab::{ChosenState, EndedBy, Millis, NotReadyReason};

impl Figures {
    pub(crate) fn take(&mut self, at: Millis, what: &What) {
        match what {
            What::Configured { changes } => self.configured(at, changes),
            What::Entered { .. }
            | What::CustomerAway { .. }
            | What::CustomerBack { .. }
            | What::Abandoned { .. }
            | What::RemovedFromLine { .. }
            | What::PlaceKept { .. }
            | What::WaitsOnLine { .. }
            | What::Overflowed { .. } => self.take_customers(at, what),
            What::OfferMade { .. }
            | What::OfferAccepted { .. }
            | What::OfferDeclined { .. }
            | What::OfferMissed { .. }
            | What::OfferWithdrawn { .. }
            | What::CallbackStarted { .. }
            | What::CallbackMissed { .. } => self.take_offers(at, what),
            What::Held { .. }
            | What::Resumed { .. }
            | What::Ended { .. }
            | What::WrapUpFinished { .. }
            | What::Transferred { .. }
            | What::ReturnedToQueue { .. } => self.take_conversations(at, what),
            What::ConsultAsked { .. }
            | What::ConsultAccepted { .. }
            | What::ConsultJoined { .. }
            | What::SteppedAside { .. }
            | What::ConsultEnded { .. }
            | What::HandedOver { .. } => self.take_consults(at, what),
            What::AgentCameOnline { .. }
            | What::AgentWentOffline { .. }
            | What::StateChosen { .. } => self.take_agents(at, what),
            // The fold itself moves along.
            What::ClockStepped { .. } => {}
            // They change who may be offered what, or how long something may last; the state stays what it was.
            What::CallbackRested { .. }
            | What::HoursChanged { .. }
            | What::KeptForAgent { .. }
            | What::OfferableToAll { .. }
            | What::RingWidened { .. }
            | What::OverflowPostponed { .. }
            // What comes of it follows as the agent's state.
            | What::StateForced { .. }
            | What::WrapUpExtended { .. }
            | What::AgentAway { .. }
            | What::AgentBack { .. }
            | What::NextStateReserved { .. } => {}
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`take` lists every event and sends only customers' here"
    )]
    fn take_customers(&mut self, at: Millis, what: &What) {
        match *what {
            What::Entered {
                interaction, queue, ..
            } => self.enters(at, interaction, queue),
            What::CustomerAway { interaction, .. } => self.is_away(interaction, Some(at)),
            What::CustomerBack { interaction } => self.is_away(interaction, None),
            What::Abandoned { interaction, by } => match by {
                EndedBy::Closed => {
                    self.leaves_line(at, interaction, |figures| figures.turned_away += 1);
                    self.contacts.remove(&interaction);
                }
                EndedBy::CustomerLost => self.gives_up(at, interaction, true),
                EndedBy::Customer | EndedBy::CallbackMissed | EndedBy::Agent | EndedBy::Removed => {
                    self.gives_up(at, interaction, false);
                }
            },
            What::RemovedFromLine { interaction, .. } => {
                self.leaves_line(at, interaction, |figures| figures.removed += 1);
                self.contacts.remove(&interaction);
            }
            What::PlaceKept { interaction } => self.keeps_place(interaction, true),
            What::WaitsOnLine { interaction } => self.keeps_place(interaction, false),
            What::Overflowed {
                interaction, queue, ..
            } => {
                self.leaves_line(at, interaction, |figures| figures.overflowed_out += 1);
                self.joins_line(at, interaction, queue, |figures| figures.overflowed_in += 1);
            }
            _ => {}
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`take` lists every event and sends only offers here"
    )]
    fn take_offers(&mut self, at: Millis, what: &What) {
        match *what {
            What::OfferMade {
                interaction, agent, ..
            } => self.rings(at, interaction, agent),
            What::OfferAccepted { interaction, agent } => self.is_answered(at, interaction, agent),
            What::OfferDeclined {
                interaction, agent, ..
            } => {
                self.rings_no_more(at, interaction, agent);
                let ledger = &mut self.agent(agent).ledger;
                ledger.count(at, |figures| figures.declined += 1);
            }
            What::OfferMissed { interaction, agent } => {
                self.rings_no_more(at, interaction, agent);
                let agent = self.agent(agent);
                agent.ledger.count(at, |figures| figures.missed += 1);
                // Said by the event itself; whoever was not ready anyway, and rung by name, stays as they were.
                if agent.chosen() == Some(ChosenState::Ready) {
                    let reason = NotReadyReason::Missed;
                    agent.chooses(at, ChosenState::NotReady { reason });
                }
            }
            What::OfferWithdrawn {
                interaction, agent, ..
            }
            | What::CallbackMissed {
                interaction, agent, ..
            } => self.rings_no_more(at, interaction, agent),
            What::CallbackStarted {
                interaction, agent, ..
            } => {
                self.agent(agent)
                    .turns_to(at, interaction, Doing::CallingBack);
            }
            _ => {}
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`take` lists every event and sends only conversations here"
    )]
    fn take_conversations(&mut self, at: Millis, what: &What) {
        match *what {
            What::Held { interaction, .. } => self.turns_to(at, interaction, Doing::Held),
            What::Resumed { interaction, .. } => self.turns_to(at, interaction, Doing::Talking),
            What::Ended {
                interaction,
                wrap_up_deadline: Some(_),
                ..
            } => self.turns_to(at, interaction, Doing::WrapUp),
            What::Ended {
                interaction,
                wrap_up_deadline: None,
                ..
            }
            | What::WrapUpFinished { interaction, .. } => self.ends(at, interaction),
            What::Transferred {
                interaction, queue, ..
            } => self.is_passed_on(at, interaction, queue),
            What::ReturnedToQueue { interaction } => self.returns(at, interaction),
            _ => {}
        }
    }

    /// While the two speak privately the customer is on hold, and for the colleague it is talk.
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`take` lists every event and sends only consults here"
    )]
    fn take_consults(&mut self, at: Millis, what: &What) {
        match *what {
            What::ConsultAsked {
                interaction,
                colleague,
                ..
            } => self.asks(at, interaction, colleague),
            What::ConsultAccepted {
                interaction,
                colleague,
                ..
            } => self.is_asked(at, interaction, colleague),
            What::ConsultJoined { interaction, .. } => {
                self.turns_to(at, interaction, Doing::Talking);
            }
            What::SteppedAside { interaction, .. } => self.turns_to(at, interaction, Doing::Held),
            What::ConsultEnded {
                interaction,
                colleague,
                because,
                is_held,
                ..
            } => {
                let colleague = self.agent(colleague);
                colleague.drops(at, interaction);
                colleague.ledger.count(at, |figures| match because {
                    ConsultEnd::Declined => figures.declined += 1,
                    ConsultEnd::Missed => figures.missed += 1,
                    ConsultEnd::ColleagueAway
                    | ConsultEnd::ColleagueLeft
                    | ConsultEnd::Back
                    | ConsultEnd::Ended
                    | ConsultEnd::AgentLost => {}
                });
                let doing = if is_held { Doing::Held } else { Doing::Talking };
                self.turns_to(at, interaction, doing);
            }
            What::HandedOver {
                interaction,
                colleague,
                ..
            } => self.is_handed_over(at, interaction, colleague),
            _ => {}
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`take` lists every event and sends only agents' here"
    )]
    fn take_agents(&mut self, at: Millis, what: &What) {
        match *what {
            What::AgentCameOnline { agent } => {
                let reason = NotReadyReason::JustSignedIn;
                self.agent(agent)
                    .chooses(at, ChosenState::NotReady { reason });
            }
            What::AgentWentOffline { agent } => self.agent(agent).goes_offline(at),
            What::StateChosen { agent, state } => self.agent(agent).chooses(at, state),
            _ => {}
        }
    }
}
