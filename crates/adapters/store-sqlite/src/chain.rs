//! The journal's rows in order, each held against the sum of the one before it.

use crate::erasure::REDACTED;
use crate::sql::int;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

/// Bytes kept of each SHA-256: 128 bits find any damage.
pub(crate) const SUM_BYTES: usize = 16;

pub(crate) type Sum = [u8; SUM_BYTES];

/// Each row's sum covers the one before, so that a lost row is found as surely as a changed one.
pub(crate) fn sum(before: &[u8], seq: i64, at: i64, text: &[u8]) -> Sum {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(seq.to_be_bytes());
    hash.update(at.to_be_bytes());
    hash.update(text);
    let mut sum = Sum::default();
    for (kept, byte) in sum.iter_mut().zip(hash.finalize()) {
        *kept = byte;
    }
    sum
}

/// One row as it is stored. Text is read as bytes, because damaged text need not be UTF-8.
pub(crate) struct Row<'a> {
    pub(crate) seq: i64,
    /// Absent when something else than a number stands there.
    pub(crate) at: Option<i64>,
    pub(crate) text: &'a [u8],
    pub(crate) sum: &'a [u8],
    is_redacted: bool,
}

impl Row<'_> {
    /// Its content was erased; only its exact text says so.
    pub(crate) fn is_redacted(&self) -> bool {
        self.is_redacted && self.text == REDACTED.as_bytes()
    }

    /// The sum that belongs to what stands here.
    fn sum_after(&self, before: &[u8]) -> Option<Sum> {
        self.at.map(|at| sum(before, self.seq, at, self.text))
    }

    fn is_whole_after(&self, before: &[u8]) -> bool {
        self.sum_after(before)
            .is_some_and(|sum| sum.as_slice() == self.sum)
    }
}

/// The last whole row: its number and its sum; 0 and nothing before the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) seq: u64,
    pub(crate) sum: Vec<u8>,
}

/// The first row that is not what its sum says, and what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) seq: u64,
    pub(crate) why: String,
    /// The first row behind it that is whole and has its place in the chain; without one the damage is the end.
    pub(crate) whole_after: Option<u64>,
}

/// How far the chain was followed.
pub(crate) struct Followed {
    pub(crate) last: Link,
    pub(crate) damage: Option<Damage>,
}

/// Goes through the rows after `from`, up to `until`, and gives each whole one away; stops where the chain breaks.
///
/// # Errors
/// When the file cannot be read, and whatever `take` fails with.
pub(crate) fn follow<E: From<rusqlite::Error>>(
    read: &Connection,
    from: Link,
    until: u64,
    mut take: impl FnMut(&Row<'_>) -> Result<(), E>,
) -> Result<Followed, E> {
    let mut query = read.prepare_cached(
        "SELECT seq, at, entry, sum, is_redacted FROM journal WHERE seq > ?1 AND seq <= ?2 ORDER BY seq",
    )?;
    let mut rows = query.query([int(from.seq), int(until)])?;
    let mut last = from;
    while let Some(row) = rows.next()? {
        let row = stored(row)?;
        if let Some(why) = broken(&last, &row) {
            let behind = Behind::new(&row, &last);
            let damage = Some(Damage {
                seq: last.seq + 1,
                why,
                whole_after: behind.first_whole(&mut rows)?,
            });
            return Ok(Followed { last, damage });
        }
        take(&row)?;
        last.seq += 1;
        last.sum.clear();
        last.sum.extend_from_slice(row.sum);
    }
    Ok(Followed { last, damage: None })
}

fn stored<'a>(row: &'a rusqlite::Row<'_>) -> rusqlite::Result<Row<'a>> {
    let at = row.get_ref(1)?;
    Ok(Row {
        seq: row.get(0)?,
        at: match at {
            ValueRef::Integer(at) => Some(at),
            _ => None,
        },
        text: row.get_ref(2)?.as_bytes().unwrap_or_default(),
        sum: row.get_ref(3)?.as_bytes().unwrap_or_default(),
        is_redacted: matches!(row.get_ref(4)?, ValueRef::Integer(1)),
    })
}

/// Why a row is not the next whole one.
fn broken(last: &Link, row: &Row<'_>) -> Option<String> {
    if row.seq != int(last.seq + 1) {
        return Some(format!("entry {} follows {}", row.seq, last.seq));
    }
    let is_whole = row.is_redacted() || row.is_whole_after(&last.sum);
    (!is_whole).then(|| format!("entry {} does not match its checksum", row.seq))
}

/// The row before the one that is looked at: with a sum that is stored, and the one that its content would have.
struct Behind {
    seq: i64,
    stored: Vec<u8>,
    counted: Option<Sum>,
}

impl Behind {
    fn new(row: &Row<'_>, last: &Link) -> Self {
        let is_next = row.seq == int(last.seq + 1);
        Self {
            seq: row.seq,
            stored: row.sum.to_vec(),
            counted: is_next.then(|| row.sum_after(&last.sum)).flatten(),
        }
    }

    /// A row proves itself by the one before it: 128 bits do not agree by chance. One that was erased proves nothing.
    fn first_whole(mut self, rows: &mut rusqlite::Rows<'_>) -> rusqlite::Result<Option<u64>> {
        while let Some(row) = rows.next()? {
            let row = stored(row)?;
            let is_next = row.seq == self.seq.saturating_add(1);
            let is_proven = |sum: &[u8]| row.is_whole_after(sum);
            if is_next && (is_proven(&self.stored) || self.counted.is_some_and(|s| is_proven(&s))) {
                return Ok(Some(row.seq.unsigned_abs()));
            }
            self = Self {
                seq: row.seq,
                counted: row.sum_after(&self.stored),
                stored: row.sum.to_vec(),
            };
        }
        Ok(None)
    }
}
