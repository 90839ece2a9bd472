//! The jitter buffer on a clock of its own: loss, reordering, stalls and bursts, with what is played then.

use super::*;

/// Steps of the same pseudo-random numbers each run (a linear congruence; Knuth's constants).
struct Seed(u64);

impl Seed {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn packet(n: u64) -> Packet {
    // Both counters wrap within the run.
    let sequence = (65_500 + n) as u16;
    let timestamp = (u64::from(u32::MAX) - 9_600 + n * 960) as u32;
    Packet {
        sequence,
        timestamp,
        samples: 960,
        payload: Arc::from(n.to_be_bytes().as_slice()),
    }
}

#[derive(Default, Debug)]
struct Heard {
    played: Vec<u64>,
    recovered: u64,
    concealed: u64,
    silent: u64,
    flushes: u64,
    counts: Counts,
}

/// Plays `arrivals` (time, number) against a speaker that asks by its own clock.
fn run(mut arrivals: Vec<(i64, u64)>, until_us: i64, stall: std::ops::Range<i64>) -> Heard {
    arrivals.sort_unstable();
    let mut buffer = JitterBuffer::new();
    let mut heard = Heard::default();
    let mut arrivals = arrivals.into_iter().peekable();
    let (mut now, mut have_until) = (0, 0);
    while now < until_us {
        while let Some((time, n)) = arrivals.next_if(|(time, _)| *time <= now) {
            buffer.insert(time, &packet(n));
        }
        if stall.contains(&now) {
            have_until = now;
        } else if have_until <= now {
            have_until = have_until.max(now - 10_000) + 10_000;
            match buffer.next(now) {
                Decision::Silence => heard.silent += 1,
                Decision::Play {
                    payload, stretch, ..
                } => {
                    heard
                        .played
                        .push(u64::from_be_bytes(payload[..].try_into().unwrap()));
                    have_until += match stretch {
                        Stretch::AsIs => 10_000,
                        Stretch::Shorter => 4_000,
                        Stretch::Longer => 16_000,
                    };
                }
                Decision::Fec { .. } => {
                    heard.recovered += 1;
                    have_until += 10_000;
                }
                Decision::Conceal { .. } => {
                    heard.concealed += 1;
                    have_until += 10_000;
                }
                Decision::Flush { .. } => {
                    heard.flushes += 1;
                    have_until -= 10_000;
                }
            }
        }
        now += 1_000;
    }
    heard.counts = buffer.counts();
    heard
}

fn steady(count: u64) -> Vec<(i64, u64)> {
    (0..count)
        .map(|n| (50_000 + n as i64 * 20_000, n))
        .collect()
}

#[test]
fn a_steady_stream_is_played_whole_with_little_delay() {
    let heard = run(steady(500), 10_000_000, 0..0);
    assert_eq!(
        heard.played,
        (0..heard.played.len() as u64).collect::<Vec<_>>()
    );
    assert!(heard.played.len() > 490, "{heard:?}");
    assert!(heard.counts.delay_ms < 16.0, "{:?}", heard.counts);
    assert_eq!((heard.concealed, heard.recovered, heard.flushes), (0, 0, 0));
}

#[test]
fn ten_percent_loss_and_thirty_milliseconds_of_jitter_are_mostly_recovered() {
    for seed in 1..=5 {
        let mut random = Seed(seed);
        let arrivals: Vec<(i64, u64)> = steady(3_000)
            .into_iter()
            .filter_map(|(time, n)| {
                let jitter = random.below(30_000) as i64;
                (random.below(10) != 0).then_some((time + jitter, n))
            })
            .collect();
        let lost = 3_000 - arrivals.len() as u64;
        let heard = run(arrivals, 60_000_000, 0..0);
        assert!(
            heard.recovered * 10 > lost * 7,
            "{lost} lost: {heard:?}",
            heard = heard.counts
        );
        assert!(heard.played.len() > 2_600, "{}", heard.played.len());
        assert!(
            heard.played.windows(2).all(|w| w[0] < w[1]),
            "in order, each once"
        );
        assert!(
            (20.0..75.0).contains(&heard.counts.delay_ms),
            "{:?}",
            heard.counts
        );
        let loss = 1.0 - heard.counts.received as f32 / heard.counts.expected as f32;
        assert!((0.07..0.13).contains(&loss), "{loss}");
    }
}

#[test]
fn the_delay_falls_again_when_jitter_ends() {
    let mut random = Seed(7);
    let arrivals = steady(2_000).into_iter().map(|(time, n)| {
        (
            if n < 500 {
                time + random.below(80_000) as i64
            } else {
                time
            },
            n,
        )
    });
    let heard = run(arrivals.collect(), 39_000_000, 0..0);
    assert!(heard.counts.delay_ms < 25.0, "{:?}", heard.counts);
}

#[test]
fn a_speaker_that_stalled_goes_on_with_what_is_said_now() {
    let heard = run(steady(500), 10_000_000, 4_000_000..5_300_000);
    assert_eq!(heard.flushes, 1);
    assert!(heard.counts.delay_ms < 40.0, "{:?}", heard.counts);
    let last = *heard.played.last().unwrap();
    assert!(last >= 495, "{last}");
}

#[test]
fn a_path_that_stood_still_goes_on_with_what_is_said_now() {
    let late = |(time, n): (i64, u64)| {
        let arrives = if (4_000_000..5_000_000).contains(&time) {
            5_000_000
        } else {
            time
        };
        (arrives, n)
    };
    let heard = run(
        steady(500).into_iter().map(late).collect(),
        10_000_000,
        0..0,
    );
    assert!(heard.flushes >= 1 && heard.concealed <= 7, "{heard:?}");
    assert!(heard.counts.delay_ms < 60.0, "{:?}", heard.counts);
}

#[test]
fn a_pause_of_the_sender_is_silence_and_not_loss() {
    let mut buffer = JitterBuffer::new();
    let mut now = 0;
    for n in 0..20 {
        buffer.insert(now, &packet(n));
        now += 20_000;
        buffer.next(now);
    }
    // The sender is silent for half a second: the sequence goes on, the timestamp jumps.
    for _ in 0..25 {
        now += 20_000;
        buffer.next(now);
    }
    let mut after = packet(20);
    after.timestamp = after.timestamp.wrapping_add(25 * 960);
    buffer.insert(now, &after);
    let recovered = buffer.counts().recovered;
    let played = (0..4).any(|_| {
        now += 10_000;
        matches!(buffer.next(now), Decision::Play { .. })
    });
    assert!(played);
    assert_eq!(buffer.counts().recovered, recovered);
    assert_eq!(buffer.counts().expected, 21);
}

#[test]
fn doubled_and_late_packets_are_dropped_and_a_new_stream_begins_anew() {
    let mut buffer = JitterBuffer::new();
    for n in 0..10 {
        buffer.insert(n * 20_000, &packet(n as u64));
        buffer.insert(n * 20_000, &packet(n as u64));
        buffer.next(n * 20_000 + 19_000);
    }
    buffer.insert(200_000, &packet(2));
    assert!(buffer.counts().late >= 1);
    let mut other = packet(0);
    other.timestamp = 5;
    other.sequence = 9;
    let mut other_later = other.clone();
    other_later.timestamp = other.timestamp.wrapping_add(0x4000_0000);
    buffer.insert(220_000, &other_later);
    assert!((0..10).any(|n| matches!(buffer.next(220_000 + n * 10_000), Decision::Play { .. })));
}

#[test]
fn a_small_error_waits_for_a_pause_and_a_large_one_does_not() {
    let mut buffer = JitterBuffer::new();
    for n in 0..300 {
        buffer.insert(n * 20_000, &packet(n as u64));
    }
    let mut asked = |late_us: i64, n: i64| {
        let decision = buffer.next(n * 20_000 + late_us);
        let Decision::Play {
            stretch, is_urgent, ..
        } = decision
        else {
            panic!("{decision:?}");
        };
        (stretch, is_urgent)
    };
    // The target on a path without jitter is 3 ms.
    assert_eq!(asked(3_000, 0), (Stretch::AsIs, false));
    assert!((1..20).all(|n| asked(20_000, n) == (Stretch::Shorter, false)));
    let urgent = (20..32).filter(|n| asked(50_000, *n).1).count();
    assert_eq!(urgent, 4);
    assert!((32..40).all(|n| asked(90_000, n) == (Stretch::Shorter, true)));
}
