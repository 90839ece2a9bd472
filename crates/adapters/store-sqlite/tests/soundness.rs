//! What is derived from the journal, damaged on purpose: found, told apart, and made anew.

#![allow(clippy::unwrap_used, reason = "a test stops at a surprise")]

#[cfg(test)]
mod file;

use file::{File, numbered, organisation};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use store::{OrganisationStore, StoreError};
use store_sqlite::{Database, Fault};
use vocab::Millis;

fn always() -> bool {
    true
}

/// Both looks at a small file find the same.
fn faults(file: &File) -> Vec<Fault> {
    let whole = file.database.look_through(always).unwrap();
    assert_eq!(file.database.quick_look().unwrap(), whole);
    whole
}

/// The page that an index begins with is filled with ones; nobody has the file open.
fn spoil(path: &Path, index: &str) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let (page, size): (u64, u64) = connection
        .query_row(
            "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = ?1",
            [index],
            |row| {
                let (page, size): (u32, u32) = (row.get(0)?, row.get(1)?);
                Ok((page.into(), size.into()))
            },
        )
        .unwrap();
    connection.close().unwrap();
    let mut file = std::fs::OpenOptions::new();
    let mut file = file.read(true).write(true).open(path).unwrap();
    file.seek(SeekFrom::Start((page - 1) * size)).unwrap();
    file.write_all(&[1; 64]).unwrap();
}

fn found(database: &Database, query: &str) -> usize {
    let page = database.history().unwrap().search(query, 50).unwrap();
    page.customers.len()
}

#[test]
fn a_whole_file_has_no_faults() {
    assert_eq!(faults(&File::with_entries(120)), []);
}

#[test]
fn a_damaged_index_is_found_and_the_file_is_made_anew_from_its_journal() {
    let file = File::with_entries(120);
    file.database
        .accounts()
        .unwrap()
        .note_audit(
            store::Stamp {
                at: Millis(1),
                by: "test",
            },
            "tested",
            "audit",
        )
        .unwrap();
    spoil(file.path(), "customers_by_contact");
    let faults = faults(&file);
    assert!(
        faults
            .iter()
            .any(|fault| fault.table == "customers" && !fault.is_search),
        "{faults:?}"
    );
    let rebuilt = Database::rebuild(file.path(), Millis(5_000)).unwrap();
    assert_eq!(rebuilt.entries, 120);
    assert!(rebuilt.kept_aside.is_file());
    let anew = Database::open(file.path()).unwrap();
    assert_eq!(anew.look_through(always).unwrap(), []);
    assert_eq!(found(&anew, "Customer 77"), 1);
    assert_eq!(
        anew.accounts().unwrap().organisation().unwrap(),
        organisation()
    );
    let trail = anew.accounts().unwrap().audit(None, 9).unwrap();
    assert!(trail.iter().any(|line| line.what == "tested"), "{trail:?}");
    let mut journal = anew.journal().unwrap();
    let recovered = journal.load().unwrap();
    assert_eq!((recovered.last_seq, recovered.cut), (120, None));
    assert!(!recovered.done.is_empty(), "what was done is done");
    journal.append(&numbered(121, 1)).unwrap();
}

#[test]
fn a_damaged_journal_is_no_source_to_make_a_file_from() {
    let file = File::with_entries(120);
    file.sql("UPDATE journal SET entry = replace(entry, 'Customer', 'customer') WHERE seq = 60");
    let mut before = Vec::new();
    let mut read = std::fs::File::open(file.path()).unwrap();
    read.read_to_end(&mut before).unwrap();
    let refused = Database::rebuild(file.path(), Millis(5_000));
    assert!(
        matches!(refused, Err(StoreError::Broken { seq: 60, .. })),
        "{refused:?}"
    );
    let left: Vec<_> = std::fs::read_dir(file.folder.path())
        .unwrap()
        .flatten()
        .collect();
    assert!(
        left.iter()
            .all(|entry| !entry.path().to_string_lossy().contains("rebuilding")),
        "{left:?}"
    );
}

#[test]
fn a_damaged_search_index_is_emptied_and_filled_again_piece_by_piece() {
    let file = File::with_entries(120);
    file.sql("UPDATE customer_search_data SET block = zeroblob(length(block)) WHERE id > 10");
    let faults = faults(&file);
    assert!(
        !faults.is_empty() && faults.iter().all(|fault| fault.is_search),
        "{faults:?}"
    );
    file.database.empty_search().unwrap();
    assert_eq!(found(&file.database, "Customer 77"), 0);
    assert!(file.database.refill_search().unwrap());
    // What is written meanwhile is found at once, and stays findable.
    let mut journal = file.database.journal().unwrap();
    journal.append(&numbered(121, 1)).unwrap();
    assert_eq!(found(&file.database, "Customer 121"), 1);
    // Another process goes on where this one stopped.
    let again = Database::open(file.path()).unwrap();
    let mut pieces = 0;
    while again.refill_search().unwrap() {
        pieces += 1;
    }
    assert_eq!(pieces, 2, "customers 51 to 121");
    assert_eq!(
        (found(&again, "Customer 77"), found(&again, "Customer 121")),
        (1, 1)
    );
    assert_eq!(again.look_through(always).unwrap(), []);
    assert!(!again.refill_search().unwrap());
}

#[test]
fn a_look_that_is_stopped_finds_nothing() {
    let file = File::with_entries(120);
    spoil(file.path(), "customers_by_contact");
    assert_eq!(file.database.look_through(|| false).unwrap(), []);
}

#[test]
fn a_commit_that_meets_a_damaged_search_index_is_written_all_the_same() {
    let file = File::with_entries(120);
    let mut journal = file.database.journal().unwrap();
    file.sql(
        "UPDATE customer_search_data SET block = x'ffffffffffffffffffffffffffffffff' WHERE id = 10",
    );
    journal.append(&numbered(121, 1)).unwrap();
    while file.database.refill_search().unwrap() {}
    let names = ["Customer 77", "Customer 121"];
    assert_eq!(names.map(|name| found(&file.database, name)), [1, 1]);
    assert_eq!(faults(&file), []);
    let recovered = journal.load().unwrap();
    assert_eq!((recovered.last_seq, recovered.cut), (121, None));
}
