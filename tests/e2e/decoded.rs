//! A recording's sound as samples: Ogg read by one crate, Opus by another, neither of which wrote a line of it.

use anyhow::{Context, Result, ensure};
use std::io::Cursor;

const RATE: u32 = 48_000;
/// The longest Opus packet, in samples.
const LONGEST: usize = 5_760;

/// Both sides at 48 kHz.
pub(crate) struct Decoded {
    pub(crate) left: Vec<i16>,
    pub(crate) right: Vec<i16>,
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded> {
    let mut packets = ogg::PacketReader::new(Cursor::new(bytes));
    let head = packets.read_packet_expected()?.data;
    ensure!(head.starts_with(b"OpusHead"), "it is not Ogg Opus");
    let channels = *head.get(9).context("the header is short")?;
    ensure!(channels == 2, "it has {channels} sides");
    packets.read_packet_expected()?;
    let mut decoder = opus::Decoder::new(RATE, opus::Channels::Stereo)?;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let mut out = vec![0; LONGEST * 2];
    while let Some(packet) = packets.read_packet()? {
        let count = decoder.decode(&packet.data, &mut out, false)?;
        for pair in out[..count * 2].chunks_exact(2) {
            left.push(pair[0]);
            right.push(pair[1]);
        }
    }
    Ok(Decoded { left, right })
}
