//! An organisation whose file is damaged is not served and all others are; the commands that are printed mend it.

use crate::client::{Client, PATIENCE};
use crate::place::{PASSWORD, ServerProcess, http, make_data, operator, refused_operator, sign_in};
use protocol::link::{ErrorCode, HelloAs, ServerFrame};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use store::{Batch, Entry, JournalEntry, Organisation, OrganisationStore, RecordEvent};
use store_sqlite::Database;
use vocab::{CustomerId, Millis, OrgSlug, Sensitive};

fn slug(name: &str) -> OrgSlug {
    OrgSlug::new(name).unwrap()
}

fn database(data: &Path, name: &str) -> Database {
    Database::open(&server::app::database_path(data, &slug(name))).unwrap()
}

/// `demo` with its people and customers 1 to 20, and `south` with nothing but a name.
fn two_organisations(data: &Path) {
    make_data(data);
    let entries = (1..=20).map(|seq| JournalEntry {
        seq,
        at: Millis(seq),
        entry: Entry::Record {
            event: RecordEvent::CustomerCreated {
                customer: CustomerId(seq),
                name: Sensitive::new(format!("Customer {seq}")),
                language: None,
            },
        },
    });
    let batch = Batch {
        expected_seq: 0,
        entries: entries.collect(),
        done: vec![],
        audit: vec![],
    };
    database(data, "demo")
        .journal()
        .unwrap()
        .append(&batch)
        .unwrap();
    let organisation = Organisation {
        slug: slug("south"),
        name: "South".to_owned(),
    };
    Database::create(
        &server::app::database_path(data, &slug("south")),
        &organisation,
    )
    .unwrap();
}

/// Changes a byte of a customer's name in the file of `demo`.
fn flip(data: &Path, customer: u64) {
    let path = server::app::database_path(data, &slug("demo"));
    let mut bytes = std::fs::read(&path).unwrap();
    let text = format!("\"customer\":{customer},\"name\":\"Customer");
    let found = bytes.windows(text.len()).position(|w| w == text.as_bytes());
    bytes[found.unwrap() + text.len() - 1] = b'R';
    std::fs::write(path, bytes).unwrap();
}

fn start(data: &Path) -> ServerProcess {
    ServerProcess::start(data, "127.0.0.1:0", &data.join("log"))
}

async fn status(url: &str, path: &str) -> (u16, String) {
    let response = http().get(format!("{url}{path}")).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn sign_in_status(url: &str, organisation: &str) -> u16 {
    let body =
        serde_json::json!({ "organisation": organisation, "user": "anna", "password": PASSWORD });
    let asked = http().post(format!("{url}/v1/sign-in")).json(&body).send();
    asked.await.unwrap().status().as_u16()
}

/// Until the organisation is served again, by the same process.
async fn until_healthy(url: &str) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while status(url, "/healthz").await.0 != 200 {
        assert!(tokio::time::Instant::now() < deadline, "it is not served");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(sign_in_status(url, "demo").await, 200);
}

/// The printed command that begins so, as an operator copies it into a shell.
fn printed(said: &str, command: &str) -> String {
    let line = said.lines().find(|line| line.contains(command)).unwrap();
    let from = line.find(command).unwrap();
    line[from..].to_owned()
}

fn in_a_shell(command: &str) -> std::process::Output {
    let program = env!("CARGO_BIN_EXE_warmline-server");
    let command = command.replace("warmline-server", program);
    Command::new("sh").args(["-c", &command]).output().unwrap()
}

#[tokio::test]
async fn a_damaged_organisation_is_refused_alone_and_the_printed_cut_heals_it() {
    let data = tempfile::tempdir().unwrap();
    two_organisations(data.path());
    let server = start(data.path());
    let token = sign_in(&server.url, "anna").await.token;
    server.kill();
    // What the server wrote is in the main file when the last connection closes.
    drop(database(data.path(), "demo"));
    flip(data.path(), 12);

    let server = start(data.path());
    let url = server.url.as_str();
    assert_eq!(sign_in_status(url, "south").await, 401, "it is served");
    assert_eq!(sign_in_status(url, "demo").await, 503);
    assert_eq!(sign_in_status(url, "north").await, 404);
    let (code, text) = status(url, "/healthz").await;
    assert_eq!(code, 503);
    assert_eq!(text, "organisation demo is not served; see the log\n");
    assert_eq!(status(url, "/c/demo/support").await.0, 503);
    let asked = http()
        .get(format!("{url}/v1/customers?query="))
        .bearer_auth(token.reveal());
    assert_eq!(
        asked.send().await.unwrap().status(),
        503,
        "the sign-in is kept"
    );
    for who in [
        HelloAs::Agent { token },
        HelloAs::Customer {
            organisation: slug("demo"),
            queue: "support".to_owned(),
            visitor: None,
            site: None,
        },
    ] {
        let mut client = Client::raw(url).await;
        client.hello(who).await;
        let said = client.next().await;
        let is_told = matches!(
            said,
            Some(ServerFrame::Goodbye {
                code: ErrorCode::StorageFailed,
                ..
            })
        );
        assert!(is_told, "{said:?}");
    }

    let log = std::fs::read_to_string(data.path().join("log")).unwrap();
    let cut = printed(&log, "warmline-server journal cut");
    let folder = data.path().to_str().unwrap();
    assert_eq!(
        cut,
        format!("warmline-server journal cut --data {folder} --organisation demo --at 12 --yes")
    );
    let looked = in_a_shell(&printed(&log, "warmline-server journal check"));
    let said = String::from_utf8_lossy(&looked.stdout).into_owned();
    assert!(said.contains("entries 1 to 11 are whole"), "{said}");
    let only_said = in_a_shell(cut.trim_end_matches(" --yes"));
    let said = String::from_utf8_lossy(&only_said.stderr).into_owned();
    assert!(
        !only_said.status.success() && said.contains("9 customers' records"),
        "{said}"
    );
    let done = in_a_shell(&cut);
    assert!(done.status.success(), "{done:?}");
    until_healthy(url).await;
    let history = database(data.path(), "demo").history().unwrap();
    assert!(history.customer(CustomerId(11)).unwrap().is_some());
    assert!(history.customer(CustomerId(12)).unwrap().is_none());
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn a_backup_is_put_back_while_others_are_served_and_a_damaged_one_is_refused() {
    let data = tempfile::tempdir().unwrap();
    two_organisations(data.path());
    let (good, bad) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = |folder: &tempfile::TempDir| folder.path().to_str().unwrap().to_owned();
    let (from, to) = (folder(&data), folder(&good));
    operator(&["backup", "--data", &from, "--to", &to], "");
    operator(&["backup", "--data", &from, "--to", &folder(&bad)], "");
    flip(bad.path(), 3);
    flip(data.path(), 12);

    let server = start(data.path());
    let url = server.url.as_str();
    assert_eq!(sign_in_status(url, "demo").await, 503);
    let log = std::fs::read_to_string(data.path().join("log")).unwrap();
    let restore = printed(&log, "warmline-server restore");
    let with = |backup: &str| restore.replace("<the backup's folder>", backup);
    let refused = in_a_shell(&with(&folder(&bad)));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("entry 3 of the journal cannot be used"),
        "{said}"
    );
    assert_eq!(status(url, "/healthz").await.0, 503, "nothing was changed");
    let done = in_a_shell(&with(&to));
    assert!(done.status.success(), "{done:?}");
    until_healthy(url).await;
    let history = database(data.path(), "demo").history().unwrap();
    assert!(history.customer(CustomerId(20)).unwrap().is_some());
    let files = std::fs::read_dir(data.path().join("organisations")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let aside: Vec<_> = names.filter(|name| name.contains(".damaged-")).collect();
    assert!(
        aside
            .iter()
            .any(|name| name.starts_with("demo.sqlite.damaged-")),
        "{aside:?}"
    );

    let said = refused_operator(&["restore", "--data", &from, "--from", &to]);
    assert!(said.contains("organisation demo is in use"), "{said}");
    assert_eq!(server.stop(), Some(0));
    operator(&["restore", "--data", &from, "--from", &to], "");
    let said = operator(&["journal", "check", "--data", &from], "");
    assert!(said.contains("entries 1 to 20 are whole"), "{said}");
}

#[tokio::test]
async fn a_server_with_nothing_but_a_damaged_organisation_says_so_and_ends() {
    let data = tempfile::tempdir().unwrap();
    two_organisations(data.path());
    std::fs::remove_file(server::app::database_path(data.path(), &slug("south"))).unwrap();
    flip(data.path(), 12);
    let folder = data.path().to_str().unwrap();
    let said = refused_operator(&["serve", "--data", folder, "--listen", "127.0.0.1:0"]);
    assert!(said.contains("no organisation can be served"), "{said}");
    assert!(said.contains("--organisation demo --at 12 --yes"), "{said}");
}

#[test]
fn damage_that_recovery_need_not_read_is_found_by_the_check() {
    let data = tempfile::tempdir().unwrap();
    two_organisations(data.path());
    {
        let demo = database(data.path(), "demo");
        let snapshot = demo.past().unwrap().snapshot().unwrap();
        demo.journal().unwrap().keep_snapshot(&snapshot).unwrap();
    }
    flip(data.path(), 12);
    let folder = data.path().to_str().unwrap();
    let recovered = database(data.path(), "demo").journal().unwrap().load();
    assert_eq!(recovered.unwrap().last_seq, 20);
    let said = refused_operator(&["journal", "check", "--data", folder]);
    assert!(
        said.contains("entry 12 of the journal cannot be used"),
        "{said}"
    );
    // Before what is damaged, too, nothing can be cut.
    let said = refused_operator(&["journal", "cut", "--data", folder, "--at", "15", "--yes"]);
    assert!(said.contains("entry 12"), "{said}");
    assert_eq!(
        database(data.path(), "demo")
            .journal()
            .unwrap()
            .load()
            .unwrap()
            .last_seq,
        20
    );
}

/// The page that an index begins with; nobody has the file open.
fn spoil(data: &Path, index: &str) {
    use std::io::{Seek, SeekFrom, Write};
    let path = server::app::database_path(data, &slug("demo"));
    let connection = rusqlite::Connection::open(&path).unwrap();
    let (page, size): (u32, u32) = connection
        .query_row(
            "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = ?1",
            [index],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    connection.close().unwrap();
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    let at = u64::from(page - 1) * u64::from(size);
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&[1; 64]).unwrap();
}

async fn found(url: &str, token: &Sensitive<String>, query: &str) -> usize {
    let asked = http()
        .get(format!("{url}/v1/customers?query={query}"))
        .bearer_auth(token.reveal());
    let page: serde_json::Value = asked.send().await.unwrap().json().await.unwrap();
    page["customers"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn damaged_search_indexes_are_made_anew_by_the_server_itself() {
    let data = tempfile::tempdir().unwrap();
    two_organisations(data.path());
    let path = server::app::database_path(data.path(), &slug("demo"));
    let connection = rusqlite::Connection::open(path).unwrap();
    let spoilt = "UPDATE customer_search_data SET block = zeroblob(length(block)) WHERE id > 10";
    connection.execute_batch(spoilt).unwrap();
    connection.close().unwrap();
    let server = start(data.path());
    let token = sign_in(&server.url, "anna").await.token;
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while found(&server.url, &token, "Customer%2017").await == 0 {
        assert!(tokio::time::Instant::now() < deadline, "it is not found");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let log = std::fs::read_to_string(data.path().join("log")).unwrap();
    assert!(log.contains("the search indexes are damaged"), "{log}");
    until_healthy(&server.url).await;
}

#[tokio::test]
async fn damaged_indexes_are_told_and_the_printed_command_makes_the_file_anew() {
    let data = tempfile::tempdir().unwrap();
    two_organisations(data.path());
    spoil(data.path(), "customers_by_contact");
    let server = start(data.path());
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let said = loop {
        let (code, said) = status(&server.url, "/healthz").await;
        if code == 503 {
            break said;
        }
        assert!(tokio::time::Instant::now() < deadline, "{said}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(
        said.contains("organisation demo: customers is damaged on the disk"),
        "{said}"
    );
    let log = std::fs::read_to_string(data.path().join("log")).unwrap();
    assert!(log.contains("warmline-server journal rebuild"), "{log}");
    let command = printed(&said, "warmline-server journal rebuild");
    // While it is served, its file stays where it is.
    assert!(!in_a_shell(&command).status.success());
    assert_eq!(server.stop(), Some(0));
    let anew = in_a_shell(&command);
    let words = String::from_utf8_lossy(&anew.stdout);
    assert!(
        anew.status.success() && words.contains("is made anew"),
        "{words}"
    );
    let server = start(data.path());
    until_healthy(&server.url).await;
    let token = sign_in(&server.url, "anna").await.token;
    assert_eq!(found(&server.url, &token, "Customer%2017").await, 1);
}
