//! Whether a microphone that should be heard gives nothing: a switch on the headset, a cable, another program's filter.
//! What the system's mixer does is told by the system; this finds what no system knows.

use audio::FRAME;
use audio::level::dbfs;
use std::time::{Duration, Instant};

/// Quiet rooms with an open microphone are louder at some moment of the limit; most are above it all the time.
const FLOOR_DBFS: f32 = -62.0;
/// Far longer than people listen without a breath, a key or a chair being heard.
const LIMIT: Duration = Duration::from_secs(15);

/// Judges the frames of one conversation's microphone.
#[derive(Debug, Default)]
pub(crate) struct Quiet {
    /// Since when the microphone gives nothing; absent while the agent is muted or on hold.
    since: Option<Instant>,
    is_told: bool,
}

impl Quiet {
    /// Takes a frame as the device gave it. Returns what is to be told, when it changed.
    pub(crate) fn hear(
        &mut self,
        frame: &[f32; FRAME],
        is_sent: bool,
        now: Instant,
    ) -> Option<bool> {
        if !is_sent {
            // A muted agent and one on hold are silent on purpose: judging begins anew afterwards.
            self.since = None;
            return self.tell(false);
        }
        if dbfs(frame) > FLOOR_DBFS {
            self.since = Some(now);
            return self.tell(false);
        }
        let since = *self.since.get_or_insert(now);
        if now.duration_since(since) >= LIMIT {
            return self.tell(true);
        }
        None
    }

    fn tell(&mut self, is_unheard: bool) -> Option<bool> {
        (self.is_told != is_unheard).then(|| {
            self.is_told = is_unheard;
            is_unheard
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(10);

    /// Plays seconds of a level and tells at which of them something was told.
    fn play(
        quiet: &mut Quiet,
        now: &mut Instant,
        amplitude: f32,
        is_sent: bool,
        seconds: u32,
    ) -> Vec<(u32, bool)> {
        let began = *now;
        let mut told = Vec::new();
        for _ in 0..seconds * 100 {
            if let Some(is_unheard) = quiet.hear(&[amplitude; FRAME], is_sent, *now) {
                let after = now.duration_since(began).as_secs();
                told.push((u32::try_from(after).unwrap(), is_unheard));
            }
            *now += STEP;
        }
        told
    }

    #[test]
    fn a_microphone_that_gives_nothing_is_told_of_once_and_again_when_it_is_heard() {
        let (mut quiet, mut now) = (Quiet::default(), Instant::now());
        assert_eq!(play(&mut quiet, &mut now, 0.0, true, 40), [(15, true)]);
        assert_eq!(play(&mut quiet, &mut now, 0.01, true, 1), [(0, false)]);
        // The switch on a headset in the middle of a conversation.
        assert_eq!(play(&mut quiet, &mut now, 0.0005, true, 20), [(14, true)]);
    }

    #[test]
    fn who_is_muted_or_on_hold_or_sits_in_a_quiet_room_is_not_told() {
        let (mut quiet, mut now) = (Quiet::default(), Instant::now());
        assert_eq!(play(&mut quiet, &mut now, 0.0, false, 60), []);
        assert_eq!(play(&mut quiet, &mut now, 0.0, true, 14), []);
        assert_eq!(play(&mut quiet, &mut now, 0.002, true, 60), []);
        assert_eq!(play(&mut quiet, &mut now, 0.0, true, 16), [(14, true)]);
        assert_eq!(play(&mut quiet, &mut now, 0.0, false, 2), [(0, false)]);
    }
}
