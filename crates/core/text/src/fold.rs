//! The form in which text is searched: small Latin letters without marks for every script that has letters, simplified
//! characters for Chinese, hiragana for Japanese kana.

use crate::clean::is_invisible;
use crate::letters::{is_abjad, is_apostrophe, is_dash, is_wide, latin, same_wide};
use unicode_normalization::UnicodeNormalization;

/// A text as it is searched. Two spellings of the same word give the same: `Đức`, `Duc` and `DUC`; `O’Brien` and
/// `OBrien`; `Иванов` and `Ivanov`; `陳` and `陈`; full-width and Arabic-Indic digits and 0 to 9. Signs and pictures stay.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text
            .bytes()
            .filter(|b| !matches!(b, b'\'' | b'`'))
            .map(|b| char::from(b.to_ascii_lowercase()))
            .collect();
    }
    let mut folded = String::with_capacity(text.len());
    each(text, &mut |piece, _| folded.push_str(piece));
    folded
}

/// A folded text that knows where each of its letters came from, to show the place where something was found.
#[derive(Clone, Debug)]
pub struct Folded {
    letters: Vec<char>,
    origins: Vec<usize>,
}

impl Folded {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (mut letters, mut origins) = (Vec::new(), Vec::new());
        each(text, &mut |piece, origin| {
            for letter in piece.chars() {
                letters.push(letter);
                origins.push(origin);
            }
        });
        Self { letters, origins }
    }

    /// Where in the original text, counted in characters, a folded word stands first.
    #[must_use]
    pub fn find(&self, folded: &str) -> Option<usize> {
        let wanted: Vec<char> = folded.chars().collect();
        if wanted.is_empty() {
            return None;
        }
        let at = self
            .letters
            .windows(wanted.len())
            .position(|window| window == wanted)?;
        self.origins.get(at).copied()
    }
}

/// Gives each piece of the folded text with the number of the character that it came from.
fn each(text: &str, give: &mut dyn FnMut(&str, usize)) {
    let mut chars = text.chars().enumerate().peekable();
    let mut before = None;
    let mut piece = String::new();
    let mut cluster = String::new();
    while let Some((origin, c)) = chars.next() {
        piece.clear();
        if c.is_ascii() {
            one(c, before, &mut piece);
            before = Some(c);
        } else {
            cluster.clear();
            cluster.push(c);
            while let Some((_, next)) = chars.next_if(|(_, next)| is_joined(*next)) {
                cluster.push(next);
            }
            // The Arabic forms of presentation and ligatures come apart here, full width becomes plain, and kana and
            // Korean letters that were typed in parts come together.
            for c in cluster.nfkc() {
                one(c, before, &mut piece);
                before = Some(c);
            }
        }
        if !piece.is_empty() {
            give(&piece, origin);
        }
    }
}

/// What belongs to the letter before it: the voice marks of kana, the second and third part of a Korean syllable.
fn is_joined(c: char) -> bool {
    matches!(u32::from(c), 0x3099..=0x309A | 0xFF9E..=0xFF9F | 0x1160..=0x11FF | 0xD7B0..=0xD7FB)
}

fn one(c: char, before: Option<char>, out: &mut String) {
    match c {
        '\'' | '`' => {}
        _ if c.is_ascii() => out.push(c.to_ascii_lowercase()),
        _ if is_invisible(c) || is_apostrophe(c) => {}
        _ if c.is_whitespace() => out.push(' '),
        _ if is_dash(c) => out.push('-'),
        _ if is_wide(c) => out.push(same_wide(c)),
        _ if c.is_alphanumeric() || is_mark(c) => latin(c, before, out),
        _ => out.push(c),
    }
}

/// Marks, and the vowels of scripts that write them as marks.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c) || (is_abjad(c) && c.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_word_folds_to_the_same() {
        for (spellings, folded) in [
            (
                &[
                    "Siobhán O’Brien",
                    "SIOBHAN O'BRIEN",
                    "Siobha\u{301}n O‘Brien",
                ][..],
                "siobhan obrien",
            ),
            (&["Đức Trần", "Duc Tran"], "duc tran"),
            (&["Łukasz Żółć"], "lukasz zolc"),
            (&["Søren Kierkegård"], "soren kierkegard"),
            (&["Groß", "GROẞ", "gross"], "gross"),
            (&["Işık", "ISIK", "ışık", "İşik"], "isik"),
            (&["Þórður Ægisson"], "thordur aegisson"),
            (&["ﬁnanz Ｆｕｌｌ　ｗｉｄｔｈ"], "finanz full width"),
            (&["陳玉蘭", "陈玉兰"], "陈玉兰"),
            (&["タナカ", "たなか", "ﾀﾅｶ"], "たなか"),
            (&["ガ", "カ\u{3099}", "ｶﾞ"], "が"),
            (&["한", "\u{1112}\u{1161}\u{11AB}"], "한"),
            (
                &["Иван Петров", "ИВАН ПЕТРОВ", "Ivan Petrov"],
                "ivan petrov",
            ),
            (&["Алёна", "Алена", "Але\u{308}на"], "alena"),
            (&["Γιώργος Παπαδόπουλος"], "giorgos papadopoulos"),
            (&["٠١٢٣ ۴۵۶ ०१"], "0123 456 01"),
            (&["a\u{200B}b\u{202E}c\u{AD}d"], "abcd"),
            (&["Jean\u{2011}Luc", "Jean–Luc"], "jean-luc"),
            (&["% _ {} 😀"], "% _ {} 😀"),
            (&["\u{FEEB}"], "h"),
        ] {
            for spelling in spellings {
                assert_eq!(fold(spelling), folded, "{spelling}");
            }
        }
    }

    #[test]
    fn a_find_is_placed_in_the_original() {
        assert_eq!(Folded::of("Herr Groß-Öz").find("oz"), Some(10));
        assert_eq!(Folded::of("Herr Groß-Öz").find("ss-"), Some(8));
        assert_eq!(Folded::of("Юлия Щукина").find("shchukina"), Some(5));
        assert_eq!(Folded::of("陳玉蘭").find("兰"), Some(2));
        assert_eq!(Folded::of("abc").find(""), None);
        assert_eq!(Folded::of("abc").find("abcd"), None);
    }
}
