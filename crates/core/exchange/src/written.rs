//! Records written for other programs, so that they can be read back the same: CSV rows and vCards.

use crate::people::{CHANNELS, TIMES, escaped, joined, name_of, written_consent};
use protocol::exchange::CustomerRecord;
use protocol::rest::IdentityKind;

/// The columns of our own files, by which they are known again and read exactly.
pub const COLUMNS: [&str; 13] = [
    "name",
    "phones",
    "emails",
    "handles",
    "language",
    "vip",
    "labels",
    "note",
    "attributes",
    "preferred_channel",
    "preferred_time",
    "preferred_site",
    "consents",
];

/// Stands behind the last column of a file of refused rows; importing leaves it out.
pub const REASON_COLUMN: &str = "warmline_reason";

/// Fields as one line of CSV with its line end.
#[must_use]
pub fn csv_line<'a>(fields: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (index, field) in fields.enumerate() {
        if index > 0 {
            line.push(',');
        }
        let is_plain = !field.contains([',', ';', '\t', '"', '\n', '\r', '|'])
            && !field.starts_with(' ')
            && !field.ends_with(' ');
        if is_plain {
            line.push_str(field);
        } else {
            line.push('"');
            line.push_str(&field.replace('"', "\"\""));
            line.push('"');
        }
    }
    line.push_str("\r\n");
    line
}

/// With the mark by which spreadsheet programs know UTF-8.
#[must_use]
pub fn csv_header() -> String {
    format!("\u{FEFF}{}", csv_line(COLUMNS.into_iter()))
}

/// One record as a line under [`csv_header`].
#[must_use]
pub fn csv_row(record: &CustomerRecord) -> String {
    let of_kind = |kind: IdentityKind| {
        let values = record.identities.iter().filter(|one| one.kind == kind);
        joined(values.map(|one| one.value.reveal().as_str()))
    };
    let attributes = record.attributes.iter().map(|attribute| {
        let name = escaped(&attribute.name).replace(':', "\\:");
        format!("{name}: {}", escaped(attribute.value.reveal()))
    });
    let attributes = Vec::from_iter(attributes).join("\n");
    let consents = Vec::from_iter(record.consents.iter().map(written_consent)).join("\n");
    let preferences = &record.preferences;
    let channel = preferences
        .channel
        .map_or("", |one| name_of(&CHANNELS, &one));
    let time = preferences.time.map_or("", |one| name_of(&TIMES, &one));
    let (phones, mails, handles) = (
        of_kind(IdentityKind::Phone),
        of_kind(IdentityKind::Email),
        of_kind(IdentityKind::Handle),
    );
    let labels = joined(record.labels.iter().map(String::as_str));
    let fields = [
        record.name.reveal().as_str(),
        &phones,
        &mails,
        &handles,
        record.language.as_deref().unwrap_or(""),
        if record.is_vip { "yes" } else { "no" },
        &labels,
        record.note.reveal(),
        &attributes,
        channel,
        time,
        preferences.site.as_deref().unwrap_or(""),
        &consents,
    ];
    // No spreadsheet program runs what is text here.
    let safe: Vec<_> = fields.iter().map(|field| text::cell(field)).collect();
    csv_line(safe.iter().map(AsRef::as_ref))
}

/// One record as a vCard 4.0 (RFC 6350), lines folded at 75 bytes.
#[must_use]
pub fn card(record: &CustomerRecord) -> String {
    let mut card = Folded::default();
    card.line("BEGIN", "VCARD");
    card.line("VERSION", "4.0");
    card.line("FN", &value(record.name.reveal()));
    for identity in &record.identities {
        let property = match identity.kind {
            IdentityKind::Phone => "TEL",
            IdentityKind::Email => "EMAIL",
            IdentityKind::Handle => "IMPP",
            IdentityKind::Visitor => continue,
        };
        card.line(property, &value(identity.value.reveal()));
    }
    if let Some(language) = &record.language {
        card.line("LANG", &value(language));
    }
    if !record.labels.is_empty() {
        let labels = Vec::from_iter(record.labels.iter().map(|label| value(label)));
        card.line("CATEGORIES", &labels.join(","));
    }
    if !record.note.reveal().is_empty() {
        card.line("NOTE", &value(record.note.reveal()));
    }
    if record.is_vip {
        card.line("X-WARMLINE-VIP", "yes");
    }
    for attribute in &record.attributes {
        let both = [value(&attribute.name), value(attribute.value.reveal())];
        card.line("X-WARMLINE-ATTRIBUTE", &both.join(";"));
    }
    let preferences = &record.preferences;
    if let Some(channel) = preferences.channel {
        card.line("X-WARMLINE-CHANNEL", name_of(&CHANNELS, &channel));
    }
    if let Some(time) = preferences.time {
        card.line("X-WARMLINE-TIME", name_of(&TIMES, &time));
    }
    if let Some(site) = &preferences.site {
        card.line("X-WARMLINE-SITE", &value(site));
    }
    for consent in &record.consents {
        card.line("X-WARMLINE-CONSENT", &written_consent(consent));
    }
    card.line("END", "VCARD");
    card.text
}

fn value(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(',', "\\,")
        .replace(';', "\\;")
        .replace("\r\n", "\\n")
        .replace(['\n', '\r'], "\\n")
}

/// Longest line of a card without its end, in bytes.
const LINE_BYTES: usize = 75;

#[derive(Default)]
struct Folded {
    text: String,
}

impl Folded {
    fn line(&mut self, property: &str, value: &str) {
        let mut length = 0;
        for letter in property.chars().chain([':']).chain(value.chars()) {
            if length + letter.len_utf8() > LINE_BYTES {
                self.text.push_str("\r\n ");
                length = 1;
            }
            self.text.push(letter);
            length += letter.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}
