//! Whole engines kept beside the journal: the newest to begin recovery with, and milestones to go back to.

use crate::chain::{Link, Sum, sum};
use crate::sql::{int, whole};
use acd::Center;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use rusqlite::{Connection, Transaction, params};
use std::io::{Read, Write};
use store::{MILESTONE_ENTRIES, Snapshot, StoreError};

/// The newest ones that are kept: one, and should it be damaged, the one before.
const NEWEST_KEPT: i64 = 2;

/// How an engine is packed; snapshots of older programs are plain JSON.
const ZLIB: &str = "zlib";
const JSON: &str = "json";

/// Beyond this a packed engine is not read: a hundred times what the largest organisation takes.
const UNPACKED_AT_MOST: u64 = 1 << 30;

/// The packed form: compressed JSON, a tenth of its plain size at little cost.
pub(crate) fn pack(seq: u64, center: &Center) -> store::Result<Snapshot> {
    let mut packed = ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let failed = |error: String| StoreError::Backend { detail: error };
    {
        let mut buffered = std::io::BufWriter::with_capacity(64 * 1_024, &mut packed);
        serde_json::to_writer(&mut buffered, center).map_err(|error| failed(error.to_string()))?;
        buffered
            .flush()
            .map_err(|error| failed(error.to_string()))?;
    }
    let packed = packed.finish().map_err(|error| failed(error.to_string()))?;
    Ok(Snapshot { seq, packed })
}

fn unpack(packing: &str, packed: &[u8]) -> Result<Center, String> {
    match packing {
        JSON => serde_json::from_slice(packed).map_err(|error| error.to_string()),
        ZLIB => {
            let mut plain = Vec::with_capacity(packed.len().saturating_mul(10));
            ZlibDecoder::new(packed)
                .take(UNPACKED_AT_MOST)
                .read_to_end(&mut plain)
                .map_err(|error| error.to_string())?;
            serde_json::from_slice(&plain).map_err(|error| error.to_string())
        }
        other => Err(format!("packed as {other}")),
    }
}

/// Keeps it, and of the others the newest and the first of each stretch. One after an entry that is not there (it was
/// cut off meanwhile) is dropped.
pub(crate) fn keep(write: &Transaction<'_>, snapshot: &Snapshot) -> rusqlite::Result<()> {
    let sum = sum_of(int(snapshot.seq), &snapshot.packed);
    write
        .prepare_cached(
            "INSERT OR REPLACE INTO snapshots (seq, center, packing, sum)
             SELECT seq, ?2, ?3, ?4 FROM journal WHERE seq = ?1",
        )?
        .execute(params![int(snapshot.seq), snapshot.packed, ZLIB, sum])?;
    write
        .prepare_cached(
            "DELETE FROM snapshots
             WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ?1)
               AND seq NOT IN (SELECT MIN(seq) FROM snapshots WHERE seq >= ?2 GROUP BY seq / ?2)",
        )?
        .execute(params![NEWEST_KEPT, int(MILESTONE_ENTRIES)])?;
    Ok(())
}

fn sum_of(seq: i64, packed: &[u8]) -> Sum {
    sum(&[], seq, 0, packed)
}

/// The last whole one made after an entry up to `at_most`, with that entry's sum: the chain goes on from there.
pub(crate) fn newest_whole(
    read: &Connection,
    at_most: u64,
) -> rusqlite::Result<Option<(Center, Link)>> {
    let mut found = None;
    each(read, at_most, |seq, center, link| {
        match center {
            Ok(center) => found = Some((center, link)),
            Err(why) => tracing::warn!(seq, why, "a snapshot cannot be used; an older one is"),
        }
        found.is_none()
    })?;
    Ok(found)
}

/// Goes through them, newest first, for as long as `next` says so.
pub(crate) fn each(
    read: &Connection,
    at_most: u64,
    mut next: impl FnMut(u64, Result<Center, String>, Link) -> bool,
) -> rusqlite::Result<()> {
    let mut query = read.prepare(
        "SELECT snapshots.seq, snapshots.center, snapshots.packing, snapshots.sum, journal.sum
         FROM snapshots JOIN journal ON journal.seq = snapshots.seq
         WHERE snapshots.seq <= ?1 ORDER BY snapshots.seq DESC",
    )?;
    let mut rows = query.query([int(at_most)])?;
    while let Some(row) = rows.next()? {
        let seq = whole(row, 0)?;
        let packed = row.get_ref(1)?.as_bytes().unwrap_or_default();
        let packing = row.get_ref(2)?.as_str().unwrap_or_default();
        let is_whole = row.get_ref(3)?.as_bytes().unwrap_or_default() == sum_of(int(seq), packed);
        let center = if is_whole {
            unpack(packing, packed)
        } else {
            Err("it does not match its checksum".to_owned())
        };
        let sum = row.get_ref(4)?.as_bytes().unwrap_or_default().to_vec();
        if !next(seq, center, Link { seq, sum }) {
            break;
        }
    }
    Ok(())
}

/// The entry after which the newest snapshot was made, whole or not; 0 without one.
pub(crate) fn newest(read: &Connection) -> rusqlite::Result<u64> {
    read.prepare_cached("SELECT COALESCE(MAX(seq), 0) FROM snapshots")?
        .query_row([], |row| whole(row, 0))
}
