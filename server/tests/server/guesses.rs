//! Those who guess passwords, many at once and from many places, beside people who sign in honestly.

use crate::place::{PASSWORD, Place, config, http_from, try_sign_in};
use protocol::limits::LimitKind;
use protocol::link::ErrorCode;
use protocol::rest::ErrorBody;
use std::net::Ipv4Addr;
use std::time::Duration;

async fn attempt(
    url: &str,
    from: Ipv4Addr,
    (user, password): (&str, &str),
    device: Option<&str>,
) -> reqwest::Response {
    let body = serde_json::json!({
        "organisation": "demo", "user": user, "password": password, "device": device,
    });
    let request = http_from(from).post(format!("{url}/v1/sign-in"));
    request.json(&body).send().await.unwrap()
}

async fn status(url: &str, from: Ipv4Addr, user: &str, password: &str) -> u16 {
    let answer = attempt(url, from, (user, password), None).await;
    answer.status().as_u16()
}

fn attacker(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 66, number)
}

const DESK: Ipv4Addr = Ipv4Addr::new(127, 0, 1, 1);
const CLEAN: Ipv4Addr = Ipv4Addr::new(127, 0, 2, 1);

/// Sixty addresses that try names nobody has, as quickly as they are answered; half of them do not wait for it.
fn flood(url: &str) -> Vec<tokio::task::JoinHandle<()>> {
    let attacks = (1..=60).map(|number| {
        let url = format!("{url}/v1/sign-in");
        telemetry::spawn("attacker", async move {
            let client = http_from(attacker(number));
            for round in 0..40 {
                let user = format!("nobody{number}-{round}");
                let body = serde_json::json!({
                    "organisation": "demo", "user": user, "password": "wrong",
                });
                let request = client.post(&url).json(&body);
                if number % 2 == 0 {
                    let request = request.timeout(Duration::from_millis(20));
                    let _ = request.send().await;
                } else {
                    let _ = request.send().await;
                }
            }
        })
    });
    attacks.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_sign_ins_and_agents_go_on_beside_a_flood_of_guesses() {
    let place = Place::new().await;
    let url = place.server.url.clone();
    let mut anna = place.agent("anna").await;
    let attacks = flood(&url);
    for number in 1..=5 {
        let from = Ipv4Addr::new(127, 0, 2, number);
        assert_eq!(status(&url, from, "noor", PASSWORD).await, 200);
        anna.become_ready().await;
    }
    assert!(
        attacks.iter().any(|attack| !attack.is_finished()),
        "it was to go on meanwhile"
    );
    for attack in attacks {
        attack.abort();
    }
    place.server.stop().await;
}

#[tokio::test]
async fn whoever_is_guessed_at_keeps_the_way_in() {
    let place = Place::new().await;
    let url = &place.server.url;
    let device = "d".repeat(64);
    let anna = ("anna", PASSWORD);
    let first = attempt(url, DESK, anna, Some(&device)).await;
    assert_eq!(first.status(), 200);
    for number in 1..=50 {
        let guessed = status(url, attacker(number), "anna", "wrong").await;
        assert_eq!(guessed, 401, "attacker {number}");
    }
    for _ in 0..12 {
        // From her own address, too: a colleague, or what runs on another machine there.
        status(url, DESK, "anna", "wrong").await;
    }
    let by_device = attempt(url, DESK, anna, Some(&device)).await;
    assert_eq!(by_device.status(), 200, "the device is hers");
    let elsewhere = attempt(url, attacker(1), anna, Some(&device)).await;
    assert_eq!(elsewhere.status(), 200, "wherever it is");
    assert_eq!(status(url, CLEAN, "anna", PASSWORD).await, 200);
    // The guesser is slowed: two more at each place at most.
    let guesses = [(); 4].map(|()| status(url, attacker(9), "anna", "wrong"));
    let mut answers = Vec::new();
    for guess in guesses {
        answers.push(guess.await);
    }
    assert_eq!(answers.last(), Some(&429), "{answers:?}");
    place.server.stop().await;
}

#[tokio::test]
async fn one_insider_does_not_stop_the_office() {
    let mut config = config();
    // However slowly this machine checks passwords, nothing is forgiven while the test runs.
    config.limits.sign_in_wait = std::time::Duration::from_secs(3_600);
    let place = Place::with(config).await;
    let url = &place.server.url;
    assert_eq!(status(url, DESK, "noor", PASSWORD).await, 200);
    let mut refused = 0;
    for number in 0..75 {
        let user = format!("colleague{}", number % 15);
        refused += u32::from(status(url, DESK, &user, "wrong").await == 429);
    }
    let hammered = attempt(url, DESK, ("colleague1", "wrong"), None).await;
    let said: ErrorBody = hammered.json().await.unwrap();
    assert_eq!(said.code, ErrorCode::TooManyAttempts, "refused {refused}");
    assert_eq!(status(url, DESK, "noor", PASSWORD).await, 200, "known here");
    assert_eq!(status(url, DESK, "eva", PASSWORD).await, 200, "new here");
    place.server.stop().await;
}

#[tokio::test]
async fn supervisors_hear_once_of_guesses_and_the_metrics_count_each() {
    let mut config = config();
    config.limits.sign_in_attempts = 1;
    let place = Place::with(config).await;
    let url = &place.server.url;
    let mut sam = place.agent("sam").await;
    let mut anna = place.agent("anna").await;
    for _ in 0..4 {
        try_sign_in(url, "eva", "wrong").await;
    }
    sam.until("told", |sam| {
        sam.agent
            .as_ref()
            .is_some_and(|view| !view.limits.is_empty())
    })
    .await;
    let bitten = |client: &crate::client::Client| {
        let view = client.agent.as_ref().unwrap();
        view.limits
            .iter()
            .map(|bite| bite.limit)
            .collect::<Vec<_>>()
    };
    // Whatever else was on its way to them arrives before this.
    anna.become_ready().await;
    sam.become_ready().await;
    assert_eq!(bitten(&sam), [LimitKind::SignInsOfAccount]);
    assert_eq!(bitten(&anna), [], "it is no agent's affair");
    let ada = place.agent("ada").await;
    assert_eq!(
        bitten(&ada),
        [LimitKind::SignInsOfAccount],
        "told on coming"
    );
    let page = reqwest::get(format!("{url}/metrics")).await.unwrap();
    let page = page.text().await.unwrap();
    let counted = "warmline_limit_bites_total{limit=\"sign_ins_of_account\"} 3";
    assert!(page.contains(counted), "{page}");
    place.server.stop().await;
}
