//! The second path of an agent who asks: to the colleague, who offers it. Media mixes those who are not held.

use super::Reply;
use super::core::Core;
use super::session::answer;
use crate::clock::now;
use crate::model;
use crate::signalling::{outgoing, renumbered, to_answering, to_offering};
use call::{AgentInput, CustomerInput, CustomerSeen, Effect, Seen};
use protocol::desktop::{DesktopReply, LinkState};
use protocol::handover::{ConsultLeg, ConsultPart, HandoverCommand};
use protocol::link::Signal;
use protocol::work::AgentCommand;
use vocab::{InteractionId, MediaId, Peer};

/// The colleague numbers this path, and may use a number of our own: here it has this bit, on the wire it has not.
const COLLEAGUES: u32 = 1 << 31;

impl Core {
    /// Tells both calls what the view shows.
    pub(super) fn see(&mut self, is_whole: bool) {
        let (seen, consult) = match &self.view {
            Some(view) => (model::seen(view), model::consult_seen(view)),
            None => (Seen::Nothing, CustomerSeen::Nothing),
        };
        self.drive(AgentInput::Seen { seen, is_whole });
        self.drive_consult(CustomerInput::Seen {
            seen: consult,
            is_whole,
        });
    }

    pub(super) fn drive_consult(&mut self, input: CustomerInput) {
        for effect in self.consult.handle(now(), input) {
            match outgoing(effect) {
                Ok(mut out) => {
                    out.signal = renumbered(out.signal, |media| MediaId(media.0 & !COLLEAGUES));
                    self.signal(out);
                }
                // The record's figures are those of the customer's path.
                Err(Effect::Ended { .. }) => {}
                Err(effect) => self.performer.perform(effect),
            }
        }
    }

    pub(super) fn signalled(&mut self, interaction: InteractionId, from: Peer, signal: Signal) {
        let is_consult = from != Peer::Customer && self.consult.live().is_some();
        if is_consult {
            let signal = renumbered(signal, |media| MediaId(media.0 | COLLEAGUES));
            match to_answering(interaction, from, signal) {
                Some(input) => self.drive_consult(input),
                None => tracing::warn!("the colleague who was asked sent what only we send"),
            }
        } else {
            match to_offering(interaction, from, signal) {
                Some(input) => self.drive(input),
                None => tracing::warn!("an offer from somebody who answers ours"),
            }
        }
    }

    pub(super) fn hang_up(&mut self, interaction: InteractionId, reply: Reply) {
        let leg = self
            .view
            .iter()
            .flat_map(|view| &view.work)
            .find_map(|item| {
                let consult = item.consult.as_ref()?;
                let is_asking = consult.part == ConsultPart::Asking;
                (item.interaction == interaction && is_asking).then_some(consult.leg)
            });
        match leg {
            // One hangs up on whom one speaks to: the customer still holds.
            Some(ConsultLeg::Ringing { .. } | ConsultLeg::Private { .. }) => {
                let command = HandoverCommand::EndConsult { interaction };
                self.order(AgentCommand::Handover { command }, Some(reply));
            }
            Some(ConsultLeg::Together { .. }) | None => {
                self.drive(AgentInput::HangUp { interaction });
                self.drive_consult(CustomerInput::HangUp);
                answer(reply, Ok(DesktopReply::Done));
            }
        }
    }

    pub(super) fn handover(&mut self, command: HandoverCommand, reply: Reply) {
        if let HandoverCommand::WatchFloor { is_on } = command {
            self.is_watching = is_on;
            if self.link_state != LinkState::Up {
                // The next welcome asks for it.
                return answer(reply, Ok(DesktopReply::Done));
            }
        }
        self.order(AgentCommand::Handover { command }, Some(reply));
    }

    /// A new link knows nothing of what the last one was asked for.
    pub(super) fn watch_again(&mut self) {
        if self.is_watching {
            let command = HandoverCommand::WatchFloor { is_on: true };
            self.order(AgentCommand::Handover { command }, None);
        }
    }
}
