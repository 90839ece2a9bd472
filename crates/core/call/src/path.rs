//! One conversation's media path: which connection it is, how far it is, and until when to be patient with it.

use crate::effect::Candidate;
use vocab::{MediaId, Millis};

/// What the media engine says of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathNews {
    Connected,
    /// Packets stopped; it may heal by itself.
    Disconnected,
    Failed,
}

/// How a path looks to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathShown {
    Preparing,
    Connecting,
    Connected,
    Reconnecting,
    Failed,
}

/// An offer unanswered this long is made anew: the peer lost it or was away.
pub(crate) const ANSWER_WITHIN_MS: u64 = 5_000;
/// With both descriptions exchanged, checks through a relay and the exchange of keys may take seconds; begun anew too
/// early, a slow path would never be up.
pub(crate) const CONNECT_WITHIN_MS: u64 = 10_000;
/// Whoever answers asks for another offer only after whoever offers had its chance.
pub(crate) const ASK_WITHIN_MS: u64 = CONNECT_WITHIN_MS + 2_000;
/// A description not made after this long never will be.
pub(crate) const MAKE_WITHIN_MS: u64 = 5_000;
/// A silent path gets this long to heal by itself before it is repaired.
pub(crate) const HEAL_WITHIN_MS: u64 = 2_000;
/// Pause after a failed attempt to make a description.
pub(crate) const RETRY_AFTER_MS: u64 = 1_000;
/// Repairs in a row before a path counts as failed; a new link or a request of the peer begins the count anew.
pub(crate) const MAX_REPAIRS: u8 = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathStage {
    /// A description is being made here.
    Making {
        until: Millis,
    },
    /// Made, and kept until the ring is answered.
    Made {
        sdp: String,
    },
    /// The offer is out, or the answer is; the connection is not up yet.
    Connecting {
        until: Millis,
    },
    Connected,
    /// To be repaired at `until`; without it when the link is back.
    Broken {
        until: Option<Millis>,
    },
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) media: MediaId,
    pub(crate) stage: PathStage,
    pub(crate) repairs: u8,
    /// Whether speech has ever been possible in this conversation, for "connecting" or "reconnecting" on the screen.
    pub(crate) was_connected: bool,
    /// Whether the present connection carries packets; it may do so before its description is through.
    pub(crate) is_up: bool,
    /// Whether this connection was told to open the devices.
    pub(crate) is_talking: bool,
    /// Own candidates found after the description was made and before it may be sent: a relay's may be slow.
    early: Vec<Candidate>,
}

/// More ways than any machine has; the rest would only be more of the same.
const MOST_EARLY: usize = 32;

impl Path {
    pub(crate) fn new(media: MediaId, stage: PathStage) -> Self {
        Self {
            media,
            stage,
            repairs: 0,
            was_connected: false,
            is_up: false,
            is_talking: false,
            early: Vec::new(),
        }
    }

    pub(crate) fn keep_early(&mut self, candidate: Candidate) {
        if self.early.len() < MOST_EARLY {
            self.early.push(candidate);
        }
    }

    pub(crate) fn take_early(&mut self) -> Vec<Candidate> {
        std::mem::take(&mut self.early)
    }

    pub(crate) fn deadline(&self) -> Option<Millis> {
        match self.stage {
            PathStage::Making { until } | PathStage::Connecting { until } => Some(until),
            PathStage::Broken { until } => until,
            PathStage::Made { .. } | PathStage::Connected | PathStage::Failed => None,
        }
    }

    pub(crate) fn shown(&self) -> PathShown {
        match self.stage {
            PathStage::Connected => PathShown::Connected,
            PathStage::Failed => PathShown::Failed,
            PathStage::Making { .. } | PathStage::Made { .. } if !self.was_connected => {
                PathShown::Preparing
            }
            PathStage::Connecting { .. } | PathStage::Broken { .. } if !self.was_connected => {
                PathShown::Connecting
            }
            PathStage::Making { .. }
            | PathStage::Made { .. }
            | PathStage::Connecting { .. }
            | PathStage::Broken { .. } => PathShown::Reconnecting,
        }
    }

    /// Takes what the engine says; true when the path wants repair at once.
    pub(crate) fn take_news(&mut self, now: Millis, news: PathNews) -> bool {
        self.is_up = news == PathNews::Connected;
        match news {
            PathNews::Connected => {
                self.stage = PathStage::Connected;
                self.was_connected = true;
                self.repairs = 0;
                false
            }
            PathNews::Disconnected => {
                if self.stage == PathStage::Connected {
                    self.stage = PathStage::Broken {
                        until: Some(now.plus(HEAL_WITHIN_MS)),
                    };
                }
                false
            }
            // While a description is being made the old path's failure is no news.
            PathNews::Failed => match self.stage {
                PathStage::Connecting { .. } | PathStage::Connected | PathStage::Broken { .. } => {
                    true
                }
                PathStage::Making { .. } | PathStage::Made { .. } | PathStage::Failed => false,
            },
        }
    }
}
