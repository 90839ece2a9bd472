//! The media path by webrtc-rs: one audio track each way, Opus and keypad events, congestion control.

mod negotiated;
mod reports;

use crate::engine::Ice;
use crate::error::MediaError;
use crate::event::{Candidate, PathState};
use crate::transport::{
    FarReport, Incoming, MediaTransport, Outgoing, PacketKind, PacketSink, PathEvent,
};
use negotiated::{PayloadTypes, register_codecs};
use reports::{ReportReader, Reports};
use rtc::interceptor::{Gcc, Registry, Slot};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::interceptor_registry::{
    CongestionFeedback, configure_congestion_control, configure_nack, configure_rtcp_reports,
    configure_simulcast_extension_headers,
};
use rtc::peer_connection::configuration::media_engine::MediaEngine as CodecTable;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceCandidateInit, RTCIceGatheringState, RTCIceServer, RTCIceTransportPolicy,
    RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSessionDescription, SettingEngine,
    SettingEngineBuilder, StatsSelector,
};

/// An offer waits this long for servers that tell public addresses; the rest is trickled.
const GATHER_LIMIT: Duration = Duration::from_millis(700);
/// Nothing heard for this long means broken: an ICE restart is due.
const ICE_DISCONNECTED: Duration = Duration::from_secs(3);
const ICE_FAILED: Duration = Duration::from_secs(12);
const ICE_KEEPALIVE: Duration = Duration::from_secs(1);
/// A way round gives a direct one this long to show itself; people are waiting to speak.
const DIRECT_FIRST: Duration = Duration::from_millis(100);
/// As much for a relay, which costs the most: only where a direct way is allowed at all.
const RELAY_LAST: Duration = Duration::from_millis(500);
/// Bits a second. The estimate starts and stays above what speech needs, because the pacer gives audio no priority.
const ESTIMATE: (f64, f64, f64) = (300_000.0, 150_000.0, 2_500_000.0);

pub(crate) struct WebrtcPath {
    connection: Arc<dyn PeerConnection>,
    track: Arc<TrackLocalStaticRTP>,
    gathering: watch::Receiver<bool>,
    payload_types: Arc<Mutex<PayloadTypes>>,
    reports: Arc<Reports>,
    ssrc: u32,
    sequence: AtomicU16,
    timestamp_start: u32,
}

fn settings(bind: SocketAddr, ice: &Ice) -> SettingEngine {
    let relay_waits = if ice.is_relay_only {
        Duration::ZERO
    } else {
        RELAY_LAST
    };
    SettingEngineBuilder::new()
        .with_srflx_acceptance_min_wait(Some(DIRECT_FIRST))
        .with_prflx_acceptance_min_wait(Some(DIRECT_FIRST))
        .with_relay_acceptance_min_wait(Some(relay_waits))
        .with_ice_timeouts(
            Some(ICE_DISCONNECTED),
            Some(ICE_FAILED),
            Some(ICE_KEEPALIVE),
        )
        .with_include_loopback_candidate(bind.ip().is_loopback())
        .build()
}

fn failed(error: impl std::fmt::Display) -> MediaError {
    MediaError::Transport(error.to_string())
}

fn bad(error: impl std::fmt::Display) -> MediaError {
    MediaError::BadDescription(error.to_string())
}

impl WebrtcPath {
    pub(crate) async fn open(
        bind: SocketAddr,
        ice: &Ice,
        sink: Arc<dyn PacketSink>,
    ) -> Result<Self, MediaError> {
        let reports = Arc::new(Reports::default());
        let (codecs, registry) = chain(Arc::clone(&reports)).map_err(failed)?;
        let servers = ice.servers.iter().map(|server| RTCIceServer {
            urls: server.urls.clone(),
            username: server.username.clone(),
            credential: server.credential.clone(),
        });
        let policy = if ice.is_relay_only {
            RTCIceTransportPolicy::Relay
        } else {
            RTCIceTransportPolicy::All
        };
        let (gathered, gathering) = watch::channel(false);
        let payload_types = Arc::new(Mutex::new(PayloadTypes::default()));
        let handler = Handler {
            sink,
            gathered,
            payload_types: Arc::clone(&payload_types),
        };
        let connection = PeerConnectionBuilder::new()
            .with_configuration(
                RTCConfigurationBuilder::new()
                    .with_ice_servers(servers.collect())
                    .with_ice_transport_policy(policy)
                    .build(),
            )
            .with_media_engine(codecs)
            .with_setting_engine(settings(bind, ice))
            .with_interceptor_registry(registry)
            .with_handler(Arc::new(handler))
            .with_udp_addrs(vec![bind.to_string()])
            .build()
            .await
            .map_err(failed)?;
        let ssrc = rand::random::<u32>().max(1);
        let track = Arc::new(TrackLocalStaticRTP::new(voice_track(ssrc)));
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        connection
            .add_track(Arc::clone(&track) as Arc<dyn TrackLocal>)
            .await
            .map_err(failed)?;
        // A track brings only its own codec into the offer; keypad events belong there, too.
        for transceiver in connection.get_transceivers().await {
            transceiver
                .set_codec_preferences(negotiated::codecs())
                .await
                .map_err(failed)?;
        }
        Ok(Self {
            connection,
            track,
            gathering,
            payload_types,
            reports,
            ssrc,
            sequence: AtomicU16::new(rand::random()),
            timestamp_start: rand::random(),
        })
    }

    /// The local description once gathering is over, or as it is when that takes too long.
    async fn gathered_description(&self) -> Result<String, MediaError> {
        let mut gathering = self.gathering.clone();
        // A limit that passes is no error: what is known by then is sent, the rest trickles.
        let _ = tokio::time::timeout(GATHER_LIMIT, gathering.wait_for(|is_done| *is_done)).await;
        let description = self.connection.local_description().await;
        description
            .map(|d| d.sdp)
            .ok_or_else(|| failed("no local description"))
    }

    fn learn_payload_types(&self, sdp: &str) {
        if let (Some(types), Ok(mut known)) =
            (PayloadTypes::in_description(sdp), self.payload_types.lock())
        {
            *known = types;
        }
    }
}

/// The codecs, and what packets pass on their way: congestion control, reports and our reader of them.
fn chain(reports: Arc<Reports>) -> Result<(CodecTable, Registry), rtc::shared::error::Error> {
    let mut codecs = CodecTable::default();
    register_codecs(&mut codecs)?;
    let registry = configure_nack(Registry::new(), &mut codecs);
    let registry = configure_rtcp_reports(registry);
    configure_simulcast_extension_headers(&mut codecs)?;
    let estimator = Gcc::new(ESTIMATE.0, ESTIMATE.1, ESTIMATE.2);
    let feedback = CongestionFeedback::Twcc;
    let registry = configure_congestion_control(registry, estimator, feedback, &mut codecs)?;
    // Next to the wire: it sees every report before anything may filter it, and the sender
    // reports as they really leave.
    let registry = registry.with(Slot::from(500), ReportReader::new(reports));
    Ok((codecs, registry))
}

fn voice_track(ssrc: u32) -> MediaStreamTrack {
    let encoding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            ssrc: Some(ssrc),
            ..Default::default()
        },
        codec: negotiated::opus(),
        ..Default::default()
    };
    let name = "voice".to_owned();
    MediaStreamTrack::new(
        name.clone(),
        name.clone(),
        name,
        RtpCodecKind::Audio,
        vec![encoding],
    )
}

#[async_trait::async_trait]
impl MediaTransport for WebrtcPath {
    async fn offer(&self, is_ice_restart: bool) -> Result<String, MediaError> {
        if is_ice_restart {
            self.connection.restart_ice().await.map_err(failed)?;
        }
        let offer = self.connection.create_offer(None).await.map_err(failed)?;
        self.connection
            .set_local_description(offer)
            .await
            .map_err(failed)?;
        if is_ice_restart {
            // The new generation's gathering is announced by a new `Gathering` state; give it a
            // moment to begin, so that the old `Complete` is not taken for it.
            let mut gathering = self.gathering.clone();
            let begun = gathering.wait_for(|is_done| !*is_done);
            let _ = tokio::time::timeout(Duration::from_millis(100), begun).await;
        }
        self.gathered_description().await
    }

    async fn answer(&self, offer: &str) -> Result<String, MediaError> {
        self.learn_payload_types(offer);
        let offer = RTCSessionDescription::offer(offer.to_owned()).map_err(bad)?;
        self.connection
            .set_remote_description(offer)
            .await
            .map_err(bad)?;
        let answer = self.connection.create_answer(None).await.map_err(failed)?;
        self.connection
            .set_local_description(answer)
            .await
            .map_err(failed)?;
        self.gathered_description().await
    }

    async fn set_answer(&self, answer: &str) -> Result<(), MediaError> {
        self.learn_payload_types(answer);
        let answer = RTCSessionDescription::answer(answer.to_owned()).map_err(bad)?;
        self.connection
            .set_remote_description(answer)
            .await
            .map_err(bad)
    }

    async fn add_candidate(&self, candidate: Candidate) -> Result<(), MediaError> {
        if candidate.candidate.is_empty() {
            return Ok(());
        }
        let init = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.sdp_mid,
            sdp_mline_index: candidate.sdp_m_line_index,
            ..Default::default()
        };
        self.connection.add_ice_candidate(init).await.map_err(bad)
    }

    async fn send(&self, packet: Outgoing) {
        let types = self
            .payload_types
            .lock()
            .map(|types| *types)
            .unwrap_or_default();
        let payload_type = match packet.kind {
            PacketKind::Voice => Some(types.voice),
            PacketKind::KeypadEvent => types.keypad,
        };
        let Some(payload_type) = payload_type else {
            return;
        };
        let header = rtc::rtp::Header {
            version: 2,
            marker: packet.is_marked,
            payload_type,
            sequence_number: self.sequence.fetch_add(1, Ordering::Relaxed),
            timestamp: packet.timestamp.wrapping_add(self.timestamp_start),
            ssrc: self.ssrc,
            ..Default::default()
        };
        let packet = rtc::rtp::Packet {
            header,
            payload: packet.payload.into(),
        };
        if let Err(error) = self.track.write_rtp(packet).await {
            tracing::trace!(%error, "a packet was not sent");
        }
    }

    fn far_report(&self) -> FarReport {
        self.reports.latest()
    }

    async fn is_relayed(&self) -> bool {
        let stats = self
            .connection
            .get_stats(Instant::now(), StatsSelector::None)
            .await;
        negotiated::is_relayed(&stats)
    }

    async fn close(&self) {
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "a media path did not close cleanly");
        }
    }
}

#[derive(Clone)]
struct Handler {
    sink: Arc<dyn PacketSink>,
    gathered: watch::Sender<bool>,
    payload_types: Arc<Mutex<PayloadTypes>>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(init) = event.candidate.to_json() {
            let candidate = Candidate {
                candidate: init.candidate,
                sdp_mid: init.sdp_mid,
                sdp_m_line_index: init.sdp_mline_index,
            };
            self.sink.event(PathEvent::Candidate(candidate));
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        self.gathered
            .send_replace(state == RTCIceGatheringState::Complete);
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let state = match state {
            RTCPeerConnectionState::Connecting => PathState::Connecting,
            RTCPeerConnectionState::Connected => PathState::Connected,
            RTCPeerConnectionState::Disconnected => PathState::Broken,
            RTCPeerConnectionState::Failed => PathState::Failed,
            RTCPeerConnectionState::Closed => PathState::Closed,
            _ => return,
        };
        self.sink.event(PathEvent::State(state));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let (sink, types) = (Arc::clone(&self.sink), Arc::clone(&self.payload_types));
        // Ends by itself when the connection closes: `poll` then gives none.
        drop(telemetry::spawn("media track", async move {
            while let Some(event) = track.poll().await {
                let TrackRemoteEvent::OnRtpPacket(packet) = event else {
                    continue;
                };
                let arrived = Instant::now();
                let known = types.lock().map(|types| *types).unwrap_or_default();
                let kind = match packet.header.payload_type {
                    pt if pt == known.voice => PacketKind::Voice,
                    pt if Some(pt) == known.keypad => PacketKind::KeypadEvent,
                    _ => continue,
                };
                if packet.payload.is_empty() {
                    continue;
                }
                sink.packet(Incoming {
                    kind,
                    sequence: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    payload: Arc::from(&packet.payload[..]),
                    arrived,
                });
            }
        }));
    }
}
