//! Whether what was heard is what was said, by [`audio::compare`]: the loudness of twelve bands of
//! pitch every 10 ms, laid over each other where it fits best, correlated. A delay, a codec, a gain
//! and noise suppression change that little; other words change it much.
//!
//! Measured with the two default voices: the same speech over a perfect path 0.97, through Chromium's
//! microphone, noise suppression and Opus 0.89, other speech 0.24; [`SAME`] lies between. Besides, what
//! was heard must be liker to the right speech than to the listener's own by [`MARGIN`], so that an
//! echo fails.

use crate::recording::loudness_dbfs;
use crate::speech::{RATE, Speech};
use anyhow::{Result, bail};

/// From this likeness on, it is the same speech.
pub const SAME: f64 = audio::compare::SAME_SPEECH as f64;
/// How much liker the right speech must be than the wrong one.
pub const MARGIN: f64 = 0.20;

/// How like `heard` (48 kHz) is to `said`, wherever in it that may be: −1 to 1, and 0 for silence.
pub fn likeness(heard: &[i16], said: &Speech) -> f64 {
    let heard: Vec<f32> = heard
        .iter()
        .map(|s| f32::from(*s) / f32::from(i16::MAX))
        .collect();
    let heard = (heard.as_slice(), crate::recording::RATE);
    audio::compare::likeness((said.samples(), RATE), heard)
        .map_or(0.0, |found| f64::from(found.correlation))
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
