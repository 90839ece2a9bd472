//! From bytes to text: what a file is written in, or why it is no text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes that the statistics are made of, from the first that is no ASCII on; more changes no guess.
const DETECTED_BYTES: usize = 4 * 1_024 * 1_024;

/// Of how many bytes one may be NUL before a file is no text at all.
const BYTES_PER_NUL: u64 = 1_000;

/// What a file is written in, and whether that is more than a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guess {
    /// As browsers name it, in lower case.
    pub encoding: &'static str,
    /// The file says so, or nothing else could be read in this way.
    pub is_sure: bool,
}

/// Why a file cannot be a table or cards, with what to do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    #[error("the file is empty")]
    Empty,
    #[error(
        "this is a workbook or an archive (a ZIP file): open it in the spreadsheet program and save it as CSV"
    )]
    Archive,
    #[error("this is an old Excel workbook: open it in the spreadsheet program and save it as CSV")]
    OldWorkbook,
    #[error("this is a PDF: export the data as CSV or vCard where it came from")]
    Document,
    #[error("this is a compressed file: unpack it first")]
    Compressed,
    #[error("this is no text: export the data as CSV or vCard")]
    Binary,
}

/// What foreign files begin with.
const MAGIC: [(&[u8], NotText); 7] = [
    (b"PK\x03\x04", NotText::Archive),
    (b"PK\x05\x06", NotText::Archive),
    (b"\xD0\xCF\x11\xE0", NotText::OldWorkbook),
    (b"%PDF", NotText::Document),
    (b"\x1F\x8B", NotText::Compressed),
    (b"BZh", NotText::Compressed),
    (b"\xFD7zXZ", NotText::Compressed),
];

const MARKS: [(&[u8], &Encoding); 3] = [
    (b"\xEF\xBB\xBF", UTF_8),
    (b"\xFF\xFE", UTF_16LE),
    (b"\xFE\xFF", UTF_16BE),
];

/// Looks at a whole file piece by piece and says what it is written in.
pub struct Sniffer {
    first: Vec<u8>,
    bytes: u64,
    nul_at_even: u64,
    nul_at_odd: u64,
    is_ascii: bool,
    is_utf8: bool,
    /// The beginning of a character that the next piece goes on with.
    carried: Vec<u8>,
    detector: EncodingDetector,
    detected: usize,
}

impl Default for Sniffer {
    fn default() -> Self {
        Self {
            first: Vec::new(),
            bytes: 0,
            nul_at_even: 0,
            nul_at_odd: 0,
            is_ascii: true,
            is_utf8: true,
            carried: Vec::new(),
            detector: EncodingDetector::new(Iso2022JpDetection::Allow),
            detected: 0,
        }
    }
}

impl Sniffer {
    pub fn feed(&mut self, piece: &[u8]) {
        let missing = 8_usize.saturating_sub(self.first.len());
        self.first.extend(piece.iter().take(missing));
        for (at, _) in piece.iter().enumerate().filter(|(_, byte)| **byte == 0) {
            if (self.bytes + at as u64).is_multiple_of(2) {
                self.nul_at_even += 1;
            } else {
                self.nul_at_odd += 1;
            }
        }
        self.bytes += piece.len() as u64;
        self.is_ascii = self.is_ascii && piece.is_ascii();
        self.check_utf8(piece);
        if !self.is_ascii && self.detected < DETECTED_BYTES {
            let part = piece.get(..DETECTED_BYTES).unwrap_or(piece);
            self.detector.feed(part, false);
            self.detected += part.len();
        }
    }

    fn check_utf8(&mut self, piece: &[u8]) {
        if !self.is_utf8 {
            return;
        }
        self.carried.extend_from_slice(piece);
        let rest = match std::str::from_utf8(&self.carried) {
            Ok(_) => Vec::new(),
            Err(err) if err.error_len().is_none() => self
                .carried
                .get(err.valid_up_to()..)
                .unwrap_or_default()
                .to_vec(),
            Err(_) => {
                self.is_utf8 = false;
                Vec::new()
            }
        };
        self.carried = rest;
    }

    /// What the whole file is written in.
    ///
    /// # Errors
    /// [`NotText`], to be told to whoever chose the file.
    pub fn finish(mut self) -> Result<Guess, NotText> {
        let begins = |mark: &[u8]| self.first.starts_with(mark);
        if self.bytes == 0 {
            return Err(NotText::Empty);
        }
        if let Some((mark, encoding)) = MARKS.iter().find(|(mark, _)| begins(mark)) {
            if self.bytes == mark.len() as u64 {
                return Err(NotText::Empty);
            }
            return Ok(named(encoding, true));
        }
        if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| begins(magic)) {
            return Err(*what);
        }
        // Where every second byte of much of the text is NUL, two bytes make a character.
        match (self.nul_at_even, self.nul_at_odd) {
            (0, odd) if odd * 20 > self.bytes => return Ok(named(UTF_16LE, false)),
            (even, 0) if even * 20 > self.bytes => return Ok(named(UTF_16BE, false)),
            (even, odd) if (even + odd) * BYTES_PER_NUL > self.bytes => {
                return Err(NotText::Binary);
            }
            _ => {}
        }
        if self.is_utf8 && self.carried.is_empty() {
            return Ok(named(UTF_8, true));
        }
        self.detector.feed(b"", true);
        let guess = self.detector.guess(None, Utf8Detection::Deny);
        let guess = if guess == GBK { GB18030 } else { guess };
        let guess = if guess == UTF_8 { WINDOWS_1252 } else { guess };
        Ok(named(guess, false))
    }
}

fn named(encoding: &'static Encoding, is_sure: bool) -> Guess {
    Guess {
        encoding: lower(encoding),
        is_sure,
    }
}

/// `Encoding::name` has capitals; these are the ones that a guess or a choice comes to.
fn lower(encoding: &'static Encoding) -> &'static str {
    const NAMES: [&str; 12] = [
        "utf-8",
        "utf-16le",
        "utf-16be",
        "gb18030",
        "big5",
        "shift_jis",
        "euc-jp",
        "euc-kr",
        "iso-2022-jp",
        "windows-1250",
        "windows-1251",
        "windows-1252",
    ];
    let name = encoding.name();
    let known = NAMES.iter().find(|known| known.eq_ignore_ascii_case(name));
    known.copied().unwrap_or(name)
}

/// Turns a file's bytes into text piece by piece. What does not belong to the encoding becomes U+FFFD.
pub struct TextDecoder {
    decoder: Decoder,
}

impl TextDecoder {
    /// Absent when no encoding has this name. A mark at the beginning goes before the name.
    #[must_use]
    pub fn new(encoding: &str) -> Option<Self> {
        let encoding = Encoding::for_label(encoding.trim().as_bytes())?;
        let encoding = if encoding == GBK { GB18030 } else { encoding };
        Some(Self {
            decoder: encoding.new_decoder(),
        })
    }

    /// Adds what the piece says to `text`.
    pub fn feed(&mut self, piece: &[u8], is_last: bool, text: &mut String) {
        let room = self.decoder.max_utf8_buffer_length(piece.len());
        text.reserve(room.unwrap_or(piece.len()));
        // With that much room the whole piece is read in one go.
        let _ = self.decoder.decode_to_string(piece, text, is_last);
    }
}

/// A value out of a file that says itself what it is written in.
pub(crate) fn decode(bytes: &[u8], encoding: &str) -> Option<String> {
    let encoding = Encoding::for_label(encoding.as_bytes())?;
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    (!had_errors).then(|| text.into_owned())
}
