//! Text where its codes would act: terminals, logs, spreadsheets.

use crate::clean::is_invisible;
use std::borrow::Cow;
use std::fmt::Write;

/// For a terminal, a log or a table with tabs: control codes, line breaks and invisible marks become visible escapes
/// (`\t`, `\n`, `\e`, `\u{202e}`), so that a line stays a line and nothing is coloured, moved or turned round.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    let acts = |c: char| c.is_control() || is_line_separator(c) || is_turning(c);
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\t' => escaped.push_str("\\t"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\u{1B}' => escaped.push_str("\\e"),
            _ if acts(c) => {
                // Writing to a string does not fail.
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(c));
            }
            _ => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// A document of JSON with the same marks as JSON's own escapes: it means what it meant. Its line breaks stay.
#[must_use]
pub fn shown_in_json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if is_line_separator(c)
            || is_turning(c)
            || (c.is_control() && !c.is_ascii())
            || c == '\u{7F}'
        {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn is_line_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Joiners and the presentation of emoji are part of how some scripts are written.
fn is_turning(c: char) -> bool {
    is_invisible(c) && !matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
}

/// The value of one CSV cell that no spreadsheet takes for a formula: an apostrophe before `=`, `+`, `-`, `@`, a tab or
/// a line break at the start, unless it is a number or a telephone number. Quoting is the writer's work.
#[must_use]
pub fn cell(text: &str) -> Cow<'_, str> {
    if is_formula(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The value that [`cell`] was made of.
#[must_use]
pub fn from_cell(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        Some(_) | None => text,
    }
}

fn is_formula(text: &str) -> bool {
    // Spreadsheets also take the full-width forms.
    let starts = [
        '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '|', '%',
    ];
    let Some(rest) = text.strip_prefix(starts) else {
        return false;
    };
    let is_number = text.starts_with(['+', '-'])
        && rest.chars().any(|c| c.is_ascii_digit())
        && rest
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '(' | ')'));
    !is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_means_the_same_and_turns_nothing_round() {
        let json = "{\n  \"name\": \"a\u{202E}b\u{2028}\u{E0041}玉\u{7F}\u{9B}\"\n}";
        assert_eq!(
            shown_in_json(json),
            r#"{
  "name": "a\u202eb\u2028\udb40\udc41玉\u007f\u009b"
}"#
        );
    }

    #[test]
    fn codes_become_visible() {
        assert_eq!(
            shown("a\tb\n\u{1B}[31mc\u{202E}\u{9B}d\u{2028}"),
            "a\\tb\\n\\e[31mc\\u{202e}\\u{9b}d\\u{2028}"
        );
        assert!(matches!(shown("陈玉兰 علی\u{200C}رضا"), Cow::Borrowed(_)));
    }

    #[test]
    fn no_cell_is_a_formula_and_each_comes_back() {
        for (value, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("+44 20 7946 0958", "+44 20 7946 0958"),
            ("-12.5", "-12.5"),
            ("\t=1", "'\t=1"),
            ("＝1", "'＝1"),
            ("Anna", "Anna"),
            ("'t Hooft", "'t Hooft"),
            ("'=1", "''=1"),
        ] {
            assert_eq!(cell(value), written);
            assert_eq!(from_cell(written), value);
        }
    }
}
