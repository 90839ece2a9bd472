//! Short words: what an index must hold so that one or two letters find something.
//!
//! Chinese, Japanese and Korean words have no spaces between them, so each character and each pair of neighbours is
//! a word to look up. Of other words the first one and two letters are.

use std::collections::BTreeSet;

/// The longest word that this index answers; longer ones are the trigrams' to find.
pub(crate) const LONGEST: usize = 2;

/// All short words of a text, separated by spaces.
pub(crate) fn grams(text: &str) -> String {
    let mut found = BTreeSet::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let letters: Vec<char> = word.to_lowercase().chars().collect();
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
    let whole = term.to_lowercase();
    let mut pieces: Vec<String> = all.split_whitespace().map(ToOwned::to_owned).collect();
    if pieces.contains(&whole) {
        pieces = vec![whole];
    }
    pieces
}

/// Whether a character is of a script that puts no spaces between words.
fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_chinese_characters_and_every_beginning_of_a_word_can_be_looked_up() {
        assert_eq!(grams("陈玉兰"), "兰 玉 玉兰 陈 陈玉");
        assert_eq!(grams("O'Brien-Lee"), "b br l le o");
        assert_eq!(grams("换 5G 频段"), "5 5g 换 段 频 频段");
        assert_eq!(grams("宽带500M"), "5 50 宽 宽带 带");
        assert_eq!(wanted("玉兰"), ["玉兰"]);
        assert_eq!(wanted("Le"), ["le"]);
        assert_eq!(wanted("玉a"), ["a", "玉"]);
        assert!(wanted("%_").is_empty());
    }
}
