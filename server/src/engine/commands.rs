//! An agent's wishes, by role and by whose work it is; the centre says whether they fit now.

use super::actor::Actor;
use super::customers::{No, STORAGE};
use super::inbox::{Added, Addition, Input, LinkId, Out};
use acd::Command;
use protocol::MAX_NOTE_CHARS;
use protocol::link::ErrorCode;
use protocol::rest::InteractionNote;
use protocol::work::{AgentCommand, RecordingConsent};
use store::{CommandOwner, RecordEvent, RecordingStep};
use vocab::{
    AgentId, ChosenState, CommandId, CustomerId, InteractionId, RecordingState, Role, Sensitive,
};

pub(crate) const NOT_YOURS: No = (ErrorCode::NotAllowed, "this interaction is not yours");
pub(crate) const NOT_NOW: No = (ErrorCode::NotNow, "the state does not allow it now");

impl Actor {
    pub(crate) fn agent_command(&mut self, link: LinkId, id: CommandId, wish: AgentCommand) {
        let Some(agent) = self.people.agent_of(link) else {
            return;
        };
        let result = self.agent_wish(link, id, agent, wish);
        match result {
            Ok(Done::Now) => self.answer(link, id, Ok(())),
            Ok(Done::Later) => {}
            Err(no) => self.answer(link, id, Err(no)),
        }
    }

    fn agent_wish(
        &mut self,
        link: LinkId,
        id: CommandId,
        agent: AgentId,
        wish: AgentCommand,
    ) -> Result<Done, No> {
        let role = self.people.agents.get(&agent).map(|link| link.role);
        let command = match wish {
            AgentCommand::SaveNote { interaction, text } => {
                check_note(&text)?;
                let what = Added::Note(without_codes(&text));
                return Ok(self.add(link, id, agent, Addition { interaction, what }));
            }
            AgentCommand::ReportMedia {
                interaction,
                report,
            } => {
                let what = Added::Media(report);
                return Ok(self.add(link, id, agent, Addition { interaction, what }));
            }
            AgentCommand::ReportRecording { interaction, state } => {
                self.recording(agent, interaction, state)?;
                return Ok(Done::Now);
            }
            AgentCommand::ChooseState { state } => {
                self.may_choose(agent, Some(state))?;
                Command::ChooseState { agent, state }
            }
            AgentCommand::ReserveNextState { state } => {
                self.may_choose(agent, state)?;
                Command::ReserveNextState { agent, state }
            }
            AgentCommand::AcceptOffer { interaction } => {
                Command::AcceptOffer { agent, interaction }
            }
            AgentCommand::DeclineOffer { interaction } => {
                Command::DeclineOffer { agent, interaction }
            }
            AgentCommand::Hold { interaction } => Command::Hold { agent, interaction },
            AgentCommand::Resume { interaction } => Command::Resume { agent, interaction },
            AgentCommand::HangUp { interaction } => Command::AgentHangsUp { agent, interaction },
            AgentCommand::FinishWrapUp {
                interaction,
                disposition,
            } => {
                self.check_disposition(disposition.as_deref())?;
                Command::FinishWrapUp {
                    agent,
                    interaction,
                    disposition,
                }
            }
            AgentCommand::Handover { command } => {
                return self.handover_wish(agent, command).map(|()| Done::Now);
            }
            AgentCommand::ExtendWrapUp { interaction } => {
                Command::ExtendWrapUp { agent, interaction }
            }
            AgentCommand::Leave => Command::AgentSignsOut { agent },
        };
        let is_state = matches!(
            command,
            Command::ChooseState { .. }
                | Command::ReserveNextState { .. }
                | Command::AgentSignsOut { .. }
        );
        // Experts are asked by name; queues do not ring them.
        let has_work = self.center.work_of(agent).next().is_some();
        if role == Some(Role::Expert) && !is_state && !has_work {
            return Err((ErrorCode::NotAllowed, "an expert takes no queued work"));
        }
        self.run(command).map_err(explain)?;
        Ok(Done::Now)
    }

    /// Whose sign-in has expired gets no more work.
    fn may_choose(&self, agent: AgentId, state: Option<ChosenState>) -> Result<(), No> {
        let is_expired = self
            .people
            .agents
            .get(&agent)
            .is_some_and(|link| link.is_expired);
        if is_expired && !matches!(state, Some(ChosenState::NotReady { .. })) {
            let hint = "the sign-in has expired; sign in again to take more work";
            return Err((ErrorCode::TokenExpired, hint));
        }
        Ok(())
    }

    /// The page of the customer shows what the desktop records, and nothing is recorded that they did not allow.
    fn recording(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
        state: Option<RecordingState>,
    ) -> Result<(), No> {
        let stage = self.center.interaction(interaction).map(|view| view.stage);
        let owner = stage.and_then(|stage| stage.agent());
        let Some(record) = self.records.open.get_mut(&interaction) else {
            return Err(NOT_NOW);
        };
        if owner != Some(agent) {
            return Err(NOT_YOURS);
        }
        let is_allowed = matches!(record.recording_consent, RecordingConsent::Given { .. });
        if state.is_some() && !is_allowed {
            return Err((
                ErrorCode::NotAllowed,
                "the customer did not allow a recording",
            ));
        }
        let Some(step) = RecordingStep::between(record.recording, state) else {
            return Ok(());
        };
        record.recording = state;
        self.batch.affected.interactions.insert(interaction);
        self.journal_record(RecordEvent::Recording {
            interaction,
            agent,
            step,
        });
        Ok(())
    }

    fn check_disposition(&self, code: Option<&str>) -> Result<(), No> {
        let is_known = code.is_none_or(|code| {
            self.directory
                .dispositions
                .iter()
                .any(|disposition| disposition.code == code)
        });
        if is_known {
            Ok(())
        } else {
            Err((ErrorCode::BadField, "disposition: no such code"))
        }
    }

    fn add(&mut self, link: LinkId, id: CommandId, agent: AgentId, addition: Addition) -> Done {
        if self.records.is_own(addition.interaction, agent) {
            self.write_addition(agent, addition);
            return Done::Now;
        }
        self.ask_ownership(link, id, agent, addition);
        Done::Later
    }

    /// Memory may not reach back this far; what is committed does.
    fn ask_ownership(&self, link: LinkId, id: CommandId, agent: AgentId, addition: Addition) {
        let interaction = addition.interaction;
        let (readers, inbox) = (self.readers.clone(), self.inbox.clone());
        // It ends with its one question; a stopping actor drops the answer.
        drop(telemetry::spawn("ownership", async move {
            let whose = readers
                .history(move |history| history.took_part(interaction, agent))
                .await
                .map_err(|err| tracing::error!(%err, "an owner could not be read"));
            let answer = Input::OwnershipRead {
                link,
                id,
                addition,
                whose,
            };
            if inbox.send(answer).await.is_err() {
                tracing::debug!("an owner was read too late: the engine has stopped");
            }
        }));
    }

    pub(crate) fn ownership_read(
        &mut self,
        link: LinkId,
        id: CommandId,
        addition: Addition,
        whose: Result<Option<CustomerId>, ()>,
    ) {
        let Some(agent) = self.people.agent_of(link) else {
            return;
        };
        let owner = CommandOwner::Agent(agent);
        if self.done.contains(owner, id) {
            return self.answer_repeated(link, id);
        }
        let is_open = self.center.interaction(addition.interaction).is_some();
        // An erasure may be decided that the reader did not see yet.
        let is_own = whose.map(|whose| whose.is_some_and(|who| !self.records.is_erased(who)));
        let result = match is_own {
            Ok(true) => {
                self.write_addition(agent, addition);
                Ok(())
            }
            Ok(false) if is_open => Err(NOT_YOURS),
            Ok(false) => Err((
                ErrorCode::UnknownInteraction,
                "no such interaction of yours",
            )),
            // The desktop keeps it and tries again.
            Err(()) => Err(STORAGE),
        };
        self.answer(link, id, result);
    }

    fn write_addition(&mut self, agent: AgentId, addition: Addition) {
        let Addition { interaction, what } = addition;
        match what {
            Added::Note(text) => {
                if let Some(record) = self.records.open.get_mut(&interaction) {
                    let name = self.directory.agent_name(agent);
                    record.write_note(InteractionNote {
                        agent,
                        agent_name: (!name.is_empty()).then(|| name.to_owned()),
                        text: text.clone(),
                    });
                    // A colleague who is asked reads along.
                    self.batch.affected.interactions.insert(interaction);
                }
                self.journal_record(RecordEvent::NoteSaved {
                    interaction,
                    agent,
                    text,
                });
            }
            Added::Media(report) => {
                self.journal_record(RecordEvent::MediaReported {
                    interaction,
                    agent,
                    report,
                });
            }
        }
    }

    /// While the store fails, nothing is decided.
    pub(crate) fn refuse_for_storage(&mut self, link: LinkId, id: CommandId) {
        let (code, hint) = STORAGE;
        self.send_now(
            link,
            Out::Refused {
                id: Some(id),
                code,
                hint,
                retry_after_ms: None,
            },
        );
    }
}

/// An agent's words as they type them; nobody can ask an unfinished note to be typed anew.
pub(crate) fn without_codes(text: &Sensitive<String>) -> Sensitive<String> {
    Sensitive::new(text::without_codes(text.reveal()))
}

fn check_note(text: &Sensitive<String>) -> Result<(), No> {
    if text.reveal().chars().count() > MAX_NOTE_CHARS {
        return Err((ErrorCode::BadField, "text: longer than 10000 characters"));
    }
    Ok(())
}

enum Done {
    Now,
    /// Answered by a later input.
    Later,
}

pub(crate) fn explain(refusal: acd::Refusal) -> No {
    match refusal {
        acd::Refusal::UnknownAgent => {
            (ErrorCode::NotAllowed, "this account takes no work any more")
        }
        acd::Refusal::UnknownInteraction => (
            ErrorCode::UnknownInteraction,
            "no such interaction, or it has ended",
        ),
        acd::Refusal::NotYours => NOT_YOURS,
        acd::Refusal::AlreadyExtended => (ErrorCode::NotNow, "the wrap-up was extended already"),
        acd::Refusal::NotFree => (
            ErrorCode::ColleagueNotFree,
            "the colleague is offline or at work; choose somebody else",
        ),
        acd::Refusal::UnknownQueue => (ErrorCode::UnknownQueue, "no such queue"),
        acd::Refusal::QueueClosed => (
            ErrorCode::QueueClosed,
            "the queue is closed; choose another one",
        ),
        acd::Refusal::NotNow
        | acd::Refusal::QueueFull
        | acd::Refusal::BadConfig(_)
        | acd::Refusal::QueueInUse(_) => NOT_NOW,
    }
}
