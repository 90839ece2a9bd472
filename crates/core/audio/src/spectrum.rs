//! A small Fourier transform for comparing recordings; not for the hot path.

use std::f32::consts::TAU;

/// Power of each bin up to half the rate; `samples.len()` must be a power of two.
pub(crate) fn power(samples: &[f32]) -> Vec<f32> {
    let len = samples.len();
    let mut re: Vec<f32> = samples.to_vec();
    let mut im = vec![0.0; len];
    let mut target = 0;
    for at in 1..len {
        let mut bit = len >> 1;
        while target & bit != 0 {
            target ^= bit;
            bit >>= 1;
        }
        target |= bit;
        if at < target {
            re.swap(at, target);
        }
    }
    let mut size = 2;
    while size <= len {
        let step = -TAU / size as f32;
        for start in (0..len).step_by(size) {
            for k in 0..size / 2 {
                let (sin, cos) = (step * k as f32).sin_cos();
                let (a, b) = (start + k, start + k + size / 2);
                let (tr, ti) = (re[b] * cos - im[b] * sin, re[b] * sin + im[b] * cos);
                (re[b], im[b]) = (re[a] - tr, im[a] - ti);
                re[a] += tr;
                im[a] += ti;
            }
        }
        size *= 2;
    }
    re.iter()
        .zip(&im)
        .take(len / 2)
        .map(|(r, i)| r * r + i * i)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_stands_in_its_bin() {
        let samples: Vec<f32> = (0..256)
            .map(|n| (TAU * 20.0 * n as f32 / 256.0).sin())
            .collect();
        let power = power(&samples);
        let loudest = (0..power.len()).max_by(|a, b| power[*a].total_cmp(&power[*b]));
        assert_eq!(loudest, Some(20));
    }
}
