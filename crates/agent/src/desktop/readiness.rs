//! The readiness check: microphone, speaker, server, media path. Nobody becomes ready before it has passed.

use super::core::Core;
use super::session::{Inner, answer};
use super::{Reply, convert};
use crate::sound::{self, Media};
use protocol::desktop::{Check, DesktopError, LinkState, Readiness, Silence};
use protocol::work::AgentCommand;
use std::sync::Arc;
use std::time::Duration;
use vocab::{AgentState, ChosenState, NotReadyReason};

/// A device or path that needs longer than this is not fit for a call.
const STEP_TIMEOUT: Duration = Duration::from_secs(8);

/// One finished part of the check.
pub(super) enum Step {
    Microphone(Check),
    Speaker(Check),
    MediaPath(Check),
}

impl Core {
    /// Starts the check unless it is running.
    pub(super) fn check_readiness(&mut self) {
        if is_running(&self.readiness) {
            return;
        }
        let server = match (self.link_state, &self.account) {
            (LinkState::Up, Some(_)) => Check::Passed,
            (_, None) => Check::Failed {
                error: DesktopError::NotSignedIn,
            },
            (_, Some(_)) => Check::Failed {
                error: self.unreachable(),
            },
        };
        self.readiness = Readiness {
            microphone: Check::Running,
            speaker: Check::Running,
            server,
            media_path: Check::Running,
        };
        self.emit_readiness();
        let is_talking = self.call.live().is_some();
        let (media, inner) = (Arc::clone(&self.media), self.inner.clone());
        telemetry::spawn("readiness", async move {
            let speaker = check_speaker(&media.devices());
            let _ = inner
                .send(Inner::Readiness {
                    step: Step::Speaker(speaker),
                })
                .await;
            let microphone = limited(check_microphone(&*media, is_talking)).await;
            let _ = inner
                .send(Inner::Readiness {
                    step: Step::Microphone(microphone),
                })
                .await;
            let path = async {
                let checked = media.loopback_check().await;
                checked.map_err(|err| DesktopError::NoMediaPath {
                    detail: err.to_string(),
                })
            };
            let path = limited(path).await;
            let _ = inner
                .send(Inner::Readiness {
                    step: Step::MediaPath(path),
                })
                .await;
        });
    }

    pub(super) fn take_readiness(&mut self, step: Step) {
        match step {
            Step::Microphone(check) => self.readiness.microphone = check,
            Step::Speaker(check) => self.readiness.speaker = check,
            Step::MediaPath(check) => self.readiness.media_path = check,
        }
        if !is_running(&self.readiness) {
            // What the mixer did meanwhile.
            self.follow_mixer(&self.media.devices());
        }
        self.emit_readiness();
        if !is_running(&self.readiness) {
            self.decide_wishes();
            self.follow_microphone();
        }
    }

    /// A device that is muted fails its check, and one that is audible again passes it: it opened before.
    fn follow_mixer(&mut self, devices: &sound::Devices) {
        for (check, silenced) in [
            (&mut self.readiness.microphone, silenced_microphone(devices)),
            (&mut self.readiness.speaker, silenced_speaker(devices)),
        ] {
            let was_silenced = matches!(
                check,
                Check::Failed {
                    error: DesktopError::MicrophoneSilenced { .. }
                        | DesktopError::SpeakerSilenced { .. }
                }
            );
            match silenced {
                Some(error) if was_silenced || *check == Check::Passed => {
                    *check = Check::Failed { error };
                }
                None if was_silenced => *check = Check::Passed,
                _ => {}
            }
        }
    }

    /// A wish to be ready: granted at once after a passed check, else after a new one.
    pub(super) fn want_ready(&mut self, command: AgentCommand, reply: Reply) {
        if is_passed(&self.readiness) || self.account.is_none() {
            return self.order(command, Some(reply));
        }
        self.wants_ready.push((command, reply));
        self.check_readiness();
    }

    fn decide_wishes(&mut self) {
        let failure = first_failure(&self.readiness);
        for (command, reply) in std::mem::take(&mut self.wants_ready) {
            match &failure {
                Some(err) => answer(reply, Err(err.clone())),
                None => self.order(command, Some(reply)),
            }
        }
    }

    /// A device that was plugged in or out changes its part of the check; the rest stands.
    pub(super) fn devices_changed(&mut self, devices: &sound::Devices) {
        if is_running(&self.readiness) || self.readiness.microphone == Check::NotRun {
            return;
        }
        let was = self.readiness.clone();
        let microphone = devices.microphone.in_use.is_some();
        if microphone && is_microphone_absent(&was) && self.call.live().is_none() {
            // A microphone that came back has still to show that it opens.
            return self.check_readiness();
        }
        let no_microphone = absence(devices, DesktopError::NoMicrophone);
        update(&mut self.readiness.microphone, microphone, no_microphone);
        let speaker = devices.speaker.in_use.is_some();
        let no_speaker = absence(devices, DesktopError::NoSpeaker);
        update(&mut self.readiness.speaker, speaker, no_speaker);
        self.follow_mixer(devices);
        if self.readiness != was {
            self.emit_readiness();
            self.follow_microphone();
        }
    }

    /// Who cannot be heard takes no calls: without any microphone, or with one that the mixer mutes, a ready agent becomes not ready for that reason, after
    /// the present conversation when there is one; and ready again once the microphone is back and the check passes,
    /// unless they chose something else meanwhile.
    pub(super) fn follow_microphone(&mut self) {
        let Some(presence) = self.view.as_ref().map(|view| view.presence) else {
            return;
        };
        let command = match (is_unheard(&self.readiness), presence.state) {
            (_, AgentState::Offline) => None,
            (true, AgentState::Ready) => Some(AgentCommand::ChooseState { state: UNHEARD }),
            (true, AgentState::NotReady { .. }) => None,
            // In a conversation; a break that was chosen for after it stays.
            (true, _) => matches!(presence.next, None | Some(ChosenState::Ready)).then_some(
                AgentCommand::ReserveNextState {
                    state: Some(UNHEARD),
                },
            ),
            (false, _) if !is_passed(&self.readiness) => None,
            (
                false,
                AgentState::NotReady {
                    reason: NotReadyReason::Microphone,
                },
            ) => Some(AgentCommand::ChooseState {
                state: ChosenState::Ready,
            }),
            (false, _) => {
                (presence.next == Some(UNHEARD)).then_some(AgentCommand::ReserveNextState {
                    state: Some(ChosenState::Ready),
                })
            }
        };
        if let Some(command) = command {
            self.order(command, None);
        }
    }
}

/// What the desktop itself chooses for somebody who has lost their microphone.
const UNHEARD: ChosenState = ChosenState::NotReady {
    reason: NotReadyReason::Microphone,
};

/// Absent for certain: a check that is running or was never run says nothing.
fn is_microphone_absent(readiness: &Readiness) -> bool {
    matches!(
        readiness.microphone,
        Check::Failed {
            error: DesktopError::NoMicrophone | DesktopError::NoSoundSystem
        }
    )
}

/// The microphone is absent, or the system's mixer silences it.
fn is_unheard(readiness: &Readiness) -> bool {
    let is_silenced = matches!(
        readiness.microphone,
        Check::Failed {
            error: DesktopError::MicrophoneSilenced { .. }
        }
    );
    is_silenced || is_microphone_absent(readiness)
}

fn silenced_microphone(devices: &sound::Devices) -> Option<DesktopError> {
    let (device, silence) = silenced(&devices.microphone)?;
    Some(DesktopError::MicrophoneSilenced { device, silence })
}

fn silenced_speaker(devices: &sound::Devices) -> Option<DesktopError> {
    let (device, silence) = silenced(&devices.speaker)?;
    Some(DesktopError::SpeakerSilenced { device, silence })
}

fn silenced(choice: &sound::DeviceChoice) -> Option<(String, Silence)> {
    let device = choice.in_use.as_ref()?.name.clone();
    Some((device, convert::silence(choice.silence?)))
}

fn update(check: &mut Check, is_present: bool, absent: DesktopError) {
    let is_absence = matches!(
        check,
        Check::Failed {
            error: DesktopError::NoMicrophone
                | DesktopError::NoSpeaker
                | DesktopError::NoSoundSystem
        }
    );
    if !is_present {
        *check = Check::Failed { error: absent };
    } else if is_absence {
        *check = Check::Passed;
    }
}

fn check_speaker(devices: &sound::Devices) -> Check {
    let error = match devices.speaker.in_use {
        Some(_) => silenced_speaker(devices),
        None => Some(absence(devices, DesktopError::NoSpeaker)),
    };
    error.map_or(Check::Passed, |error| Check::Failed { error })
}

fn absence(devices: &sound::Devices, one: DesktopError) -> DesktopError {
    if devices.has_system {
        one
    } else {
        DesktopError::NoSoundSystem
    }
}

/// Opens the microphone for a moment; in a call it is open already and must not be disturbed.
async fn check_microphone(media: &dyn Media, is_talking: bool) -> Result<(), DesktopError> {
    let devices = media.devices();
    if devices.microphone.in_use.is_none() {
        return Err(absence(&devices, DesktopError::NoMicrophone));
    }
    if !is_talking {
        media
            .start_meter()
            .await
            .map_err(|err| convert::error(&err))?;
    }
    // Only an open stream shows that the mixer mutes this program's own.
    let silenced = silenced_microphone(&media.devices());
    if !is_talking {
        media.stop_meter();
    }
    silenced.map_or(Ok(()), Err)
}

async fn limited(check: impl Future<Output = Result<(), DesktopError>>) -> Check {
    match tokio::time::timeout(STEP_TIMEOUT, check).await {
        Ok(Ok(())) => Check::Passed,
        Ok(Err(error)) => Check::Failed { error },
        Err(_) => {
            let detail = "it did not answer within 8 seconds".to_owned();
            Check::Failed {
                error: DesktopError::Device { detail },
            }
        }
    }
}

fn parts(readiness: &Readiness) -> [&Check; 4] {
    [
        &readiness.microphone,
        &readiness.speaker,
        &readiness.server,
        &readiness.media_path,
    ]
}

fn is_running(readiness: &Readiness) -> bool {
    parts(readiness).contains(&&Check::Running)
}

fn is_passed(readiness: &Readiness) -> bool {
    parts(readiness)
        .iter()
        .all(|check| **check == Check::Passed)
}

fn first_failure(readiness: &Readiness) -> Option<DesktopError> {
    parts(readiness).into_iter().find_map(|check| match check {
        Check::Failed { error } => Some(error.clone()),
        Check::NotRun | Check::Running | Check::Passed => None,
    })
}
