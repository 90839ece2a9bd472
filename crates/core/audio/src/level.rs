//! How loud sound is: decibels below full scale, a meter's 0–1, and whether it could be speech.

/// What a meter shows as empty; below it are the noises of quiet rooms.
const METER_FLOOR_DBFS: f32 = -60.0;
/// A decoded 10 ms frame louder than this is taken for speech: 20 dB above the floor of a quiet room.
const SPEECH_DBFS: f32 = -45.0;
/// The share of the meter's way that it falls back in one 100 ms step, so that the eye can follow.
const FALL: f32 = 0.35;

/// Root mean square in decibels below full scale; −100 for silence.
#[must_use]
pub fn dbfs(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return -100.0;
    }
    let energy: f32 = samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32;
    (10.0 * energy.max(1e-10).log10()).max(-100.0)
}

/// Whether a frame is loud enough to be speech.
#[must_use]
pub fn is_speech(samples: &[f32]) -> bool {
    dbfs(samples) > SPEECH_DBFS
}

/// A meter that rises at once and falls slowly; collects frames between two readings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meter {
    loudest: f32,
    shown: f32,
}

impl Meter {
    pub fn add(&mut self, samples: &[f32]) {
        let share = 1.0 - dbfs(samples) / METER_FLOOR_DBFS;
        self.loudest = self.loudest.max(share.clamp(0.0, 1.0));
    }

    /// 0–1; speech at normal loudness (about −26 dBFS) is a little above 0.5. Call it ten times a second.
    pub fn read(&mut self) -> f32 {
        self.shown = self.loudest.max(self.shown * (1.0 - FALL));
        self.loudest = 0.0;
        self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_speech_stands_in_the_meters_middle_and_silence_at_its_end() {
        let tone: Vec<f32> = (0..480)
            .map(|n| 0.0707 * (n as f32 * std::f32::consts::TAU / 48.0).sin())
            .collect();
        assert!((dbfs(&tone) + 26.0).abs() < 0.2);
        let mut meter = Meter::default();
        meter.add(&tone);
        let loud = meter.read();
        assert!((0.5..0.65).contains(&loud), "{loud}");
        for _ in 0..20 {
            meter.add(&[0.0; 480]);
            meter.read();
        }
        assert!(meter.read() < 0.01);
        assert!(is_speech(&tone) && !is_speech(&[0.001; 480]));
    }
}
