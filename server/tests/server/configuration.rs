//! The configuration over REST: checked as a whole, live at once, its history, and taking changes back.

use crate::client::Client;
use crate::place::{Place, config, http, make_data, operator, refused_operator, sign_in};
use protocol::configuration::{
    Change, ChangePage, ConfigurationPatch, ConfigurationState, Finding, Named, NeedSettings,
    OverflowSettings, PersonSettings, ProblemCode, QueueSettings, RingSettings, ScheduleSettings,
    Severity, SkillLevel,
};
use protocol::decision::{Decision, DecisionObstacle, DecisionVerdict, DecisionWhy};
use protocol::figures::FiguresNow;
use protocol::link::ErrorCode;
use protocol::rest::{ErrorBody, HappenedWhat, InteractionDetail};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use server::serve::Server;
use vocab::{AgentState, Role};

struct Office<'a> {
    place: &'a Place,
    token: String,
}

impl<'a> Office<'a> {
    async fn of(place: &'a Place, user: &str) -> Self {
        let signed_in = sign_in(&place.server.url, user).await;
        let token = signed_in.token.reveal().clone();
        Self { place, token }
    }

    async fn ask(&self, method: Method, path: &str, body: &impl Serialize) -> (StatusCode, String) {
        let url = format!("{}{path}", self.place.server.url);
        let request = http().request(method.clone(), url).bearer_auth(&self.token);
        let request = match method {
            Method::GET => request,
            _ => request.json(body),
        };
        let answer = request.send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let (status, body) = self.ask(Method::GET, path, &()).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    async fn change(&self, change: Change) -> Result<ConfigurationState, ErrorBody> {
        let patch = ConfigurationPatch {
            if_revision: None,
            change,
        };
        let (status, body) = self.ask(Method::PATCH, "/v1/configuration", &patch).await;
        if status == StatusCode::OK {
            Ok(serde_json::from_str(&body).unwrap())
        } else {
            Err(serde_json::from_str(&body).unwrap())
        }
    }
}

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
        [ProblemCode::NobodyServes]
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
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let good = serde_json::json!({ "password": "long enough" });
    let (status, body) = ada.ask(Method::PUT, path, &good).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
    assert_eq!(attempt("long enough").await, StatusCode::OK);
    ada.change(Change {
        people_gone: vec!["lena".to_owned()],
        ..Change::default()
    })
    .await
    .unwrap();
    assert_eq!(attempt("long enough").await, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_is_removed_with_somebody_in_it_goes_when_it_is_empty() {
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
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_explained_by_everybody_who_serves_the_queue() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let state: ConfigurationState = ada.get("/v1/configuration").await;
    let person = |user: &str| {
        let found = state.configuration.people.iter().find(|p| p.user == user);
        found.unwrap().clone()
    };
    let support = state.configuration.queues[0].clone();
    ada.change(Change {
        skills: vec![Named {
            code: "router".to_owned(),
            name: "Routers".to_owned(),
        }],
        people: vec![PersonSettings {
            skills: vec![SkillLevel {
                skill: "router".to_owned(),
                level: 4,
            }],
            ..person("anna")
        }],
        queues: vec![QueueSettings {
            rings: vec![
                RingSettings {
                    needs: vec![NeedSettings {
                        skill: "router".to_owned(),
                        minimum: 3,
                    }],
                    ..RingSettings::default()
                },
                RingSettings {
                    after_ms: 600_000,
                    ..RingSettings::default()
                },
            ],
            ..support
        }],
        ..Change::default()
    })
    .await
    .unwrap();
    let _noor = place.ready_agent("noor").await;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen", None).await;
    anna.rings(interaction).await;

    let path = format!("/v1/interactions/{interaction}");
    let detail: InteractionDetail = ada.get(&path).await;
    let offered = detail
        .happened
        .iter()
        .find(|h| h.what == HappenedWhat::Offered);
    let number = offered.unwrap().decision.unwrap();
    let decision: Decision = ada.get(&format!("/v1/decisions/{number}")).await;
    assert_eq!(decision.agent_name, "Anna Marsh");
    let DecisionWhy::Routed { routed } = decision.why else {
        panic!("{decision:?}");
    };
    assert_eq!((routed.ring, routed.rings, routed.position), (1, 2, 1));
    let first = &routed.candidates[0];
    assert!(first.was_rung && first.name == "Anna Marsh", "{routed:?}");
    let other = routed.candidates.iter().find(|one| one.name == "Noor Rao");
    let lacks = DecisionObstacle::Skill {
        skill_name: "Routers".to_owned(),
        has: 0,
        needs: 3,
    };
    assert_eq!(
        other.unwrap().verdict,
        DecisionVerdict::RuledOut { by: vec![lacks] }
    );
    let (status, _) = ada.ask(Method::GET, "/v1/decisions/1", &()).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "the first entry is no offer");
    let (status, _) = ada.ask(Method::GET, "/v1/decisions/999999", &()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_tell_of_now_and_of_the_day_and_of_agents_only_to_supervisors() {
    let place = Place::new().await;
    let sam = Office::of(&place, "sam").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen", None).await;
    let figures: FiguresNow = sam.get("/v1/figures").await;
    let support = &figures.queues[0];
    assert_eq!((support.waiting, support.day.offered), (1, 1));
    let mut anna = place.agent("anna").await;
    anna.become_ready_or_ring().await;
    anna.accept(interaction).await;
    let figures: FiguresNow = sam.get("/v1/figures").await;
    let support = &figures.queues[0];
    assert_eq!(
        (support.waiting, support.talking, support.day.answered),
        (0, 1, 1)
    );
    assert_eq!(support.day.service_level_of_answered, Some(1.0));
    assert!(figures.agents.iter().any(|one| one.user == "anna"));
    let of_anna: FiguresNow = Office::of(&place, "anna").await.get("/v1/figures").await;
    assert!(of_anna.agents.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_sets_a_state_and_an_agent_may_not() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let path = "/v1/people/anna/state";
    let lunch = serde_json::json!({ "state": { "type": "not_ready", "reason": "lunch" } });
    let noor = Office::of(&place, "noor").await;
    let (status, _) = noor.ask(Method::POST, path, &lunch).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let sam = Office::of(&place, "sam").await;
    let (status, body) = sam.ask(Method::POST, path, &lunch).await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
    anna.until("at lunch", |anna| {
        matches!(anna.state(), AgentState::NotReady { .. })
    })
    .await;
    let (status, _) = sam.ask(Method::POST, "/v1/people/noor/state", &lunch).await;
    assert_eq!(
        status,
        StatusCode::CONFLICT,
        "noor is not signed in at a desk"
    );
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

#[tokio::test(flavor = "multi_thread")]
async fn the_days_figures_outlive_a_restart() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let first = Server::start(data.path(), config()).await.unwrap();
    let mut chen = Client::customer(&first.url, None).await;
    let interaction = chen.call("Chen", None).await;
    let token = sign_in(&first.url, "anna").await.token;
    let mut anna = Client::agent(&first.url, &token).await;
    anna.become_ready_or_ring().await;
    anna.accept(interaction).await;
    first.stop().await;

    let second = Server::start(data.path(), config()).await.unwrap();
    let token = sign_in(&second.url, "sam").await.token;
    let answer = http()
        .get(format!("{}/v1/figures", second.url))
        .bearer_auth(token.reveal())
        .send();
    let figures: FiguresNow = answer.await.unwrap().json().await.unwrap();
    let day = figures.queues[0].day;
    assert_eq!((day.offered, day.answered), (1, 1));
    second.stop().await;
}
