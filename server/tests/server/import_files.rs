//! Files of customers on the command line, beside a running server and alone; a server that is killed; round trips.

use crate::imports::Desk;
use crate::place::{Place, ServerProcess, http, make_data, operator, refused_operator, sign_in};
use protocol::exchange::{CustomerRecord, ImportState};
use reqwest::StatusCode;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};
use store::{Imports, OrganisationStore};
use store_sqlite::Database;
use vocab::{CustomerId, ImportId, OrgSlug};

const PATIENCE: Duration = Duration::from_secs(60);

fn database(data: &Path, organisation: &str) -> Database {
    let slug = OrgSlug::new(organisation).unwrap();
    Database::open(&server::app::database_path(data, &slug)).unwrap()
}

fn records(imports: &dyn Imports) -> Vec<CustomerRecord> {
    let all = imports.records(CustomerId(0), 1_000_000).unwrap();
    all.into_iter().map(|(_, record)| record).collect()
}

fn many(count: usize) -> String {
    let rows =
        (0..count).map(|n| format!("Person {n},+49 30 {:07},p{n}@example.com\n", 1_000_000 + n));
    "name,phone,email\n".to_owned() + &rows.collect::<String>()
}

/// Rows of a file that takes several batches.
const MANY: usize = 6_000;

#[tokio::test]
async fn a_server_that_is_killed_half_way_goes_on_behind_the_last_batch() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let file = data.path().join("many.csv");
    std::fs::write(&file, many(MANY)).unwrap();
    let log = data.path().join("log");
    let folder = data.path().to_str().unwrap().to_owned();
    let process = ServerProcess::start(data.path(), "127.0.0.1:0", &log);
    let imports = database(data.path(), "demo").imports().unwrap();
    let file = file.to_str().unwrap().to_owned();
    let asked = {
        let (folder, file) = (folder.clone(), file.clone());
        std::thread::spawn(move || {
            let _ = std::process::Command::new(env!("CARGO_BIN_EXE_warmline-server"))
                .args(["customer", "import", "--data", &folder, &file])
                .output();
        })
    };
    let until = Instant::now() + PATIENCE;
    while imports
        .import(ImportId(1))
        .unwrap()
        .is_none_or(|row| row.counts.rows == 0)
    {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(5));
    }
    process.kill();
    let row = imports.import(ImportId(1)).unwrap().unwrap();
    let written = records(imports.as_ref()).len() as u64;
    assert_eq!(
        row.counts.created, written,
        "what the import says is what is there"
    );
    // The next server takes it up again when asked.
    let process = ServerProcess::start(data.path(), "127.0.0.1:0", &log);
    let token = sign_in(&process.url, "ada").await.token;
    if row.state != ImportState::Done {
        let url = format!("{}/v1/imports/1/start", process.url);
        let begun = http()
            .post(url)
            .bearer_auth(token.reveal())
            .json(&json!({}))
            .send()
            .await
            .unwrap();
        assert_eq!(begun.status(), StatusCode::OK);
    }
    while imports.import(ImportId(1)).unwrap().unwrap().state != ImportState::Done {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut names: Vec<String> = records(imports.as_ref())
        .into_iter()
        .map(|one| one.name.into_inner())
        .collect();
    assert_eq!(names.len(), MANY);
    names.sort();
    names.dedup();
    assert_eq!(names.len(), MANY, "nobody is there twice");
    drop(process);
    asked.join().unwrap();
}

#[test]
fn what_the_command_line_writes_it_reads_back_the_same() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let folder = data.path().to_str().unwrap();
    operator(&["init", "--data", folder, "--organisation", "csv"], "");
    operator(&["init", "--data", folder, "--organisation", "vcard"], "");
    let file = data.path().join("people.csv");
    std::fs::write(
        &file,
        "name,phones,emails,handles,language,vip,labels,note,Contract,preferred_channel\n\
         \"Chen, Yulan\",+86 138 0013 8000;+86 10 8888 7777,chen@example.cn,wechat:chen,zh-CN,yes,\"gold,retail\",\"two\nlines\",NW-1,voice\n\
         Müller,,mueller@example.de,,de-DE,no,,=1+1,,\n",
    )
    .unwrap();
    let said = operator(
        &[
            "customer",
            "import",
            "--data",
            folder,
            "--dry-run",
            file.to_str().unwrap(),
        ],
        "",
    );
    assert!(said.contains("2 rows: 2 new"), "{said}");
    assert!(records(database(data.path(), "demo").imports().unwrap().as_ref()).is_empty());
    let said = operator(
        &[
            "customer",
            "import",
            "--data",
            folder,
            file.to_str().unwrap(),
        ],
        "",
    );
    assert!(said.contains("2 rows: 2 new"), "{said}");
    let before = records(database(data.path(), "demo").imports().unwrap().as_ref());
    assert_eq!(before.len(), 2);
    for format in ["csv", "vcard"] {
        let out = data.path().join(format!("all.{format}"));
        let out = out.to_str().unwrap();
        operator(
            &[
                "customer", "export", "--data", folder, "--all", format, "--to", out,
            ],
            "",
        );
        operator(
            &[
                "customer",
                "import",
                "--data",
                folder,
                "--organisation",
                format,
                out,
            ],
            "",
        );
        let after = records(database(data.path(), format).imports().unwrap().as_ref());
        assert_eq!(after, before, "{format}");
    }
    let found = operator(&["customer", "find", "--data", folder, "mueller"], "");
    assert!(found.contains("Müller"), "{found}");
    let undone = operator(&["customer", "import", "--data", folder, "--undo", "1"], "");
    assert!(undone.contains("taken back"), "{undone}");
    assert!(records(database(data.path(), "demo").imports().unwrap().as_ref()).is_empty());
    let listed = operator(&["customer", "import", "--data", folder, "--list"], "");
    assert!(listed.contains("undone"), "{listed}");
    let refused = refused_operator(&["customer", "import", "--data", folder, "--undo", "1"]);
    assert!(
        refused.contains("nothing that could be taken back"),
        "{refused}"
    );
}

#[tokio::test]
async fn the_command_line_asks_the_running_server() {
    let place = Place::new().await;
    let file = place.data.path().join("many.csv");
    std::fs::write(&file, many(700) + "Odd,,not an address\n").unwrap();
    let folder = place.data.path().to_str().unwrap().to_owned();
    let refused = place.data.path().join("refused.csv");
    let (file, to) = (
        file.to_str().unwrap().to_owned(),
        refused.to_str().unwrap().to_owned(),
    );
    let column = "--column".to_owned();
    let said = tokio::task::spawn_blocking(move || {
        let said = operator(
            &[
                "customer",
                "import",
                "--data",
                &folder,
                &file,
                "--refused",
                &to,
                &column,
                "email=email",
            ],
            "",
        );
        let undone = operator(
            &["customer", "import", "--data", &folder, "--undo", "1"],
            "",
        );
        (said, undone)
    });
    let (said, undone) = said.await.unwrap();
    assert!(
        said.contains("701 rows: 700 new") && said.contains("1 refused"),
        "{said}"
    );
    assert!(std::fs::read_to_string(refused).unwrap().contains("Odd"));
    assert!(undone.contains("taken back"), "{undone}");
    assert!(Desk::of(&place).await.found("").await.is_empty());
}
