//! What an organisation's file says happened, read whole while no server runs on it.

use acd::{Center, What};
use anyhow::{Context, Result};
use rusqlite::{Connection, OpenFlags};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use store::{Entry, JournalEntry, OrganisationStore, RecordEvent};
use store_sqlite::Database;
use vocab::{AgentId, CommandId, InteractionId, Millis};

/// The journal's own account, to be held against what was seen.
#[derive(Debug, Default)]
pub struct Told {
    pub last_seq: u64,
    /// How often each interaction entered; once is right.
    pub entered: HashMap<InteractionId, u32>,
    pub accepted: HashSet<(InteractionId, AgentId)>,
    pub declined: HashSet<(InteractionId, AgentId)>,
    /// Conversations that ended, and waits that did: how often.
    pub ended: HashMap<InteractionId, u32>,
    pub returned: HashSet<InteractionId>,
    pub finished: HashMap<(InteractionId, AgentId), Vec<Option<String>>>,
    pub noted: HashSet<(InteractionId, AgentId)>,
    pub done: HashSet<CommandId>,
    /// The fold of all entries.
    pub center: Center,
    /// What the server would start from: the newest snapshot and what followed.
    pub recovered: Center,
}

impl Told {
    /// # Errors
    /// When the file cannot be read, or an entry of it.
    pub fn read(path: &Path) -> Result<Self> {
        let mut told = Self::default();
        for_each_entry(path, 0, |entry| told.take(entry))?;
        let connection = open(path)?;
        let mut query = connection.prepare("SELECT id FROM done_commands")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let id: [u8; 16] = row.get(0)?;
            told.done.insert(CommandId(uuid::Uuid::from_bytes(id)));
        }
        told.recovered = recovered(path)?;
        Ok(told)
    }

    fn take(&mut self, entry: JournalEntry) -> Result<()> {
        anyhow::ensure!(
            entry.seq == self.last_seq + 1,
            "entry {} follows {}",
            entry.seq,
            self.last_seq
        );
        self.last_seq = entry.seq;
        match entry.entry {
            Entry::Routing { event } => {
                self.center.apply(&event);
                self.note(event.what);
            }
            Entry::Record {
                event:
                    RecordEvent::NoteSaved {
                        interaction, agent, ..
                    },
            } => {
                self.noted.insert((interaction, agent));
            }
            Entry::Record { .. } => {}
        }
        Ok(())
    }

    fn note(&mut self, what: What) {
        match what {
            What::Entered { interaction, .. } => {
                *self.entered.entry(interaction).or_default() += 1;
            }
            What::OfferAccepted { interaction, agent } => {
                self.accepted.insert((interaction, agent));
            }
            What::OfferDeclined {
                interaction, agent, ..
            } => {
                self.declined.insert((interaction, agent));
            }
            What::Ended { interaction, .. }
            | What::Abandoned { interaction, .. }
            | What::RemovedFromLine { interaction, .. } => {
                *self.ended.entry(interaction).or_default() += 1;
            }
            What::ReturnedToQueue { interaction } => {
                self.returned.insert(interaction);
            }
            What::WrapUpFinished {
                interaction,
                agent,
                disposition,
                ..
            } => {
                let finished = self.finished.entry((interaction, agent)).or_default();
                finished.push(disposition);
            }
            _ => {}
        }
    }
}

fn open(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).with_context(|| format!("opening {}", path.display()))
}

/// Entries after `after`, oldest first.
pub(crate) fn for_each_entry(
    path: &Path,
    after: u64,
    mut take: impl FnMut(JournalEntry) -> Result<()>,
) -> Result<()> {
    let connection = open(path)?;
    let mut query =
        connection.prepare("SELECT seq, at, entry FROM journal WHERE seq > ?1 ORDER BY seq")?;
    let mut rows = query.query([i64::try_from(after)?])?;
    while let Some(row) = rows.next()? {
        let (seq, at): (i64, i64) = (row.get(0)?, row.get(1)?);
        let entry = serde_json::from_slice(row.get_ref(2)?.as_bytes()?)
            .with_context(|| format!("entry {seq}"))?;
        take(JournalEntry {
            seq: seq.unsigned_abs(),
            at: Millis(at.unsigned_abs()),
            entry,
        })?;
    }
    Ok(())
}

/// The number of the last entry.
pub(crate) fn last_seq(path: &Path) -> Result<u64> {
    let last: i64 =
        open(path)?.query_row("SELECT COALESCE(MAX(seq), 0) FROM journal", [], |row| {
            row.get(0)
        })?;
    Ok(last.unsigned_abs())
}

fn recovered(path: &Path) -> Result<Center> {
    let recovered = Database::open(path)?.journal()?.load()?;
    anyhow::ensure!(recovered.cut.is_none(), "damaged: {:?}", recovered.cut);
    Ok(recovered.center)
}
