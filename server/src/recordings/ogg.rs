//! Whether what arrives is Ogg Opus: pages in order with right sums (RFC 3533), an identification and a comment header
//! first (RFC 7845), and a length that Opus can have.
//!
//! A file is walked page by page as its pieces come, so that a gigabyte of something else is refused at its first page.
//! The sound itself is not decoded: whatever stands in a page of Opus plays as some sound.

use std::io::{Read, Seek, SeekFrom};

/// Bytes of a page's header before its table of segments.
const HEADER_BYTES: usize = 27;

const SAMPLES_PER_MS: u64 = 48;

/// Longest sound of one packet, 120 ms (RFC 6716, 2.1.4), in samples.
const MOST_SAMPLES_OF_PACKET: u64 = 120 * SAMPLES_PER_MS;

/// How far the length that the desktop told may be from what the pages say.
const TOLERANCE_MS: u64 = 2_000;

/// Why this is no recording.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotOggOpus {
    #[error("at byte {at}: {why}")]
    Page { at: u64, why: &'static str },
    #[error("it ends within a page or before its sound")]
    Unfinished,
    #[error("its pages hold {pages_ms} ms of sound, not {told_ms} ms")]
    OtherLength { pages_ms: u64, told_ms: u64 },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// How far a file was walked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Walk {
    /// Everything before this byte is whole pages.
    at: u64,
    pages: u32,
    serial: u32,
    pre_skip: u64,
    granule: u64,
    packets: u64,
    is_ended: bool,
}

struct Page {
    bytes: u64,
    flags: u8,
    granule: u64,
    serial: u32,
    number: u32,
    /// Packets that end here.
    packets: u64,
    body: Vec<u8>,
}

const IS_CONTINUED: u8 = 1;
const IS_FIRST: u8 = 2;
const IS_LAST: u8 = 4;

impl Walk {
    /// Walks on over the whole pages up to `length`; part of a page is looked at when the rest is there.
    ///
    /// # Errors
    /// [`NotOggOpus`]: the file is to be thrown away.
    pub(crate) fn advance(
        &mut self,
        file: &mut (impl Read + Seek),
        length: u64,
    ) -> Result<(), NotOggOpus> {
        while self.at < length {
            file.seek(SeekFrom::Start(self.at))?;
            let Some(page) = read_page(file, self.at, length - self.at)? else {
                return Ok(());
            };
            self.take(&page)
                .map_err(|why| NotOggOpus::Page { at: self.at, why })?;
            self.at += page.bytes;
        }
        Ok(())
    }

    fn take(&mut self, page: &Page) -> Result<(), &'static str> {
        if self.is_ended {
            return Err("a page after the last one");
        }
        if page.number != self.pages {
            return Err("pages are missing or out of order");
        }
        if (page.flags & IS_FIRST != 0) != (self.pages == 0) {
            return Err("another stream begins, or none has begun");
        }
        if self.pages > 0 && page.serial != self.serial {
            return Err("a page of another stream");
        }
        match self.pages {
            0 => self.identify(page)?,
            1 if !page.body.starts_with(b"OpusTags") => return Err("no comment header"),
            1 => {}
            _ => self.count(page)?,
        }
        self.is_ended = page.flags & IS_LAST != 0;
        self.pages += 1;
        Ok(())
    }

    /// RFC 7845, 5.1.
    fn identify(&mut self, page: &Page) -> Result<(), &'static str> {
        let [
            b'O',
            b'p',
            b'u',
            b's',
            b'H',
            b'e',
            b'a',
            b'd',
            version,
            channels,
            skip_low,
            skip_high,
            _,
            _,
            _,
            _,
            _,
            _,
            family,
            ..,
        ] = page.body.as_slice()
        else {
            return Err("no identification header of Opus");
        };
        if version & 0xf0 != 0 {
            return Err("a version of Opus' header that is not known");
        }
        if *family != 0 || !(1..=2).contains(channels) {
            return Err("not one or two channels");
        }
        self.serial = page.serial;
        self.pre_skip = u64::from(u16::from_le_bytes([*skip_low, *skip_high]));
        Ok(())
    }

    fn count(&mut self, page: &Page) -> Result<(), &'static str> {
        self.packets += page.packets;
        if page.packets == 0 {
            return Ok(());
        }
        if page.granule < self.granule {
            return Err("time goes backwards");
        }
        if page.granule > self.packets.saturating_mul(MOST_SAMPLES_OF_PACKET) {
            return Err("more time than its packets can hold");
        }
        self.granule = page.granule;
        Ok(())
    }

    /// The whole file of `length` bytes was walked, and lasts about as long as was told.
    ///
    /// # Errors
    /// [`NotOggOpus`].
    pub(crate) fn finish(&self, length: u64, told_ms: u64) -> Result<(), NotOggOpus> {
        if self.at != length || self.pages < 3 {
            return Err(NotOggOpus::Unfinished);
        }
        let pages_ms = self.granule.saturating_sub(self.pre_skip) / SAMPLES_PER_MS;
        if pages_ms.abs_diff(told_ms) > TOLERANCE_MS {
            return Err(NotOggOpus::OtherLength { pages_ms, told_ms });
        }
        Ok(())
    }
}

/// The page that begins here; nothing when it is not all there yet.
fn read_page(file: &mut impl Read, at: u64, left: u64) -> Result<Option<Page>, NotOggOpus> {
    let bad = |why| NotOggOpus::Page { at, why };
    let mut header = [0; HEADER_BYTES];
    let there = usize::try_from(left)
        .unwrap_or(usize::MAX)
        .min(HEADER_BYTES);
    file.read_exact(&mut header[..there])?;
    // Said as early as can be: four bytes tell that it is something else.
    let magic = there.min(4);
    if header[..magic] != b"OggS"[..magic] || (there > 4 && header[4] != 0) {
        return Err(bad("no page of Ogg begins here"));
    }
    let segments = usize::from(header[26]);
    if left < (HEADER_BYTES + segments) as u64 {
        return Ok(None);
    }
    let mut table = vec![0; segments];
    file.read_exact(&mut table)?;
    let body_bytes: usize = table.iter().map(|length| usize::from(*length)).sum();
    let bytes = (HEADER_BYTES + segments + body_bytes) as u64;
    if left < bytes {
        return Ok(None);
    }
    let mut body = vec![0; body_bytes];
    file.read_exact(&mut body)?;
    let word = |from: usize| {
        let mut four = [0; 4];
        four.copy_from_slice(&header[from..from + 4]);
        u32::from_le_bytes(four)
    };
    let (sum, serial, number) = (word(22), word(14), word(18));
    let granule = u64::from(word(6)) | (u64::from(word(10)) << 32);
    header[22..26].fill(0);
    if checksum(&[&header, &table, &body]) != sum {
        return Err(bad("the page's sum is wrong"));
    }
    Ok(Some(Page {
        bytes,
        flags: header[5] & (IS_CONTINUED | IS_FIRST | IS_LAST),
        granule,
        serial,
        number,
        packets: table.iter().filter(|length| **length < 255).count() as u64,
        body,
    }))
}

/// Ogg's CRC-32: polynomial 0x04c11db7, neither reflected nor inverted (RFC 3533, 6).
fn checksum(parts: &[&[u8]]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut index = 0;
        while index < 256 {
            let mut sum = (index as u32) << 24;
            let mut bit = 0;
            while bit < 8 {
                sum = (sum << 1)
                    ^ if sum & 0x8000_0000 == 0 {
                        0
                    } else {
                        0x04c1_1db7
                    };
                bit += 1;
            }
            table[index] = sum;
            index += 1;
        }
        table
    };
    let bytes = parts.iter().copied().flatten();
    bytes.fold(0, |sum, byte| {
        (sum << 8) ^ TABLE[usize::from((sum >> 24) as u8 ^ byte)]
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::Cursor;

    fn page(flags: u8, granule: u64, number: u32, body: &[u8]) -> Vec<u8> {
        let mut table = vec![255; body.len() / 255];
        table.push((body.len() % 255) as u8);
        let mut page = b"OggS\0".to_vec();
        page.push(flags);
        page.extend(granule.to_le_bytes());
        page.extend(7_u32.to_le_bytes());
        page.extend(number.to_le_bytes());
        page.extend([0; 4]);
        page.push(table.len() as u8);
        page.extend(table);
        page.extend(body);
        let sum = checksum(&[&page]);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        page
    }

    fn head(channels: u8) -> Vec<u8> {
        let mut head = b"OpusHead\x01".to_vec();
        head.extend([channels, 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0]);
        head
    }

    /// Ogg Opus of so many pages, each of 100 ms.
    pub(in super::super) fn sound(pages: u32) -> Vec<u8> {
        let mut file = page(IS_FIRST, 0, 0, &head(2));
        file.extend(page(0, 0, 1, b"OpusTags\0\0\0\0\0\0\0\0"));
        for number in 0..pages {
            let flags = if number + 1 == pages { IS_LAST } else { 0 };
            let granule = 312 + u64::from(number + 1) * 4_800;
            file.extend(page(flags, granule, number + 2, &[0xfc; 300]));
        }
        file
    }

    fn walk(file: &[u8], piece: usize) -> Result<Walk, NotOggOpus> {
        let mut walk = Walk::default();
        let mut length = 0;
        while length < file.len() {
            length = (length + piece).min(file.len());
            walk.advance(&mut Cursor::new(&file[..length]), length as u64)?;
        }
        Ok(walk)
    }

    #[test]
    fn a_recording_is_known_however_it_is_cut_into_pieces() {
        let file = sound(40);
        for piece in [1, 26, 27, 28, 1_000, file.len()] {
            let walk = walk(&file, piece).unwrap();
            walk.finish(file.len() as u64, 4_000).unwrap();
            assert!(walk.finish(file.len() as u64, 9_000).is_err(), "its length");
        }
    }

    #[test]
    fn an_example_of_the_standard_has_its_sum() {
        // From libogg's own header of an empty page, checked with `ogginfo`.
        let empty = page(0, 0, 0, &[]);
        assert_eq!(checksum(&[b"123456789"]), 0x89a1_897f);
        assert_eq!(empty.len(), HEADER_BYTES + 1);
    }

    #[test]
    fn what_is_something_else_is_refused_at_its_first_page() {
        let mut vorbis = page(IS_FIRST, 0, 0, b"\x01vorbis\0\0\0\0\x02");
        vorbis.extend(page(0, 0, 1, b"\x03vorbis"));
        let mut other = page(IS_FIRST, 0, 0, &head(2));
        other.extend(page(0, 0, 1, b"no comments here"));
        let mut damaged = sound(4);
        let last = damaged.len() - 10;
        damaged[last] ^= 1;
        let mut missing = sound(2);
        missing.extend(page(0, 99_999, 9, &[0xfc; 10]));
        let endless: Vec<u8> = [
            page(IS_FIRST, 0, 0, &head(1)),
            page(0, 0, 1, b"OpusTags"),
            page(0, 48_000 * 3_600, 2, &[0xfc; 10]),
        ]
        .concat();
        for (file, what) in [
            (b"RIFF\x24\0\0\0WAVEfmt ".to_vec(), "a WAV"),
            (b"\x7fELF".to_vec(), "a program"),
            (b"O".iter().chain(b"hello").copied().collect(), "text"),
            (vorbis, "Vorbis"),
            (other, "no comments"),
            (page(IS_FIRST, 0, 0, &head(6)), "six channels"),
            (damaged, "a flipped bit"),
            (missing, "a missing page"),
            (endless, "an hour in one packet"),
        ] {
            assert!(walk(&file, 7).is_err(), "{what}");
        }
    }

    #[test]
    fn what_is_cut_off_is_not_whole() {
        let file = sound(4);
        let cut = &file[..file.len() - 3];
        let walk = walk(cut, 100).unwrap();
        let ended = walk.finish(cut.len() as u64, 400);
        assert!(matches!(ended, Err(NotOggOpus::Unfinished)));
    }
}
