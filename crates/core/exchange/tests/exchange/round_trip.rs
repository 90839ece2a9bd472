//! What we write, we read back the same.

use exchange::{Cards, Columns, Row, Step, Table, card, csv_header, csv_row, guess_columns};
use protocol::exchange::CustomerRecord;
use protocol::record::{
    Attribute, Consent, ConsentKind, ConsentSource, ContactChannel, ContactTime, Preferences,
};
use protocol::rest::{Identity, IdentityKind};
use vocab::{Millis, Sensitive};

fn text(value: &str) -> Sensitive<String> {
    Sensitive::new(value.to_owned())
}

fn records() -> Vec<CustomerRecord> {
    let identity = |kind, value: &str| Identity::new(kind, value);
    let attribute = |name: &str, value: &str| Attribute {
        name: name.to_owned(),
        value: text(value),
    };
    let plain = CustomerRecord {
        name: text("Anna Marsh"),
        ..CustomerRecord::default()
    };
    let full = CustomerRecord {
        name: text("陈玉兰, \"Lan\"; MBA"),
        identities: vec![
            identity(IdentityKind::Phone, "+86 138 0013 8000"),
            identity(IdentityKind::Phone, "+1 415 555 0100 ext. 12"),
            identity(IdentityKind::Email, "chen@example.cn"),
            identity(IdentityKind::Handle, "wechat:chen;yulan"),
        ],
        language: Some("zh-CN".to_owned()),
        is_vip: true,
        labels: vec![
            "gold".to_owned(),
            "a,b;c|d".to_owned(),
            "back\\slash".to_owned(),
        ],
        note: text("calls early\nspeaks \"softly\"; likes tea, green\\black"),
        attributes: vec![
            attribute("Contract", "NW-1"),
            attribute("Note: inner", "one\ntwo \\ three: four; five"),
        ],
        consents: vec![
            Consent {
                kind: ConsentKind::Recording,
                is_given: true,
                given_at: Millis(1_764_550_000_123),
                source: ConsentSource::CustomerPage,
            },
            Consent {
                kind: ConsentKind::Marketing,
                is_given: false,
                given_at: Millis(5),
                source: ConsentSource::Written,
            },
        ],
        preferences: Preferences {
            channel: Some(ContactChannel::Sms),
            time: Some(ContactTime::Weekend),
            site: Some("suzhou".to_owned()),
        },
    };
    let formulas =
        ["=1+1", "+cmd", "-2", "@sum", "'quoted", "+49 30 1"].map(|name| CustomerRecord {
            name: text(name),
            note: text(name),
            ..CustomerRecord::default()
        });
    let long = CustomerRecord {
        name: text("Ö".repeat(199).as_str()),
        note: text("很长 ".repeat(900).trim()),
        ..CustomerRecord::default()
    };
    [vec![plain, full, long], formulas.to_vec()].concat()
}

#[test]
fn csv() {
    let written: String = csv_header() + &records().iter().map(csv_row).collect::<String>();
    let mut table = Table::new(b',');
    table.feed(written.trim_start_matches('\u{FEFF}'));
    table.finish();
    let mut rows: Vec<Row> = Vec::new();
    while let Step::Row(row) = table.step() {
        rows.push(row);
    }
    let columns = Columns::new(guess_columns(rows[0].fields()), rows.first());
    let read: Vec<CustomerRecord> = rows[1..]
        .iter()
        .map(|row| columns.record(row).unwrap())
        .collect();
    assert_eq!(read, records());
}

#[test]
fn cards() {
    let written: String = records().iter().map(card).collect();
    assert!(written.lines().all(|line| line.len() <= 75));
    let mut cards = Cards::default();
    cards.feed(&written);
    cards.finish();
    let read: Vec<CustomerRecord> = std::iter::from_fn(|| cards.next_card())
        .map(|card| card.record.unwrap())
        .collect();
    assert_eq!(read, records());
}

#[test]
fn a_spreadsheet_program_finds_nothing_to_run() {
    for record in records() {
        let row = csv_row(&record);
        for cell in row
            .trim_end()
            .split(',')
            .map(|cell| cell.trim_start_matches('"'))
        {
            let is_number = cell.starts_with(['+', '-']) && !cell.contains(char::is_alphabetic);
            let is_formula = cell.starts_with(['=', '@', '-', '+']) && !is_number;
            assert!(!is_formula, "{row}");
        }
    }
}
