//! The handle that everybody holds.

use crate::error::MediaError;
use crate::event::{Candidate, DeviceKind, Devices, MediaEvent, PathSummary};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::mpsc;
use vocab::MediaId;

/// A STUN or TURN server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: String,
    pub credential: String,
}

#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Where media's UDP sockets are bound; `0.0.0.0:0` means one socket per interface.
    pub bind: SocketAddr,
    pub ice_servers: Vec<IceServer>,
    /// Most wanted first; empty means the system's default.
    pub microphones: Vec<String>,
    pub speakers: Vec<String>,
    pub ringers: Vec<String>,
    pub has_noise_suppression: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([0, 0, 0, 0], 0)),
            ice_servers: Vec::new(),
            microphones: Vec::new(),
            speakers: Vec::new(),
            ringers: Vec::new(),
            has_noise_suppression: true,
        }
    }
}

/// Cheap to clone; the devices and paths close when the last clone is dropped.
#[derive(Clone)]
pub struct MediaEngine {
    shared: Arc<()>,
}

impl MediaEngine {
    /// Starts the sound and transport threads; no device is opened. Needs a tokio runtime.
    ///
    /// # Errors
    /// `Stopped` when a thread could not be started.
    pub fn start(
        options: EngineOptions,
    ) -> Result<(Self, mpsc::Receiver<MediaEvent>), MediaError> {
        let _ = options;
        let (_tx, rx) = mpsc::channel(256);
        Ok((Self { shared: Arc::new(()) }, rx))
    }

    /// What is plugged in, wanted and in use now.
    #[must_use]
    pub fn devices(&self) -> Devices {
        let _ = &self.shared;
        Devices::default()
    }

    /// The order in which devices of this kind are used; takes effect at once, also in a call.
    pub fn prefer(&self, kind: DeviceKind, names: Vec<String>) {
        let _ = (kind, names);
    }

    pub fn set_noise_suppression(&self, is_on: bool) {
        let _ = is_on;
    }

    /// Makes a path and its offer, complete with candidates; the microphone stays closed.
    ///
    /// # Errors
    /// `Transport` when sockets or the protocol core fail.
    pub async fn prepare_offer(&self, media: MediaId) -> Result<String, MediaError> {
        Err(MediaError::UnknownMedia(media))
    }

    /// Makes a path (or restarts the present one of this number) and answers the far end's offer.
    ///
    /// # Errors
    /// `BadDescription` when the offer is not understood; `Transport` when sockets fail.
    pub async fn accept_offer(&self, media: MediaId, sdp: &str) -> Result<String, MediaError> {
        let _ = sdp;
        Err(MediaError::UnknownMedia(media))
    }

    /// # Errors
    /// `UnknownMedia` for a late answer: drop it. `BadDescription` when it is not understood.
    pub async fn set_answer(&self, media: MediaId, sdp: &str) -> Result<(), MediaError> {
        let _ = sdp;
        Err(MediaError::UnknownMedia(media))
    }

    /// # Errors
    /// `UnknownMedia` for a late one: drop it. `BadDescription` when it is not understood.
    pub async fn add_candidate(
        &self,
        media: MediaId,
        candidate: Candidate,
    ) -> Result<(), MediaError> {
        let _ = candidate;
        Err(MediaError::UnknownMedia(media))
    }

    /// A new offer for the same path after the network changed.
    ///
    /// # Errors
    /// `UnknownMedia` when it is closed; `Transport` when no offer can be made.
    pub async fn restart_ice(&self, media: MediaId) -> Result<String, MediaError> {
        Err(MediaError::UnknownMedia(media))
    }

    /// Opens microphone and speaker for this path. One path talks at a time: an earlier one falls
    /// silent. A missing device is told by `MediaEvent::Trouble`; the other direction still works.
    ///
    /// # Errors
    /// `UnknownMedia` when the path is not open.
    pub fn start_talking(&self, media: MediaId) -> Result<(), MediaError> {
        Err(MediaError::UnknownMedia(media))
    }

    pub fn set_muted(&self, media: MediaId, is_muted: bool) {
        let _ = (media, is_muted);
    }

    /// Silences both directions while `is_held`.
    pub fn set_held(&self, media: MediaId, is_held: bool) {
        let _ = (media, is_held);
    }

    /// Sends one of `0`-`9`, `*`, `#` as an RFC 4733 event.
    ///
    /// # Errors
    /// `BadDigit`; `UnknownMedia`.
    pub fn send_digit(&self, media: MediaId, digit: char) -> Result<(), MediaError> {
        let _ = digit;
        Err(MediaError::UnknownMedia(media))
    }

    /// How the path was so far; ask before `close`.
    #[must_use]
    pub fn summary(&self, media: MediaId) -> Option<PathSummary> {
        let _ = media;
        None
    }

    /// Closes the path; the devices with it when it was the one that talked. Unknown: nothing to do.
    pub async fn close(&self, media: MediaId) {
        let _ = media;
    }

    /// Opens the microphone for `Levels` only; closed by itself after 60 s.
    ///
    /// # Errors
    /// `NoMicrophone`, `Device`.
    pub async fn start_meter(&self) -> Result<(), MediaError> {
        Err(MediaError::NoMicrophone)
    }

    pub fn stop_meter(&self) {}

    /// Records five seconds and plays them back; progress comes as `MediaEvent::Test`.
    ///
    /// # Errors
    /// `NoMicrophone`, `NoSpeaker`, `Device`.
    pub async fn test_record_and_play(&self) -> Result<(), MediaError> {
        Err(MediaError::NoMicrophone)
    }

    /// Rings on the ringer until `stop_ringing`; at most two minutes.
    ///
    /// # Errors
    /// `NoSpeaker`, `Device`.
    pub async fn start_ringing(&self, volume_percent: u8) -> Result<(), MediaError> {
        let _ = volume_percent;
        Err(MediaError::NoSpeaker)
    }

    pub fn stop_ringing(&self) {}

    /// One ring.
    ///
    /// # Errors
    /// `NoSpeaker`, `Device`.
    pub async fn test_ringer(&self, volume_percent: u8) -> Result<(), MediaError> {
        let _ = volume_percent;
        Err(MediaError::NoSpeaker)
    }

    /// Whether two paths on this machine reach each other: sockets, certificates, encryption.
    ///
    /// # Errors
    /// `Transport`, `TimedOut`: the media path check failed.
    pub async fn loopback_check(&self) -> Result<(), MediaError> {
        Err(MediaError::Stopped)
    }
}
