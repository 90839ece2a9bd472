//! Makes decoded speech a little shorter or longer without changing its pitch, so that a delay can be mended unheard.
//!
//! One period of the voice is cut out or repeated, joined by a cross-fade where the waveform fits best (the idea of WSOLA).

/// 2.5 ms: shorter periods than 400 Hz need not be found, a multiple fits as well.
const SHORTEST: usize = 120;
/// 10 ms: voices down to 100 Hz; deeper ones match at a worse place, which is caught by `MIN_LIKENESS`.
const LONGEST: usize = 480;
/// Below this normalised correlation the join would be heard.
const MIN_LIKENESS: f32 = 0.55;
/// Quieter than −55 dBFS anything may be joined to anything.
const QUIET: f32 = 0.0018;

/// Below −46 dBFS is a pause between words.
const PAUSE: f32 = 0.005;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    AsIs,
    Shorter,
    Longer,
}

/// Appends `frame` to `out`, changed as asked when it can be done unheard; gives the change in samples.
pub fn append(frame: &[f32], stretch: Stretch, out: &mut Vec<f32>) -> isize {
    let period = if stretch == Stretch::AsIs {
        None
    } else {
        best_period(frame)
    };
    let Some(period) = period else {
        out.extend_from_slice(frame);
        return 0;
    };
    let fade = (frame.len() - period).min(SHORTEST * 2);
    let mix = |from: f32, to: f32, at: usize| from + (to - from) * (at as f32 / fade as f32);
    if stretch == Stretch::Shorter {
        out.extend((0..fade).map(|at| mix(frame[at], frame[at + period], at)));
        out.extend_from_slice(&frame[fade + period..]);
        -isize::try_from(period).unwrap_or(0)
    } else {
        out.extend_from_slice(&frame[..period]);
        out.extend((0..fade).map(|at| mix(frame[at + period], frame[at], at)));
        out.extend_from_slice(&frame[fade..]);
        isize::try_from(period).unwrap_or(0)
    }
}

/// Whether nobody would notice that `frame` was made longer or shorter.
pub fn is_pause(frame: &[f32]) -> bool {
    let energy: f32 = frame.iter().map(|sample| sample * sample).sum();
    (energy / frame.len().max(1) as f32).sqrt() < PAUSE
}

/// The shift at which the frame is most like itself, if it is like enough.
fn best_period(frame: &[f32]) -> Option<usize> {
    let longest = LONGEST.min(frame.len() * 2 / 3);
    if longest <= SHORTEST {
        return None;
    }
    let window = frame.len() - longest;
    let head = &frame[..window];
    let head_energy: f32 = head.iter().map(|s| s * s).sum();
    if (head_energy / window as f32).sqrt() < QUIET {
        return Some(longest);
    }
    let mut best = (MIN_LIKENESS, None);
    for period in (SHORTEST..=longest).step_by(2) {
        let tail = &frame[period..period + window];
        let (mut product, mut tail_energy) = (0.0_f32, 1e-9_f32);
        for (a, b) in head.iter().zip(tail) {
            product += a * b;
            tail_energy += b * b;
        }
        let likeness = product / (head_energy * tail_energy).sqrt();
        if likeness > best.0 {
            best = (likeness, Some(period));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(hertz: f32, len: usize) -> Vec<f32> {
        let step = hertz * std::f32::consts::TAU / 48_000.0;
        (0..len)
            .map(|n| 0.3 * (n as f32 * step).sin() + 0.1 * (n as f32 * step * 3.0).sin())
            .collect()
    }

    #[test]
    fn a_voice_gets_shorter_and_longer_without_a_jump() {
        for hertz in [110.0, 180.0, 240.0] {
            let frame = voice(hertz, 960);
            let steepest = frame
                .windows(2)
                .map(|w| (w[1] - w[0]).abs())
                .fold(0.0, f32::max);
            for (stretch, sign) in [(Stretch::Shorter, -1), (Stretch::Longer, 1)] {
                let mut out = Vec::new();
                let change = append(&frame, stretch, &mut out);
                assert_eq!(change.signum(), sign, "{hertz} Hz {stretch:?}");
                assert_eq!(out.len(), 960usize.checked_add_signed(change).unwrap());
                let jump = out
                    .windows(2)
                    .map(|w| (w[1] - w[0]).abs())
                    .fold(0.0, f32::max);
                assert!(
                    jump < steepest * 1.5,
                    "{hertz} Hz {stretch:?}: {jump} of {steepest}"
                );
            }
        }
    }

    #[test]
    fn noise_is_left_alone_and_silence_is_cut_freely() {
        let mut state = 1_u32;
        let noise: Vec<f32> = (0..960)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state as f32 / u32::MAX as f32 - 0.5
            })
            .collect();
        let mut out = Vec::new();
        assert_eq!(append(&noise, Stretch::Shorter, &mut out), 0);
        assert_eq!(out, noise);
        assert_eq!(append(&[0.0; 960], Stretch::Shorter, &mut out), -480);
    }
}
