//! Text as operators' editors and shells leave it: UTF-8 with or without a byte-order mark, UTF-16 with one.
//!
//! What cannot be read is refused by what it is, with what to do, instead of a parser's complaint about its first byte.

use std::io::{BufRead, Read};
use std::path::Path;

/// Longest file that is read, in bytes: a configuration of 18,000 people is some five megabytes.
const MOST_BYTES: u64 = 64 * 1_024 * 1_024;

/// Longest first line of standard input, in bytes.
const MOST_LINE_BYTES: u64 = 64 * 1_024;

/// Why a text cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("it is longer than {MOST_BYTES} bytes")]
    TooLong,
    #[error("it is UTF-32; save it as UTF-8")]
    Utf32,
    #[error("it is UTF-16 without a byte-order mark; save it as UTF-8")]
    UnmarkedUtf16,
    #[error("it is UTF-16 and damaged; save it as UTF-8")]
    BadUtf16,
    #[error("it is not UTF-8 (byte {at} is none); save it as UTF-8")]
    NotUtf8 { at: usize },
}

/// # Errors
/// [`TextError`]; tell the operator, with the file's name.
pub fn read_file(path: &Path) -> Result<String, TextError> {
    read_all(std::fs::File::open(path)?)
}

/// # Errors
/// As [`read_file`].
pub fn read_stdin() -> Result<String, TextError> {
    read_all(std::io::stdin().lock())
}

/// The first line of standard input without its end, as a password is given. It does not wait for more than that line.
///
/// # Errors
/// As [`read_file`].
pub fn read_stdin_line() -> Result<String, TextError> {
    first_line(std::io::stdin().lock())
}

fn read_all(from: impl Read) -> Result<String, TextError> {
    let mut bytes = Vec::new();
    from.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(TextError::TooLong);
    }
    decode(&bytes)
}

fn first_line(from: impl BufRead) -> Result<String, TextError> {
    let mut from = from.take(MOST_LINE_BYTES);
    let mut bytes = Vec::new();
    from.read_until(b'\n', &mut bytes)?;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        // A line of UTF-16 does not end with that byte.
        from.read_to_end(&mut bytes)?;
    }
    let text = decode(&bytes)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// # Errors
/// [`TextError`] naming what it is instead.
pub fn decode(bytes: &[u8]) -> Result<String, TextError> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err(TextError::Utf32),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        bytes => utf8(bytes),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, TextError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(TextError::BadUtf16);
    }
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16(&units).map_err(|_| TextError::BadUtf16)
}

fn utf8(bytes: &[u8]) -> Result<String, TextError> {
    // Latin letters in UTF-16 are letters with a zero byte each, which is UTF-8 as well, but never what was meant.
    if matches!(bytes, [0, 1..=u8::MAX, ..] | [1..=u8::MAX, 0, ..]) {
        return Err(TextError::UnmarkedUtf16);
    }
    let text = std::str::from_utf8(bytes).map_err(|err| TextError::NotUtf8 {
        at: err.valid_up_to() + 1,
    })?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[server]\r\nlisten = \"127.0.0.1:0\" # 陈 😀\r\n";

    fn utf16_of(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let marked = std::iter::once(0xfeff).chain(text.encode_utf16());
        marked.flat_map(bytes).collect()
    }

    #[test]
    fn every_marked_encoding_is_read() {
        let marked = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
        let (little, big) = (
            utf16_of(TEXT, u16::to_le_bytes),
            utf16_of(TEXT, u16::to_be_bytes),
        );
        for bytes in [TEXT.as_bytes(), &marked, &little, &big] {
            assert_eq!(decode(bytes).unwrap(), TEXT);
        }
        assert_eq!(decode(b"").unwrap(), "");
        assert_eq!(decode(b"\xef\xbb\xbf").unwrap(), "");
        assert_eq!(decode(b"\xff\xfe").unwrap(), "");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let little = utf16_of(TEXT, u16::to_le_bytes);
        let said = |bytes: &[u8]| decode(bytes).unwrap_err().to_string();
        assert!(said(&little[2..]).contains("UTF-16 without a byte-order mark"));
        assert!(said(&utf16_of("{}", u16::to_be_bytes)[2..]).contains("UTF-16 without"));
        assert!(said(&little[..little.len() - 1]).contains("UTF-16 and damaged"));
        assert!(said(b"\xff\xfe\x00\xd8").contains("UTF-16 and damaged"));
        assert!(said(b"\xff\xfe\x00\x00a\x00\x00\x00").contains("UTF-32"));
        assert!(said(b"caf\xe9").contains("byte 4"));
    }

    #[test]
    fn a_password_is_the_first_line_whatever_wrote_it() {
        for bytes in [
            b"s\xc3\xa9same ouvre-toi\n".to_vec(),
            b"\xef\xbb\xbfs\xc3\xa9same ouvre-toi\r\nmore\r\n".to_vec(),
            b"s\xc3\xa9same ouvre-toi".to_vec(),
            utf16_of("sésame ouvre-toi\r\n", u16::to_le_bytes),
            utf16_of("sésame ouvre-toi\n", u16::to_be_bytes),
        ] {
            assert_eq!(first_line(bytes.as_slice()).unwrap(), "sésame ouvre-toi");
        }
        assert_eq!(first_line(b" kept \n".as_slice()).unwrap(), " kept ");
    }
}
