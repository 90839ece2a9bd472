//! Links that did not come to be although their request arrived: remembered by the name that the page gave its try, so
//! that the page can be told what the server saw of it.

use axum::http::HeaderMap;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Tries remembered at most; a page asks within seconds.
const REMEMBERED: usize = 256;

/// The longest name of a try.
const TRY_CHARS: usize = 32;

/// The same word to the operator at most this often.
const TOLD_EVERY: Duration = Duration::from_secs(60);

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Seen {
    /// It never arrived.
    Nothing,
    /// It arrived without its wish to upgrade.
    Stripped,
    /// There was no place for it.
    Full,
}

/// Tries that arrived and came to nothing.
#[derive(Debug, Default)]
pub(crate) struct LostTries {
    tries: Mutex<VecDeque<(String, Seen)>>,
    pub(crate) stripped_told: Seldom,
    pub(crate) blocked_told: Seldom,
}

impl LostTries {
    pub(crate) fn note(&self, name: &str, seen: Seen) {
        if !is_name(name) {
            return;
        }
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() == REMEMBERED {
            tries.pop_front();
        }
        tries.push_back((name.to_owned(), seen));
    }

    pub(crate) fn seen(&self, name: &str) -> Seen {
        let tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let known = tries.iter().find(|(known, _)| known == name);
        known.map_or(Seen::Nothing, |(_, seen)| *seen)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= TRY_CHARS
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a request was meant as a WebSocket: proxies drop the headers of a hop (RFC 9110, section 7.6.1) and pass the
/// others on.
pub(crate) fn was_meant_as_link(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-websocket-key") || headers.contains_key("sec-websocket-version")
}

/// Lets a word through once in a while.
#[derive(Debug, Default)]
pub(crate) struct Seldom(Mutex<Option<Instant>>);

impl Seldom {
    pub(crate) fn is_time(&self, now: Instant) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = last.is_none_or(|last| now.duration_since(last) >= TOLD_EVERY);
        if is_time {
            *last = Some(now);
        }
        is_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_tries_are_remembered() {
        let lost = LostTries::default();
        for number in 0..=REMEMBERED {
            lost.note(&format!("try{number}"), Seen::Stripped);
        }
        lost.note(&"x".repeat(TRY_CHARS + 1), Seen::Full);
        let newest = format!("try{REMEMBERED}");
        let seen = ["try0", "try1", &newest].map(|name| lost.seen(name));
        assert_eq!(seen, [Seen::Nothing, Seen::Stripped, Seen::Stripped]);
        assert_eq!(lost.tries.lock().unwrap().len(), REMEMBERED);
    }

    #[test]
    fn the_same_word_comes_once_a_minute() {
        let (seldom, now) = (Seldom::default(), Instant::now());
        assert!(seldom.is_time(now));
        assert!(!seldom.is_time(now + TOLD_EVERY / 2));
        assert!(seldom.is_time(now + TOLD_EVERY));
    }
}
