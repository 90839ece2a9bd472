//! Which language people speak, as far as routing cares.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use ts_rs::TS;

/// A language by its primary subtag (BCP 47): two or three letters in lower case, as `zh`. Scripts and regions do not
/// count: an agent who speaks Mandarin speaks it with customers from Taipei and from Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(
    export,
    export_to = "vocab.ts",
    type = "string",
    rename = "SpokenLanguage"
)]
pub struct Language([u8; 3]);

/// A text that names no language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanguageError;

impl fmt::Display for LanguageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a language begins with two or three letters, such as “en” or “zh-Hant”")
    }
}

impl std::error::Error for LanguageError {}

impl Language {
    /// The language of any tag: `zh-Hant-HK` is `zh`.
    ///
    /// # Errors
    /// [`LanguageError`] when the tag does not begin with two or three letters.
    pub fn of_tag(tag: &str) -> Result<Self, LanguageError> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().as_bytes();
        let is_fit =
            (2..=3).contains(&primary.len()) && primary.iter().all(u8::is_ascii_alphabetic);
        if !is_fit {
            return Err(LanguageError);
        }
        let mut letters = [0; 3];
        for (letter, given) in letters.iter_mut().zip(primary) {
            *letter = given.to_ascii_lowercase();
        }
        Ok(Self(letters))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.into_iter().filter(|letter| *letter != 0) {
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

impl JsonSchema for Language {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Language".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[A-Za-z]{2,3}([-_].*)?$" })
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;
    fn try_from(text: String) -> Result<Self, LanguageError> {
        Self::of_tag(&text)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_by_its_first_part_whatever_its_case() {
        for (tag, name) in [
            ("zh-Hant-HK", "zh"),
            ("EN", "en"),
            ("yue", "yue"),
            ("de_DE", "de"),
        ] {
            assert_eq!(Language::of_tag(tag).unwrap().to_string(), name, "{tag}");
        }
        for bad in ["", "z", "1a", "chinese", "-zh", "e1"] {
            assert_eq!(Language::of_tag(bad), Err(LanguageError), "{bad:?}");
        }
    }
}
