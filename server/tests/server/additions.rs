//! Customers who are created by hand, and who may bring customers in and out.

use crate::imports::Desk;
use crate::office::Office;
use crate::place::Place;
use protocol::exchange::NewImport;
use protocol::record::AuditPage;
use protocol::rest::CustomerSummary;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn administrators_import_supervisors_export_and_agents_create() {
    let place = Place::new().await;
    let new = NewImport {
        file: "a.csv".to_owned(),
        bytes: 1,
    };
    for (user, imports, exports, creates) in [
        ("eva", 403, 403, 403),
        ("anna", 403, 403, 201),
        ("sam", 403, 200, 201),
        ("ada", 200, 200, 201),
    ] {
        let office = Office::of(&place, user).await;
        let said = |(status, _): (StatusCode, String)| status.as_u16();
        assert_eq!(
            said(office.ask(Method::POST, "/v1/imports", &new).await),
            imports,
            "{user}"
        );
        let path = "/v1/customers/file?format=csv";
        assert_eq!(
            said(office.ask(Method::GET, path, &()).await),
            exports,
            "{user}"
        );
        let customer = json!({"name": format!("By {user}")});
        assert_eq!(
            said(office.ask(Method::POST, "/v1/customers", &customer).await),
            creates,
            "{user}"
        );
    }
}

#[tokio::test]
async fn a_customer_is_created_with_whoever_is_alike_pointed_out() {
    let place = Place::new().await;
    let desk = Desk::of(&place).await;
    let new = json!({
        "name": " Chen Yulan ", "language": "zh-CN", "is_vip": true,
        "identities": [{"kind": "phone", "value": "+86 138 0013 8000"}, {"kind": "phone", "value": "+86-138-0013-8000"}],
        "consents": [{"kind": "recording", "is_given": true, "source": "conversation"}]
    });
    let chen: CustomerSummary = desk.post("/v1/customers", &new).await;
    assert_eq!(
        (
            chen.name.reveal().as_str(),
            chen.revision,
            chen.identities.len()
        ),
        ("Chen Yulan", 1, 1)
    );
    assert_eq!(chen.consents.len(), 1);
    for (asked, because) in [
        (
            json!({"name": "Somebody", "identities": [{"kind": "phone", "value": "0086 138 0013 8000"}]}),
            Some("identity"),
        ),
        (json!({"name": "chen yulan"}), Some("name")),
        (json!({"name": "Chen"}), None),
    ] {
        let alike: serde_json::Value = desk.post("/v1/customers/alike", &asked).await;
        let found = alike["customers"].as_array().unwrap();
        assert_eq!(
            found.first().map(|one| one["because"].as_str().unwrap()),
            because,
            "{asked}"
        );
    }
    let twin: CustomerSummary = desk.post("/v1/customers", &new).await;
    assert_ne!(twin.customer, chen.customer);
    for bad in [
        json!({}),
        json!({"name": "x", "nme": "y"}),
        json!({"name": "x", "identities": [{"kind": "email", "value": "x"}]}),
    ] {
        let (status, body) = desk.ada.ask(Method::POST, "/v1/customers", &bad).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{bad}: {body}");
    }
    let trail: AuditPage = desk.ada.get("/v1/audit").await;
    let subject = format!("customer {}", chen.customer);
    assert!(
        trail
            .lines
            .iter()
            .any(|line| line.what == "customer_created"
                && line.subject == subject
                && line.who == "ada")
    );
}
