//! Passwords as people set them: for themselves, for others, on the command line.

use crate::client::{Client, Ended};
use crate::office::Office;
use crate::place::{PASSWORD, Place, operated, try_sign_in};
use protocol::link::ErrorCode;
use protocol::rest::{ErrorBody, MAX_PASSWORD_CHARS};
use reqwest::{Method, StatusCode};
use serde_json::json;

const NEW: &str = "drei Affen essen Suppe";

fn code(answer: &(StatusCode, String)) -> (u16, ErrorCode) {
    let body: ErrorBody = serde_json::from_str(&answer.1).unwrap();
    (answer.0.as_u16(), body.code)
}

#[tokio::test]
async fn one_changes_ones_own_password_with_the_old_one_and_stays_signed_in_here_alone() {
    let place = Place::new().await;
    let url = &place.server.url;
    let here = Office::of(&place, "anna").await;
    let mut elsewhere = place.agent("anna").await;
    let change = async |old: &str, new: &str| {
        let body = json!({ "old": old, "new": new });
        here.ask(Method::PUT, "/v1/me/password", &body).await
    };
    let wrong = change("not this one", NEW).await;
    assert_eq!(code(&wrong), (401, ErrorCode::WrongPassword));
    for weak in [
        "12345678",
        "password",
        "        ",
        "Anna Marsh",
        "northwind",
        "short",
    ] {
        let weak = change(PASSWORD, weak).await;
        assert_eq!(code(&weak), (422, ErrorCode::WeakPassword), "{weak:?}");
    }
    assert_eq!(change(PASSWORD, NEW).await.0, StatusCode::NO_CONTENT);
    assert_eq!(
        elsewhere.ends().await,
        Ended::Goodbye(ErrorCode::TokenExpired)
    );
    // The desk that it was changed at goes on, over REST and over the link.
    let (status, _) = here.ask(Method::GET, "/v1/names", &()).await;
    assert_eq!(status, StatusCode::OK);
    Client::agent(url, &here.token.clone().into()).await;
    assert_eq!(try_sign_in(url, "anna", PASSWORD).await.status(), 401);
    assert_eq!(try_sign_in(url, "anna", NEW).await.status(), 200);
    place.server.stop().await;
}

#[tokio::test]
async fn an_administrator_sets_nobody_a_password_that_cannot_be_used() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let set = async |user: &str, password: &str| {
        let path = format!("/v1/people/{user}/password");
        ada.ask(Method::PUT, &path, &json!({ "password": password }))
            .await
    };
    let longest: String = "密码".chars().cycle().take(MAX_PASSWORD_CHARS).collect();
    let longer = format!("{longest}x");
    assert_eq!(
        code(&set("noor", &longer).await),
        (422, ErrorCode::WeakPassword)
    );
    assert_eq!(
        code(&set("noor", "noor-rao").await),
        (422, ErrorCode::WeakPassword)
    );
    assert_eq!(
        code(&set("nobody", NEW).await),
        (404, ErrorCode::UnknownUser)
    );
    let mixed: String = (0..MAX_PASSWORD_CHARS as u32)
        .map(|n| char::from_u32(0x4e00 + n * 7).unwrap())
        .collect();
    assert_eq!(set("noor", &mixed).await.0, StatusCode::NO_CONTENT);
    let signed_in = try_sign_in(&place.server.url, "noor", &mixed).await;
    assert_eq!(signed_in.status(), 200, "the longest one signs in");
    place.server.stop().await;
}

#[tokio::test]
async fn the_command_line_holds_to_the_same_rule_and_says_what_it_let_pass() {
    let place = Place::new().await;
    let data = place.data.path().to_str().unwrap();
    let set = |password: &[u8], more: &[&str]| {
        let mut arguments = vec!["user", "password", "--data", data, "--user", "noor"];
        arguments.push("--password-stdin");
        arguments.extend(more);
        operated(&arguments, password)
    };
    let refused = set(b"12345678\n", &[]);
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        said.contains("too easily guessed") && said.contains("nothing was changed"),
        "{said}"
    );
    assert!(!set(b"short\n", &["--allow-weak-password"]).status.success());
    assert!(
        set(b"warmline-demo\n", &["--allow-weak-password"])
            .status
            .success()
    );
    let trail = operated(&["audit", "--data", data, "--limit", "3"], b"");
    let trail = String::from_utf8(trail.stdout).unwrap();
    assert!(trail.contains("\tweak_password_allowed\tnoor"), "{trail}");
    assert_eq!(
        try_sign_in(&place.server.url, "noor", "warmline-demo")
            .await
            .status(),
        200
    );
    // As Windows' shells write it.
    let utf16: Vec<u8> = format!("\u{feff}{NEW}\r\n")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(set(&utf16, &[]).status.success());
    assert_eq!(
        try_sign_in(&place.server.url, "noor", NEW).await.status(),
        200
    );
    place.server.stop().await;
}
