//! What tables and cards have in common: lists in one field, yes and no in many languages, preferences and consents as
//! our own files write them.

use crate::Refusal;
use protocol::record::{
    Attribute, Consent, ConsentKind, ConsentSource, ContactChannel, ContactTime,
};
use protocol::rest::{Identity, IdentityKind};
use vocab::{Millis, Sensitive};

/// How several values stand in one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lists {
    /// As people write them: one a line, or divided by semicolons and bars.
    Loose,
    /// As our own files write them: one a line, with `\n` and `\\` for a line break and a backslash within one.
    Exact,
}

impl Lists {
    pub(crate) fn split(self, field: &str) -> Vec<String> {
        let parts: Vec<String> = match self {
            Self::Loose => field
                .split(['\n', '\r', ';', '；', '|'])
                .flat_map(|part| part.split(" ::: "))
                .map(ToOwned::to_owned)
                .collect(),
            Self::Exact => field.split('\n').map(unescaped).collect(),
        };
        let parts = parts.into_iter().map(|part| part.trim().to_owned());
        parts.filter(|part| !part.is_empty()).collect()
    }

    /// Labels and addresses are divided by commas, too; numbers never are.
    pub(crate) fn split_words(self, field: &str) -> Vec<String> {
        let parts = self.split(field);
        if self == Self::Exact {
            return parts;
        }
        let words = parts.iter().flat_map(|part| part.split([',', '，', '、']));
        let words = words.map(|word| word.trim().to_owned());
        words.filter(|word| !word.is_empty()).collect()
    }
}

pub(crate) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => plain.push('\\'),
            },
            other => plain.push(other),
        }
    }
    plain
}

/// A line break within a value of a list, so that [`unescaped`] gives it back.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace("\r\n", "\\n")
        .replace(['\n', '\r'], "\\n")
}

/// A list as [`Lists::Exact`] reads it.
pub(crate) fn joined<'a>(values: impl Iterator<Item = &'a str>) -> String {
    Vec::from_iter(values.map(escaped)).join("\n")
}

const YES: [&str; 16] = [
    "1", "true", "yes", "y", "x", "ja", "oui", "sí", "si", "sim", "да", "vip", "是", "はい", "예",
    "wahr",
];
const NO: [&str; 13] = [
    "",
    "0",
    "false",
    "no",
    "n",
    "-",
    "nein",
    "non",
    "não",
    "нет",
    "否",
    "いいえ",
    "falsch",
];

/// # Errors
/// When it is neither.
pub(crate) fn yes_or_no(field: &str) -> Result<bool, Refusal> {
    let word = field.trim().to_lowercase();
    if YES.contains(&word.as_str()) {
        Ok(true)
    } else if NO.contains(&word.as_str()) {
        Ok(false)
    } else {
        Err(Refusal::new("VIP: write yes or no"))
    }
}

/// Names of the channels in files.
pub const CHANNELS: [(&str, ContactChannel); 4] = [
    ("voice", ContactChannel::Voice),
    ("email", ContactChannel::Email),
    ("sms", ContactChannel::Sms),
    ("chat", ContactChannel::Chat),
];

/// Names of the times of day in files.
pub const TIMES: [(&str, ContactTime); 4] = [
    ("morning", ContactTime::Morning),
    ("afternoon", ContactTime::Afternoon),
    ("evening", ContactTime::Evening),
    ("weekend", ContactTime::Weekend),
];

const KINDS: [(&str, ConsentKind); 4] = [
    ("recording", ConsentKind::Recording),
    ("marketing", ConsentKind::Marketing),
    ("survey", ConsentKind::Survey),
    ("prediction", ConsentKind::Prediction),
];

const SOURCES: [(&str, ConsentSource); 4] = [
    ("customer_page", ConsentSource::CustomerPage),
    ("conversation", ConsentSource::Conversation),
    ("written", ConsentSource::Written),
    ("imported", ConsentSource::Imported),
];

pub(crate) fn named<T: Copy>(list: &[(&str, T)], field: &str) -> Option<T> {
    let word = field.trim().to_lowercase();
    let found = list.iter().find(|(name, _)| *name == word);
    found.map(|(_, value)| *value)
}

pub(crate) fn name_of<T: PartialEq>(list: &[(&'static str, T)], value: &T) -> &'static str {
    let found = list.iter().find(|(_, one)| one == value);
    found.map_or("", |(name, _)| *name)
}

/// A consent as our own files write it: `recording yes 1764550000000 written`, the time in milliseconds of UTC.
///
/// # Errors
/// When it is of another form.
pub fn named_consent(text: &str) -> Result<Consent, Refusal> {
    let wrong = || {
        Refusal::new(
            "consents: write a kind, yes or no, the time in milliseconds and how, as: recording yes 1764550000000 written",
        )
    };
    let mut words = text.split_whitespace();
    let kind = words.next().and_then(|word| named(&KINDS, word));
    let is_given = match words.next() {
        Some("yes") => true,
        Some("no") => false,
        _ => return Err(wrong()),
    };
    let given_at = words.next().and_then(|word| word.parse().ok()).map(Millis);
    let source = words.next().and_then(|word| named(&SOURCES, word));
    match (kind, given_at, source, words.next()) {
        (Some(kind), Some(given_at), Some(source), None) => Ok(Consent {
            kind,
            is_given,
            given_at,
            source,
        }),
        _ => Err(wrong()),
    }
}

pub(crate) fn written_consent(consent: &Consent) -> String {
    let answer = if consent.is_given { "yes" } else { "no" };
    let (kind, source) = (
        name_of(&KINDS, &consent.kind),
        name_of(&SOURCES, &consent.source),
    );
    format!("{kind} {answer} {} {source}", consent.given_at.0)
}

pub(crate) fn identity(kind: IdentityKind, value: &str) -> Identity {
    Identity::new(kind, value.trim())
}

/// `Name: value` with the escapes of [`escaped`]; a colon within the name is written `\:`.
///
/// # Errors
/// When there is no colon.
pub(crate) fn attribute_of(text: &str) -> Result<Attribute, Refusal> {
    let mut name = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ':' => {
                return Ok(Attribute {
                    name: name.trim().to_owned(),
                    value: Sensitive::new(unescaped(letters.as_str().trim())),
                });
            }
            '\\' => name.extend(
                letters
                    .next()
                    .map(|next| if next == 'n' { '\n' } else { next }),
            ),
            other => name.push(other),
        }
    }
    Err(Refusal::new("attributes: write one a line, as Name: value"))
}
