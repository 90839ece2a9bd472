//! Lines of vCard and iCalendar files: unfolded, and taken apart into name, parameters and value.
//!
//! Both formats share them (RFC 2425, 5545, 6350); vCard 2.1 adds quoted-printable values that go on over line ends.

use crate::decoding::decode;

/// What is kept of one line; the rest of a picture is passed over.
const LINE_BYTES: usize = 64 * 1_024;

/// A whole line, unfolded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Where it begins in the file, from 1.
    pub(crate) number: u64,
    pub(crate) text: String,
    /// Longer than any text that people write.
    pub(crate) is_cut: bool,
}

/// Puts physical lines together while text arrives in pieces.
#[derive(Default)]
pub(crate) struct Lines {
    buffer: String,
    /// What stands before it was taken.
    begin: usize,
    number: u64,
    current: Option<Line>,
    /// The physical line goes on in the next piece, and its beginning was taken already.
    is_midway: bool,
    is_finished: bool,
}

impl Lines {
    pub(crate) fn feed(&mut self, text: &str) {
        self.buffer.drain(..self.begin);
        self.begin = 0;
        self.buffer.push_str(text);
    }

    pub(crate) fn finish(&mut self) {
        self.is_finished = true;
    }

    /// The next whole line; absent when more text is needed, or at the end.
    pub(crate) fn next(&mut self) -> Option<Line> {
        let mut from = self.begin;
        let mut whole = None;
        while whole.is_none() {
            let rest = self.buffer.get(from..).unwrap_or_default();
            let (physical, next) = match rest.find('\n') {
                Some(at) => (rest.get(..at).unwrap_or_default(), from + at + 1),
                None if self.is_finished && !rest.is_empty() => (rest, self.buffer.len()),
                // One line of a picture may be the whole file: what has come of it is taken now.
                None if rest.len() > LINE_BYTES => {
                    let part = rest.to_owned();
                    let was_midway = std::mem::replace(&mut self.is_midway, true);
                    self.number += u64::from(!was_midway);
                    from = self.buffer.len();
                    whole = self.take(&part, was_midway);
                    continue;
                }
                None => break,
            };
            let physical = physical.trim_end_matches('\r').to_owned();
            let was_midway = std::mem::take(&mut self.is_midway);
            self.number += u64::from(!was_midway);
            from = next;
            whole = self.take(&physical, was_midway);
        }
        self.begin = from;
        if whole.is_none() && self.is_finished && from >= self.buffer.len() {
            whole = self.current.take();
        }
        whole
    }

    /// A physical line; returns the logical one before it, when that has ended.
    fn take(&mut self, physical: &str, is_rest: bool) -> Option<Line> {
        if is_rest || self.is_soft() {
            self.add(physical, true);
            return None;
        }
        if let Some(folded) = physical.strip_prefix([' ', '\t']) {
            self.add(folded, true);
            return None;
        }
        let before = self.current.take();
        if !physical.is_empty() {
            self.add(physical, false);
        }
        before.filter(|line| !line.text.is_empty())
    }

    /// Quoted-printable goes on after a line that ends with `=`.
    fn is_soft(&self) -> bool {
        self.current.as_ref().is_some_and(|line| {
            let head = line.text.split(':').next().unwrap_or_default();
            line.text.ends_with('=')
                && !line.is_cut
                && head.to_ascii_uppercase().contains("QUOTED-PRINTABLE")
        })
    }

    fn add(&mut self, text: &str, goes_on: bool) {
        let is_soft = goes_on && self.is_soft();
        let number = self.number.max(1);
        let line = self.current.get_or_insert_with(|| Line {
            number,
            ..Line::default()
        });
        if is_soft {
            line.text.pop();
        }
        let room = LINE_BYTES.saturating_sub(line.text.len());
        if text.len() <= room {
            line.text.push_str(text);
        } else {
            line.is_cut = true;
            let fits = text.floor_char_boundary(room);
            line.text.push_str(text.get(..fits).unwrap_or_default());
        }
    }
}

/// A line taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Property {
    /// In capitals, without a group before it.
    pub(crate) name: String,
    /// Names in capitals; a parameter without a value, as vCard 2.1 has them, stands under `TYPE`.
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) value: String,
}

impl Property {
    /// Absent when the line is none of a property.
    pub(crate) fn of(line: &Line) -> Option<Self> {
        let (head, value) = split_head(&line.text)?;
        let mut parts = quoted_split(head, ';').into_iter();
        let name = parts.next()?.trim().to_ascii_uppercase();
        let name = name.rsplit('.').next().unwrap_or_default().to_owned();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return None;
        }
        let parameters = parts.map(parameter).collect();
        let mut property = Self {
            name,
            parameters,
            value: value.to_owned(),
        };
        property.decode();
        Some(property)
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    fn decode(&mut self) {
        let is_quoted = self.parameters.iter().any(|(key, value)| {
            (key == "ENCODING" || key == "TYPE") && value.eq_ignore_ascii_case("QUOTED-PRINTABLE")
        });
        if !is_quoted {
            return;
        }
        let bytes = quoted_printable(&self.value);
        let charset = self.parameter("CHARSET").unwrap_or("utf-8").to_owned();
        let text = decode(&bytes, &charset).or_else(|| decode(&bytes, "utf-8"));
        self.value = text.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned());
    }
}

fn parameter(text: &str) -> (String, String) {
    match text.split_once('=') {
        Some((key, value)) => (
            key.trim().to_ascii_uppercase(),
            value.trim().trim_matches('"').to_owned(),
        ),
        None => ("TYPE".to_owned(), text.trim().to_owned()),
    }
}

/// Name and parameters before the first colon that is not within quotation marks.
fn split_head(text: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ':' if !is_quoted => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    // A mark that never closes belongs to nobody.
    text.split_once(':')
}

fn quoted_split(text: &str, at: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|letter| {
        is_quoted ^= letter == '"';
        letter == at && !is_quoted
    })
    .collect()
}

/// Parts of a value divided by `at` where no backslash stands before it, still with their escapes.
pub(crate) fn parts(value: &str, at: char) -> Vec<&str> {
    let mut is_escaped = false;
    value
        .split(|letter| {
            let divides = letter == at && !is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
            divides
        })
        .collect()
}

/// RFC 2045, 6.7.
fn quoted_printable(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'=' {
            bytes.push(byte);
            continue;
        }
        let mut ahead = rest.clone();
        let hex = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16));
        match (hex(ahead.next()), hex(ahead.next())) {
            (Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    bytes
}
