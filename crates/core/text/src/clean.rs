//! What is kept of text that somebody typed or pasted: the words as they meant them, without what nobody sees.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// One line: composed (NFC), control codes and invisible marks left out, every kind of space a plain one and never two
/// of them in a row, hyphens plain, nothing around it. Line breaks and tabs become spaces.
///
/// A zero-width joiner stays where writing needs it: between two letters of scripts other than Latin, or two emoji.
#[must_use]
pub fn clean(text: &str) -> String {
    if is_clean(text) {
        return text.to_owned();
    }
    cleaned(text)
}

fn cleaned(text: &str) -> String {
    let composed: Vec<char> = text.nfc().collect();
    let mut kept = String::with_capacity(text.len());
    let mut is_after_space = true;
    for (at, c) in composed.iter().copied().enumerate() {
        if is_space(c) || is_break(c) {
            if !is_after_space {
                kept.push(' ');
            }
            is_after_space = true;
        } else if is_kept(&composed, at, c) {
            kept.push(if is_hyphen(c) { '-' } else { c });
            is_after_space = false;
        }
    }
    kept.truncate(kept.trim_end().len());
    kept
}

/// Several lines: as [`clean`], but line breaks (all kinds become `\n`), tabs, rows of spaces and the marks of direction
/// that writers of Arabic and Hebrew set between words stay.
#[must_use]
pub fn clean_lines(text: &str) -> String {
    let composed: Vec<char> = text.nfc().collect();
    let mut kept = String::with_capacity(text.len());
    for (at, c) in composed.iter().copied().enumerate() {
        match c {
            '\r' if composed.get(at + 1) == Some(&'\n') => {}
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => kept.push('\n'),
            '\n' | '\t' | '\u{200E}' | '\u{200F}' | '\u{061C}' => kept.push(c),
            _ if is_space(c) => kept.push(' '),
            _ if is_kept(&composed, at, c) => kept.push(if is_hyphen(c) { '-' } else { c }),
            _ => {}
        }
    }
    kept.trim().to_owned()
}

/// What is still being typed: control codes and marks that turn text round are left out, everything else stays as it is.
#[must_use]
pub fn without_codes(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .filter(|c| !turns(*c) && (!c.is_control() || matches!(c, '\n' | '\t')))
        .collect()
}

/// Whether one line holds a control code, which includes line breaks and tabs: a form refuses it by name rather than
/// guess what was meant. Around the line they do no harm.
#[must_use]
pub fn has_control(text: &str) -> bool {
    text.trim().chars().any(is_break_or_control)
}

/// As [`has_control`] for several lines, where breaks and tabs belong.
#[must_use]
pub fn has_control_in_lines(text: &str) -> bool {
    text.chars().any(|c| {
        is_break_or_control(c) && !matches!(c, '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}')
    })
}

/// Characters that take no room and change how others are read: marks and overrides of direction (which show a text in
/// another order than it has), zero-width spaces, soft hyphens, byte-order marks, tags.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
        | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

/// Letters, digits, plain signs and single spaces, composed: most texts are clean already. What is unsure is no.
fn is_clean(text: &str) -> bool {
    let is_plain = |c: char| {
        matches!(c, ' '..='~') || (!c.is_ascii() && c.is_alphanumeric() && !is_invisible(c))
    };
    text.chars().all(is_plain)
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
        && (text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes)
}

fn is_break_or_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\t' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn is_space(c: char) -> bool {
    // The blank of Braille and the filler letters look like spaces and are none for Unicode.
    (c.is_whitespace() && !is_break(c)) || c == '\u{2800}'
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '\u{2010}' | '\u{2011}')
}

/// The presentation of an emoji is visible.
fn is_kept(all: &[char], at: usize, c: char) -> bool {
    if c.is_control() {
        return false;
    }
    let before = at.checked_sub(1).and_then(|at| all.get(at)).copied();
    match c {
        '\u{200C}' | '\u{200D}' => {
            let after = all.get(at + 1).copied();
            before.is_some_and(is_joined) && after.is_some_and(is_joined)
        }
        '\u{FE00}'..='\u{FE0F}' => before.is_some_and(|c| is_joined(c) || c.is_ascii()),
        _ => !is_invisible(c),
    }
}

/// What a joiner may stand beside: letters of scripts that join theirs, and pictures.
fn is_joined(c: char) -> bool {
    matches!(u32::from(c), 0x0600..=0x08FF | 0x0900..=0x0DFF | 0x1000..=0x109F | 0x1780..=0x18AF
        | 0x2000..=0x2BFF | 0xFE00..=0xFE0F | 0xFB50..=0xFEFC | 0x1F000..=0x1FAFF)
        && !matches!(u32::from(c), 0x2000..=0x206F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_for_clean_is_what_cleaning_leaves() {
        let mut seen = 0;
        for c in '\0'..=char::MAX {
            for text in [format!("A{c}b"), format!("e{c}\u{301}"), format!("{c} x")] {
                if is_clean(&text) {
                    seen += 1;
                    assert_eq!(cleaned(&text), text, "{:x}", u32::from(c));
                }
            }
        }
        assert!(seen > 200_000, "{seen}");
    }

    #[test]
    fn one_line_keeps_the_words_and_loses_what_nobody_sees() {
        for (typed, kept) in [
            ("  Anna\u{A0}\u{2003} Lee ", "Anna Lee"),
            ("Anna\tLee\r\nMunich", "Anna Lee Munich"),
            ("A\u{30A}sa", "Åsa"),
            (
                "\u{FEFF}\u{202D}+44 20 7946 0958\u{202C}",
                "+44 20 7946 0958",
            ),
            ("Jean\u{2011}Luc\u{200B}", "Jean-Luc"),
            ("soft\u{AD}ware \u{1B}[31mred\u{7}", "software [31mred"),
            ("علی\u{200C}رضا", "علی\u{200C}رضا"),
            ("An\u{200C}na", "Anna"),
            (
                "👩\u{200D}👩\u{200D}👧 ❤\u{FE0F}",
                "👩\u{200D}👩\u{200D}👧 ❤\u{FE0F}",
            ),
            ("\u{202E}annA", "annA"),
            ("", ""),
            (" \u{200B} ", ""),
        ] {
            assert_eq!(clean(typed), kept, "{typed:?}");
            assert_eq!(clean(kept), kept, "a second time: {typed:?}");
        }
    }

    #[test]
    fn several_lines_keep_their_breaks() {
        assert_eq!(
            clean_lines("one\r\ntwo\rthree\u{2028}\tfour\u{1B}[0m\u{202E} \n"),
            "one\ntwo\nthree\n\tfour[0m"
        );
    }

    #[test]
    fn what_is_typed_keeps_its_spaces() {
        assert_eq!(without_codes(" a \u{1B}[0m\u{202E}\n\tb "), " a [0m\n\tb ");
    }

    #[test]
    fn control_codes_are_told() {
        assert!(has_control("a\nb") && has_control("a\u{1B}[0m") && has_control("a\u{85}b"));
        assert!(
            has_control("a\u{2028}b") && has_control("a\tb") && !has_control(" Anna\u{202E}\n")
        );
        assert!(!has_control_in_lines("a\r\n\tb") && has_control_in_lines("a\u{0}b"));
    }
}
