//! Signing in and out, tokens, and what REST refuses.

use crate::client::{Client, Ended};
use crate::place::{PASSWORD, Place, config, http, sign_in, try_sign_in};
use protocol::customer::CustomerStage;
use protocol::link::{ErrorCode, HelloAs};
use protocol::rest::ErrorBody;
use protocol::work::AgentCommand;
use server::config::Config;
use std::time::Duration;
use store::{OrganisationStore, Stamp};
use store_sqlite::Database;
use vocab::{AgentState, ChosenState, Millis, OrgSlug, Sensitive};

async fn code(response: reqwest::Response) -> (u16, ErrorCode) {
    let status = response.status().as_u16();
    let body: ErrorBody = response.json().await.unwrap();
    assert!(!body.hint.is_empty());
    (status, body.code)
}

async fn customers(place: &Place, token: &Sensitive<String>) -> reqwest::Response {
    let url = format!("{}/v1/customers?query=", place.server.url);
    http()
        .get(url)
        .bearer_auth(token.reveal())
        .send()
        .await
        .unwrap()
}

async fn ends_with_expired(url: &str, token: &Sensitive<String>) {
    let mut client = Client::raw(url).await;
    client
        .hello(HelloAs::Agent {
            token: token.clone(),
        })
        .await;
    assert_eq!(client.ends().await, Ended::Goodbye(ErrorCode::TokenExpired));
}

#[tokio::test]
async fn wrong_passwords_are_limited_and_the_wait_is_told() {
    let mut config = config();
    config.limits.sign_in_attempts = 2;
    let place = Place::with(config).await;
    let url = &place.server.url;
    for _ in 0..2 {
        let answer = code(try_sign_in(url, "anna", "wrong").await).await;
        assert_eq!(answer, (401, ErrorCode::WrongPassword));
    }
    // The right one too: otherwise the limit would say which it is.
    let refused = try_sign_in(url, "Anna", PASSWORD).await;
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
    assert_eq!(code(refused).await, (429, ErrorCode::TooManyAttempts));
    assert_eq!(try_sign_in(url, "noor", PASSWORD).await.status(), 200);
    let unknown = code(try_sign_in(url, "nobody", "wrong").await).await;
    assert_eq!(unknown, (401, ErrorCode::WrongPassword));
    place.server.stop().await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_limits_are_kept_by_the_clients_own_address() {
    let trusted = ("WARMLINE_SERVER_TRUSTED_PROXIES", "127.0.0.1");
    let limit = ("WARMLINE_LIMITS_SIGN_IN_ATTEMPTS", "1");
    let port = ("WARMLINE_SERVER_LISTEN", "127.0.0.1:0");
    let variables = [trusted, limit, port].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let place = Place::with(Config::read(None, variables.into_iter()).unwrap()).await;
    let url = format!("{}/v1/sign-in", place.server.url);
    let attempt = async |client: &str, password: &str| {
        let body =
            serde_json::json!({ "organisation": "demo", "user": "anna", "password": password });
        let request = http().post(&url).header("x-forwarded-for", client);
        request.json(&body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(attempt("203.0.113.7", "wrong").await, 401);
    assert_eq!(attempt("203.0.113.7", PASSWORD).await, 429);
    assert_eq!(attempt("198.51.100.1, 203.0.113.7", PASSWORD).await, 429);
    assert_eq!(attempt("198.51.100.1", PASSWORD).await, 200);
    place.server.stop().await;
}

#[tokio::test]
async fn a_token_that_expired_or_was_revoked_opens_nothing() {
    let mut config = config();
    config.limits.token_life = Duration::from_millis(1_500);
    let place = Place::with(config).await;
    let url = &place.server.url;
    let signed_in = sign_in(url, "anna").await;
    let mut link = Client::agent(url, &signed_in.token).await;
    assert_eq!(customers(&place, &signed_in.token).await.status(), 200);
    // The link itself ends when the token does.
    assert_eq!(link.ends().await, Ended::Goodbye(ErrorCode::TokenExpired));
    let answer = code(customers(&place, &signed_in.token).await).await;
    assert_eq!(answer, (401, ErrorCode::TokenExpired));
    ends_with_expired(url, &signed_in.token).await;

    let token = sign_in(url, "noor").await.token;
    let sign_out = format!("{url}/v1/sign-out");
    let response = http()
        .post(sign_out)
        .bearer_auth(token.reveal())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(
        code(customers(&place, &token).await).await,
        (401, ErrorCode::TokenExpired)
    );
    ends_with_expired(url, &token).await;
    place.server.stop().await;
}

#[tokio::test]
async fn a_sign_in_that_expires_in_a_conversation_lasts_to_the_end_of_its_wrap_up() {
    let mut config = config();
    config.limits.token_life = Duration::from_secs(3);
    let place = Place::with(config).await;
    let url = &place.server.url;
    let token = sign_in(url, "anna").await.token;
    let mut anna = Client::agent(url, &token).await;
    anna.become_ready().await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen", None).await;
    anna.accept(interaction).await;
    let mut li = place.customer().await;
    li.call("Li Na", None).await;
    // It expires: no more work is to come, and the conversation goes on.
    anna.until("nothing next", |a| {
        let presence = &a.agent.as_ref().unwrap().presence;
        matches!(presence.next, Some(ChosenState::NotReady { .. }))
    })
    .await;
    let more = AgentCommand::ReserveNextState {
        state: Some(ChosenState::Ready),
    };
    assert_eq!(anna.try_agent(more).await, Err(ErrorCode::TokenExpired));
    // Also over a lost link.
    anna.vanish();
    let mut anna = Client::agent(url, &token).await;
    assert_eq!(anna.state(), AgentState::Talking { interaction });
    anna.wish(AgentCommand::HangUp { interaction }).await;
    let text = Sensitive::new("Router sent".to_owned());
    anna.wish(AgentCommand::SaveNote { interaction, text })
        .await;
    anna.wish(AgentCommand::FinishWrapUp {
        interaction,
        disposition: None,
    })
    .await;
    assert_eq!(anna.ends().await, Ended::Goodbye(ErrorCode::TokenExpired));
    ends_with_expired(url, &token).await;
    let li = Client::customer(url, li.visitor.clone()).await;
    let is_left = matches!(
        li.stage,
        CustomerStage::Waiting {
            is_ringing: false,
            ..
        }
    );
    assert!(is_left, "{:?}", li.stage);
    place.server.stop().await;
}

#[tokio::test]
async fn signing_out_elsewhere_leaves_the_desk_alone() {
    let place = Place::new().await;
    let url = &place.server.url;
    let desk = sign_in(url, "anna").await.token;
    let elsewhere = sign_in(url, "anna").await.token;
    let mut anna = Client::agent(url, &desk).await;
    for (token, is_served) in [(&elsewhere, true), (&desk, false)] {
        let response = http()
            .post(format!("{url}/v1/sign-out"))
            .bearer_auth(token.reveal())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 204);
        if is_served {
            anna.become_ready().await;
        } else {
            assert_eq!(anna.ends().await, Ended::Goodbye(ErrorCode::TokenExpired));
        }
    }
    place.server.stop().await;
}

#[tokio::test]
async fn a_new_password_ends_the_links_of_the_old_one() {
    let place = Place::new().await;
    let mut anna = place.agent("anna").await;
    let path = server::app::database_path(place.data.path(), &OrgSlug::new("demo").unwrap());
    let mut accounts = Database::open(&path).unwrap().accounts().unwrap();
    let user = accounts.user_by_name("anna").unwrap().unwrap();
    let stamp = Stamp {
        at: Millis(2),
        by: "test",
    };
    accounts
        .set_password(
            stamp,
            user.agent,
            &Sensitive::new("$argon2id$none".to_owned()),
        )
        .unwrap();
    assert_eq!(anna.ends().await, Ended::Goodbye(ErrorCode::TokenExpired));
    place.server.stop().await;
}

#[tokio::test]
async fn what_is_not_there_or_not_allowed_has_its_code() {
    let place = Place::new().await;
    let url = &place.server.url;
    let anna = sign_in(url, "anna").await.token;
    let eva = sign_in(url, "eva").await.token;
    let get = |path: &str| {
        http()
            .get(format!("{url}{path}"))
            .bearer_auth(anna.reveal())
            .send()
    };
    for (path, expected) in [
        ("/v1/customers/77", (404, ErrorCode::UnknownCustomer)),
        (
            "/v1/customers/77/timeline",
            (404, ErrorCode::UnknownCustomer),
        ),
        ("/v1/interactions/77", (404, ErrorCode::UnknownInteraction)),
        ("/v1/customers/x", (400, ErrorCode::BadField)),
        ("/v1/customers?limit=many", (400, ErrorCode::BadField)),
    ] {
        assert_eq!(code(get(path).await.unwrap()).await, expected, "{path}");
    }
    let patch = |token: &Sensitive<String>, body: &str| {
        http()
            .patch(format!("{url}/v1/customers/77"))
            .bearer_auth(token.reveal())
            .header("content-type", "application/json")
            .body(body.to_owned())
            .send()
    };
    let by_expert = patch(&eva, "{}").await.unwrap();
    assert_eq!(code(by_expert).await, (403, ErrorCode::NotAllowed));
    let garbage = patch(&anna, "{\"name\":").await.unwrap();
    assert_eq!(code(garbage).await, (400, ErrorCode::BadField));
    let unknown = patch(&anna, "{\"name\":\"Li\"}").await.unwrap();
    assert_eq!(code(unknown).await, (404, ErrorCode::UnknownCustomer));
    let huge = patch(&anna, &format!("{{\"note\":\"{}\"}}", "x".repeat(70_000)))
        .await
        .unwrap();
    assert_eq!(code(huge).await, (413, ErrorCode::FrameTooLarge));
    let nobody = http()
        .get(format!("{url}/v1/customers"))
        .send()
        .await
        .unwrap();
    assert_eq!(code(nobody).await, (401, ErrorCode::TokenExpired));
    place.server.stop().await;
}

#[tokio::test]
async fn pages_health_metrics_and_the_document_are_served_with_their_headers() {
    let mut config = config();
    config.framing_allowed_from = vec!["https://shop.example".to_owned()];
    let place = Place::with(config).await;
    let url = &place.server.url;
    let get = |path: &str| http().get(format!("{url}{path}")).send();
    let page = get("/c/demo/support").await.unwrap();
    assert!(
        page.status() == 200 || page.status() == 503,
        "built or saying how to build it"
    );
    assert!(
        page.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    if page.status() == 200 {
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'self' https://shop.example"),
            "{policy}"
        );
    }
    assert_eq!(get("/c/demo/sales").await.unwrap().status(), 404);
    assert_eq!(get("/c/nobody/support").await.unwrap().status(), 404);
    assert_eq!(get("/c/assets/../index.html").await.unwrap().status(), 404);
    assert_eq!(get("/healthz").await.unwrap().text().await.unwrap(), "ok\n");
    let metrics = get("/metrics").await.unwrap().text().await.unwrap();
    assert!(metrics.contains("warmline_agents{organisation=\"demo\",state=\"offline\"} 5"));
    let document: serde_json::Value = get("/v1/openapi.json").await.unwrap().json().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    place.server.stop().await;
}

#[tokio::test]
async fn plain_http_beyond_loopback_needs_to_be_allowed_by_name() {
    let data = tempfile::tempdir().unwrap();
    crate::place::make_data(data.path());
    let mut config = config();
    config.listen = "0.0.0.0:0".parse().unwrap();
    let refused = server::serve::Server::start(data.path(), config.clone()).await;
    let said = refused.err().map(|err| err.to_string()).unwrap_or_default();
    assert!(said.contains("allow_plain_http"), "{said}");
    config.is_plain_http_allowed = true;
    server::serve::Server::start(data.path(), config)
        .await
        .unwrap()
        .stop()
        .await;
}
