//! How long packets travel compared with the fastest: the base of a path and the jitter above it.

/// Packets whose jitter decides; four seconds of 20 ms.
const MEMORY: usize = 200;
/// Packets after which the oldest half of the search for the base is forgotten, so that clocks may drift apart.
const BASE_WINDOW: u32 = 250;
/// The share of packets that shall be there in time.
const IN_TIME: f32 = 0.96;
/// Kept above the measured jitter, for what the speaker's own clock adds.
const MARGIN_US: i64 = 3_000;
const LONGEST_US: i64 = 500_000;
/// How much the measured jitter falls with a packet, 5 ms in a second: a delay that follows every lull is heard to wander.
const FALL_US: i64 = 100;
/// Above this, left by a stall, it falls at once: waiting would be heard more than wandering.
const SLOW_FALL_BELOW_US: i64 = 30_000;
/// Added when a packet came after its moment, and the most of it.
const LATE_STEP_US: i64 = 4_000;
const LATE_MOST_US: i64 = 60_000;

#[derive(Default)]
pub(super) struct Transit {
    recent: Vec<i64>,
    at: usize,
    base: Option<(i64, i64)>,
    in_window: u32,
    jitter_us: i64,
    late_us: i64,
}

impl Transit {
    pub(super) fn add(&mut self, transit_us: i64) {
        let (older, newer) = self.base.unwrap_or((transit_us, transit_us));
        self.base = Some((older, newer.min(transit_us)));
        self.in_window += 1;
        if self.in_window >= BASE_WINDOW {
            self.in_window = 0;
            self.base = Some((newer.min(transit_us), transit_us));
            self.late_us = self.late_us * 3 / 4;
        }
        if self.recent.len() < MEMORY {
            self.recent.push(transit_us);
        } else {
            self.recent[self.at] = transit_us;
            self.at = (self.at + 1) % MEMORY;
        }
        let mut sorted = self.recent.clone();
        let index = ((sorted.len() - 1) as f32 * IN_TIME).ceil() as usize;
        let (_, slow, _) = sorted.select_nth_unstable(index);
        let jitter_us = (*slow - self.base_us()).max(0);
        self.jitter_us = jitter_us.max((self.jitter_us - FALL_US).min(SLOW_FALL_BELOW_US));
    }

    /// A packet was missing at its moment and came afterwards.
    pub(super) fn was_late(&mut self) {
        self.late_us = (self.late_us + LATE_STEP_US).min(LATE_MOST_US);
    }

    pub(super) fn base_us(&self) -> i64 {
        self.base.map_or(0, |(older, newer)| older.min(newer))
    }

    pub(super) fn target_us(&self) -> i64 {
        (self.jitter_us + MARGIN_US + self.late_us).min(LONGEST_US)
    }
}
