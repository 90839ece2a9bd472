//! The silent media whose microphone can be pulled and muted in the mixer: everything else goes to it as it is.

use crate::sound::{
    self, Candidate, Device, DeviceKind, Devices, Ice, Media, MediaError, MediaEvent, MediaParts,
    PathSummary, Silence,
};
use async_trait::async_trait;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;
use vocab::MediaId;

/// What is plugged in, and what the mixer does to it.
#[derive(Default)]
pub(super) struct Plugs {
    pub(super) has_microphone: AtomicBool,
    pub(super) microphone: Mutex<Option<Silence>>,
    pub(super) speaker: Mutex<Option<Silence>>,
}

impl Plugs {
    pub(super) fn apply(&self, devices: &mut Devices) {
        devices.microphone.silence = *self.microphone.lock().unwrap();
        devices.speaker.silence = *self.speaker.lock().unwrap();
        if !self.has_microphone.load(Ordering::Relaxed) {
            devices.microphone = Default::default();
        }
    }
}

/// Also how the test speaks for the sound engine.
pub(super) fn media(plugs: &Arc<Plugs>) -> (MediaParts, mpsc::Sender<MediaEvent>) {
    let MediaParts { media, events } = sound::silent();
    let (news, all_events) = mpsc::channel(64);
    let mut inner_events = events;
    let on = news.clone();
    telemetry::spawn("media events", async move {
        while let Some(event) = inner_events.recv().await {
            if on.send(event).await.is_err() {
                return;
            }
        }
    });
    let devices = Mutex::new(media.devices());
    let plugged = Plugged {
        inner: media,
        devices,
        plugs: plugs.clone(),
        news: news.clone(),
    };
    let parts = MediaParts {
        media: Arc::new(plugged),
        events: all_events,
    };
    (parts, news)
}

struct Plugged {
    inner: Arc<dyn sound::Media>,
    devices: Mutex<Devices>,
    plugs: Arc<Plugs>,
    news: mpsc::Sender<MediaEvent>,
}

#[async_trait]
impl Media for Plugged {
    fn devices(&self) -> Devices {
        let mut devices = self.devices.lock().unwrap().clone();
        self.plugs.apply(&mut devices);
        devices
    }
    fn prefer(&self, kind: DeviceKind, devices: Vec<Device>) {
        self.inner.prefer(kind, devices);
    }
    async fn unsilence(&self, kind: DeviceKind) -> Result<(), MediaError> {
        let silence = match kind {
            DeviceKind::Microphone => &self.plugs.microphone,
            DeviceKind::Speaker | DeviceKind::Ringer => &self.plugs.speaker,
        };
        *silence.lock().unwrap() = None;
        let news = MediaEvent::Devices(Box::new(self.devices()));
        self.news.send(news).await.unwrap();
        Ok(())
    }
    fn set_noise_suppression(&self, is_on: bool) {
        self.inner.set_noise_suppression(is_on);
    }
    fn set_ice(&self, ice: Ice) {
        self.inner.set_ice(ice);
    }
    async fn prepare_offer(&self, media: MediaId) -> Result<String, MediaError> {
        self.inner.prepare_offer(media).await
    }
    async fn accept_offer(&self, media: MediaId, sdp: &str) -> Result<String, MediaError> {
        self.inner.accept_offer(media, sdp).await
    }
    async fn set_answer(&self, media: MediaId, sdp: &str) -> Result<(), MediaError> {
        self.inner.set_answer(media, sdp).await
    }
    async fn add_candidate(&self, media: MediaId, candidate: Candidate) -> Result<(), MediaError> {
        self.inner.add_candidate(media, candidate).await
    }
    async fn restart_ice(&self, media: MediaId) -> Result<String, MediaError> {
        self.inner.restart_ice(media).await
    }
    fn start_talking(&self, media: MediaId) -> Result<(), MediaError> {
        self.inner.start_talking(media)
    }
    fn set_muted(&self, media: MediaId, is_muted: bool) {
        self.inner.set_muted(media, is_muted);
    }
    fn set_held(&self, media: MediaId, is_held: bool) {
        self.inner.set_held(media, is_held);
    }
    fn send_digit(&self, media: MediaId, digit: char) -> Result<(), MediaError> {
        self.inner.send_digit(media, digit)
    }
    async fn summary(&self, media: MediaId) -> Option<PathSummary> {
        self.inner.summary(media).await
    }
    async fn close(&self, media: MediaId) {
        self.inner.close(media).await;
    }
    async fn start_meter(&self) -> Result<(), MediaError> {
        self.inner.start_meter().await
    }
    fn stop_meter(&self) {
        self.inner.stop_meter();
    }
    async fn test_record_and_play(&self) -> Result<(), MediaError> {
        self.inner.test_record_and_play().await
    }
    async fn start_ringing(&self, volume_percent: u8) -> Result<(), MediaError> {
        self.inner.start_ringing(volume_percent).await
    }
    fn stop_ringing(&self) {
        self.inner.stop_ringing();
    }
    async fn test_ringer(&self, volume_percent: u8) -> Result<(), MediaError> {
        self.inner.test_ringer(volume_percent).await
    }
    async fn loopback_check(&self) -> Result<(), MediaError> {
        self.inner.loopback_check().await
    }
}
