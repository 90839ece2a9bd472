//! Looking at customers who are not one's own work: the audit trail tells, and an hour has its limit.

use crate::office::Office;
use crate::place::Place;
use protocol::configuration::{Change, LooksPerHour, Rules};
use protocol::link::ErrorCode;
use protocol::record::{AuditLine, AuditPage};
use protocol::rest::{CustomerPage, ErrorBody};
use protocol::work::AgentCommand;
use reqwest::{Method, StatusCode};
use std::time::Duration;

async fn get(desk: &Office<'_>, path: &str) -> (StatusCode, String) {
    desk.ask(Method::GET, path, &()).await
}

/// The lines about looking, the oldest first, once there are so many.
async fn trail(ada: &Office<'_>, count: usize) -> Vec<AuditLine> {
    let written = async {
        loop {
            let page: AuditPage = ada.get("/v1/audit?limit=500").await;
            let is_look = |line: &AuditLine| {
                ["customer_viewed", "customers_searched"].contains(&line.what.as_str())
            };
            let mut lines: Vec<_> = page.lines.into_iter().filter(is_look).collect();
            if lines.len() >= count {
                lines.reverse();
                return lines;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let patience = crate::client::PATIENCE;
    tokio::time::timeout(patience, written)
        .await
        .expect("the trail is written")
}

#[tokio::test]
async fn opening_records_and_searching_leave_a_trail_and_ones_own_work_does_not() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen Yulan", None).await;
    anna.accept(interaction).await;
    let (desk, noor) = (
        Office::of(&place, "anna").await,
        Office::of(&place, "noor").await,
    );
    let ada = Office::of(&place, "ada").await;
    let story = format!("/v1/interactions/{interaction}");
    for path in [
        "/v1/customers/1",
        "/v1/customers/1/timeline",
        story.as_str(),
    ] {
        assert_eq!(get(&desk, path).await.0, StatusCode::OK, "{path}");
        assert_eq!(get(&noor, path).await.0, StatusCode::OK, "{path}");
    }
    let found: CustomerPage = noor.get("/v1/customers?query=Chen%20Yulan").await;
    assert_eq!(found.customers.len(), 1);
    let lines = trail(&ada, 2).await;
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.who.as_str(), line.what.as_str()))
        .collect();
    assert_eq!(
        told,
        [("noor", "customer_viewed"), ("noor", "customers_searched")]
    );
    assert_eq!(lines[0].subject, "customer 1");
    assert!(
        lines[1].subject.ends_with(", 1 found"),
        "{}",
        lines[1].subject
    );
    assert!(!lines[1].subject.contains("Chen"), "{}", lines[1].subject);
    assert_eq!(lines[0].from.as_deref(), Some("127.0.0.1"));
    // In wrap-up it is still anna's work; afterwards it is not.
    anna.wish(AgentCommand::HangUp { interaction }).await;
    assert_eq!(get(&desk, "/v1/customers/1").await.0, StatusCode::OK);
    anna.wish(AgentCommand::FinishWrapUp {
        interaction,
        disposition: None,
    })
    .await;
    assert_eq!(get(&desk, "/v1/customers/1").await.0, StatusCode::OK);
    let lines = trail(&ada, 3).await;
    assert_eq!((lines.len(), lines[2].who.as_str()), (3, "anna"));
    place.server.stop().await;
}

#[tokio::test]
async fn an_hour_has_room_for_as_many_looks_as_the_rules_say() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let looks_per_hour = LooksPerHour {
        agent: 2,
        ..LooksPerHour::default()
    };
    let rules = Some(Rules {
        looks_per_hour,
        ..Rules::default()
    });
    ada.change(Change {
        rules,
        ..Change::default()
    })
    .await
    .unwrap();
    let noor = Office::of(&place, "noor").await;
    assert_eq!(get(&noor, "/v1/customers?query=x").await.0, StatusCode::OK);
    assert_eq!(
        get(&noor, "/v1/customers/77").await.0,
        StatusCode::NOT_FOUND
    );
    for path in [
        "/v1/customers/78",
        "/v1/customers/78/notes",
        "/v1/customers?query=y",
    ] {
        let (status, body) = get(&noor, path).await;
        let refused: ErrorBody = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status.as_u16(), refused.code),
            (429, ErrorCode::TooManyLooks),
            "{path}"
        );
        assert!(refused.hint.contains("minutes"), "{}", refused.hint);
    }
    // What is open is read on, and others have their own hour.
    assert_eq!(
        get(&noor, "/v1/customers/77/timeline").await.0,
        StatusCode::NOT_FOUND
    );
    let anna = Office::of(&place, "anna").await;
    assert_eq!(get(&anna, "/v1/customers?query=y").await.0, StatusCode::OK);
    place.server.stop().await;
}
