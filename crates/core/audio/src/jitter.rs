//! When to play which packet: an adaptive jitter buffer that decides, and decodes nothing.
//!
//! Each packet has a transit time (arrival less its own timestamp). The smallest of the last seconds is the path's base;
//! what others took longer is jitter. The target delay covers most of it, and one packet more while packets are lost,
//! because a lost packet's copy travels in the one after it (Opus in-band FEC). A delay off its target is mended by
//! stretching speech; one far above it, left by a stall, by a flush.

mod transit;

use crate::stretch::Stretch;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use transit::Transit;

/// Timestamps farther apart than this (10 s) begin a new stream.
const NEW_STREAM: i64 = 480_000;
/// More packets than this (8 s of 20 ms) are never kept; the oldest give way.
const CAPACITY: usize = 400;
/// A delay this much above its target is not stretched away but flushed.
const STALL_US: i64 = 200_000;
/// Errors of the delay that can wait for a pause.
const PATIENT_US: std::ops::Range<i64> = -20_000..40_000;
/// Errors that are mended with every packet.
const AT_ONCE_US: i64 = 60_000;
/// Keypad events remembered: a second of them, which is more than a digit.
const OTHERS: usize = 50;
/// What is invented for missing packets in a row, before silence is more honest: Opus has faded out by then.
const CONCEAL_LIMIT: i64 = 5_760;
/// The share of lost packets above which one packet of delay is spent on recovering them.
const FEC_WORTH: f32 = 0.01;

/// One packet as it arrived; `samples` is what it decodes to at 48 kHz.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub sequence: u16,
    pub timestamp: u32,
    pub samples: u32,
    pub payload: Arc<[u8]>,
}

/// What to do for the next stretch of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing is there to be played: not begun, or the far end pauses.
    Silence,
    /// A stretch that is not urgent is for a pause between words: within them it would be heard.
    Play {
        payload: Arc<[u8]>,
        stretch: Stretch,
        is_urgent: bool,
    },
    /// The packet is lost; its copy is in this, the next one's, payload.
    Fec { payload: Arc<[u8]>, samples: u32 },
    /// The packet is lost or late; let the decoder invent `samples`.
    Conceal { samples: u32 },
    /// Old packets were dropped after a stall: ask again, and fade in what comes.
    Flush { dropped: u32 },
}

/// Counts since the beginning, and the present delays.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    pub received: u64,
    /// What the sequence numbers say was sent.
    pub expected: u64,
    pub late: u64,
    pub recovered: u64,
    pub concealed: u64,
    pub flushes: u64,
    /// How long packets wait here now, smoothed.
    pub delay_ms: f32,
    pub target_ms: f32,
}

struct Held {
    sequence: i64,
    samples: i64,
    payload: Arc<[u8]>,
}

#[derive(Default)]
pub struct JitterBuffer {
    packets: BTreeMap<i64, Held>,
    /// Sequence numbers that carried something else than sound.
    others: BTreeSet<i64>,
    transit: Transit,
    /// Latest timestamp and sequence number, counted on beyond their wrap.
    newest: Option<(i64, i64)>,
    first_sequence: i64,
    highest_sequence: i64,
    /// The timestamp of the next sample to play; none until the first packet's time has come.
    next: Option<i64>,
    played_sequence: i64,
    packet_samples: i64,
    /// Invented since the last packet without moving `next`: the packet may only be late.
    waited: i64,
    /// Invented in a row, whether or not `next` moved.
    invented: i64,
    loss: f32,
    since_stretch: u32,
    counts: Counts,
}

fn to_us(samples: i64) -> i64 {
    samples * 125 / 6
}

fn to_samples(us: i64) -> i64 {
    us * 6 / 125
}

impl JitterBuffer {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            target_ms: self.target_us() as f32 / 1_000.0,
            ..self.counts
        }
    }

    /// Takes a packet that arrived at `now_us`; late and doubled ones are counted and dropped.
    pub fn insert(&mut self, now_us: i64, packet: &Packet) {
        let (mut timestamp, mut sequence) =
            (i64::from(packet.timestamp), i64::from(packet.sequence));
        if let Some((time, number)) = self.newest {
            let ahead = packet.timestamp.wrapping_sub(time as u32) as i32;
            timestamp = time + i64::from(ahead);
            sequence = number + i64::from(packet.sequence.wrapping_sub(number as u16) as i16);
            if i64::from(ahead).abs() > NEW_STREAM {
                *self = Self {
                    counts: self.counts,
                    ..Self::default()
                };
                (timestamp, sequence) = (i64::from(packet.timestamp), i64::from(packet.sequence));
            }
        }
        if self.newest.is_none() {
            self.counts.expected += 1;
            self.first_sequence = sequence;
            self.highest_sequence = sequence;
        }
        if self.newest.is_none_or(|(time, _)| timestamp > time) {
            self.newest = Some((timestamp, sequence));
        }
        let more = (sequence - self.highest_sequence).max(0);
        self.counts.expected += more.unsigned_abs();
        self.highest_sequence += more;
        self.counts.received += 1;
        self.packet_samples = i64::from(packet.samples).max(1);
        self.transit.add(now_us - to_us(timestamp));
        if self.next.is_some_and(|next| timestamp < next) {
            self.counts.late += 1;
            return;
        }
        if self.waited > 0 && self.next == Some(timestamp) {
            self.transit.was_late();
        }
        let samples = self.packet_samples;
        let payload = Arc::clone(&packet.payload);
        self.packets.entry(timestamp).or_insert(Held {
            sequence,
            samples,
            payload,
        });
        while self.packets.len() > CAPACITY {
            self.packets.pop_first();
        }
    }

    /// A packet of the same stream that is no sound (a keypad event): it is neither lost nor played.
    pub fn skip(&mut self, sequence: u16) {
        let Some((_, number)) = self.newest else {
            return;
        };
        let sequence = number + i64::from(sequence.wrapping_sub(number as u16) as i16);
        let more = (sequence - self.highest_sequence).max(0);
        self.counts.expected += more.unsigned_abs();
        self.highest_sequence += more;
        self.counts.received += 1;
        self.others.insert(sequence);
        if self.others.len() > OTHERS {
            self.others.pop_first();
        }
    }

    fn target_us(&self) -> i64 {
        let spare = if self.loss > FEC_WORTH {
            to_us(self.packet_samples)
        } else {
            0
        };
        self.transit.target_us() + spare
    }

    /// How much later than the fastest possible moment the sample `timestamp` would be played now.
    fn delay_us(&self, now_us: i64, timestamp: i64) -> i64 {
        now_us - to_us(timestamp) - self.transit.base_us()
    }

    /// What to play next; ask whenever the speaker has room.
    pub fn next(&mut self, now_us: i64) -> Decision {
        let Some((&first, held)) = self.packets.first_key_value() else {
            return self.conceal_in_place();
        };
        let (sequence, samples) = (held.sequence, held.samples);
        let target = self.target_us();
        let Some(next) = self.next else {
            if self.delay_us(now_us, first) < target {
                return Decision::Silence;
            }
            self.next = Some(first);
            self.played_sequence = sequence - 1;
            return self.next(now_us);
        };
        if self.delay_us(now_us, next) > target + STALL_US
            && let Some(flush) = self.flush(now_us, target)
        {
            return flush;
        }
        let gap = first - next;
        if gap <= 0 {
            return self.play(now_us, first, target);
        }
        let is_pause = (self.played_sequence + 1..sequence).all(|n| self.others.contains(&n));
        if is_pause || self.invented >= CONCEAL_LIMIT {
            if self.delay_us(now_us, first) < target {
                return Decision::Silence;
            }
            return self.play(now_us, first, target);
        }
        if gap <= self.waited {
            return self.play(now_us, first, target);
        }
        self.lost(next, gap, samples, first)
    }

    fn play(&mut self, now_us: i64, timestamp: i64, target: i64) -> Decision {
        let Some(held) = self.packets.remove(&timestamp) else {
            return Decision::Silence;
        };
        let delay = self.delay_us(now_us, timestamp);
        self.counts.delay_ms += (delay as f32 / 1_000.0 - self.counts.delay_ms) * 0.1;
        self.next = Some(timestamp + held.samples);
        self.played_sequence = held.sequence;
        self.waited = 0;
        self.invented = 0;
        self.loss *= 0.995;
        let (stretch, is_urgent) = self.mend(delay - target);
        Decision::Play {
            payload: held.payload,
            stretch,
            is_urgent,
        }
    }

    /// Small errors wait for a pause; larger ones are mended every third packet, and large ones at once.
    fn mend(&mut self, error_us: i64) -> (Stretch, bool) {
        self.since_stretch += 1;
        let stretch = match error_us {
            // At most 10 ms are cut at once, so what is left is never too little.
            10_000.. => Stretch::Shorter,
            ..-6_000 => Stretch::Longer,
            _ => return (Stretch::AsIs, false),
        };
        let is_urgent = !PATIENT_US.contains(&error_us)
            && (self.since_stretch >= 3 || error_us.abs() >= AT_ONCE_US);
        if is_urgent {
            self.since_stretch = 0;
        }
        (stretch, is_urgent)
    }

    fn lost(&mut self, next: i64, gap: i64, samples: i64, first: i64) -> Decision {
        self.loss = self.loss * 0.995 + 0.005;
        let missing = gap - self.waited;
        let step = missing.min(samples);
        self.next = Some(next + self.waited + step);
        self.waited = 0;
        let samples = u32::try_from(step).unwrap_or(0);
        let copy = self
            .packets
            .get(&first)
            .filter(|held| missing == step && held.samples == step);
        if let Some(held) = copy {
            self.counts.recovered += 1;
            return Decision::Fec {
                payload: Arc::clone(&held.payload),
                samples,
            };
        }
        self.invented += step;
        self.counts.concealed += 1;
        Decision::Conceal { samples }
    }

    /// Nothing is there: the next packet may be late, so `next` stays where it is.
    fn conceal_in_place(&mut self) -> Decision {
        if self.next.is_none() || self.packet_samples == 0 || self.invented >= CONCEAL_LIMIT {
            return Decision::Silence;
        }
        self.waited += self.packet_samples;
        self.invented += self.packet_samples;
        self.counts.concealed += 1;
        Decision::Conceal {
            samples: u32::try_from(self.packet_samples).unwrap_or(0),
        }
    }

    /// Drops all that should have been played by now. None when nothing newer would be left.
    fn flush(&mut self, now_us: i64, target: i64) -> Option<Decision> {
        let due = to_samples(now_us - self.transit.base_us() - target);
        let newest = *self.packets.last_key_value()?.0;
        let kept = self.packets.split_off(&due.min(newest));
        let dropped = u32::try_from(self.packets.len()).unwrap_or(u32::MAX);
        self.packets = kept;
        let (&first, held) = self.packets.first_key_value()?;
        self.played_sequence = held.sequence - 1;
        self.next = Some(first);
        self.waited = 0;
        self.invented = 0;
        if dropped == 0 {
            return None;
        }
        self.counts.flushes += 1;
        Some(Decision::Flush { dropped })
    }
}

#[cfg(test)]
mod tests;
