//! The real server's process: started on a seeded folder, killed and restarted on the same port.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub(crate) struct Server {
    pub(crate) address: String,
    /// Whom a client has to trust; absent without encryption.
    pub(crate) certificate: Option<PathBuf>,
    folder: TempDir,
    child: Child,
}

/// By `WARMLINE_SERVER_BIN`, else beside this test in the same target folder.
fn program() -> PathBuf {
    let beside = || {
        let test = std::env::current_exe().unwrap();
        test.ancestors().nth(2).unwrap().join("warmline-server")
    };
    let path = std::env::var_os("WARMLINE_SERVER_BIN").map_or_else(beside, PathBuf::from);
    assert!(
        path.is_file(),
        "there is no server at {}: run `cargo build -p server --bin warmline-server` first, or name one in WARMLINE_SERVER_BIN",
        path.display()
    );
    path
}

impl Server {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap().to_owned();
        let seeded = Command::new(program())
            .args(["seed-demo", "--data", &data])
            .output()
            .await
            .unwrap();
        assert!(
            seeded.status.success(),
            "{}",
            String::from_utf8_lossy(&seeded.stderr)
        );
        let (child, address) = serve(&data, "127.0.0.1:0", None).await;
        Self {
            address,
            certificate: None,
            folder,
            child,
        }
    }

    /// Behind a certificate of its own for `host`, by which name clients are to come.
    pub(crate) async fn encrypted(host: &str) -> Self {
        let mut server = Self::start().await;
        server.kill().await;
        let made = rcgen::generate_simple_self_signed(vec![host.to_owned()]).unwrap();
        let path = |name: &str| server.folder.path().join(name);
        let (cert, key, config) = (path("cert.pem"), path("key.pem"), path("tls.toml"));
        std::fs::write(&cert, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let lines = format!("[tls]\ncert = {cert:?}\nkey = {key:?}\n");
        std::fs::write(&config, lines).unwrap();
        let data = server.folder.path().to_str().unwrap().to_owned();
        let (child, address) = serve(&data, "127.0.0.1:0", Some(&config)).await;
        assert!(address.starts_with("https://127.0.0.1:"), "{address}");
        server.child = child;
        server.address = address.replace("127.0.0.1", host);
        server.certificate = Some(cert);
        server
    }

    /// SIGKILL, and the certainty that it is gone.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    pub(crate) async fn restart(&mut self) {
        let listen = self.address.trim_start_matches("http://").to_owned();
        let data = self.folder.path().to_str().unwrap().to_owned();
        let (child, address) = serve(&data, &listen, None).await;
        assert_eq!(address, self.address);
        self.child = child;
    }
}

async fn serve(data: &str, listen: &str, config: Option<&Path>) -> (Child, String) {
    let mut command = Command::new(program());
    command.args(["serve", "--data", data, "--listen", listen]);
    if let Some(config) = config {
        command.arg("--config").arg(config);
    }
    let mut child = command
        .env("WARMLINE_LOG", "warn")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(super::PATIENCE, lines.next_line()).await;
    let line = line
        .expect("the server starts in time")
        .unwrap()
        .expect("the server says where it listens");
    let said: Value = serde_json::from_str(&line).unwrap();
    (child, said["listening"].as_str().unwrap().to_owned())
}
