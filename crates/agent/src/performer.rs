//! Performs a call's effects on media, one after the other, and brings back what was made.
//!
//! A worker of its own, because making a description takes time and the order of media steps matters. Who is heard does
//! not wait for it: whoever mutes, holds or hangs up is silent at once.

use crate::sound::{Candidate, Media, MediaError, PathState, PathSummary};
use call::{Effect, PathNews};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vocab::MediaId;

/// Steps that wait for the media engine; beyond this something is wrong with it and the step is dropped.
const STEPS: usize = 256;
/// Results wait for the owner, who reads at once.
const RESULTS: usize = 64;
/// The engine has its own limits; this one only keeps a hanging step from blocking the next call.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) enum Made {
    Offer {
        media: MediaId,
        sdp: String,
    },
    OfferFailed {
        media: MediaId,
    },
    Answer {
        media: MediaId,
        sdp: String,
    },
    AnswerFailed {
        media: MediaId,
    },
    /// How the path was; absent when it never came to be.
    Closed {
        media: MediaId,
        summary: Option<PathSummary>,
    },
    /// The devices could not be opened; the call goes on without.
    Trouble(MediaError),
}

enum Ringing {
    Start { volume_percent: u8 },
    Stop,
}

pub(crate) struct Performer {
    media: Arc<dyn Media>,
    steps: mpsc::Sender<Effect>,
    ringing: mpsc::Sender<Ringing>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Performer {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Performer {
    pub(crate) fn start(media: Arc<dyn Media>) -> (Self, mpsc::Receiver<Made>) {
        let (steps, steps_in) = mpsc::channel(STEPS);
        let (ringing, ringing_in) = mpsc::channel(STEPS);
        let (made, results) = mpsc::channel(RESULTS);
        let tasks = [
            telemetry::spawn(
                "media steps",
                perform_all(Arc::clone(&media), steps_in, made),
            ),
            telemetry::spawn("ringing", ring_all(Arc::clone(&media), ringing_in)),
        ];
        (
            Self {
                media,
                steps,
                ringing,
                tasks,
            },
            results,
        )
    }

    /// Takes an effect on media; anything else is the owner's.
    pub(crate) fn perform(&self, effect: Effect) {
        match effect {
            Effect::SetSound { media, sound } => {
                self.media.set_muted(media, !sound.is_sent);
                self.media.set_held(media, !sound.is_played);
                return;
            }
            Effect::Close { media } => self.media.set_held(media, true),
            _ => {}
        }
        if self.steps.try_send(effect).is_err() {
            tracing::error!("the media engine does not keep up; a step was dropped");
        }
    }

    pub(crate) fn start_ringing(&self, volume_percent: u8) {
        self.ring(Ringing::Start { volume_percent });
    }

    pub(crate) fn stop_ringing(&self) {
        self.ring(Ringing::Stop);
    }

    fn ring(&self, ringing: Ringing) {
        if self.ringing.try_send(ringing).is_err() {
            tracing::error!("the ringer does not keep up");
        }
    }
}

async fn ring_all(media: Arc<dyn Media>, mut ringing: mpsc::Receiver<Ringing>) {
    while let Some(next) = ringing.recv().await {
        match next {
            Ringing::Start { volume_percent } => {
                if let Err(err) = media.start_ringing(volume_percent).await {
                    tracing::warn!(%err, "the ringer is silent");
                }
            }
            Ringing::Stop => media.stop_ringing(),
        }
    }
}

async fn perform_all(
    media: Arc<dyn Media>,
    mut steps: mpsc::Receiver<Effect>,
    made: mpsc::Sender<Made>,
) {
    while let Some(step) = steps.recv().await {
        let failed = failure_of(&step);
        let result = match tokio::time::timeout(STEP_TIMEOUT, perform(&*media, step)).await {
            Ok(result) => result,
            Err(_) => {
                tracing::error!("a media step took too long");
                failed
            }
        };
        if let Some(result) = result
            && made.send(result).await.is_err()
        {
            return;
        }
    }
}

fn failure_of(step: &Effect) -> Option<Made> {
    match step {
        Effect::MakeOffer { media } | Effect::RestartIce { media } => {
            Some(Made::OfferFailed { media: *media })
        }
        Effect::MakeAnswer { media, .. } => Some(Made::AnswerFailed { media: *media }),
        _ => None,
    }
}

async fn perform(engine: &dyn Media, step: Effect) -> Option<Made> {
    match step {
        Effect::MakeOffer { media } => Some(offer(media, engine.prepare_offer(media).await)),
        Effect::RestartIce { media } => Some(offer(media, engine.restart_ice(media).await)),
        Effect::MakeAnswer { media, sdp } => Some(match engine.accept_offer(media, &sdp).await {
            Ok(sdp) => Made::Answer { media, sdp },
            Err(err) => {
                tracing::warn!(%media, %err, "no answer could be made");
                Made::AnswerFailed { media }
            }
        }),
        Effect::TakeAnswer { media, sdp } => {
            log_failure(media, engine.set_answer(media, &sdp).await);
            None
        }
        Effect::TakeCandidate { media, candidate } => {
            let candidate = Candidate {
                candidate: candidate.candidate,
                sdp_mid: candidate.sdp_mid,
                sdp_m_line_index: candidate.sdp_m_line_index,
            };
            log_failure(media, engine.add_candidate(media, candidate).await);
            None
        }
        Effect::StartTalking { media } => engine.start_talking(media).err().map(Made::Trouble),
        Effect::Close { media } => {
            let summary = engine.summary(media).await;
            engine.close(media).await;
            Some(Made::Closed { media, summary })
        }
        Effect::SetSound { .. }
        | Effect::StartRinging
        | Effect::StopRinging
        | Effect::SendAccept { .. }
        | Effect::SendDecline { .. }
        | Effect::SendHangUp { .. }
        | Effect::SendOffer { .. }
        | Effect::SendAnswer { .. }
        | Effect::SendCandidate { .. }
        | Effect::SendOfferWanted { .. }
        | Effect::Ended { .. } => None,
    }
}

fn offer(media: MediaId, made: Result<String, MediaError>) -> Made {
    match made {
        Ok(sdp) => Made::Offer { media, sdp },
        Err(err) => {
            tracing::warn!(%media, %err, "no offer could be made");
            Made::OfferFailed { media }
        }
    }
}

fn log_failure(media: MediaId, done: Result<(), MediaError>) {
    if let Err(err) = done {
        tracing::warn!(%media, %err, "a signal of the peer was not taken");
    }
}

/// The engine's states in the call's words; none when the call need not know.
pub(crate) fn news(state: PathState) -> Option<PathNews> {
    match state {
        PathState::Connected => Some(PathNews::Connected),
        PathState::Broken => Some(PathNews::Disconnected),
        PathState::Failed => Some(PathNews::Failed),
        PathState::Preparing | PathState::Connecting | PathState::Closed => None,
    }
}
