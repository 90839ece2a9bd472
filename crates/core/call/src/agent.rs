//! The agent's side: ring, prepare, answer, offer, talk, repair, end.
//!
//! What the server shows is the truth about the interaction ([`Seen`]); this machine only decides what that means for
//! the ring, the media and the messages to the peer. Late answers and second hang-ups fall through without effect.

use crate::audience::{Mode, Part, Sound};
use crate::effect::{Candidate, Effect};
use crate::path::{
    ANSWER_WITHIN_MS, MAKE_WITHIN_MS, MAX_REPAIRS, Path, PathNews, PathShown, PathStage,
    RETRY_AFTER_MS,
};
use vocab::{InteractionId, MediaId, Millis};

/// The conversation as the server shows it to this agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Nothing,
    Ringing {
        interaction: InteractionId,
    },
    Live {
        interaction: InteractionId,
        is_held: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentInput {
    /// After a welcome (`is_whole`) or a change of the work list.
    Seen {
        seen: Seen,
        is_whole: bool,
    },
    LinkDown,

    // The person.
    Accept {
        interaction: InteractionId,
    },
    Decline {
        interaction: InteractionId,
    },
    HangUp {
        interaction: InteractionId,
    },
    SetMuted {
        is_muted: bool,
    },

    // The server's answers to commands.
    Accepted {
        interaction: InteractionId,
    },
    AcceptRefused {
        interaction: InteractionId,
    },
    /// The server could not end it (a full disk, say): the conversation goes on.
    HangUpFailed {
        interaction: InteractionId,
    },

    // The peer.
    Answer {
        media: MediaId,
        sdp: String,
    },
    PeerCandidate {
        media: MediaId,
        candidate: Candidate,
    },
    OfferWanted {
        interaction: InteractionId,
    },

    // The media engine.
    OfferMade {
        media: MediaId,
        sdp: String,
    },
    OfferFailed {
        media: MediaId,
    },
    OwnCandidate {
        media: MediaId,
        candidate: Candidate,
    },
    Path {
        media: MediaId,
        news: PathNews,
    },
    FirstSpeechHeard {
        media: MediaId,
    },
    Tick,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    Idle,
    Ringing {
        interaction: InteractionId,
        path: Path,
    },
    /// The person accepted; the server has not said yes yet.
    Accepting {
        interaction: InteractionId,
        path: Path,
    },
    /// Declined here; the server may still show the ring for a moment.
    Declined {
        interaction: InteractionId,
    },
    Live {
        live: Live,
    },
    /// Hung up here: silent at once, even when the server learns of it later.
    Ending {
        interaction: InteractionId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Live {
    interaction: InteractionId,
    path: Path,
    is_held: bool,
    answered_at: Millis,
    first_speech_at: Option<Millis>,
}

#[derive(Clone, Debug)]
pub struct AgentCall {
    stage: Stage,
    next_media: MediaId,
    is_muted: bool,
    is_link_up: bool,
}

impl AgentCall {
    /// `first` must be above every number this agent's earlier processes used; see [`crate::first_media`].
    #[must_use]
    pub fn new(first: MediaId) -> Self {
        Self {
            stage: Stage::Idle,
            next_media: first,
            is_muted: false,
            is_link_up: false,
        }
    }

    /// The conversation that has media now or is about to, and how its path looks.
    #[must_use]
    pub fn live(&self) -> Option<(InteractionId, PathShown)> {
        match &self.stage {
            Stage::Accepting { interaction, path } => Some((*interaction, path.shown())),
            Stage::Live { live } => Some((live.interaction, live.path.shown())),
            Stage::Idle | Stage::Ringing { .. } | Stage::Declined { .. } | Stage::Ending { .. } => {
                None
            }
        }
    }

    #[must_use]
    pub fn ringing(&self) -> Option<InteractionId> {
        match &self.stage {
            Stage::Ringing { interaction, .. } => Some(*interaction),
            Stage::Idle
            | Stage::Accepting { .. }
            | Stage::Declined { .. }
            | Stage::Live { .. }
            | Stage::Ending { .. } => None,
        }
    }

    #[must_use]
    pub fn is_muted(&self) -> bool {
        self.is_muted
    }

    #[must_use]
    pub fn media(&self) -> Option<MediaId> {
        self.path().map(|path| path.media)
    }

    /// When to send a `Tick`.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Millis> {
        match &self.stage {
            Stage::Live { live } => live.path.deadline(),
            Stage::Idle
            | Stage::Ringing { .. }
            | Stage::Accepting { .. }
            | Stage::Declined { .. }
            | Stage::Ending { .. } => None,
        }
    }

    pub fn handle(&mut self, now: Millis, input: AgentInput) -> Vec<Effect> {
        let mut out = Vec::new();
        match input {
            AgentInput::Seen { seen, is_whole } => self.see(now, seen, is_whole, &mut out),
            AgentInput::LinkDown => self.is_link_up = false,
            AgentInput::Accept { interaction } => self.accept(interaction, &mut out),
            AgentInput::Decline { interaction } => self.decline(interaction, &mut out),
            AgentInput::HangUp { interaction } => self.hang_up(interaction, &mut out),
            AgentInput::SetMuted { is_muted } => {
                self.is_muted = is_muted;
                self.set_sound(&mut out);
            }
            AgentInput::Accepted { interaction } => self.go_live(now, interaction, false, &mut out),
            AgentInput::AcceptRefused { interaction } => self.drop_ring(interaction, &mut out),
            AgentInput::HangUpFailed { interaction } => {
                if self.stage == (Stage::Ending { interaction }) {
                    self.begin_anew(now, interaction, false, &mut out);
                }
            }
            AgentInput::Answer { media, sdp } => self.take_answer(now, media, sdp, &mut out),
            AgentInput::PeerCandidate { media, candidate } => {
                if self.media() == Some(media) {
                    out.push(Effect::TakeCandidate { media, candidate });
                }
            }
            AgentInput::OfferWanted { interaction } => {
                self.offer_wanted(now, interaction, &mut out)
            }
            AgentInput::OfferMade { media, sdp } => self.offer_made(now, media, sdp, &mut out),
            AgentInput::OfferFailed { media } => self.offer_failed(now, media),
            AgentInput::OwnCandidate { media, candidate } => {
                self.own_candidate(media, candidate, &mut out);
            }
            AgentInput::Path { media, news } => self.take_news(now, media, news, &mut out),
            AgentInput::FirstSpeechHeard { media } => self.first_speech(now, media),
            AgentInput::Tick => self.tick(now, &mut out),
        }
        out
    }

    fn see(&mut self, now: Millis, seen: Seen, is_whole: bool, out: &mut Vec<Effect>) {
        if is_whole {
            self.is_link_up = true;
        }
        match seen {
            Seen::Nothing => self.end(out),
            Seen::Ringing { interaction } => self.see_ringing(now, interaction, is_whole, out),
            Seen::Live {
                interaction,
                is_held,
            } => {
                self.go_live(now, interaction, is_held, out);
                if is_whole {
                    self.mend_after_reconnect(now, out);
                }
            }
        }
    }

    fn see_ringing(
        &mut self,
        now: Millis,
        shown: InteractionId,
        is_whole: bool,
        out: &mut Vec<Effect>,
    ) {
        match &self.stage {
            Stage::Ringing { interaction, .. } if *interaction == shown => return,
            // The commands of a lost link are repeated only because the ring is seen to live.
            Stage::Accepting { interaction, .. } if *interaction == shown => {
                if is_whole {
                    out.push(Effect::SendAccept { interaction: shown });
                }
                return;
            }
            Stage::Declined { interaction } if *interaction == shown => {
                if is_whole {
                    out.push(Effect::SendDecline { interaction: shown });
                }
                return;
            }
            // The answer is acknowledged and its delta still on the way; only a welcome can say otherwise.
            Stage::Live { live } if live.interaction == shown && !is_whole => return,
            Stage::Ending { interaction } if *interaction == shown && !is_whole => return,
            Stage::Idle
            | Stage::Ringing { .. }
            | Stage::Accepting { .. }
            | Stage::Declined { .. }
            | Stage::Live { .. }
            | Stage::Ending { .. } => {}
        }
        self.end(out);
        let media = self.take_media();
        out.push(Effect::StartRinging);
        out.push(Effect::MakeOffer { media });
        let path = Path::new(
            media,
            PathStage::Making {
                until: now.plus(MAKE_WITHIN_MS),
            },
        );
        self.stage = Stage::Ringing {
            interaction: shown,
            path,
        };
    }

    fn accept(&mut self, asked: InteractionId, out: &mut Vec<Effect>) {
        let Stage::Ringing { interaction, path } = &self.stage else {
            return;
        };
        if *interaction != asked {
            return;
        }
        out.push(Effect::StopRinging);
        if self.is_link_up {
            out.push(Effect::SendAccept { interaction: asked });
        }
        self.stage = Stage::Accepting {
            interaction: asked,
            path: path.clone(),
        };
    }

    fn decline(&mut self, asked: InteractionId, out: &mut Vec<Effect>) {
        let Stage::Ringing { interaction, path } = &self.stage else {
            return;
        };
        if *interaction != asked {
            return;
        }
        out.push(Effect::StopRinging);
        out.push(Effect::Close { media: path.media });
        if self.is_link_up {
            out.push(Effect::SendDecline { interaction: asked });
        }
        self.stage = Stage::Declined { interaction: asked };
    }

    fn hang_up(&mut self, asked: InteractionId, out: &mut Vec<Effect>) {
        let Stage::Live { live } = &self.stage else {
            return;
        };
        if live.interaction != asked {
            return;
        }
        self.end(out);
        out.push(Effect::SendHangUp { interaction: asked });
        self.stage = Stage::Ending { interaction: asked };
    }

    /// The ring is nobody's any more, or not ours.
    fn drop_ring(&mut self, asked: InteractionId, out: &mut Vec<Effect>) {
        let is_ours = match &self.stage {
            Stage::Ringing { interaction, .. } | Stage::Accepting { interaction, .. } => {
                *interaction == asked
            }
            Stage::Idle | Stage::Declined { .. } | Stage::Live { .. } | Stage::Ending { .. } => {
                false
            }
        };
        if is_ours {
            self.end(out);
        }
    }

    fn go_live(&mut self, now: Millis, shown: InteractionId, is_held: bool, out: &mut Vec<Effect>) {
        match &mut self.stage {
            Stage::Live { live } if live.interaction == shown => {
                if live.is_held != is_held {
                    live.is_held = is_held;
                    self.set_sound(out);
                }
            }
            // Hung up here; the server learns of it as soon as the link allows.
            Stage::Ending { interaction } if *interaction == shown => {}
            Stage::Ringing { interaction, path } | Stage::Accepting { interaction, path }
                if *interaction == shown =>
            {
                let path = path.clone();
                if matches!(self.stage, Stage::Ringing { .. }) {
                    out.push(Effect::StopRinging);
                }
                self.is_muted = false;
                self.stage = Stage::Live {
                    live: Live::new(shown, path, is_held, now),
                };
                self.offer_if_made(now, out);
                let is_broken = self.path().is_some_and(|path| {
                    matches!(path.stage, PathStage::Broken { .. } | PathStage::Failed)
                });
                if is_broken {
                    self.renew(now, out);
                }
            }
            Stage::Idle
            | Stage::Ringing { .. }
            | Stage::Accepting { .. }
            | Stage::Declined { .. }
            | Stage::Live { .. }
            | Stage::Ending { .. } => self.begin_anew(now, shown, is_held, out),
        }
    }

    /// A live conversation of which this process has no media: after a restart, or a hang-up that could not be done.
    fn begin_anew(
        &mut self,
        now: Millis,
        shown: InteractionId,
        is_held: bool,
        out: &mut Vec<Effect>,
    ) {
        self.end(out);
        let media = self.take_media();
        out.push(Effect::MakeOffer { media });
        let path = Path::new(
            media,
            PathStage::Making {
                until: now.plus(MAKE_WITHIN_MS),
            },
        );
        self.is_muted = false;
        self.stage = Stage::Live {
            live: Live::new(shown, path, is_held, now),
        };
    }

    fn mend_after_reconnect(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        live.path.repairs = 0;
        match live.path.stage {
            // Media runs past the server: it needs no mending. A description in the making goes out when made.
            PathStage::Connected | PathStage::Making { .. } | PathStage::Made { .. } => {}
            // Offer or answer may have been lost with the old link.
            PathStage::Connecting { .. } | PathStage::Broken { .. } | PathStage::Failed => {
                self.renew(now, out);
            }
        }
    }

    fn offer_made(&mut self, now: Millis, made: MediaId, sdp: String, out: &mut Vec<Effect>) {
        let Some(path) = self.path_mut() else { return };
        if path.media != made || !matches!(path.stage, PathStage::Making { .. }) {
            return;
        }
        path.stage = PathStage::Made { sdp };
        self.offer_if_made(now, out);
    }

    /// Sends the offer of a live conversation when it is made and the link can carry it.
    fn offer_if_made(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let is_link_up = self.is_link_up;
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        let PathStage::Made { sdp } = &live.path.stage else {
            return;
        };
        let media = live.path.media;
        let is_first = !live.path.is_talking;
        if is_link_up {
            let sdp = sdp.clone();
            live.path.stage = PathStage::Connecting {
                until: now.plus(ANSWER_WITHIN_MS),
            };
            out.push(Effect::SendOffer {
                interaction: live.interaction,
                media,
                sdp,
            });
        } else {
            live.path.stage = PathStage::Broken { until: None };
        }
        if is_first {
            live.path.is_talking = true;
            out.push(Effect::StartTalking { media });
            self.set_sound(out);
        }
    }

    fn offer_failed(&mut self, now: Millis, failed: MediaId) {
        let is_live = matches!(self.stage, Stage::Live { .. });
        let Some(path) = self.path_mut() else { return };
        if path.media == failed && matches!(path.stage, PathStage::Making { .. }) {
            let until = is_live.then(|| now.plus(RETRY_AFTER_MS));
            path.stage = PathStage::Broken { until };
        }
    }

    fn take_answer(&mut self, now: Millis, media: MediaId, sdp: String, out: &mut Vec<Effect>) {
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        if live.path.media != media || !matches!(live.path.stage, PathStage::Connecting { .. }) {
            return;
        }
        live.path.stage = PathStage::Connecting {
            until: now.plus(ANSWER_WITHIN_MS),
        };
        out.push(Effect::TakeAnswer { media, sdp });
    }

    fn offer_wanted(&mut self, now: Millis, asked: InteractionId, out: &mut Vec<Effect>) {
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        // An offer in the making answers the wish by itself.
        if live.interaction != asked || matches!(live.path.stage, PathStage::Making { .. }) {
            return;
        }
        live.path.repairs = 0;
        self.renew(now, out);
    }

    fn own_candidate(&mut self, media: MediaId, candidate: Candidate, out: &mut Vec<Effect>) {
        let Stage::Live { live } = &self.stage else {
            return;
        };
        if live.path.media == media && self.is_link_up {
            out.push(Effect::SendCandidate {
                interaction: live.interaction,
                media,
                candidate,
            });
        }
    }

    fn take_news(&mut self, now: Millis, media: MediaId, news: PathNews, out: &mut Vec<Effect>) {
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        if live.path.media == media && live.path.take_news(now, news) {
            self.repair(now, out);
        }
    }

    fn first_speech(&mut self, now: Millis, media: MediaId) {
        if let Stage::Live { live } = &mut self.stage
            && live.path.media == media
            && live.first_speech_at.is_none()
        {
            live.first_speech_at = Some(now);
        }
    }

    fn tick(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if self.next_deadline().is_some_and(|deadline| deadline <= now) {
            self.repair(now, out);
        }
    }

    /// First a new path for the same connection, then new connections, then giving up until somebody asks.
    fn repair(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let is_link_up = self.is_link_up;
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        let path = &mut live.path;
        if !is_link_up {
            path.stage = PathStage::Broken { until: None };
        } else if path.repairs >= MAX_REPAIRS {
            path.stage = PathStage::Failed;
        } else {
            path.repairs += 1;
            if path.repairs == 1 && path.was_connected && path.is_talking {
                path.stage = PathStage::Making {
                    until: now.plus(MAKE_WITHIN_MS),
                };
                out.push(Effect::RestartIce { media: path.media });
            } else {
                self.renew(now, out);
            }
        }
    }

    /// A new connection in place of the present one.
    fn renew(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let media = self.take_media();
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        out.push(Effect::Close {
            media: live.path.media,
        });
        out.push(Effect::MakeOffer { media });
        live.path.media = media;
        live.path.is_talking = false;
        live.path.is_up = false;
        live.path.stage = PathStage::Making {
            until: now.plus(MAKE_WITHIN_MS),
        };
    }

    fn set_sound(&self, out: &mut Vec<Effect>) {
        let Stage::Live { live } = &self.stage else {
            return;
        };
        let mode = Mode {
            is_live: true,
            is_held: live.is_held,
            is_agent_muted: self.is_muted,
            is_customer_muted: false,
        };
        if live.path.is_talking {
            let sound = Sound::of(Part::Agent, mode);
            out.push(Effect::SetSound {
                media: live.path.media,
                sound,
            });
        }
    }

    /// Leaves whatever there is; a second time nothing is left to do.
    fn end(&mut self, out: &mut Vec<Effect>) {
        match &self.stage {
            Stage::Ringing { path, .. } => {
                out.push(Effect::StopRinging);
                out.push(Effect::Close { media: path.media });
            }
            Stage::Accepting { path, .. } => out.push(Effect::Close { media: path.media }),
            Stage::Live { live } => {
                out.push(Effect::Close {
                    media: live.path.media,
                });
                let connect_ms = live.first_speech_at.map(|at| at.since(live.answered_at));
                out.push(Effect::Ended {
                    interaction: live.interaction,
                    connect_ms,
                });
            }
            Stage::Idle | Stage::Declined { .. } | Stage::Ending { .. } => {}
        }
        self.stage = Stage::Idle;
    }

    fn take_media(&mut self) -> MediaId {
        let media = self.next_media;
        self.next_media = MediaId(media.0.saturating_add(1));
        media
    }

    fn path(&self) -> Option<&Path> {
        match &self.stage {
            Stage::Ringing { path, .. } | Stage::Accepting { path, .. } => Some(path),
            Stage::Live { live } => Some(&live.path),
            Stage::Idle | Stage::Declined { .. } | Stage::Ending { .. } => None,
        }
    }

    fn path_mut(&mut self) -> Option<&mut Path> {
        match &mut self.stage {
            Stage::Ringing { path, .. } | Stage::Accepting { path, .. } => Some(path),
            Stage::Live { live } => Some(&mut live.path),
            Stage::Idle | Stage::Declined { .. } | Stage::Ending { .. } => None,
        }
    }
}

impl Live {
    fn new(interaction: InteractionId, path: Path, is_held: bool, now: Millis) -> Self {
        Self {
            interaction,
            path,
            is_held,
            answered_at: now,
            first_speech_at: None,
        }
    }
}

#[cfg(test)]
mod tests;
