//! Media without sound or network: for signalling tests and thousands of participants on one machine.

use super::{Media, MediaParts};
use async_trait::async_trait;
use media::{
    Candidate, Device, DeviceChoice, DeviceKind, Devices, Ice, MediaError, MediaEvent, PathState,
    PathSummary, TestStage,
};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use vocab::MediaId;

/// The owner reads these at once; a full channel only loses news that repeat.
const EVENTS: usize = 64;
const DEVICE: &str = "No sound";

struct Silent {
    open: Mutex<BTreeSet<MediaId>>,
    events: mpsc::Sender<MediaEvent>,
}

pub(super) fn start() -> MediaParts {
    let (sender, events) = mpsc::channel(EVENTS);
    MediaParts {
        media: Arc::new(Silent {
            open: Mutex::default(),
            events: sender,
        }),
        events,
    }
}

impl Silent {
    fn tell(&self, event: MediaEvent) {
        if self.events.try_send(event).is_err() {
            tracing::debug!("nobody reads the silent media's events");
        }
    }

    fn is_open(&self, media: MediaId) -> Result<(), MediaError> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.contains(&media) {
            Ok(())
        } else {
            Err(MediaError::UnknownMedia(media))
        }
    }

    fn open(&self, media: MediaId) -> String {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(media);
        format!("v=0\r\no=- {media} 0 IN IP4 127.0.0.1\r\ns=silent\r\nt=0 0\r\n")
    }

    fn connect(&self, media: MediaId) {
        self.tell(MediaEvent::State {
            media,
            state: PathState::Connected,
        });
        self.tell(MediaEvent::FirstSpeechHeard { media });
    }
}

#[async_trait]
impl Media for Silent {
    fn devices(&self) -> Devices {
        let choice = || DeviceChoice {
            present: vec![Device::named(DEVICE)],
            preferred: Vec::new(),
            in_use: Some(Device::named(DEVICE)),
            silence: None,
        };
        Devices {
            has_system: true,
            microphone: choice(),
            speaker: choice(),
            ringer: choice(),
        }
    }
    fn prefer(&self, _kind: DeviceKind, _devices: Vec<Device>) {}
    async fn unsilence(&self, _kind: DeviceKind) -> Result<(), MediaError> {
        Ok(())
    }
    fn set_noise_suppression(&self, _is_on: bool) {}
    fn set_ice(&self, _ice: Ice) {}
    async fn prepare_offer(&self, media: MediaId) -> Result<String, MediaError> {
        Ok(self.open(media))
    }
    async fn accept_offer(&self, media: MediaId, _sdp: &str) -> Result<String, MediaError> {
        let answer = self.open(media);
        self.connect(media);
        Ok(answer)
    }
    async fn set_answer(&self, media: MediaId, _sdp: &str) -> Result<(), MediaError> {
        self.is_open(media)?;
        self.connect(media);
        Ok(())
    }
    async fn add_candidate(&self, media: MediaId, _: Candidate) -> Result<(), MediaError> {
        self.is_open(media)
    }
    async fn restart_ice(&self, media: MediaId) -> Result<String, MediaError> {
        self.is_open(media)?;
        Ok(self.open(media))
    }
    fn start_talking(&self, media: MediaId) -> Result<(), MediaError> {
        self.is_open(media)
    }
    fn set_muted(&self, _media: MediaId, _is_muted: bool) {}
    fn set_held(&self, _media: MediaId, _is_held: bool) {}
    fn send_digit(&self, media: MediaId, _digit: char) -> Result<(), MediaError> {
        self.is_open(media)
    }
    async fn summary(&self, media: MediaId) -> Option<PathSummary> {
        self.is_open(media).ok().map(|()| PathSummary::default())
    }
    async fn close(&self, media: MediaId) {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&media);
    }
    async fn start_meter(&self) -> Result<(), MediaError> {
        Ok(())
    }
    fn stop_meter(&self) {}
    async fn test_record_and_play(&self) -> Result<(), MediaError> {
        self.tell(MediaEvent::Test(TestStage::Finished));
        Ok(())
    }
    async fn start_ringing(&self, _volume_percent: u8) -> Result<(), MediaError> {
        Ok(())
    }
    fn stop_ringing(&self) {}
    async fn test_ringer(&self, _volume_percent: u8) -> Result<(), MediaError> {
        Ok(())
    }
    async fn loopback_check(&self) -> Result<(), MediaError> {
        Ok(())
    }
}
