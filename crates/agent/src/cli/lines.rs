//! Standard input as a stream of lines, read on a thread of its own because a terminal cannot be read otherwise.

use std::io::BufRead;
use tokio::sync::mpsc;

/// Lines typed ahead; the reading thread waits when they are many.
const LINES: usize = 64;

/// Ends at the end of the input.
pub(crate) fn read() -> mpsc::Receiver<String> {
    let (lines, reader) = mpsc::channel(LINES);
    std::thread::spawn(move || {
        for (number, line) in std::io::stdin().lock().lines().enumerate() {
            let Ok(mut line) = line else { return };
            // Shells on Windows begin a pipe with a byte-order mark, which is no part of a password.
            if number == 0 && line.starts_with('\u{feff}') {
                line.remove(0);
            }
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    reader
}

/// The first word and the rest.
pub(crate) fn split(line: &str) -> (&str, &str) {
    let line = line.trim();
    line.split_once(char::is_whitespace)
        .map_or((line, ""), |(word, rest)| (word, rest.trim()))
}
