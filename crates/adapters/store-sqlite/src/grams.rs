//! Short words: what an index must hold so that one or two letters find something.
//!
//! Chinese, Japanese and Korean words have no spaces between them, so each character and each pair of neighbours is
//! a word to look up. Of other words the first one and two letters are.

use std::collections::BTreeSet;
use text::{is_invisible, is_wide};

/// The longest word that this index answers; longer ones are the trigrams' to find.
pub(crate) const LONGEST: usize = 2;

/// All short words of a folded text, separated by spaces.
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
    fn signs_are_words_of_their_own() {
        assert_eq!(
            signs("%_a {} 😀"),
            ["u0025", "u005f", "u007b", "u007d", "u1f600"]
        );
        assert!(signs("Anna Lee\u{200B}").is_empty());
    }
}
