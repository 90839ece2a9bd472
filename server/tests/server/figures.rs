//! What supervisors learn and set: why an agent was rung, how queues and agents stand, an agent's state.

use crate::client::Client;
use crate::office::Office;
use crate::place::{Place, config, http, make_data, sign_in};
use acd::Command;
use protocol::configuration::{
    Change, ConfigurationState, Named, NeedSettings, PersonSettings, ProblemCode, QueueSettings,
    RingSettings, Rules, SkillLevel,
};
use protocol::decision::{Decision, DecisionObstacle, DecisionVerdict, DecisionWhy};
use protocol::figures::{AgentIntervals, FiguresNow};
use protocol::rest::{HappenedWhat, InteractionDetail};
use reqwest::{Method, StatusCode};
use server::serve::Server;
use store::{Batch, Entry, JournalEntry, OrganisationStore};
use vocab::{
    AgentState, ChosenState, CustomerId, InteractionId, MediumKind, Millis, OrgSlug, QueueId,
};

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

/// The journal of somebody who began to talk yesterday and did not stop.
fn talk_since_yesterday(data: &std::path::Path, answered_at: Millis) {
    let path = server::app::database_path(data, &OrgSlug::new("demo").unwrap());
    let store = store_sqlite::Database::open(&path).unwrap();
    let accounts = store.accounts().unwrap();
    let (config, users) = (accounts.config().unwrap(), accounts.users().unwrap());
    let anna = users.iter().find(|one| one.user == "anna").unwrap().agent;
    let commands = [
        Command::Configure { config },
        Command::AgentConnected { agent: anna },
        Command::ChooseState {
            agent: anna,
            state: ChosenState::Ready,
        },
        Command::Enter {
            customer: CustomerId(1),
            queue: QueueId(1),
            medium: MediumKind::Voice,
            wishes: acd::Wishes::default(),
        },
        Command::AcceptOffer {
            agent: anna,
            interaction: InteractionId(1),
        },
    ];
    let mut center = acd::Center::new();
    let mut entries = Vec::new();
    for command in commands {
        for event in center.handle(answered_at, command).unwrap() {
            let (seq, at) = (entries.len() as u64 + 1, event.at);
            let entry = Entry::Routing { event };
            entries.push(JournalEntry { seq, at, entry });
        }
    }
    let batch = Batch {
        expected_seq: 0,
        entries,
        done: vec![],
        audit: vec![],
    };
    store.journal().unwrap().append(&batch).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_that_began_yesterday_is_in_todays_figures_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let yesterday = Millis(server::engine::utc_now().0 - 86_400_000);
    talk_since_yesterday(data.path(), yesterday);
    let server = Server::start(data.path(), config()).await.unwrap();
    let place = Place { data, server };
    let sam = Office::of(&place, "sam").await;
    let now: FiguresNow = sam.get("/v1/figures").await;
    assert_eq!(now.since.0 % 86_400_000, 0, "midnight by the usual zone");
    assert_eq!((now.queues[0].talking, now.queues[0].day.offered), (1, 0));
    let anna = now.agents.iter().find(|one| one.user == "anna").unwrap();
    let today_ms = now.at.since(now.since);
    assert_eq!(anna.day.talking_ms, today_ms, "and nothing of yesterday");

    let quarters: AgentIntervals = sam.get("/v1/figures/agents/anna").await;
    assert_eq!(quarters.since, now.since);
    assert_eq!(quarters.intervals[0].begins_at, now.since);
    let sum: u64 = quarters.intervals.iter().map(|q| q.counts.talking_ms).sum();
    assert!(
        sum >= today_ms && sum < today_ms + 60_000,
        "{sum} {today_ms}"
    );
    let noor = Office::of(&place, "noor").await;
    let (status, _) = noor.ask(Method::GET, "/v1/figures/agents/anna", &()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let _: AgentIntervals = noor.get("/v1/figures/agents/noor").await;
    let (status, _) = sam.ask(Method::GET, "/v1/figures/agents/nobody", &()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_begins_at_midnight_of_the_organisations_zone() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let server = Server::start(data.path(), config()).await.unwrap();
    let place = Place { data, server };
    let ada = Office::of(&place, "ada").await;
    let state: ConfigurationState = ada.get("/v1/configuration").await;
    let rules = |zone: &str| Change {
        rules: Some(Rules {
            zone: zone.to_owned(),
            ..state.configuration.rules.clone()
        }),
        ..Change::default()
    };
    let refused = ada.change(rules("Europe/Bremen")).await.unwrap_err();
    assert_eq!(refused.findings[0].code, ProblemCode::BadZone);
    // Half past five ahead of UTC, and never an hour on or back.
    ada.change(rules("Asia/Kolkata")).await.unwrap();
    let Place { data, server } = place;
    server.stop().await;
    let server = Server::start(data.path(), config()).await.unwrap();
    let place = Place { data, server };
    let now: FiguresNow = Office::of(&place, "ada").await.get("/v1/figures").await;
    let ahead_ms = 330 * 60_000;
    assert_eq!((now.since.0 + ahead_ms) % 86_400_000, 0);
    assert!(now.at.since(now.since) < 86_400_000);
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
