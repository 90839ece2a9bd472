//! Signals between a call's words and the wire's, for both sides of a path; sockets and devices are the owners'.

use call::{AgentInput, Candidate, CustomerInput, Effect, PathShown};
use protocol::desktop::MediaState;
use protocol::link::{ClientFrame, Signal};
use vocab::{InteractionId, MediaId, Peer};

/// A signal on its way to the other end of a path.
pub(crate) struct Outgoing {
    pub(crate) interaction: InteractionId,
    pub(crate) to: Peer,
    pub(crate) signal: Signal,
}

impl From<Outgoing> for ClientFrame {
    fn from(out: Outgoing) -> Self {
        let Outgoing {
            interaction,
            to,
            signal,
        } = out;
        Self::Signal {
            interaction,
            to,
            signal,
        }
    }
}

/// An effect that is a signal as such; any other is handed back.
pub(crate) fn outgoing(effect: Effect) -> Result<Outgoing, Effect> {
    let (interaction, to, signal) = match effect {
        Effect::SendOffer {
            interaction,
            to,
            media,
            sdp,
        } => (interaction, to, Signal::Offer { media, sdp }),
        Effect::SendAnswer {
            interaction,
            to,
            media,
            sdp,
        } => (interaction, to, Signal::Answer { media, sdp }),
        Effect::SendCandidate {
            interaction,
            to,
            media,
            candidate,
        } => {
            let Candidate {
                candidate,
                sdp_mid,
                sdp_m_line_index,
            } = candidate;
            let signal = Signal::Candidate {
                media,
                candidate,
                sdp_mid,
                sdp_m_line_index,
            };
            (interaction, to, signal)
        }
        Effect::SendOfferWanted { interaction, to } => (interaction, to, Signal::OfferWanted),
        other => return Err(other),
    };
    Ok(Outgoing {
        interaction,
        to,
        signal,
    })
}

/// What a signal means to the side that offers; nothing when it is for the other side.
pub(crate) fn to_offering(
    interaction: InteractionId,
    from: Peer,
    signal: Signal,
) -> Option<AgentInput> {
    match signal {
        Signal::Answer { media, sdp } => Some(AgentInput::Answer { media, sdp }),
        Signal::OfferWanted => Some(AgentInput::OfferWanted { interaction, from }),
        Signal::Offer { .. } => None,
        Signal::Candidate {
            media,
            candidate,
            sdp_mid,
            sdp_m_line_index,
        } => Some(AgentInput::PeerCandidate {
            media,
            candidate: Candidate {
                candidate,
                sdp_mid,
                sdp_m_line_index,
            },
        }),
    }
}

/// What a signal means to the side that answers; nothing when it is for the other side.
pub(crate) fn to_answering(
    interaction: InteractionId,
    from: Peer,
    signal: Signal,
) -> Option<CustomerInput> {
    match signal {
        Signal::Offer { media, sdp } => Some(CustomerInput::Offer {
            interaction,
            from,
            media,
            sdp,
        }),
        Signal::Answer { .. } | Signal::OfferWanted => None,
        Signal::Candidate {
            media,
            candidate,
            sdp_mid,
            sdp_m_line_index,
        } => Some(CustomerInput::PeerCandidate {
            media,
            candidate: Candidate {
                candidate,
                sdp_mid,
                sdp_m_line_index,
            },
        }),
    }
}

/// The media engine's candidate in a call's words.
pub(crate) fn own_candidate(candidate: media::Candidate) -> Candidate {
    Candidate {
        candidate: candidate.candidate,
        sdp_mid: candidate.sdp_mid,
        sdp_m_line_index: candidate.sdp_m_line_index,
    }
}

/// The same signal about a path with another number.
pub(crate) fn renumbered(signal: Signal, number: impl Fn(MediaId) -> MediaId) -> Signal {
    match signal {
        Signal::Offer { media, sdp } => Signal::Offer {
            media: number(media),
            sdp,
        },
        Signal::Answer { media, sdp } => Signal::Answer {
            media: number(media),
            sdp,
        },
        Signal::Candidate {
            media,
            candidate,
            sdp_mid,
            sdp_m_line_index,
        } => Signal::Candidate {
            media: number(media),
            candidate,
            sdp_mid,
            sdp_m_line_index,
        },
        Signal::OfferWanted => Signal::OfferWanted,
    }
}

pub(crate) fn media_state(shown: PathShown) -> MediaState {
    match shown {
        PathShown::Preparing => MediaState::Preparing,
        PathShown::Connecting => MediaState::Connecting,
        PathShown::Connected => MediaState::Connected,
        PathShown::Reconnecting => MediaState::Reconnecting,
        PathShown::Failed => MediaState::Failed,
    }
}
