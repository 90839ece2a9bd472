//! vCards of every version, as phones and programs write them.

use exchange::{Card, Cards};
use protocol::exchange::CustomerRecord;
use protocol::rest::IdentityKind;

fn cards(text: &str, size: usize) -> Vec<Card> {
    let mut cards = Cards::default();
    let letters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for piece in letters.chunks(size) {
        cards.feed(&piece.iter().collect::<String>());
        while let Some(card) = cards.next_card() {
            found.push(card);
        }
    }
    cards.finish();
    while let Some(card) = cards.next_card() {
        found.push(card);
    }
    found.extend(cards.unfinished());
    found
}

fn one(text: &str) -> CustomerRecord {
    let small = cards(text, 3);
    let whole = cards(text, 1_000_000);
    assert_eq!(small, whole, "in pieces it is the same");
    assert_eq!(whole.len(), 1, "{whole:?}");
    whole[0].record.clone().unwrap()
}

fn values(record: &CustomerRecord, kind: IdentityKind) -> Vec<&str> {
    let of_kind = record.identities.iter().filter(|one| one.kind == kind);
    of_kind.map(|one| one.value.reveal().as_str()).collect()
}

#[test]
fn version_2_1_with_quoted_printable_and_charsets() {
    let chen = one("BEGIN:VCARD\r\nVERSION:2.1\r\n\
        N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E9=99=88;=E7=8E=89=E5=85=B0;;;\r\n\
        TEL;CELL;PREF:+86 138 0013 8000\r\nTEL;WORK:010 8888 7777\r\n\
        NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=GBK:=C9=CF=CE=E7=\r\n=B4=F2=B5=E7=BB=B0\r\n\
        PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQ\r\n AAAQABAAD\r\n\r\nEMAIL;INTERNET:chen@example.cn\r\nEND:VCARD\r\n");
    assert_eq!(chen.name.reveal(), "陈玉兰");
    assert_eq!(
        values(&chen, IdentityKind::Phone),
        ["+86 138 0013 8000", "010 8888 7777"]
    );
    assert_eq!(values(&chen, IdentityKind::Email), ["chen@example.cn"]);
    assert_eq!(chen.note.reveal(), "上午打电话");
}

#[test]
fn version_3_0_with_groups_folds_and_escapes() {
    let anna = one(
        "BEGIN:VCARD\nVERSION:3.0\nFN:Anna M\n arsh\nN:Marsh;Anna;;;\nORG:North\\, West;Sales\n\
        item1.TEL;TYPE=CELL:0161 496 0000\nitem1.X-ABLabel:mobile\nEMAIL;TYPE=INTERNET,HOME:anna@example.com\n\
        ADR;TYPE=HOME:;;1 Hill Rd;Leeds;;LS1;UK\nNOTE:first\\nsecond\\; third\nCATEGORIES:gold,retail\\,uk\nEND:VCARD\n",
    );
    assert_eq!(anna.name.reveal(), "Anna Marsh");
    assert_eq!(anna.note.reveal(), "first\nsecond; third");
    assert_eq!(anna.labels, ["gold", "retail,uk"]);
    let attributes: Vec<(&str, &str)> = anna
        .attributes
        .iter()
        .map(|one| (one.name.as_str(), one.value.reveal().as_str()))
        .collect();
    assert_eq!(
        attributes,
        [
            ("Company", "North, West, Sales"),
            ("Address", "1 Hill Rd, Leeds, LS1, UK")
        ]
    );
}

#[test]
fn version_4_0_with_uris_and_languages() {
    let noor = one(
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Noor Rao\r\nTEL;VALUE=uri;TYPE=\"voice,cell\":tel:+44-161-496-0000;ext=12\r\n\
        EMAIL:mailto:noor@example.com\r\nLANG;PREF=2:en\r\nLANG;PREF=1:hi-IN\r\nIMPP:wechat:noor\r\nX-WARMLINE-VIP:yes\r\nEND:VCARD\r\n",
    );
    assert_eq!(
        values(&noor, IdentityKind::Phone),
        ["+44-161-496-0000 ext. 12"]
    );
    assert_eq!(values(&noor, IdentityKind::Email), ["noor@example.com"]);
    assert_eq!(values(&noor, IdentityKind::Handle), ["wechat:noor"]);
    assert_eq!(
        (noor.language.as_deref(), noor.is_vip),
        (Some("hi-IN"), true)
    );
}

#[test]
fn several_cards_stand_behind_each_other_and_a_bad_one_costs_itself_only() {
    let text = "BEGIN:VCARD\nVERSION:3.0\nFN:One\nEND:VCARD\n\nBEGIN:VCARD\nVERSION:3.0\nTEL:\nEND:VCARD\n\
        BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Friends\nEND:VCARD\nnonsense\nBEGIN:VCARD\nFN:Four\nEND:VCARD\nBEGIN:VCARD\nFN:Five\n";
    let found = cards(text, 5);
    let names: Vec<Option<&str>> = found
        .iter()
        .map(|card| {
            card.record
                .as_ref()
                .ok()
                .map(|one| one.name.reveal().as_str())
        })
        .collect();
    assert_eq!(names, [Some("One"), None, None, Some("Four"), None]);
    let lines: Vec<u64> = found.iter().map(|card| card.line).collect();
    assert_eq!(lines, [1, 6, 10, 16, 19]);
}

#[test]
fn a_picture_of_ten_megabytes_is_passed_over() {
    let photo = "A".repeat(10 * 1_024 * 1_024);
    for text in [
        format!(
            "BEGIN:VCARD\nVERSION:4.0\nFN:Anna\nPHOTO:data:image/jpeg;base64,{photo}\nTEL:112\nEND:VCARD\n"
        ),
        format!(
            "BEGIN:VCARD\nVERSION:3.0\nFN:Anna\nPHOTO;ENCODING=b:\n {}\nTEL:112\nEND:VCARD\n",
            photo
                .as_bytes()
                .chunks(70)
                .map(|line| String::from_utf8_lossy(line))
                .collect::<Vec<_>>()
                .join("\n ")
        ),
    ] {
        let found = cards(&text, 64 * 1_024);
        let anna = found[0].record.as_ref().unwrap();
        assert_eq!(
            (
                anna.name.reveal().as_str(),
                values(anna, IdentityKind::Phone)
            ),
            ("Anna", vec!["112"])
        );
        assert!(found[0].text.len() < 1_000);
    }
}
