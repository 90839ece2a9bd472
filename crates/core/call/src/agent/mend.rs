//! Offers and the path they make: sent, answered, broken, repaired.

use super::{AgentCall, Stage};
use crate::effect::{Candidate, Effect};
use crate::path::{
    ANSWER_WITHIN_MS, CONNECT_WITHIN_MS, MAKE_WITHIN_MS, MAX_REPAIRS, PathNews, PathStage,
    RETRY_AFTER_MS,
};
use vocab::{InteractionId, MediaId, Millis, Peer};

impl AgentCall {
    pub(super) fn mend_after_reconnect(&mut self, now: Millis, out: &mut Vec<Effect>) {
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

    pub(super) fn offer_made(
        &mut self,
        now: Millis,
        made: MediaId,
        sdp: String,
        out: &mut Vec<Effect>,
    ) {
        let Some(path) = self.path_mut() else { return };
        if path.media != made || !matches!(path.stage, PathStage::Making { .. }) {
            return;
        }
        path.stage = PathStage::Made { sdp };
        self.offer_if_made(now, out);
    }

    /// Sends the offer of a live conversation when it is made and the link can carry it.
    pub(super) fn offer_if_made(&mut self, now: Millis, out: &mut Vec<Effect>) {
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
                to: live.peer,
                media,
                sdp,
            });
            let early = live.path.take_early().into_iter();
            out.extend(early.map(|candidate| Effect::SendCandidate {
                interaction: live.interaction,
                to: live.peer,
                media,
                candidate,
            }));
        } else {
            live.path.stage = PathStage::Broken { until: None };
        }
        if is_first {
            live.path.is_talking = true;
            out.push(Effect::StartTalking { media });
            self.set_sound(out);
        }
    }

    pub(super) fn offer_failed(&mut self, now: Millis, failed: MediaId) {
        let is_live = matches!(self.stage, Stage::Live { .. });
        let Some(path) = self.path_mut() else { return };
        if path.media == failed && matches!(path.stage, PathStage::Making { .. }) {
            let until = is_live.then(|| now.plus(RETRY_AFTER_MS));
            path.stage = PathStage::Broken { until };
        }
    }

    pub(super) fn take_answer(
        &mut self,
        now: Millis,
        media: MediaId,
        sdp: String,
        out: &mut Vec<Effect>,
    ) {
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        if live.path.media != media || !matches!(live.path.stage, PathStage::Connecting { .. }) {
            return;
        }
        live.path.stage = PathStage::Connecting {
            until: now.plus(CONNECT_WITHIN_MS),
        };
        out.push(Effect::TakeAnswer { media, sdp });
    }

    pub(super) fn offer_wanted(
        &mut self,
        now: Millis,
        asked: InteractionId,
        from: Peer,
        out: &mut Vec<Effect>,
    ) {
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        // An offer in the making answers the wish by itself.
        let is_ours = live.interaction == asked && live.peer == from;
        if !is_ours || matches!(live.path.stage, PathStage::Making { .. }) {
            return;
        }
        live.path.repairs = 0;
        self.renew(now, out);
    }

    pub(super) fn own_candidate(
        &mut self,
        media: MediaId,
        candidate: Candidate,
        out: &mut Vec<Effect>,
    ) {
        let Stage::Live { live } = &self.stage else {
            // Nobody may be told yet that this machine is there.
            if let Some(path) = self.path_mut().filter(|path| path.media == media) {
                path.keep_early(candidate);
            }
            return;
        };
        if live.path.media == media && self.is_link_up {
            out.push(Effect::SendCandidate {
                interaction: live.interaction,
                to: live.peer,
                media,
                candidate,
            });
        }
    }

    pub(super) fn take_news(
        &mut self,
        now: Millis,
        media: MediaId,
        news: PathNews,
        out: &mut Vec<Effect>,
    ) {
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        if live.path.media == media && live.path.take_news(now, news) {
            self.repair(now, out);
        }
    }

    pub(super) fn first_speech(&mut self, now: Millis, media: MediaId) {
        if let Stage::Live { live } = &mut self.stage
            && live.path.media == media
            && live.first_speech_at.is_none()
        {
            live.first_speech_at = Some(now);
        }
    }

    pub(super) fn tick(&mut self, now: Millis, out: &mut Vec<Effect>) {
        if self.next_deadline().is_some_and(|deadline| deadline <= now) {
            self.repair(now, out);
        }
    }

    /// First a new path for the same connection, then new connections, then giving up until somebody asks.
    pub(super) fn repair(&mut self, now: Millis, out: &mut Vec<Effect>) {
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
    pub(super) fn renew(&mut self, now: Millis, out: &mut Vec<Effect>) {
        let media = self.take_media();
        let Stage::Live { live } = &mut self.stage else {
            return;
        };
        out.push(Effect::Close {
            media: live.path.media,
        });
        out.push(Effect::MakeOffer { media });
        // They were ways to the connection that is closed.
        drop(live.path.take_early());
        live.path.media = media;
        live.path.is_talking = false;
        live.path.is_up = false;
        live.path.stage = PathStage::Making {
            until: now.plus(MAKE_WITHIN_MS),
        };
    }
}
