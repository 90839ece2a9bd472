//! The codecs that are offered, and what a description or the statistics say was agreed.

use rtc::peer_connection::configuration::media_engine::{
    MIME_TYPE_OPUS, MIME_TYPE_TELEPHONE_EVENT, MediaEngine,
};
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodec, RTCRtpCodecParameters, RtpCodecKind};
use rtc::shared::error::Result;
use webrtc::peer_connection::{RTCIceCandidateType, RTCStatsReport, RTCStatsReportEntry};

/// What Chromium uses too; an answer keeps the offer's numbers.
const OPUS: u8 = 111;
const KEYPAD: u8 = 110;

pub(super) fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    }
}

/// Opus with in-band FEC, and keypad events at the same clock, which webrtc-rs does not register by itself.
pub(super) fn codecs() -> Vec<RTCRtpCodecParameters> {
    let keypad = RTCRtpCodec {
        mime_type: MIME_TYPE_TELEPHONE_EVENT.to_owned(),
        clock_rate: 48_000,
        channels: 0,
        sdp_fmtp_line: "0-15".to_owned(),
        rtcp_feedback: vec![],
    };
    vec![
        RTCRtpCodecParameters {
            rtp_codec: opus(),
            payload_type: OPUS,
        },
        RTCRtpCodecParameters {
            rtp_codec: keypad,
            payload_type: KEYPAD,
        },
    ]
}

pub(super) fn register_codecs(table: &mut MediaEngine) -> Result<()> {
    codecs()
        .into_iter()
        .try_for_each(|codec| table.register_codec(codec, RtpCodecKind::Audio))
}

/// The numbers that packets carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PayloadTypes {
    pub(super) voice: u8,
    /// None when the far end knows no keypad events.
    pub(super) keypad: Option<u8>,
}

impl Default for PayloadTypes {
    fn default() -> Self {
        Self {
            voice: OPUS,
            keypad: Some(KEYPAD),
        }
    }
}

impl PayloadTypes {
    /// Reads the `rtpmap` lines; none when there is no Opus.
    pub(super) fn in_description(sdp: &str) -> Option<Self> {
        let number = |name: &str| {
            sdp.lines().find_map(|line| {
                let (number, codec) = line.trim().strip_prefix("a=rtpmap:")?.split_once(' ')?;
                codec
                    .to_ascii_lowercase()
                    .starts_with(name)
                    .then(|| number.parse().ok())?
            })
        };
        Some(Self {
            voice: number("opus/48000")?,
            keypad: number("telephone-event/48000"),
        })
    }
}

/// Whether the pair in use has a relayed candidate.
pub(super) fn is_relayed(stats: &RTCStatsReport) -> bool {
    let in_use: Vec<&str> = stats
        .iter()
        .filter_map(|entry| match entry {
            RTCStatsReportEntry::IceCandidatePair(pair) if pair.nominated => Some([
                pair.local_candidate_id.as_str(),
                pair.remote_candidate_id.as_str(),
            ]),
            _ => None,
        })
        .flatten()
        .collect();
    stats.iter().any(|entry| match entry {
        RTCStatsReportEntry::LocalCandidate(one) | RTCStatsReportEntry::RemoteCandidate(one) => {
            one.candidate_type == RTCIceCandidateType::Relay
                && in_use.contains(&one.stats.id.as_str())
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_types_are_what_the_description_says() {
        let sdp = "m=audio 9 UDP/TLS/RTP/SAVPF 109 101 8\r\na=rtpmap:109 opus/48000/2\r\n\
                   a=rtpmap:101 telephone-event/8000\r\na=rtpmap:126 telephone-event/48000\r\n";
        let expected = PayloadTypes {
            voice: 109,
            keypad: Some(126),
        };
        assert_eq!(PayloadTypes::in_description(sdp), Some(expected));
        assert_eq!(PayloadTypes::in_description("a=rtpmap:0 PCMU/8000"), None);
    }
}
