//! What a file is written in.

use exchange::{NotText, Sniffer, TextDecoder};

const TEXT: &str =
    "姓名,电话\n陈玉兰,+86 138 0013 8000\n张伟,010-8888 7777\n李娜，北京分公司,021-5555 6666\n";

fn utf16(text: &str, is_little: bool, has_mark: bool) -> Vec<u8> {
    let mark = has_mark.then_some(0xFEFF);
    let units = mark.into_iter().chain(text.encode_utf16());
    let bytes = units.flat_map(|unit| {
        if is_little {
            unit.to_le_bytes()
        } else {
            unit.to_be_bytes()
        }
    });
    bytes.collect()
}

fn encoded(text: &str, encoding: &'static encoding_rs::Encoding) -> Vec<u8> {
    let (bytes, _, had_errors) = encoding.encode(text);
    assert!(!had_errors);
    bytes.into_owned()
}

/// Fed in pieces of every size, the guess and the text are the same.
fn check(bytes: &[u8], encoding: &str, text: &str) {
    for size in [1, 3, 7, 4_096] {
        let mut sniffer = Sniffer::default();
        bytes.chunks(size).for_each(|piece| sniffer.feed(piece));
        let guess = sniffer.finish().unwrap();
        assert_eq!(guess.encoding, encoding, "{text}");
        let mut decoder = TextDecoder::new(guess.encoding).unwrap();
        let mut read = String::new();
        bytes
            .chunks(size)
            .for_each(|piece| decoder.feed(piece, false, &mut read));
        decoder.feed(b"", true, &mut read);
        assert_eq!(read, text);
    }
}

#[test]
fn a_file_is_read_in_whatever_it_was_saved() {
    check(TEXT.as_bytes(), "utf-8", TEXT);
    check(format!("\u{FEFF}{TEXT}").as_bytes(), "utf-8", TEXT);
    check(&utf16(TEXT, true, true), "utf-16le", TEXT);
    check(&utf16(TEXT, false, true), "utf-16be", TEXT);
    let latin = "name;phone\nAnna Marsh;+44 161 496 0000\n";
    check(&utf16(latin, true, false), "utf-16le", latin);
    check(&utf16(latin, false, false), "utf-16be", latin);
    check(&encoded(TEXT, encoding_rs::GB18030), "gb18030", TEXT);
    let german = "Name;Telefon;Straße\nJörg Müller;0221 4710;Königsallee 1\nÄnne Groß;0221 4711;Grüner Weg 5\n";
    check(
        &encoded(german, encoding_rs::WINDOWS_1252),
        "windows-1252",
        german,
    );
}

#[test]
fn a_file_that_is_no_text_is_refused_with_what_to_do() {
    let mut rng = 7_u32;
    let noise = std::iter::repeat_with(|| {
        rng = rng.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (rng >> 24) as u8
    });
    let noise: Vec<u8> = noise.take(20_000).collect();
    let cases: [(&[u8], NotText); 8] = [
        (b"", NotText::Empty),
        (b"\xEF\xBB\xBF", NotText::Empty),
        (b"\xFF\xFE", NotText::Empty),
        (b"PK\x03\x04\x14\x00\x06\x00", NotText::Archive),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", NotText::OldWorkbook),
        (b"%PDF-1.7", NotText::Document),
        (b"\x1F\x8B\x08\x00", NotText::Compressed),
        (&noise, NotText::Binary),
    ];
    for (bytes, expected) in cases {
        let mut sniffer = Sniffer::default();
        sniffer.feed(bytes);
        assert_eq!(sniffer.finish(), Err(expected));
    }
    assert!(NotText::Archive.to_string().contains("save it as CSV"));
}

#[test]
fn what_does_not_belong_to_the_encoding_is_marked() {
    let mut decoder = TextDecoder::new("utf-8").unwrap();
    let mut text = String::new();
    decoder.feed(b"J\xF6rg", true, &mut text);
    assert_eq!(text, "J\u{FFFD}rg");
    assert!(TextDecoder::new("klingon").is_none());
}
