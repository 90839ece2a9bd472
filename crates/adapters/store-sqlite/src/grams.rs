//! The tokens of a text: what an index must hold so that any part of a word finds it.
//!
//! Every three neighbouring signs are one, whatever they are; a longer word has all of its threes, and a text that has
//! some of them is looked at. So that one or two letters find something, too: Chinese, Japanese and Korean words have no
//! spaces between them, so each character and each pair of neighbours is a token; of other words the first one and two
//! letters are.

use std::collections::BTreeSet;
use text::{is_invisible, is_wide};

/// The longest word that is a token by itself where words are told apart; longer ones are found by their threes.
pub(crate) const LONGEST: usize = 2;

/// Of a word's threes, so many are looked up: more of them are hardly ever needed to find few texts, and each costs time.
const MOST_THREES: usize = 4;

/// All tokens of a folded text, separated by spaces.
pub(crate) fn tokens(text: &str) -> String {
    let mut all: Vec<&str> = text.split_whitespace().flat_map(threes).collect();
    let short = grams(text);
    all.extend(short.split(' '));
    all.sort_unstable();
    all.dedup();
    all.join(" ")
}

/// Every three neighbours of a word.
fn threes(word: &str) -> impl Iterator<Item = &str> {
    let starts = word.char_indices().map(|(at, _)| at);
    let ends = word.char_indices().map(|(at, c)| at + c.len_utf8()).skip(2);
    starts.zip(ends).filter_map(|(from, to)| word.get(from..to))
}

/// By which threes a word of three letters or more is looked up: from its beginning, where addresses and names differ
/// most; of a number from its end.
pub(crate) fn looked_up(form: &str) -> Vec<&str> {
    let mut all: Vec<&str> = form.split_whitespace().flat_map(threes).collect();
    if form.bytes().all(|b| b.is_ascii_digit()) {
        all.reverse();
    }
    let last = all.len().saturating_sub(1);
    if last < MOST_THREES {
        return all;
    }
    let step = last.div_ceil(MOST_THREES - 1).min(3);
    (0..MOST_THREES)
        .filter_map(|number| all.get((number * step).min(last)).copied())
        .collect()
}

/// All short tokens of a folded text, separated by spaces.
pub(crate) fn grams(text: &str) -> String {
    let mut found = BTreeSet::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let letters: Vec<char> = word.chars().collect();
        for run in letters.chunk_by(|one, next| is_wide(*one) == is_wide(*next)) {
            let is_whole_word = run.first().is_some_and(|first| !is_wide(*first));
            let starts = if is_whole_word { 1 } else { run.len() };
            for start in 0..starts {
                for length in 1..=LONGEST {
                    found.extend(run.get(start..start + length).map(String::from_iter));
                }
            }
        }
    }
    Vec::from_iter(found).join(" ")
}

/// Whether the short token is one of the text's: anywhere between Chinese characters, of other words at their beginning.
pub(crate) fn has(text: &str, gram: &str) -> bool {
    let begins = |at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric() || is_wide(before))
    };
    gram.starts_with(is_wide) && text.contains(gram)
        || text.match_indices(gram).any(|(at, _)| begins(at))
}

/// What to look a short word up by; nothing for a word without letters and digits.
pub(crate) fn wanted(term: &str) -> Vec<String> {
    let all = grams(term);
    let mut pieces: Vec<String> = all.split_whitespace().map(ToOwned::to_owned).collect();
    if pieces.iter().any(|piece| piece == term) {
        pieces = vec![term.to_owned()];
    }
    pieces
}

/// Signs and pictures in a name, each as a word that an index of words can hold, so that `%` and `😀` are found.
pub(crate) fn signs(text: &str) -> Vec<String> {
    let is_sign = |c: &char| !c.is_alphanumeric() && !c.is_whitespace() && !is_invisible(*c);
    let signs: BTreeSet<char> = text.chars().filter(is_sign).collect();
    signs
        .into_iter()
        .map(|sign| format!("u{:04x}", u32::from(sign)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_chinese_characters_and_every_beginning_of_a_word_can_be_looked_up() {
        assert_eq!(grams("陈玉兰"), "兰 玉 玉兰 陈 陈玉");
        assert_eq!(grams("o'brien-lee"), "b br l le o");
        assert_eq!(grams("换 5g 频段"), "5 5g 换 段 频 频段");
        assert_eq!(grams("宽带500m"), "5 50 宽 宽带 带");
        assert_eq!(wanted("玉兰"), ["玉兰"]);
        assert_eq!(wanted("le"), ["le"]);
        assert_eq!(wanted("玉a"), ["a", "玉"]);
        assert!(wanted("%_").is_empty());
    }

    #[test]
    fn a_text_is_found_by_its_threes_and_a_long_word_looks_up_some_of_them() {
        assert_eq!(tokens("brien lee"), "b br bri ien l le lee rie");
        assert_eq!(looked_up("lee"), ["lee"]);
        assert_eq!(looked_up("obrien"), ["obr", "bri", "rie", "ien"]);
        assert_eq!(looked_up("brandenb"), ["bra", "and", "den", "enb"]);
        assert_eq!(
            looked_up("anna.brandenburg@example"),
            ["ann", "a.b", "ran", "den"]
        );
        assert_eq!(looked_up("7700900123"), ["123", "900", "700", "770"]);
    }

    #[test]
    fn a_text_has_exactly_its_short_tokens() {
        for text in [
            "陈玉兰",
            "o'brien-lee",
            "换 5g 频段",
            "宽带500m",
            "abc陈d 1陈",
            "",
        ] {
            let all = grams(text);
            let all: Vec<&str> = all.split_whitespace().collect();
            for gram in [
                "b", "br", "r", "ri", "l", "兰", "玉兰", "陈玉", "玉陈", "5", "50", "5g", "0",
                "带", "d", "陈", "1", "ab", "bc",
            ] {
                assert_eq!(has(text, gram), all.contains(&gram), "{gram} in {text}");
            }
        }
    }

    #[test]
    fn signs_are_words_of_their_own() {
        assert_eq!(
            signs("%_a {} 😀"),
            ["u0025", "u005f", "u007b", "u007d", "u1f600"]
        );
        assert!(signs("Anna Lee\u{200B}").is_empty());
    }
}
