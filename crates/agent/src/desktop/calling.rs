//! The call's effects performed, and media's news told to it.

use super::convert;
use super::core::Core;
use crate::clock::now;
use crate::performer::{Made, news};
use crate::signalling::{Outgoing, outgoing, own_candidate};
use crate::sound::{MediaEvent, PathSummary};
use call::{AgentInput, CustomerInput, Effect};
use protocol::desktop::{DesktopEvent, Notice};
use protocol::work::{AgentCommand, MediaReport};
use std::collections::BTreeMap;
use vocab::{InteractionId, MediaId, Peer};

/// Conversations that ended while their path's figures are still being collected.
#[derive(Default)]
pub(super) struct Endings {
    last_closed: Option<MediaId>,
    waiting: BTreeMap<MediaId, (InteractionId, Option<u64>)>,
}

impl Core {
    /// Hands the call an input and performs what follows.
    pub(super) fn drive(&mut self, input: AgentInput) {
        let effects = self.call.handle(now(), input);
        for effect in effects {
            self.perform(effect);
        }
        self.emit_call();
    }

    fn perform(&mut self, effect: Effect) {
        let effect = match outgoing(effect) {
            Ok(out) => return self.signal(out),
            Err(effect) => effect,
        };
        match effect {
            Effect::StartRinging => {
                if let Some(interaction) = self.call.ringing() {
                    self.ring_started.insert(interaction, now());
                }
                self.performer
                    .start_ringing(self.settings.ringer_volume_percent);
            }
            Effect::StopRinging => self.performer.stop_ringing(),
            Effect::SendAccept { interaction } => {
                self.order(AgentCommand::AcceptOffer { interaction }, None);
            }
            Effect::SendDecline { interaction } => {
                self.order(AgentCommand::DeclineOffer { interaction }, None);
            }
            Effect::SendHangUp { interaction } => {
                self.order(AgentCommand::HangUp { interaction }, None);
            }
            Effect::Close { media } => {
                self.endings.last_closed = Some(media);
                self.performer.perform(Effect::Close { media });
            }
            Effect::Ended {
                interaction,
                peer,
                connect_ms,
            } => {
                self.finish_recording();
                self.quality = convert::UNKNOWN_QUALITY;
                self.is_unheard = false;
                self.ring_started.remove(&interaction);
                if peer == Peer::Customer {
                    self.await_report(interaction, connect_ms);
                }
            }
            Effect::StartTalking { media } => {
                self.record_path(media);
                self.performer.perform(Effect::StartTalking { media });
            }
            media_effect @ (Effect::MakeOffer { .. }
            | Effect::RestartIce { .. }
            | Effect::MakeAnswer { .. }
            | Effect::TakeAnswer { .. }
            | Effect::TakeCandidate { .. }
            | Effect::SetSound { .. }) => self.performer.perform(media_effect),
            Effect::SendOffer { .. }
            | Effect::SendAnswer { .. }
            | Effect::SendCandidate { .. }
            | Effect::SendOfferWanted { .. } => tracing::error!("a signal was not sent"),
        }
    }

    pub(super) fn signal(&self, out: Outgoing) {
        let interaction = out.interaction;
        if !self.link.as_ref().is_some_and(|link| link.send(out.into())) {
            // The call offers anew when no answer comes.
            tracing::warn!(%interaction, "a signal could not be sent");
        }
    }

    /// The conversation is over; its figures come when its last path is closed.
    fn await_report(&mut self, interaction: InteractionId, connect_ms: Option<u64>) {
        if let Some(media) = self.endings.last_closed {
            self.endings
                .waiting
                .insert(media, (interaction, connect_ms));
        }
    }

    fn report(&mut self, media: MediaId, summary: Option<PathSummary>) {
        let Some((interaction, connect_ms)) = self.endings.waiting.remove(&media) else {
            return;
        };
        let Some(summary) = summary else { return };
        let measured = connect_ms.and_then(|ms| u32::try_from(ms).ok());
        let report = MediaReport {
            connect_ms: measured.or(summary.first_speech_ms),
            round_trip_ms: summary.round_trip_ms,
            jitter_buffer_ms: summary.jitter_buffer_ms,
            loss_in_percent: summary.loss_in_percent,
            loss_out_percent: summary.loss_out_percent,
            is_relayed: summary.is_relayed,
        };
        if self.account.is_some() {
            self.order(
                AgentCommand::ReportMedia {
                    interaction,
                    report: report.clone(),
                },
                None,
            );
        }
        self.notify(Notice::MediaSummary {
            interaction,
            report,
        });
    }

    pub(super) fn take_made(&mut self, made: Made) {
        match made {
            Made::Offer { media, sdp } => self.drive(AgentInput::OfferMade { media, sdp }),
            Made::OfferFailed { media } => self.drive(AgentInput::OfferFailed { media }),
            Made::Closed { media, summary } => self.report(media, summary),
            Made::Answer { media, sdp } => {
                self.drive_consult(CustomerInput::AnswerMade { media, sdp });
            }
            Made::AnswerFailed { media } => {
                self.drive_consult(CustomerInput::AnswerFailed { media });
            }
            Made::Trouble(err) => tracing::warn!(%err, "talking without a device"),
        }
    }

    pub(super) fn take_media_event(&mut self, event: MediaEvent) {
        match event {
            MediaEvent::State { media, state } => {
                // Each call knows its own paths by their numbers.
                if let Some(news) = news(state) {
                    self.drive(AgentInput::Path { media, news });
                    self.drive_consult(CustomerInput::Path { media, news });
                }
            }
            MediaEvent::Candidate { media, candidate } => {
                let candidate = own_candidate(candidate);
                self.drive_consult(CustomerInput::OwnCandidate {
                    media,
                    candidate: candidate.clone(),
                });
                self.drive(AgentInput::OwnCandidate { media, candidate });
            }
            MediaEvent::FirstSpeechHeard { media } => {
                tracing::info!(%media, "first speech heard");
                self.drive(AgentInput::FirstSpeechHeard { media });
                self.drive_consult(CustomerInput::FirstSpeechHeard { media });
            }
            // The customer's page has no digits to send; the phone's gateway takes its own.
            MediaEvent::DigitHeard { media, .. } => tracing::debug!(%media, "digit heard"),
            MediaEvent::Levels {
                microphone,
                speaker,
            } => {
                self.emitter.emit(DesktopEvent::Levels {
                    microphone,
                    speaker,
                });
            }
            MediaEvent::Unheard { is_unheard } => {
                self.is_unheard = is_unheard;
                self.emit_call();
            }
            MediaEvent::Quality { media, quality } => {
                if self.call.media() == Some(media) {
                    self.quality = convert::quality(quality);
                    self.emit_call();
                }
            }
            MediaEvent::Devices(devices) => {
                self.devices_changed(&devices);
                let devices = convert::devices(*devices);
                self.emitter.emit(DesktopEvent::Devices { devices });
                self.emit_call();
            }
            MediaEvent::DeviceLost { kind, was, now } => {
                self.notify(Notice::DeviceLost {
                    kind: convert::kind(kind),
                    was,
                    now,
                });
                self.emit_call();
            }
            MediaEvent::DeviceBack { kind, now } => {
                self.notify(Notice::DeviceBack {
                    kind: convert::kind(kind),
                    now,
                });
                self.emit_call();
            }
            MediaEvent::Test(stage) => {
                let stage = convert::test_stage(stage);
                self.emitter.emit(DesktopEvent::DeviceTest { stage });
            }
            MediaEvent::Trouble(err) => {
                tracing::warn!(%err, "sound trouble");
                self.emit_call();
            }
        }
    }
}
