//! The file of refused rows: as they stood there, each with its reason, so that it can be mended and fed again.

use crate::private_file;
use exchange::{REASON_COLUMN, Row, csv_line};
use protocol::exchange::{ColumnTarget, CustomerFormat, ImportColumn};
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;

pub(super) struct Refused {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    format: CustomerFormat,
    header: Vec<String>,
    bytes: u64,
}

impl Refused {
    /// Continues after `bytes`; what stands behind them belongs to a batch that was not committed.
    pub(super) fn open(
        path: PathBuf,
        format: CustomerFormat,
        header: Vec<String>,
        bytes: u64,
    ) -> std::io::Result<Self> {
        let mut refused = Self {
            path,
            file: None,
            format,
            header,
            bytes,
        };
        let file = private_file::open(&refused.path)?;
        file.set_len(bytes)?;
        if bytes > 0 {
            let mut writer = BufWriter::new(file);
            writer.seek(SeekFrom::Start(bytes))?;
            refused.file = Some(writer);
        }
        Ok(refused)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn row(&mut self, row: &Row, reason: &str) -> std::io::Result<()> {
        // A file that was refused before has a column of reasons already.
        let was = self.header.iter().position(|name| name == REASON_COLUMN);
        let fields = row.fields().enumerate().filter(|(at, _)| Some(*at) != was);
        let fields = fields.map(|(_, field)| field);
        let columns = self.header.len() - usize::from(was.is_some());
        let missing = columns.saturating_sub(row.len());
        let padded = fields.chain(std::iter::repeat_n("", missing));
        let line = csv_line(padded.chain([reason]));
        self.write(&line)
    }

    /// A row that could not be divided into fields: its text stands in the first.
    pub(super) fn text(&mut self, line: u64, text: &str, reason: &str) -> std::io::Result<()> {
        self.row(&Row::of(line, &[text]), reason)
    }

    pub(super) fn card(&mut self, text: &str, reason: &str) -> std::io::Result<()> {
        let body = text.trim_end().trim_end_matches("END:VCARD").trim_end();
        self.write(&format!(
            "{body}\r\nX-WARMLINE-REASON:{reason}\r\nEND:VCARD\r\n"
        ))
    }

    fn write(&mut self, text: &str) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut file = BufWriter::new(private_file::open(&self.path)?);
                if self.format == CustomerFormat::Csv {
                    let names = self.header.iter().map(String::as_str);
                    let names = names.filter(|name| *name != REASON_COLUMN);
                    let line = format!("\u{FEFF}{}", csv_line(names.chain([REASON_COLUMN])));
                    file.write_all(line.as_bytes())?;
                    self.bytes += line.len() as u64;
                }
                self.file.insert(file)
            }
        };
        file.write_all(text.as_bytes())?;
        self.bytes += text.len() as u64;
        Ok(())
    }

    pub(super) fn flush(&mut self) -> std::io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// Names for columns of a file without a header, by which they are known again.
pub(super) fn header_of(columns: &[ImportColumn]) -> Vec<String> {
    let name = |column: &ImportColumn| match column.target {
        ColumnTarget::Nothing => String::new(),
        ColumnTarget::Name => "name".to_owned(),
        ColumnTarget::GivenName => "given name".to_owned(),
        ColumnTarget::FamilyName => "family name".to_owned(),
        ColumnTarget::Phone => "phone".to_owned(),
        ColumnTarget::Email => "email".to_owned(),
        ColumnTarget::Handle => column.name.clone().unwrap_or_else(|| "handle".to_owned()),
        ColumnTarget::Language => "language".to_owned(),
        ColumnTarget::Vip => "vip".to_owned(),
        ColumnTarget::Labels => "labels".to_owned(),
        ColumnTarget::Note => "note".to_owned(),
        ColumnTarget::Attribute => column.name.clone().unwrap_or_default(),
        ColumnTarget::Attributes => "attributes".to_owned(),
        ColumnTarget::PreferredChannel => "preferred_channel".to_owned(),
        ColumnTarget::PreferredTime => "preferred_time".to_owned(),
        ColumnTarget::PreferredSite => "preferred_site".to_owned(),
        ColumnTarget::Consents => "consents".to_owned(),
    };
    columns.iter().map(name).collect()
}
