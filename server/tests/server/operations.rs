//! What those who run the server do while it runs: copy it, add to it, run out of disk.

use crate::client::{Client, PATIENCE};
use crate::place::{Place, ServerProcess, http, make_data, operator, sign_in};
use protocol::customer::CustomerCommand;
use protocol::link::{ErrorCode, HelloAs};
use protocol::work::AgentCommand;
use std::path::Path;
use std::time::Duration;
use store::{NewUser, OrganisationStore, Stamp};
use store_sqlite::Database;
use vocab::{AgentState, InteractionId, Millis, OrgSlug, Role, Sensitive};

fn note(interaction: InteractionId, text: &str) -> AgentCommand {
    AgentCommand::SaveNote {
        interaction,
        text: Sensitive::new(text.to_owned()),
    }
}

async fn get(url: &str, token: &Sensitive<String>, path: &str) -> serde_json::Value {
    let asked = http()
        .get(format!("{url}{path}"))
        .bearer_auth(token.reveal());
    let response = asked.send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.json().await.unwrap()
}

/// A finished conversation with a note; its number.
async fn finished_call(url: &str, token: &Sensitive<String>) -> InteractionId {
    let mut anna = Client::agent(url, token).await;
    anna.become_ready().await;
    let mut chen = Client::customer(url, None).await;
    let interaction = chen.call("Chen Yulan", Some("+86 138 0013 8000")).await;
    anna.accept(interaction).await;
    anna.wish(note(interaction, "Router sent")).await;
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(chen.try_customer(hang_up).await, Ok(()));
    anna.until("wrap-up", |a| {
        a.state() == AgentState::WrapUp { interaction }
    })
    .await;
    anna.wish(AgentCommand::FinishWrapUp {
        interaction,
        disposition: Some("solved".to_owned()),
    })
    .await;
    interaction
}

#[tokio::test]
async fn a_backup_of_a_running_server_opens_elsewhere_and_holds_the_same() {
    let place = Place::new().await;
    let token = sign_in(&place.server.url, "anna").await.token;
    let interaction = finished_call(&place.server.url, &token).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let (from, to) = (text(place.data.path()), text(elsewhere.path()));
    let said = operator(&["backup", "--data", &from, "--to", &to], "");
    assert!(said.contains("organisation demo is copied"), "{said}");

    let restored = ServerProcess::start(
        elsewhere.path(),
        "127.0.0.1:0",
        &elsewhere.path().join("log"),
    );
    // Tokens are part of the copy: nobody has to sign in anew after a restore.
    for path in [
        "/v1/customers?query=".to_owned(),
        "/v1/customers/1/timeline".to_owned(),
        format!("/v1/interactions/{interaction}"),
    ] {
        let was = get(&place.server.url, &token, &path).await;
        assert_eq!(get(&restored.url, &token, &path).await, was, "{path}");
    }
    let again = finished_call(&restored.url, &token).await;
    assert_ne!(again, interaction, "numbers go on after a restore");
    place.server.stop().await;
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_organisation_made_while_the_server_runs_is_served_without_a_restart() {
    let place = Place::new().await;
    let mut bystander = place.ready_agent("anna").await;
    let data = text(place.data.path());
    let of_south = ["--data", &data, "--organisation", "south"];
    let with = |words: &[&'static str], more: &[&'static str]| {
        let mut all: Vec<&str> = words.to_vec();
        all.extend(of_south);
        all.extend(more);
        all.iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<String>>()
    };
    for (arguments, input) in [
        (with(&["init"], &["--name", "South"]), ""),
        (
            with(&["queue", "add"], &["--queue", "help", "--name", "Help"]),
            "",
        ),
        (
            with(
                &["user", "add"],
                &[
                    "--user",
                    "li",
                    "--name",
                    "Li Na",
                    "--role",
                    "agent",
                    "--queue",
                    "help",
                    "--password-stdin",
                ],
            ),
            "a good password\n",
        ),
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        operator(&arguments, input);
    }
    let url = &place.server.url;
    let body = serde_json::json!({
        "organisation": "south", "user": "li", "password": crate::place::PASSWORD
    });
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let signed_in: protocol::rest::SignedIn = loop {
        let asked = http().post(format!("{url}/v1/sign-in")).json(&body).send();
        let response = asked.await.unwrap();
        match response.status().as_u16() {
            200 => break response.json().await.unwrap(),
            // Not found yet: it looks once a second.
            404 => {}
            other => panic!("{other}"),
        }
        assert!(tokio::time::Instant::now() < deadline, "it is not served");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let mut li = Client::agent(url, &signed_in.token).await;
    li.become_ready().await;
    let mut customer = Client::raw(url).await;
    customer
        .hello(HelloAs::Customer {
            organisation: OrgSlug::new("south").unwrap(),
            queue: "help".to_owned(),
            visitor: None,
            site: None,
        })
        .await;
    customer.until("welcome", |c| c.visitor.is_some()).await;
    let interaction = customer.call("Wu Min", None).await;
    li.accept(interaction).await;
    bystander.become_ready().await;
    assert_eq!(
        bystander.state(),
        AgentState::Ready,
        "demo was not concerned"
    );
    place.server.stop().await;
}

/// The largest size that files of the process may grow to, changed while it runs.
fn limit_files(process: &ServerProcess, bytes: &str) {
    let done = std::process::Command::new("prlimit")
        .args([
            "--pid",
            &process.id().to_string(),
            &format!("--fsize={bytes}:unlimited"),
        ])
        .status()
        .unwrap();
    assert!(done.success());
}

#[tokio::test]
async fn a_full_disk_refuses_commands_loses_nothing_acknowledged_and_heals() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let log = data.path().join("log");
    let server = ServerProcess::start(data.path(), "127.0.0.1:0", &log);
    let token = sign_in(&server.url, "anna").await.token;
    let mut anna = Client::agent(&server.url, &token).await;
    anna.become_ready().await;
    let mut chen = Client::customer(&server.url, None).await;
    let interaction = chen.call("Chen Yulan", None).await;
    anna.accept(interaction).await;
    anna.wish(note(interaction, "before")).await;

    limit_files(&server, "1");
    let refused = anna.try_agent(note(interaction, "during")).await;
    assert_eq!(refused, Err(ErrorCode::StorageFailed));
    let health = http()
        .get(format!("{}/healthz", server.url))
        .send()
        .await
        .unwrap();
    assert_eq!(health.status(), 503);
    assert_eq!(anna.item(interaction).unwrap().note.reveal(), "before");
    limit_files(&server, "unlimited");
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while let Err(code) = anna.try_agent(note(interaction, "after")).await {
        assert_eq!(code, ErrorCode::StorageFailed);
        assert!(
            tokio::time::Instant::now() < deadline,
            "service did not resume"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let address = server.address();
    server.kill();
    let server = ServerProcess::start(data.path(), &address, &log);
    let anna = Client::agent(&server.url, &token).await;
    assert_eq!(anna.state(), AgentState::Talking { interaction });
    assert_eq!(anna.item(interaction).unwrap().note.reveal(), "after");
}

#[tokio::test]
async fn a_late_note_is_taken_from_who_had_the_call_and_not_from_a_namesake() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let path = server::app::database_path(data.path(), &OrgSlug::new("demo").unwrap());
    let stamp = Stamp {
        at: Millis(2),
        by: "test",
    };
    let namesake = NewUser {
        user: "anna2".to_owned(),
        name: "Anna Marsh".to_owned(),
        role: Role::Agent,
        password_hash: server::accounts::hash_password(&Sensitive::new(
            crate::place::PASSWORD.to_owned(),
        ))
        .unwrap(),
        queues: vec![],
    };
    let database = Database::open(&path).unwrap();
    database
        .accounts()
        .unwrap()
        .add_user(stamp, &namesake)
        .unwrap();
    let log = data.path().join("log");
    let server = ServerProcess::start(data.path(), "127.0.0.1:0", &log);
    let anna = sign_in(&server.url, "anna").await.token;
    let namesake = sign_in(&server.url, "anna2").await.token;
    let interaction = finished_call(&server.url, &anna).await;
    // A new process remembers no ended call: history has to say whose it was.
    let address = server.address();
    server.kill();
    let server = ServerProcess::start(data.path(), &address, &log);
    let mut stranger = Client::agent(&server.url, &namesake).await;
    let refused = stranger.try_agent(note(interaction, "not mine")).await;
    assert_eq!(refused, Err(ErrorCode::UnknownInteraction));
    let mut own = Client::agent(&server.url, &anna).await;
    own.wish(note(interaction, "Call back on Friday")).await;
    let detail = get(
        &server.url,
        &anna,
        &format!("/v1/interactions/{interaction}"),
    )
    .await;
    let written = &detail["summary"]["notes"][0];
    assert_eq!(written["text"], "Call back on Friday");
}
