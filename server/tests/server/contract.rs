//! What REST takes and refuses, beyond what Schemathesis makes of the document: bodies that are nearly right, parameters
//! that are misspelt, and the administrators who must stay.

use crate::office::Office;
use crate::place::{Place, http, sign_in};
use protocol::configuration::{Change, PersonSettings};
use protocol::link::ErrorCode;
use protocol::rest::ErrorBody;
use reqwest::{Method, Response};
use serde_json::json;
use vocab::Role;

async fn refused(response: Response) -> (u16, ErrorCode, String) {
    let status = response.status().as_u16();
    let body: ErrorBody = response.json().await.unwrap();
    (status, body.code, body.hint)
}

#[tokio::test]
async fn a_body_is_a_json_object_with_known_fields_or_is_refused_by_the_fields_name() {
    let place = Place::new().await;
    let url = &place.server.url;
    let ada = sign_in(url, "ada").await.token;
    let send = async |method: Method, path: &str, media: &str, body: &str| {
        let request = http()
            .request(method, format!("{url}{path}"))
            .bearer_auth(ada.reveal());
        let request = request.header("content-type", media).body(body.to_owned());
        refused(request.send().await.unwrap()).await
    };
    let json = "application/json";
    let (patch, post, put) = (Method::PATCH, Method::POST, Method::PUT);
    for (method, path, body, name) in [
        (&patch, "/v1/customers/1", "[1]", "JSON object"),
        (&patch, "/v1/customers/1", r#"{"nme":"x"}"#, "nme"),
        (
            &patch,
            "/v1/customers/1",
            r#"{"identities":[["phone","112"]]}"#,
            "identities[0]",
        ),
        (&post, "/v1/sign-in", r#"["demo","ada","x"]"#, "JSON object"),
        (
            &post,
            "/v1/sign-in",
            r#"{"organisation":"demo","user":"ada"}"#,
            "password",
        ),
        (
            &post,
            "/v1/sign-in",
            r#"{"organisation":"demo","user":"ada","password":7}"#,
            "password",
        ),
        (
            &post,
            "/v1/people/anna/state",
            r#"{"state":{"type":"ready","why":1}}"#,
            "state.why",
        ),
        (
            &patch,
            "/v1/configuration",
            r#"{"change":{"rules":{"zon":"UTC"}}}"#,
            "zon",
        ),
        (
            &put,
            "/v1/names",
            r#"{"dispositions":[],"reasons":[],"x":null}"#,
            "x",
        ),
    ] {
        let (status, code, hint) = send(method.clone(), path, json, body).await;
        assert_eq!((status, code), (400, ErrorCode::BadField), "{path} {body}");
        assert!(hint.contains(name), "{body}: {hint}");
    }
    let (status, code, _) = send(patch.clone(), "/v1/customers/1", "text/plain", "{}").await;
    assert_eq!((status, code), (415, ErrorCode::WrongMediaType));
    let long = format!(r#"{{"note":"{}"}}"#, "x".repeat(70_000));
    let (status, code, _) = send(patch, "/v1/customers/1", json, &long).await;
    assert_eq!((status, code), (413, ErrorCode::FrameTooLarge));
    place.server.stop().await;
}

#[tokio::test]
async fn parameters_are_the_documented_ones_within_their_ranges() {
    let place = Place::new().await;
    let url = &place.server.url;
    let anna = sign_in(url, "anna").await.token;
    let get = |path: &str| {
        http()
            .get(format!("{url}{path}"))
            .bearer_auth(anna.reveal())
            .send()
    };
    for (path, name) in [
        ("/v1/customers?limt=5", "limt"),
        ("/v1/customers?limit=0", "limit"),
        ("/v1/customers?limit=101", "limit"),
        ("/v1/customers?limit=5&limit=6", "limit"),
        ("/v1/customers?query=%ff", "UTF-8"),
        ("/v1/names?verbose=1", "verbose"),
        ("/v1/customers/1.0", "id"),
    ] {
        let (status, code, hint) = refused(get(path).await.unwrap()).await;
        assert_eq!((status, code), (400, ErrorCode::BadField), "{path}");
        assert!(hint.contains(name), "{path}: {hint}");
    }
    let nowhere = refused(get("/v1/nowhere").await.unwrap()).await;
    assert_eq!((nowhere.0, nowhere.1), (404, ErrorCode::UnknownAddress));
    let wrong = http()
        .delete(format!("{url}/v1/names"))
        .send()
        .await
        .unwrap();
    let allowed = wrong.headers()["allow"].to_str().unwrap().to_owned();
    assert!(
        allowed.contains("GET") && allowed.contains("PUT"),
        "{allowed}"
    );
    let wrong = refused(wrong).await;
    assert_eq!((wrong.0, wrong.1), (405, ErrorCode::WrongMethod));
    place.server.stop().await;
}

#[tokio::test]
async fn the_scheme_of_a_token_is_known_in_any_case() {
    let place = Place::new().await;
    let url = &place.server.url;
    let token = sign_in(url, "anna").await.token.reveal().clone();
    let ask = async |value: String| {
        let request = http()
            .get(format!("{url}/v1/names"))
            .header("authorization", value);
        let response = request.send().await.unwrap();
        let challenge = response.headers().get("www-authenticate").cloned();
        (response.status().as_u16(), challenge.is_some())
    };
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        assert_eq!(
            ask(format!("{scheme} {token}")).await,
            (200, false),
            "{scheme}"
        );
    }
    for bad in [
        format!("Basic {token}"),
        format!("Bearer{token}"),
        token.clone(),
        "Bearer".to_owned(),
    ] {
        assert_eq!(ask(bad).await, (401, true));
    }
    place.server.stop().await;
}

#[tokio::test]
async fn the_last_administrator_stays_whoever_would_take_them_away() {
    let place = Place::new().await;
    let ada = Office::of(&place, "ada").await;
    let person = |user: &str, role| PersonSettings::new(user, user, role);
    let gone = |user: &str| Change {
        people_gone: vec![user.to_owned()],
        ..Change::default()
    };
    let made = |person: PersonSettings| Change {
        people: vec![person],
        ..Change::default()
    };
    for change in [gone("ada"), made(person("ada", Role::Supervisor))] {
        let refused = ada.change(change).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::LastAdministrator);
    }
    // Another one who cannot sign in yet is no way out; with a password he is.
    ada.change(made(person("bob", Role::Admin))).await.unwrap();
    let refused = ada.change(gone("ada")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::LastAdministrator);
    let password = json!({ "password": "drei Affen essen Suppe" });
    let (status, _) = ada
        .ask(Method::PUT, "/v1/people/bob/password", &password)
        .await;
    assert_eq!(status, 204);
    let there = ada.change(made(person("ada", Role::Agent))).await.unwrap();
    // Taking back that bob came would leave nobody; the command line holds to it as well.
    let data = place.data.path().to_str().unwrap();
    let removed = ["user", "remove", "--data", data, "--user", "bob"];
    let removed = crate::place::operated(&removed, b"");
    let said = String::from_utf8_lossy(&removed.stderr).into_owned();
    assert!(
        !removed.status.success() && said.contains("last administrator"),
        "{said}"
    );
    let came = (there.revision - 1).to_string();
    let undone = crate::place::operated(&["config", "undo", "--data", data, &came], b"");
    assert!(!undone.status.success());
    let mut document = there.configuration.clone();
    document.people.retain(|one| one.user != "bob");
    let file = place.data.path().join("without-bob.json");
    std::fs::write(&file, serde_json::to_vec(&document).unwrap()).unwrap();
    let applied = ["config", "apply", "--data", data, file.to_str().unwrap()];
    let applied = crate::place::operated(&applied, b"");
    let said = String::from_utf8_lossy(&applied.stderr).into_owned();
    assert!(
        !applied.status.success() && said.contains("last administrator"),
        "{said}"
    );
    place.server.stop().await;
}
