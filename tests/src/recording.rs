//! What a speaker played, kept with the time of each sample, so that a test can ask "since then".

use anyhow::{Context, Result, bail};
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::wait;

/// Samples a second of every recording.
pub const RATE: u32 = 48_000;
/// Ten milliseconds, the grain in which loudness is judged.
const GRAIN: usize = 480;
/// Louder than this a grain holds speech; silence and comfort noise stay below.
const SPEECH_DBFS: f64 = -45.0;
/// Half a second: longer than the path's delay.
const TAIL: usize = RATE as usize / 2;
/// An hour: no run is longer, and a forgotten recording does not eat the machine.
const LONGEST: usize = 3_600 * RATE as usize;

#[derive(Default)]
struct Heard {
    samples: Vec<i16>,
    /// UTC milliseconds at which sample 0 was played: the smallest estimate over all pieces, since
    /// a piece can come late but never early.
    begin_ms: Option<u64>,
}

/// A recording that goes on until it is dropped.
pub struct Recording {
    child: Child,
    heard: Arc<Mutex<Heard>>,
}

/// A point in a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(usize);

impl Recording {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start parec")?;
        let mut pipe = child.stdout.take().context("parec has no output")?;
        let heard = Arc::new(Mutex::new(Heard::default()));
        let into = Arc::clone(&heard);
        std::thread::Builder::new()
            .name("recording".to_owned())
            .spawn(move || {
                let mut bytes = [0u8; 9_600];
                let mut odd: Option<u8> = None;
                // The end of the pipe ends the thread: when parec is killed, or ends by itself.
                while let Ok(count @ 1..) = pipe.read(&mut bytes) {
                    let mut heard = into.lock().unwrap_or_else(PoisonError::into_inner);
                    let mut piece = odd.take().into_iter().chain(bytes[..count].iter().copied());
                    while let Some(low) = piece.next() {
                        match piece.next() {
                            Some(high) => heard.samples.push(i16::from_le_bytes([low, high])),
                            None => odd = Some(low),
                        }
                    }
                    let length_ms = heard.samples.len() as u64 * 1_000 / u64::from(RATE);
                    let estimate = wait::now_ms().saturating_sub(length_ms);
                    heard.begin_ms = Some(heard.begin_ms.map_or(estimate, |b| b.min(estimate)));
                    if heard.samples.len() > LONGEST {
                        break;
                    }
                }
            })?;
        let recording = Self { child, heard };
        wait::until_true(Duration::from_secs(10), "sound from the speaker", || {
            Ok(recording.now() > Mark(0))
        })?;
        Ok(recording)
    }

    fn with<T>(&self, look: impl FnOnce(&Heard) -> T) -> T {
        look(&self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The point that has just been recorded.
    pub fn now(&self) -> Mark {
        Mark(self.with(|heard| heard.samples.len()))
    }

    /// When a point was played, in UTC milliseconds.
    pub fn time_of(&self, mark: Mark) -> u64 {
        self.with(|heard| heard.begin_ms.unwrap_or(0)) + mark.0 as u64 * 1_000 / u64::from(RATE)
    }

    /// The point that was played at a time in UTC milliseconds.
    pub fn at(&self, time_ms: u64) -> Mark {
        let since = time_ms.saturating_sub(self.with(|heard| heard.begin_ms.unwrap_or(0)));
        Mark(usize::try_from(since * u64::from(RATE) / 1_000).unwrap_or(usize::MAX))
    }

    /// Waits for a quarter of a second without speech, so that the words before are not taken for
    /// those after; gives the point.
    ///
    /// # Errors
    /// When it does not become quiet within `limit`.
    pub fn quiet(&self, limit: Duration) -> Result<Mark> {
        let began = self.now();
        wait::until(limit, "silence at the speaker", || {
            let now = self.now();
            let from = Mark(now.0.saturating_sub(25 * GRAIN));
            Ok((from >= began && self.speech_after(from).is_none()).then_some(now))
        })
    }

    /// The samples from `from` until the path's delay after now, so that the last word is in.
    ///
    /// # Errors
    /// When the recording has stopped.
    pub fn since_with_tail(&self, from: Mark) -> Result<Vec<i16>> {
        let end = Mark(self.now().0 + TAIL);
        wait::until_true(Duration::from_secs(10), "the end of the recording", || {
            Ok(self.now() >= end)
        })?;
        Ok(self.since(from))
    }

    /// The samples from `from` until now.
    pub fn since(&self, from: Mark) -> Vec<i16> {
        self.with(|heard| heard.samples[from.0.min(heard.samples.len())..].to_vec())
    }

    /// Where speech begins after `from`, if it has begun: three loud grains in a row, so that a
    /// click is not taken for a word.
    pub fn speech_after(&self, from: Mark) -> Option<Mark> {
        let samples = self.since(from);
        let loud: Vec<bool> = samples
            .chunks_exact(GRAIN)
            .map(|grain| loudness_dbfs(grain) > SPEECH_DBFS)
            .collect();
        let first = loud
            .windows(3)
            .position(|three| three.iter().all(|is_loud| *is_loud))?;
        Some(Mark(from.0 + first * GRAIN))
    }

    /// Waits for speech after `from`.
    ///
    /// # Errors
    /// When `limit` passes in silence.
    pub fn wait_for_speech(&self, from: Mark, limit: Duration, what: &str) -> Result<Mark> {
        wait::until(limit, what, || Ok(self.speech_after(from)))
    }

    /// Writes all from `from` on as a WAV file.
    ///
    /// # Errors
    /// When the file cannot be written, or there is nothing to write.
    pub fn save(&self, from: Mark, path: &Path) -> Result<()> {
        let samples = self.since(from);
        if samples.is_empty() {
            bail!("nothing was recorded for {}", path.display());
        }
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec)
            .with_context(|| format!("cannot write {}", path.display()))?;
        for sample in samples {
            writer.write_sample(sample)?;
        }
        writer.finalize()?;
        Ok(())
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let _sent = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Root mean square against full scale, in decibels; −120 for digital silence.
pub fn loudness_dbfs(samples: &[i16]) -> f64 {
    if samples.is_empty() {
        return -120.0;
    }
    let energy: f64 = samples.iter().map(|s| f64::from(*s).powi(2)).sum();
    let rms = (energy / samples.len() as f64).sqrt() / f64::from(i16::MAX);
    (20.0 * rms.max(1e-6).log10()).max(-120.0)
}
