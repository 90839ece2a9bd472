//! The thread between the audio callbacks and everything else: voice processing, codec, meter, the record-and-play test.
//!
//! Callbacks only move samples through rings and wake this thread. It keeps the speaker's ring filled a little ahead
//! and empties the microphone's as it fills.

use crate::call::Call;
use crate::event::{MediaEvent, TestStage};
use crate::pace::Pace;
use crate::processing::Processing;
use crate::quiet::Quiet;
use crate::session::Session;
use audio::level::Meter;
use audio::ring::{Reader, Writer};
use audio::{FRAME, RATE};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use vocab::MediaId;

/// Orders that wait for the worker; the sound thread waits when it is full.
pub(crate) const ORDERS: usize = 64;
/// How often the thread looks when nothing wakes it.
const ACTIVE_PARK: Duration = Duration::from_millis(5);
const IDLE_PARK: Duration = Duration::from_millis(500);
/// A microphone that gives nothing for this long is replaced by silence, so that the far end's clock goes on.
const MISSING: Duration = Duration::from_millis(60);
/// The length of a frame.
pub(crate) const STEP: Duration = Duration::from_millis(10);
/// More than this waiting in the microphone's ring is the leftover of a stall and dropped down to one frame.
const CAPTURE_STALE: usize = FRAME * 8;
/// The speaker's ring is kept this much above one callback's need; underruns raise it, quiet time lowers it.
const MOST_AHEAD: usize = FRAME * 4;
/// One odd large request must not become a delay; a device that really needs more shows it by underruns.
const MOST_NEED: usize = FRAME * 3;
const LEAST_NEED: usize = FRAME / 4;
const NEED_WINDOW: Duration = Duration::from_secs(1);
const AHEAD_STEP: usize = FRAME / 4;
const AHEAD_FALLS_EVERY: Duration = Duration::from_secs(20);
const LEVELS_EVERY: Duration = Duration::from_millis(100);
/// Conversations at once: more is no conference that one desktop should mix.
pub(crate) const MOST_CALLS: usize = 4;
const TEST_SAMPLES: usize = RATE as usize * 5;

/// What the speaker's callback tells.
#[derive(Default)]
pub(crate) struct SpeakerPulse {
    /// The most samples asked for at once.
    pub(crate) most: AtomicU32,
    pub(crate) underruns: AtomicU32,
}

pub(crate) enum Order {
    Microphone(Option<Reader>),
    Speaker(Option<(Writer, Arc<SpeakerPulse>)>),
    /// One more conversation; all that are not held hear each other.
    Talk(Arc<Session>),
    StopTalking(MediaId),
    NoiseSuppression(bool),
    /// Begins the record-and-play test, or ends it early.
    Test(bool),
    Stop,
}

struct Speaker {
    ring: Writer,
    pulse: Arc<SpeakerPulse>,
    /// The most samples that one callback wanted in the last window and in this one.
    need: (usize, usize),
    window_since: Instant,
    ahead: usize,
    underruns: u32,
    calm_since: Instant,
}

impl Speaker {
    fn new(ring: Writer, pulse: Arc<SpeakerPulse>) -> Self {
        let now = Instant::now();
        Self {
            ring,
            pulse,
            need: (0, 0),
            window_since: now,
            ahead: 0,
            underruns: 0,
            calm_since: now,
        }
    }

    /// How many samples shall be ready: what one callback takes, and a little more on a machine that is late.
    fn wanted(&mut self, now: Instant) -> usize {
        let underruns = self.pulse.underruns.load(Ordering::Relaxed);
        if underruns != self.underruns {
            self.underruns = underruns;
            self.ahead = (self.ahead + AHEAD_STEP).min(MOST_AHEAD);
            self.calm_since = now;
        } else if now.duration_since(self.calm_since) > AHEAD_FALLS_EVERY {
            self.ahead = self.ahead.saturating_sub(AHEAD_STEP);
            self.calm_since = now;
        }
        // The first request fills the system's own buffer and is larger than all that follow.
        if now.duration_since(self.window_since) > NEED_WINDOW {
            self.window_since = now;
            self.need = (self.need.1, 0);
        }
        let most = self.pulse.most.swap(0, Ordering::Relaxed) as usize;
        self.need.1 = self.need.1.max(most);
        self.need.0.max(self.need.1).clamp(LEAST_NEED, MOST_NEED) + self.ahead
    }
}

/// What the far ends of a conference said during one step, for each other.
struct Others {
    said: [[f32; FRAME]; MOST_CALLS],
    count: usize,
}

impl Others {
    fn of(calls: &mut [Call]) -> Self {
        let mut said = [[0.0; FRAME]; MOST_CALLS];
        let count = calls.len().min(MOST_CALLS);
        if count > 1 {
            for (call, said) in calls.iter_mut().zip(&mut said) {
                call.take_shared(said);
            }
        }
        Self { said, count }
    }

    /// All but the one at `at`; none when that one is alone.
    fn but(&self, at: usize) -> Option<[f32; FRAME]> {
        (self.count > 1).then(|| {
            let mut sum = [0.0; FRAME];
            let all = self.said[..self.count].iter().enumerate();
            all.filter(|(other, _)| *other != at)
                .for_each(|(_, said)| mix(&mut sum, said));
            sum
        })
    }
}

fn mix(into: &mut [f32; FRAME], more: &[f32; FRAME]) {
    for (sum, sample) in into.iter_mut().zip(more) {
        *sum = (*sum + sample).clamp(-1.0, 1.0);
    }
}

enum Test {
    Recording(Vec<f32>),
    Playing(Vec<f32>, usize),
}

pub(crate) struct Worker {
    orders: Receiver<Order>,
    events: mpsc::Sender<MediaEvent>,
    /// Called when the test is over, so that its devices are closed.
    test_over: Box<dyn Fn() + Send>,
    microphone: Option<Reader>,
    speaker: Option<Speaker>,
    processing: Processing,
    calls: Vec<Call>,
    test: Option<Test>,
    last_frame: Instant,
    is_missing: bool,
    pace: Pace,
    last_second: Instant,
    last_levels: Instant,
    meters: (Meter, Meter),
    quiet: Quiet,
}

impl Worker {
    pub(crate) fn new(
        orders: Receiver<Order>,
        events: mpsc::Sender<MediaEvent>,
        has_noise_suppression: bool,
        test_over: Box<dyn Fn() + Send>,
    ) -> Self {
        let now = Instant::now();
        Self {
            orders,
            events,
            test_over,
            microphone: None,
            speaker: None,
            processing: Processing::new(has_noise_suppression),
            calls: Vec::with_capacity(MOST_CALLS),
            test: None,
            last_frame: now,
            is_missing: true,
            pace: Pace::begun(now),
            last_second: now,
            last_levels: now,
            meters: (Meter::default(), Meter::default()),
            quiet: Quiet::default(),
        }
    }

    /// Runs until told to stop or nobody can tell any more.
    pub(crate) fn run(mut self) {
        loop {
            loop {
                match self.orders.try_recv() {
                    Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return,
                    Ok(order) => self.obey(order),
                    Err(TryRecvError::Empty) => break,
                }
            }
            let is_active =
                !self.calls.is_empty() || self.microphone.is_some() || self.test.is_some();
            if is_active {
                self.step();
            }
            std::thread::park_timeout(if is_active { ACTIVE_PARK } else { IDLE_PARK });
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Microphone(ring) => self.microphone = ring,
            Order::Speaker(parts) => {
                self.speaker = parts.map(|(ring, pulse)| Speaker::new(ring, pulse));
            }
            Order::Talk(session) => self.talk(session),
            Order::StopTalking(media) => self.calls.retain(|call| call.session.media != media),
            Order::NoiseSuppression(is_on) => self.processing.set_noise_suppression(is_on),
            Order::Test(true) => {
                self.test = Some(Test::Recording(Vec::with_capacity(TEST_SAMPLES + FRAME)));
            }
            Order::Test(false) => self.test = None,
            Order::Stop => {}
        }
    }

    fn talk(&mut self, session: Arc<Session>) {
        let now = Instant::now();
        if self.calls.is_empty() {
            self.last_frame = now;
            self.is_missing = true;
            self.last_second = now;
            self.quiet = Quiet::default();
        }
        match Call::new(session, now) {
            Ok(call) => self.calls.push(call),
            Err(error) => self.tell(MediaEvent::Trouble(error)),
        }
    }

    fn tell(&self, event: MediaEvent) {
        if self.events.try_send(event).is_err() {
            tracing::debug!("a media event found nobody");
        }
    }

    fn step(&mut self) {
        let now = Instant::now();
        // Render before capture: the echo canceller must know a sound before it comes back.
        self.play(now);
        self.capture(now);
        if now.duration_since(self.last_levels) >= LEVELS_EVERY {
            self.last_levels = now;
            let (microphone, speaker) = (self.meters.0.read(), self.meters.1.read());
            if self.microphone.is_some() || !self.calls.is_empty() {
                self.tell(MediaEvent::Levels {
                    microphone,
                    speaker,
                });
            }
            self.tell_test();
        }
        if now.duration_since(self.last_second) >= Duration::from_secs(1) {
            self.last_second = now;
            self.calls.iter_mut().for_each(Call::second);
        }
    }

    fn play(&mut self, now: Instant) {
        let Some(speaker) = &mut self.speaker else {
            self.calls.iter_mut().for_each(|call| call.discard(now));
            return;
        };
        let wanted = speaker.wanted(now);
        let mut frame = [0.0; FRAME];
        while speaker.ring.fill() < wanted {
            frame.fill(0.0);
            let is_shared = self.calls.len() > 1;
            for call in &mut self.calls {
                let heard = call.play(now);
                mix(&mut frame, heard);
                if is_shared {
                    call.share();
                }
            }
            if self.calls.is_empty()
                && let Some(Test::Playing(recorded, at)) = &mut self.test
            {
                let part = &recorded[*at..recorded.len().min(*at + FRAME)];
                frame[..part.len()].copy_from_slice(part);
                *at += part.len();
            }
            self.meters.1.add(&frame);
            self.processing.render(&frame);
            if speaker.ring.push(frame.iter().copied()) < FRAME {
                break;
            }
        }
    }

    fn capture(&mut self, now: Instant) {
        let mut frame = [0.0; FRAME];
        if let Some(mut ring) = self.microphone.take() {
            while ring.fill() > CAPTURE_STALE {
                ring.pop(&mut frame);
            }
            while ring.fill() >= FRAME {
                ring.pop(&mut frame);
                if !self.pace.takes(now) {
                    continue;
                }
                self.last_frame = now;
                self.is_missing = false;
                self.judge(&frame, now);
                self.processing.capture(&mut frame);
                self.captured(&frame);
            }
            self.microphone = Some(ring);
        }
        // Once missing, silence comes evenly: bursts would look like a jittery network.
        let patience = if self.is_missing { STEP } else { MISSING };
        if !self.calls.is_empty() && now.duration_since(self.last_frame) > patience {
            self.is_missing = true;
            while now.duration_since(self.last_frame) > STEP {
                self.last_frame += STEP;
                self.pace.takes(now);
                self.captured(&[0.0; FRAME]);
            }
        }
    }

    /// Before anything is taken out of the sound: suppression makes silence of a quiet room.
    fn judge(&mut self, frame: &[f32; FRAME], now: Instant) {
        let is_heard = |call: &Call| !call.session.is_muted() && !call.session.is_held();
        let is_sent = self.calls.iter().any(is_heard);
        if let Some(is_unheard) = self.quiet.hear(frame, is_sent, now) {
            self.tell(MediaEvent::Unheard { is_unheard });
        }
    }

    fn captured(&mut self, frame: &[f32; FRAME]) {
        self.meters.0.add(frame);
        let others = Others::of(&mut self.calls);
        for (at, call) in self.calls.iter_mut().enumerate() {
            call.captured(frame, others.but(at).as_ref());
        }
        if self.calls.is_empty()
            && let Some(Test::Recording(recorded)) = &mut self.test
        {
            recorded.extend_from_slice(frame);
            if recorded.len() >= TEST_SAMPLES {
                self.test = Some(Test::Playing(std::mem::take(recorded), 0));
            }
        }
    }

    /// Ten times a second; a call that begins ends the test.
    fn tell_test(&mut self) {
        let percent = |done: usize| {
            u8::try_from(done * 100 / TEST_SAMPLES)
                .unwrap_or(100)
                .min(100)
        };
        let stage = match &self.test {
            None => return,
            Some(Test::Recording(recorded)) => TestStage::Recording {
                done: percent(recorded.len()),
            },
            Some(Test::Playing(recorded, at)) if *at < recorded.len() => {
                TestStage::Playing { done: percent(*at) }
            }
            Some(Test::Playing(..)) => {
                self.test = None;
                (self.test_over)();
                TestStage::Finished
            }
        };
        self.tell(MediaEvent::Test(stage));
    }
}
