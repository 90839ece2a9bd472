//! Customers' data over REST and the command line: edits that do not overwrite, notes, export, erasure, the trail.

use crate::client::Client;
use crate::place::{Place, http, sign_in, try_sign_in};
use protocol::customer::CustomerCommand;
use serde_json::{Value, json};
use std::process::Command;
use store::{Batch, Entry, JournalEntry, OrganisationStore, RecordEvent};
use store_sqlite::Database;
use tempfile::TempDir;
use vocab::{CustomerId, Millis, OrgSlug, Sensitive};

/// Puts customer 1, Chen Yulan, into an organisation that is not served yet.
fn with_chen(data: &TempDir) {
    let path = server::app::database_path(data.path(), &OrgSlug::new("demo").unwrap());
    let event = RecordEvent::CustomerCreated {
        customer: CustomerId(1),
        name: Sensitive::new("Chen Yulan".to_owned()),
        language: None,
    };
    let entry = JournalEntry {
        seq: 1,
        at: Millis(1_500),
        entry: Entry::Record { event },
    };
    let batch = Batch {
        expected_seq: 0,
        entries: vec![entry],
        done: vec![],
        audit: vec![],
    };
    Database::open(&path)
        .unwrap()
        .journal()
        .unwrap()
        .append(&batch)
        .unwrap();
}

async fn place_with_chen() -> Place {
    let data = tempfile::tempdir().unwrap();
    crate::place::make_data(data.path());
    with_chen(&data);
    let server = server::serve::Server::start(data.path(), crate::place::config())
        .await
        .unwrap();
    Place { data, server }
}

struct User {
    url: String,
    token: Sensitive<String>,
}

impl User {
    async fn new(place: &Place, name: &str) -> Self {
        let url = place.server.url.clone();
        let token = sign_in(&url, name).await.token;
        Self { url, token }
    }

    async fn asks(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = http()
            .request(method, format!("{}{path}", self.url))
            .bearer_auth(self.token.reveal());
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    async fn gets(&self, path: &str) -> (u16, Value) {
        self.asks("GET", path, None).await
    }
}

#[tokio::test]
async fn an_edit_of_an_outdated_record_is_refused_and_overwrites_nothing() {
    let place = place_with_chen().await;
    let (anna, noor) = (
        User::new(&place, "anna").await,
        User::new(&place, "noor").await,
    );
    let (_, record) = anna.gets("/v1/customers/1").await;
    let revision = record["revision"].clone();
    let by_anna = json!({
        "if_revision": revision, "language": "zh-CN",
        "identities": [{"kind": "phone", "value": "+86 138 0013 8000"}, {"kind": "handle", "value": "wechat:chen"}],
        "attributes": [{"name": "Contract", "value": "NW-1"}],
        "consents": [{"kind": "recording", "is_given": true, "source": "conversation"}],
        "preferences": {"channel": "voice", "time": "evening"},
    });
    let (status, changed) = anna.asks("PATCH", "/v1/customers/1", Some(by_anna)).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["identities"].as_array().unwrap().len(), 2);
    assert_eq!(changed["consents"][0]["source"], "conversation");
    assert_eq!(changed["preferences"]["time"], "evening");
    assert_ne!(changed["revision"], revision);
    let by_noor = json!({"if_revision": revision, "language": "en-GB"});
    let (status, refused) = noor.asks("PATCH", "/v1/customers/1", Some(by_noor)).await;
    assert_eq!(
        (status, &refused["code"]),
        (409, &json!("changed_meanwhile"))
    );
    let (_, record) = noor.gets("/v1/customers/1").await;
    assert_eq!(record["language"], "zh-CN");
    for (bad, (expected, code, named)) in [
        (
            json!({"identities": [{"kind": "phone", "value": "call me"}]}),
            (422, "unfit_content", "phone"),
        ),
        (
            json!({"identities": [{"kind": "email", "value": "chen"}]}),
            (422, "unfit_content", "e-mail"),
        ),
        (
            json!({"attributes": [{"name": "", "value": "x"}]}),
            (400, "bad_field", "attributes"),
        ),
    ] {
        let (status, problem) = anna.asks("PATCH", "/v1/customers/1", Some(bad)).await;
        assert_eq!((status, &problem["code"]), (expected, &json!(code)));
        assert!(
            problem["hint"].as_str().unwrap().contains(named),
            "{problem}"
        );
    }
    place.server.stop().await;
}

#[tokio::test]
async fn a_note_is_changed_by_its_author_and_removed_by_a_supervisor_too() {
    let place = place_with_chen().await;
    let (anna, noor) = (
        User::new(&place, "anna").await,
        User::new(&place, "noor").await,
    );
    let notes = "/v1/customers/1/notes";
    let (status, all) = anna
        .asks("POST", notes, Some(json!({"text": "路由器在电视柜里"})))
        .await;
    assert_eq!(
        (status, &all["notes"][0]["author_name"]),
        (200, &json!("Anna Marsh"))
    );
    let one = format!("{notes}/{}", all["notes"][0]["note"]);
    let text = Some(json!({"text": "changed"}));
    assert_eq!(noor.asks("PATCH", &one, text.clone()).await.0, 403);
    assert_eq!(noor.asks("DELETE", &one, None).await.0, 403);
    let (_, found) = noor.gets("/v1/customers?query=电视").await;
    assert_eq!(found["customers"][0]["matched"]["place"], "customer_note");
    assert_eq!(found["customers"][0]["name"], "Chen Yulan");
    let (status, all) = anna.asks("PATCH", &one, text).await;
    assert_eq!((status, &all["notes"][0]["text"]), (200, &json!("changed")));
    assert!(all["notes"][0]["edited_at"].is_number());
    let sam = User::new(&place, "sam").await;
    let (status, all) = sam.asks("DELETE", &one, None).await;
    assert_eq!((status, all), (200, json!({"notes": []})));
    assert_eq!(
        anna.asks("POST", notes, Some(json!({"text": "  "})))
            .await
            .0,
        400
    );
    place.server.stop().await;
}

#[tokio::test]
async fn a_supervisor_exports_and_erases_and_the_trail_says_so_without_content() {
    let place = place_with_chen().await;
    let (anna, sam) = (
        User::new(&place, "anna").await,
        User::new(&place, "sam").await,
    );
    let ada = User::new(&place, "ada").await;
    let confirmed = || Some(json!({"name": "Chen Yulan"}));
    assert_eq!(anna.gets("/v1/customers/1/export").await.0, 403);
    assert_eq!(
        anna.asks("POST", "/v1/customers/1/erase", confirmed())
            .await
            .0,
        403
    );
    let (status, export) = sam.gets("/v1/customers/1/export").await;
    assert_eq!(
        (status, &export["schema"]),
        (200, &json!("warmline.customer-export/1"))
    );
    assert_eq!(export["customer"]["name"], "Chen Yulan");
    let wrong = Some(json!({"name": "Somebody"}));
    assert_eq!(
        sam.asks("POST", "/v1/customers/1/erase", wrong).await.0,
        422
    );
    let (status, erased) = sam.asks("POST", "/v1/customers/1/erase", confirmed()).await;
    assert_eq!((status, erased), (200, json!({"interactions": 0})));
    assert_eq!(sam.gets("/v1/customers/1").await.0, 404);
    try_sign_in(&place.server.url, "anna", "hunter2").await;
    try_sign_in(&place.server.url, "hunter3", "x").await;
    assert_eq!(sam.gets("/v1/audit").await.0, 403);
    let (_, page) = ada.gets("/v1/audit?limit=4").await;
    let lines: Vec<_> = page["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            (
                line["who"].as_str().unwrap(),
                line["what"].as_str().unwrap(),
                line["subject"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("nobody", "sign_in_refused", "nobody"),
            ("anna", "sign_in_refused", "anna"),
            ("sam", "customer_erased", "customer 1"),
            ("sam", "customer_exported", "customer 1"),
        ]
    );
    assert_eq!(page["has_more"], true);
    let last = page["lines"][3]["id"].clone();
    let (_, rest) = ada
        .gets(&format!("/v1/audit?limit=500&before={last}"))
        .await;
    assert_eq!(rest["has_more"], false);
    let all = format!("{page}{rest}");
    assert!(!all.contains("Chen") && !all.contains("hunter"), "{all}");
    place.server.stop().await;
}

#[tokio::test]
async fn a_customer_in_contact_is_not_erased() {
    let place = Place::new().await;
    let sam = User::new(&place, "sam").await;
    let mut customer = place.customer().await;
    customer.call("Chen Yulan", None).await;
    let confirmed = Some(json!({"name": "Chen Yulan"}));
    let (status, refused) = sam.asks("POST", "/v1/customers/1/erase", confirmed).await;
    assert_eq!((status, &refused["code"]), (409, &json!("not_now")));
    place.server.stop().await;
}

#[tokio::test]
async fn a_stranger_who_types_a_phone_changes_no_standing_consent_of_its_customer() {
    let place = Place::new().await;
    let sam = User::new(&place, "sam").await;
    let phone = Some("+86 138 0013 8000");
    let mut visitor = None;
    // The record's own browser, somebody with the phone, and the browser once more: what each says of the call, and
    // what then stands on the record.
    for (is_own, says, stands) in [
        (true, true, true),
        (false, false, true),
        (true, false, false),
        (false, true, false),
    ] {
        let token = visitor.clone().filter(|_| is_own);
        let mut customer = Client::customer(&place.server.url, token).await;
        let interaction = customer.call_with("Chen", phone, Some(says)).await;
        if is_own {
            visitor.clone_from(&customer.visitor);
        }
        let (_, record) = sam.gets("/v1/customers/1").await;
        assert_eq!(record["consents"][0]["is_given"], stands, "{record}");
        assert_eq!(record["consents"].as_array().unwrap().len(), 1);
        let slug = OrgSlug::new("demo").unwrap();
        let path = server::app::database_path(place.data.path(), &slug);
        let history = Database::open(&path).unwrap().history().unwrap();
        let details = history.caller(interaction).unwrap().unwrap();
        assert_eq!(details.recording_consent, Some(says), "for the call itself");
        let hang_up = CustomerCommand::HangUp { interaction };
        assert_eq!(customer.try_customer(hang_up).await, Ok(()));
    }
    let (_, export) = sam.gets("/v1/customers/1/export").await;
    assert_eq!(export["interactions"].as_array().unwrap().len(), 4);
    assert_eq!(export["consents"].as_array().unwrap().len(), 2);
    place.server.stop().await;
}

#[tokio::test]
async fn the_command_line_exports_and_erases_while_the_server_runs() {
    let place = place_with_chen().await;
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_warmline-server"));
        command.args(arguments).arg("--data").arg(place.data.path());
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    let export = run(&["customer", "export", "--customer", "1"])
        .await
        .unwrap();
    let export: Value = serde_json::from_slice(&export.stdout).unwrap();
    assert_eq!(export["customer"]["name"], "Chen Yulan");
    let wrong = ["customer", "erase", "--customer", "1", "--name", "Somebody"];
    assert!(!run(&wrong).await.unwrap().status.success());
    let right = [
        "customer",
        "erase",
        "--customer",
        "1",
        "--name",
        "Chen Yulan",
    ];
    let erased = run(&right).await.unwrap();
    assert!(
        erased.status.success(),
        "{}",
        String::from_utf8_lossy(&erased.stderr)
    );
    let sam = User::new(&place, "sam").await;
    assert_eq!(sam.gets("/v1/customers/1").await.0, 404);
    let trail = run(&["audit", "--limit", "5"]).await.unwrap();
    let trail = String::from_utf8(trail.stdout).unwrap();
    assert!(
        trail.contains("command line\tcustomer_erased\tcustomer 1"),
        "{trail}"
    );
    place.server.stop().await;
}

#[tokio::test]
async fn names_are_given_in_each_language_by_an_administrator() {
    let place = Place::new().await;
    let (ada, anna) = (
        User::new(&place, "ada").await,
        User::new(&place, "anna").await,
    );
    let (_, names) = anna.gets("/v1/names").await;
    assert_eq!(names["dispositions"][0]["names"]["zh-Hans"], "已解决");
    let wanted = json!({
        "dispositions": [{"code": "solved", "name": "Done", "names": {"zh-Hans": "办好了", "zh-Hant": "辦好了"}}],
        "reasons": [{"reason": "admin", "name": "Paperwork", "names": {"zh-Hans": "文书", "zh-Hant": null}}],
    });
    assert_eq!(
        anna.asks("PUT", "/v1/names", Some(wanted.clone())).await.0,
        403
    );
    let (status, set) = ada.asks("PUT", "/v1/names", Some(wanted.clone())).await;
    assert_eq!((status, &set), (200, &wanted));
    let mut bad = wanted;
    bad["dispositions"] = json!([]);
    assert_eq!(ada.asks("PUT", "/v1/names", Some(bad)).await.0, 400);
    place.server.stop().await;
}
