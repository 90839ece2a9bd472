//! Whether a recording holds what was said: the loudness of twelve bands over time, laid over each other at the best lag.
//!
//! Waveforms do not survive a codec and noise suppression, but the rise and fall of the bands does. Measured: the same
//! speech through the whole path gives 0.8 and more, other speech by the same voice stays below 0.5.

use crate::spectrum;

/// Every recording is brought to this rate first.
const WORK_RATE: u32 = 16_000;
const WINDOW: usize = 512;
/// 10 ms.
const HOP: usize = 160;
/// Edges of the bands in hertz: about equally wide to the ear, where telephone speech is.
const EDGES: [f32; 13] = [
    200.0, 300.0, 400.0, 510.0, 630.0, 770.0, 920.0, 1080.0, 1270.0, 1720.0, 2320.0, 3150.0, 4000.0,
];
const BANDS: usize = EDGES.len() - 1;
/// What lies this far below a band's loudest moment is as good as silence: suppression and dither differ there.
const DYNAMICS_DB: f32 = 40.0;

/// [`likeness`] at or above this means: the same was said.
pub const SAME_SPEECH: f32 = 0.65;

/// How two recordings lie over each other best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likeness {
    /// How much later `heard` is, in milliseconds, in steps of 10.
    pub lag_ms: i64,
    /// −1..1; 1 is the same.
    pub correlation: f32,
}

impl Likeness {
    #[must_use]
    pub fn is_same_speech(&self) -> bool {
        self.correlation >= SAME_SPEECH
    }
}

type Envelope = Vec<[f32; BANDS]>;

/// Looks for all of `said` somewhere within `heard`. None when either is silent or `heard` is shorter than a third of `said`.
#[must_use]
pub fn likeness(said: (&[f32], u32), heard: (&[f32], u32)) -> Option<Likeness> {
    let said = envelope(&resample(said.0, said.1))?;
    let heard = envelope(&resample(heard.0, heard.1))?;
    if heard.len() < said.len() / 3 {
        return None;
    }
    let shortest = said.len() / 3;
    let from = -i64::try_from(said.len() - shortest).ok()?;
    let until = i64::try_from(heard.len() - shortest.min(heard.len())).ok()?;
    (from..=until)
        .map(|lag| Likeness {
            lag_ms: lag * 10,
            correlation: at_lag(&said, &heard, lag),
        })
        .max_by(|a, b| a.correlation.total_cmp(&b.correlation))
}

/// The mean of what each sample stands for: crude, but all that counts lies below 4 kHz.
fn resample(samples: &[f32], rate: u32) -> Vec<f32> {
    let ratio = f64::from(rate) / f64::from(WORK_RATE);
    let count = (samples.len() as f64 / ratio) as usize;
    let value = |n: usize| {
        let from = (n as f64 * ratio) as usize;
        let until =
            (((n + 1) as f64 * ratio) as usize).clamp(from + 1, samples.len().max(from + 1));
        let part = samples.get(from..until).unwrap_or_default();
        part.iter().sum::<f32>() / part.len().max(1) as f32
    };
    (0..count).map(value).collect()
}

fn envelope(samples: &[f32]) -> Option<Envelope> {
    let hann = |n: usize| 0.5 - 0.5 * (std::f32::consts::TAU * n as f32 / WINDOW as f32).cos();
    let window: Vec<f32> = (0..WINDOW).map(hann).collect();
    let mut frames: Envelope = Vec::new();
    for start in (0..samples.len().saturating_sub(WINDOW)).step_by(HOP) {
        let shaped: Vec<f32> = samples[start..start + WINDOW]
            .iter()
            .zip(&window)
            .map(|(s, w)| s * w)
            .collect();
        let power = spectrum::power(&shaped);
        let bin = |hertz: f32| (hertz * WINDOW as f32 / WORK_RATE as f32).round() as usize;
        let band = |at: usize| {
            let sum: f32 = power[bin(EDGES[at])..bin(EDGES[at + 1])].iter().sum();
            10.0 * sum.max(1e-9).log10()
        };
        frames.push(std::array::from_fn(band));
    }
    let loudest = frames.iter().flatten().copied().fold(f32::MIN, f32::max);
    if loudest < -40.0 {
        return None;
    }
    for band in 0..BANDS {
        let top = frames
            .iter()
            .map(|frame| frame[band])
            .fold(f32::MIN, f32::max);
        for frame in &mut frames {
            frame[band] = (frame[band] - top).max(-DYNAMICS_DB);
        }
    }
    Some(frames)
}

/// Pearson's correlation of the overlapping parts, each band about its own mean.
fn at_lag(said: &Envelope, heard: &Envelope, lag: i64) -> f32 {
    let offset = |n: usize| {
        usize::try_from(n as i64 + lag)
            .ok()
            .filter(|at| *at < heard.len())
    };
    let pairs: Vec<(usize, usize)> = (0..said.len())
        .filter_map(|n| Some((n, offset(n)?)))
        .collect();
    let count = pairs.len().max(1) as f32;
    let (mut product, mut square_a, mut square_b) = (0.0_f32, 1e-6_f32, 1e-6_f32);
    for band in 0..BANDS {
        let mean_a = pairs.iter().map(|(a, _)| said[*a][band]).sum::<f32>() / count;
        let mean_b = pairs.iter().map(|(_, b)| heard[*b][band]).sum::<f32>() / count;
        for (a, b) in &pairs {
            let (x, y) = (said[*a][band] - mean_a, heard[*b][band] - mean_b);
            product += x * y;
            square_a += x * x;
            square_b += y * y;
        }
    }
    // What is missing of `said` counts as not heard.
    let covered = pairs.len() as f32 / said.len().max(1) as f32;
    covered * product / (square_a * square_b).sqrt()
}

/// Where `piece` is found best in `track` by waveform, within `0..=most` samples, and how well (−1..1).
#[must_use]
pub fn find_waveform(piece: &[f32], track: &[f32], most: usize) -> Option<(usize, f32)> {
    let last = track.len().checked_sub(piece.len())?.min(most);
    let energy: f32 = piece.iter().map(|s| s * s).sum();
    let value = |at: usize| {
        let part = &track[at..at + piece.len()];
        let product: f32 = piece.iter().zip(part).map(|(a, b)| a * b).sum();
        let other: f32 = part.iter().map(|s| s * s).sum();
        product / (energy * other).sqrt().max(1e-9)
    };
    (0..=last)
        .map(|at| (at, value(at)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Syllables: bursts of changing vowels, different for each seed.
    fn babble(seed: u32, seconds: u32) -> Vec<f32> {
        let mut state = seed;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0
        };
        let mut out = Vec::new();
        while out.len() < (seconds * 48_000) as usize {
            let (len, pause) = (
                4_000 + (random() * 9_000.0) as usize,
                (random() * 9_000.0) as usize,
            );
            let (voice, vowel) = (100.0 + random() * 60.0, 300.0 + random() * 2_500.0);
            for n in 0..len {
                let time = n as f32 / 48_000.0;
                let swell = (std::f32::consts::PI * n as f32 / len as f32).sin();
                let tone = |hertz: f32| (std::f32::consts::TAU * hertz * time).sin();
                out.push(swell * (0.2 * tone(voice * 3.0) + 0.15 * tone(vowel) * tone(voice)));
            }
            out.extend(std::iter::repeat_n(0.0, pause));
        }
        out
    }

    #[test]
    fn the_same_speech_is_found_where_it_is_and_other_speech_is_not() {
        let said = babble(1, 4);
        let mut heard = vec![0.0; 24_000];
        heard.extend(
            said.iter()
                .enumerate()
                .map(|(n, s)| 0.3 * s + 0.002 * ((n * 7919 % 97) as f32 / 97.0 - 0.5)),
        );
        heard.extend(vec![0.0; 20_000]);
        let found = likeness((&said, 48_000), (&heard, 48_000)).unwrap();
        assert!(found.is_same_speech(), "{found:?}");
        assert!((found.lag_ms - 500).abs() <= 10, "{found:?}");
        let other = likeness((&babble(2, 4), 48_000), (&heard, 48_000)).unwrap();
        assert!(!other.is_same_speech(), "{other:?}");
        assert_eq!(
            likeness((&said, 48_000), (&vec![0.0; 200_000], 48_000)),
            None
        );
    }

    #[test]
    fn rates_may_differ_and_a_half_is_not_the_whole() {
        let said = babble(3, 4);
        let slow: Vec<f32> = said
            .chunks_exact(2)
            .map(|pair| (pair[0] + pair[1]) / 2.0)
            .collect();
        let same = likeness((&said, 48_000), (&slow, 24_000)).unwrap();
        assert!(same.correlation > 0.9, "{same:?}");
        let half = likeness((&said, 48_000), (&said[..said.len() / 2], 48_000)).unwrap();
        assert!(!half.is_same_speech(), "{half:?}");
    }

    #[test]
    fn a_piece_is_found_in_a_track() {
        let track = babble(4, 1);
        let (at, how_well) = find_waveform(&track[1_000..3_000], &track, 20_000).unwrap();
        assert_eq!(at, 1_000);
        assert!(how_well > 0.99);
    }
}
