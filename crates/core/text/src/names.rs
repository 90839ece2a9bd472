//! The ways in which a name is written with Latin letters, beside the one that folding gives.

use crate::fold::fold;
use crate::letters::{is_abjad, is_apostrophe, is_han};
use pinyin::ToPinyinMulti;
use std::collections::BTreeSet;

/// Readings of one name that are looked at; most have one.
const MOST_READINGS: usize = 6;

/// A name is rarely longer; what is longer is a company, whose first characters do.
const MOST_SYLLABLES: usize = 12;

/// Other foldings of a name, to be indexed beside [`fold`]'s: those of [`alternatives`], and pinyin with and without
/// spaces and its initials for Chinese.
#[must_use]
pub fn spellings(name: &str) -> Vec<String> {
    let mut all = alternatives(name);
    if name.contains(is_apostrophe) {
        // Who remembers only what comes after it.
        all.push(fold(&name.replace(is_apostrophe, " ")));
    }
    if name.contains(is_han) {
        all.extend(chinese(&fold(name)));
    }
    all
}

/// Other foldings of a name or of a word that is searched for: `mueller` for `Müller`, `yulia` and `iuliia` for `Юлия`.
/// Not pinyin: who types characters means these and not all that sound alike.
#[must_use]
pub fn alternatives(name: &str) -> Vec<String> {
    if name.is_ascii() {
        return Vec::new();
    }
    let plain = fold(name);
    let mut all = BTreeSet::new();
    if name.contains(|c: char| UMLAUTS.iter().any(|(letter, _)| *letter == c)) {
        all.insert(fold(&replaced(name, &UMLAUTS)));
    }
    if name.contains(|c: char| ('\u{400}'..='\u{52F}').contains(&c)) {
        all.extend(cyrillic(name));
    }
    if name.contains(|c: char| ('\u{370}'..='\u{3FF}').contains(&c)) {
        all.insert(plain.replace("au", "av").replace("eu", "ev"));
        all.insert(plain.replace("ch", "h").replace('y', "i"));
    }
    all.remove(&plain);
    all.into_iter().collect()
}

/// German, Danish, Norwegian, Swedish and Finnish, where keyboards lack the letters.
const UMLAUTS: [(char, &str); 10] = [
    ('ä', "ae"),
    ('Ä', "ae"),
    ('ö', "oe"),
    ('Ö', "oe"),
    ('ü', "ue"),
    ('Ü', "ue"),
    ('ø', "oe"),
    ('Ø', "oe"),
    ('å', "aa"),
    ('Å', "aa"),
];

fn replaced(name: &str, letters: &[(char, &str)]) -> String {
    let mut written = String::with_capacity(name.len());
    for c in name.chars() {
        match letters.iter().find(|(letter, _)| *letter == c) {
            Some((_, latin)) => written.push_str(latin),
            None => written.push(c),
        }
    }
    written
}

/// As passports write it (ICAO 9303), as people do, and as Ukraine's rules say where the letters are Ukrainian.
fn cyrillic(name: &str) -> Vec<String> {
    const PASSPORT: [(char, &str); 6] = [
        ('й', "i"),
        ('ю', "iu"),
        ('я', "ia"),
        ('ъ', "ie"),
        ('є', "ie"),
        ('ї', "i"),
    ];
    const UKRAINIAN: [(char, &str); 9] = [
        ('г', "h"),
        ('ґ', "g"),
        ('и', "y"),
        ('і', "i"),
        ('й', "i"),
        ('ю', "iu"),
        ('я', "ia"),
        ('є', "ie"),
        ('ї', "i"),
    ];
    let small = name.to_lowercase();
    let common = fold(&small).replace("iya", "ia").replace("iy", "y");
    let mut all = vec![
        fold(&replaced(&small, &PASSPORT)),
        common.replace("kh", "h"),
        common,
    ];
    if small.contains(['і', 'ї', 'є', 'ґ']) {
        all.push(fold(&replaced(&small, &UKRAINIAN)));
    }
    all
}

/// Of each row of characters: all readings as words, then each whole reading without spaces, then its initials.
fn chinese(folded: &str) -> BTreeSet<String> {
    let letters: Vec<char> = folded.chars().collect();
    let mut all = BTreeSet::new();
    for row in letters.chunk_by(|one, next| is_han(*one) == is_han(*next)) {
        let row = row.get(..MOST_SYLLABLES).unwrap_or(row);
        let syllables: Vec<Vec<&'static str>> = row.iter().copied().map(readings).collect();
        if syllables.iter().all(Vec::is_empty) {
            continue;
        }
        let mut words: Vec<&str> = Vec::new();
        for syllable in syllables.iter().flatten() {
            if !words.contains(syllable) {
                words.push(syllable);
            }
        }
        all.insert(words.join(" "));
        for whole in wholes(&syllables) {
            all.insert(whole.concat());
            let initials: String = whole
                .iter()
                .filter_map(|word| word.chars().next())
                .collect();
            all.insert(initials);
        }
    }
    all
}

/// Readings of the whole row; the commonest come first, and a row of many ambiguous characters is cut.
fn wholes(syllables: &[Vec<&'static str>]) -> Vec<Vec<&'static str>> {
    let mut wholes: Vec<Vec<&'static str>> = vec![Vec::new()];
    for readings in syllables.iter().filter(|readings| !readings.is_empty()) {
        let mut longer = Vec::new();
        // The first reading of every beginning comes before the second of any.
        for reading in readings {
            for whole in &wholes {
                let mut whole = whole.clone();
                whole.push(reading);
                longer.push(whole);
            }
        }
        longer.truncate(MOST_READINGS);
        wholes = longer;
    }
    wholes
}

/// The readings of a character without tones, the commonest first; `lü` is typed `lu`, `lv` and `lyu`.
fn readings(c: char) -> Vec<&'static str> {
    let mut all = Vec::new();
    let Some(multi) = c.to_pinyin_multi() else {
        return all;
    };
    for reading in multi.into_iter().take(4) {
        let written: &[&'static str] = match reading.plain() {
            "lü" => &["lu", "lv", "lyu"],
            "nü" => &["nu", "nv", "nyu"],
            "lüe" => &["lue", "lve"],
            "nüe" => &["nue", "nve"],
            // Interjections such as ń and ê.
            other if !other.is_ascii() => &[],
            other => &[other],
        };
        for one in written {
            if !all.contains(one) {
                all.push(*one);
            }
        }
    }
    all
}

/// What is left of a word without its vowels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sound {
    /// Small Latin letters, never empty.
    pub consonants: String,
    /// Whether the word was written in a script without vowels.
    pub is_without_vowels: bool,
}

/// Whether a text has letters of a script whose vowels are mostly not written.
#[must_use]
pub fn is_without_vowels(text: &str) -> bool {
    text.contains(|c: char| is_abjad(c) && c.is_alphabetic())
}

/// Each word of a text by its consonants, so that `محمد` and `Mohammed`, `Muhammad` find each other.
#[must_use]
pub fn sounds(text: &str) -> Vec<Sound> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, '-' | '.' | ',' | '\u{2010}'..='\u{2015}')
    })
    .filter_map(|word| {
        let is_without_vowels = is_without_vowels(word);
        let consonants = consonants(word, is_without_vowels);
        (!consonants.is_empty()).then_some(Sound {
            consonants,
            is_without_vowels,
        })
    })
    .collect()
}

fn consonants(word: &str, is_bare: bool) -> String {
    let mut left = String::new();
    if is_bare {
        // The article al- is often written with the word and often not.
        let without = word
            .strip_prefix("ال")
            .filter(|rest| rest.chars().count() > 2);
        for c in without.unwrap_or(word).chars() {
            // Letter by letter: k and h side by side are not kh.
            add(
                &one_sound(&fold(c.encode_utf8(&mut [0; 4]))),
                is_bare,
                &mut left,
            );
        }
    } else {
        let folded = fold(word);
        if folded.is_ascii() {
            add(&one_sound(&folded), is_bare, &mut left);
        }
    }
    // A final h is mostly how a vowel is written.
    if left.len() > 1 && left.ends_with('h') {
        left.pop();
    }
    left
}

/// Two letters that stand for one sound as one letter.
fn one_sound(folded: &str) -> String {
    const PAIRS: [(&str, &str); 7] = [
        ("ph", "f"),
        ("ck", "k"),
        ("kh", "h"),
        ("gh", "g"),
        ("dh", "d"),
        ("th", "t"),
        ("ou", "u"),
    ];
    PAIRS.iter().fold(folded.to_owned(), |word, (pair, one)| {
        word.replace(pair, one)
    })
}

fn add(folded: &str, is_bare: bool, left: &mut String) {
    for c in folded.chars() {
        let c = match c {
            'q' | 'c' => 'k',
            'v' => 'f',
            'p' if is_bare => 'b',
            _ => c,
        };
        let is_vowel = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'w');
        if c.is_ascii_lowercase() && !is_vowel && !left.ends_with(c) {
            left.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_the_same(one: &str, other: &str) -> bool {
        let of = |text| sounds(text).into_iter().map(|sound| sound.consonants);
        of(one).eq(of(other))
    }

    #[test]
    fn a_name_without_vowels_sounds_like_its_latin_spellings() {
        for (bare, latin) in [
            ("محمد", &["Mohammed", "Muhammad", "Mohamed"][..]),
            ("عبدالله", &["Abdullah", "Abdallah"]),
            ("خالد", &["Khalid", "Khaled"]),
            ("فاطمة", &["Fatima", "Fatimah"]),
            ("يوسف", &["Yusuf", "Youssef"]),
            ("علي", &["Ali"]),
            ("الحسن", &["Hassan", "Hasan"]),
            ("דניאל", &["Daniel"]),
        ] {
            for latin in latin {
                assert!(
                    are_the_same(bare, latin),
                    "{bare} {latin}: {:?} {:?}",
                    sounds(bare),
                    sounds(latin)
                );
            }
        }
        assert!(!are_the_same("محمد", "Ahmed"));
        assert!(sounds("陈玉兰 123 aeiou").is_empty());
    }

    #[test]
    fn a_name_is_written_in_every_way_that_people_know() {
        for (name, others) in [
            ("Müller", &["mueller"][..]),
            ("Юлия Щукина", &["yulia shchukina", "iuliia shchukina"]),
            ("Дмитрий", &["dmitry", "dmitrii"]),
            ("Григорій", &["hryhorii"]),
            ("Παύλος", &["pavlos"]),
            ("陳玉蘭", &["chen yu lan", "chenyulan", "cyl"]),
            ("单雄信", &["shanxiongxin", "danxiongxin"]),
            ("吕布", &["lubu", "lvbu", "lyubu"]),
            ("曾国藩", &["zengguofan", "cengguofan"]),
        ] {
            let spellings = spellings(name);
            for other in others {
                assert!(
                    spellings.iter().any(|one| one == other),
                    "{name}: {spellings:?}"
                );
            }
        }
        assert!(spellings("Anna Lee").is_empty());
    }
}
