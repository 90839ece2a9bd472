//! Single letters: of which script, and with which Latin letters they are written.

use any_ascii::any_ascii_char;
use hanconv::RawDictionary;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use unicode_normalization::char::decompose_canonical;

/// Traditional characters and the simplified ones for them.
static SIMPLIFIED: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    RawDictionary::TSCharacters
        .iter()
        .filter_map(|(traditional, simplified)| {
            Some((traditional.chars().next()?, simplified.chars().next()?))
        })
        .collect()
});

/// Whether a character is of a script that puts no spaces between words.
#[must_use]
pub fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

pub(crate) fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

/// Scripts whose vowels are mostly not written: Hebrew, Arabic and their relatives.
pub(crate) fn is_abjad(c: char) -> bool {
    matches!(u32::from(c), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC)
}

/// A traditional character as the simplified one, katakana as hiragana, others as they are: people search in either.
pub(crate) fn same_wide(c: char) -> char {
    match u32::from(c) {
        code @ (0x30A1..=0x30F6 | 0x30FD..=0x30FE) => char::from_u32(code - 0x60).unwrap_or(c),
        0x2E80..=0x2FDF | 0x3400..=0x3_FFFF => SIMPLIFIED.get(&c).copied().unwrap_or(c),
        _ => c,
    }
}

/// Marks above and below letters, and the vowel signs that Arabic and Hebrew set only for learners; in other scripts
/// a mark is a vowel and says how a name sounds.
pub(crate) fn is_dropped_mark(c: char) -> bool {
    matches!(u32::from(c),
        0x0300..=0x036F | 0x0483..=0x0489 | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7
        | 0x0610..=0x061A | 0x0640 | 0x064B..=0x065F | 0x0670 | 0x06D6..=0x06DC | 0x06DF..=0x06E4 | 0x06E7..=0x06E8
        | 0x06EA..=0x06ED | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

/// Apostrophes and what stands for them: people leave them out.
pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`'
            | '´'
            | '‘'
            | '’'
            | '‛'
            | '′'
            | 'ʹ'
            | 'ʻ'
            | 'ʼ'
            | 'ʽ'
            | 'ʾ'
            | 'ʿ'
            | 'ˈ'
            | '＇'
            | '՚'
            | '׳'
            | 'ꞌ'
    )
}

pub(crate) fn is_dash(c: char) -> bool {
    matches!(
        c,
        '\u{2010}'
            ..='\u{2015}'
                | '\u{2212}'
                | '\u{FE58}'
                | '\u{FE63}'
                | '\u{FF0D}'
                | '\u{05BE}'
                | '\u{2043}'
    )
}

/// A letter or digit without its marks, in small Latin letters and digits; nothing for what has no sound.
pub(crate) fn latin(c: char, before: Option<char>, out: &mut String) {
    if let Some(own) = own_letters(c, before) {
        out.push_str(own);
        return;
    }
    decompose_canonical(c, |part| {
        if is_dropped_mark(part) {
            return;
        }
        match own_letters(part, before) {
            Some(own) => out.push_str(own),
            None => out.extend(
                any_ascii_char(part)
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .map(|letter| letter.to_ascii_lowercase()),
            ),
        }
    });
}

/// Where one letter is written otherwise than the library's table says, since people know it otherwise.
fn own_letters(c: char, before: Option<char>) -> Option<&'static str> {
    Some(match c {
        'ı' | 'İ' => "i",
        'ŋ' | 'Ŋ' => "ng",
        // ё is written е, and й as passports and most people do.
        'ё' | 'Ё' => "e",
        'й' | 'Й' => "y",
        'ї' | 'Ї' => "i",
        'є' | 'Є' => "ie",
        'ў' | 'Ў' => "u",
        // Greek αυ, ευ and ου are two letters for one sound.
        'υ' | 'Υ' if matches!(before, Some('α' | 'Α' | 'ε' | 'Ε' | 'ο' | 'Ο' | 'ό' | 'Ό')) => {
            "u"
        }
        'ύ' | 'Ύ' if matches!(before, Some('α' | 'Α' | 'ε' | 'Ε' | 'ο' | 'Ο')) => "u",
        // A carrier of nothing, and the feminine ending, which is hardly heard.
        'ء' | 'ع' | 'ئ' | 'ؤ' | 'א' | 'ע' => "",
        'ة' => "a",
        'ى' | 'ا' | 'أ' | 'إ' | 'آ' | 'ٱ' => "a",
        'ی' | 'ي' | 'ې' => "y",
        'ک' | 'ك' => "k",
        'ه' | 'ہ' | 'ھ' | 'ۀ' => "h",
        _ => return None,
    })
}
