//! A file that an older program wrote is brought up to date with what its journal says.

#![allow(clippy::unwrap_used, reason = "a test stops at a surprise")]

use acd::{Event, What};
use store::{Batch, Entry, JournalEntry, Organisation, OrganisationStore, RecordEvent};
use store_sqlite::Database;
use vocab::{AgentId, CustomerId, InteractionId, MediumKind, Millis, OrgSlug, QueueId, Sensitive};

const CHEN: CustomerId = CustomerId(1);
const CALL: InteractionId = InteractionId(1);
const ANNA: AgentId = AgentId(1);
const NOOR: AgentId = AgentId(2);

fn routing(what: What) -> Entry {
    let at = Millis(1_000);
    Entry::Routing {
        event: Event { at, what },
    }
}

fn record(event: RecordEvent) -> Entry {
    Entry::Record { event }
}

/// Chen's call, of which Anna asked Noor.
fn file_with_a_call(then: Vec<Entry>) -> (tempfile::TempDir, Database) {
    let created = RecordEvent::CustomerCreated {
        customer: CHEN,
        name: Sensitive::new("Chen Yulan".to_owned()),
        language: None,
    };
    let entered = What::Entered {
        interaction: CALL,
        customer: CHEN,
        queue: QueueId(1),
        medium: MediumKind::Voice,
    };
    let asked = What::ConsultAsked {
        interaction: CALL,
        agent: ANNA,
        colleague: NOOR,
        deadline: Millis(2_000),
    };
    let entries = [record(created), routing(entered), routing(asked)];
    let entries = (1..).zip(entries.into_iter().chain(then));
    let batch = Batch {
        expected_seq: 0,
        entries: entries
            .map(|(seq, entry)| JournalEntry {
                seq,
                at: Millis(seq),
                entry,
            })
            .collect(),
        done: vec![],
        audit: vec![],
        snapshot: None,
    };
    let folder = tempfile::tempdir().unwrap();
    let organisation = Organisation {
        slug: OrgSlug::new("demo").unwrap(),
        name: "Demo".to_owned(),
    };
    let database = Database::create(&folder.path().join("demo.db"), &organisation).unwrap();
    database.journal().unwrap().append(&batch).unwrap();
    (folder, database)
}

/// The file as an older program left it, opened anew.
fn older(database: &Database, statements: &str) -> Database {
    rusqlite::Connection::open(database.path())
        .unwrap()
        .execute_batch(statements)
        .unwrap();
    Database::open(database.path()).unwrap()
}

#[test]
fn who_was_asked_before_the_colleagues_column_took_part_all_the_same() {
    let (_folder, database) = file_with_a_call(vec![]);
    let without = "ALTER TABLE happened DROP COLUMN colleague; PRAGMA user_version = 6";
    let history = older(&database, without).history().unwrap();
    assert_eq!(history.took_part(CALL, NOOR).unwrap(), Some(CHEN));
    assert_eq!(history.took_part(CALL, AgentId(3)).unwrap(), None);
}
