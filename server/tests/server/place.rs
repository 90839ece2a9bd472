//! A place to test in: an organisation in a folder of its own, served in this process or by a child.

use crate::client::Client;
use protocol::configuration::QueueSettings;
use protocol::rest::SignedIn;
use server::accounts::hash_password;
use server::config::Config;
use server::serve::Server;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use store::{NewUser, Organisation, OrganisationStore, Stamp};
use store_sqlite::Database;
use tempfile::TempDir;
use vocab::{Millis, OrgSlug, Role, Sensitive};

pub(crate) const PASSWORD: &str = "a good password";

/// Hashing takes long; everybody in tests has the same password.
fn password_hash() -> Sensitive<String> {
    static HASH: OnceLock<Sensitive<String>> = OnceLock::new();
    HASH.get_or_init(|| hash_password(&Sensitive::new(PASSWORD.to_owned())).unwrap())
        .clone()
}

/// Organisation `demo`, queue `support` (ring 5 s, wrap-up 30 s), agents anna and noor, expert eva, supervisor sam,
/// administrator ada.
pub(crate) fn make_data(data: &Path) {
    let slug = OrgSlug::new("demo").unwrap();
    let path = server::app::database_path(data, &slug);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let organisation = Organisation {
        slug,
        name: "Northwind".to_owned(),
    };
    let database = Database::create(&path, &organisation).unwrap();
    let mut accounts = database.accounts().unwrap();
    let stamp = Stamp {
        at: Millis(1),
        by: "test",
    };
    let queue = QueueSettings {
        ring_ms: 5_000,
        wrap_up_ms: 30_000,
        recording: vocab::RecordingPolicy::Ask,
        ..QueueSettings::named("support", "Support")
    };
    let queue = accounts.add_queue(stamp, &queue).unwrap();
    for (user, name, role, queues) in [
        ("anna", "Anna Marsh", Role::Agent, vec![queue]),
        ("noor", "Noor Rao", Role::Agent, vec![queue]),
        ("eva", "Eva Lindholm", Role::Expert, vec![]),
        ("sam", "Sam Okoro", Role::Supervisor, vec![]),
        ("ada", "Ada Byrne", Role::Admin, vec![]),
    ] {
        let password_hash = password_hash();
        let (user, name) = (user.to_owned(), name.to_owned());
        accounts
            .add_user(
                stamp,
                &NewUser {
                    user,
                    name,
                    role,
                    password_hash,
                    queues,
                },
            )
            .unwrap();
    }
}

pub(crate) fn config() -> Config {
    let mut config = Config::default();
    config.listen.set_port(0);
    config
}

/// A server within this process.
pub(crate) struct Place {
    pub(crate) data: TempDir,
    pub(crate) server: Server,
}

impl Place {
    pub(crate) async fn new() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let data = tempfile::tempdir().unwrap();
        make_data(data.path());
        let server = Server::start(data.path(), config).await.unwrap();
        Self { data, server }
    }

    pub(crate) async fn agent(&self, user: &str) -> Client {
        let token = sign_in(&self.server.url, user).await.token;
        Client::agent(&self.server.url, &token).await
    }

    /// Signed in, welcomed and ready.
    pub(crate) async fn ready_agent(&self, user: &str) -> Client {
        let mut agent = self.agent(user).await;
        agent.become_ready().await;
        agent
    }

    pub(crate) async fn customer(&self) -> Client {
        Client::customer(&self.server.url, None).await
    }
}

/// What a command of the server's program said; it must succeed.
pub(crate) fn operator(arguments: &[&str], input: &str) -> String {
    let output = operated(arguments, input.as_bytes());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a command of the server's program said when it failed, as it must.
pub(crate) fn refused_operator(arguments: &[&str]) -> String {
    let output = operated(arguments, b"");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{arguments:?}: {said}");
    said
}

/// A command of the server's program, whatever comes of it.
pub(crate) fn operated(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_warmline-server"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

pub(crate) fn http() -> reqwest::Client {
    // A second one is refused, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// From that address of this machine.
pub(crate) fn http_from(from: Ipv4Addr) -> reqwest::Client {
    // A second one is refused, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().local_address(IpAddr::V4(from));
    client.build().unwrap()
}

pub(crate) async fn sign_in(url: &str, user: &str) -> SignedIn {
    let response = try_sign_in(url, user, PASSWORD).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

pub(crate) async fn try_sign_in(url: &str, user: &str, password: &str) -> reqwest::Response {
    let body = serde_json::json!({ "organisation": "demo", "user": user, "password": password });
    http()
        .post(format!("{url}/v1/sign-in"))
        .json(&body)
        .send()
        .await
        .unwrap()
}

/// A server as a process of its own, to be killed.
pub(crate) struct ServerProcess {
    child: Child,
    pub(crate) url: String,
}

impl ServerProcess {
    pub(crate) fn start(data: &Path, listen: &str, log: &Path) -> Self {
        Self::start_with(data, listen, log, &[])
    }

    /// With these variables in its environment.
    pub(crate) fn start_with(
        data: &Path,
        listen: &str,
        log: &Path,
        variables: &[(&str, &str)],
    ) -> Self {
        Self::begin(data, listen, log, "", |command| {
            command
                .env("WARMLINE_LOG", "trace")
                .envs(variables.iter().copied())
        })
    }

    /// By a configuration file.
    pub(crate) fn start_by(data: &Path, listen: &str, log: &Path, config: &Path) -> Self {
        Self::begin(data, listen, log, "", |command| {
            command.arg("--config").arg(config)
        })
    }

    fn begin(
        data: &Path,
        listen: &str,
        log: &Path,
        before: &str,
        with: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Self {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        // A file at its limit is an error to be answered, as on a full disk, and not the process's end.
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("{before} trap '' XFSZ; exec \"$0\" \"$@\""))
            .arg(env!("CARGO_BIN_EXE_warmline-server"))
            .args(["serve", "--listen", listen, "--data"])
            .arg(data);
        let mut child = with(&mut command)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        let url = said["listening"].as_str().unwrap().to_owned();
        Self { child, url }
    }

    /// Where so few files may be open.
    pub(crate) fn start_with_files(data: &Path, files: &str) -> Self {
        let log = data.join("log");
        let before = format!("ulimit -n {files};");
        Self::begin(data, "127.0.0.1:0", &log, &before, |command| {
            command.env("WARMLINE_LOG", "trace")
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn address(&self) -> String {
        self.url.trim_start_matches("http://").to_owned()
    }

    /// SIGKILL: nothing is said, nothing is flushed.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and the exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap().code()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
