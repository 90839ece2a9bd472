//! Whether what was heard is what was said, by [`audio::compare`]: the loudness of twelve bands of
//! pitch every 10 ms, laid over each other where it fits best, correlated. A delay, a codec, a gain
//! and noise suppression change that little; other words change it much.
//!
//! Measured with the two default voices: the same speech over a perfect path 0.97, through Chromium's
//! microphone, noise suppression and Opus 0.9, other speech 0.2 to 0.45; [`SAME`] lies between. Besides, what
//! was heard must be liker to the right speech than to the listener's own by [`MARGIN`], so that an
//! echo fails.

use crate::recording::loudness_dbfs;
use crate::speech::{RATE, Speech};
use anyhow::{Result, bail};
use audio::compare::likeness as compare;

/// From this likeness on, it is the same speech.
pub const SAME: f64 = audio::compare::SAME_SPEECH as f64;
/// How much liker the right speech must be than the wrong one.
pub const MARGIN: f64 = 0.20;

/// A jitter buffer on a busy machine shortens and lengthens pauses: pieces of this length, in
/// samples of the speech, may each lie a little earlier or later than the whole.
const PIECE: usize = RATE as usize * 4 / 5;
/// How much earlier or later, in milliseconds.
const DRIFT_MS: i64 = 250;

/// How like `heard` (48 kHz) is to `said`, wherever in it that may be: −1 to 1, and 0 for silence.
pub fn likeness(heard: &[i16], said: &Speech) -> f64 {
    let heard: Vec<f32> = heard
        .iter()
        .map(|s| f32::from(*s) / f32::from(i16::MAX))
        .collect();
    let said = said.samples();
    let Some(whole) = compare((said, RATE), (&heard, crate::recording::RATE)) else {
        return 0.0;
    };
    let score = f64::from(whole.correlation);
    if score >= SAME {
        return score;
    }
    let at = |ms: i64| usize::try_from(ms * 48).unwrap_or(0).min(heard.len());
    let pieces: Vec<&[f32]> = said
        .chunks(PIECE)
        .filter(|piece| piece.len() > PIECE / 2)
        .collect();
    let scores = pieces.iter().enumerate().map(|(index, piece)| {
        let begin_ms = whole.lag_ms + (index * PIECE * 1_000 / RATE as usize) as i64;
        let end_ms = begin_ms + (piece.len() * 1_000 / RATE as usize) as i64;
        let window = &heard[at(begin_ms - DRIFT_MS)..at(end_ms + DRIFT_MS)];
        compare((piece, RATE), (window, crate::recording::RATE))
            .map_or(0.0, |found| f64::from(found.correlation))
    });
    score.max(scores.sum::<f64>() / pieces.len().max(1) as f64)
}

/// Demands that `heard` is `said` and not `other`; gives the likeness.
///
/// # Errors
/// When it is not, with both scores.
pub fn demand_same(heard: &[i16], said: &Speech, other: &Speech, who: &str) -> Result<f64> {
    let right = likeness(heard, said);
    let wrong = likeness(heard, other);
    if right < SAME {
        bail!(
            "{who} did not hear what was said: likeness {right:.2}, at least {SAME:.2} is needed \
             (loudness {:.0} dBFS; likeness to their own speech {wrong:.2})",
            loudness_dbfs(heard),
        );
    }
    if right < wrong + MARGIN {
        bail!(
            "{who} heard their own speech back: likeness {right:.2} to what was said, \
             {wrong:.2} to their own"
        );
    }
    Ok(right)
}

/// Demands that `said` is not in `heard`, as when muted.
///
/// # Errors
/// When it is.
pub fn demand_absent(heard: &[i16], said: &Speech, who: &str) -> Result<()> {
    let found = likeness(heard, said);
    if found >= SAME {
        bail!(
            "{who} heard what must not be heard: likeness {found:.2}, loudness {:.0} dBFS",
            loudness_dbfs(heard)
        );
    }
    Ok(())
}
