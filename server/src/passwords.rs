//! What is taken as a password. One rule for REST, the desktop and the command line; whoever signs in is held to the
//! upper limit only, so that a password from before the rule still opens its account.
//!
//! NIST SP 800-63B-4, 3.1.1: a least length, no demands for kinds of characters, and nothing that is common, guessable or
//! made of what is known of the account. How long somebody would guess is estimated by zxcvbn (Wheeler, USENIX Security
//! 2016), which knows lists of common passwords, names, words, keyboards' rows, dates and repetition.

use protocol::rest::{MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS};
use vocab::Sensitive;
use zxcvbn::Score;

/// Words that anybody would try here, beside those of the account.
const HOUSE_WORDS: [&str; 2] = ["warmline", "callcentre"];

/// 10^8 to 10^10 guesses: beyond what can be tried against a server that slows guessers down.
const LEAST_SCORE: Score = Score::Three;

/// What is known of an account, and is therefore no good in its password.
#[derive(Clone, Debug, Default)]
pub struct Known {
    words: Vec<String>,
}

impl Known {
    /// Of the user's and the organisation's names; their parts count as well.
    #[must_use]
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words: Vec<String> = HOUSE_WORDS.map(str::to_owned).into();
        for name in names {
            let parts = name.split(|c: char| !c.is_alphanumeric());
            let parts = parts.filter(|part| part.chars().count() > 2);
            words.extend(parts.map(str::to_lowercase));
            words.push(name.to_lowercase());
        }
        // The longest first: a part that is taken out early would leave the rest of a name behind.
        words.retain(|word| word.chars().count() > 2);
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Self { words }
    }
}

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    #[error("a password has at least {MIN_PASSWORD_CHARS} characters")]
    TooShort,
    #[error("a password has at most {MAX_PASSWORD_CHARS} characters")]
    TooLong,
    #[error(
        "this password is too easily guessed; take a longer one, or several words that do not belong together, \
         without names of the user or the organisation"
    )]
    Guessable,
}

/// Longer than anybody may set, so no account can have it: not worth a hash.
#[must_use]
pub fn is_too_long(password: &Sensitive<String>) -> bool {
    // Counted no further than the limit.
    let beyond = password.reveal().chars().nth(MAX_PASSWORD_CHARS);
    beyond.is_some()
}

/// # Errors
/// [`Weakness`]: ask for another one. Takes some milliseconds of a core.
pub fn check(password: &Sensitive<String>, known: &Known) -> Result<(), Weakness> {
    if is_too_long(password) {
        return Err(Weakness::TooLong);
    }
    if password.reveal().chars().count() < MIN_PASSWORD_CHARS {
        return Err(Weakness::TooShort);
    }
    let words: Vec<&str> = known.words.iter().map(String::as_str).collect();
    let is_weak = |text: &str| zxcvbn::zxcvbn(text, &words).score() < LEAST_SCORE;
    // Names do not make a password longer, however they are joined.
    let whole = password.reveal().to_lowercase();
    let without_names = words
        .iter()
        .fold(whole.clone(), |rest, word| rest.replace(word, ""));
    if is_weak(password.reveal()) || (without_names != whole && is_weak(&without_names)) {
        return Err(Weakness::Guessable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(password: &str) -> Result<(), Weakness> {
        let known = Known::of(["siobhan", "Siobhán O'Brien", "north", "North Telecom"]);
        check(&Sensitive::new(password.to_owned()), &known)
    }

    #[test]
    fn common_simple_and_personal_passwords_are_refused() {
        for weak in [
            "12345678",
            "password",
            "        ",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabc",
            "qwertyuiop",
            "Password1!",
            "P@ssw0rd",
            "iloveyou",
            "19871224",
            "siobhan1",
            "North-Telecom",
            "telecom.siobhan.north",
            "Warmline-2026-North",
            "northtelecom2026",
            "O'Brien1",
            "warmline",
            "warmline-demo",
            "letmein123",
            "administrator",
        ] {
            assert_eq!(verdict(weak), Err(Weakness::Guessable), "{weak}");
        }
        assert_eq!(verdict("s7#kQ!"), Err(Weakness::TooShort));
        assert_eq!(verdict("密码密码"), Err(Weakness::TooShort));
    }

    #[test]
    fn long_odd_and_foreign_passwords_are_taken() {
        for good in [
            "correct horse battery staple",
            "vK7#pQz2mW",
            "drei Affen essen Suppe",
            "春眠不觉晓处处闻啼鸟",
            "ёжик в тумане 7",
        ] {
            assert_eq!(verdict(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn the_limit_is_the_same_in_every_script_and_is_told_apart() {
        let of = |letter: char, count| std::iter::repeat_n(letter, count).collect::<String>();
        for letter in ['x', 'é', '密', '😀'] {
            let longest = of(letter, MAX_PASSWORD_CHARS);
            assert!(!is_too_long(&Sensitive::new(longest)));
            let longer = of(letter, MAX_PASSWORD_CHARS + 1);
            assert!(is_too_long(&Sensitive::new(longer.clone())));
            assert_eq!(verdict(&longer), Err(Weakness::TooLong));
        }
    }
}
