//! A file read piece by piece: how it is to be read, its first rows, and all of them one after the other.

use super::refused::header_of;
use exchange::{
    Card, Cards, Columns, Guess, NotText, Refusal, Row, Sniffer, Step, Table, TextDecoder,
    delimiter_of, guess_columns, has_header, is_vcard,
};
use protocol::exchange::{
    CustomerFormat, CustomerRecord, ImportOptions, ImportPreview, PreviewedCustomer,
};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use text::Country;
use vocab::Sensitive;

/// Bytes read from the disk at once.
const PIECE_BYTES: usize = 128 * 1_024;

/// Bytes that the guesses are made from.
const SAMPLE_BYTES: usize = 256 * 1_024;

/// Rows of a preview.
const PREVIEW_ROWS: usize = 20;
const PREVIEW_CHARS: usize = 120;

/// Why a file cannot be read as asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    NotText(#[from] NotText),
    #[error("encoding: \"{0}\" is not known; give a name such as utf-8, gb18030 or windows-1252")]
    UnknownEncoding(String),
    #[error("delimiter: one of , ; | or a tab")]
    BadDelimiter,
    #[error("columns: there are {columns} in the file, and {given} were given")]
    Columns { columns: usize, given: usize },
    #[error("no column is a name, a number or an address; say which column is what")]
    NobodyInIt,
    #[error("there are no rows under the first one")]
    NoRows,
    #[error("calendars hold no customers; give it to the hours as their holidays")]
    Calendar,
}

/// How a file is read: every guess made.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    pub(crate) options: ImportOptions,
    pub(crate) is_encoding_sure: bool,
    format: CustomerFormat,
    encoding: String,
    delimiter: u8,
    header: Option<Row>,
    columns: Columns,
}

/// Makes every guess that the options leave open.
///
/// # Errors
/// [`ReadError`], to be told to whoever chose the file and the options.
pub(crate) fn resolve(path: &Path, options: &ImportOptions) -> Result<Resolved, ReadError> {
    // Of a file whose encoding was chosen only the kind is looked at.
    let most = options
        .encoding
        .as_ref()
        .map_or(u64::MAX, |_| SAMPLE_BYTES as u64);
    let guess = sniff(path, most)?;
    let encoding = options
        .encoding
        .clone()
        .unwrap_or_else(|| guess.encoding.to_owned());
    let sample = sample(path, &encoding)?;
    if exchange::is_calendar(&sample) {
        return Err(ReadError::Calendar);
    }
    let looks_like_cards = is_vcard(&sample);
    let format = options.format.unwrap_or(match looks_like_cards {
        true => CustomerFormat::Vcard,
        false => CustomerFormat::Csv,
    });
    let delimiter = match options.delimiter.as_deref() {
        None => delimiter_of(&sample),
        Some("\\t" | "tab") => b'\t',
        Some(given) => match given.as_bytes() {
            [one @ (b',' | b';' | b'|' | b'\t')] => *one,
            _ => return Err(ReadError::BadDelimiter),
        },
    };
    let mut resolved = Resolved {
        options: ImportOptions {
            format: Some(format),
            encoding: Some(encoding.to_lowercase()),
            delimiter: Some(char::from(delimiter).to_string()),
            has_header: Some(false),
            columns: None,
            existing: options.existing,
        },
        is_encoding_sure: options.encoding.is_some() || guess.is_sure,
        format,
        encoding,
        delimiter,
        header: None,
        columns: Columns::new(Vec::new(), None),
    };
    if format == CustomerFormat::Csv {
        resolved.columns_of(&sample, options)?;
    } else {
        resolved.options.delimiter = None;
        resolved.options.has_header = None;
    }
    Ok(resolved)
}

fn sniff(path: &Path, most: u64) -> Result<Guess, ReadError> {
    let mut sniffer = Sniffer::default();
    let mut file = File::open(path)?.take(most);
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(sniffer.finish()?);
        }
        sniffer.feed(piece.get(..read).unwrap_or_default());
    }
}

fn decoder(encoding: &str) -> Result<TextDecoder, ReadError> {
    TextDecoder::new(encoding).ok_or_else(|| ReadError::UnknownEncoding(encoding.to_owned()))
}

fn sample(path: &Path, encoding: &str) -> Result<String, ReadError> {
    let mut decoder = decoder(encoding)?;
    let mut bytes = Vec::new();
    File::open(path)?
        .take(SAMPLE_BYTES as u64)
        .read_to_end(&mut bytes)?;
    let mut text = String::new();
    decoder.feed(&bytes, bytes.len() < SAMPLE_BYTES, &mut text);
    Ok(text)
}

/// The first rows of a table; of the last one the sample may hold only a part.
fn first_rows(sample: &str, delimiter: u8, most: usize) -> Vec<Row> {
    let mut table = Table::new(delimiter);
    table.feed(sample);
    if sample.len() < SAMPLE_BYTES {
        table.finish();
    }
    let mut rows = Vec::new();
    while rows.len() < most {
        match table.step() {
            Step::Row(row) if is_said_delimiter(&row) || row.is_blank() => {}
            Step::Row(row) => rows.push(row),
            Step::Bad { .. } => {}
            Step::Starved | Step::End => break,
        }
    }
    rows
}

/// Excel's `sep=` line names the delimiter and is no row.
fn is_said_delimiter(row: &Row) -> bool {
    row.line == 1
        && row
            .get(0)
            .is_some_and(|field| field.to_ascii_lowercase().starts_with("sep="))
}

impl Resolved {
    fn columns_of(&mut self, sample: &str, options: &ImportOptions) -> Result<(), ReadError> {
        let first = first_rows(sample, self.delimiter, 2);
        let Some(top) = first.first() else {
            return Err(ReadError::NotText(NotText::Empty));
        };
        let is_header = options
            .has_header
            .unwrap_or_else(|| has_header(top.fields()));
        if is_header && first.len() < 2 {
            return Err(ReadError::NoRows);
        }
        let columns = match &options.columns {
            Some(given) if given.len() != top.len() => {
                let (columns, given) = (top.len(), given.len());
                return Err(ReadError::Columns { columns, given });
            }
            Some(given) => given.clone(),
            None if is_header => guess_columns(top.fields()),
            None => exchange::guess_by_values(top.fields()),
        };
        self.header = is_header.then(|| top.clone());
        self.options.has_header = Some(is_header);
        self.options.columns = Some(columns.clone());
        self.columns = Columns::new(columns, self.header.as_ref());
        Ok(())
    }

    /// Checks that the columns can give at least a name, number or address.
    ///
    /// # Errors
    /// [`ReadError::NobodyInIt`].
    pub(crate) fn check(&self) -> Result<(), ReadError> {
        if self.format == CustomerFormat::Csv && !self.columns.name_anybody() {
            return Err(ReadError::NobodyInIt);
        }
        Ok(())
    }

    pub(crate) fn format(&self) -> CustomerFormat {
        self.format
    }

    /// The header of the file, or one that says the same.
    pub(crate) fn names(&self) -> Vec<String> {
        match &self.header {
            Some(header) => header.fields().map(ToOwned::to_owned).collect(),
            None => header_of(self.options.columns.as_deref().unwrap_or_default()),
        }
    }

    pub(crate) fn open(&self, path: &Path) -> Result<Source, ReadError> {
        Ok(Source {
            file: File::open(path)?,
            piece: vec![0; PIECE_BYTES],
            text: String::new(),
            decoder: decoder(&self.encoding)?,
            bytes: 0,
            is_finished: false,
            rows: match self.format {
                CustomerFormat::Csv => Rows::Table(Box::new(Table::new(self.delimiter))),
                CustomerFormat::Vcard => Rows::Cards(Box::default()),
            },
            columns: self.columns.clone(),
            is_header_next: self.header.is_some(),
        })
    }
}

enum Rows {
    Table(Box<Table>),
    Cards(Box<Cards>),
}

/// What one row or card is, for the report.
pub(crate) enum Original {
    Row(Row),
    /// It could not be divided into fields.
    Text(String),
    Card(String),
}

/// One row or card.
pub(crate) struct Item {
    pub(crate) line: u64,
    pub(crate) record: Result<CustomerRecord, Refusal>,
    pub(crate) original: Original,
}

/// All rows or cards of a file, one after the other.
pub(crate) struct Source {
    file: File,
    piece: Vec<u8>,
    text: String,
    decoder: TextDecoder,
    bytes: u64,
    is_finished: bool,
    rows: Rows,
    columns: Columns,
    is_header_next: bool,
}

impl Source {
    /// Bytes that were read.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next one; absent at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn next(&mut self) -> Result<Option<Item>, ReadError> {
        loop {
            if let Some(item) = self.item() {
                return Ok(Some(item));
            }
            if self.is_finished {
                return Ok(match &mut self.rows {
                    Rows::Table(_) => None,
                    Rows::Cards(cards) => cards.unfinished().map(of_card),
                });
            }
            self.feed()?;
        }
    }

    fn feed(&mut self) -> Result<(), ReadError> {
        let read = self.file.read(&mut self.piece)?;
        self.bytes += read as u64;
        self.is_finished = read == 0;
        self.text.clear();
        let piece = self.piece.get(..read).unwrap_or_default();
        self.decoder.feed(piece, self.is_finished, &mut self.text);
        match &mut self.rows {
            Rows::Table(table) => table.feed(&self.text),
            Rows::Cards(cards) => cards.feed(&self.text),
        }
        if self.is_finished {
            match &mut self.rows {
                Rows::Table(table) => table.finish(),
                Rows::Cards(cards) => cards.finish(),
            }
        }
        Ok(())
    }

    /// The next of what was read; absent when more must be read.
    fn item(&mut self) -> Option<Item> {
        let table = match &mut self.rows {
            Rows::Cards(cards) => return cards.next_card().map(of_card),
            Rows::Table(table) => table,
        };
        loop {
            match table.step() {
                Step::Row(row) if row.is_blank() || is_said_delimiter(&row) => {}
                Step::Row(_) if std::mem::take(&mut self.is_header_next) => {}
                Step::Row(row) => {
                    return Some(Item {
                        line: row.line,
                        record: self.columns.record(&row),
                        original: Original::Row(row),
                    });
                }
                Step::Bad { line, fault, text } => {
                    return Some(Item {
                        line,
                        record: Err(Refusal(fault.to_string())),
                        original: Original::Text(text),
                    });
                }
                Step::Starved | Step::End => return None,
            }
        }
    }
}

fn of_card(card: Card) -> Item {
    Item {
        line: card.line,
        record: card.record,
        original: Original::Card(card.text),
    }
}

/// Reads the first rows and the records that they would become.
///
/// # Errors
/// [`ReadError`], as [`resolve`].
pub(crate) fn preview(
    path: &Path,
    options: &ImportOptions,
    home: Option<Country>,
) -> Result<ImportPreview, ReadError> {
    let resolved = resolve(path, options)?;
    let mut source = resolved.open(path)?;
    let (mut rows, mut customers) = (Vec::new(), Vec::new());
    while customers.len() < PREVIEW_ROWS {
        let Some(item) = source.next()? else { break };
        let cut = |text: &str| text.chars().take(PREVIEW_CHARS).collect::<String>();
        match &item.original {
            Original::Row(row) => rows.push(
                row.fields()
                    .map(|field| Sensitive::new(cut(field)))
                    .collect(),
            ),
            Original::Text(text) => rows.push(vec![Sensitive::new(cut(text))]),
            Original::Card(_) => {}
        }
        let checked = super::fate::checked(item, home);
        customers.push(match checked.record {
            Ok(record) => PreviewedCustomer {
                line: checked.line,
                name: record.name,
                identities: record.identities,
                refused: None,
            },
            Err(refusal) => PreviewedCustomer {
                line: checked.line,
                name: Sensitive::default(),
                identities: Vec::new(),
                refused: Some(refusal.0),
            },
        });
    }
    let header = resolved
        .header
        .as_ref()
        .map(|row| row.fields().map(ToOwned::to_owned).collect());
    Ok(ImportPreview {
        header: header.unwrap_or_default(),
        is_encoding_sure: resolved.is_encoding_sure,
        options: resolved.options,
        rows,
        customers,
    })
}
