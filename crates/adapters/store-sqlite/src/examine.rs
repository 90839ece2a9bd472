//! What an operator does with a journal by hand: looking at all of it, and cutting it off before an entry.

use crate::chain::{Damage, Link, Row, follow};
use crate::database::Database;
use crate::sql::{Sql, int, whole};
use crate::{recovery, snapshots};
use rusqlite::{Connection, TransactionBehavior};
use std::collections::BTreeSet;
use store::{CutTail, Entry, Result, StoreError};

/// Lines of the file's own check that are given back; a damaged file would give thousands.
const FILE_LINES: u32 = 10;

/// What was found by looking at the whole journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// Entries from the first one on that are whole.
    pub whole: u64,
    /// Those among them whose content was erased.
    pub redacted: u64,
    /// Entries that were cut off before and are kept aside.
    pub set_aside: u64,
    /// After which entries there are snapshots that can be used.
    pub snapshots: Vec<u64>,
    /// After which there are others.
    pub bad_snapshots: Vec<u64>,
    pub broken: Option<BrokenEntry>,
    /// What SQLite's own check says of the file; nothing when it is sound.
    pub file: Vec<String>,
}

/// The first entry that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenEntry {
    pub seq: u64,
    pub why: String,
    /// Nothing whole stands behind it: the next start cuts it off by itself.
    pub is_end: bool,
}

/// What a cut sets aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CutScope {
    pub entries: u64,
    /// Those of them that cannot be read, so that nobody can say what they touched.
    pub unreadable: u64,
    pub interactions: u64,
    pub customers: u64,
}

impl Database {
    /// Looks at every entry, every snapshot and the file itself, beside whoever reads and writes.
    ///
    /// # Errors
    /// `Damaged` when the file cannot even be read through.
    pub fn examine(&self) -> Result<Examined> {
        let mut examined = self.examine_journal()?;
        examined.file = sound(&self.connect()?).sql()?;
        Ok(examined)
    }

    /// The same without the file.
    pub(crate) fn examine_journal(&self) -> Result<Examined> {
        let connection = self.connect()?;
        let read = connection.unchecked_transaction().sql()?;
        let mut examined = Examined::default();
        let (last, broken) = entries(&read, u64::MAX, |row| {
            examined.redacted += u64::from(row.is_redacted());
        })?;
        let lost = match broken {
            None => recovery::lost_end(&read, &last)
                .sql()?
                .map(BrokenEntry::from),
            some => some,
        };
        examined.whole = last.seq;
        examined.broken = lost;
        examined.set_aside = read
            .query_row("SELECT COUNT(*) FROM journal_cut", [], |row| whole(row, 0))
            .sql()?;
        snapshots::each(&read, u64::MAX, |seq, center, _| {
            match center {
                Ok(_) => examined.snapshots.push(seq),
                Err(_) => examined.bad_snapshots.push(seq),
            }
            true
        })
        .sql()?;
        examined.snapshots.reverse();
        Ok(examined)
    }

    /// What [`Database::cut_before`] would set aside.
    ///
    /// # Errors
    /// `Broken` when an entry before `seq` is damaged, too: cut before that one. `Unknown` when there is none to cut.
    pub fn cut_scope(&self, seq: u64) -> Result<CutScope> {
        let connection = self.connect()?;
        let read = connection.unchecked_transaction().sql()?;
        scope(&read, seq)
    }

    /// Sets entry `seq` and everything behind it aside, and builds the projections from what stays. Recordings of
    /// interactions that are gone with it are found no more. The caller holds the organisation's lock.
    ///
    /// # Errors
    /// As [`Database::cut_scope`]; nothing is changed then.
    pub fn cut_before(&self, seq: u64) -> Result<CutTail> {
        let mut connection = self.connect()?;
        let write = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .sql()?;
        scope(&write, seq)?;
        let why = "cut by hand".to_owned();
        let cut = recovery::cut(&write, seq.saturating_sub(1), why).sql()?;
        write.commit().sql()?;
        Ok(cut)
    }
}

/// Follows the chain from the first entry; an entry that is whole and cannot be read ends it as damage does.
fn entries(
    read: &Connection,
    until: u64,
    mut each: impl FnMut(&Row<'_>),
) -> Result<(Link, Option<BrokenEntry>)> {
    let mut unread = None;
    let followed = follow(read, Link::default(), until, |row| {
        if unread.is_none()
            && let Err(error) = serde_json::from_slice::<Entry>(row.text)
        {
            unread = Some(BrokenEntry {
                seq: row.seq.unsigned_abs(),
                why: format!("this program cannot read it ({error})"),
                is_end: false,
            });
        }
        each(row);
        Ok::<_, rusqlite::Error>(())
    })
    .sql()?;
    Ok((
        followed.last,
        unread.or(followed.damage.map(BrokenEntry::from)),
    ))
}

impl From<Damage> for BrokenEntry {
    fn from(damage: Damage) -> Self {
        Self {
            seq: damage.seq,
            is_end: damage.whole_after.is_none(),
            why: match damage.whole_after {
                Some(whole) => format!("{}, and entry {whole} behind it is whole", damage.why),
                None => damage.why,
            },
        }
    }
}

fn scope(read: &Connection, seq: u64) -> Result<CutScope> {
    let before = seq.saturating_sub(1);
    let (last, broken) = entries(read, before, |_| {})?;
    if let Some(BrokenEntry { seq, why, .. }) = broken {
        return Err(StoreError::Broken { seq, why });
    }
    let mut scope = CutScope::default();
    let (mut interactions, mut customers) = (BTreeSet::new(), BTreeSet::new());
    let mut query = read
        .prepare("SELECT entry FROM journal WHERE seq >= ?1")
        .sql()?;
    let mut rows = query.query([int(seq)]).sql()?;
    while let Some(row) = rows.next().sql()? {
        scope.entries += 1;
        let text = row.get_ref(0).sql()?.as_bytes().unwrap_or_default();
        match serde_json::from_slice(text) {
            Ok(Entry::Routing { event }) => interactions.extend(event.what.interaction()),
            Ok(Entry::Record { event }) => {
                interactions.extend(event.interaction());
                customers.extend(event.customer());
            }
            Err(_) => scope.unreadable += 1,
        }
    }
    if seq == 0 || last.seq < before || scope.entries == 0 {
        let name = seq.to_string();
        let what = "entry";
        return Err(StoreError::Unknown { what, name });
    }
    scope.interactions = interactions.len() as u64;
    scope.customers = customers.len() as u64;
    Ok(scope)
}

fn sound(read: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut lines: Vec<String> = read
        .prepare(&format!("PRAGMA quick_check({FILE_LINES})"))?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    lines.retain(|line| line != "ok");
    Ok(lines)
}
