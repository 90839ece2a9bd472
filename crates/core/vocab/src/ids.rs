//! Identifiers as distinct types, so that one is never passed for another.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use ts_rs::TS;

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident($int:ty)) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS,
            JsonSchema,
        )]
        #[serde(transparent)]
        #[ts(export, export_to = "vocab.ts", type = "number")]
        pub struct $name(pub $int);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

numeric_id!(
    /// An account of one organisation: agents, experts, supervisors, administrators.
    AgentId(u32)
);
numeric_id!(
    /// A queue of one organisation.
    QueueId(u32)
);
numeric_id!(
    /// Something that agents know to a degree and queues ask for.
    SkillId(u32)
);
numeric_id!(
    /// A place where agents of one organisation work.
    SiteId(u32)
);
numeric_id!(
    /// Business hours that queues share.
    ScheduleId(u32)
);
numeric_id!(
    /// A customer's record in one organisation.
    CustomerId(u64)
);
numeric_id!(
    /// A note on a customer's record: the number of the journal's entry by which it was written.
    NoteId(u64)
);

numeric_id!(
    /// A file of customers that was brought in, counted up within one organisation.
    ImportId(u64)
);
numeric_id!(
    /// One contact from its arrival to its end, whatever legs and channels it uses.
    InteractionId(u64)
);
numeric_id!(
    /// One attempt at a media path within an interaction; the offerer counts them up, so that late signals are known.
    MediaId(u32)
);

/// A recording's name, made by the desktop that records (UUIDv7), so that its pieces can be sent again.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(transparent)]
#[ts(export, export_to = "vocab.ts", type = "string")]
pub struct RecordingId(pub uuid::Uuid);

impl fmt::Display for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A client's own name for a command (UUIDv7): repeated, it is acknowledged again and done once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(export, export_to = "vocab.ts", type = "string")]
pub struct CommandId(pub uuid::Uuid);

/// An organisation's name in addresses and file names: 1–40 of `a-z`, `0-9` and `-`, beginning with a letter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(export, export_to = "vocab.ts", type = "string")]
pub struct OrgSlug(String);

/// A text that cannot name an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlugError;

impl fmt::Display for SlugError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an organisation's name is 1 to 40 of a-z, 0-9 and '-', beginning with a letter",
        )
    }
}

impl std::error::Error for SlugError {}

impl OrgSlug {
    /// # Errors
    /// `SlugError` when the text is not of the form that the type describes; ask for another name.
    pub fn new(text: impl Into<String>) -> Result<Self, SlugError> {
        let text = text.into();
        let mut bytes = text.bytes();
        let starts_well = bytes.next().is_some_and(|b| b.is_ascii_lowercase());
        let goes_on_well = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if starts_well && goes_on_well && text.len() <= 40 {
            Ok(Self(text))
        } else {
            Err(SlugError)
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl JsonSchema for OrgSlug {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OrgSlug".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$" })
    }
}

impl TryFrom<String> for OrgSlug {
    type Error = SlugError;
    fn try_from(text: String) -> Result<Self, SlugError> {
        Self::new(text)
    }
}

impl From<OrgSlug> for String {
    fn from(slug: OrgSlug) -> Self {
        slug.0
    }
}

impl fmt::Display for OrgSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_name_is_fit_for_addresses_and_files() {
        let long = "a".repeat(41);
        for bad in ["", "1a", "A", "a b", "a/b", "..", "a_b", "é", long.as_str()] {
            assert_eq!(OrgSlug::new(bad), Err(SlugError), "{bad:?}");
        }
        for good in ["demo", "a", "north-wind-2"] {
            assert_eq!(OrgSlug::new(good).as_ref().map(OrgSlug::as_str), Ok(good));
        }
    }
}
