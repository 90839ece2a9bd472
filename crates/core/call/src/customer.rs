//! The customer's side, for the participant without a screen: waits, answers the agent's offers, asks for new ones.

use crate::audience::{Mode, Part, Sound};
use crate::effect::{Candidate, Effect};
use crate::path::{
    ANSWER_WITHIN_MS, ASK_WITHIN_MS, MAX_REPAIRS, Path, PathNews, PathShown, PathStage,
};
use vocab::{InteractionId, MediaId, Millis, Peer};

/// The conversation as the server shows it to this customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomerSeen {
    /// Idle, waiting or ended.
    Nothing,
    Live {
        interaction: InteractionId,
        /// Who offers; another one than before begins a new path.
        peer: Peer,
        is_held: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomerInput {
    /// After a welcome (`is_whole`) or a change of the stage.
    Seen {
        seen: CustomerSeen,
        is_whole: bool,
    },
    LinkDown,
    SetMuted {
        is_muted: bool,
    },
    /// Silent at once; telling the server is the shell's affair.
    HangUp,

    Offer {
        interaction: InteractionId,
        from: Peer,
        media: MediaId,
        sdp: String,
    },
    PeerCandidate {
        media: MediaId,
        candidate: Candidate,
    },

    AnswerMade {
        media: MediaId,
        sdp: String,
    },
    AnswerFailed {
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

#[derive(Clone, Debug)]
struct Live {
    interaction: InteractionId,
    peer: Peer,
    /// Media 0 stands for "no offer yet".
    path: Path,
    is_held: bool,
    answered_at: Millis,
    first_speech_at: Option<Millis>,
}

/// No agent's process numbers its media 0.
const NO_MEDIA: MediaId = MediaId(0);

/// Also an agent's path to the colleague who was asked: whoever was rung offers, the other answers.
#[derive(Clone, Debug)]
pub struct CustomerCall {
    me: Part,
    peer: Part,
    live: Option<Live>,
    /// Hung up here; the server may still show it for a moment.
    left: Option<InteractionId>,
    is_muted: bool,
    is_link_up: bool,
}

impl Default for CustomerCall {
    fn default() -> Self {
        Self::new()
    }
}

impl CustomerCall {
    #[must_use]
    pub fn new() -> Self {
        Self::between(Part::Customer, Part::Agent)
    }

    /// The side of the agent who asks a colleague.
    #[must_use]
    pub fn asking() -> Self {
        Self::between(Part::Agent, Part::Colleague)
    }

    fn between(me: Part, peer: Part) -> Self {
        Self {
            me,
            peer,
            live: None,
            left: None,
            is_muted: false,
            is_link_up: false,
        }
    }

    #[must_use]
    pub fn live(&self) -> Option<(InteractionId, PathShown)> {
        self.live
            .as_ref()
            .map(|live| (live.interaction, live.path.shown()))
    }

    #[must_use]
    pub fn media(&self) -> Option<MediaId> {
        self.live
            .as_ref()
            .map(|live| live.path.media)
            .filter(|media| *media != NO_MEDIA)
    }

    #[must_use]
    pub fn next_deadline(&self) -> Option<Millis> {
        self.live.as_ref().and_then(|live| live.path.deadline())
    }

    pub fn handle(&mut self, now: Millis, input: CustomerInput) -> Vec<Effect> {
        let mut out = Vec::new();
        match input {
            CustomerInput::Seen { seen, is_whole } => self.see(now, seen, is_whole, &mut out),
            CustomerInput::LinkDown => self.is_link_up = false,
            CustomerInput::SetMuted { is_muted } => {
                self.is_muted = is_muted;
                self.set_sound(&mut out);
            }
            CustomerInput::HangUp => {
                if let Some(live) = &self.live {
                    self.left = Some(live.interaction);
                    self.end(&mut out);
                }
            }
            CustomerInput::Offer {
                interaction,
                from,
                media,
                sdp,
            } => {
                self.take_offer(now, (interaction, from), media, sdp, &mut out);
            }
            CustomerInput::PeerCandidate { media, candidate } => {
                if self.media() == Some(media) {
                    out.push(Effect::TakeCandidate { media, candidate });
                }
            }
            CustomerInput::AnswerMade { media, sdp } => self.answer_made(now, media, sdp, &mut out),
            CustomerInput::AnswerFailed { media } => {
                if self.media() == Some(media) {
                    self.ask(now, &mut out);
                }
            }
            CustomerInput::OwnCandidate { media, candidate } => {
                if let Some(live) = self.live.as_ref().filter(|live| live.path.media == media)
                    && self.is_link_up
                {
                    let interaction = live.interaction;
                    out.push(Effect::SendCandidate {
                        interaction,
                        to: live.peer,
                        media,
                        candidate,
                    });
                }
            }
            CustomerInput::Path { media, news } => {
                if let Some(live) = self.live.as_mut().filter(|live| live.path.media == media)
                    && live.path.take_news(now, news)
                {
                    self.ask(now, &mut out);
                }
            }
            CustomerInput::FirstSpeechHeard { media } => {
                if let Some(live) = self.live.as_mut().filter(|live| live.path.media == media) {
                    live.first_speech_at.get_or_insert(now);
                }
            }
            CustomerInput::Tick => {
                if self.next_deadline().is_some_and(|deadline| deadline <= now) {
                    self.ask(now, &mut out);
                }
            }
        }
        out
    }

    fn see(&mut self, now: Millis, seen: CustomerSeen, is_whole: bool, out: &mut Vec<Effect>) {
        if is_whole {
            self.is_link_up = true;
        }
        let CustomerSeen::Live {
            interaction,
            peer,
            is_held,
        } = seen
        else {
            self.left = None;
            return self.end(out);
        };
        if self.left == Some(interaction) {
            return;
        }
        match self
            .live
            .as_mut()
            .filter(|live| live.interaction == interaction && live.peer == peer)
        {
            Some(live) => {
                if live.is_held != is_held {
                    live.is_held = is_held;
                    self.set_sound(out);
                }
                let is_up = self
                    .live
                    .as_ref()
                    .is_some_and(|l| l.path.stage == PathStage::Connected);
                if is_whole && !is_up {
                    self.ask_from_the_start(now, out);
                }
            }
            None => {
                self.begin(now, (interaction, peer), is_held, out);
                if is_whole {
                    self.ask_from_the_start(now, out);
                }
            }
        }
    }

    fn begin(
        &mut self,
        now: Millis,
        (interaction, peer): (InteractionId, Peer),
        is_held: bool,
        out: &mut Vec<Effect>,
    ) {
        self.end(out);
        let stage = PathStage::Connecting {
            until: now.plus(ANSWER_WITHIN_MS),
        };
        let path = Path::new(NO_MEDIA, stage);
        self.live = Some(Live {
            interaction,
            peer,
            path,
            is_held,
            answered_at: now,
            first_speech_at: None,
        });
    }

    fn take_offer(
        &mut self,
        now: Millis,
        (interaction, from): (InteractionId, Peer),
        media: MediaId,
        sdp: String,
        out: &mut Vec<Effect>,
    ) {
        // The server shows a conversation before it passes an offer of it; any other offer is a late one.
        let Some(live) = self
            .live
            .as_mut()
            .filter(|live| live.interaction == interaction && live.peer == from)
        else {
            return;
        };
        // Late: an older attempt of the agent's side.
        if media < live.path.media {
            return;
        }
        if media > live.path.media {
            if live.path.media != NO_MEDIA {
                out.push(Effect::Close {
                    media: live.path.media,
                });
            }
            live.path.media = media;
            live.path.is_talking = false;
            live.path.is_up = false;
        }
        live.path.stage = PathStage::Making {
            until: now.plus(ANSWER_WITHIN_MS),
        };
        out.push(Effect::MakeAnswer { media, sdp });
    }

    fn answer_made(&mut self, now: Millis, media: MediaId, sdp: String, out: &mut Vec<Effect>) {
        let Some(live) = self.live.as_mut().filter(|live| live.path.media == media) else {
            return;
        };
        live.path.stage = if live.path.is_up {
            PathStage::Connected
        } else {
            PathStage::Connecting {
                until: now.plus(ASK_WITHIN_MS),
            }
        };
        out.push(Effect::SendAnswer {
            interaction: live.interaction,
            to: live.peer,
            media,
            sdp,
        });
        if !live.path.is_talking {
            live.path.is_talking = true;
            out.push(Effect::StartTalking { media });
            self.set_sound(out);
        }
    }

    fn ask_from_the_start(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if let Some(live) = &mut self.live {
            live.path.repairs = 0;
        }
        self.ask(now, out);
    }

    /// Asks the agent's side for a new offer, a limited number of times.
    fn ask(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let is_link_up = self.is_link_up;
        let Some(live) = &mut self.live else { return };
        if !is_link_up {
            live.path.stage = PathStage::Broken { until: None };
        } else if live.path.repairs >= MAX_REPAIRS {
            live.path.stage = PathStage::Failed;
        } else {
            live.path.repairs += 1;
            live.path.stage = PathStage::Broken {
                until: Some(now.plus(ANSWER_WITHIN_MS)),
            };
            out.push(Effect::SendOfferWanted {
                interaction: live.interaction,
                to: live.peer,
            });
        }
    }

    fn set_sound(&self, out: &mut Vec<Effect>) {
        let Some(live) = self.live.as_ref().filter(|live| live.path.is_talking) else {
            return;
        };
        let is_own_mute = |part: Part| self.me == part && self.is_muted;
        let mode = Mode {
            is_live: true,
            is_held: live.is_held,
            is_consulted: self.peer == Part::Colleague,
            is_agent_muted: is_own_mute(Part::Agent),
            is_customer_muted: is_own_mute(Part::Customer),
            is_colleague_muted: false,
        };
        let sound = Sound::between(self.me, self.peer, mode);
        out.push(Effect::SetSound {
            media: live.path.media,
            sound,
        });
    }

    fn end(&mut self, out: &mut Vec<Effect>) {
        let Some(live) = self.live.take() else { return };
        if live.path.media != NO_MEDIA {
            out.push(Effect::Close {
                media: live.path.media,
            });
        }
        let connect_ms = live.first_speech_at.map(|at| at.since(live.answered_at));
        out.push(Effect::Ended {
            interaction: live.interaction,
            peer: live.peer,
            connect_ms,
        });
    }
}

#[cfg(test)]
mod tests;
