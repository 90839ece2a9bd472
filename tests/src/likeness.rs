//! Whether what was heard is what was said.
//!
//! Both are cut into frames of 32 ms every 10 ms; each frame becomes the log energy in 14 bands from
//! 150 to 4000 Hz, floored 40 dB below the loudest, each band less its own mean. The likeness is the
//! normalised cross-correlation of these pictures at the lag where it is highest, so that a delay,
//! a codec, a gain, and noise suppression change it little, and other words change it much.
//!
//! The same speech through the product scores 0.8 or more, other speech 0.35 or less (both are
//! tested with the two default voices); [`SAME`] lies between. Besides, what was heard must be liker
//! to its own speech than to the other participant's by [`MARGIN`], so that an echo fails.

use crate::speech::{RATE, Speech, resample};
use anyhow::{Result, bail};

/// From this likeness on, it is the same speech.
pub const SAME: f64 = 0.60;
/// How much liker the right speech must be than the wrong one.
pub const MARGIN: f64 = 0.20;

const FRAME: usize = 512;
const HOP: usize = RATE as usize / 100;
const BANDS: usize = 14;
const LOWEST_HZ: f64 = 150.0;
const HIGHEST_HZ: f64 = 4_000.0;
const FLOOR_DB: f32 = 40.0;

/// The best match of some speech in a recording.
#[derive(Clone, Copy, Debug)]
pub struct Likeness {
    /// −1 to 1.
    pub score: f64,
    /// Where in the recording the speech begins, in milliseconds.
    pub begins_at_ms: usize,
}

/// How like `heard` (48 kHz) is to `said`, wherever in it that may be.
pub fn likeness(heard: &[i16], said: &Speech) -> Likeness {
    let float: Vec<f32> = heard
        .iter()
        .map(|s| f32::from(*s) / f32::from(i16::MAX))
        .collect();
    let heard = picture(&resample(&float, crate::recording::RATE));
    let said = picture(said.samples());
    best_match(&heard, &said)
}

/// Demands that `heard` is `said` and not `other`.
///
/// # Errors
/// When it is not, with both scores.
pub fn demand_same(heard: &[i16], said: &Speech, other: &Speech, who: &str) -> Result<Likeness> {
    let right = likeness(heard, said);
    let wrong = likeness(heard, other);
    if right.score < SAME {
        bail!(
            "{who} did not hear what was said: likeness {:.2}, at least {SAME:.2} is needed \
             (loudness {:.0} dBFS; likeness to the other's speech {:.2})",
            right.score,
            crate::recording::loudness_dbfs(heard),
            wrong.score
        );
    }
    if right.score < wrong.score + MARGIN {
        bail!(
            "{who} heard their own speech back: likeness {:.2} to what was said, {:.2} to their own",
            right.score,
            wrong.score
        );
    }
    Ok(right)
}

/// Demands that `said` is not in `heard`, as when muted.
///
/// # Errors
/// When it is.
pub fn demand_absent(heard: &[i16], said: &Speech, who: &str) -> Result<Likeness> {
    let found = likeness(heard, said);
    let loudness = crate::recording::loudness_dbfs(heard);
    // Digital silence has no shape, so that only sound that is really there can be speech.
    if found.score >= SAME && loudness > -70.0 {
        bail!(
            "{who} heard what must not be heard: likeness {:.2}, loudness {loudness:.0} dBFS",
            found.score
        );
    }
    Ok(found)
}

type Frame = [f32; BANDS];

fn best_match(heard: &[Frame], said: &[Frame]) -> Likeness {
    let mut best = Likeness {
        score: -1.0,
        begins_at_ms: 0,
    };
    if said.is_empty() || heard.len() < said.len() / 2 {
        return best;
    }
    let said = centred(said);
    // Up to half of the speech may lie beyond the recording's end; what is missing counts as silence.
    let floor = heard
        .iter()
        .flatten()
        .copied()
        .fold(f32::INFINITY, f32::min);
    let mut padded = heard.to_vec();
    padded.resize(heard.len() + said.len() / 2, [floor; BANDS]);
    for lag in 0..=padded.len() - said.len() {
        let window = centred(&padded[lag..lag + said.len()]);
        let score = correlation(&window, &said);
        if score > best.score {
            best = Likeness {
                score,
                begins_at_ms: lag * 10,
            };
        }
    }
    best
}

fn centred(frames: &[Frame]) -> Vec<Frame> {
    let mut mean = [0f32; BANDS];
    for frame in frames {
        for (sum, value) in mean.iter_mut().zip(frame) {
            *sum += value / frames.len() as f32;
        }
    }
    frames
        .iter()
        .map(|frame| std::array::from_fn(|band| frame[band] - mean[band]))
        .collect()
}

fn correlation(left: &[Frame], right: &[Frame]) -> f64 {
    let (mut product, mut left_power, mut right_power) = (0f64, 0f64, 0f64);
    for (l, r) in left.iter().flatten().zip(right.iter().flatten()) {
        product += f64::from(l * r);
        left_power += f64::from(l * l);
        right_power += f64::from(r * r);
    }
    let power = (left_power * right_power).sqrt();
    if power < 1e-9 { 0.0 } else { product / power }
}

/// Log band energies of each frame.
fn picture(samples: &[f32]) -> Vec<Frame> {
    let window: Vec<f32> = (0..FRAME)
        .map(|i| 0.5 - 0.5 * (std::f32::consts::TAU * i as f32 / FRAME as f32).cos())
        .collect();
    let edges = band_edges();
    let mut frames: Vec<Frame> = Vec::new();
    let mut at = 0;
    while at + FRAME <= samples.len() {
        let mut real: Vec<f32> = samples[at..at + FRAME]
            .iter()
            .zip(&window)
            .map(|(s, w)| s * w)
            .collect();
        let mut imaginary = vec![0f32; FRAME];
        transform(&mut real, &mut imaginary);
        frames.push(std::array::from_fn(|band| {
            (edges[band]..edges[band + 1].max(edges[band] + 1))
                .map(|bin| real[bin] * real[bin] + imaginary[bin] * imaginary[bin])
                .sum::<f32>()
        }));
        at += HOP;
    }
    let loudest = frames.iter().flatten().copied().fold(1e-6f32, f32::max);
    let floor = loudest * 10f32.powf(-FLOOR_DB / 10.0);
    for value in frames.iter_mut().flatten() {
        *value = 10.0 * value.max(floor).log10();
    }
    frames
}

/// Bins at equal steps of pitch, as ears hear.
fn band_edges() -> [usize; BANDS + 1] {
    std::array::from_fn(|edge| {
        let hz = LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ).powf(edge as f64 / BANDS as f64);
        (hz * FRAME as f64 / f64::from(RATE)).round() as usize
    })
}

/// Fourier transform in place, radix 2 (Cooley and Tukey 1965); the length is a power of two.
fn transform(real: &mut [f32], imaginary: &mut [f32]) {
    let count = real.len();
    let mut swap = 0;
    for index in 1..count {
        let mut bit = count >> 1;
        while swap & bit != 0 {
            swap ^= bit;
            bit >>= 1;
        }
        swap |= bit;
        if index < swap {
            real.swap(index, swap);
            imaginary.swap(index, swap);
        }
    }
    let mut size = 2;
    while size <= count {
        let angle = -std::f32::consts::TAU / size as f32;
        for start in (0..count).step_by(size) {
            for k in 0..size / 2 {
                let (sine, cosine) = (angle * k as f32).sin_cos();
                let (low, high) = (start + k, start + k + size / 2);
                let re = real[high] * cosine - imaginary[high] * sine;
                let im = real[high] * sine + imaginary[high] * cosine;
                real[high] = real[low] - re;
                imaginary[high] = imaginary[low] - im;
                real[low] += re;
                imaginary[low] += im;
            }
        }
        size *= 2;
    }
}
