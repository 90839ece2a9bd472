//! A conversation written to a file as it happens: Ogg Opus in stereo, this side left and the far end right.
//!
//! The worker only puts samples into a ring; a thread of its own encodes and writes them, so that a slow disk is never
//! heard. This side's frames are the clock: they come every 10 ms as long as a conversation lasts, whatever the
//! devices do, and the far end's are laid beside them.

mod file;

pub use file::{Salvaged, salvage};

use crate::error::MediaError;
use audio::ring::{Reader, Writer, ring};
use audio::{FRAME, RATE};
use file::OggOpus;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// Two seconds of both voices: a disk that is slower for longer leaves a gap in the recording, never in the call.
const RING: usize = RATE as usize * 2 * 2;
/// Milliseconds of one frame.
const FRAME_MS: u64 = 1_000 * FRAME as u64 / RATE as u64;
/// The far end's frames come in bursts as the speaker takes them; more than this beside each other is drift.
const MOST_FAR: usize = FRAME * 12;
/// How often the thread empties the ring. With the page's length it bounds what a crash loses.
const EMPTY_EVERY: Duration = Duration::from_millis(100);

/// Called once when writing fails; nothing is recorded from then on.
pub type OnFailure = Box<dyn FnOnce(String) + Send>;

/// The worker's end.
pub(crate) struct Tap {
    is_paused: AtomicBool,
    /// Frames that were put into the ring.
    frames: AtomicU64,
    /// Only the worker locks it, and this side when it attaches the tap to another path: nobody waits long.
    inner: Mutex<TapInner>,
}

struct TapInner {
    ring: Writer,
    far: VecDeque<f32>,
}

impl Tap {
    /// What the far end is sent: silence while muted or held.
    pub(crate) fn near(&self, frame: &[f32; FRAME]) {
        let Ok(mut inner) = self.inner.lock() else {
            return;
        };
        let TapInner { ring, far } = &mut *inner;
        if self.is_paused.load(Ordering::Acquire) {
            far.clear();
            return;
        }
        let mut both = [0.0; FRAME * 2];
        for (pair, near) in both.chunks_exact_mut(2).zip(frame) {
            pair[0] = *near;
            pair[1] = far.pop_front().unwrap_or(0.0);
        }
        // Half a frame would swap the sides.
        if RING - ring.fill() >= both.len() {
            ring.push(both.iter().copied());
            self.frames.fetch_add(1, Ordering::Release);
        }
    }

    /// What is heard of the far end: silence while held.
    pub(crate) fn far(&self, frame: &[f32; FRAME]) {
        let Ok(mut inner) = self.inner.lock() else {
            return;
        };
        if self.is_paused.load(Ordering::Acquire) {
            return;
        }
        inner.far.extend(frame);
        let surplus = inner.far.len().saturating_sub(MOST_FAR);
        inner.far.drain(..surplus);
    }
}

/// A recording that is being written. Dropped, it ends as if [`Recording::finish`] had been called.
pub struct Recording {
    pub(crate) tap: Arc<Tap>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Recording {
    /// Begins a file, readable for this user only. Nothing is in it until a path is attached to it by
    /// [`crate::MediaEngine::record`].
    ///
    /// # Errors
    /// `Recording` when the file cannot be made: the conversation goes on unrecorded, and a person should know.
    pub fn start(path: &Path, on_failure: OnFailure) -> Result<Self, MediaError> {
        let out = OggOpus::create(path)?;
        let (writer, reader) = ring(RING);
        let tap = Arc::new(Tap {
            is_paused: AtomicBool::new(false),
            frames: AtomicU64::new(0),
            inner: Mutex::new(TapInner {
                ring: writer,
                far: VecDeque::with_capacity(MOST_FAR + FRAME),
            }),
        });
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("recording".to_owned())
            .spawn(move || {
                if let Err(error) = write_all(out, reader, &stopped) {
                    on_failure(error.to_string());
                }
            })
            .map_err(|error| MediaError::Recording(error.to_string()))?;
        Ok(Self {
            tap,
            stop,
            thread: Some(thread),
        })
    }

    /// What is said from now on is left out. Gives the length so far in milliseconds.
    pub fn pause(&self) -> u64 {
        self.tap.is_paused.store(true, Ordering::Release);
        self.length_ms()
    }

    pub fn resume(&self) {
        self.tap.is_paused.store(false, Ordering::Release);
    }

    /// The length so far in milliseconds, pauses not counted.
    #[must_use]
    pub fn length_ms(&self) -> u64 {
        self.tap.frames.load(Ordering::Acquire) * FRAME_MS
    }

    /// Writes what is left and closes the file. Waits for the disk: call it where that harms nobody.
    pub fn finish(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.tap.is_paused.store(true, Ordering::Release);
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("the recording's thread panicked");
            }
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.end();
    }
}

fn write_all(mut out: OggOpus, mut ring: Reader, stop: &AtomicBool) -> Result<(), MediaError> {
    let mut packet = vec![0.0; file::PACKET * 2];
    loop {
        let is_last = stop.load(Ordering::Acquire);
        while ring.fill() >= packet.len() {
            ring.pop(&mut packet);
            out.write(&packet)?;
        }
        if is_last {
            let rest = ring.pop(&mut packet);
            return out.finish(&mut packet, rest / 2);
        }
        std::thread::park_timeout(EMPTY_EVERY);
    }
}

#[cfg(test)]
mod tests;
