//! Hours on a wall clock that is set: each story names the zone, the hours and, in UTC, what then happens.

use crate::given::{hours, schedule, utc, written};
use hours::{Hours, Schedule};
use vocab::Millis;

/// The changes after `from`, as many as there are expected ones: `"2026-03-29 01:00 opens"`.
fn check(hours: &Hours, from: &str, expected: &[&str]) {
    let mut at = utc(from);
    let mut happens = Vec::new();
    for _ in expected {
        let Some(change) = hours.next_change(at) else {
            happens.push("never".to_owned());
            break;
        };
        assert!(change > at, "{change:?} does not follow {at:?}");
        let becomes = if hours.is_open(change) {
            "opens"
        } else {
            "closes"
        };
        happens.push(format!("{} {becomes}", written(change)));
        assert_ne!(hours.is_open(change), hours.is_open(Millis(change.0 - 1)));
        at = change;
    }
    assert_eq!(happens, expected, "from {from}");
}

#[test]
fn weekly_hours_open_and_close_by_the_zones_clock() {
    check(
        &hours("Asia/Shanghai", "mon-fri 09:00-12:00 13:30-18:00", ""),
        "2026-07-17 00:00",
        &[
            "2026-07-17 01:00 opens",
            "2026-07-17 04:00 closes",
            "2026-07-17 05:30 opens",
            "2026-07-17 10:00 closes",
            "2026-07-20 01:00 opens",
        ],
    );
    // The same wall clock is another instant after a change.
    check(
        &hours("America/New_York", "sat-sun 09:00-17:00", ""),
        "2026-03-07 00:00",
        &[
            "2026-03-07 14:00 opens",
            "2026-03-07 22:00 closes",
            "2026-03-08 13:00 opens",
            "2026-03-08 21:00 closes",
        ],
    );
}

#[test]
fn an_opening_within_the_hour_left_out_begins_at_its_end() {
    // On 29 March 2026 Berlin's clocks go from 02:00 to 03:00, which is 01:00 UTC.
    check(
        &hours("Europe/Berlin", "sun 02:30-05:00", ""),
        "2026-03-28 00:00",
        &["2026-03-29 01:00 opens", "2026-03-29 03:00 closes"],
    );
    // Dublin's go forward at the same instant, from 01:00 to 02:00.
    check(
        &hours("Europe/Dublin", "sun 01:15-02:30", ""),
        "2026-03-28 00:00",
        &["2026-03-29 01:00 opens", "2026-03-29 01:30 closes"],
    );
    // Lord Howe's lose half an hour: from 02:00 to 02:30 on 4 October 2026.
    check(
        &hours("Australia/Lord_Howe", "sun 02:15-03:00", ""),
        "2026-10-03 00:00",
        &["2026-10-03 15:30 opens", "2026-10-03 16:00 closes"],
    );
}

#[test]
fn an_opening_wholly_within_the_hour_left_out_does_not_happen() {
    check(
        &hours("America/New_York", "sun 02:00-03:00", ""),
        "2026-03-07 00:00",
        &["2026-03-15 06:00 opens", "2026-03-15 07:00 closes"],
    );
}

#[test]
fn hours_until_the_hour_left_out_close_at_its_beginning() {
    check(
        &hours("Europe/Berlin", "sun 01:00-02:30", ""),
        "2026-03-28 00:00",
        &["2026-03-29 00:00 opens", "2026-03-29 01:00 closes"],
    );
}

#[test]
fn an_hour_that_comes_twice_is_open_twice() {
    // On 25 October 2026 Berlin's clocks go from 03:00 back to 02:00, which is 01:00 UTC.
    check(
        &hours("Europe/Berlin", "sun 02:15-02:45", ""),
        "2026-10-24 00:00",
        &[
            "2026-10-25 00:15 opens",
            "2026-10-25 00:45 closes",
            "2026-10-25 01:15 opens",
            "2026-10-25 01:45 closes",
            "2026-11-01 01:15 opens",
        ],
    );
    // An opening that holds the whole repeated hour is one, an hour longer.
    check(
        &hours("Europe/Dublin", "sun 00:00-04:00", ""),
        "2026-10-24 12:00",
        &["2026-10-24 23:00 opens", "2026-10-25 04:00 closes"],
    );
    // One that ends within it ends twice.
    check(
        &hours("America/New_York", "sun 00:30-01:30", ""),
        "2026-10-31 12:00",
        &[
            "2026-11-01 04:30 opens",
            "2026-11-01 05:30 closes",
            "2026-11-01 06:00 opens",
            "2026-11-01 06:30 closes",
        ],
    );
    // Half an hour comes twice on Lord Howe: from 02:00 back to 01:30 on 5 April 2026.
    check(
        &hours("Australia/Lord_Howe", "sun 01:45-02:15", ""),
        "2026-04-04 00:00",
        &[
            "2026-04-04 14:45 opens",
            "2026-04-04 15:00 closes",
            "2026-04-04 15:15 opens",
            "2026-04-04 15:45 closes",
        ],
    );
}

#[test]
fn a_holiday_takes_the_place_of_its_weekday() {
    let hours = hours(
        "Europe/Berlin",
        "mon-fri 09:00-17:00",
        "2026-12-24 09:00-12:00; 2026-12-25; 2026-12-26 10:00-11:00",
    );
    check(
        &hours,
        "2026-12-23 20:00",
        &[
            "2026-12-24 08:00 opens",
            "2026-12-24 11:00 closes",
            "2026-12-26 09:00 opens",
            "2026-12-26 10:00 closes",
            "2026-12-28 08:00 opens",
        ],
    );
}

#[test]
fn a_holiday_on_the_day_of_a_clock_change_is_that_whole_day() {
    let on = |holiday: &str| hours("Europe/Berlin", "mon-sun 00:00-24:00", holiday);
    check(
        &on("2026-03-29"),
        "2026-03-28 00:00",
        &["2026-03-28 23:00 closes", "2026-03-29 22:00 opens"],
    );
    check(
        &on("2026-10-25 02:30-24:00"),
        "2026-10-24 00:00",
        &[
            "2026-10-24 22:00 closes",
            "2026-10-25 00:30 opens",
            "2026-10-25 01:00 closes",
            "2026-10-25 01:30 opens",
            "never",
        ],
    );
}

#[test]
fn openings_that_adjoin_are_one() {
    check(
        &hours(
            "America/New_York",
            "fri 22:00-24:00; sat 00:00-02:00 02:00-03:00",
            "",
        ),
        "2026-07-17 00:00",
        &["2026-07-18 02:00 opens", "2026-07-18 07:00 closes"],
    );
}

#[test]
fn hours_that_never_close_never_change_except_for_holidays() {
    let always = hours("Asia/Shanghai", "mon-sun 00:00-24:00", "");
    assert!(always.is_open(utc("2026-07-17 03:04:05")));
    check(&always, "2026-07-17 00:00", &["never"]);
    assert_eq!(always.next_opening(utc("2026-07-17 00:00")), None);
}

#[test]
fn a_change_further_away_than_is_looked_is_not_named() {
    let once = hours("Asia/Shanghai", "", "2028-01-01 09:00-10:00");
    assert_eq!(once.next_change(utc("2026-11-26 00:59")), None);
    let opens = Some(utc("2028-01-01 01:00"));
    assert_eq!(once.next_change(utc("2026-11-27 01:00")), opens);
    assert_eq!(once.next_change(utc("2028-01-01 02:00")), None);
}

#[test]
fn who_meets_closed_hours_learns_when_they_open() {
    let hours = hours("America/New_York", "mon-fri 09:00-17:00", "2026-07-03");
    let opens = |at: &str| hours.next_opening(utc(at)).map(written);
    // Closed on Thursday evening, Friday is a holiday, then comes the weekend.
    assert_eq!(
        opens("2026-07-02 21:00").as_deref(),
        Some("2026-07-06 13:00")
    );
    assert_eq!(
        opens("2026-07-02 15:00").as_deref(),
        Some("2026-07-06 13:00")
    );
    assert_eq!(
        opens("2026-07-06 13:00").as_deref(),
        Some("2026-07-07 13:00")
    );
}

#[test]
fn a_schedule_is_written_as_plain_json() {
    let text = r#"{
        "zone": "Europe/Berlin",
        "weekly": [{"day": "monday", "from": "09:00", "to": "24:00"}],
        "holidays": [{"date": "2026-12-24", "name": "Christmas Eve", "openings": [{"from": "09:00", "to": "12:00"}]}]
    }"#;
    let read: Schedule = serde_json::from_str(text).expect("it is well written");
    let mut expected = schedule("Europe/Berlin", "mon 09:00-24:00", "2026-12-24 09:00-12:00");
    expected.holidays[0].name = "Christmas Eve".to_owned();
    assert_eq!(read, expected);
    let value: serde_json::Value = serde_json::from_str(text).expect("it is JSON");
    assert_eq!(serde_json::to_value(&read).expect("it is plain"), value);
    let refused = serde_json::from_str::<Schedule>(&text.replace("24:00", "24:30"));
    let says = refused.expect_err("there is no such time").to_string();
    assert!(says.contains("\"24:30\" is not a time of day"), "{says}");
}
