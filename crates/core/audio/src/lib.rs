//! Pure sound: jitter decisions, levels, tones, comparison of speech.
