//! Supervisors look at a queue's line and take entries out of it.

use crate::client::Client;
use crate::office::Office;
use crate::place::Place;
use protocol::customer::{CustomerCommand, CustomerStage};
use protocol::figures::FiguresNow;
use protocol::line::{LineWaits, QueueLine, RemoveFromLine, RemovedFromLine};
use protocol::link::{Delta, ServerFrame};
use protocol::rest::{HappenedWhat, InteractionDetail, Outcome};
use protocol::work::{AgentCommand, AgentDelta, GoneBecause};
use reqwest::{Method, StatusCode};
use std::net::Ipv4Addr;
use vocab::{AgentState, InteractionId};

const LINE: &str = "/v1/queues/support/line";
const REMOVE: &str = "/v1/queues/support/line/remove";
const AWAY: Ipv4Addr = Ipv4Addr::new(127, 0, 5, 1);

async fn remove(office: &Office<'_>, interactions: Vec<InteractionId>) -> RemovedFromLine {
    let body = RemoveFromLine { interactions };
    let (status, said) = office.ask(Method::POST, REMOVE, &body).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    serde_json::from_str(&said).unwrap()
}

async fn is_told(client: &mut Client) {
    client
        .until("told that they were removed", |one| {
            matches!(
                one.stage,
                CustomerStage::Ended {
                    is_removed: true,
                    ..
                }
            )
        })
        .await;
}

#[tokio::test]
async fn a_supervisor_sees_who_waits_and_takes_them_out() {
    let place = Place::new().await;
    let url = &place.server.url;
    let sam = Office::of(&place, "sam").await;
    let mut chen = place.customer().await;
    let first = chen.call("Chen Yulan", Some("+86 138 0013 8000")).await;
    let mut david = Client::customer_from(url, AWAY, None).await;
    let second = david.call("David Okafor", None).await;
    let keep = CustomerCommand::KeepMyPlace {
        interaction: second,
    };
    assert_eq!(david.try_customer(keep).await, Ok(()));

    let line: QueueLine = sam.get(LINE).await;
    let seen: Vec<_> = line.entries.iter().map(|entry| entry.interaction).collect();
    assert_eq!(seen, [first, second], "the next one first");
    let kept = &line.entries[1];
    assert_eq!(kept.waits, LineWaits::ForCallback);
    assert_eq!(kept.address.as_deref(), Some("127.0.5.1"));
    assert_eq!(kept.name.as_ref().unwrap().reveal(), "David Okafor");
    assert!(kept.since <= line.at);

    let removed = remove(&sam, vec![second, InteractionId(999)]).await;
    assert_eq!(removed.removed, [second]);
    is_told(&mut david).await;
    let line: QueueLine = sam.get(LINE).await;
    assert_eq!(line.entries.len(), 1);
    // Told again whenever the page comes back, and free to call anew.
    let mut back = Client::customer_from(url, AWAY, david.visitor.clone()).await;
    is_told(&mut back).await;
    back.call("David Okafor", None).await;

    let story: InteractionDetail = sam.get(&format!("/v1/interactions/{second}")).await;
    assert_eq!(story.summary.outcome, Outcome::RemovedFromLine);
    let last = story.happened.last().unwrap();
    assert_eq!(last.what, HappenedWhat::RemovedFromLine);
    assert_eq!(last.agent_name.as_deref(), Some("Sam Okoro"));
    let figures: FiguresNow = sam.get("/v1/figures").await;
    let day = figures.queues[0].day;
    assert_eq!((day.removed, day.abandoned, day.callbacks_lost), (1, 0, 0));
    let ada = Office::of(&place, "ada").await;
    let (_, audit) = ada.ask(Method::GET, "/v1/audit?limit=20", &()).await;
    for part in [
        "removed_from_line".to_owned(),
        format!("interaction {second}, customer "),
        "line_shown".to_owned(),
        "queue support".to_owned(),
    ] {
        assert!(audit.contains(&part), "{part} is not in {audit}");
    }
    place.server.stop().await;
}

#[tokio::test]
async fn a_ring_ends_with_the_removal_and_a_conversation_is_not_cut() {
    let place = Place::new().await;
    let sam = Office::of(&place, "sam").await;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let ringing = chen.call("Chen Yulan", None).await;
    anna.rings(ringing).await;
    assert_eq!(remove(&sam, vec![ringing]).await.removed, [ringing]);
    is_told(&mut chen).await;
    let why = loop {
        let frame = anna.next().await.expect("closed");
        if let ServerFrame::Delta { delta, .. } = frame
            && let Delta::Agent {
                delta: AgentDelta::WorkGone { why, .. },
            } = *delta
        {
            break why;
        }
    };
    assert_eq!(why, GoneBecause::RemovedFromLine);
    anna.until("ready again", |anna| anna.state() == AgentState::Ready)
        .await;

    let mut david = place.customer().await;
    let talking = david.call("David Okafor", None).await;
    anna.accept(talking).await;
    david.talks().await;
    assert_eq!(remove(&sam, vec![talking]).await.removed, []);
    anna.wish(AgentCommand::Hold {
        interaction: talking,
    })
    .await;
    place.server.stop().await;
}

#[tokio::test]
async fn lines_are_for_supervisors_and_of_queues_that_there_are() {
    let place = Place::new().await;
    let anna = Office::of(&place, "anna").await;
    let sam = Office::of(&place, "sam").await;
    let nobody = RemoveFromLine {
        interactions: vec![],
    };
    assert_eq!(
        anna.ask(Method::GET, LINE, &()).await.0,
        StatusCode::FORBIDDEN
    );
    let refused = anna.ask(Method::POST, REMOVE, &nobody).await.0;
    assert_eq!(refused, StatusCode::FORBIDDEN);
    let unknown = sam.ask(Method::GET, "/v1/queues/none/line", &()).await.0;
    assert_eq!(unknown, StatusCode::NOT_FOUND);
    let too_many = RemoveFromLine {
        interactions: (1..=501).map(InteractionId).collect(),
    };
    let refused = sam.ask(Method::POST, REMOVE, &too_many).await.0;
    assert_eq!(refused, StatusCode::BAD_REQUEST);
    assert_eq!(remove(&sam, vec![]).await.removed, []);
    place.server.stop().await;
}
