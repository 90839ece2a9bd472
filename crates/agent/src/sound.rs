//! The sound of this participant behind a trait: the real engine, or none at all.

mod silent;

pub use media::{
    Candidate, Device, DeviceChoice, DeviceKind, Devices, EngineOptions, Ice, IceServer,
    MediaError, MediaEvent, PathState, PathSummary, Recording, Silence,
};

use async_trait::async_trait;
use media::MediaEngine;
use std::sync::Arc;
use tokio::sync::mpsc;
use vocab::MediaId;

/// What a call needs of media. [`MediaEngine`] documents each; errors are its own.
#[async_trait]
pub trait Media: Send + Sync + 'static {
    fn devices(&self) -> Devices;
    fn prefer(&self, kind: DeviceKind, devices: Vec<Device>);
    async fn unsilence(&self, kind: DeviceKind) -> Result<(), MediaError>;
    fn set_noise_suppression(&self, is_on: bool);
    fn set_ice(&self, ice: Ice);
    async fn prepare_offer(&self, media: MediaId) -> Result<String, MediaError>;
    async fn accept_offer(&self, media: MediaId, sdp: &str) -> Result<String, MediaError>;
    async fn set_answer(&self, media: MediaId, sdp: &str) -> Result<(), MediaError>;
    async fn add_candidate(&self, media: MediaId, candidate: Candidate) -> Result<(), MediaError>;
    async fn restart_ice(&self, media: MediaId) -> Result<String, MediaError>;
    fn start_talking(&self, media: MediaId) -> Result<(), MediaError>;
    fn set_muted(&self, media: MediaId, is_muted: bool);
    fn set_held(&self, media: MediaId, is_held: bool);
    fn send_digit(&self, media: MediaId, digit: char) -> Result<(), MediaError>;
    /// What is said on this path goes into the recording; see [`MediaEngine::record`]. Nothing without sound.
    fn record(&self, _media: MediaId, _recording: &Recording) {}
    async fn summary(&self, media: MediaId) -> Option<PathSummary>;
    async fn close(&self, media: MediaId);
    async fn start_meter(&self) -> Result<(), MediaError>;
    fn stop_meter(&self);
    async fn test_record_and_play(&self) -> Result<(), MediaError>;
    async fn start_ringing(&self, volume_percent: u8) -> Result<(), MediaError>;
    fn stop_ringing(&self);
    async fn test_ringer(&self, volume_percent: u8) -> Result<(), MediaError>;
    async fn loopback_check(&self) -> Result<(), MediaError>;
}

/// A source of sound and what it tells.
pub struct MediaParts {
    pub media: Arc<dyn Media>,
    pub events: mpsc::Receiver<MediaEvent>,
}

/// The machine's own devices. Opens none before a call; runs on without any.
///
/// # Errors
/// `Stopped` when its threads could not be started.
pub fn real(options: EngineOptions) -> Result<MediaParts, MediaError> {
    let (engine, events) = MediaEngine::start(options)?;
    Ok(MediaParts {
        media: Arc::new(engine),
        events,
    })
}

/// The server's word on ways for media, in the engine's terms; what it cannot use (TURN over TCP or TLS) is for browsers.
pub(crate) fn ice(given: protocol::link::Ice) -> Ice {
    let is_usable = |url: &String| !url.starts_with("turns:") && !url.ends_with("?transport=tcp");
    let servers = given.servers.into_iter().map(|server| IceServer {
        urls: server.urls.into_iter().filter(is_usable).collect(),
        username: server.username.unwrap_or_default(),
        credential: server
            .credential
            .map_or_else(String::new, vocab::Sensitive::into_inner),
    });
    Ice {
        servers: servers.filter(|server| !server.urls.is_empty()).collect(),
        is_relay_only: given.policy == protocol::link::IcePolicy::Relay,
    }
}

/// Signalling only: descriptions that lead nowhere, paths that count as connected at once, no devices.
#[must_use]
pub fn silent() -> MediaParts {
    silent::start()
}

/// The engine's defaults with what the environment sets: `WARMLINE_BIND`, the UDP address of media.
#[must_use]
pub fn options_from_environment() -> EngineOptions {
    EngineOptions::from_environment()
}

#[async_trait]
impl Media for MediaEngine {
    fn devices(&self) -> Devices {
        Self::devices(self)
    }
    fn prefer(&self, kind: DeviceKind, devices: Vec<Device>) {
        Self::prefer(self, kind, devices);
    }
    async fn unsilence(&self, kind: DeviceKind) -> Result<(), MediaError> {
        Self::unsilence(self, kind).await
    }
    fn set_noise_suppression(&self, is_on: bool) {
        Self::set_noise_suppression(self, is_on);
    }
    fn set_ice(&self, ice: Ice) {
        Self::set_ice(self, ice);
    }
    async fn prepare_offer(&self, media: MediaId) -> Result<String, MediaError> {
        Self::prepare_offer(self, media).await
    }
    async fn accept_offer(&self, media: MediaId, sdp: &str) -> Result<String, MediaError> {
        Self::accept_offer(self, media, sdp).await
    }
    async fn set_answer(&self, media: MediaId, sdp: &str) -> Result<(), MediaError> {
        Self::set_answer(self, media, sdp).await
    }
    async fn add_candidate(&self, media: MediaId, candidate: Candidate) -> Result<(), MediaError> {
        Self::add_candidate(self, media, candidate).await
    }
    async fn restart_ice(&self, media: MediaId) -> Result<String, MediaError> {
        Self::restart_ice(self, media).await
    }
    fn start_talking(&self, media: MediaId) -> Result<(), MediaError> {
        Self::start_talking(self, media)
    }
    fn set_muted(&self, media: MediaId, is_muted: bool) {
        Self::set_muted(self, media, is_muted);
    }
    fn set_held(&self, media: MediaId, is_held: bool) {
        Self::set_held(self, media, is_held);
    }
    fn send_digit(&self, media: MediaId, digit: char) -> Result<(), MediaError> {
        Self::send_digit(self, media, digit)
    }
    fn record(&self, media: MediaId, recording: &Recording) {
        Self::record(self, media, recording);
    }
    async fn summary(&self, media: MediaId) -> Option<PathSummary> {
        Self::summary(self, media)
    }
    async fn close(&self, media: MediaId) {
        Self::close(self, media).await;
    }
    async fn start_meter(&self) -> Result<(), MediaError> {
        Self::start_meter(self).await
    }
    fn stop_meter(&self) {
        Self::stop_meter(self);
    }
    async fn test_record_and_play(&self) -> Result<(), MediaError> {
        Self::test_record_and_play(self).await
    }
    async fn start_ringing(&self, volume_percent: u8) -> Result<(), MediaError> {
        Self::start_ringing(self, volume_percent).await
    }
    fn stop_ringing(&self) {
        Self::stop_ringing(self);
    }
    async fn test_ringer(&self, volume_percent: u8) -> Result<(), MediaError> {
        Self::test_ringer(self, volume_percent).await
    }
    async fn loopback_check(&self) -> Result<(), MediaError> {
        Self::loopback_check(self).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::link::{Ice as Given, IcePolicy, IceServer as GivenServer};

    #[test]
    fn ways_that_only_a_browser_can_use_are_left_out() {
        let server = |urls: &[&str]| GivenServer {
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            username: Some("1:2".to_owned()),
            credential: Some("c".to_owned().into()),
        };
        let taken = ice(Given {
            servers: vec![
                server(&["turn:a:3478", "turns:a", "turn:a?transport=tcp"]),
                server(&["turns:b?transport=tcp"]),
            ],
            policy: IcePolicy::Relay,
        });
        assert!(taken.is_relay_only);
        assert_eq!(taken.servers.len(), 1);
        assert_eq!(taken.servers[0].urls, ["turn:a:3478"]);
        assert_eq!(taken.servers[0].credential, "c");
    }
}
