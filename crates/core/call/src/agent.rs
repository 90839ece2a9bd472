//! The side that was rung: ring, prepare, answer, offer, talk, repair, end. The peer is the customer, or the agent who
//! asks this one.
//!
//! What the server shows is the truth about the interaction ([`Seen`]); this machine only decides what that means for
//! the ring, the media and the messages to the peer. Late answers and second hang-ups fall through without effect.

mod mend;
mod ring;

use crate::audience::{Mode, Part, Sound};
use crate::effect::{Candidate, Effect};
use crate::path::{Path, PathNews, PathShown};
use vocab::{InteractionId, MediaId, Millis, Peer};

/// The conversation as the server shows it to this agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    Nothing,
    Ringing {
        interaction: InteractionId,
        peer: Peer,
    },
    /// Accepted, and the customer's page rings.
    CallingBack {
        interaction: InteractionId,
    },
    Live {
        interaction: InteractionId,
        /// The customer, or the colleague who asks; another one than before gets a new path.
        peer: Peer,
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
        from: Peer,
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
        peer: Peer,
        path: Path,
    },
    /// The person accepted; the server has not said yes yet, or the customer who is called back has not.
    Accepting {
        interaction: InteractionId,
        peer: Peer,
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
    peer: Peer,
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
            Stage::Accepting {
                interaction, path, ..
            } => Some((*interaction, path.shown())),
            Stage::Live { live } => Some((live.interaction, live.path.shown())),
            Stage::Idle | Stage::Ringing { .. } | Stage::Declined { .. } | Stage::Ending { .. } => {
                None
            }
        }
    }

    /// Whom this agent talks with, or is about to.
    #[must_use]
    pub fn peer(&self) -> Option<Peer> {
        match &self.stage {
            Stage::Ringing { peer, .. } | Stage::Accepting { peer, .. } => Some(*peer),
            Stage::Live { live } => Some(live.peer),
            Stage::Idle | Stage::Declined { .. } | Stage::Ending { .. } => None,
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
            AgentInput::Accepted { interaction } => self.accepted(now, interaction, &mut out),
            AgentInput::AcceptRefused { interaction } => self.drop_ring(interaction, &mut out),
            AgentInput::Answer { media, sdp } => self.take_answer(now, media, sdp, &mut out),
            AgentInput::PeerCandidate { media, candidate } => {
                if self.media() == Some(media) {
                    out.push(Effect::TakeCandidate { media, candidate });
                }
            }
            AgentInput::OfferWanted { interaction, from } => {
                self.offer_wanted(now, interaction, from, &mut out);
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

    fn set_sound(&self, out: &mut Vec<Effect>) {
        let Stage::Live { live } = &self.stage else {
            return;
        };
        let mut mode = Mode {
            is_live: true,
            is_held: live.is_held,
            ..Mode::default()
        };
        let (me, peer) = match live.peer {
            Peer::Customer => {
                mode.is_agent_muted = self.is_muted;
                (Part::Agent, Part::Customer)
            }
            Peer::Agent { .. } => {
                mode.is_consulted = true;
                mode.is_colleague_muted = self.is_muted;
                (Part::Colleague, Part::Agent)
            }
        };
        if live.path.is_talking {
            let sound = Sound::between(me, peer, mode);
            out.push(Effect::SetSound {
                media: live.path.media,
                sound,
            });
        }
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
    fn new(
        (interaction, peer): (InteractionId, Peer),
        path: Path,
        is_held: bool,
        now: Millis,
    ) -> Self {
        Self {
            interaction,
            peer,
            path,
            is_held,
            answered_at: now,
            first_speech_at: None,
        }
    }
}

#[cfg(test)]
mod tests;
