//! A table's rows out of text that arrives in pieces, with the line on which each begins.
//!
//! `csv-core` splits fields; what is added here is where a row begins, that a row is never longer than a limit, and how
//! reading goes on behind a row that cannot be split.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// A longer row is refused: the longest note, with room.
const ROW_BYTES: usize = 1_024 * 1_024;

/// More columns than any table of people has.
const MAX_FIELDS: usize = 512;

/// Of a row that cannot be read so much is shown.
const SHOWN_BYTES: usize = 64 * 1_024;

/// So often reading begins anew behind a quotation mark that never closes; a file with more is no table.
const MAX_OPEN_QUOTES: u32 = 100;

/// One row. Fields are as they stand there, without their quotation marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it begins, from 1.
    pub line: u64,
    text: String,
    ends: Vec<usize>,
}

impl Row {
    /// A row made from fields, for what was not read from a file.
    #[must_use]
    pub fn of(line: u64, fields: &[&str]) -> Self {
        let mut row = Self {
            line,
            text: String::new(),
            ends: Vec::new(),
        };
        for field in fields {
            row.text.push_str(field);
            row.ends.push(row.text.len());
        }
        row
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    #[must_use]
    pub fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let begin = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(begin..end)
    }

    pub fn fields(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index).unwrap_or_default())
    }

    /// Nothing but spaces and delimiters.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowsFault {
    #[error(
        "a quotation mark opens here and is never closed; close it, or double it where it is part of the text"
    )]
    OpenQuote,
    #[error(
        "the row is longer than 1 MB; is a quotation mark missing, or is this another kind of file?"
    )]
    TooLong,
    #[error("the row has more than 512 columns")]
    TooManyFields,
    #[error("too many quotation marks are never closed; reading stops here")]
    Hopeless,
}

/// What comes next of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Row(Row),
    /// This row is left out, and reading goes on behind it.
    Bad {
        line: u64,
        fault: RowsFault,
        /// The line on which it begins, at most 64 KB of it.
        text: String,
    },
    /// More text is needed, or [`Table::finish`].
    Starved,
    End,
}

pub struct Table {
    delimiter: u8,
    reader: Reader,
    buffer: Vec<u8>,
    /// Where the row begins in the buffer, and how far it was read.
    begin: usize,
    read: usize,
    line: u64,
    fields: Vec<u8>,
    fields_len: usize,
    ends: Vec<usize>,
    ends_len: usize,
    is_finished: bool,
    /// What is left of a refused row is passed over.
    is_skipping: bool,
    open_quotes: u32,
    is_hopeless: bool,
}

fn reader(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).build()
}

impl Table {
    #[must_use]
    pub fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            reader: reader(delimiter),
            buffer: Vec::new(),
            begin: 0,
            read: 0,
            line: 1,
            fields: vec![0; 4_096],
            fields_len: 0,
            ends: vec![0; MAX_FIELDS],
            ends_len: 0,
            is_finished: false,
            is_skipping: false,
            open_quotes: 0,
            is_hopeless: false,
        }
    }

    pub fn feed(&mut self, text: &str) {
        self.buffer.drain(..self.begin);
        self.read -= self.begin;
        self.begin = 0;
        self.buffer.extend_from_slice(text.as_bytes());
    }

    /// No more text comes.
    pub fn finish(&mut self) {
        self.is_finished = true;
    }

    pub fn step(&mut self) -> Step {
        if self.is_hopeless {
            return Step::End;
        }
        if self.is_skipping && !self.skip_line() {
            return self.starved_or_end();
        }
        if self.fields_len == 0 && self.ends_len == 0 && self.read == self.begin {
            self.pass_blank_lines();
        }
        loop {
            let input = self.buffer.get(self.read..).unwrap_or_default();
            if input.is_empty() && !self.is_finished {
                return self.starved();
            }
            let output = self.fields.get_mut(self.fields_len..).unwrap_or_default();
            let ends = self.ends.get_mut(self.ends_len..).unwrap_or_default();
            let (result, read, written, ended) = self.reader.read_record(input, output, ends);
            self.read += read;
            self.fields_len += written;
            self.ends_len += ended;
            match result {
                ReadRecordResult::InputEmpty => {
                    if self.read - self.begin > ROW_BYTES {
                        return self.refuse_long();
                    }
                }
                ReadRecordResult::OutputFull if self.fields.len() > ROW_BYTES => {
                    return self.refuse_long();
                }
                ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => return self.refuse(RowsFault::TooManyFields),
                ReadRecordResult::Record => return self.row(),
                ReadRecordResult::End => return Step::End,
            }
        }
    }

    fn starved(&self) -> Step {
        Step::Starved
    }

    fn starved_or_end(&self) -> Step {
        if self.is_finished {
            Step::End
        } else {
            Step::Starved
        }
    }

    /// Lines without anything are no rows; what is left of the last row's line end goes with them.
    fn pass_blank_lines(&mut self) {
        while let Some(byte @ (b'\n' | b'\r')) = self.buffer.get(self.begin) {
            self.line += u64::from(*byte == b'\n');
            self.begin += 1;
        }
        self.read = self.begin;
    }

    fn row(&mut self) -> Step {
        let raw = self.buffer.get(self.begin..self.read).unwrap_or_default();
        let is_last = self.is_finished && self.read == self.buffer.len();
        let lines = newlines(raw);
        if is_last && lines > 0 && opens_quote(raw, self.delimiter) {
            return self.refuse_open_quote();
        }
        let line = self.line;
        self.line += lines;
        let text = self.fields.get(..self.fields_len).unwrap_or_default();
        let row = Row {
            line,
            text: String::from_utf8_lossy(text).into_owned(),
            ends: self.ends.get(..self.ends_len).unwrap_or_default().to_vec(),
        };
        self.begin = self.read;
        self.begin_row();
        Step::Row(row)
    }

    fn begin_row(&mut self) {
        (self.fields_len, self.ends_len) = (0, 0);
        self.read = self.begin;
        // A page is enough for most; one long row does not keep its room.
        if self.fields.len() > 64 * 1_024 {
            self.fields = vec![0; 4_096];
        }
    }

    fn refuse_long(&mut self) -> Step {
        let raw = self.buffer.get(self.begin..self.read).unwrap_or_default();
        if newlines(raw) > 0 && opens_quote(raw, self.delimiter) {
            self.refuse_open_quote()
        } else {
            self.refuse(RowsFault::TooLong)
        }
    }

    fn refuse_open_quote(&mut self) -> Step {
        self.open_quotes += 1;
        if self.open_quotes > MAX_OPEN_QUOTES {
            self.is_hopeless = true;
            return Step::Bad {
                line: self.line,
                fault: RowsFault::Hopeless,
                text: String::new(),
            };
        }
        self.refuse(RowsFault::OpenQuote)
    }

    /// Goes on with the line after the one on which the row begins.
    fn refuse(&mut self, fault: RowsFault) -> Step {
        let line = self.line;
        let raw = self.buffer.get(self.begin..).unwrap_or_default();
        let first = raw.split(|byte| matches!(byte, b'\n' | b'\r')).next();
        let first = first.unwrap_or_default();
        let shown = first.get(..SHOWN_BYTES).unwrap_or(first);
        let text = String::from_utf8_lossy(shown).into_owned();
        self.reader = reader(self.delimiter);
        self.is_skipping = true;
        self.begin_row();
        self.skip_line();
        Step::Bad { line, fault, text }
    }

    /// True when the end of the line was found.
    fn skip_line(&mut self) -> bool {
        let rest = self.buffer.get(self.begin..).unwrap_or_default();
        match rest.iter().position(|byte| *byte == b'\n') {
            Some(at) => {
                self.begin += at + 1;
                self.line += 1;
                self.is_skipping = false;
            }
            None => self.begin = self.buffer.len(),
        }
        self.read = self.begin;
        !self.is_skipping
    }
}

fn newlines(raw: &[u8]) -> u64 {
    raw.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Whether the text ends within quotation marks.
fn opens_quote(raw: &[u8], delimiter: u8) -> bool {
    let (mut is_quoted, mut is_at_start) = (false, true);
    for byte in raw {
        match (is_quoted, *byte) {
            // A doubled mark closes and opens again.
            (true, b'"') => is_quoted = false,
            (false, b'"') if is_at_start => is_quoted = true,
            _ => {}
        }
        is_at_start = !is_quoted && (*byte == delimiter || matches!(byte, b'\n' | b'\r' | b'"'));
    }
    is_quoted
}
