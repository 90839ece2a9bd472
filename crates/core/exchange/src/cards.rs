//! vCards 2.1, 3.0 and 4.0, one after the other out of text that arrives in pieces.

use crate::Refusal;
use crate::columns::Draft;
use crate::content::{Line, Lines, Property, parts};
use crate::people::{CHANNELS, TIMES, identity, named, named_consent, unescaped, yes_or_no};
use protocol::exchange::CustomerRecord;
use protocol::record::Attribute;
use protocol::rest::{Identity, IdentityKind};
use vocab::Sensitive;

/// Properties that are looked at within one card.
const MAX_PROPERTIES: usize = 1_000;

/// One card: where it begins, its text for a report, and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub line: u64,
    pub record: Result<CustomerRecord, Refusal>,
    /// As it stood there, unfolded and without pictures.
    pub text: String,
}

#[derive(Default)]
pub struct Cards {
    lines: Lines,
    open: Option<Open>,
}

/// A card of which the end has not come.
struct Open {
    line: u64,
    properties: Vec<Property>,
    text: String,
    depth: u32,
}

/// What has no use here and may be long.
const PICTURES: [&str; 4] = ["PHOTO", "LOGO", "SOUND", "KEY"];

/// Longest text that is kept of one card for a report.
const TEXT_BYTES: usize = 256 * 1_024;

impl Cards {
    pub fn feed(&mut self, text: &str) {
        self.lines.feed(text);
    }

    /// No more text comes.
    pub fn finish(&mut self) {
        self.lines.finish();
    }

    /// The next card; absent when more text is needed, or at the end.
    pub fn next_card(&mut self) -> Option<Card> {
        while let Some(line) = self.lines.next() {
            if let Some(card) = self.take(line) {
                return Some(card);
            }
        }
        None
    }

    /// What was begun and never ended, after the last card.
    pub fn unfinished(&mut self) -> Option<Card> {
        self.open.take().map(|open| Card {
            line: open.line,
            record: Err(Refusal::new(
                "the card has no END:VCARD; is the file whole?",
            )),
            text: open.text,
        })
    }

    fn take(&mut self, line: Line) -> Option<Card> {
        let property = Property::of(&line)?;
        let is_card = property.value.trim().eq_ignore_ascii_case("VCARD");
        match (property.name.as_str(), &mut self.open) {
            ("BEGIN", None) if is_card => {
                self.open = Some(Open {
                    line: line.number,
                    properties: Vec::new(),
                    text: String::new(),
                    depth: 0,
                });
                self.keep(&line);
                None
            }
            (_, None) => None,
            // A card within a card is an agent's, of vCard 2.1.
            ("BEGIN", Some(open)) if is_card => {
                open.depth += 1;
                None
            }
            ("END", Some(open)) if is_card && open.depth > 0 => {
                open.depth -= 1;
                None
            }
            ("END", Some(_)) if is_card => {
                self.keep(&line);
                self.open.take().map(whole)
            }
            (name, Some(open)) => {
                let is_wanted = open.depth == 0 && !PICTURES.contains(&name) && !line.is_cut;
                if is_wanted && open.properties.len() < MAX_PROPERTIES {
                    open.properties.push(property);
                    self.keep(&line);
                }
                None
            }
        }
    }

    fn keep(&mut self, line: &Line) {
        if let Some(open) = &mut self.open
            && open.text.len() + line.text.len() < TEXT_BYTES
        {
            open.text.push_str(&line.text);
            open.text.push_str("\r\n");
        }
    }
}

fn whole(open: Open) -> Card {
    Card {
        line: open.line,
        record: record(&open.properties),
        text: open.text,
    }
}

fn record(properties: &[Property]) -> Result<CustomerRecord, Refusal> {
    let mut draft = Draft::default();
    let mut parted = None;
    for property in properties {
        match property.name.as_str() {
            "FN" if draft.name.is_empty() => draft.name.push(text(&property.value)),
            "N" => parted = Some(property),
            "KIND" if property.value.trim().eq_ignore_ascii_case("group") => {
                return Err(Refusal::new("the card is a group's and not a person's"));
            }
            _ => take(&mut draft, property)?,
        }
    }
    if draft.name.iter().all(|name| name.trim().is_empty())
        && let Some(parted) = parted
    {
        let names = parts(&parted.value, ';');
        let part = |at: usize| names.get(at).map(|name| text(name)).unwrap_or_default();
        draft.given = [part(1), part(2)]
            .into_iter()
            .filter(|one| !one.is_empty())
            .collect();
        draft.family = vec![part(0)]
            .into_iter()
            .filter(|one| !one.is_empty())
            .collect();
    }
    draft.record()
}

fn text(value: &str) -> String {
    unescaped(value).trim().to_owned()
}

fn take(draft: &mut Draft, property: &Property) -> Result<(), Refusal> {
    let value = text(&property.value);
    if value.is_empty() {
        return Ok(());
    }
    let record = &mut draft.record;
    match property.name.as_str() {
        "TEL" => record
            .identities
            .push(identity(IdentityKind::Phone, &phone(&value))),
        "EMAIL" => {
            let address = strip_scheme(&value, "mailto:");
            record
                .identities
                .push(identity(IdentityKind::Email, address));
        }
        "IMPP" | "X-SOCIALPROFILE" => {
            let service = property.parameter("TYPE").unwrap_or("im");
            record.identities.push(handle(service, &value));
        }
        "X-WECHAT" | "X-QQ" | "X-SKYPE" | "X-TELEGRAM" | "X-LINE" => {
            let service = property.name.trim_start_matches("X-").to_ascii_lowercase();
            record.identities.push(handle(&service, &value));
        }
        "LANG" if record.language.is_none() || property.parameter("PREF") == Some("1") => {
            record.language = Some(value);
        }
        "CATEGORIES" => {
            let labels = parts(&property.value, ',');
            let labels = labels.iter().map(|label| text(label));
            record
                .labels
                .extend(labels.filter(|label| !label.is_empty()));
        }
        "NOTE" => draft.notes.push(value),
        "ORG" => {
            let units = named_parts(&property.value, ", ");
            draft.attribute(Some("Company"), &units);
        }
        "ADR" => {
            let address = named_parts(&property.value, ", ");
            let name = numbered("Address", &draft.record.attributes);
            draft.attribute(Some(&name), &address);
        }
        "TITLE" => draft.attribute(Some("Title"), &value),
        "BDAY" => draft.attribute(Some("Birthday"), &value),
        "X-WARMLINE-VIP" => record.is_vip = yes_or_no(&value)?,
        "X-WARMLINE-ATTRIBUTE" => {
            if let [name, value] = parts(&property.value, ';').as_slice() {
                record.attributes.push(Attribute {
                    name: text(name),
                    value: Sensitive::new(text(value)),
                });
            }
        }
        "X-WARMLINE-CHANNEL" => record.preferences.channel = named(&CHANNELS, &value),
        "X-WARMLINE-TIME" => record.preferences.time = named(&TIMES, &value),
        "X-WARMLINE-SITE" => record.preferences.site = Some(value),
        "X-WARMLINE-CONSENT" => record.consents.push(named_consent(&value)?),
        _ => {}
    }
    Ok(())
}

/// A name in a service; one that names its service already stays as it is.
fn handle(service: &str, name: &str) -> Identity {
    if name.contains(':') {
        identity(IdentityKind::Handle, name)
    } else {
        identity(IdentityKind::Handle, &format!("{service}:{name}"))
    }
}

/// `tel:+49-30-1234;ext=5` of vCard 4.0 as people write it.
fn phone(value: &str) -> String {
    let number = strip_scheme(value, "tel:");
    match number.split_once(";ext=") {
        Some((main, extension)) => format!("{main} ext. {extension}"),
        None => number
            .split(";phone-context")
            .next()
            .unwrap_or(number)
            .to_owned(),
    }
}

fn strip_scheme<'a>(value: &'a str, scheme: &str) -> &'a str {
    let is_there = value
        .get(..scheme.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme));
    if is_there {
        value.get(scheme.len()..).unwrap_or(value)
    } else {
        value
    }
}

/// The parts of a structured value that are not empty.
fn named_parts(value: &str, between: &str) -> String {
    let all = parts(value, ';');
    let all = all
        .iter()
        .map(|part| text(part))
        .filter(|part| !part.is_empty());
    Vec::from_iter(all).join(between)
}

fn numbered(name: &str, attributes: &[Attribute]) -> String {
    let before = attributes
        .iter()
        .filter(|one| one.name.starts_with(name))
        .count();
    if before == 0 {
        name.to_owned()
    } else {
        format!("{name} {}", before + 1)
    }
}
