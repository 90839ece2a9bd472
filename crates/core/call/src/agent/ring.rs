//! From the ring to the conversation and out of it: what the server shows and what the person does.

use super::{AgentCall, Live, Seen, Stage};
use crate::effect::Effect;
use crate::path::{MAKE_WITHIN_MS, Path, PathStage};
use vocab::{InteractionId, Millis, Peer};

impl AgentCall {
    pub(super) fn see(&mut self, now: Millis, seen: Seen, is_whole: bool, out: &mut Vec<Effect>) {
        if is_whole {
            self.is_link_up = true;
        }
        match seen {
            Seen::Nothing => self.end(out),
            Seen::Ringing { interaction, peer } => {
                self.see_ringing(now, (interaction, peer), is_whole, out);
            }
            Seen::CallingBack { interaction } => self.see_calling_back(now, interaction, out),
            Seen::Live {
                interaction,
                peer,
                is_held,
            } => {
                self.go_live(now, (interaction, peer), is_held, out);
                if is_whole {
                    self.mend_after_reconnect(now, out);
                }
            }
        }
    }

    pub(super) fn see_ringing(
        &mut self,
        now: Millis,
        (shown, peer): (InteractionId, Peer),
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
            peer,
            path,
        };
    }

    /// The description made for the ring waits, microphone closed, until the customer answers.
    fn see_calling_back(&mut self, now: Millis, shown: InteractionId, out: &mut Vec<Effect>) {
        match &self.stage {
            Stage::Accepting { interaction, .. } | Stage::Ending { interaction }
                if *interaction == shown => {}
            Stage::Ringing {
                interaction,
                peer,
                path,
            } if *interaction == shown => {
                out.push(Effect::StopRinging);
                self.stage = Stage::Accepting {
                    interaction: shown,
                    peer: *peer,
                    path: path.clone(),
                };
            }
            Stage::Idle
            | Stage::Ringing { .. }
            | Stage::Accepting { .. }
            | Stage::Declined { .. }
            | Stage::Live { .. }
            | Stage::Ending { .. } => {
                self.end(out);
                let media = self.take_media();
                out.push(Effect::MakeOffer { media });
                let until = now.plus(MAKE_WITHIN_MS);
                self.stage = Stage::Accepting {
                    interaction: shown,
                    peer: Peer::Customer,
                    path: Path::new(media, PathStage::Making { until }),
                };
            }
        }
    }

    pub(super) fn accept(&mut self, asked: InteractionId, out: &mut Vec<Effect>) {
        let Stage::Ringing {
            interaction,
            peer,
            path,
        } = &self.stage
        else {
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
            peer: *peer,
            path: path.clone(),
        };
    }

    pub(super) fn decline(&mut self, asked: InteractionId, out: &mut Vec<Effect>) {
        let Stage::Ringing {
            interaction, path, ..
        } = &self.stage
        else {
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

    pub(super) fn hang_up(&mut self, asked: InteractionId, out: &mut Vec<Effect>) {
        let is_ours = match &self.stage {
            Stage::Live { live } => live.interaction == asked,
            // A callback that the agent gives up; before the server's yes to an ordinary accept it refuses this.
            Stage::Accepting { interaction, .. } => *interaction == asked,
            Stage::Idle | Stage::Ringing { .. } | Stage::Declined { .. } | Stage::Ending { .. } => {
                false
            }
        };
        if !is_ours {
            return;
        }
        self.end(out);
        out.push(Effect::SendHangUp { interaction: asked });
        self.stage = Stage::Ending { interaction: asked };
    }

    /// The ring is nobody's any more, or not ours.
    pub(super) fn drop_ring(&mut self, asked: InteractionId, out: &mut Vec<Effect>) {
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

    /// The server said yes; what it shows follows and may say otherwise.
    pub(super) fn accepted(&mut self, now: Millis, asked: InteractionId, out: &mut Vec<Effect>) {
        let peer = match &self.stage {
            Stage::Ringing { peer, .. } | Stage::Accepting { peer, .. } => *peer,
            Stage::Live { live } => live.peer,
            Stage::Idle | Stage::Declined { .. } | Stage::Ending { .. } => Peer::Customer,
        };
        self.go_live(now, (asked, peer), false, out);
    }

    pub(super) fn go_live(
        &mut self,
        now: Millis,
        (shown, with): (InteractionId, Peer),
        is_held: bool,
        out: &mut Vec<Effect>,
    ) {
        match &mut self.stage {
            Stage::Live { live } if live.interaction == shown && live.peer == with => {
                if live.is_held != is_held {
                    live.is_held = is_held;
                    self.set_sound(out);
                }
            }
            // Hung up here; the server learns of it as soon as the link allows.
            Stage::Ending { interaction } if *interaction == shown => {}
            Stage::Ringing {
                interaction,
                peer,
                path,
            }
            | Stage::Accepting {
                interaction,
                peer,
                path,
            } if *interaction == shown && *peer == with => {
                let path = path.clone();
                if matches!(self.stage, Stage::Ringing { .. }) {
                    out.push(Effect::StopRinging);
                }
                self.is_muted = false;
                self.stage = Stage::Live {
                    live: Live::new((shown, with), path, is_held, now),
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
            | Stage::Ending { .. } => self.begin_anew(now, (shown, with), is_held, out),
        }
    }

    /// A live conversation of which this process has no media: after a restart, or with another peer than before.
    pub(super) fn begin_anew(
        &mut self,
        now: Millis,
        with: (InteractionId, Peer),
        is_held: bool,
        out: &mut Vec<Effect>,
    ) {
        // Whoever muted themselves before the peer changed would be surprised to be heard.
        let stays_muted = match &self.stage {
            Stage::Live { live } => self.is_muted && live.interaction == with.0,
            Stage::Idle
            | Stage::Ringing { .. }
            | Stage::Accepting { .. }
            | Stage::Declined { .. }
            | Stage::Ending { .. } => false,
        };
        self.end(out);
        let media = self.take_media();
        out.push(Effect::MakeOffer { media });
        let path = Path::new(
            media,
            PathStage::Making {
                until: now.plus(MAKE_WITHIN_MS),
            },
        );
        self.is_muted = stays_muted;
        self.stage = Stage::Live {
            live: Live::new(with, path, is_held, now),
        };
    }

    /// Leaves whatever there is; a second time nothing is left to do.
    pub(super) fn end(&mut self, out: &mut Vec<Effect>) {
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
                    peer: live.peer,
                    connect_ms,
                });
            }
            Stage::Idle | Stage::Declined { .. } | Stage::Ending { .. } => {}
        }
        self.stage = Stage::Idle;
    }
}
