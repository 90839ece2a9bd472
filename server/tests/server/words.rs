//! Numbers, names and words as people have them: who is recognised, what is kept, what is refused and what is shown.

use crate::client::Client;
use crate::place::{Place, config, http, make_data, operator, sign_in};
use protocol::configuration::Change;
use protocol::customer::{Caller, CustomerCommand, CustomerStage};
use protocol::work::{CustomerPop, MayBeBy, RecognisedBy};
use serde_json::{Value, json};
use server::serve::Server;
use std::path::Path;
use store::{Batch, Entry, JournalEntry, OrganisationStore, RecordEvent, Stamp};
use store_sqlite::Database;
use vocab::{CustomerId, Millis, OrgSlug, Sensitive};

fn database(data: &Path) -> Database {
    let slug = OrgSlug::new("demo").unwrap();
    Database::open(&server::app::database_path(data, &slug)).unwrap()
}

/// An organisation whose numbers are those of `country`.
async fn in_country(country: &str) -> Place {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let mut accounts = database(data.path()).accounts().unwrap();
    let (_, mut document) = accounts.configuration().unwrap();
    document.rules.country = Some(country.to_owned());
    let change = Change {
        rules: Some(document.rules),
        ..Change::default()
    };
    let stamp = Stamp {
        at: Millis(1),
        by: "test",
    };
    accounts
        .change_configuration(stamp, None, None, &change)
        .unwrap();
    let server = Server::start(data.path(), config()).await.unwrap();
    Place { data, server }
}

/// What the agent is shown of a caller from a browser that nobody knows; then the caller hangs up.
async fn popped(place: &Place, anna: &mut Client, name: &str, phone: &str) -> CustomerPop {
    let mut caller = place.customer().await;
    let interaction = caller.call(name, Some(phone)).await;
    anna.rings(interaction).await;
    let pop = anna.item(interaction).unwrap().customer.clone();
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(caller.try_customer(hang_up).await, Ok(()));
    pop
}

async fn ask(place: &Place, user: &str, path: &str) -> Value {
    let token = sign_in(&place.server.url, user).await.token;
    let response = http()
        .get(format!("{}{path}", place.server.url))
        .bearer_auth(token.reveal())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.json().await.unwrap()
}

async fn find(place: &Place, query: &str) -> Vec<u64> {
    let token = sign_in(&place.server.url, "anna").await.token;
    let response = http()
        .get(format!("{}/v1/customers", place.server.url))
        .query(&[("query", query)])
        .bearer_auth(token.reveal())
        .send()
        .await
        .unwrap();
    let page: Value = response.json().await.unwrap();
    let found = page["customers"].as_array().unwrap();
    found
        .iter()
        .map(|one| one["customer"].as_u64().unwrap())
        .collect()
}

async fn patch(place: &Place, customer: CustomerId, body: Value) -> (u16, Value) {
    let token = sign_in(&place.server.url, "anna").await.token;
    let response = http()
        .patch(format!("{}/v1/customers/{customer}", place.server.url))
        .bearer_auth(token.reveal())
        .json(&body)
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn one_customer_whatever_the_spelling_of_their_number() {
    let place = in_country("GB").await;
    let mut anna = place.ready_agent("anna").await;
    let first = popped(&place, &mut anna, "Ann Lee", "+44 20 7946 0958").await;
    assert_eq!(first.recognised_by, RecognisedBy::Nothing);
    let number = first.customer.identities[0].phone.as_ref().unwrap();
    assert_eq!(number.text.reveal(), "020 7946 0958");
    for spelling in [
        "+44 (0)20 7946 0958",
        "020 7946 0958",
        "0044 20 7946 0958",
        "\u{202D}+44 20\u{A0}7946\u{2011}0958\u{202C}",
        "０２０ ７９４６ ０９５８",
        "٠٢٠ ٧٩٤٦ ٠٩٥٨",
        "020 7946 0958 ext. 12",
        "+44 20 7946 0958 x12",
    ] {
        let pop = popped(&place, &mut anna, "Somebody Else", spelling).await;
        assert_eq!(pop.recognised_by, RecognisedBy::Phone, "{spelling}");
        assert_eq!(pop.customer.customer, first.customer.customer, "{spelling}");
        assert_eq!(
            pop.customer.identities.len(),
            1,
            "what is typed proves nothing"
        );
        assert_eq!(pop.given.name.unwrap().reveal(), "Somebody Else");
        assert!(!pop.given.phone.unwrap().reveal().is_empty());
    }
    assert_eq!(
        find(&place, "somebody else").await,
        [first.customer.customer.0]
    );
    place.server.stop().await;
}

#[tokio::test]
async fn an_extension_is_kept_and_shown() {
    let place = in_country("US").await;
    let mut anna = place.ready_agent("anna").await;
    let pop = popped(&place, &mut anna, "Bo", "(415) 555-0100 ext. 12").await;
    let number = pop.customer.identities[0].phone.as_ref().unwrap();
    assert_eq!(number.e164.reveal(), "+14155550100");
    assert_eq!(number.extension.as_ref().unwrap().reveal(), "12");
    let again = popped(&place, &mut anna, "Bo", "+1 415 555 0100").await;
    assert_eq!(again.customer.customer, pop.customer.customer);
    place.server.stop().await;
}

#[tokio::test]
async fn what_is_no_number_identifies_nobody_and_is_found() {
    let place = in_country("US").await;
    let mut anna = place.ready_agent("anna").await;
    let mut seen = Vec::new();
    for (name, typed) in [
        ("Early Bird", "after 5 pm please"),
        ("Late Owl", "5"),
        ("Mia One", "+1 415 555 777 ext 7"),
        ("Mia Two", "+1 415 555 7777"),
        ("Script Kid", "<script>alert(1)</script>"),
        ("Java Kid", "javascript:alert(1)"),
        ("Number One", "1"),
    ] {
        let pop = popped(&place, &mut anna, name, typed).await;
        assert_eq!(pop.recognised_by, RecognisedBy::Nothing, "{typed}");
        assert_eq!(pop.customer.name.reveal(), name);
        assert_eq!(pop.given.phone.unwrap().reveal(), typed);
        let customer = pop.customer.customer;
        assert!(!seen.contains(&customer), "{typed}");
        seen.push(customer);
        assert!(find(&place, name).await.contains(&customer.0), "{name}");
    }
    assert_eq!(find(&place, "after 5 pm").await, [seen[0].0]);
    assert_eq!(find(&place, "javascript:alert").await, [seen[5].0]);
    place.server.stop().await;
}

#[tokio::test]
async fn a_weak_match_is_a_suggestion() {
    let place = in_country("GB").await;
    let mut anna = place.ready_agent("anna").await;
    let known = popped(&place, &mut anna, "Siobhán O’Brien", "020 7946 0958").await;
    let other = popped(&place, &mut anna, "O'BRIEN, Siobhan", "none").await;
    assert_eq!(other.recognised_by, RecognisedBy::Nothing);
    let suggested: Vec<_> = other
        .may_be
        .iter()
        .map(|one| (one.customer, one.by))
        .collect();
    assert_eq!(suggested, [(known.customer.customer, MayBeBy::Name)]);
    // While somebody is in contact under the record, their number leads nobody there; it is said whose it is.
    let mut holder = place.customer().await;
    let first = holder.call("Siobhán O’Brien", Some("020 7946 0958")).await;
    anna.rings(first).await;
    let mut noor = place.ready_agent("noor").await;
    let mut stranger = place.customer().await;
    let second = stranger.call("Mallory", Some("+442079460958")).await;
    noor.rings(second).await;
    let pop = &noor.item(second).unwrap().customer;
    assert_eq!(pop.recognised_by, RecognisedBy::Nothing);
    let suggested: Vec<_> = pop
        .may_be
        .iter()
        .map(|one| (one.customer, one.by))
        .collect();
    assert_eq!(suggested, [(known.customer.customer, MayBeBy::Phone)]);
    assert_eq!(pop.given.phone.as_ref().unwrap().reveal(), "+442079460958");
    assert!(pop.customer.identities.is_empty());
    place.server.stop().await;
}

#[tokio::test]
async fn a_caller_s_codes_are_left_out_and_a_topic_keeps_its_lines() {
    let place = in_country("GB").await;
    let mut anna = place.ready_agent("anna").await;
    let text = |text: &str| Some(Sensitive::new(text.to_owned()));
    let mut caller = place.customer().await;
    let command = CustomerCommand::Call {
        caller: Caller {
            name: text("Eve\u{1B}[31m\tRed\u{202E}"),
            topic: text("one\r\ntwo\u{7}"),
            device: Some("a\u{1B}]0;b".to_owned()),
            ..Caller::default()
        },
    };
    assert_eq!(caller.try_customer(command).await, Ok(()));
    caller
        .until("waiting", |this| {
            matches!(this.stage, CustomerStage::Waiting { .. })
        })
        .await;
    let CustomerStage::Waiting { interaction, .. } = caller.stage else {
        panic!("waiting");
    };
    anna.rings(interaction).await;
    let item = anna.item(interaction).unwrap().clone();
    assert_eq!(item.customer.customer.name.reveal(), "Eve[31m Red");
    assert_eq!(item.topic.unwrap().reveal(), "one\ntwo");
    assert_eq!(item.customer.device.as_deref(), Some("a]0;b"));
    place.server.stop().await;
}

/// As an older program or an import wrote it.
fn old_record(data: &Path) -> CustomerId {
    let database = database(data);
    let customer = CustomerId(1);
    let created = RecordEvent::CustomerCreated {
        customer,
        name: Sensitive::new("Old\u{1B}[2J\tForged\nRow".to_owned()),
        language: None,
    };
    let identity = |kind, value: &str| RecordEvent::IdentityAdded {
        customer,
        identity: protocol::rest::Identity::new(kind, value),
    };
    use protocol::rest::IdentityKind::{Email, Phone};
    let events = [
        created,
        identity(Phone, "anna at home"),
        identity(Phone, "020 7946 0958 ext 12"),
        identity(Email, "none"),
    ];
    let mut journal = database.journal().unwrap();
    let last = journal.load().unwrap().last_seq;
    let entries = (last + 1..).zip(events).map(|(seq, event)| JournalEntry {
        seq,
        at: Millis(seq),
        entry: Entry::Record { event },
    });
    let batch = Batch {
        expected_seq: last,
        entries: entries.collect(),
        done: vec![],
        audit: vec![],
    };
    journal.append(&batch).unwrap();
    customer
}

#[tokio::test]
async fn an_edit_refuses_what_is_new_and_wrong_and_nothing_that_stands_there() {
    let mut place = in_country("GB").await;
    place.server.stop().await;
    let customer = old_record(place.data.path());
    place.server = Server::start(place.data.path(), config()).await.unwrap();
    let record = ask(&place, "anna", &format!("/v1/customers/{customer}")).await;
    let identities = record["identities"].clone();
    let named = json!({ "name": "Anna Lee", "identities": identities });
    let (status, record) = patch(&place, customer, named).await;
    assert_eq!((status, &record["name"]), (200, &json!("Anna Lee")));
    assert_eq!(record["identities"].as_array().unwrap().len(), 3);
    for (body, field) in [
        (json!({ "name": "Anna\nLee" }), "name"),
        (json!({ "name": "Anna\u{1B}[0m" }), "name"),
        (json!({ "labels": ["a\tb"] }), "labels"),
        (
            json!({ "attributes": [{ "name": "a", "value": "b\u{0}c" }] }),
            "attributes",
        ),
        (json!({ "note": "a\u{1B}b" }), "note"),
        (
            json!({ "identities": [{ "kind": "phone", "value": "anna at work" }] }),
            "identities",
        ),
        (
            json!({ "identities": [{ "kind": "email", "value": "no mail" }] }),
            "identities",
        ),
    ] {
        let (status, problem) = patch(&place, customer, body).await;
        assert_eq!(status, 422, "{field}");
        assert!(
            problem["hint"].as_str().unwrap().starts_with(field),
            "{problem}"
        );
    }
    let turned = json!({
        "name": "\u{202E}Lee\u{A0} Anna\u{200B}",
        "note": "one\r\ntwo\u{202E}",
        "identities": [{ "kind": "phone", "value": "\u{202D}+44 20\u{A0}7946\u{2011}0958\u{202C}" }],
    });
    let (status, record) = patch(&place, customer, turned).await;
    assert_eq!(status, 200, "{record}");
    assert_eq!(record["name"], "Lee Anna");
    assert_eq!(record["note"], "one\ntwo");
    assert_eq!(record["identities"][0]["value"], "+44 20 7946-0958");
    assert_eq!(record["identities"][0]["phone"]["text"], "020 7946 0958");
    let (status, problem) = patch(&place, customer, json!({ "name": " " })).await;
    assert_eq!((status, problem["code"].as_str()), (400, Some("bad_field")));
    for name in ["%", "_", "{}", "😀"] {
        let (status, _) = patch(&place, customer, json!({ "name": name })).await;
        assert_eq!(status, 200, "{name}");
        assert_eq!(find(&place, name).await, [customer.0], "{name}");
    }
    place.server.stop().await;
}

#[tokio::test]
async fn a_terminal_is_shown_escapes_and_duplicates_are_listed_and_never_merged() {
    let place = in_country("GB").await;
    let mut anna = place.ready_agent("anna").await;
    let mut own = Vec::new();
    // Two browsers of people who call at once from one number have a record each.
    for name in ["Bo Young", "Cy Young"] {
        let mut caller = place.customer().await;
        let interaction = caller.call(name, None).await;
        anna.rings(interaction).await;
        own.push(anna.item(interaction).unwrap().customer.customer.customer);
        let hang_up = CustomerCommand::HangUp { interaction };
        assert_eq!(caller.try_customer(hang_up).await, Ok(()));
    }
    for (customer, value) in own.iter().zip(["0161 496 0000", "+44 (0)161 496 0000 x5"]) {
        let body = json!({ "identities": [{ "kind": "phone", "value": value }] });
        assert_eq!(patch(&place, *customer, body).await.0, 200);
    }
    let page = ask(&place, "sam", "/v1/customers/duplicates").await;
    assert_eq!(page["duplicates"][0]["shown"], "0161 496 0000");
    assert_eq!(page["duplicates"][0]["records"], 2);
    assert_eq!(page["duplicates"].as_array().unwrap().len(), 1);
    place.server.stop().await;
    let data = place.data.path().to_str().unwrap();
    let listed = operator(&["customer", "duplicates", "--data", data], "");
    let [one, two] = [own[0], own[1]];
    assert_eq!(
        listed,
        format!("0161 496 0000\t{one} Bo Young\t{two} Cy Young\n")
    );
    let mut journal = database(place.data.path()).journal().unwrap();
    let seq = journal.load().unwrap().last_seq + 1;
    let event = RecordEvent::CustomerCreated {
        customer: CustomerId(90),
        name: Sensitive::new("Forged\u{1B}[2J\t7\tRow\nRow\u{202E}".to_owned()),
        language: None,
    };
    let entry = Entry::Record { event };
    let at = Millis(seq);
    journal
        .append(&Batch {
            expected_seq: seq - 1,
            entries: vec![JournalEntry { seq, at, entry }],
            done: vec![],
            audit: vec![],
        })
        .unwrap();
    drop(journal);
    let found = operator(&["customer", "find", "--data", data, "forged"], "");
    assert_eq!(found, "90\tForged\\e[2J\\t7\\tRow\\nRow\\u{202e}\t\n");
}
