//! Tables: rows, what their columns are, and who comes of them.

use exchange::{
    Columns, Row, RowsFault, Step, Table, delimiter_of, guess_by_values, guess_columns, has_header,
};
use protocol::exchange::{ColumnTarget, CustomerRecord};
use protocol::rest::IdentityKind;

fn rows(text: &str, delimiter: u8, size: usize) -> Vec<Result<Row, (u64, RowsFault)>> {
    let mut table = Table::new(delimiter);
    let mut found = Vec::new();
    let letters: Vec<char> = text.chars().collect();
    let mut pieces = letters.chunks(size);
    loop {
        match table.step() {
            Step::Row(row) => found.push(Ok(row)),
            Step::Bad { line, fault, .. } => found.push(Err((line, fault))),
            Step::End => return found,
            Step::Starved => match pieces.next() {
                Some(piece) => table.feed(&piece.iter().collect::<String>()),
                None => table.finish(),
            },
        }
    }
}

/// In pieces of every size the rows are the same.
fn check(text: &str, delimiter: u8, expected: &[(u64, &[&str])]) {
    for size in [1, 2, 5, 100_000] {
        let found: Vec<Row> = rows(text, delimiter, size)
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let found: Vec<(u64, Vec<&str>)> = found
            .iter()
            .map(|row| (row.line, row.fields().collect()))
            .collect();
        let expected: Vec<(u64, Vec<&str>)> = expected
            .iter()
            .map(|(line, fields)| (*line, fields.to_vec()))
            .collect();
        assert_eq!(found, expected, "in pieces of {size}");
    }
}

#[test]
fn rows_are_read_with_quotes_line_breaks_and_blank_lines() {
    check(
        "a,b\r\n1,2\r\n",
        b',',
        &[(1, &["a", "b"]), (2, &["1", "2"])],
    );
    check(
        "a;b\n\n\n\"x\n\"\"y\"\"\";2",
        b';',
        &[(1, &["a", "b"]), (4, &["x\n\"y\"", "2"])],
    );
    check(
        "a\tb\n1\t\"2,3\"\n4\t5",
        b'\t',
        &[(1, &["a", "b"]), (2, &["1", "2,3"]), (3, &["4", "5"])],
    );
    check(
        "\"a\r\nb\",c\r\nd,e",
        b',',
        &[(1, &["a\r\nb", "c"]), (3, &["d", "e"])],
    );
    check(
        "5\" pipe,6\" pipe\nx,y",
        b',',
        &[(1, &["5\" pipe", "6\" pipe"]), (2, &["x", "y"])],
    );
    check("", b',', &[]);
}

#[test]
fn a_quotation_mark_that_never_closes_costs_its_own_row_only() {
    let text = "name,phone\nAnna,1\n\"Noor,2\nSam,3\nEva,4\n";
    for size in [1, 7, 1_000] {
        let found = rows(text, b',', size);
        assert_eq!(
            found.get(2),
            Some(&Err((3, RowsFault::OpenQuote))),
            "in pieces of {size}"
        );
        let names: Vec<&str> = found
            .iter()
            .flatten()
            .filter_map(|row| row.get(0))
            .collect();
        assert_eq!(names, ["name", "Anna", "Sam", "Eva"]);
    }
}

#[test]
fn a_flood_is_refused_and_never_kept() {
    let columns = ",".repeat(1_000_000);
    let found = rows(&format!("{columns}\na,b\n"), b',', 64 * 1_024);
    assert_eq!(found.first(), Some(&Err((1, RowsFault::TooManyFields))));
    assert_eq!(found.last().unwrap().as_ref().unwrap().get(0), Some("a"));
    let long = "x".repeat(3 * 1_024 * 1_024);
    let found = rows(&format!("a,b\n{long}\nc,d\n"), b',', 64 * 1_024);
    assert_eq!(found.get(1), Some(&Err((2, RowsFault::TooLong))));
    assert_eq!(found.last().unwrap().as_ref().unwrap().get(0), Some("c"));
    let quotes = "\"x\n".repeat(1_001);
    let found = rows(&quotes, b',', 64 * 1_024);
    assert!(found.len() < 1_500);
}

#[test]
fn the_delimiter_is_what_divides_most_rows_alike() {
    for (text, expected) in [
        ("name,phone\nAnna,1\n", b','),
        ("name;phone;note\nAnna;1;a, b, c\nNoor;2;d\n", b';'),
        ("name\tphone\nMarsh, Anna\t1\nRao, Noor\t2\n", b'\t'),
        ("name|phone\nAnna|1\n", b'|'),
        ("sep=;\nname;phone\n", b';'),
        ("name\nAnna\nNoor\n", b','),
        ("\"a;b\",c\n\"d;e;f\",g\n", b','),
    ] {
        assert_eq!(delimiter_of(text), expected, "{text}");
    }
}

fn targets(header: &[&str]) -> Vec<ColumnTarget> {
    let columns = guess_columns(header.iter().copied());
    columns.into_iter().map(|column| column.target).collect()
}

#[test]
fn columns_are_known_by_their_names_in_many_languages() {
    use ColumnTarget::{
        Attribute, Email, FamilyName, GivenName, Labels, Language, Name, Note, Nothing, Phone, Vip,
    };
    for (header, expected) in [
        (vec!["Name", "Phone", "E-mail"], vec![Name, Phone, Email]),
        (
            vec!["First Name", "Last Name", "Mobile Phone", "E-mail Address"],
            vec![GivenName, FamilyName, Phone, Email],
        ),
        (
            vec![
                "Vorname",
                "Nachname",
                "Telefon (geschäftlich)",
                "E-Mail-Adresse",
                "Bemerkungen",
            ],
            vec![GivenName, FamilyName, Phone, Email, Note],
        ),
        (
            vec!["姓名", "手机号码", "电子邮箱", "备注", "标签", "语言"],
            vec![Name, Phone, Email, Note, Labels, Language],
        ),
        (
            vec!["客戶姓名", "聯絡電話", "電子郵件", "備註"],
            vec![Name, Phone, Email, Note],
        ),
        (
            vec!["氏名", "電話番号", "メールアドレス"],
            vec![Name, Phone, Email],
        ),
        (
            vec!["Prénom", "Nom", "Téléphone", "Courriel"],
            vec![GivenName, FamilyName, Phone, Email],
        ),
        (
            vec!["Nombre", "Apellidos", "Teléfono", "Correo electrónico"],
            vec![Name, FamilyName, Phone, Email],
        ),
        (
            vec![
                "Given Name",
                "Phone 1 - Type",
                "Phone 1 - Value",
                "E-mail 1 - Value",
                "Organization 1 - Name",
            ],
            vec![GivenName, Nothing, Phone, Email, Attribute],
        ),
        (vec!["ФИО", "Телефон", "Почта"], vec![Name, Phone, Email]),
        (
            vec!["name", "vip", "Contract", "", "warmline_reason"],
            vec![Name, Vip, Attribute, Nothing, Nothing],
        ),
        (
            vec!["Phone", "Phone", "Name", "Name"],
            vec![Phone, Phone, Name, Attribute],
        ),
    ] {
        assert_eq!(targets(&header), expected, "{header:?}");
    }
}

#[test]
fn a_header_is_told_from_a_customer() {
    assert!(has_header(["Name", "Nummer"].into_iter()));
    assert!(has_header(["Colour", "Size"].into_iter()));
    assert!(!has_header(["Anna Marsh", "+44 161 496 0000"].into_iter()));
    assert!(!has_header(["Anna Marsh", "anna@example.com"].into_iter()));
    let columns =
        guess_by_values(["Anna Marsh", "+44 161 496 0000", "anna@example.com"].into_iter());
    let targets: Vec<_> = columns.into_iter().map(|column| column.target).collect();
    assert_eq!(
        targets,
        [ColumnTarget::Name, ColumnTarget::Phone, ColumnTarget::Email]
    );
}

fn record(header: &[&str], fields: &[&str]) -> Result<CustomerRecord, String> {
    let columns = Columns::new(
        guess_columns(header.iter().copied()),
        Some(&Row::of(1, header)),
    );
    columns
        .record(&Row::of(2, fields))
        .map_err(|refusal| refusal.to_string())
}

fn values(record: &CustomerRecord, kind: IdentityKind) -> Vec<&str> {
    let of_kind = record.identities.iter().filter(|one| one.kind == kind);
    of_kind.map(|one| one.value.reveal().as_str()).collect()
}

#[test]
fn a_row_becomes_a_record() {
    let header = [
        "First Name",
        "Last Name",
        "Phone",
        "E-mail",
        "Notes",
        "Tags",
        "VIP",
        "Contract",
    ];
    let fields = [
        "Anna",
        "Marsh",
        "+44 161 496 0000; 0161 496 0001",
        "a@example.com, b@example.com",
        "calls early",
        "gold, retail",
        "yes",
        "NW-1",
    ];
    let anna = record(&header, &fields).unwrap();
    assert_eq!(anna.name.reveal(), "Anna Marsh");
    assert_eq!(
        values(&anna, IdentityKind::Phone),
        ["+44 161 496 0000", "0161 496 0001"]
    );
    assert_eq!(
        values(&anna, IdentityKind::Email),
        ["a@example.com", "b@example.com"]
    );
    assert_eq!(
        (anna.note.reveal().as_str(), anna.is_vip),
        ("calls early", true)
    );
    assert_eq!(anna.labels, ["gold", "retail"]);
    assert_eq!(anna.attributes[0].name, "Contract");
    let chen = record(&["姓", "名", "手机"], &["陈", "玉兰", "13800138000"]).unwrap();
    assert_eq!(chen.name.reveal(), "陈玉兰");
    let firm = record(&["Name", "Company", "Phone"], &["", "Northwind", "112"]).unwrap();
    assert_eq!(firm.name.reveal(), "Northwind");
    let reached = record(&["Name", "Mail"], &["", "x@example.com"]).unwrap();
    assert_eq!(reached.name.reveal(), "x@example.com");
    let formula = record(&["Name", "Note"], &["Eve", "=cmd|' /C calc'!A0"]).unwrap();
    assert_eq!(formula.note.reveal(), "=cmd|' /C calc'!A0");
}

#[test]
fn a_row_that_cannot_be_read_says_why() {
    for (header, fields, named) in [
        (vec!["Name", "Phone"], vec!["", ""], "no name"),
        (
            vec!["Name", "Phone"],
            vec!["Marsh", " Anna", "112"],
            "more fields than columns",
        ),
        (vec!["Name", "VIP"], vec!["Anna", "perhaps"], "VIP"),
        (
            vec!["Name", "preferred_channel"],
            vec!["Anna", "pigeon"],
            "preferred channel",
        ),
        (
            vec!["Name", "consents"],
            vec!["Anna", "whatever"],
            "consents",
        ),
    ] {
        let why = record(&header, &fields).unwrap_err();
        assert!(why.contains(named), "{why}");
        assert!(!why.contains("Anna"), "{why}");
    }
}
