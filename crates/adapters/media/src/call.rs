//! The two directions of one conversation: captured frames to packets, arrived packets to frames for the speaker.

use crate::error::MediaError;
use crate::event::MediaEvent;
use crate::processing::{Decoder, Encoder, LONGEST, PACKET};
use crate::quality::Grader;
use crate::session::Session;
use crate::transport::{FarReport, Outgoing, PacketKind};
use audio::jitter::{Decision, JitterBuffer, Packet};
use audio::keypad::Press;
use audio::stretch::Stretch;
use audio::tone::KeypadTone;
use audio::{FRAME, level, stretch};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// Packets of a pressed key: 100 ms, with as much rest before the next.
const PRESS_STEPS: u32 = 5;
const REST_PACKETS: u32 = 5;
/// What a person hears of a key they press.
const KEY_TONE_MS: u32 = 120;
/// What is kept for the others of a conference: more than this is only late.
const SHARED: usize = FRAME * 4;
/// Samples of a fade after a flush, a hold or the beginning: 5 ms hide the click.
const FADE: usize = 240;

pub(crate) struct Call {
    pub(crate) session: Arc<Session>,
    began: Instant,
    encoder: Encoder,
    /// Frames of the packet that is being filled.
    filling: Vec<f32>,
    timestamp: u32,
    press: Option<(Press, u32)>,
    rest: u32,
    decoder: Decoder,
    jitter: JitterBuffer,
    /// Decoded and not yet played.
    decoded: Vec<f32>,
    /// The last 10 ms that were played.
    heard: [f32; FRAME],
    /// What the other ends of a conference have not been sent yet.
    shared: VecDeque<f32>,
    fade_in: bool,
    key_tone: Option<KeypadTone>,
    has_heard_speech: bool,
    grader: Grader,
    far_reports: u32,
}

impl Call {
    pub(crate) fn new(session: Arc<Session>, now: Instant) -> Result<Self, MediaError> {
        Ok(Self {
            session,
            began: now,
            encoder: Encoder::new()?,
            filling: Vec::with_capacity(PACKET),
            timestamp: 0,
            press: None,
            rest: 0,
            decoder: Decoder::new()?,
            jitter: JitterBuffer::new(),
            decoded: Vec::with_capacity(LONGEST * 2),
            heard: [0.0; FRAME],
            shared: VecDeque::with_capacity(SHARED + FRAME),
            fade_in: true,
            key_tone: None,
            has_heard_speech: false,
            grader: Grader::default(),
            far_reports: 0,
        })
    }

    fn us(&self, at: Instant) -> i64 {
        i64::try_from(at.saturating_duration_since(self.began).as_micros()).unwrap_or(i64::MAX)
    }

    /// Takes one processed 10 ms frame of the microphone (or silence) and, in a conference, what the others said;
    /// sends a packet when one is full.
    pub(crate) fn captured(&mut self, frame: &[f32; FRAME], others: Option<&[f32; FRAME]>) {
        // True silence rather than no packets: it costs a few bytes, keeps the far end's buffer
        // and statistics steady, and unmuting is heard at once.
        let mut sent = [0.0; FRAME];
        if !self.session.is_held() {
            if !self.session.is_muted() {
                sent = *frame;
            }
            for (sent, other) in sent.iter_mut().zip(others.into_iter().flatten()) {
                *sent = (*sent + other).clamp(-1.0, 1.0);
            }
        }
        self.session.record_near(&sent);
        self.filling.extend_from_slice(&sent);
        if self.filling.len() < PACKET {
            return;
        }
        if !self.send_key() {
            if let Some(payload) = self.encoder.encode(&self.filling[..PACKET]) {
                let is_marked = self.timestamp == 0;
                let kind = PacketKind::Voice;
                self.session.send(Outgoing {
                    kind,
                    timestamp: self.timestamp,
                    is_marked,
                    payload,
                });
            }
            self.rest = self.rest.saturating_sub(1);
        }
        self.filling.clear();
        self.timestamp = self.timestamp.wrapping_add(PACKET as u32);
    }

    /// Sends a keypad event in place of this packet's voice, if a key is pressed.
    fn send_key(&mut self) -> bool {
        if self.press.is_none() && self.rest == 0 {
            let digit = self.session.next_digit();
            let press = digit.and_then(|d| Press::new(d, PRESS_STEPS, PACKET as u16));
            self.press = press.map(|press| (press, self.timestamp));
            self.key_tone = digit.and_then(|digit| KeypadTone::new(digit, KEY_TONE_MS));
        }
        let Some((press, timestamp)) = &mut self.press else {
            return false;
        };
        let timestamp = *timestamp;
        let Some((is_marked, payload)) = press.step() else {
            self.press = None;
            self.rest = REST_PACKETS;
            return false;
        };
        let (kind, payload) = (PacketKind::KeypadEvent, payload.to_vec());
        self.session.send(Outgoing {
            kind,
            timestamp,
            is_marked,
            payload,
        });
        true
    }

    /// Moves what arrived into the jitter buffer.
    pub(crate) fn receive(&mut self) {
        while let Some(packet) = self.session.next_packet() {
            if packet.kind == PacketKind::KeypadEvent {
                self.jitter.skip(packet.sequence);
                continue;
            }
            let Some(samples) = self.decoder.samples(&packet.payload) else {
                continue;
            };
            let now = self.us(packet.arrived);
            let (sequence, timestamp) = (packet.sequence, packet.timestamp);
            self.jitter.insert(
                now,
                &Packet {
                    sequence,
                    timestamp,
                    samples,
                    payload: packet.payload,
                },
            );
        }
    }

    /// The next 10 ms for the speaker.
    pub(crate) fn play(&mut self, now: Instant) -> &[f32; FRAME] {
        self.receive();
        while self.decoded.len() < FRAME {
            self.decode_more(self.us(now));
        }
        self.heard.copy_from_slice(&self.decoded[..FRAME]);
        self.decoded.drain(..FRAME);
        if self.session.is_held() {
            self.heard.fill(0.0);
            self.fade_in = true;
        } else if !self.has_heard_speech && level::is_speech(&self.heard) {
            self.has_heard_speech = true;
            self.session.speech_heard();
        }
        self.session.record_far(&self.heard);
        if let Some(tone) = &mut self.key_tone {
            for sample in &mut self.heard {
                *sample += tone.sample().unwrap_or(0.0);
            }
        }
        &self.heard
    }

    /// Keeps what was just played for the other ends of a conference.
    pub(crate) fn share(&mut self) {
        if self.shared.len() + FRAME > SHARED {
            self.shared.drain(..FRAME);
        }
        self.shared.extend(&self.heard);
    }

    /// The oldest 10 ms that were kept; untouched when there are none.
    pub(crate) fn take_shared(&mut self, said: &mut [f32; FRAME]) {
        if self.shared.len() >= FRAME {
            for (slot, sample) in said.iter_mut().zip(self.shared.drain(..FRAME)) {
                *slot = sample;
            }
        }
    }

    fn decode_more(&mut self, now_us: i64) {
        let start = self.decoded.len();
        match self.jitter.next(now_us) {
            Decision::Silence => {
                self.decoded.resize(start + FRAME, 0.0);
                self.fade_in = true;
            }
            Decision::Play {
                payload,
                stretch,
                is_urgent,
            } => {
                let frame = self.decoder.decode(&payload);
                let stretch = if is_urgent || stretch::is_pause(frame) {
                    stretch
                } else {
                    Stretch::AsIs
                };
                stretch::append(frame, stretch, &mut self.decoded);
                if std::mem::take(&mut self.fade_in) {
                    let fresh = self.decoded[start..].iter_mut().take(FADE);
                    fresh
                        .enumerate()
                        .for_each(|(n, s)| *s *= n as f32 / FADE as f32);
                }
            }
            Decision::Fec { payload, samples } => {
                let recovered = self.decoder.recover(&payload, samples as usize);
                self.decoded.extend_from_slice(recovered);
            }
            Decision::Conceal { samples } => {
                self.decoded
                    .extend_from_slice(self.decoder.conceal(samples as usize));
            }
            Decision::Flush { dropped } => {
                tracing::debug!(dropped, "old packets were dropped after a stall");
                self.decoded.clear();
                self.fade_in = true;
                return;
            }
        }
        if self.decoded.len() == start {
            // A payload that does not decode: the caller waits for samples.
            self.decoded.resize(start + FRAME, 0.0);
        }
    }

    /// Nothing plays: arrived packets are dropped, so that they are not heard late. They still count.
    pub(crate) fn discard(&mut self, now: Instant) {
        self.receive();
        let now = self.us(now);
        while matches!(
            self.jitter.next(now),
            Decision::Play { .. } | Decision::Flush { .. }
        ) {}
    }

    /// Once a second: tells the quality and prepares for the loss that the far end reports.
    pub(crate) fn second(&mut self) {
        let far = self
            .session
            .transport()
            .map_or(FarReport::default(), |t| t.far_report());
        if far.reports != self.far_reports {
            self.far_reports = far.reports;
            self.encoder.expect_loss(far.loss_percent);
        }
        let counts = self.jitter.counts();
        let quality = self.grader.second(counts, far, self.session.is_held());
        self.session.set_summary(self.grader.summary(counts, far));
        self.session.tell(MediaEvent::Quality {
            media: self.session.media,
            quality,
        });
        tracing::trace!(?counts, "jitter buffer");
    }
}
