//! Telephone numbers of many countries as people write them, and what is none.

use std::collections::BTreeMap;
use text::{Country, Phone, display, looks_like_number};

/// Country of the reader, what was typed, the number in its international form, and the extension.
const NUMBERS: &str = include_str!("data/numbers.tsv");

/// Each of them is nobody's, whichever country reads it.
const NO_NUMBERS: &[&str] = &[
    "",
    " ",
    "5",
    "12",
    "after 5 pm please",
    "+1 415 555 777 ext 7",
    "+1 415 555 777",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "call me at +44 20 7946 0958",
    "+44 20 7946 0958 after 5",
    "none",
    "n/a",
    "-",
    "0000000000",
    "1234567",
    "123",
    "+",
    "+44",
    "++44 20 7946 0958",
    "anna at home",
    "020 7946 0958 or 07700 900123",
    "+44 20 7946 0958 / 07700 900123",
    "½½½½½½½½",
    "一二三四五六七",
    "+999 123 456 789",
    "\u{1B}[31m",
    "٣",
    "2026-12-24",
    "192.168.17.254.99.1",
    "tel:",
    "ext 12",
    "x12",
    "99999999999999999999999999",
];

fn rows() -> impl Iterator<Item = [&'static str; 4]> {
    NUMBERS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap_or_default();
            [cell(), cell(), cell(), cell()]
        })
}

/// What cannot be seen in a table is written by name there.
fn typed(written: &str) -> String {
    [
        ("‹nbsp›", "\u{A0}"),
        ("‹nnbsp›", "\u{202F}"),
        ("‹nbhy›", "\u{2011}"),
        ("‹lro›", "\u{202D}"),
        ("‹pdf›", "\u{202C}"),
        ("‹lrm›", "\u{200E}"),
        ("‹zwsp›", "\u{200B}"),
        ("‹bom›", "\u{FEFF}"),
        ("‹tab›", "\t"),
        ("‹iso›", "\u{2068}"),
        ("‹pdi›", "\u{2069}"),
        ("‹shy›", "\u{AD}"),
    ]
    .iter()
    .fold(written.to_owned(), |text, (name, mark)| {
        text.replace(name, mark)
    })
}

#[test]
fn every_spelling_of_a_number_is_the_same_number() {
    let mut wrong = Vec::new();
    let mut spellings: BTreeMap<&str, usize> = BTreeMap::new();
    for [country, written, e164, extension] in rows() {
        *spellings.entry(e164).or_default() += 1;
        let found = Phone::parse(&typed(written), Country::of(country));
        let found = found
            .as_ref()
            .map(|phone| (phone.e164(), phone.extension().unwrap_or_default()));
        if found != Some((e164, extension)) {
            wrong.push(format!(
                "{country} {written}: {found:?}, not {e164} {extension}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows().count() >= 200, "{} rows", rows().count());
    assert!(spellings.len() >= 60, "{} numbers", spellings.len());
}

#[test]
fn how_a_number_is_shown_is_read_as_the_same_number() {
    for [country, written, e164, extension] in rows() {
        for reader in ["", country, "US", "GB", "CN", "DE", "IT", "AR"] {
            let shown = display(&typed(written), Country::of(country), Country::of(reader));
            let read = Phone::parse(&shown, Country::of(reader));
            let read = read
                .as_ref()
                .map(|phone| (phone.e164(), phone.extension().unwrap_or_default()));
            assert_eq!(read, Some((e164, extension)), "{shown} for {reader}");
        }
    }
}

#[test]
fn what_is_no_number_is_none_for_any_reader() {
    for words in NO_NUMBERS {
        for home in ["", "US", "GB", "DE", "CN", "IN", "AE"] {
            assert_eq!(
                Phone::parse(words, Country::of(home)).map(|phone| phone.e164().to_owned()),
                None,
                "{words:?} {home}"
            );
        }
    }
}

#[test]
fn a_national_number_is_none_without_a_country_and_its_reader_s_form_is_short() {
    let (gb, de) = (Country::of("GB"), Country::of("DE"));
    assert_eq!(Phone::parse("020 7946 0958", None), None);
    assert_eq!(display("+442079460958", None, gb), "020 7946 0958");
    assert_eq!(display("+442079460958", None, de), "+44 20 7946 0958");
    assert_eq!(display("+442079460958", None, None), "+44 20 7946 0958");
    assert_eq!(
        display("+14155550100x12", None, Country::of("CA")),
        "(415) 555-0100 ext. 12"
    );
    assert_eq!(display("after 5", None, gb), "after 5");
    let phone = Phone::parse("+44 20 7946 0958", None).expect("a number");
    assert_eq!(phone.country(), gb);
    assert_eq!(phone.searched_digits(), ["442079460958", "02079460958"]);
    assert_eq!(
        format!("{phone:?}"),
        "Phone(…)",
        "a number is not logged by accident"
    );
}

#[test]
fn unfinished_numbers_look_like_numbers_and_words_do_not() {
    for part in [
        "0958",
        "+44 (0)20",
        "(138) 0013-8000",
        "１３８",
        "٠٥٠",
        "7946‑0958",
        "112",
    ] {
        assert!(looks_like_number(part), "{part}");
    }
    for other in ["", "a1", "1+1", "50%", "+", "Anna", "5 pm", "٪"] {
        assert!(!looks_like_number(other), "{other}");
    }
}

#[test]
fn garbage_of_every_kind_is_answered() {
    let pieces = [
        "+",
        "0",
        "(",
        ")",
        "٣",
        "９",
        "x",
        ";ext=",
        ";phone-context=",
        "tel:",
        "\u{202E}",
        "ß",
        "😀",
        "7",
        " ",
        "İ",
        "#",
        "分机",
    ];
    // Every row of four: what people's fingers and copied pages bring.
    for one in pieces {
        for two in pieces {
            for three in pieces {
                for four in pieces {
                    let text = format!("{one}{two}{three}{four}{one}{three}12345678");
                    let _ = Phone::parse(&text, Country::of("DE"));
                    let _ = text::fold(&text);
                }
            }
        }
    }
}
