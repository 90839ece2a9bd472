//! What a query asks for: its words in every spelling that people may mean, a number by its digits, signs, sounds.

use crate::grams::{LONGEST, has, looked_up, signs, wanted};
use crate::searched::sound;
use crate::word_index::{Texts, in_name};
use std::collections::BTreeSet;
use text::{
    Country, Phone, alternatives, digits, fold, is_without_vowels, looks_like_number, sounds,
};

/// More words than this do not make a search better.
const MOST_TERMS: usize = 12;

/// Other spellings of one word that are looked for, too.
const MOST_FORMS: usize = 4;

/// One word of the query; it is found where one of its forms is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// Folded. Of a short word, its single form.
    pub(crate) forms: Vec<String>,
    /// Whether trigrams answer it; else the index of short words does.
    pub(crate) is_long: bool,
}

impl Term {
    /// In FTS5's query language; rows that it finds may still lack the word. Absent when there
    /// is nothing to look up.
    pub(crate) fn expression(&self, place: Place) -> Option<String> {
        let forms: Vec<String> = self
            .forms
            .iter()
            .filter_map(|form| {
                let tokens = match self.is_long {
                    true => looked_up(form),
                    false => vec![form.as_str()],
                };
                let all: Vec<String> = tokens.into_iter().map(|one| place.token(one)).collect();
                (!all.is_empty()).then(|| format!("({})", all.join(" AND ")))
            })
            .collect();
        (!forms.is_empty()).then(|| format!("({})", forms.join(" OR ")))
    }

    /// Whether one of the texts holds the word.
    pub(crate) fn is_in(&self, texts: &Texts) -> bool {
        self.is_in_name(texts) || self.is_held_by(&texts.rest)
    }

    pub(crate) fn is_in_name(&self, texts: &Texts) -> bool {
        let is_sign = || {
            let mut beside = texts.beside.split(' ');
            beside.any(|sign| self.forms.iter().any(|form| form == sign))
        };
        self.is_held_by(&texts.name) || (!self.is_long && is_sign())
    }

    fn is_held_by(&self, text: &str) -> bool {
        if self.is_long {
            return self.forms.iter().any(|form| text.contains(form.as_str()));
        }
        self.forms.iter().any(|form| has(text, form))
    }
}

/// Where the words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Name,
    Anywhere,
}

impl Place {
    fn token(self, token: &str) -> String {
        // Signs are the name's already.
        if token.starts_with('u') && token.chars().count() > LONGEST + 1 {
            return quoted(token);
        }
        let named = quoted(&in_name(token));
        match self {
            Self::Name => named,
            Self::Anywhere => format!("({} OR {named})", quoted(token)),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) terms: Vec<Term>,
    /// An expression for names that sound alike, when the query or the name is in a script without vowels.
    pub(crate) sounds: Option<String>,
    /// The folded words, to show where they were found.
    pub(crate) words: Vec<String>,
    is_blank: bool,
}

impl Wanted {
    pub(crate) fn of(query: &str, home: Option<Country>) -> Self {
        let query = text::clean(query);
        if query.is_empty() {
            return Self {
                is_blank: true,
                ..Self::default()
            };
        }
        if let Some(number) = number(&query, home) {
            return number;
        }
        let mut asked = Self::default();
        for word in words(&query) {
            let Some(form) = Some(fold(word)).filter(|form| has_letters(form)) else {
                continue;
            };
            asked.terms.extend(terms(word, &form));
            asked.words.push(form);
        }
        if asked.terms.is_empty() {
            // The query holds only signs or emoji: names such as `%` are found by them.
            asked.terms = signs(&query).into_iter().map(short).collect();
            asked.terms.truncate(MOST_TERMS);
            asked.words.push(fold(&query));
        } else {
            asked.sounds = alike(&query);
        }
        asked
    }

    /// Whether nothing was asked.
    pub(crate) fn is_everybody(&self) -> bool {
        self.is_blank
    }
}

fn short(form: String) -> Term {
    Term {
        forms: vec![form],
        is_long: false,
    }
}

/// Between words stand spaces, hyphens and the dot of Chinese transcriptions; in an address nothing separates.
fn words(query: &str) -> impl Iterator<Item = &str> {
    let is_between = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '-' | '\u{2010}'..='\u{2015}' | '·' | '・' | '‧' | '/' | ',' | '，' | '、'
            )
    };
    query
        .split(is_between)
        .filter(|word| !word.is_empty())
        .take(MOST_TERMS)
}

fn has_letters(folded: &str) -> bool {
    folded.contains(char::is_alphanumeric)
}

fn terms(word: &str, form: &str) -> Vec<Term> {
    if form.chars().count() <= LONGEST {
        return wanted(form).into_iter().map(short).collect();
    }
    let mut forms = vec![form.to_owned()];
    let others = alternatives(word).into_iter();
    forms.extend(others.filter(|other| other.chars().count() > LONGEST));
    forms.truncate(MOST_FORMS);
    vec![Term {
        forms,
        is_long: true,
    }]
}

/// Digits in whatever spelling are one word. Neither an international prefix nor a national zero need stand on the
/// record; a whole number is looked for by what all its spellings have.
fn number(query: &str, home: Option<Country>) -> Option<Wanted> {
    let phone = Phone::parse(query, home);
    if phone.is_none() && !looks_like_number(query) {
        return None;
    }
    let typed = digits(&query.replace("(0)", ""));
    let core = typed.trim_start_matches('0');
    let mut forms = BTreeSet::new();
    match &phone {
        Some(phone) => drop(forms.insert(phone.national_digits())),
        None => drop(
            forms.insert(
                if core.chars().count() > LONGEST {
                    core
                } else {
                    &typed
                }
                .to_owned(),
            ),
        ),
    }
    if phone.is_none() && query.contains(['-', '.', '/']) {
        // A date or a contract's number, as it was written.
        forms.insert(fold(query));
    }
    let forms: Vec<String> = forms.into_iter().collect();
    let is_long = forms.iter().all(|form| form.len() > LONGEST);
    if !is_long {
        return None;
    }
    Some(Wanted {
        words: forms.clone(),
        terms: vec![Term { forms, is_long }],
        ..Wanted::default()
    })
}

/// Names in scripts without vowels for a query in letters that have them, and all names for a query in such a script.
/// The last word may be unfinished.
fn alike(query: &str) -> Option<String> {
    let is_bare = is_without_vowels(query);
    let words = sounds(query);
    let asked = words.len();
    if asked == 0 || asked != self::words(query).count() {
        return None;
    }
    let each = words.into_iter().enumerate().map(|(at, word)| {
        let may_go_on = at + 1 == asked && word.consonants.len() > 2;
        let star = if may_go_on { "*" } else { "" };
        let scripts: &[bool] = if is_bare { &[true, false] } else { &[true] };
        let tokens: Vec<String> = scripts
            .iter()
            .map(|script| {
                let mut word = word.clone();
                word.is_without_vowels = *script;
                format!("\"{}\"{star}", sound(&word))
            })
            .collect();
        format!("({})", tokens.join(" OR "))
    });
    Some(each.collect::<Vec<_>>().join(" AND "))
}

/// As a phrase of FTS5's query language.
fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(query: &str) -> Vec<Vec<String>> {
        let home = Country::of("GB");
        let wanted = Wanted::of(query, home);
        wanted.terms.into_iter().map(|term| term.forms).collect()
    }

    #[test]
    fn a_query_is_its_words_in_every_spelling() {
        assert_eq!(forms("O’Brien"), [["obrien"]]);
        assert_eq!(
            forms("Müller, Jean-Luc"),
            [vec!["muller", "mueller"], vec!["jean"], vec!["luc"]]
        );
        assert_eq!(forms("+44 (0)20 7946 0958"), [["2079460958"]]);
        assert_eq!(forms("020 7946"), [["207946"]]);
        assert_eq!(forms("0958"), [["958"]]);
        assert_eq!(forms("陳玉"), [["陈玉"]]);
        assert_eq!(forms("%"), [["u0025"]]);
        assert_eq!(forms("a% b"), [["a"], ["b"]]);
        assert!(Wanted::of(" \u{200B}", None).is_everybody());
        assert!(!Wanted::of("'", None).is_everybody());
    }

    #[test]
    fn sounds_are_asked_for_where_a_script_has_no_vowels() {
        let sounds = |query| Wanted::of(query, None).sounds;
        assert_eq!(sounds("Mohammed").as_deref(), Some("(\"sk0mhmd\"*)"));
        assert_eq!(
            sounds("محمد").as_deref(),
            Some("(\"sk0mhmd\"* OR \"sk1mhmd\"*)")
        );
        assert_eq!(sounds("陈"), None);
    }
}
