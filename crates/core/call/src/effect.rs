//! What a call asks of its shell: of the server, of the other participant, and of the sound on this machine.

use crate::audience::Sound;
use serde::{Deserialize, Serialize};
use vocab::{InteractionId, MediaId, Peer};

/// A trickled ICE candidate; an empty `candidate` ends them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub candidate: String,
    pub sdp_mid: Option<String>,
    pub sdp_m_line_index: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    StartRinging,
    StopRinging,

    // Commands to the server.
    SendAccept {
        interaction: InteractionId,
    },
    SendDecline {
        interaction: InteractionId,
    },
    SendHangUp {
        interaction: InteractionId,
    },

    // Signals to the other end of the path.
    SendOffer {
        interaction: InteractionId,
        to: Peer,
        media: MediaId,
        sdp: String,
    },
    SendAnswer {
        interaction: InteractionId,
        to: Peer,
        media: MediaId,
        sdp: String,
    },
    SendCandidate {
        interaction: InteractionId,
        to: Peer,
        media: MediaId,
        candidate: Candidate,
    },
    SendOfferWanted {
        interaction: InteractionId,
        to: Peer,
    },

    // Media on this machine.
    /// A new connection; its description comes back as `OfferMade`.
    MakeOffer {
        media: MediaId,
    },
    /// The same connection on a new path; its description comes back as `OfferMade` too.
    RestartIce {
        media: MediaId,
    },
    /// Comes back as `AnswerMade`.
    MakeAnswer {
        media: MediaId,
        sdp: String,
    },
    TakeAnswer {
        media: MediaId,
        sdp: String,
    },
    TakeCandidate {
        media: MediaId,
        candidate: Candidate,
    },
    /// Opens microphone and speaker.
    StartTalking {
        media: MediaId,
    },
    SetSound {
        media: MediaId,
        sound: Sound,
    },
    Close {
        media: MediaId,
    },

    /// The conversation is over on this side; for the record of how it was.
    Ended {
        interaction: InteractionId,
        /// With whom it was: the figures of a path between colleagues are no part of the customer's record.
        peer: Peer,
        connect_ms: Option<u64>,
    },
}
