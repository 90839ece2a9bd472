//! What a text looks like: which format it is, by what its columns are divided, whether its first row names them.

use crate::headers::target_of;
use crate::rows::{Step, Table};
use protocol::exchange::ColumnTarget;

/// Rows that the guess is made of.
const ROWS: usize = 50;

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

fn begins_with(text: &str, word: &str) -> bool {
    let text = text.trim_start_matches(['\u{FEFF}', ' ', '\r', '\n', '\t']);
    text.get(..word.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(word))
}

#[must_use]
pub fn is_vcard(text: &str) -> bool {
    begins_with(text, "BEGIN:VCARD")
}

#[must_use]
pub fn is_calendar(text: &str) -> bool {
    begins_with(text, "BEGIN:VCALENDAR")
}

/// By what columns are divided: what `sep=` says on the first line, or what divides most rows into the same number.
#[must_use]
pub fn delimiter_of(sample: &str) -> u8 {
    if let Some(said) = said_delimiter(sample) {
        return said;
    }
    let score = |delimiter: u8| {
        let widths = widths(sample, delimiter);
        let first = widths.first().copied().unwrap_or(1);
        if first < 2 {
            return (0, 0);
        }
        let same = widths.iter().filter(|width| **width == first).count();
        (same * 100 / widths.len().max(1), first)
    };
    let best = DELIMITERS
        .into_iter()
        .max_by_key(|delimiter| (score(*delimiter), *delimiter == b','));
    best.filter(|delimiter| score(*delimiter).0 > 0)
        .unwrap_or(b',')
}

/// Excel writes it, and reads it.
pub(crate) fn said_delimiter(sample: &str) -> Option<u8> {
    let line = sample.lines().next()?;
    let line = line.trim_start_matches('\u{FEFF}').trim_matches('"');
    let said = line.strip_prefix("sep=").or(line.strip_prefix("SEP="))?;
    let byte = said.bytes().next().unwrap_or(b'\t');
    (said.len() <= 1 && DELIMITERS.contains(&byte)).then_some(byte)
}

fn widths(sample: &str, delimiter: u8) -> Vec<usize> {
    let mut table = Table::new(delimiter);
    table.feed(sample);
    table.finish();
    let mut widths = Vec::new();
    while widths.len() < ROWS {
        match table.step() {
            Step::Row(row) if row.is_blank() => {}
            Step::Row(row) => widths.push(row.len()),
            Step::Bad { .. } => {}
            Step::Starved | Step::End => break,
        }
    }
    widths
}

/// Whether the first row names columns: one of its names is known, or nothing in it looks like a value.
#[must_use]
pub fn has_header<'a>(first: impl Iterator<Item = &'a str>) -> bool {
    let mut has_words = false;
    for field in first {
        let field = field.trim();
        if target_of(field) != ColumnTarget::Attribute {
            return true;
        }
        if field.contains('@') || field.chars().filter(char::is_ascii_digit).count() > 4 {
            return false;
        }
        has_words |= !field.is_empty();
    }
    has_words
}
