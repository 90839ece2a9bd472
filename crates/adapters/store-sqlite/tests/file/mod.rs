//! A database in a folder of its own, filled with entries of which each creates one customer.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::path::Path;
use store::{
    Batch, CommandOwner, DoneCommand, Entry, JournalEntry, Organisation, OrganisationStore,
    RecordEvent,
};
use store_sqlite::Database;
use vocab::{AgentId, CommandId, CustomerId, Millis, OrgSlug, Sensitive};

pub(crate) struct File {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) database: Database,
}

impl File {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::create(&folder.path().join("demo.db"), &organisation()).unwrap();
        Self { folder, database }
    }

    pub(crate) fn with_entries(count: u64) -> Self {
        let file = Self::new();
        file.database
            .journal()
            .unwrap()
            .append(&numbered(1, count))
            .unwrap();
        file
    }

    pub(crate) fn path(&self) -> &Path {
        self.database.path()
    }

    pub(crate) fn sql(&self, statement: &str) {
        rusqlite::Connection::open(self.path())
            .unwrap()
            .execute_batch(statement)
            .unwrap();
    }

    /// The journal's entries as they are read back.
    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        let past = self.database.past().unwrap();
        past.entries(0, u32::MAX).unwrap()
    }

    pub(crate) fn count(&self, table: &str) -> u64 {
        let count: i64 = rusqlite::Connection::open(self.path())
            .unwrap()
            .query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| {
                row.get(0)
            })
            .unwrap();
        count.unsigned_abs()
    }
}

pub(crate) fn organisation() -> Organisation {
    Organisation {
        slug: OrgSlug::new("demo").unwrap(),
        name: "Demo".to_owned(),
    }
}

/// Entries `first..first + count`, each with a command that was done.
pub(crate) fn numbered(first: u64, count: u64) -> Batch {
    let entries: Vec<_> = (first..first + count).map(entry).collect();
    let done = entries.iter().map(|entry| DoneCommand {
        owner: CommandOwner::Agent(AgentId(1)),
        id: CommandId(uuid::Uuid::from_u128(u128::from(entry.seq))),
        at: entry.at,
    });
    Batch {
        expected_seq: first - 1,
        done: done.collect(),
        audit: Vec::new(),
        entries,
    }
}

pub(crate) fn entry(seq: u64) -> JournalEntry {
    let name = Sensitive::new(format!("Customer {seq}"));
    let customer = CustomerId(seq);
    let event = RecordEvent::CustomerCreated {
        customer,
        name,
        language: None,
    };
    JournalEntry {
        seq,
        at: Millis(1_000 + seq),
        entry: Entry::Record { event },
    }
}
