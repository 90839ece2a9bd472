//! What is wrong with a schedule is said in words that its writer understands, all of it at once.

use hours::Hours;

fn check(zone: &str, weekly: &str, holidays: &str, expected: &[&str]) {
    let schedule = crate::given::schedule(zone, weekly, holidays);
    let faults = schedule.check();
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(texts, expected);
    match Hours::new(&schedule) {
        Ok(_) => assert!(expected.is_empty()),
        Err(same) => assert_eq!(same, faults),
    }
}

#[test]
fn a_sound_schedule_has_no_faults() {
    check("UTC", "mon-sun 00:00-12:00 12:00-24:00", "2026-01-01", &[]);
    check("Europe/Berlin", "", "2026-01-01 09:00-10:00", &[]);
}

#[test]
fn a_zone_is_named_exactly() {
    for zone in ["", "Berlin", "europe/berlin", "Europe/Nowhere"] {
        let text = format!("\"{zone}\" is not a time zone: choose one such as Europe/Berlin");
        check(zone, "mon 09:00-17:00", "", &[&text]);
    }
}

#[test]
fn an_opening_begins_before_it_ends() {
    check(
        "UTC",
        "mon 17:00-09:00; tue 09:00-09:00; wed 22:00-24:00",
        "2026-01-01 24:00-24:00",
        &[
            "Monday: an opening from 17:00 to 09:00 never begins; one over midnight is written as two",
            "Tuesday: an opening from 09:00 to 09:00 never begins; one over midnight is written as two",
            "2026-01-01: an opening from 24:00 to 24:00 never begins; one over midnight is written as two",
        ],
    );
}

#[test]
fn openings_of_a_day_do_not_overlap() {
    check(
        "UTC",
        "mon 12:00-15:00 09:00-12:00; mon-tue 14:59-18:00",
        "2026-01-01 09:00-18:00 10:00-11:00 17:00-19:00",
        &[
            "Monday: the openings from 12:00 to 15:00 and from 14:59 to 18:00 overlap",
            "2026-01-01: the openings from 09:00 to 18:00 and from 10:00 to 11:00 overlap",
            "2026-01-01: the openings from 09:00 to 18:00 and from 17:00 to 19:00 overlap",
        ],
    );
}

#[test]
fn hours_open_at_some_time() {
    let text = "these hours never open: give at least one opening";
    check("UTC", "", "", &[text]);
    check("UTC", "", "2026-01-01", &[text]);
}

#[test]
fn a_holiday_is_one_day_of_the_calendar() {
    check(
        "UTC",
        "mon 09:00-17:00",
        "2026-02-29; 2026-01-01; 2026-1-2; 2026-01-01 09:00-10:00",
        &[
            "\"2026-02-29\" is not a day of the calendar: write YYYY-MM-DD",
            "\"2026-1-2\" is not a day of the calendar: write YYYY-MM-DD",
            "2026-01-01 is a holiday twice: keep one of them",
        ],
    );
}
