//! One voice in one encoder, sent in the same packets over two encrypted paths.

use audio::RATE;
use rtc::interceptor::Registry;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::interceptor_registry::configure_rtcp_reports;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MediaEngine};
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
    RtpCodecKind,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceGatheringState, RTCPeerConnectionState, RTCSessionDescription, SettingEngineBuilder,
};

const PAYLOAD_TYPE: u8 = 111;
const SSRC: u32 = 7;
/// 20 ms, as the engine sends.
const PACKET: usize = RATE as usize / 50;
const CONNECTED_WITHIN: Duration = Duration::from_secs(15);

fn opus_codec() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: RATE,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![],
    }
}

/// A path that only sends.
pub(crate) struct Path {
    connection: Arc<dyn PeerConnection>,
    track: Arc<TrackLocalStaticRTP>,
    state: watch::Receiver<(bool, bool)>,
}

struct Handler(watch::Sender<(bool, bool)>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        self.0
            .send_modify(|now| now.0 = state == RTCIceGatheringState::Complete);
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.0
            .send_modify(|now| now.1 = state == RTCPeerConnectionState::Connected);
    }
}

impl Path {
    /// A path and its offer.
    pub(crate) async fn offer() -> (Self, String) {
        let mut codecs = MediaEngine::default();
        let codec = RTCRtpCodecParameters {
            rtp_codec: opus_codec(),
            payload_type: PAYLOAD_TYPE,
        };
        codecs.register_codec(codec, RtpCodecKind::Audio).unwrap();
        let settings = SettingEngineBuilder::new()
            .with_include_loopback_candidate(true)
            .build();
        let (tell, state) = watch::channel((false, false));
        let connection = PeerConnectionBuilder::new()
            .with_configuration(RTCConfigurationBuilder::new().build())
            .with_media_engine(codecs)
            .with_setting_engine(settings)
            .with_interceptor_registry(configure_rtcp_reports(Registry::new()))
            .with_handler(Arc::new(Handler(tell)))
            .with_udp_addrs(vec!["127.0.0.1:0".to_owned()])
            .build()
            .await
            .unwrap();
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(SSRC),
                ..Default::default()
            },
            codec: opus_codec(),
            ..Default::default()
        };
        let name = || "voice".to_owned();
        let kind = RtpCodecKind::Audio;
        let track = MediaStreamTrack::new(name(), name(), name(), kind, vec![encoding]);
        let track = Arc::new(TrackLocalStaticRTP::new(track));
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        let sent = Arc::clone(&track) as Arc<dyn TrackLocal>;
        connection.add_track(sent).await.unwrap();
        let offer = connection.create_offer(None).await.unwrap();
        connection.set_local_description(offer).await.unwrap();
        let mut path = Self {
            connection,
            track,
            state,
        };
        path.wait("candidates", |state| state.0).await;
        let offer = path.connection.local_description().await.unwrap().sdp;
        (path, offer)
    }

    pub(crate) async fn set_answer(&self, answer: String) {
        let answer = RTCSessionDescription::answer(answer).unwrap();
        self.connection
            .set_remote_description(answer)
            .await
            .unwrap();
    }

    pub(crate) async fn connected(&mut self) {
        self.wait("a connection", |state| state.1).await;
    }

    async fn wait(&mut self, what: &str, is_so: impl Fn(&(bool, bool)) -> bool) {
        let wait = tokio::time::timeout(CONNECTED_WITHIN, self.state.wait_for(is_so)).await;
        assert!(wait.is_ok_and(|seen| seen.is_ok()), "no {what}");
    }
}

/// Speaks without a pause in the stream, as long as it is told to speak or to be silent.
pub(crate) struct Voice {
    paths: [Path; 2],
    encoder: opus::Encoder,
    clock: Interval,
    sequence: u16,
    timestamp: u32,
}

impl Voice {
    /// As the engine's encoder is set up.
    pub(crate) fn new(paths: [Path; 2]) -> Self {
        let mut encoder =
            opus::Encoder::new(RATE, opus::Channels::Mono, opus::Application::Voip).unwrap();
        encoder.set_bitrate(opus::Bitrate::Bits(40_000)).unwrap();
        encoder.set_signal(opus::Signal::Voice).unwrap();
        encoder.set_inband_fec(true).unwrap();
        encoder.set_dtx(false).unwrap();
        let mut clock = tokio::time::interval(Duration::from_millis(20));
        clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
        Self {
            paths,
            encoder,
            clock,
            sequence: 1,
            timestamp: 0,
        }
    }

    /// The loss that the encoder makes copies for; the engine takes it from the far end's reports.
    pub(crate) fn expect_loss(&mut self, percent: i32) {
        self.encoder.set_packet_loss_perc(percent).unwrap();
    }

    pub(crate) async fn be_silent(&mut self, span: Duration) {
        let samples = (span.as_secs_f64() * f64::from(RATE)) as usize;
        self.say(&vec![0.0; samples]).await;
    }

    pub(crate) async fn say(&mut self, samples: &[f32]) {
        let mut out = vec![0; 1_500];
        for part in samples.chunks(PACKET) {
            let mut packet = [0.0; PACKET];
            packet[..part.len()].copy_from_slice(part);
            let length = self.encoder.encode_float(&packet, &mut out).unwrap();
            self.clock.tick().await;
            for path in &self.paths {
                let header = rtc::rtp::Header {
                    version: 2,
                    payload_type: PAYLOAD_TYPE,
                    sequence_number: self.sequence,
                    timestamp: self.timestamp,
                    ssrc: SSRC,
                    ..Default::default()
                };
                let payload = out[..length].to_vec().into();
                let packet = rtc::rtp::Packet { header, payload };
                path.track.write_rtp(packet).await.unwrap();
            }
            self.sequence = self.sequence.wrapping_add(1);
            self.timestamp = self.timestamp.wrapping_add(PACKET as u32);
        }
    }
}
