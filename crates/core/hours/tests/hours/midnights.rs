//! What the wall clock shows, and where it cuts the days of a report.

use crate::given::{utc, written};
use hours::{Zone, zones};
use vocab::Millis;

fn zone(name: &str) -> Zone {
    Zone::named(name).expect(name)
}

/// The midnights around an instant.
fn check(name: &str, at: &str, before: &str, after: &str) {
    let (zone, at) = (zone(name), utc(at));
    assert_eq!(written(zone.midnight_before(at)), before, "{name}");
    assert_eq!(written(zone.next_midnight(at)), after, "{name}");
}

#[test]
fn the_wall_clock_shows_date_weekday_and_minute() {
    let shows = |name: &str, at: &str| {
        let local = zone(name).local(utc(at));
        format!("{} {} {}", local.weekday, local.date, local.minute)
    };
    assert_eq!(
        shows("Asia/Shanghai", "2026-07-17 16:05:59"),
        "Saturday 2026-07-18 00:05"
    );
    assert_eq!(
        shows("America/New_York", "2026-01-01 04:59"),
        "Wednesday 2025-12-31 23:59"
    );
    assert_eq!(
        shows("Europe/Dublin", "2026-03-29 00:59"),
        "Sunday 2026-03-29 00:59"
    );
    assert_eq!(
        shows("Europe/Dublin", "2026-03-29 01:00"),
        "Sunday 2026-03-29 02:00"
    );
    assert_eq!(
        shows("Australia/Lord_Howe", "2026-04-04 15:00"),
        "Sunday 2026-04-05 01:30"
    );
}

#[test]
fn a_day_has_as_many_hours_as_its_clock_makes_it() {
    check(
        "Asia/Shanghai",
        "2026-07-17 00:00",
        "2026-07-16 16:00",
        "2026-07-17 16:00",
    );
    // 23 hours, 25 hours, and half an hour more.
    check(
        "Europe/Berlin",
        "2026-03-29 12:00",
        "2026-03-28 23:00",
        "2026-03-29 22:00",
    );
    check(
        "Europe/Berlin",
        "2026-10-25 00:30",
        "2026-10-24 22:00",
        "2026-10-25 23:00",
    );
    check(
        "Australia/Lord_Howe",
        "2026-04-05 00:00",
        "2026-04-04 13:00",
        "2026-04-05 13:30",
    );
}

#[test]
fn a_midnight_begins_the_day_that_follows_it() {
    check(
        "Europe/Berlin",
        "2026-07-16 22:00",
        "2026-07-16 22:00",
        "2026-07-17 22:00",
    );
    check(
        "Europe/Berlin",
        "2026-07-16 21:59:59",
        "2026-07-15 22:00",
        "2026-07-16 22:00",
    );
}

#[test]
fn a_day_whose_midnight_is_left_out_begins_when_the_clock_goes_on() {
    // Havana goes from 00:00 to 01:00 on 8 March 2026 and from 01:00 back to 00:00 on 1 November.
    check(
        "America/Havana",
        "2026-03-08 12:00",
        "2026-03-08 05:00",
        "2026-03-09 04:00",
    );
    check(
        "America/Havana",
        "2026-11-01 05:30",
        "2026-11-01 04:00",
        "2026-11-02 05:00",
    );
}

#[test]
fn a_date_that_the_zone_left_out_is_no_day() {
    // Samoa went from 29 to 31 December 2011.
    check(
        "Pacific/Apia",
        "2011-12-30 09:59",
        "2011-12-29 10:00",
        "2011-12-30 10:00",
    );
    check(
        "Pacific/Apia",
        "2011-12-30 10:00",
        "2011-12-30 10:00",
        "2011-12-31 10:00",
    );
}

#[test]
fn a_clock_set_back_over_midnight_begins_no_second_day() {
    // In 2010 St. John's set its clocks back at 00:01: 7 November began, showed the 6th for an hour, and went on.
    check(
        "America/St_Johns",
        "2010-11-07 02:30:30",
        "2010-11-07 02:30",
        "2010-11-08 03:30",
    );
    check(
        "America/St_Johns",
        "2010-11-07 03:00",
        "2010-11-07 02:30",
        "2010-11-08 03:30",
    );
    check(
        "America/St_Johns",
        "2010-11-07 02:29",
        "2010-11-06 02:30",
        "2010-11-07 02:30",
    );
}

#[test]
fn midnights_fall_on_quarter_hours_everywhere_and_days_follow_each_other() {
    let (from, until) = (utc("2026-01-01"), utc("2028-01-01"));
    for name in zones() {
        let zone = zone(name);
        let mut at = zone.midnight_before(from);
        while at < until {
            assert_eq!(at.0 % 900_000, 0, "{name}: {}", written(at));
            let next = zone.next_midnight(at);
            assert_eq!(zone.midnight_before(at), at, "{name}");
            assert_eq!(zone.midnight_before(Millis(next.0 - 1)), at, "{name}");
            assert_eq!(zone.next_midnight(Millis(next.0 - 1)), next, "{name}");
            let hours = next.since(at) / 3_600_000;
            // Troll station in Antarctica sets its clocks by two hours.
            assert!((22..=26).contains(&hours), "{name}: a day of {hours} hours");
            at = next;
        }
    }
}

#[test]
fn the_picker_offers_places_once_and_in_order() {
    let names = zones();
    assert!(names.is_sorted_by(|a, b| a < b));
    for name in [
        "Europe/Berlin",
        "America/Argentina/Buenos_Aires",
        "Asia/Shanghai",
        "UTC",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    assert!(!names.contains(&"EST5EDT") && Zone::named("EST5EDT").is_some());
}
