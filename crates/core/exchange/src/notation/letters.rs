//! The notation letter by letter: words, numbers, signs and times of day.

use super::{NotationFault, Reading};
use hours::MinuteOfDay;

impl Reading {
    pub(super) fn fault(&self, why: impl Into<String>) -> NotationFault {
        NotationFault {
            at: self.at + 1,
            why: why.into(),
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    pub(super) fn pass_spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    pub(super) fn takes(&mut self, letter: char) -> bool {
        self.pass_spaces();
        let is_there = self.peek() == Some(letter);
        self.at += usize::from(is_there);
        is_there
    }

    /// A hyphen as keyboards and text programs write it.
    pub(super) fn takes_dash(&mut self) -> bool {
        self.pass_spaces();
        let is_there = matches!(self.peek(), Some('-' | '–' | '—' | '‐' | '−'));
        self.at += usize::from(is_there);
        is_there
    }

    /// The word or number that comes next, in lower case; nothing is taken.
    pub(super) fn word(&mut self) -> String {
        self.pass_spaces();
        let rest = self.letters.get(self.at..).unwrap_or_default();
        let is_alphabetic = rest.first().is_some_and(|c| c.is_alphabetic());
        let letters = rest.iter().take_while(|c| {
            if is_alphabetic {
                c.is_alphabetic()
            } else {
                c.is_ascii_digit()
            }
        });
        letters.flat_map(|c| c.to_lowercase()).collect()
    }

    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        let is_there = self.word() == word;
        if is_there {
            self.at += word.chars().count();
        }
        is_there
    }

    pub(super) fn number(&mut self) -> Option<u16> {
        let word = self.word();
        let number = word.parse().ok()?;
        self.at += word.len();
        Some(number)
    }

    pub(super) fn time(&mut self) -> Result<MinuteOfDay, NotationFault> {
        let word = self.word();
        if matches!(word.as_str(), "sunrise" | "sunset" | "dawn" | "dusk") || self.takes('(') {
            return Err(self.fault("times by the sun are not understood; give hours and minutes"));
        }
        let begin = self.at;
        let hour = self.number();
        let minute = if self.takes(':') || self.takes('.') {
            self.number()
        } else {
            Some(0)
        };
        let time = match (hour, minute) {
            // 26:00 is two o'clock of the next day.
            (Some(hour @ 25..=48), Some(minute)) => MinuteOfDay::new(hour - 24, minute),
            (Some(hour), Some(minute)) => MinuteOfDay::new(hour, minute),
            _ => None,
        };
        time.ok_or_else(|| {
            self.at = begin;
            self.fault("a time is missing, as 09:00")
        })
    }
}
