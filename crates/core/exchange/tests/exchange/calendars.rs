//! Holidays out of calendars.

use exchange::days_off;
use hours::{Date, Zone};
use protocol::configuration::{OpeningSettings, Weekday};

fn read(events: &str) -> Vec<String> {
    read_in("Europe/Berlin", events)
}

fn read_in(zone: &str, events: &str) -> Vec<String> {
    let text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}\r\nEND:VCALENDAR\r\n",
        events.replace('\n', "\r\n")
    );
    let (from, until) = (date("2026-01-01"), date("2028-12-31"));
    let found = days_off(&text, &Zone::named(zone).unwrap(), from, until).unwrap();
    let days = found.days.iter().map(|day| {
        let closed = day
            .closed
            .map(|(from, to)| format!(" {from}-{to}"))
            .unwrap_or_default();
        format!("{} {}{closed}", day.date, day.name)
    });
    days.chain(found.remarks.iter().map(|remark| format!("! {remark}")))
        .collect()
}

fn date(text: &str) -> Date {
    Date::try_from(text).unwrap()
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT")
}

#[test]
fn whole_days_are_closed() {
    let single = event(
        "UID:1\nSUMMARY:Christmas\\, day one\nDTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261226",
    );
    assert_eq!(read(&single), ["2026-12-25 Christmas, day one"]);
    let week = event("SUMMARY:Golden Week\nDTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261004");
    assert_eq!(
        read(&week),
        [
            "2026-10-01 Golden Week",
            "2026-10-02 Golden Week",
            "2026-10-03 Golden Week"
        ]
    );
    let lasting = event("SUMMARY:Two\nDTSTART:20261001\nDURATION:P2D");
    assert_eq!(read(&lasting).len(), 2);
    let alarm = event(
        "SUMMARY:Day\nDTSTART:20261001\nBEGIN:VALARM\nSUMMARY:Ring\nDTSTART:20260101\nEND:VALARM",
    );
    assert_eq!(read(&alarm), ["2026-10-01 Day"]);
    let cancelled = event("SUMMARY:No\nSTATUS:CANCELLED\nDTSTART:20261001");
    assert!(read(&cancelled).is_empty());
}

#[test]
fn what_comes_every_year_comes_in_every_year() {
    let fixed = event("SUMMARY:New Year\nDTSTART;VALUE=DATE:19700101\nRRULE:FREQ=YEARLY");
    assert_eq!(
        read(&fixed),
        [
            "2026-01-01 New Year",
            "2027-01-01 New Year",
            "2028-01-01 New Year"
        ]
    );
    let nth = event(
        "SUMMARY:Thanksgiving\nDTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
    );
    assert_eq!(
        read(&nth),
        [
            "2026-11-26 Thanksgiving",
            "2027-11-25 Thanksgiving",
            "2028-11-23 Thanksgiving"
        ]
    );
    let last = event("SUMMARY:Memorial\nDTSTART:20200525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO");
    assert_eq!(
        read(&last),
        [
            "2026-05-25 Memorial",
            "2027-05-31 Memorial",
            "2028-05-29 Memorial"
        ]
    );
    let election = event(
        "SUMMARY:Election\nDTSTART:20001107\nRRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
    );
    assert_eq!(read(&election), ["2028-11-07 Election"]);
    let leap = event("SUMMARY:Leap\nDTSTART:20240229\nRRULE:FREQ=YEARLY");
    assert_eq!(read(&leap), ["2028-02-29 Leap"]);
    let ended = event("SUMMARY:Gone\nDTSTART:20200101\nRRULE:FREQ=YEARLY;UNTIL=20261231T000000Z");
    assert_eq!(read(&ended), ["2026-01-01 Gone"]);
    let counted = event("SUMMARY:Two\nDTSTART:20250601\nRRULE:FREQ=YEARLY;COUNT=2\nRDATE:20261111");
    assert_eq!(read(&counted), ["2026-06-01 Two", "2026-11-11 Two"]);
    let except =
        event("SUMMARY:Day\nDTSTART:20250601\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20270601");
    assert_eq!(read(&except), ["2026-06-01 Day", "2028-06-01 Day"]);
    let moved = [
        event("UID:m\nSUMMARY:Day\nDTSTART:20250601\nRRULE:FREQ=YEARLY"),
        event("UID:m\nSUMMARY:Day\nRECURRENCE-ID:20270601\nDTSTART:20270602"),
    ];
    assert_eq!(
        read(&moved.join("\n")),
        ["2026-06-01 Day", "2027-06-02 Day", "2028-06-01 Day"]
    );
}

#[test]
fn times_are_told_by_the_hours_own_clock() {
    let local = event(
        "SUMMARY:Party\nDTSTART;TZID=Europe/Berlin:20261224T140000\nDTEND;TZID=Europe/Berlin:20261224T200000",
    );
    assert_eq!(read(&local), ["2026-12-24 Party 14:00-20:00"]);
    let utc = event("SUMMARY:Party\nDTSTART:20261224T230000Z\nDTEND:20261225T010000Z");
    assert_eq!(read(&utc), ["2026-12-25 Party 00:00-02:00"]);
    let far = event("SUMMARY:Call\nDTSTART;TZID=America/New_York:20260704T090000\nDURATION:PT1H");
    assert_eq!(read(&far), ["2026-07-04 Call 15:00-16:00"]);
    let floating = event("SUMMARY:Lunch\nDTSTART:20260704T120000\nDTEND:20260704T130000");
    assert_eq!(
        read_in("Asia/Shanghai", &floating),
        ["2026-07-04 Lunch 12:00-13:00"]
    );
    let night = event("SUMMARY:Works\nDTSTART:20260704T220000\nDTEND:20260705T040000");
    assert_eq!(
        read(&night),
        [
            "2026-07-04 Works 22:00-24:00",
            "2026-07-05 Works 00:00-04:00"
        ]
    );
    let strange = event(
        "SUMMARY:Odd\nDTSTART;TZID=Customized Zone 1:20260704T120000\nDTEND;TZID=Customized Zone 1:20260704T130000",
    );
    let found = read(&strange);
    assert_eq!(found[0], "2026-07-04 Odd 12:00-13:00");
    assert!(found[1].contains("Customized Zone 1"));
}

#[test]
fn a_part_of_a_day_leaves_the_rest_of_the_weeks_openings() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Eve\nDTSTART:20261224T130000\nDTEND:20261224T240000\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:Eve\nDTSTART:20261224T100000\nDTEND:20261224T103000\nEND:VEVENT\nEND:VCALENDAR";
    let weekly = [OpeningSettings {
        day: Weekday::Thursday,
        from: "09:00".to_owned(),
        to: "18:00".to_owned(),
    }];
    let zone = Zone::named("Europe/Berlin").unwrap();
    let found = days_off(text, &zone, date("2026-01-01"), date("2026-12-31")).unwrap();
    let holidays = found.holidays(&weekly);
    assert_eq!((holidays.len(), holidays[0].name.as_str()), (1, "Eve"));
    let spans: Vec<(&str, &str)> = holidays[0]
        .openings
        .iter()
        .map(|span| (span.from.as_str(), span.to.as_str()))
        .collect();
    assert_eq!(spans, [("09:00", "10:00"), ("10:30", "13:00")]);
}

#[test]
fn floods_and_nonsense_end() {
    let zone = Zone::default();
    let (from, until) = (date("2026-01-01"), date("2028-12-31"));
    assert!(days_off("hello", &zone, from, until).is_err());
    let flood: String = (0..9_000)
        .map(|_| event("SUMMARY:x\nDTSTART:19000101\nRRULE:FREQ=DAILY") + "\n")
        .collect();
    let text = format!("BEGIN:VCALENDAR\n{flood}END:VCALENDAR");
    assert!(days_off(&text, &zone, from, until).is_err());
    let by_hour = event("SUMMARY:x\nDTSTART:20260101\nRRULE:FREQ=HOURLY");
    let found = read(&by_hour);
    assert_eq!(found[0], "2026-01-01 x");
    assert!(found[1].contains("FREQ=HOURLY"));
    let long = event("SUMMARY:For ever\nDTSTART:20260101\nDTEND:99991231");
    assert!(read(&long).len() <= 402);
}
