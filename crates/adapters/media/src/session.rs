//! One media path as the threads share it: what arrived, what is to be sent, and the switches of the call.

use crate::event::{MediaEvent, PathState, PathSummary};
use crate::recording::Tap;
use crate::transport::{Incoming, MediaTransport, Outgoing, PacketKind, PacketSink, PathEvent};
use audio::{FRAME, keypad};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::Thread;
use std::time::Instant;
use tokio::sync::mpsc;
use vocab::MediaId;

/// Four seconds of packets: more are only late; the oldest give way.
const INBOX: usize = 200;
/// Packets that wait for the network's task; more are dropped, because late speech is worse than none.
pub(crate) const OUTBOX: usize = 32;
/// Digits a person may type ahead.
const DIGITS: usize = 32;

pub(crate) struct Session {
    pub(crate) media: MediaId,
    transport: OnceLock<Arc<dyn MediaTransport>>,
    inbox: Mutex<VecDeque<Incoming>>,
    outbox: mpsc::Sender<Outgoing>,
    digits: Mutex<VecDeque<char>>,
    keypad: Mutex<keypad::Listener>,
    summary: Mutex<PathSummary>,
    talking_since: Mutex<Option<Instant>>,
    is_talking: AtomicBool,
    is_muted: AtomicBool,
    is_held: AtomicBool,
    recording: Mutex<Option<Arc<Tap>>>,
    /// The worker, woken when a packet is there.
    worker: Thread,
    events: mpsc::Sender<MediaEvent>,
}

impl Session {
    pub(crate) fn new(
        media: MediaId,
        outbox: mpsc::Sender<Outgoing>,
        worker: Thread,
        events: mpsc::Sender<MediaEvent>,
    ) -> Self {
        Self {
            media,
            transport: OnceLock::new(),
            inbox: Mutex::default(),
            outbox,
            digits: Mutex::default(),
            keypad: Mutex::default(),
            summary: Mutex::default(),
            talking_since: Mutex::default(),
            is_talking: AtomicBool::new(false),
            is_muted: AtomicBool::new(false),
            is_held: AtomicBool::new(false),
            recording: Mutex::default(),
            worker,
            events,
        }
    }

    pub(crate) fn set_transport(&self, transport: Arc<dyn MediaTransport>) {
        // A session has one transport from its making; a second one is never made.
        let _ = self.transport.set(transport);
    }

    pub(crate) fn transport(&self) -> Option<&Arc<dyn MediaTransport>> {
        self.transport.get()
    }

    pub(crate) fn set_talking(&self, is_talking: bool) {
        self.is_talking.store(is_talking, Ordering::Relaxed);
        if let Ok(mut since) = self.talking_since.lock()
            && is_talking
        {
            since.get_or_insert_with(Instant::now);
        }
    }

    pub(crate) fn is_muted(&self) -> bool {
        self.is_muted.load(Ordering::Relaxed)
    }

    pub(crate) fn set_muted(&self, is_muted: bool) {
        self.is_muted.store(is_muted, Ordering::Relaxed);
    }

    pub(crate) fn is_held(&self) -> bool {
        self.is_held.load(Ordering::Relaxed)
    }

    pub(crate) fn set_held(&self, is_held: bool) {
        self.is_held.store(is_held, Ordering::Relaxed);
    }

    /// What passes from now on is recorded, too.
    pub(crate) fn record(&self, tap: Option<Arc<Tap>>) {
        if let Ok(mut recording) = self.recording.lock() {
            *recording = tap;
        }
    }

    pub(crate) fn record_near(&self, frame: &[f32; FRAME]) {
        if let Ok(recording) = self.recording.lock()
            && let Some(tap) = &*recording
        {
            tap.near(frame);
        }
    }

    pub(crate) fn record_far(&self, frame: &[f32; FRAME]) {
        if let Ok(recording) = self.recording.lock()
            && let Some(tap) = &*recording
        {
            tap.far(frame);
        }
    }

    pub(crate) fn type_digit(&self, digit: char) {
        if let Ok(mut digits) = self.digits.lock()
            && digits.len() < DIGITS
        {
            digits.push_back(digit);
        }
    }

    pub(crate) fn next_digit(&self) -> Option<char> {
        self.digits.lock().ok()?.pop_front()
    }

    pub(crate) fn next_packet(&self) -> Option<Incoming> {
        self.inbox.lock().ok()?.pop_front()
    }

    pub(crate) fn send(&self, packet: Outgoing) {
        if self.outbox.try_send(packet).is_err() {
            tracing::trace!(
                media = self.media.0,
                "a packet was dropped before the network"
            );
        }
    }

    /// Events are dropped when nobody reads them; they repeat or can be asked for.
    pub(crate) fn tell(&self, event: MediaEvent) {
        if self.events.try_send(event).is_err() {
            tracing::debug!(media = self.media.0, "a media event found nobody");
        }
    }

    /// Told once by the worker.
    pub(crate) fn speech_heard(&self) {
        let since = self.talking_since.lock().ok().and_then(|since| *since);
        if let (Some(since), Ok(mut summary)) = (since, self.summary.lock()) {
            summary.first_speech_ms = u32::try_from(since.elapsed().as_millis()).ok();
        }
        self.tell(MediaEvent::FirstSpeechHeard { media: self.media });
    }

    pub(crate) fn summary(&self) -> PathSummary {
        self.summary
            .lock()
            .map(|summary| *summary)
            .unwrap_or_default()
    }

    pub(crate) fn set_relayed(&self, is_relayed: bool) {
        if let Ok(mut summary) = self.summary.lock() {
            summary.is_relayed = is_relayed;
        }
    }

    pub(crate) fn set_summary(&self, now: PathSummary) {
        if let Ok(mut summary) = self.summary.lock() {
            let (first_speech_ms, is_relayed) = (summary.first_speech_ms, summary.is_relayed);
            *summary = PathSummary {
                first_speech_ms,
                is_relayed,
                ..now
            };
        }
    }
}

impl PacketSink for Session {
    fn packet(&self, packet: Incoming) {
        if packet.kind == PacketKind::KeypadEvent
            && let Ok(mut keypad) = self.keypad.lock()
            && let Some(digit) = keypad.hear(packet.timestamp, &packet.payload)
        {
            self.tell(MediaEvent::DigitHeard {
                media: self.media,
                digit,
            });
        }
        if !self.is_talking.load(Ordering::Relaxed) {
            return;
        }
        if let Ok(mut inbox) = self.inbox.lock() {
            if inbox.len() >= INBOX {
                inbox.pop_front();
            }
            inbox.push_back(packet);
        }
        self.worker.unpark();
    }

    fn event(&self, event: PathEvent) {
        let media = self.media;
        self.tell(match event {
            PathEvent::State(state) => {
                if state == PathState::Connected {
                    tracing::info!(media = media.0, "media path connected");
                }
                MediaEvent::State { media, state }
            }
            PathEvent::Candidate(candidate) => MediaEvent::Candidate { media, candidate },
        });
    }
}
