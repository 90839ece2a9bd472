//! Through whole years in small steps: it is open exactly between the changes that `next_change` names.

use crate::given::{hours, schedule, utc, written};
use hours::{Hours, MinuteOfDay, Opening, Schedule, Span, Weekday};
use vocab::Millis;

const FIVE_MINUTES: u64 = 300_000;
/// Two hemispheres, half an hour, summer time that is called standard, none at all, a change at midnight.
const ZONES: [&str; 7] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Shanghai",
    "Europe/Dublin",
    "America/Havana",
    "Africa/Casablanca",
];

/// Every change in `[from, until)`, each looked up from the one before.
fn changes(hours: &Hours, from: Millis, until: Millis) -> Vec<Millis> {
    let follow = |at: &Millis| hours.next_change(*at);
    let all = std::iter::successors(hours.next_change(from), follow);
    all.take_while(|change| *change < until).collect()
}

fn check(hours: &Hours, from: Millis, until: Millis, step: u64, about: &str) {
    let changes = changes(hours, from, until);
    let mut is_open = hours.is_open(from);
    let mut next = changes.iter().copied().peekable();
    let mut at = from;
    while at < until {
        while let Some(change) = next.next_if(|change| *change <= at) {
            assert_eq!(
                hours.is_open(Millis(change.0 - 1)),
                is_open,
                "{about}: before {}",
                written(change)
            );
            is_open = !is_open;
            assert_eq!(
                hours.is_open(change),
                is_open,
                "{about}: at {}",
                written(change)
            );
        }
        assert_eq!(hours.is_open(at), is_open, "{about}: {}", written(at));
        // From any moment in between the same change is found.
        if at.0.is_multiple_of(97 * FIVE_MINUTES) && next.peek().is_some() {
            assert_eq!(
                hours.next_change(at).as_ref(),
                next.peek(),
                "{about}: {}",
                written(at)
            );
        }
        at = at.plus(step);
    }
    assert!(
        changes.len() > 20,
        "{about}: only {} changes",
        changes.len()
    );
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u16) -> u16 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u16::try_from((z ^ (z >> 31)) % u64::from(limit)).expect("small")
    }

    /// Up to three openings a day, any of which may begin at 00:00, end at 24:00 or adjoin another.
    fn spans(&mut self) -> Vec<Span> {
        let time = |minute: u16| MinuteOfDay::new(minute / 60, minute % 60).expect("within a day");
        let mut times: Vec<u16> = (0..6)
            .map(|_| self.below(1_501).saturating_sub(30).min(1_440))
            .collect();
        times.sort_unstable();
        let adjoins = self.below(4) == 0;
        if adjoins {
            times[2] = times[1];
        }
        let pairs = times.chunks(2).filter(|pair| pair[0] < pair[1]);
        let spans = pairs.map(|pair| Span {
            from: time(pair[0]),
            to: time(pair[1]),
        });
        spans.take(usize::from(self.below(4))).collect()
    }

    fn schedule(&mut self, zone: &str) -> Schedule {
        let mut by_chance = schedule(zone, "wed 08:00-20:00", "");
        for day in Weekday::ALL
            .into_iter()
            .filter(|day| *day != Weekday::Wednesday)
        {
            let openings =
                self.spans()
                    .into_iter()
                    .map(|Span { from, to }| Opening { day, from, to });
            by_chance.weekly.extend(openings);
        }
        // Days on which one of the zones sets its clocks, and their neighbours.
        for date in [
            "2026-03-08",
            "2026-03-29",
            "2026-03-30",
            "2026-04-05",
            "2026-10-04",
            "2026-10-25",
            "2026-11-01",
        ] {
            if self.below(3) == 0 {
                let mut holiday = schedule(zone, "", date).holidays;
                holiday[0].openings = self.spans();
                by_chance.holidays.extend(holiday);
            }
        }
        by_chance
    }
}

#[test]
fn a_year_in_five_minute_steps_is_open_between_its_changes() {
    for zone in ZONES {
        let hours = hours(
            zone,
            "mon-fri 08:55-12:00 13:00-24:00; sat 00:00-03:00; sun 00:30-02:20 02:40-03:10",
            "2026-03-29 01:30-02:30; 2026-10-25; 2026-12-25",
        );
        check(
            &hours,
            utc("2026-01-01"),
            utc("2027-01-01"),
            FIVE_MINUTES,
            zone,
        );
    }
}

#[test]
fn hours_by_chance_change_where_they_say_around_every_clock_change() {
    for seed in 1..=60 {
        let mut dice = Dice(seed);
        for zone in ZONES {
            let by_chance = dice.schedule(zone);
            let hours =
                Hours::new(&by_chance).unwrap_or_else(|faults| panic!("seed {seed}: {faults:?}"));
            let about = format!("seed {seed}, {zone}");
            for (from, until) in [("2026-02-10", "2026-04-10"), ("2026-09-20", "2026-11-10")] {
                check(&hours, utc(from), utc(until), FIVE_MINUTES - 7_000, &about);
            }
        }
    }
}

#[test]
fn the_wall_clock_is_what_the_zones_published_offsets_make_it() {
    // Offsets in minutes and the instants of their change in 2026, from the zones' own laws.
    type Sets = &'static [(&'static str, i64)];
    let years: [(&str, i64, Sets); 5] = [
        (
            "Europe/Berlin",
            60,
            &[("2026-03-29 01:00", 120), ("2026-10-25 01:00", 60)],
        ),
        (
            "Europe/Dublin",
            0,
            &[("2026-03-29 01:00", 60), ("2026-10-25 01:00", 0)],
        ),
        (
            "America/New_York",
            -300,
            &[("2026-03-08 07:00", -240), ("2026-11-01 06:00", -300)],
        ),
        (
            "Australia/Lord_Howe",
            660,
            &[("2026-04-04 15:00", 630), ("2026-10-03 15:30", 660)],
        ),
        ("Asia/Shanghai", 480, &[]),
    ];
    for (name, first, sets) in years {
        let zone = hours::Zone::named(name).expect(name);
        let mut at = utc("2026-01-02");
        while at < utc("2026-12-30") {
            let past = sets.iter().rev().find(|(set, _)| utc(set) <= at);
            let offset = past.map_or(first, |(_, offset)| *offset);
            let wall = i64::try_from(at.0 / 60_000).expect("small") + offset;
            let local = zone.local(at);
            assert_eq!(
                i64::from(local.minute.get()),
                wall % 1_440,
                "{name}: {}",
                written(at)
            );
            let noon = Millis(u64::try_from(wall / 1_440).expect("positive") * 86_400_000);
            assert_eq!(utc(&local.date.to_string()), noon, "{name}");
            at = at.plus(15 * 60_000);
        }
    }
}
