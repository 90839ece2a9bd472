//! Ogg Opus files (RFC 7845): written page by page, so that a crash loses less than a second, and mended after one.

use crate::error::MediaError;
use audio::RATE;
use ogg::writing::{PacketWriteEndInfo, PacketWriter};
use opus::{Application, Bitrate, Channels, Encoder};
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;

/// Samples of each side in a packet: 20 ms.
pub(super) const PACKET: usize = RATE as usize / 50;
/// Half a second: with the ring's emptying every 100 ms, less than a second is not on the disk yet.
const PAGE_PACKETS: u32 = 25;
/// Two voices of which mostly one speaks; silence costs next to nothing.
const BITRATE: i32 = 64_000;
/// Of 10: beyond it the processor works more and nobody hears a difference in speech.
const COMPLEXITY: i32 = 5;
/// One file holds one stream, so that any number will do.
const SERIAL: u32 = 1;
/// A page's fixed part; its segment table follows.
const PAGE_HEADER: usize = 27;

fn failed(error: impl std::fmt::Display) -> MediaError {
    MediaError::Recording(error.to_string())
}

pub(super) struct OggOpus {
    pages: PacketWriter<'static, File>,
    encoder: Encoder,
    encoded: Vec<u8>,
    /// Samples that a decoder shall drop at the beginning, for the encoder's own delay.
    pre_skip: u64,
    /// Samples of each side that were written.
    samples: u64,
    packets: u32,
}

impl OggOpus {
    pub(super) fn create(path: &Path) -> Result<Self, MediaError> {
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(path).map_err(failed)?;
        let mut encoder =
            Encoder::new(RATE, Channels::Stereo, Application::Audio).map_err(failed)?;
        encoder
            .set_bitrate(Bitrate::Bits(BITRATE))
            .map_err(failed)?;
        encoder.set_complexity(COMPLEXITY).map_err(failed)?;
        let pre_skip = u16::try_from(encoder.get_lookahead().map_err(failed)?).map_err(failed)?;
        let mut pages = PacketWriter::new(file);
        let page = PacketWriteEndInfo::EndPage;
        pages
            .write_packet(head(pre_skip), SERIAL, page, 0)
            .map_err(failed)?;
        pages
            .write_packet(tags(), SERIAL, PacketWriteEndInfo::EndPage, 0)
            .map_err(failed)?;
        Ok(Self {
            pages,
            encoder,
            encoded: vec![0; 4_000],
            pre_skip: u64::from(pre_skip),
            samples: 0,
            packets: 0,
        })
    }

    /// Writes one packet of interleaved samples; every 25th ends a page, which is then in the file.
    pub(super) fn write(&mut self, both: &[f32]) -> Result<(), MediaError> {
        self.samples += PACKET as u64;
        self.packets += 1;
        let end = if self.packets.is_multiple_of(PAGE_PACKETS) {
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        // What a decoder can give up to here, the samples that it drops at the beginning included.
        self.packet(both, end, self.samples)
    }

    fn packet(
        &mut self,
        both: &[f32],
        end: PacketWriteEndInfo,
        granule: u64,
    ) -> Result<(), MediaError> {
        let length = self
            .encoder
            .encode_float(both, &mut self.encoded)
            .map_err(failed)?;
        self.pages
            .write_packet(self.encoded[..length].to_vec(), SERIAL, end, granule)
            .map_err(failed)
    }

    /// Writes the last `rest` samples of each side and ends the stream. Silence follows until the encoder has given
    /// everything, and the last granule says where the sound ends within it (RFC 7845, section 4.4).
    pub(super) fn finish(mut self, both: &mut [f32], rest: usize) -> Result<(), MediaError> {
        let end = self.samples + rest as u64 + self.pre_skip;
        both[rest * 2..].fill(0.0);
        while self.samples + (PACKET as u64) < end {
            self.write(both)?;
            both.fill(0.0);
        }
        self.packet(both, PacketWriteEndInfo::EndStream, end)?;
        self.pages.inner_mut().sync_all().map_err(failed)
    }
}

/// The identification header, section 5.1.
fn head(pre_skip: u16) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x02".to_vec();
    head.extend(pre_skip.to_le_bytes());
    head.extend(RATE.to_le_bytes());
    // No gain; family 0 is plain stereo.
    head.extend([0, 0, 0]);
    head
}

/// The comment header, section 5.2: who wrote it and nothing about who speaks.
fn tags() -> Vec<u8> {
    let vendor = b"Warmline";
    let mut tags = b"OpusTags".to_vec();
    tags.extend((vendor.len() as u32).to_le_bytes());
    tags.extend(vendor);
    tags.extend(0_u32.to_le_bytes());
    tags
}

/// What a crash left of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salvaged {
    pub bytes: u64,
    pub duration_ms: u64,
}

/// Cuts a half-written page off the end of a recording; what is before it can be played. A whole one stays as it is.
///
/// # Errors
/// `Recording` when the file cannot be read or cut.
pub fn salvage(path: &Path) -> Result<Salvaged, MediaError> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map_err(failed)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    let (mut end, mut granule, mut pre_skip) = (0, 0, 0);
    while let Some((length, position)) = page(&bytes[end..]) {
        if end == 0 {
            pre_skip = pre_skip_of(&bytes[..length]);
        }
        end += length;
        granule = position;
    }
    if end < bytes.len() {
        file.set_len(end as u64).map_err(failed)?;
    }
    let samples = granule.saturating_sub(pre_skip);
    Ok(Salvaged {
        bytes: end as u64,
        duration_ms: samples * 1_000 / u64::from(RATE),
    })
}

/// The length of the page at the beginning and its granule position; none when it is not whole.
fn page(bytes: &[u8]) -> Option<(usize, u64)> {
    let header = bytes.get(..PAGE_HEADER)?;
    let granule = header.get(6..14)?.try_into().ok()?;
    if !header.starts_with(b"OggS") {
        return None;
    }
    let segments = usize::from(header[PAGE_HEADER - 1]);
    let table = bytes.get(PAGE_HEADER..PAGE_HEADER + segments)?;
    let body: usize = table.iter().map(|length| usize::from(*length)).sum();
    let length = PAGE_HEADER + segments + body;
    (bytes.len() >= length).then_some((length, u64::from_le_bytes(granule)))
}

/// From the identification header, which is the first page's one packet.
fn pre_skip_of(page: &[u8]) -> u64 {
    let at = PAGE_HEADER + 1 + b"OpusHead\x01\x02".len();
    match page.get(at..at + 2) {
        Some(&[low, high]) => u64::from(u16::from_le_bytes([low, high])),
        _ => 0,
    }
}
