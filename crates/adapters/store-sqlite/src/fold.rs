//! The engine, folded from the journal's rows: read and verified on one thread, applied on another.

use crate::chain::{Damage, Link, Row, follow};
use crate::sql::Sql;
use acd::Center;
use rusqlite::Connection;
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use store::{Entry, StoreError};

/// What entries of the two kinds begin with as this program writes them. Others are read the long way.
const ROUTING: &[u8] = br#"{"kind":"routing","event":"#;
const RECORD: &[u8] = br#"{"kind":"record","#;

/// Text handed over at one go, in bytes: enough that the threads seldom wait for each other.
const CHUNK_BYTES: usize = 256 * 1_024;

/// Chunks between the threads; more would only take memory.
const CHUNKS_WAITING: usize = 8;

/// An engine, how far it is folded, and what stopped it.
pub(crate) struct Folded {
    pub(crate) center: Center,
    pub(crate) last: Link,
    pub(crate) damage: Option<Damage>,
}

/// Applies what follows `from`, up to `until`.
///
/// # Errors
/// `Broken` when a whole entry is none that this program knows: nothing may be cut off for that.
pub(crate) fn fold(
    read: &Connection,
    center: Center,
    from: Link,
    until: u64,
) -> store::Result<Folded> {
    std::thread::scope(|scope| {
        let (out, chunks) = sync_channel(CHUNKS_WAITING);
        let applying = std::thread::Builder::new()
            .name("recovery".to_owned())
            .spawn_scoped(scope, move || apply(center, &chunks))
            .map_err(|error| failed(error.to_string()))?;
        let mut feed = Feed {
            out,
            chunk: Chunk::default(),
        };
        let followed = follow(read, from, until, |row| feed.give(row));
        feed.send();
        drop(feed);
        let center = applying
            .join()
            .map_err(|_| failed("the engine could not be folded".to_owned()))??;
        let followed = followed.sql()?;
        Ok(Folded {
            center,
            last: followed.last,
            damage: followed.damage,
        })
    })
}

fn failed(detail: String) -> StoreError {
    StoreError::Backend { detail }
}

/// Entries' texts one behind the other.
#[derive(Default)]
struct Chunk {
    texts: Vec<u8>,
    entries: Vec<(i64, Range<usize>)>,
}

struct Feed {
    out: SyncSender<Chunk>,
    chunk: Chunk,
}

impl Feed {
    fn give(&mut self, row: &Row<'_>) -> Result<(), rusqlite::Error> {
        if row.text.starts_with(RECORD) {
            return Ok(());
        }
        let begin = self.chunk.texts.len();
        self.chunk.texts.extend_from_slice(row.text);
        let range = begin..self.chunk.texts.len();
        self.chunk.entries.push((row.seq, range));
        if self.chunk.texts.len() >= CHUNK_BYTES {
            self.send();
        }
        Ok(())
    }

    fn send(&mut self) {
        let chunk = std::mem::take(&mut self.chunk);
        // Nobody takes it when an entry could not be read; the other thread says so.
        let _ = self.out.send(chunk);
    }
}

fn apply(mut center: Center, chunks: &Receiver<Chunk>) -> store::Result<Center> {
    while let Ok(chunk) = chunks.recv() {
        for (seq, range) in chunk.entries {
            let text = chunk.texts.get(range).unwrap_or_default();
            let event = routing(text).map_err(|error| StoreError::Broken {
                seq: seq.unsigned_abs(),
                why: format!(
                    "this program cannot read it ({error}); was it written by a newer one?"
                ),
            })?;
            if let Some(event) = event {
                center.apply(&event);
            }
        }
    }
    Ok(center)
}

/// What the engine applies of an entry, if it is for the engine.
fn routing(text: &[u8]) -> serde_json::Result<Option<acd::Event>> {
    let inner = text
        .strip_prefix(ROUTING)
        .and_then(|rest| rest.strip_suffix(b"}"));
    if let Some(inner) = inner {
        return serde_json::from_slice(inner).map(Some);
    }
    match serde_json::from_slice(text)? {
        Entry::Routing { event } => Ok(Some(event)),
        Entry::Record { .. } => Ok(None),
    }
}
