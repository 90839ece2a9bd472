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

struct Pair {
    made: rcgen::CertifiedKey<rcgen::KeyPair>,
}

impl Pair {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        Self { made }
    }

    fn cert(&self) -> String {
        self.made.cert.pem()
    }

    fn key(&self) -> String {
        self.made.signing_key.serialize_pem()
    }

    /// Whether a new connection of somebody who trusts this certificate alone comes about.
    async fn is_served(&self, url: &str) -> bool {
        let trusted = reqwest::Certificate::from_pem(self.cert().as_bytes()).unwrap();
        let client = reqwest::Client::builder().add_root_certificate(trusted);
        let asked = client.build().unwrap().get(format!("{url}/healthz"));
        asked
            .send()
            .await
            .is_ok_and(|response| response.status() == 200)
    }

    /// The gauge and the counter of certificates.
    async fn metrics(&self, url: &str) -> (String, String) {
        let trusted = reqwest::Certificate::from_pem(self.cert().as_bytes()).unwrap();
        let client = reqwest::Client::builder().add_root_certificate(trusted);
        let asked = client.build().unwrap().get(format!("{url}/metrics"));
        let page = asked.send().await.unwrap().text().await.unwrap();
        let of = |name: &str| {
            let line = page.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().trim().to_owned()
        };
        let (gauge, counter) = (
            "warmline_certificate_unusable",
            "warmline_certificates_loaded_total",
        );
        (of(gauge), of(counter))
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_served_without_a_restart_and_a_broken_one_is_not() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let (cert, key) = (data.path().join("cert.pem"), data.path().join("key.pem"));
    let (old, new) = (Pair::new(), Pair::new());
    // As an editor on Windows leaves them.
    std::fs::write(
        &cert,
        format!("\u{feff}{}", old.cert().replace('\n', "\r\n")),
    )
    .unwrap();
    std::fs::write(&key, old.key()).unwrap();
    let tls = Some(TlsFiles {
        cert: cert.clone(),
        key: key.clone(),
    });
    let server = Server::start(data.path(), Config { tls, ..config() })
        .await
        .unwrap();
    let url = server.url.clone();
    assert!(old.is_served(&url).await && !new.is_served(&url).await);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(old.made.cert.der().clone()).unwrap();
    let trust = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let link = format!("{}/v1/link", url.replacen("https", "wss", 1));
    let connector = Connector::Rustls(Arc::new(trust));
    let (mut socket, _) = connect_async_tls_with_config(link, None, true, Some(connector))
        .await
        .unwrap();

    // Half of the new pair, then nonsense, then nothing at all: the old one stays, and the metric says so.
    for (content, what) in [
        (Some(new.cert()), "a pair that does not belong together"),
        (
            Some("-----BEGIN CERTIFICATE-----\n".to_owned()),
            "half a file",
        ),
        (None, "no file"),
    ] {
        match content {
            Some(content) => std::fs::write(&cert, content).unwrap(),
            None => std::fs::remove_file(&cert).unwrap(),
        }
        server.look_at_certificate().await;
        assert!(old.is_served(&url).await, "{what}");
        assert_eq!(
            old.metrics(&url).await,
            ("1".to_owned(), "0".to_owned()),
            "{what}"
        );
    }
    std::fs::write(&cert, new.cert()).unwrap();
    std::fs::write(&key, new.key()).unwrap();
    server.look_at_certificate().await;
    assert!(new.is_served(&url).await && !old.is_served(&url).await);
    assert_eq!(new.metrics(&url).await, ("0".to_owned(), "1".to_owned()));
    // The link that was open before still is.
    socket
        .send(Message::Ping("still there".into()))
        .await
        .unwrap();
    let pong = tokio::time::timeout(Duration::from_secs(5), async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Pong(_))) => return true,
                Some(Ok(_)) => {}
                _ => return false,
            }
        }
    });
    assert!(
        pong.await.unwrap_or(false),
        "the link ended with the certificate"
    );
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
