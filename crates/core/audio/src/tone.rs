//! Tones made here rather than shipped as files: the ring, and the keypad's two-tone signals.

use crate::RATE;
use std::f32::consts::TAU;

/// Two soft chords of a struck bar, then rest: heard across a room, not startling in a headset.
const CHORD_EVERY_S: f32 = 0.28;
const CHORDS: [[f32; 3]; 4] = [
    [523.25, 659.26, 783.99],
    [659.26, 783.99, 1046.5],
    [523.25, 659.26, 783.99],
    [783.99, 1046.5, 1318.5],
];
/// One ring with its rest.
const CYCLE_S: f32 = 3.0;
/// The time in which a struck bar loses two thirds of its sound.
const DECAY_S: f32 = 0.30;

/// The ring of an offered interaction, from its first stroke.
#[derive(Clone, Copy, Debug)]
pub struct RingTone {
    at: u64,
    gain: f32,
    /// Rings to play; none means until stopped.
    rings: Option<u32>,
}

impl RingTone {
    /// `volume_percent` is 0–100 and squared, because loudness is heard so.
    #[must_use]
    pub fn new(volume_percent: u8, rings: Option<u32>) -> Self {
        let share = f32::from(volume_percent.min(100)) / 100.0;
        Self {
            at: 0,
            gain: share * share * 0.5,
            rings,
        }
    }

    /// One ring with its rest, in milliseconds.
    pub const CYCLE_MS: u64 = 3_000;

    /// The next sample; silence after the last ring.
    pub fn sample(&mut self) -> f32 {
        let time = self.at as f32 / RATE as f32;
        let cycle = (time / CYCLE_S) as u32;
        self.at += 1;
        if self.rings.is_some_and(|rings| cycle >= rings) {
            return 0.0;
        }
        let within = time - cycle as f32 * CYCLE_S;
        let mut sum = 0.0;
        for (index, chord) in CHORDS.iter().enumerate() {
            let since = within - index as f32 * CHORD_EVERY_S;
            if (0.0..1.6).contains(&since) {
                // Four milliseconds of attack keep the stroke from clicking.
                let envelope = (since / 0.004).min(1.0) * (-since / DECAY_S).exp();
                for tone in chord {
                    let phase = TAU * tone * since;
                    sum += envelope * (phase.sin() + 0.2 * (2.0 * phase).sin()) / 6.0;
                }
            }
        }
        (sum * self.gain).clamp(-1.0, 1.0)
    }
}

/// The keypad's rows and columns (ITU-T Q.23) in hertz.
#[must_use]
pub fn keypad_tones(digit: char) -> Option<(f32, f32)> {
    const ROWS: [(f32, &str); 4] = [
        (697.0, "123"),
        (770.0, "456"),
        (852.0, "789"),
        (941.0, "*0#"),
    ];
    const COLUMNS: [f32; 3] = [1209.0, 1336.0, 1477.0];
    ROWS.iter().find_map(|(low, keys)| {
        let column = keys.find(digit)?;
        Some((*low, COLUMNS[column]))
    })
}

/// What a person hears when they press a key.
#[derive(Clone, Copy, Debug)]
pub struct KeypadTone {
    low: f32,
    high: f32,
    at: u32,
    samples: u32,
}

impl KeypadTone {
    #[must_use]
    pub fn new(digit: char, duration_ms: u32) -> Option<Self> {
        let (low, high) = keypad_tones(digit)?;
        Some(Self {
            low,
            high,
            at: 0,
            samples: duration_ms * (RATE / 1000),
        })
    }

    /// The next sample; none after the end.
    pub fn sample(&mut self) -> Option<f32> {
        if self.at >= self.samples {
            return None;
        }
        let time = self.at as f32 / RATE as f32;
        let edge = self.at.min(self.samples - self.at) as f32 / (0.004 * RATE as f32);
        self.at += 1;
        let sum = (TAU * self.low * time).sin() + (TAU * self.high * time).sin();
        Some(0.1 * sum * edge.min(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::dbfs;

    #[test]
    fn a_ring_sounds_rests_and_ends() {
        let mut ring = RingTone::new(100, Some(1));
        let all: Vec<f32> = (0..RATE * 4).map(|_| ring.sample()).collect();
        let second = RATE as usize;
        assert!(dbfs(&all[..second]) > -30.0);
        assert!(
            dbfs(&all[second * 5 / 2..second * 3]) < -50.0,
            "the rest between rings"
        );
        assert_eq!(dbfs(&all[second * 3..]), -100.0, "one ring was asked for");
        let mut quiet = RingTone::new(0, None);
        assert!((0..RATE).all(|_| quiet.sample() == 0.0));
    }

    #[test]
    fn keys_have_the_two_tones_of_their_row_and_column() {
        assert_eq!(keypad_tones('1'), Some((697.0, 1209.0)));
        assert_eq!(keypad_tones('#'), Some((941.0, 1477.0)));
        assert_eq!(keypad_tones('A'), None);
        let mut tone = KeypadTone::new('5', 100).unwrap();
        assert_eq!(std::iter::from_fn(|| tone.sample()).count(), 4_800);
    }
}
