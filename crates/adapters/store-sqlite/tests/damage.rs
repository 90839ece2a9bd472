//! Damaged files: an end is cut off and said, anything else is left as it is and refused.

#![allow(clippy::unwrap_used, reason = "a test stops at a surprise")]

#[cfg(test)]
mod file;

use file::{File, entry, numbered};
use sha2::{Digest, Sha256};
use store::{OrganisationStore, StoreError};
use vocab::CustomerId;

#[test]
fn a_damaged_end_is_cut_off_reported_and_written_over() {
    for (damage, first_bad) in [
        (
            "UPDATE journal SET entry = replace(entry, 'Customer 10', 'Customer 11') WHERE seq = 10",
            10,
        ),
        (
            "UPDATE journal SET entry = CAST(x'ff00' AS TEXT) WHERE seq = 10",
            10,
        ),
        ("UPDATE journal SET at = at + 1 WHERE seq = 10", 10),
        ("UPDATE journal SET sum = x'00' WHERE seq = 10", 10),
        ("UPDATE journal SET entry = '{}' WHERE seq >= 8", 8),
        (
            "UPDATE journal SET entry = '{}', sum = zeroblob(16) WHERE seq >= 8",
            8,
        ),
        // Of the last one alone nobody can say that it is whole.
        ("DELETE FROM journal WHERE seq = 9", 9),
    ] {
        let file = File::with_entries(10);
        file.sql(damage);
        let (kept, cut_off) = (first_bad - 1, file.count("journal") + 1 - first_bad);

        let mut journal = file.database.journal().unwrap();
        let recovered = journal.load().unwrap();
        let cut = recovered.cut.expect(damage);
        assert_eq!(
            (cut.first_bad_seq, cut.entries),
            (first_bad, cut_off),
            "{damage}"
        );
        assert_eq!(recovered.last_seq, kept, "{damage}");
        assert_eq!(
            file.entries(),
            (1..=kept).map(entry).collect::<Vec<_>>(),
            "{damage}"
        );
        let history = file.database.history().unwrap();
        let is_known = |id| history.customer(CustomerId(id)).unwrap().is_some();
        assert!(is_known(kept) && !is_known(kept + 1), "{damage}");
        let found = history.search("Customer", 50).unwrap().customers.len();
        assert_eq!(found as u64, kept);

        journal.append(&numbered(kept + 1, 3)).unwrap();
        let again = file.database.journal().unwrap().load().unwrap();
        assert_eq!((again.last_seq, again.cut), (kept + 3, None), "{damage}");
        assert_eq!(file.count("journal_cut"), cut_off, "{damage}");
    }
}

#[test]
fn damage_with_whole_entries_behind_it_is_refused_and_nothing_is_changed() {
    for (damage, bad, whole) in [
        ("UPDATE journal SET entry = '{}' WHERE seq = 7", 7, 8),
        ("UPDATE journal SET at = at + 1 WHERE seq = 7", 7, 8),
        (
            "UPDATE journal SET entry = '{}' WHERE seq IN (3, 4, 5)",
            3,
            6,
        ),
        // Its own sum is lost, and the next one's tells that the rest is as it was.
        ("UPDATE journal SET sum = x'00' WHERE seq = 9", 9, 10),
        (
            "UPDATE journal SET entry = '{}', sum = x'00' WHERE seq = 8",
            8,
            10,
        ),
        ("DELETE FROM journal WHERE seq = 6", 6, 8),
        ("DELETE FROM journal WHERE seq IN (1, 2)", 1, 4),
    ] {
        let file = File::with_entries(10);
        file.sql(damage);
        let rows = file.count("journal");
        let refused = file.database.journal().unwrap().load();
        match refused {
            Err(StoreError::Broken { seq, why }) => {
                assert_eq!(seq, bad, "{damage}: {why}");
                assert!(
                    why.contains(&format!("entry {whole} behind it is whole")),
                    "{why}"
                );
            }
            other => panic!("{damage}: {other:?}"),
        }
        let past = file.database.past().unwrap();
        assert!(past.center_before(bad).is_ok(), "{damage}");
        let beyond = past.center_before(bad + 1);
        assert!(beyond.is_err(), "{damage}");
        assert_eq!(
            (file.count("journal"), file.count("journal_cut")),
            (rows, 0)
        );
        assert_eq!(file.count("customers"), 10, "{damage}");
    }
}

#[test]
fn an_entry_of_a_newer_program_is_not_taken_for_damage() {
    let file = File::with_entries(3);
    let text = r#"{"kind":"routing","event":{"at":5,"what":{"type":"teleported"}}}"#;
    let sum = sum_of(&file, 4, 5, text);
    file.sql(&format!(
        "INSERT INTO journal (seq, at, entry, sum) VALUES (4, 5, '{text}', x'{sum}')"
    ));
    let refused = file.database.journal().unwrap().load();
    assert!(
        matches!(refused, Err(StoreError::Broken { seq: 4, .. })),
        "{refused:?}"
    );
    assert_eq!(file.count("journal"), 4);
}

/// The numbers that a query gives.
fn numbers(file: &File, query: &str) -> Vec<u64> {
    let connection = rusqlite::Connection::open(file.path()).unwrap();
    let mut query = connection.prepare(query).unwrap();
    let numbers = query.query_map([], |row| row.get::<_, i64>(0)).unwrap();
    numbers
        .map(|number| number.unwrap().unsigned_abs())
        .collect()
}

/// What the sum of entry `seq` would be, in hexadecimal digits.
fn sum_of(file: &File, seq: i64, at: i64, text: &str) -> String {
    let before: Vec<u8> = rusqlite::Connection::open(file.path())
        .unwrap()
        .query_row("SELECT sum FROM journal WHERE seq = ?1", [seq - 1], |row| {
            row.get(0)
        })
        .unwrap();
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(seq.to_be_bytes());
    hash.update(at.to_be_bytes());
    hash.update(text);
    let sum = hash.finalize();
    sum.iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Keeps a snapshot of what is there.
fn snapshot(file: &File) {
    let snapshot = file.database.past().unwrap().snapshot().unwrap();
    file.database
        .journal()
        .unwrap()
        .keep_snapshot(&snapshot)
        .unwrap();
}

#[test]
fn a_damaged_snapshot_is_passed_over_for_the_one_before() {
    let file = File::with_entries(10);
    let mut journal = file.database.journal().unwrap();
    for seq in [11, 12, 13] {
        journal.append(&numbered(seq, 1)).unwrap();
        snapshot(&file);
    }
    assert_eq!(file.count("snapshots"), 2, "older ones are not kept");
    let starts_at = || {
        let recovered = file.database.journal().unwrap().load().unwrap();
        assert_eq!((recovered.last_seq, recovered.cut), (13, None));
        recovered.snapshot_seq
    };
    assert_eq!(starts_at(), 13);
    file.sql("UPDATE snapshots SET center = zeroblob(40) WHERE seq = 13");
    assert_eq!(starts_at(), 12);
    file.sql("UPDATE snapshots SET packing = 'otherwise' WHERE seq = 12");
    assert_eq!(starts_at(), 0);
}

#[test]
fn what_is_before_the_newest_snapshot_does_not_keep_anybody_from_starting() {
    let file = File::with_entries(10);
    snapshot(&file);
    file.sql("UPDATE journal SET entry = '{}' WHERE seq = 4");
    let recovered = file.database.journal().unwrap().load().unwrap();
    assert_eq!((recovered.last_seq, recovered.cut), (10, None));
    let past = file.database.past().unwrap();
    assert!(past.center_before(4).is_ok());
    let refused = past.center_before(5);
    assert!(
        matches!(refused, Err(StoreError::Broken { seq: 4, .. })),
        "{refused:?}"
    );
}

#[test]
fn an_end_that_is_missing_is_told_by_a_snapshot_of_it() {
    let file = File::with_entries(10);
    snapshot(&file);
    file.sql("DELETE FROM journal WHERE seq > 7");
    let recovered = file.database.journal().unwrap().load().unwrap();
    let cut = recovered.cut.unwrap();
    assert_eq!((cut.first_bad_seq, cut.entries), (8, 0), "{}", cut.why);
    assert_eq!(recovered.last_seq, 7);
    assert_eq!(
        file.count("customers"),
        7,
        "what followed from it is gone, too"
    );
    let again = file.database.journal().unwrap().load().unwrap();
    assert_eq!((again.last_seq, again.cut), (7, None));
}

#[test]
fn one_snapshot_of_each_stretch_is_kept_for_good() {
    let file = File::with_entries(1);
    // Only numbers and the sums of the rows at snapshots matter here.
    file.sql(
        "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 350)
         INSERT INTO journal (seq, at, entry, sum) SELECT i * 1000, 1, '{}', x'00' FROM n",
    );
    let mut journal = file.database.journal().unwrap();
    for thousand in (20..=340).step_by(20) {
        journal
            .keep_snapshot(&store::Snapshot {
                seq: thousand * 1_000,
                packed: vec![1],
            })
            .unwrap();
    }
    let kept: Vec<u64> = numbers(&file, "SELECT seq / 1000 FROM snapshots ORDER BY seq");
    assert_eq!(kept, [100, 200, 300, 320, 340]);
}

/// The file's bytes with one of those of `text` changed, everything in the main file.
fn flip(file: &File, text: &str) {
    file.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    let mut bytes = std::fs::read(file.path()).unwrap();
    let text = text.as_bytes();
    let mut found = false;
    for at in 0..bytes.len() - text.len() {
        if &bytes[at..at + text.len()] == text {
            bytes[at + text.len() / 2] ^= 1;
            found = true;
        }
    }
    assert!(found);
    std::fs::write(file.path(), bytes).unwrap();
}

#[test]
fn a_flipped_bit_in_the_file_is_found_in_the_middle_and_at_the_end() {
    let name = |seq: u64| format!("\"customer\":{seq},\"name\":\"Customer {seq}\"");
    let file = File::with_entries(30);
    flip(&file, &name(30));
    let cut = file
        .database
        .journal()
        .unwrap()
        .load()
        .unwrap()
        .cut
        .unwrap();
    assert_eq!((cut.first_bad_seq, cut.entries), (30, 1));
    flip(&file, &name(20));
    let refused = file.database.journal().unwrap().load();
    assert!(
        matches!(refused, Err(StoreError::Broken { seq: 20, .. })),
        "{refused:?}"
    );
}

#[test]
fn a_file_that_lost_its_end_is_refused_as_damaged() {
    let file = File::with_entries(2_000);
    file.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    let length = std::fs::metadata(file.path()).unwrap().len();
    let half = std::fs::OpenOptions::new()
        .write(true)
        .open(file.path())
        .unwrap();
    half.set_len(length / 2 / 4_096 * 4_096).unwrap();
    let refused = file
        .database
        .journal()
        .and_then(|mut journal| journal.load());
    assert!(
        matches!(refused, Err(StoreError::Damaged { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_log_that_lost_its_end_leaves_whole_batches() {
    let file = File::with_entries(10);
    let mut journal = file.database.journal().unwrap();
    for seq in 11..=15 {
        journal.append(&numbered(seq, 1)).unwrap();
    }
    // A copy as the disk would be after the machine lost its power and the log its last page.
    let copy = File::new();
    let log = |file: &File| file.folder.path().join("demo.db-wal");
    std::fs::copy(file.path(), copy.path()).unwrap();
    let mut bytes = std::fs::read(log(&file)).unwrap();
    bytes.truncate(bytes.len() - 2_000);
    std::fs::write(log(&copy), bytes).unwrap();
    let recovered = copy.database.journal().unwrap().load().unwrap();
    assert_eq!((recovered.last_seq, recovered.cut), (14, None));
    assert_eq!(copy.entries(), (1..=14).map(entry).collect::<Vec<_>>());
    assert_eq!(copy.count("customers"), 14);
}
