//! What the screen asks for, sorted to those who do it.

use super::core::Core;
use super::session::{Inner, answer};
use super::{Reply, convert};
use crate::clock::now;
use crate::rest::RestClient;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use call::{AgentInput, CustomerInput};
use protocol::desktop::{
    DesktopCommand, DesktopError, DesktopEvent, DesktopReply, Device, DeviceKind, Settings,
};
use protocol::link::ErrorCode;
use protocol::rest::SignIn;
use protocol::work::AgentCommand;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use vocab::{ChosenState, InteractionId, RecordingState};

impl Core {
    pub(super) fn take_command(&mut self, command: DesktopCommand, reply: Reply) {
        match command {
            DesktopCommand::Snapshot => {
                let state = Box::new(self.state());
                answer(reply, Ok(DesktopReply::Snapshot { state }));
            }
            DesktopCommand::SignIn {
                server,
                organisation,
                user,
                password,
            } => {
                self.sign_in(
                    &server,
                    SignIn {
                        organisation,
                        user,
                        password,
                        device: None,
                    },
                    reply,
                );
            }
            DesktopCommand::SignOut => self.sign_out(reply),
            DesktopCommand::SearchCustomers { .. }
            | DesktopCommand::Customer { .. }
            | DesktopCommand::EditCustomer { .. }
            | DesktopCommand::CustomerNotes { .. }
            | DesktopCommand::AddCustomerNote { .. }
            | DesktopCommand::EditCustomerNote { .. }
            | DesktopCommand::RemoveCustomerNote { .. }
            | DesktopCommand::ExportCustomer { .. }
            | DesktopCommand::EraseCustomer { .. }
            | DesktopCommand::Exchange { .. }
            | DesktopCommand::Timeline { .. }
            | DesktopCommand::RecordingPart { .. }
            | DesktopCommand::Interaction { .. }
            | DesktopCommand::Decision { .. }
            | DesktopCommand::Figures
            | DesktopCommand::QueueLine { .. }
            | DesktopCommand::RemoveFromLine { .. }
            | DesktopCommand::Configuration
            | DesktopCommand::CheckConfiguration { .. }
            | DesktopCommand::ChangeConfiguration { .. }
            | DesktopCommand::ConfigurationChanges { .. }
            | DesktopCommand::UndoConfiguration { .. }
            | DesktopCommand::SetPassword { .. }
            | DesktopCommand::ChangePassword { .. }
            | DesktopCommand::Zones => self.take_query(command, reply),
            DesktopCommand::CheckReadiness
            | DesktopCommand::PreferDevices { .. }
            | DesktopCommand::Unsilence { .. }
            | DesktopCommand::StartMeter
            | DesktopCommand::StopMeter
            | DesktopCommand::TestRecordAndPlay
            | DesktopCommand::TestRinger
            | DesktopCommand::SaveSettings { .. } => self.take_local_command(command, reply),
            DesktopCommand::RingPainted { interaction } => {
                self.ring_painted(interaction);
                answer(reply, Ok(DesktopReply::Done));
            }
            // The shell that has a window, a mixer or an end does them before it asks us.
            DesktopCommand::ShowWindow | DesktopCommand::OpenMixer | DesktopCommand::Stay => {
                answer(reply, Ok(DesktopReply::Done));
            }
            DesktopCommand::Quit if self.account.is_none() => {
                answer(reply, Ok(DesktopReply::Done));
            }
            DesktopCommand::Quit => self.order(AgentCommand::Leave, Some(reply)),
            work => self.take_work_command(work, reply),
        }
    }

    fn take_work_command(&mut self, command: DesktopCommand, reply: Reply) {
        let order = match command {
            DesktopCommand::ChooseState {
                state: ChosenState::Ready,
            } => {
                let command = AgentCommand::ChooseState {
                    state: ChosenState::Ready,
                };
                return self.want_ready(command, reply);
            }
            DesktopCommand::ChooseState { state } => AgentCommand::ChooseState { state },
            DesktopCommand::ReserveNextState { state } => AgentCommand::ReserveNextState { state },
            DesktopCommand::Accept { interaction } => return self.accept(interaction, reply),
            DesktopCommand::Decline { interaction } => {
                return self.answer_ring(interaction, AgentInput::Decline { interaction }, reply);
            }
            DesktopCommand::HangUp { interaction } => return self.hang_up(interaction, reply),
            DesktopCommand::SetMuted { is_muted } => {
                self.drive(AgentInput::SetMuted { is_muted });
                self.drive_consult(CustomerInput::SetMuted { is_muted });
                return answer(reply, Ok(DesktopReply::Done));
            }
            DesktopCommand::PauseRecording { interaction } => {
                return self.set_recording(interaction, RecordingState::Paused, reply);
            }
            DesktopCommand::ResumeRecording { interaction } => {
                return self.set_recording(interaction, RecordingState::Running, reply);
            }
            DesktopCommand::SendDigit { interaction, digit } => {
                let said = self
                    .send_digit(interaction, digit)
                    .map(|()| DesktopReply::Done);
                return answer(reply, said);
            }
            DesktopCommand::Handover { command } => return self.handover(command, reply),
            DesktopCommand::Hold { interaction } => AgentCommand::Hold { interaction },
            DesktopCommand::Resume { interaction } => AgentCommand::Resume { interaction },
            DesktopCommand::SaveNote { interaction, text } => {
                AgentCommand::SaveNote { interaction, text }
            }
            DesktopCommand::FinishWrapUp {
                interaction,
                disposition,
            } => AgentCommand::FinishWrapUp {
                interaction,
                disposition,
            },
            DesktopCommand::ExtendWrapUp { interaction } => {
                AgentCommand::ExtendWrapUp { interaction }
            }
            _ => {
                let detail = "not a command of the work screen".to_owned();
                return answer(reply, Err(DesktopError::Local { detail }));
            }
        };
        self.order(order, Some(reply));
    }

    /// Late clicks are told so; with the link down the answer is given when the ring outlives the outage.
    fn answer_ring(&mut self, interaction: InteractionId, input: AgentInput, reply: Reply) {
        if self.call.ringing() == Some(interaction) {
            self.drive(input);
            answer(reply, Ok(DesktopReply::Done));
        } else {
            let hint = "it does not ring any more".to_owned();
            answer(
                reply,
                Err(DesktopError::Refused {
                    code: ErrorCode::NotNow,
                    hint,
                }),
            );
        }
    }

    fn accept(&mut self, interaction: InteractionId, reply: Reply) {
        // A second click on the same answer is no mistake.
        if self
            .call
            .live()
            .is_some_and(|(live, _)| live == interaction)
        {
            return answer(reply, Ok(DesktopReply::Done));
        }
        self.answer_ring(interaction, AgentInput::Accept { interaction }, reply);
    }

    fn send_digit(&self, interaction: InteractionId, digit: char) -> Result<(), DesktopError> {
        let is_live = self
            .call
            .live()
            .is_some_and(|(live, _)| live == interaction);
        match self.call.media().filter(|_| is_live) {
            Some(media) => self
                .media
                .send_digit(media, digit)
                .map_err(|err| convert::error(&err)),
            None => {
                let hint = "there is no conversation to send a digit into".to_owned();
                Err(DesktopError::Refused {
                    code: ErrorCode::NotNow,
                    hint,
                })
            }
        }
    }

    fn take_query(&mut self, command: DesktopCommand, reply: Reply) {
        let Some(account) = &self.account else {
            return answer(reply, Err(DesktopError::NotSignedIn));
        };
        let exports = self.export_dir.clone();
        let (rest, inner, number) = (
            account.rest.clone(),
            self.inner.clone(),
            self.session_number,
        );
        telemetry::spawn("query", async move {
            let said = query(&rest, command, exports).await;
            if let Err(DesktopError::Refused {
                code: ErrorCode::TokenExpired,
                ..
            }) = &said
            {
                let _ = inner.send(Inner::TokenExpired { number }).await;
            }
            answer(reply, said);
        });
    }

    fn take_local_command(&mut self, command: DesktopCommand, reply: Reply) {
        let volume = self.settings.ringer_volume_percent;
        let media = Arc::clone(&self.media);
        match command {
            DesktopCommand::CheckReadiness => {
                self.check_readiness();
                answer(reply, Ok(DesktopReply::Done));
            }
            DesktopCommand::PreferDevices { kind, devices } => {
                let done = self.prefer(kind, devices);
                answer(reply, done.map(|()| DesktopReply::Done));
            }
            DesktopCommand::Unsilence { kind } => {
                let kind = convert::media_kind(kind);
                reply_later(reply, async move { media.unsilence(kind).await });
            }
            DesktopCommand::SaveSettings { settings } => {
                answer(
                    reply,
                    self.save_settings(settings).map(|()| DesktopReply::Done),
                );
            }
            DesktopCommand::StopMeter => {
                media.stop_meter();
                answer(reply, Ok(DesktopReply::Done));
            }
            DesktopCommand::StartMeter => {
                reply_later(reply, async move { media.start_meter().await })
            }
            DesktopCommand::TestRecordAndPlay => {
                reply_later(reply, async move { media.test_record_and_play().await });
            }
            _ => reply_later(reply, async move { media.test_ringer(volume).await }),
        }
    }

    fn prefer(&mut self, kind: DeviceKind, devices: Vec<Device>) -> Result<(), DesktopError> {
        self.local.prefer(kind, &devices)?;
        self.media
            .prefer(convert::media_kind(kind), convert::media_devices(devices));
        let devices = convert::devices(self.media.devices());
        self.emitter.emit(DesktopEvent::Devices { devices });
        self.emit_call();
        Ok(())
    }

    fn save_settings(&mut self, settings: Settings) -> Result<(), DesktopError> {
        let settings = Settings {
            ringer_volume_percent: settings.ringer_volume_percent.min(100),
            ..settings
        };
        self.local.save_settings(&settings)?;
        self.media
            .set_noise_suppression(settings.has_noise_suppression);
        self.settings = settings.clone();
        self.emitter.emit(DesktopEvent::Settings { settings });
        Ok(())
    }

    fn ring_painted(&mut self, interaction: InteractionId) {
        if let Some(started) = self.ring_started.remove(&interaction) {
            let after_ms = now().since(started);
            tracing::info!(%interaction, after_ms, "ring painted");
        }
    }
}

/// Device work that takes a moment replies by itself.
fn reply_later(
    reply: Reply,
    work: impl Future<Output = Result<(), media::MediaError>> + Send + 'static,
) {
    telemetry::spawn("device work", async move {
        let said = work.await.map_err(|err| convert::error(&err));
        answer(reply, said.map(|()| DesktopReply::Done));
    });
}

async fn query(rest: &RestClient, command: DesktopCommand, exports: PathBuf) -> super::Answer {
    match command {
        DesktopCommand::SearchCustomers { query, limit } => rest
            .customers(query.reveal(), limit)
            .await
            .map(|page| DesktopReply::Customers { page }),
        DesktopCommand::Customer { customer } => {
            rest.customer(customer)
                .await
                .map(|customer| DesktopReply::Customer {
                    customer: Box::new(customer),
                })
        }
        DesktopCommand::EditCustomer { customer, patch } => rest
            .edit_customer(customer, &patch)
            .await
            .map(|customer| DesktopReply::Customer {
                customer: Box::new(customer),
            }),
        DesktopCommand::Timeline {
            customer,
            before,
            limit,
        } => rest
            .timeline(customer, before, limit)
            .await
            .map(|timeline| DesktopReply::Timeline { timeline }),
        DesktopCommand::RecordingPart { recording, offset } => {
            let (total, bytes) = rest.recording_part(recording, offset).await?;
            let bytes = STANDARD.encode(bytes);
            Ok(DesktopReply::RecordingPart { total, bytes })
        }
        DesktopCommand::Interaction { interaction } => {
            rest.interaction(interaction)
                .await
                .map(|detail| DesktopReply::Interaction {
                    detail: Box::new(detail),
                })
        }
        DesktopCommand::CustomerNotes { .. }
        | DesktopCommand::AddCustomerNote { .. }
        | DesktopCommand::EditCustomerNote { .. }
        | DesktopCommand::RemoveCustomerNote { .. }
        | DesktopCommand::ExportCustomer { .. }
        | DesktopCommand::EraseCustomer { .. } => super::data::query(rest, command, exports).await,
        DesktopCommand::Exchange { command } => {
            super::exchange::query(rest, command, exports).await
        }
        about_organisation => super::organisation::query(rest, about_organisation).await,
    }
}
