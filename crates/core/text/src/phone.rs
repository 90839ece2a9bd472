//! Telephone numbers: told from other words, compared in their international form, written for a reader.

mod asked_before;

use crate::clean::{clean, is_invisible};
use crate::country::Country;
use any_ascii::any_ascii_char;
use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat};
use unicode_normalization::UnicodeNormalization;

/// E.164 allows fifteen digits; prefixes, brackets and an extension take some more.
const MAX_CHARS: usize = 60;
const MAX_EXTENSION_DIGITS: usize = 8;

/// Words before an extension, folded: English, German, French, Spanish, Italian, Portuguese, Russian, Chinese. Longer
/// ones come first.
const EXTENSION_MARKS: [&str; 26] = [
    ";extension=",
    ";ext=",
    "extension",
    "extensión",
    "durchwahl",
    "interno",
    "anexo",
    "ramal",
    "poste",
    "dw.",
    "dw",
    "доб.",
    "доб",
    "extn",
    "ext.",
    "ext",
    "int.",
    "int",
    "分机",
    "分機",
    "转",
    "轉",
    "内线",
    "x",
    "#",
    ",,",
];

/// A number that can exist: its country and area say so, or at least its beginning and its length.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    number: PhoneNumber,
    e164: String,
    extension: Option<String>,
}

impl Phone {
    /// The number that the whole text is; absent when the text is anything else, even when a number stands within it,
    /// because what is no number identifies nobody. Spaces, brackets, dots, hyphens and slashes of all kinds, digits
    /// of all scripts, `00` for the plus and a `(0)` after the country are understood, and an extension, which is kept
    /// apart. A number without its country is taken for one of `home`; without `home` it is none.
    #[must_use]
    pub fn parse(text: &str, home: Option<Country>) -> Option<Self> {
        asked_before::phone(text, home, || Self::understand(text, home))
    }

    fn understand(text: &str, home: Option<Country>) -> Option<Self> {
        let typed = plain(text);
        if typed.chars().count() > MAX_CHARS {
            return None;
        }
        let (main, extension) = split(without_label(&typed));
        if !is_of_digits(main) || looks_like_date(main) {
            return None;
        }
        let number = spellings(main)
            .find_map(|spelling| valid(&spelling, home))
            .or_else(|| spellings(main).find_map(|spelling| possible(&spelling, home)))?;
        Some(Self {
            e164: PHONE_NUMBER_UTIL
                .format(&number, PhoneNumberFormat::E164)
                .into_owned(),
            number,
            extension: extension.map(ToOwned::to_owned),
        })
    }

    /// A plus, the country and the number, without the extension: the form under which it identifies somebody.
    #[must_use]
    pub fn e164(&self) -> &str {
        &self.e164
    }

    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }

    /// Absent for numbers of no country, such as satellites'.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        PHONE_NUMBER_UTIL
            .get_region_for_number(&self.number)
            .and_then(Country::of_region)
    }

    /// As people write it in the reader's country: without the country for a number of their own, with it for others
    /// and where nobody said who reads. The extension is not in it.
    #[must_use]
    pub fn display(&self, reader: Option<Country>) -> String {
        let is_own = reader
            .and_then(Country::calling_code)
            .is_some_and(|code| code == self.number.country_code);
        // The library writes a range that it does not know without the trunk's zero, which nobody could dial.
        let format = if is_own && PHONE_NUMBER_UTIL.is_valid_number(&self.number) {
            PhoneNumberFormat::National
        } else {
            PhoneNumberFormat::International
        };
        PHONE_NUMBER_UTIL.format(&self.number, format).into_owned()
    }

    /// The digits under which a search finds it: those of the international form, and those that are dialled at home,
    /// which begin with another digit.
    #[must_use]
    pub fn searched_digits(&self) -> Vec<String> {
        let national = PHONE_NUMBER_UTIL.format(&self.number, PhoneNumberFormat::National);
        let (abroad, home) = (digits(&self.e164), digits(&national));
        let is_part = abroad.ends_with(&home);
        let mut all = vec![abroad];
        all.extend((!is_part).then_some(home));
        all
    }

    /// The digits after the country's, which every spelling has.
    #[must_use]
    pub fn national_digits(&self) -> String {
        self.number.get_national_significant_number()
    }
}

impl std::fmt::Debug for Phone {
    /// Says nothing: a number is somebody's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(…)")
    }
}

/// A number as the reader's country writes it, with its extension; what is no number stays as it is.
#[must_use]
pub fn display(text: &str, home: Option<Country>, reader: Option<Country>) -> String {
    match Phone::parse(text, home) {
        None => text.to_owned(),
        Some(phone) => match phone.extension() {
            None => phone.display(reader),
            Some(extension) => format!("{} ext. {extension}", phone.display(reader)),
        },
    }
}

/// The decimal digits in a text, those of all scripts as 0 to 9.
#[must_use]
pub fn digits(text: &str) -> String {
    text.chars().filter_map(digit).collect()
}

/// Whether the text is made of digits and what people set between them; it need be no number that exists.
#[must_use]
pub fn looks_like_number(text: &str) -> bool {
    is_of_digits(&plain(text))
}

fn is_of_digits(plain: &str) -> bool {
    let is_fit = |c: char| digit(c).is_some() || c.is_whitespace() || "+-().,/·~".contains(c);
    plain.chars().any(|c| c.is_ascii_digit())
        && plain.chars().all(is_fit)
        && plain
            .trim_start_matches([' ', '('])
            .rfind('+')
            .is_none_or(|at| at == 0)
}

/// The part before an extension, for whoever looks whether it is made of digits.
#[must_use]
pub fn without_extension(text: &str) -> String {
    split(without_label(&plain(text))).0.to_owned()
}

fn plain(text: &str) -> String {
    if text.is_ascii() {
        let unified = text.replace('[', "(").replace(']', ")");
        return clean(&unified);
    }
    // What composes nothing may still be spelled with invisible marks, which composing does not take away.
    let bare = text.chars().filter(|c| !is_invisible(*c));
    let compatible: String = clean(&bare.collect::<String>()).nfkc().collect();
    let unified = compatible.chars().map(|c| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{FF0D}' | '\u{2043}' => '-',
        '\u{2044}' | '\u{2215}' => '/',
        '【' | '〔' | '[' => '(',
        '】' | '〕' | ']' => ')',
        '\u{2022}' | '\u{2219}' | '\u{30FB}' => '·',
        '\u{3002}' => '.',
        '、' | '،' => ',',
        _ => digit(c).unwrap_or(c),
    });
    clean(&unified.collect::<String>())
}

/// As 0 to 9.
fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    // Numerals such as ½ and Ⅳ are no digits of a number.
    if !c.is_numeric() || crate::letters::is_wide(c) {
        return None;
    }
    let wide = u32::from(c).wrapping_sub(0xFF10);
    if wide < 10 {
        return char::from_digit(wide, 10);
    }
    let mut ascii = any_ascii_char(c).chars();
    let first = ascii.next().filter(char::is_ascii_digit)?;
    ascii.next().is_none().then_some(first)
}

/// What people set before a number: `Tel.: `, `T `, `电话：`, `tel:`.
fn without_label(typed: &str) -> &str {
    let letters: usize = typed
        .chars()
        .take_while(|c| c.is_alphabetic())
        .map(char::len_utf8)
        .sum();
    let (label, rest) = typed.split_at(letters);
    if label.is_empty() || label.chars().count() > 12 {
        return typed;
    }
    let rest = rest.trim_start_matches('.').trim_start();
    let number = rest.strip_prefix(':').unwrap_or(rest).trim_start();
    if number.len() < rest.len() || LABELS.contains(&label.to_lowercase().as_str()) {
        number
    } else {
        typed
    }
}

/// Labels that need no colon.
const LABELS: [&str; 16] = [
    "tel",
    "tél",
    "t",
    "telefon",
    "telephone",
    "phone",
    "mobile",
    "mobil",
    "mob",
    "cell",
    "handy",
    "fon",
    "ph",
    "тел",
    "电话",
    "電話",
];

/// The number and its extension.
fn split(typed: &str) -> (&str, Option<&str>) {
    let is_extension = |text: &str| {
        (1..=MAX_EXTENSION_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let is_bare = |b: u8| b.is_ascii_digit() || b" +-()./".contains(&b);
    if typed.bytes().all(is_bare) {
        return (typed, None);
    }
    let lower = typed.to_lowercase();
    for mark in EXTENSION_MARKS {
        // By bytes of the same length in either case: the marks' letters have such forms.
        let Some(at) = lower.find(mark) else {
            continue;
        };
        let (Some(main), Some(rest)) = (typed.get(..at), typed.get(at + mark.len()..)) else {
            continue;
        };
        let rest = rest
            .trim_start_matches([' ', '.', ':', ',', '-'])
            .trim_end_matches([' ', '#', '.']);
        let main = main.trim_end_matches([' ', ',', ';', '-', '(']);
        let rest = rest.strip_suffix(')').unwrap_or(rest);
        if is_extension(rest) && main.bytes().filter(u8::is_ascii_digit).count() > rest.len().min(4)
        {
            return (main, Some(rest));
        }
    }
    (typed, None)
}

/// The ways to read it, best first.
fn spellings(main: &str) -> impl Iterator<Item = String> {
    let plus = main
        .strip_prefix("00")
        .or_else(|| main.strip_prefix("(00)"))
        .map(|rest| format!("+{rest}"));
    let without_trunk = main
        .starts_with(['+', '0'])
        .then(|| main.replacen("(0)", "", 1))
        .filter(|without| without != main);
    let both = plus
        .as_ref()
        .map(|plus| plus.replacen("(0)", "", 1))
        .filter(|both| Some(both) != plus.as_ref());
    [Some(main.to_owned()), plus, without_trunk, both]
        .into_iter()
        .flatten()
}

fn valid(spelling: &str, home: Option<Country>) -> Option<PhoneNumber> {
    let number = PHONE_NUMBER_UTIL
        .parse(spelling, home.map(Country::region))
        .ok()?;
    PHONE_NUMBER_UTIL.is_valid_number(&number).then_some(number)
}

/// A range that the library does not know, be it new or kept for films: its length is right, and it begins as numbers
/// do, with a plus or the trunk's zero, which hardly anything else does.
fn possible(spelling: &str, home: Option<Country>) -> Option<PhoneNumber> {
    let digits = digits(spelling);
    let first = digits.chars().next()?;
    let is_begun = spelling.trim_start_matches('(').starts_with(['+', '0']);
    if !is_begun || digits.chars().all(|digit| digit == first) {
        return None;
    }
    let number = PHONE_NUMBER_UTIL
        .parse(spelling, home.map(Country::region))
        .ok()?;
    // A zero that stays is a trunk's, before a number that is too short.
    let is_whole =
        spelling.starts_with('+') || !number.get_national_significant_number().starts_with('0');
    let length = number.is_possible_with_reason();
    (is_whole && matches!(length, Ok(NumberLengthType::IsPossible))).then_some(number)
}

/// A day such as `2026-12-24` or `24.12.2026` has as many digits as some numbers.
fn looks_like_date(main: &str) -> bool {
    let groups: Vec<&str> = main.trim().split(['-', '.', '/']).collect();
    let [first, middle, last] = groups.as_slice() else {
        return false;
    };
    let is_of = |group: &str, most: usize| {
        (1..=most).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_digit())
    };
    let has_year = |year: &str, day: &str| {
        year.len() == 4 && (year.starts_with("19") || year.starts_with("20")) && is_of(day, 2)
    };
    is_of(middle, 2) && (has_year(first, last) || has_year(last, first))
}
