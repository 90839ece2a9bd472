//! Recordings as desktops make them: Ogg Opus, page by page (RFC 3533, RFC 7845), without sound in it.

fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum: u32, byte| {
        (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| {
            (sum << 1) ^ if sum >> 31 == 0 { 0 } else { 0x04c1_1db7 }
        })
    })
}

fn page(flags: u8, granule: u64, number: u32, body: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(granule.to_le_bytes());
    page.extend(77_u32.to_le_bytes());
    page.extend(number.to_le_bytes());
    page.extend([0; 4]);
    page.push((body.len() / 255 + 1) as u8);
    page.extend(std::iter::repeat_n(255, body.len() / 255));
    page.push((body.len() % 255) as u8);
    page.extend(body);
    let sum = checksum(&page);
    page[22..26].copy_from_slice(&sum.to_le_bytes());
    page
}

/// Of so many milliseconds, a page for each tenth of a second.
pub(crate) fn recording(duration_ms: u32) -> Vec<u8> {
    let head = b"OpusHead\x01\x02\x00\x00\x80\xbb\x00\x00\x00\x00\x00";
    let mut file = page(2, 0, 0, head);
    file.extend(page(0, 0, 1, b"OpusTags\0\0\0\0\0\0\0\0"));
    let pages = duration_ms / 100;
    for number in 0..pages {
        let flags = if number + 1 == pages { 4 } else { 0 };
        let granule = u64::from(number + 1) * 4_800;
        file.extend(page(flags, granule, number + 2, &[0xfc; 7_000]));
    }
    file
}
