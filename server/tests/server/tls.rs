//! Encryption: HTTPS and WSS by a certificate of one's own, and no plain HTTP beyond this machine by accident.

use crate::place::{config, make_data};
use futures_util::{SinkExt, StreamExt};
use protocol::LINK_VERSION;
use protocol::link::{ClientFrame, HelloAs, ServerFrame};
use server::config::{Config, TlsFiles};
use server::serve::{ServeError, Server};
use std::sync::Arc;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{Connector, connect_async_tls_with_config};
use vocab::OrgSlug;

#[tokio::test]
async fn a_certificate_of_ones_own_gives_https_and_wss_to_those_who_trust_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let (cert, key) = (data.path().join("cert.pem"), data.path().join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = Some(TlsFiles { cert, key });
    let server = Server::start(data.path(), Config { tls, ..config() })
        .await
        .unwrap();
    assert!(
        server.url.starts_with("https://127.0.0.1:"),
        "{}",
        server.url
    );

    let trusting = reqwest::Client::builder()
        .add_root_certificate(reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap())
        .build()
        .unwrap();
    let health = format!("{}/healthz", server.url);
    let response = trusting.get(&health).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let stranger = reqwest::Client::new();
    assert!(
        stranger.get(&health).send().await.is_err(),
        "nobody vouches for it"
    );
    let plain = health.replacen("https", "http", 1);
    let plainly = stranger
        .get(&plain)
        .timeout(Duration::from_secs(5))
        .send()
        .await;
    assert!(plainly.is_err(), "it answered without encryption");

    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let trust = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let link = format!("{}/v1/link", server.url.replacen("https", "wss", 1));
    let connector = Connector::Rustls(Arc::new(trust));
    let (mut socket, _) = connect_async_tls_with_config(link, None, true, Some(connector))
        .await
        .unwrap();
    let hello = ClientFrame::Hello {
        version: LINK_VERSION,
        client: "test/0".to_owned(),
        who: HelloAs::Customer {
            organisation: OrgSlug::new("demo").unwrap(),
            queue: "support".to_owned(),
            visitor: None,
            site: None,
        },
    };
    let hello = serde_json::to_string(&hello).unwrap();
    socket.send(Message::text(hello)).await.unwrap();
    loop {
        let message = socket
            .next()
            .await
            .expect("a welcome before the end")
            .unwrap();
        let Message::Text(text) = message else {
            continue;
        };
        let frame: ServerFrame = serde_json::from_str(text.as_str()).unwrap();
        if matches!(frame, ServerFrame::Welcome { .. }) {
            break;
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn plain_http_beyond_this_machine_must_be_allowed_by_name() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let everywhere = || Config {
        listen: "0.0.0.0:0".parse().unwrap(),
        ..config()
    };
    let refused = Server::start(data.path(), everywhere())
        .await
        .err()
        .unwrap();
    assert!(matches!(refused, ServeError::PlainHttp { .. }), "{refused}");
    let said = refused.to_string();
    for word in ["tls.cert", "tls.key", "server.allow_plain_http"] {
        assert!(said.contains(word), "{said:?} does not name {word}");
    }
    let allowed = Config {
        is_plain_http_allowed: true,
        ..everywhere()
    };
    let server = Server::start(data.path(), allowed).await.unwrap();
    assert!(server.url.starts_with("http://"));
    server.stop().await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_named_and_nothing_runs() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let tls = Some(TlsFiles {
        cert: data.path().join("absent.pem"),
        key: data.path().join("absent.key"),
    });
    let refused = Server::start(data.path(), Config { tls, ..config() })
        .await
        .err()
        .unwrap();
    let said = refused.to_string();
    assert!(
        said.contains("absent.pem") && said.contains("tls.cert"),
        "{said}"
    );
}
