//! The way through a real proxy (tinyproxy) to the real server with TLS, where there is no other: its name is known to
//! the proxy alone.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "an integration test's helpers may stop at a surprise; the stage is shared with other tests"
)]

mod stage;

use serde_json::Value;
use stage::{PATIENCE, Program, Server};
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// Reserved by RFC 6761: no resolver knows it.
const HOST: &str = "warmline.test";

/// A tinyproxy that lets in who knows its password.
struct Proxy {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Proxy {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hosts = folder.path().join("hosts");
        std::fs::write(&hosts, format!("127.0.0.1 {HOST}\n")).unwrap();
        // It takes no port 0; another program may be faster with a free one, then the next is tried.
        for _ in 0..5 {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            let config = folder.path().join("tinyproxy.conf");
            let log = folder.path().join("log");
            let lines = format!(
                "Port {port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 20\nLogLevel Connect\n\
                 LogFile {log:?}\nBasicAuth anna secret\n"
            );
            std::fs::write(&config, lines).unwrap();
            let mut child = Command::new("tinyproxy")
                .arg("-d")
                .arg("-c")
                .arg(&config)
                .env("LD_PRELOAD", "libnss_wrapper.so")
                .env("NSS_WRAPPER_HOSTS", &hosts)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .expect("tinyproxy is installed (apt-get install tinyproxy-bin libnss-wrapper)");
            if listens(&mut child, port).await {
                return Self {
                    child,
                    folder,
                    port,
                };
            }
        }
        panic!("no proxy could be started")
    }

    fn url(&self, password: &str) -> String {
        format!("http://anna:{password}@127.0.0.1:{}", self.port)
    }

    /// Tunnels that were asked for.
    fn tunnels(&self) -> usize {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap();
        log.matches("CONNECT warmline.test:").count()
    }
}

async fn listens(child: &mut Child, port: u16) -> bool {
    let answers = async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        true
    };
    tokio::time::timeout(PATIENCE, answers)
        .await
        .unwrap_or(false)
}

fn is_up(event: &Value) -> bool {
    event["type"] == "link" && event["link"]["type"] == "up"
}

fn is_ready(event: &Value) -> bool {
    event["type"] == "agent" && event["agent"]["presence"]["state"]["type"] == "ready"
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_and_link_go_through_the_proxy_where_there_is_no_other_way() {
    let (server, proxy) = (Server::encrypted(HOST).await, Proxy::start().await);
    let url = proxy.url("secret");
    for (number, variable) in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"]
        .into_iter()
        .enumerate()
    {
        let before = proxy.tunnels();
        let mut agent = Program::agent_with(&server, &[(variable, &url)]);
        agent.wait_for(is_up).await;
        agent.wait_for(is_ready).await;
        assert!(
            proxy.tunnels() >= before + 2,
            "{variable} ({number}): one for each"
        );
        agent.line("quit").await;
        assert!(agent.ended_well().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_proxy_or_past_it_there_is_no_way() {
    let (server, proxy) = (Server::encrypted(HOST).await, Proxy::start().await);
    let url = proxy.url("secret");
    for environment in [
        vec![],
        vec![
            ("HTTPS_PROXY", url.as_str()),
            ("NO_PROXY", "other.test, warmline.test"),
        ],
        // Of another scheme.
        vec![("HTTP_PROXY", url.as_str())],
    ] {
        let said = Program::agent_with(&server, &environment).failure().await;
        assert!(
            said.contains("cannot be reached"),
            "{environment:?}: {said}"
        );
        assert!(!said.contains("proxy"), "{environment:?}: {said}");
    }
    assert_eq!(proxy.tunnels(), 0);
    let passing = [("HTTPS_PROXY", url.as_str()), ("NO_PROXY", "other.test")];
    Program::agent_with(&server, &passing).wait_for(is_up).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_refuses_is_named_and_its_password_is_not() {
    let (server, proxy) = (Server::encrypted(HOST).await, Proxy::start().await);
    let wrong = proxy.url("guessed");
    let said = Program::agent_with(&server, &[("HTTPS_PROXY", &wrong)])
        .failure()
        .await;
    let name = format!("the proxy http://127.0.0.1:{}", proxy.port);
    assert!(said.contains(&name) && said.contains("407"), "{said}");
    assert!(!said.contains("guessed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_goes_away_is_why_the_link_is_down() {
    let (server, mut proxy) = (Server::encrypted(HOST).await, Proxy::start().await);
    let url = proxy.url("secret");
    let mut agent = Program::agent_with(&server, &[("HTTPS_PROXY", &url)]);
    agent.wait_for(is_ready).await;
    proxy.child.kill().await.unwrap();
    let name = format!("the proxy http://127.0.0.1:{}", proxy.port);
    agent
        .wait_for(|event| {
            let server = &event["readiness"]["server"];
            let detail = server["error"]["detail"].as_str().unwrap_or_default();
            event["type"] == "readiness" && detail.contains(&name)
        })
        .await;
}
