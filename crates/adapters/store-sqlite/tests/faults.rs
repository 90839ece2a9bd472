//! Killed writers, damaged files, copies made while others write: what was acknowledged is there.

#[cfg(test)]
mod file;

use file::{File, entry, numbered};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use store::{OrganisationStore, StoreError};
use store_sqlite::Database;
use vocab::CustomerId;

const PATH: &str = "WARMLINE_TEST_JOURNAL";

#[test]
fn everything_acknowledged_before_a_kill_is_there_after_it() {
    let file = File::new();
    for kill_after in [1, 40, 150, 17] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--ignored",
                "--exact",
                "a_writer_that_is_killed",
                "--nocapture",
            ])
            .env(PATH, file.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
        let acknowledged = |line: std::io::Result<String>| -> Option<u64> {
            line.ok()?.strip_prefix("on disk: ")?.parse().ok()
        };
        let mut last = 0;
        let mut seen = 0;
        while seen < kill_after {
            let line = told.next().expect("the writer goes on until it is killed");
            if let Some(seq) = acknowledged(line) {
                last = seq;
                seen += 1;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        last = told.filter_map(acknowledged).fold(last, u64::max);

        let database = Database::open(file.path()).unwrap();
        let recovered = database.journal().unwrap().load().unwrap();
        assert!(
            recovered.last_seq >= last,
            "{} < {last}",
            recovered.last_seq
        );
        assert_eq!((recovered.cut, file.count("journal_cut")), (None, 0));
        assert_eq!(
            file.entries(),
            (1..=recovered.last_seq).map(entry).collect::<Vec<_>>()
        );
        assert_eq!(recovered.done.len() as u64, recovered.last_seq);
        // Journal and projections are one transaction: the last customer is the last entry's.
        assert_eq!(recovered.last_customer, CustomerId(recovered.last_seq));
        let history = database.history().unwrap();
        assert!(history.customer(CustomerId(last)).unwrap().is_some());
    }
}

#[test]
#[ignore = "only as the child of the test that kills it"]
fn a_writer_that_is_killed() {
    let path = std::env::var(PATH).unwrap();
    let database = Database::open(path.as_ref()).unwrap();
    let mut journal = database.journal().unwrap();
    let mut seq = journal.load().unwrap().last_seq;
    let mut out = std::io::stdout();
    loop {
        seq += 1;
        journal.append(&numbered(seq, 1)).unwrap();
        writeln!(out, "on disk: {seq}").unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn a_copy_made_while_others_write_is_whole() {
    let file = File::with_entries(200);
    let is_over = AtomicBool::new(false);
    let copy = file.folder.path().join("copy.db");
    std::thread::scope(|scope| {
        let (told, written) = std::sync::mpsc::sync_channel(0);
        let (file, is_over) = (&file, &is_over);
        scope.spawn(move || {
            let mut journal = file.database.journal().unwrap();
            let mut seq = 200;
            while !is_over.load(Ordering::Relaxed) {
                seq += 1;
                journal.append(&numbered(seq, 1)).unwrap();
                // Nobody listens after the first one.
                let _ = told.send(seq);
            }
        });
        assert_eq!(written.recv(), Ok(201));
        drop(written);
        let copied = file.database.backup_to(&copy);
        is_over.store(true, Ordering::Relaxed);
        copied.unwrap();
    });
    let restored = Database::open(&copy)
        .unwrap()
        .journal()
        .unwrap()
        .load()
        .unwrap();
    assert_eq!(restored.cut, None);
    assert!(restored.last_seq >= 201);
    assert_eq!(restored.last_customer, CustomerId(restored.last_seq));
    let twice = file.database.backup_to(&copy);
    assert!(matches!(twice, Err(StoreError::Exists { .. })), "{twice:?}");
}

#[test]
fn what_is_committed_is_moved_from_the_log_into_the_file_beside_the_commits() {
    let file = File::new();
    let mut journal = file.database.journal().unwrap();
    journal.append(&numbered(1, 1_000)).unwrap();
    let text = b"Customer 1000";
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let is_moved = || {
        let bytes = std::fs::read(file.path()).unwrap();
        bytes.windows(text.len()).any(|window| window == text)
    };
    while !is_moved() {
        assert!(std::time::Instant::now() < deadline, "it stays in the log");
        std::thread::yield_now();
    }
    while journal.tidy().unwrap() {}
    let found = file.database.history().unwrap().search("Customer 1000", 5);
    assert_eq!(found.unwrap().customers.len(), 1);
}

#[test]
fn a_newer_file_a_missing_one_and_an_existing_one_are_told_apart() {
    let file = File::new();
    let again = Database::create(file.path(), &file::organisation());
    assert!(matches!(again, Err(StoreError::Exists { .. })), "{again:?}");
    let missing = Database::open(&file.folder.path().join("none.db"));
    assert!(
        matches!(missing, Err(StoreError::Missing { .. })),
        "{missing:?}"
    );
    file.sql("PRAGMA user_version = 99");
    let newer = Database::open(file.path());
    assert!(
        matches!(newer, Err(StoreError::TooNew { found: 99, .. })),
        "{newer:?}"
    );
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_can_read_the_file_or_a_copy() {
    use std::os::unix::fs::PermissionsExt;
    let file = File::with_entries(3);
    let copy = file.folder.path().join("copy.db");
    file.database.backup_to(&copy).unwrap();
    for entry in std::fs::read_dir(file.folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} is {mode:o}", entry.path());
    }
}

#[test]
fn what_an_interrupted_creation_left_is_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.db");
    for side in ["unfinished", "unfinished-wal"] {
        std::fs::write(path.with_extension(side), b"half a file").unwrap();
    }
    let database = Database::create(&path, &file::organisation()).unwrap();
    let organisation = database.accounts().unwrap().organisation().unwrap();
    assert_eq!(organisation, file::organisation());
    drop(database);
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left, ["demo.db"]);
}
