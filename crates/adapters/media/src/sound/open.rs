//! Opening and closing one device: the ring behind its callback, and the signs that it is alive.

use super::{Command, Sound};
use crate::error::MediaError;
use crate::event::DeviceKind;
use crate::host::{Capture, Entry, OnBroken, OpenStream, Render};
use crate::worker::{Order, SpeakerPulse};
use audio::ring::{Reader, Writer, ring};
use audio::tone::RingTone;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// A second: far more than is ever waiting, so that nothing is lost while a thread is late.
const RING: usize = 48_000;
/// No callback for this long: perhaps unplugged, look at once.
const STALLED: Duration = Duration::from_millis(100);
/// No callback for this long although it is listed: open it again. Sleeping devices take two seconds to wake.
const DEAD: Duration = Duration::from_secs(4);

pub(super) struct Open {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) serial: u64,
    pub(super) is_broken: bool,
    opened: Instant,
    /// When the last callback was, in milliseconds after `opened`.
    beat: Arc<AtomicU64>,
    _stream: OpenStream,
}

impl Open {
    fn silent_for(&self) -> Duration {
        let beat = Duration::from_millis(self.beat.load(Ordering::Relaxed));
        self.opened.elapsed().saturating_sub(beat)
    }

    /// Judged only after the first callback: a device that is waking is not stalled.
    pub(super) fn has_stalled(&self) -> bool {
        let has_begun = self.beat.load(Ordering::Relaxed) > 0;
        self.is_broken || (has_begun && self.silent_for() > STALLED)
    }

    pub(super) fn is_dead(&self) -> bool {
        self.is_broken || self.silent_for() > DEAD
    }
}

/// A callback's sign of life.
fn beating(opened: Instant, beat: Arc<AtomicU64>) -> impl Fn() + Send {
    move || beat.store(opened.elapsed().as_millis() as u64, Ordering::Relaxed)
}

/// The microphone's callback: samples into the ring, wake the worker.
pub(crate) fn capture(
    mut ring: Writer,
    worker: Thread,
    beat: impl Fn() + Send + 'static,
) -> Capture {
    Box::new(move |samples| {
        beat();
        ring.push(samples.iter().copied());
        worker.unpark();
    })
}

/// The speaker's callback: samples out of the ring, silence for what is missing, wake the worker.
pub(crate) fn render(
    mut ring: Reader,
    pulse: Arc<SpeakerPulse>,
    worker: Thread,
    beat: impl Fn() + Send + 'static,
) -> Render {
    let mut has_begun = false;
    Box::new(move |samples| {
        beat();
        let count = ring.pop(samples);
        samples[count..].fill(0.0);
        if has_begun && count < samples.len() {
            pulse.underruns.fetch_add(1, Ordering::Relaxed);
        }
        has_begun |= count > 0;
        pulse
            .most
            .fetch_max(samples.len().min(RING / 2) as u32, Ordering::Relaxed);
        worker.unpark();
    })
}

fn ringing(mut tone: RingTone, beat: impl Fn() + Send + 'static) -> Render {
    Box::new(move |samples| {
        beat();
        samples
            .iter_mut()
            .for_each(|sample| *sample = tone.sample());
    })
}

impl Sound {
    /// Opens `entry` in place of what is open; the old stream is closed afterwards, so that the gap is short.
    pub(super) fn open(&mut self, kind: DeviceKind, entry: &Entry) -> Result<(), MediaError> {
        self.serial += 1;
        let serial = self.serial;
        let commands = self.own_commands.clone();
        let broken: OnBroken = Box::new(move || {
            // When the queue is full, the missing callbacks tell the same a little later.
            let _ = commands.try_send(Command::Broken { kind, serial });
        });
        let opened = Instant::now();
        let beat = Arc::new(AtomicU64::new(0));
        let sign = beating(opened, Arc::clone(&beat));
        let worker = self.worker.clone();
        let result = match kind {
            DeviceKind::Microphone => {
                let (writer, reader) = ring(RING);
                let stream =
                    self.host
                        .open_microphone(&entry.id, capture(writer, worker, sign), broken);
                stream.inspect(|_| self.order(Order::Microphone(Some(reader))))
            }
            DeviceKind::Speaker => {
                let (writer, reader) = ring(RING);
                let pulse = Arc::new(SpeakerPulse::default());
                let fill = render(reader, Arc::clone(&pulse), worker, sign);
                let stream = self.host.open_speaker(&entry.id, fill, broken);
                stream.inspect(|_| self.order(Order::Speaker(Some((writer, pulse)))))
            }
            DeviceKind::Ringer => {
                let (volume, rings, _) = self.ring.unwrap_or((0, Some(0), opened));
                let tone = ringing(RingTone::new(volume, rings), sign);
                self.host.open_speaker(&entry.id, tone, broken)
            }
        };
        let (id, name) = (entry.id.clone(), entry.name.clone());
        match result {
            Ok(stream) => {
                self.told_trouble.retain(|told| *told != kind);
                let open = Open {
                    id,
                    name,
                    serial,
                    is_broken: false,
                    opened,
                    beat,
                    _stream: stream,
                };
                *self.slot(kind) = Some(open);
                Ok(())
            }
            Err(detail) => Err(MediaError::Device { kind, name, detail }),
        }
    }

    pub(super) fn close(&mut self, kind: DeviceKind) {
        if self.slot(kind).take().is_none() {
            return;
        }
        match kind {
            DeviceKind::Microphone => self.order(Order::Microphone(None)),
            DeviceKind::Speaker => self.order(Order::Speaker(None)),
            DeviceKind::Ringer => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[global_allocator]
    static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

    #[test]
    fn audio_callbacks_do_not_allocate() {
        let opened = Instant::now();
        let beat = Arc::new(AtomicU64::new(0));
        let sign = || beating(opened, Arc::clone(&beat));
        let (writer, mut heard) = ring(RING);
        let mut take = capture(writer, std::thread::current(), sign());
        let (mut said, reader) = ring(RING);
        let pulse = Arc::new(SpeakerPulse::default());
        let mut fill = render(reader, Arc::clone(&pulse), std::thread::current(), sign());
        let mut tone = ringing(RingTone::new(80, None), sign());
        let mut samples = [0.5; 480];
        said.push([0.25; 700].into_iter());
        assert_no_alloc::assert_no_alloc(|| {
            take(&samples);
            fill(&mut samples);
            tone(&mut [0.0; 480]);
            fill(&mut samples);
        });
        let mut out = [0.0; 480];
        assert_eq!((heard.pop(&mut out), out[479]), (480, 0.5));
        assert_eq!((samples[0], samples[219], samples[220]), (0.25, 0.25, 0.0));
        assert_eq!(pulse.underruns.load(Ordering::Relaxed), 1);
        assert_eq!(pulse.most.load(Ordering::Relaxed), 480);
    }
}
