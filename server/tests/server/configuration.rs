//! The configuration over REST and the command line: checked as a whole, live at once, its history, and taking changes
//! back.

use crate::client::Client;
use crate::office::Office;
use crate::place::{Place, http, operator, refused_operator};
use protocol::configuration::{
    Change, ChangePage, ConfigurationPatch, ConfigurationState, Finding, Named, NeedSettings,
    OverflowSettings, PersonSettings, ProblemCode, QueueSettings, RingSettings, ScheduleSettings,
    Severity,
};
use protocol::link::ErrorCode;
use protocol::work::AgentCommand;
use reqwest::{Method, StatusCode};
use vocab::Role;

fn served(agent: &Client) -> usize {
    agent.agent.as_ref().unwrap().queues.len()
}

fn queue(code: &str) -> QueueSettings {
    QueueSettings::named(code, code.to_uppercase())
}

fn codes(findings: &[Finding], severity: Severity) -> Vec<ProblemCode> {
    let of = findings.iter().filter(|one| one.severity == severity);
    of.map(|one| one.code).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_live_at_once_and_can_be_taken_back() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let before: ConfigurationState = ada.get("/v1/configuration").await;
    let mut anna = place.agent("anna").await;
    assert_eq!(served(&anna), 1);

    let mut person = before
        .configuration
        .people
        .iter()
        .find(|p| p.user == "anna");
    let mut person = person.take().unwrap().clone();
    person.queues.push("sales".to_owned());
    let changed = ada
        .change(Change {
            queues: vec![queue("sales")],
            people: vec![person],
            ..Change::default()
        })
        .await
        .unwrap();
    assert_eq!(changed.revision, before.revision + 1);
    anna.until("the new queue is served", |anna| served(anna) == 2)
        .await;

    let page: ChangePage = ada.get("/v1/configuration/changes").await;
    let newest = &page.changes[0];
    assert_eq!(
        (newest.revision, newest.by.as_str()),
        (changed.revision, "ada")
    );
    assert_eq!(newest.queues[0].before, None);
    let edit = &newest.people[0];
    assert_eq!(edit.before.as_ref().unwrap().queues, ["support"]);
    assert_eq!(edit.after.as_ref().unwrap().queues, ["support", "sales"]);

    let undo = format!("/v1/configuration/changes/{}/undo", changed.revision);
    let (status, body) = ada.ask(Method::POST, &undo, &()).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let back: ConfigurationState = serde_json::from_str(&body).unwrap();
    assert_eq!(back.configuration, before.configuration);
    anna.until("the queue is gone again", |anna| served(anna) == 1)
        .await;
    let (status, body) = ada.ask(Method::POST, &undo, &()).await;
    assert_eq!(status, StatusCode::CONFLICT, "{body}");
    let (status, _) = ada
        .ask(Method::POST, "/v1/configuration/changes/999/undo", &())
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contradiction_is_refused_by_name_and_changes_nothing() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let before: ConfigurationState = ada.get("/v1/configuration").await;
    let to = |to: &str| OverflowSettings {
        after_ms: 1_000,
        to: to.to_owned(),
    };
    let round = Change {
        queues: vec![
            QueueSettings {
                overflow: Some(to("two")),
                ..queue("one")
            },
            QueueSettings {
                overflow: Some(to("one")),
                ..queue("two")
            },
        ],
        ..Change::default()
    };
    let never = Change {
        schedules: vec![ScheduleSettings {
            code: "night".to_owned(),
            name: "Night".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            weekly: vec![],
            holidays: vec![],
        }],
        ..Change::default()
    };
    let ring = |after_ms| RingSettings {
        after_ms,
        needs: vec![NeedSettings {
            skill: "router".to_owned(),
            minimum: 3,
        }],
        ..RingSettings::default()
    };
    let narrow = Change {
        skills: vec![Named {
            code: "router".to_owned(),
            name: "Routers".to_owned(),
        }],
        queues: vec![QueueSettings {
            rings: vec![ring(0), ring(5_000)],
            ..queue("one")
        }],
        ..Change::default()
    };
    for (bad, why, subject) in [
        (round, ProblemCode::Loop, "one"),
        (never, ProblemCode::NeverOpens, "night"),
        (narrow, ProblemCode::RingNotWider, "one"),
    ] {
        let refused = ada.change(bad).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::BadConfiguration);
        let found = refused.findings.iter().find(|one| one.code == why);
        assert_eq!(found.unwrap().subject, subject, "{refused:?}");
        assert!(found.unwrap().text.contains(subject), "{refused:?}");
    }
    assert_eq!(
        ada.get::<ConfigurationState>("/v1/configuration").await,
        before
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_will_probably_not_do_what_was_meant_is_taken_with_a_warning() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let change = Change {
        queues: vec![queue("sales")],
        ..Change::default()
    };
    let (status, body) = ada
        .ask(Method::POST, "/v1/configuration/check", &change)
        .await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let findings: Vec<Finding> = serde_json::from_str(&body).unwrap();
    assert_eq!(
        codes(&findings, Severity::Warning),
        [ProblemCode::NoCountry, ProblemCode::NobodyServes]
    );
    let taken = ada.change(change).await.unwrap();
    assert_eq!(taken.findings, findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_the_same_thing_do_not_overwrite_each_other() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let read: ConfigurationState = ada.get("/v1/configuration").await;
    let patch = |code: &str| ConfigurationPatch {
        if_revision: Some(read.revision),
        change: Change {
            queues: vec![queue(code)],
            ..Change::default()
        },
    };
    let (status, _) = ada
        .ask(Method::PATCH, "/v1/configuration", &patch("one"))
        .await;
    assert_eq!(status, StatusCode::OK);
    let (status, body) = ada
        .ask(Method::PATCH, "/v1/configuration", &patch("two"))
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_may_read_and_change_it() {
    let place = Place::new().await;
    for user in ["anna", "sam", "eva"] {
        let office = Office::of(&place, user).await;
        let (status, _) = office.ask(Method::GET, "/v1/configuration", &()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{user}");
        let refused = office.change(Change::default()).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::NotAllowed, "{user}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_signs_in_once_a_password_was_set_and_not_after_they_are_removed() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let lena = PersonSettings::new("lena", "Lena Holm", Role::Agent);
    ada.change(Change {
        people: vec![lena],
        ..Change::default()
    })
    .await
    .unwrap();
    let attempt = |password: &str| {
        let body = serde_json::json!({
            "organisation": "demo", "user": "lena", "password": password
        });
        let url = format!("{}/v1/sign-in", place.server.url);
        async move { http().post(url).json(&body).send().await.unwrap().status() }
    };
    assert_eq!(attempt("").await, StatusCode::UNAUTHORIZED);
    let short = serde_json::json!({ "password": "short" });
    let path = "/v1/people/lena/password";
    let (status, _) = ada.ask(Method::PUT, path, &short).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let good = serde_json::json!({ "password": "drei Affen essen Suppe" });
    let (status, body) = ada.ask(Method::PUT, path, &good).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
    assert_eq!(attempt("drei Affen essen Suppe").await, StatusCode::OK);
    ada.change(Change {
        people_gone: vec!["lena".to_owned()],
        ..Change::default()
    })
    .await
    .unwrap();
    assert_eq!(
        attempt("drei Affen essen Suppe").await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_is_removed_still_serves_whoever_is_in_it() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen", None).await;
    ada.change(Change {
        queues_gone: vec!["support".to_owned()],
        ..Change::default()
    })
    .await
    .unwrap();
    // Those who served it serve it until then.
    let mut anna = place.agent("anna").await;
    anna.become_ready_or_ring().await;
    anna.accept(interaction).await;
    chen.talks().await;
    assert_eq!(served(&anna), 1);
    anna.wish(AgentCommand::HangUp { interaction }).await;
    anna.wish(AgentCommand::FinishWrapUp {
        interaction,
        disposition: None,
    })
    .await;
    anna.until("the queue is gone", |anna| served(anna) == 0)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_taken_back_brings_the_same_person_and_not_a_namesake() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let anna = place.agent("anna").await;
    let first = anna.agent.as_ref().unwrap().me.agent;
    let state: ConfigurationState = ada.get("/v1/configuration").await;
    let people = state.configuration.people.iter();
    let person = people.into_iter().find(|one| one.user == "anna").unwrap();
    let remove = || Change {
        people_gone: vec!["anna".to_owned()],
        ..Change::default()
    };
    let removed = ada.change(remove()).await.unwrap().revision;
    // A namesake comes and goes.
    ada.change(Change {
        people: vec![PersonSettings {
            name: "Anna Other".to_owned(),
            ..person.clone()
        }],
        ..Change::default()
    })
    .await
    .unwrap();
    ada.change(remove()).await.unwrap();
    let undo = format!("/v1/configuration/changes/{removed}/undo");
    let (status, body) = ada.ask(Method::POST, &undo, &()).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    // The password is still the one of the first.
    let again = place.agent("anna").await;
    assert_eq!(again.agent.as_ref().unwrap().me.agent, first);
    // Gone by a later removal, the first one cannot be taken back.
    ada.change(remove()).await.unwrap();
    let (status, body) = ada.ask(Method::POST, &undo, &()).await;
    assert_eq!(status, StatusCode::CONFLICT, "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_shows_applies_and_takes_back_while_the_server_runs() {
    let place = Place::new().await;
    let mut anna = place.agent("anna").await;
    let data = place.data.path().to_str().unwrap().to_owned();
    let shown = operator(&["config", "show", "--data", &data], "");
    let mut document: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let support = document["queues"][0].clone();
    document["queues"].as_array_mut().unwrap().push(support);
    document["queues"][1]["code"] = "sales".into();
    document["people"][0]["queues"] = serde_json::json!(["support", "sales"]);
    let file = place.data.path().join("wanted.json");
    std::fs::write(&file, document.to_string()).unwrap();
    let path = file.to_str().unwrap();

    let checked = operator(&["config", "check", "--data", &data, path], "");
    assert!(checked.contains("can be used"), "{checked}");
    let applied = operator(&["config", "apply", "--data", &data, path], "");
    assert!(
        applied.contains("queues sales (new); people anna"),
        "{applied}"
    );
    anna.until("the new queue is served", |anna| served(anna) == 2)
        .await;
    let again = operator(&["config", "apply", "--data", &data, path], "");
    assert!(again.contains("nothing differs"), "{again}");

    let history = operator(&["config", "history", "--data", &data, "--limit", "1"], "");
    let revision = history.split('\t').next().unwrap().to_owned();
    assert!(history.contains("command line"), "{history}");
    let undone = operator(&["config", "undo", "--data", &data, &revision], "");
    assert!(undone.contains("queues sales (gone)"), "{undone}");
    anna.until("the queue is gone again", |anna| served(anna) == 1)
        .await;

    document["queues"][1]["overflow"] = serde_json::json!({ "after_ms": 5, "to": "nowhere" });
    std::fs::write(&file, document.to_string()).unwrap();
    let refused = refused_operator(&["config", "apply", "--data", &data, path]);
    assert!(refused.contains("nothing was changed"), "{refused}");
}
