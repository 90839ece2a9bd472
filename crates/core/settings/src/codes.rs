//! What may be a code, a user's name, or a name for people.

use protocol::MAX_FIELD_CHARS;

const LONGEST: usize = 40;

/// 1 to 40 of a-z, 0-9 and '-', beginning with a letter: it stands in addresses.
#[must_use]
pub fn is_code(text: &str) -> bool {
    let starts_well = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let goes_on_well = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    starts_well && goes_on_well && text.len() <= LONGEST
}

/// What one signs in with: up to 200 characters in lower case and without blanks.
#[must_use]
pub fn is_user(text: &str) -> bool {
    is_name(text)
        && !text.chars().any(char::is_whitespace)
        && text.chars().all(|c| c.to_lowercase().eq([c]))
}

/// One line that is not blank, of at most 200 characters, without control codes and without marks that turn text round.
pub(crate) fn is_name(name: &str) -> bool {
    !name.trim().is_empty()
        && name.chars().count() <= MAX_FIELD_CHARS
        && !text::has_control(name)
        && matches!(text::shown(name.trim()), std::borrow::Cow::Borrowed(_))
}
