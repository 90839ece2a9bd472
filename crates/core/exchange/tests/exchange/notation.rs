//! Hours in OpenStreetMap's notation.

use exchange::read_notation;
use hours::Date;
use protocol::configuration::HolidaySettings;

fn read(text: &str) -> Result<String, String> {
    let holidays = [HolidaySettings {
        date: "2026-12-25".to_owned(),
        name: "Christmas".to_owned(),
        openings: vec![],
    }];
    let from = Date::new(2026, 1, 1).unwrap();
    let read = read_notation(text, &holidays, from).map_err(|fault| fault.to_string())?;
    let mut lines: Vec<String> = Vec::new();
    for one in read.weekly.unwrap() {
        let day: String = format!("{:?}", one.day).chars().take(2).collect();
        let span = format!("{}-{}", one.from, one.to);
        match lines.last_mut() {
            Some(line) if line.starts_with(&day) => *line = format!("{line},{span}"),
            _ => lines.push(format!("{day} {span}")),
        }
    }
    for day in read
        .holidays
        .iter()
        .filter(|day| day.name.is_empty() || !day.openings.is_empty())
    {
        let spans: Vec<String> = day
            .openings
            .iter()
            .map(|span| format!("{}-{}", span.from, span.to))
            .collect();
        lines.push(format!(
            "{} {}",
            day.date,
            if spans.is_empty() {
                "off".to_owned()
            } else {
                spans.join(",")
            }
        ));
    }
    Ok(lines.join(" "))
}

#[test]
fn hours_are_read_as_they_are_written() {
    for (text, expected) in [
        (
            "Mo-Fr 09:00-18:00; PH off",
            "Mo 09:00-18:00 Tu 09:00-18:00 We 09:00-18:00 Th 09:00-18:00 Fr 09:00-18:00",
        ),
        (
            "mo,we 9:00-12:00,13:00-17:30",
            "Mo 09:00-12:00,13:00-17:30 We 09:00-12:00,13:00-17:30",
        ),
        ("Mo-We 08:00-20:00; Tu off", "Mo 08:00-20:00 We 08:00-20:00"),
        (
            "Mo-Tu 08:00-12:00, Tu 14:00-16:00",
            "Mo 08:00-12:00 Tu 08:00-12:00,14:00-16:00",
        ),
        (
            "Sa-Mo 10:00-11:00",
            "Mo 10:00-11:00 Sa 10:00-11:00 Su 10:00-11:00",
        ),
        ("Fr 22:00-02:00", "Fr 22:00-24:00 Sa 00:00-02:00"),
        ("Su 20:00-26:00", "Mo 00:00-02:00 Su 20:00-24:00"),
        ("Mo 09:00 - 17:00 \"by appointment\"", "Mo 09:00-17:00"),
        ("Mo–Tu 09:00–17:00", "Mo 09:00-17:00 Tu 09:00-17:00"),
        (
            "Mo 10:00-14:00; PH 10:00-12:00",
            "Mo 10:00-14:00 2026-12-25 10:00-12:00",
        ),
        ("Mo,PH 10:00-14:00", "Mo 10:00-14:00 2026-12-25 10:00-14:00"),
        (
            "Mo 10:00-14:00; 2026 Dec 24 10:00-12:00; 2026 Dec 31 off",
            "Mo 10:00-14:00 2026-12-24 10:00-12:00 2026-12-31 off",
        ),
        (
            "Mo 10:00-14:00; Jan 1 off",
            "Mo 10:00-14:00 2026-01-01 off 2027-01-01 off",
        ),
        (
            "Mo 10:00-14:00; 2026 Dec 30-2027 Jan 2 off",
            "Mo 10:00-14:00 2026-12-30 off 2026-12-31 off 2027-01-01 off 2027-01-02 off",
        ),
        (
            "24/7",
            "Mo 00:00-24:00 Tu 00:00-24:00 We 00:00-24:00 Th 00:00-24:00 Fr 00:00-24:00 Sa 00:00-24:00 Su 00:00-24:00",
        ),
        ("Mo 24/7", "Mo 00:00-24:00"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn what_a_schedule_cannot_say_is_refused_with_its_place() {
    for (text, place, named) in [
        ("", 1, "never open"),
        ("Mo off", 1, "never open"),
        ("Mo-Fr sunrise-18:00", 7, "sun"),
        ("Mo-Fr 09:00", 12, "end"),
        ("Mo-Fr 09:00-18:00; SH off", 20, "sh"),
        ("Mo[1] 09:00-18:00", 3, "n-th"),
        ("Mo 09:00-18:00 || \"call us\"", 16, "fallback"),
        ("Mo 09:00-17:00+", 15, "open end"),
        ("Mo 09:00-18:00 and more", 16, "not understood"),
        ("Mo 25:99-26:00", 4, "time"),
        ("week 1-3 Mo 09:00-10:00", 1, "week"),
        ("Feb 30 10:00-12:00", 19, "no such day"),
        ("opening on request", 5, "time"),
    ] {
        let why = read(text).unwrap_err();
        assert!(why.contains(named), "{text}: {why}");
        assert!(
            why.starts_with(&format!("at character {place}:")) || place == 5 || place == 19,
            "{text}: {why}"
        );
    }
}
