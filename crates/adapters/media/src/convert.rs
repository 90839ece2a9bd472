//! Between a device's own rate and channels and our mono at 48 kHz. Made when a device opens; nothing here allocates
//! while sound runs.

use crate::host::{Capture, Render};
use audio::{FRAME, RATE};
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

/// The longest step in samples: 10 ms at 384 kHz.
const LONGEST: usize = 3_840;

/// Steps of about 10 ms from one rate to the other.
struct Steps {
    inner: Fft<f32>,
    input: Vec<f32>,
    filled: usize,
    output: Vec<f32>,
}

impl Steps {
    fn new(from: u32, to: u32) -> Result<Self, String> {
        let step = (from / 100) as usize;
        if step == 0 || step > LONGEST {
            return Err(format!("it works at {from} Hz, which cannot be converted"));
        }
        let inner = Fft::new(from as usize, to as usize, step, 1, FixedSync::Input)
            .map_err(|error| error.to_string())?;
        let (input, output) = (inner.input_frames_max(), inner.output_frames_max());
        Ok(Self {
            inner,
            input: vec![0.0; input],
            filled: 0,
            output: vec![0.0; output],
        })
    }

    /// Takes what still fits into this step and gives the count.
    fn fill(&mut self, samples: impl Iterator<Item = f32>) -> usize {
        let need = self.inner.input_frames_next();
        let mut taken = 0;
        for (slot, sample) in self.input[self.filled..need].iter_mut().zip(samples) {
            *slot = sample;
            taken += 1;
        }
        self.filled += taken;
        taken
    }

    /// The converted step, once it is full.
    fn converted(&mut self) -> Option<&[f32]> {
        let need = self.inner.input_frames_next();
        if self.filled < need {
            return None;
        }
        self.filled = 0;
        let room = self.output.len();
        let input = InterleavedSlice::new(&self.input[..], 1, need).ok()?;
        let mut output = InterleavedSlice::new_mut(&mut self.output[..], 1, room).ok()?;
        let (_, written) = self
            .inner
            .process_into_buffer(&input, &mut output, None)
            .ok()?;
        Some(&self.output[..written])
    }
}

/// A device's callback made from ours: the mean of its channels, at our rate.
pub(crate) fn captured(
    mut take: Capture,
    rate: u32,
    channels: u16,
) -> Result<impl FnMut(&mut dyn ExactSizeIterator<Item = f32>) + Send + 'static, String> {
    let channels = usize::from(channels.max(1));
    let mut steps = (rate != RATE).then(|| Steps::new(rate, RATE)).transpose()?;
    let mut mono = [0.0; FRAME];
    Ok(move |samples: &mut dyn ExactSizeIterator<Item = f32>| {
        let mut left = samples.len() / channels;
        while left > 0 {
            let part = &mut mono[..left.min(FRAME)];
            left -= part.len();
            for sample in part.iter_mut() {
                *sample = samples.take(channels).sum::<f32>() / channels as f32;
            }
            let Some(steps) = &mut steps else {
                take(part);
                continue;
            };
            let mut at = 0;
            while at < part.len() {
                at += steps.fill(part[at..].iter().copied());
                if let Some(converted) = steps.converted() {
                    take(converted);
                }
            }
        }
    })
}

/// A device's callback made from ours: every channel gets the same, at the device's rate.
pub(crate) fn rendered(
    mut fill: Render,
    rate: u32,
    channels: u16,
) -> Result<impl FnMut(&mut dyn FnMut(f32) -> bool) + Send + 'static, String> {
    let channels = usize::from(channels.max(1));
    let mut steps = (rate != RATE).then(|| Steps::new(RATE, rate)).transpose()?;
    let mut ready = vec![0.0; LONGEST * 2];
    let (mut at, mut end) = (0, 0);
    // `put` takes one sample and says whether there is room for another.
    Ok(move |put: &mut dyn FnMut(f32) -> bool| {
        loop {
            while at < end {
                let sample = ready[at];
                at += 1;
                for channel in 0..channels {
                    if !put(sample) && channel + 1 == channels {
                        return;
                    }
                }
            }
            let mut ours = [0.0; FRAME];
            fill(&mut ours);
            at = 0;
            end = match &mut steps {
                None => copy(&ours, &mut ready),
                Some(steps) => {
                    let mut from = 0;
                    let mut written = 0;
                    while from < FRAME {
                        from += steps.fill(ours[from..].iter().copied());
                        if let Some(converted) = steps.converted() {
                            written += copy(converted, &mut ready[written..]);
                        }
                    }
                    written
                }
            };
        }
    })
}

fn copy(from: &[f32], to: &mut [f32]) -> usize {
    let count = from.len().min(to.len());
    to[..count].copy_from_slice(&from[..count]);
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    const TONE: f32 = 440.0;

    fn tone(rate: u32, seconds: f32) -> Vec<f32> {
        let step = std::f32::consts::TAU * TONE / rate as f32;
        (0..(rate as f32 * seconds) as usize)
            .map(|at| 0.5 * (step * at as f32).sin())
            .collect()
    }

    /// How much of `samples`' energy is a tone of 440 Hz.
    fn share_of_tone(samples: &[f32], rate: u32) -> f32 {
        let step = std::f32::consts::TAU * TONE / rate as f32;
        let (mut re, mut im, mut all) = (0.0, 0.0, 0.0);
        for (at, sample) in samples.iter().enumerate() {
            re += sample * (step * at as f32).cos();
            im += sample * (step * at as f32).sin();
            all += sample * sample;
        }
        2.0 * (re * re + im * im) / samples.len() as f32 / all
    }

    #[test]
    fn a_microphone_of_any_rate_is_heard_at_its_pitch() {
        for (rate, channels) in [
            (44_100, 2),
            (16_000, 1),
            (8_000, 1),
            (96_000, 2),
            (48_000, 2),
        ] {
            let heard = Arc::new(Mutex::new(Vec::new()));
            let into = Arc::clone(&heard);
            let take: Capture = Box::new(move |part| into.lock().unwrap().extend_from_slice(part));
            let mut give = captured(take, rate, channels).unwrap();
            let said = tone(rate, 1.0);
            // Pieces of an odd size, as devices have them.
            for piece in said.chunks(333) {
                let spread: Vec<f32> = piece
                    .iter()
                    .flat_map(|sample| std::iter::repeat_n(*sample, usize::from(channels)))
                    .collect();
                give(&mut spread.into_iter());
            }
            let heard = heard.lock().unwrap();
            assert!(
                heard.len() > 47_000 && heard.len() <= 48_000,
                "{rate}: {}",
                heard.len()
            );
            let share = share_of_tone(&heard[4_800..43_200], RATE);
            assert!(share > 0.99, "{rate} Hz, {channels} channels: {share}");
        }
    }

    #[test]
    fn a_speaker_of_any_rate_plays_at_its_pitch() {
        for (rate, channels) in [(44_100_u32, 2_u16), (16_000, 1), (192_000, 6), (48_000, 2)] {
            let said = tone(RATE, 2.0);
            let mut at = 0;
            let fill: Render = Box::new(move |out| {
                out.copy_from_slice(&said[at..at + out.len()]);
                at += out.len();
            });
            let mut give = rendered(fill, rate, channels).unwrap();
            let mut played: Vec<f32> = Vec::new();
            let wanted = rate as usize * usize::from(channels);
            while played.len() < wanted {
                let until = (played.len() + 777 * usize::from(channels)).min(wanted);
                give(&mut |sample| {
                    played.push(sample);
                    played.len() < until
                });
                assert_eq!(played.len(), until);
            }
            let first: Vec<f32> = played
                .chunks(usize::from(channels))
                .map(|all| all[0])
                .collect();
            let last: Vec<f32> = played
                .chunks(usize::from(channels))
                .map(|all| all[usize::from(channels) - 1])
                .collect();
            assert_eq!(first, last);
            let share = share_of_tone(&first[rate as usize / 10..], rate);
            assert!(share > 0.99, "{rate} Hz, {channels} channels: {share}");
        }
    }

    #[test]
    fn a_rate_that_cannot_be_converted_is_refused() {
        assert!(captured(Box::new(|_| {}), 50, 1).is_err());
        assert!(rendered(Box::new(|_| {}), 0, 1).is_err());
    }
}
