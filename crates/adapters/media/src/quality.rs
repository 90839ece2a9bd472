//! One grade for how a conversation sounds, and the main reason when it is not clear.

use crate::event::{Grade, PathSummary, Quality, QualityReason};
use crate::transport::FarReport;
use audio::jitter::Counts;
use std::collections::VecDeque;

/// Loss is looked at over this many seconds, so that one burst is seen but soon forgotten.
const WINDOW: usize = 4;
/// Fair and poor from these on: percent of packets, and milliseconds there and back (ITU-T G.114 for the latter).
const LOSS: (f32, f32) = (3.0, 12.0);
const ROUND_TRIP_MS: (u32, u32) = (250, 500);
const JITTER_BUFFER_MS: (u32, u32) = (100, 200);

/// Collects once a second.
#[derive(Default)]
pub(crate) struct Grader {
    seconds: VecDeque<(u64, u64)>,
    delays_ms: Vec<u32>,
    silent_seconds: u32,
    last_received: u64,
}

impl Grader {
    pub(crate) fn second(&mut self, counts: Counts, far: FarReport, is_held: bool) -> Quality {
        self.seconds.push_back((counts.received, counts.expected));
        if self.seconds.len() > WINDOW {
            self.seconds.pop_front();
        }
        let is_silent = counts.received == self.last_received && !is_held;
        self.silent_seconds = if is_silent {
            self.silent_seconds + 1
        } else {
            0
        };
        self.last_received = counts.received;
        let (received, expected) = self.seconds.front().copied().unwrap_or_default();
        let loss_in = percent_lost(counts.received - received, counts.expected - expected);
        let delay_ms = counts.delay_ms.max(0.0).round() as u32;
        self.delays_ms.push(delay_ms);
        let (grade, why) = self.grade(loss_in, far, delay_ms, counts.received > 0);
        Quality {
            grade,
            why,
            round_trip_ms: far.round_trip_ms,
            jitter_buffer_ms: delay_ms,
            loss_in_percent: loss_in,
            loss_out_percent: far.loss_percent,
        }
    }

    fn grade(&self, loss: f32, far: FarReport, delay: u32, heard: bool) -> (Grade, QualityReason) {
        if self.silent_seconds >= 2 {
            return (Grade::Poor, QualityReason::NothingHeard);
        }
        if !heard {
            return (Grade::Unknown, QualityReason::None);
        }
        let step = |is_fair: bool, is_poor: bool| match (is_fair, is_poor) {
            (_, true) => Grade::Poor,
            (true, _) => Grade::Fair,
            _ => Grade::Clear,
        };
        let trip = far.round_trip_ms.unwrap_or(0);
        let reasons = [
            (step(loss >= LOSS.0, loss >= LOSS.1), QualityReason::LossIn),
            (
                step(far.loss_percent >= LOSS.0, far.loss_percent >= LOSS.1),
                QualityReason::LossOut,
            ),
            (
                step(trip >= ROUND_TRIP_MS.0, trip >= ROUND_TRIP_MS.1),
                QualityReason::Delay,
            ),
            (
                step(delay >= JITTER_BUFFER_MS.0, delay >= JITTER_BUFFER_MS.1),
                QualityReason::Jitter,
            ),
        ];
        // The first of the worst: losses are heard more than delays.
        let worst = reasons.into_iter().rev().max_by_key(|(grade, _)| *grade);
        worst
            .filter(|(grade, _)| *grade > Grade::Clear)
            .unwrap_or((Grade::Clear, QualityReason::None))
    }

    pub(crate) fn summary(&self, counts: Counts, far: FarReport) -> PathSummary {
        let mut delays = self.delays_ms.clone();
        delays.sort_unstable();
        PathSummary {
            first_speech_ms: None,
            round_trip_ms: far.round_trip_ms,
            jitter_buffer_ms: delays.get(delays.len() / 2).copied(),
            loss_in_percent: percent_lost(counts.received, counts.expected),
            loss_out_percent: far.total_loss_percent,
            is_relayed: false,
        }
    }
}

fn percent_lost(received: u64, expected: u64) -> f32 {
    if expected == 0 {
        return 0.0;
    }
    (expected.saturating_sub(received) as f32 * 100.0 / expected as f32).clamp(0.0, 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(received: u64, expected: u64, delay_ms: f32) -> Counts {
        Counts {
            received,
            expected,
            delay_ms,
            ..Counts::default()
        }
    }

    #[test]
    fn the_grade_names_the_worst_that_is_heard() {
        let far = |loss_percent, trip| FarReport {
            loss_percent,
            round_trip_ms: Some(trip),
            ..FarReport::default()
        };
        let cases = [
            (
                50,
                50,
                20.0,
                far(0.0, 20),
                Grade::Clear,
                QualityReason::None,
            ),
            (
                46,
                50,
                20.0,
                far(0.0, 20),
                Grade::Fair,
                QualityReason::LossIn,
            ),
            (
                40,
                50,
                20.0,
                far(20.0, 600),
                Grade::Poor,
                QualityReason::LossIn,
            ),
            (
                50,
                50,
                20.0,
                far(20.0, 300),
                Grade::Poor,
                QualityReason::LossOut,
            ),
            (
                50,
                50,
                20.0,
                far(0.0, 300),
                Grade::Fair,
                QualityReason::Delay,
            ),
            (
                50,
                50,
                250.0,
                far(0.0, 300),
                Grade::Poor,
                QualityReason::Jitter,
            ),
        ];
        for (received, expected, delay, report, grade, why) in cases {
            let mut grader = Grader::default();
            grader.second(counts(0, 0, 0.0), FarReport::default(), false);
            let quality = grader.second(counts(received, expected, delay), report, false);
            assert_eq!((quality.grade, quality.why), (grade, why));
        }
    }

    #[test]
    fn nothing_heard_is_said_after_two_seconds_but_not_on_hold() {
        let mut grader = Grader::default();
        for _ in 0..5 {
            let quality = grader.second(counts(10, 10, 20.0), FarReport::default(), true);
            assert_eq!(quality.grade, Grade::Clear);
        }
        let far = FarReport::default();
        assert_eq!(
            grader.second(counts(10, 10, 20.0), far, false).grade,
            Grade::Clear
        );
        let quality = grader.second(counts(10, 10, 20.0), far, false);
        assert_eq!(quality.why, QualityReason::NothingHeard);
    }
}
