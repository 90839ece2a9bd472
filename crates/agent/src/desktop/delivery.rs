//! Commands on their way to the server: which wait in the outbox, which go at once or not at all.
//!
//! The outbox is delivered one command after the other, the next after the acknowledgement, so that order holds even
//! over a broken link. An answer to a ring never waits: the call sends it again only while the welcome shows the ring.

use super::core::Core;
use super::session::{Inner, answer};
use super::{Answer, Reply};
use crate::local::Waiting;
use crate::model;
use call::AgentInput;
use protocol::desktop::{DesktopError, DesktopEvent, DesktopReply, LinkState, Notice};
use protocol::handover::HandoverCommand;
use protocol::link::{ClientFrame, ErrorCode};
use protocol::work::AgentCommand;
use std::collections::BTreeMap;
use std::time::Duration;
use vocab::{CommandId, InteractionId};

/// After the server could not store a command it is tried again this much later.
const RETRY_AFTER: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Delivery {
    /// The outbox's command that was sent and not yet answered.
    in_flight: Option<Waiting>,
    /// Commands that do not wait for a link, by their id.
    direct: BTreeMap<CommandId, AgentCommand>,
    replies: BTreeMap<CommandId, Reply>,
}

/// Whether a command keeps its meaning when it arrives late.
fn may_wait(command: &AgentCommand) -> bool {
    match command {
        AgentCommand::ChooseState { .. }
        | AgentCommand::ReserveNextState { .. }
        | AgentCommand::HangUp { .. }
        | AgentCommand::SaveNote { .. }
        | AgentCommand::FinishWrapUp { .. }
        | AgentCommand::ReportRecording { .. }
        | AgentCommand::ReportMedia { .. } => true,
        AgentCommand::AcceptOffer { .. }
        | AgentCommand::DeclineOffer { .. }
        | AgentCommand::Hold { .. }
        | AgentCommand::Resume { .. }
        | AgentCommand::ExtendWrapUp { .. }
        | AgentCommand::Leave
        | AgentCommand::Handover { .. } => false,
    }
}

impl Core {
    /// Sends a command or keeps it until it can be sent; the reply comes with the server's answer, or at once when
    /// the command was kept.
    pub(super) fn order(&mut self, command: AgentCommand, reply: Option<Reply>) {
        if may_wait(&command) {
            self.order_kept(command, reply)
        } else {
            self.order_direct(command, reply)
        }
    }

    fn order_kept(&mut self, command: AgentCommand, reply: Option<Reply>) {
        let Some(account) = &self.account else {
            return refuse(reply, DesktopError::NotSignedIn);
        };
        let id = CommandId(uuid::Uuid::now_v7());
        let in_flight = self.delivery.in_flight.as_ref().map(|waiting| waiting.id);
        if let Err(err) = self.local.keep(&account.key, id, &command, in_flight) {
            return refuse(reply, err);
        }
        if let AgentCommand::SaveNote { interaction, text } = command {
            self.drafts.insert(interaction, text);
            self.emit_agent();
        }
        if self.link_state == LinkState::Up {
            self.delivery.replies.extend(reply.map(|reply| (id, reply)));
            self.deliver();
        } else {
            reply_done(reply);
        }
        self.show_outbox();
    }

    fn order_direct(&mut self, command: AgentCommand, reply: Option<Reply>) {
        if self.account.is_none() {
            return refuse(reply, DesktopError::NotSignedIn);
        }
        let id = CommandId(uuid::Uuid::now_v7());
        let frame = ClientFrame::Agent {
            id,
            command: command.clone(),
        };
        let is_up = self.link_state == LinkState::Up;
        if !is_up || !self.link.as_ref().is_some_and(|link| link.send(frame)) {
            return refuse(reply, self.unreachable());
        }
        self.delivery.direct.insert(id, command);
        self.delivery.replies.extend(reply.map(|reply| (id, reply)));
    }

    /// Sends the outbox's oldest command unless one is on its way.
    pub(super) fn deliver(&mut self) {
        if self.delivery.in_flight.is_some()
            || self.link_state != LinkState::Up
            || !self.is_welcomed
        {
            return;
        }
        let Some(account) = &self.account else { return };
        match self.local.oldest(&account.key) {
            Ok(Some(waiting)) => {
                let (id, command) = (waiting.id, waiting.command.clone());
                if self
                    .link
                    .as_ref()
                    .is_some_and(|link| link.send(ClientFrame::Agent { id, command }))
                {
                    self.delivery.in_flight = Some(waiting);
                } else {
                    self.retry_later();
                }
            }
            Ok(None) => {}
            Err(err) => tracing::error!(?err, "the outbox cannot be read"),
        }
    }

    fn retry_later(&self) {
        let inner = self.inner.clone();
        telemetry::spawn("retry outbox", async move {
            tokio::time::sleep(RETRY_AFTER).await;
            let _ = inner.send(Inner::RetryOutbox).await;
        });
    }

    pub(super) fn acknowledged(&mut self, id: CommandId) {
        if self
            .delivery
            .in_flight
            .as_ref()
            .is_some_and(|waiting| waiting.id == id)
        {
            self.remove_delivered(id);
            self.deliver();
            self.show_outbox();
            reply_done(self.delivery.replies.remove(&id));
            return self.sign_out_when_all_is_sent();
        } else {
            match self.delivery.direct.remove(&id) {
                // A callback is not live before the customer answers; its next shape says what it is.
                Some(AgentCommand::AcceptOffer { interaction })
                    if !self.is_callback(interaction) =>
                {
                    self.drive(AgentInput::Accepted { interaction });
                }
                Some(AgentCommand::Handover {
                    command: HandoverCommand::EndConsult { interaction },
                }) => self.went_back = Some(interaction),
                _ => {}
            }
        }
        reply_done(self.delivery.replies.remove(&id));
    }

    fn is_callback(&self, interaction: InteractionId) -> bool {
        self.view.as_ref().is_some_and(|view| {
            view.work
                .iter()
                .any(|item| item.interaction == interaction && item.callback.is_some())
        })
    }

    pub(super) fn refused(&mut self, id: CommandId, code: ErrorCode, hint: String) {
        let is_in_flight = self
            .delivery
            .in_flight
            .as_ref()
            .is_some_and(|waiting| waiting.id == id);
        let said = DesktopError::Refused {
            code,
            hint: hint.clone(),
        };
        if is_in_flight {
            let waiting = self.delivery.in_flight.take();
            if is_passing(code) {
                // It stays the outbox's oldest.
                self.retry_later();
                return;
            }
            self.remove_delivered(id);
            self.deliver();
            self.show_outbox();
            // A conversation that ended meanwhile is what a hang-up wants, and a report is nobody's wish.
            let is_quiet = waiting.is_none_or(|waiting| {
                matches!(
                    waiting.command,
                    AgentCommand::HangUp { .. }
                        | AgentCommand::ReportMedia { .. }
                        | AgentCommand::ReportRecording { .. }
                )
            });
            match self.delivery.replies.remove(&id) {
                Some(reply) if is_quiet => reply_done(Some(reply)),
                Some(reply) => answer(reply, Err(said)),
                None if is_quiet => {}
                None => self.notify(Notice::CommandRefused { code, hint }),
            }
            return self.sign_out_when_all_is_sent();
        }
        let direct = self.delivery.direct.remove(&id);
        if let Some(AgentCommand::AcceptOffer { interaction }) = direct {
            self.drive(AgentInput::AcceptRefused { interaction });
        }
        match self.delivery.replies.remove(&id) {
            Some(reply) => answer(reply, Err(said)),
            None => self.notify(Notice::CommandRefused { code, hint }),
        }
    }

    fn remove_delivered(&mut self, id: CommandId) {
        self.delivery.in_flight = None;
        if let Err(err) = self.local.delivered(id) {
            tracing::error!(
                ?err,
                "a delivered command stays in the outbox; the server will know it"
            );
        }
        if let Some(account) = &self.account {
            self.settle_drafts(&account.key.clone());
        }
    }

    /// A draft whose note has arrived becomes the view's own.
    fn settle_drafts(&mut self, account: &str) {
        let left = self.local.drafts(account);
        if left.len() == self.drafts.len() {
            return;
        }
        if let Some(view) = &mut self.view {
            *view = model::with_drafts(view, &self.drafts);
        }
        self.drafts = left;
    }

    /// The link is gone: the outbox keeps its own; nothing else is repeated by itself.
    pub(super) fn link_went_down(&mut self) {
        self.delivery.in_flight = None;
        let direct = std::mem::take(&mut self.delivery.direct);
        for (id, reply) in std::mem::take(&mut self.delivery.replies) {
            let said = match direct.get(&id) {
                // The call asks again when the ring outlives the outage.
                Some(AgentCommand::AcceptOffer { .. }) | None => Ok(DesktopReply::Done),
                Some(_) => Err(self.unreachable()),
            };
            answer(reply, said);
        }
        self.show_outbox();
    }

    pub(super) fn show_outbox(&mut self) {
        let Some(account) = &self.account else { return };
        // A command on its way for a moment is not one that waits for the link.
        let sent = u32::from(self.delivery.in_flight.is_some());
        let outbox = self.local.count(&account.key).saturating_sub(sent);
        if outbox != self.outbox_shown {
            self.outbox_shown = outbox;
            self.emitter.emit(DesktopEvent::Outbox { outbox });
        }
    }

    pub(super) fn notify(&mut self, notice: Notice) {
        self.emitter.emit(DesktopEvent::Notice { notice });
    }

    pub(super) fn unreachable(&self) -> DesktopError {
        if let Some(why) = &self.no_way {
            return why.clone();
        }
        let server = self
            .local
            .last_sign_in()
            .map_or_else(String::new, |last| last.server);
        DesktopError::Unreachable {
            detail: format!("{server}: the link is down"),
        }
    }
}

/// Whether the same command may succeed a moment later.
fn is_passing(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::StorageFailed
            | ErrorCode::RateLimited
            | ErrorCode::ServerStopping
            | ErrorCode::Internal
    )
}

fn refuse(reply: Option<Reply>, err: DesktopError) {
    if let Some(reply) = reply {
        answer(reply, Err(err));
    } else {
        tracing::warn!(?err, "a command of the call could not be sent");
    }
}

fn reply_done(reply: Option<Reply>) {
    if let Some(reply) = reply {
        let done: Answer = Ok(DesktopReply::Done);
        answer(reply, done);
    }
}
