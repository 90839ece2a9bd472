//! `warmline-agent` as a process: lines in, JSON lines out.

use super::{PASSWORD, PATIENCE, Server};
use serde_json::Value;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

pub(crate) struct Program {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Program {
    pub(crate) fn agent(server: &Server, more: &[&str]) -> Self {
        let mut arguments = vec!["agent", "--user", "anna", "--password-env", "TEST_PASSWORD"];
        arguments.extend(more);
        Self::start(server, &arguments)
    }

    pub(crate) fn customer(server: &Server, more: &[&str]) -> Self {
        let mut arguments = vec!["customer", "--queue", "support", "--name", "Chen Yulan"];
        arguments.extend(more);
        Self::start(server, &arguments)
    }

    /// With more in its environment; the server's certificate is trusted.
    pub(crate) fn agent_with(server: &Server, environment: &[(&str, &str)]) -> Self {
        let arguments = [
            "agent",
            "--user",
            "anna",
            "--password-env",
            "TEST_PASSWORD",
            "--ready",
        ];
        Self::start_with(server, &arguments, environment)
    }

    fn start(server: &Server, arguments: &[&str]) -> Self {
        Self::start_with(server, arguments, &[])
    }

    fn start_with(server: &Server, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_warmline-agent"));
        // Proxies are what the test says, whatever the machine has.
        for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        if let Some(certificate) = &server.certificate {
            command.env("SSL_CERT_FILE", certificate);
        }
        command.envs(environment.iter().copied());
        let mut child = command
            .args(arguments)
            .args([
                "--server",
                &server.address,
                "--organisation",
                "demo",
                "--no-sound",
            ])
            .env("TEST_PASSWORD", PASSWORD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            input,
            output,
        }
    }

    pub(crate) async fn line(&mut self, line: &str) {
        self.input
            .write_all(format!("{line}\n").as_bytes())
            .await
            .unwrap();
    }

    pub(crate) async fn wait_for(&mut self, fits: impl Fn(&Value) -> bool) {
        let mut seen = Vec::new();
        let waiting = async {
            loop {
                let line = self
                    .output
                    .next_line()
                    .await
                    .unwrap()
                    .expect("the program goes on");
                let said: Value = serde_json::from_str(&line).expect("every line is JSON");
                assert!(said["at_ms"].is_u64(), "every line has its time: {line}");
                if fits(&said["event"]) {
                    return;
                }
                seen.push(line);
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("it never came; seen: {seen:#?}");
        }
    }

    /// What it says at its end, which must be a bad one.
    pub(crate) async fn failure(self) -> String {
        let ending = self.child.wait_with_output();
        let output = tokio::time::timeout(PATIENCE, ending).await;
        let output = output.expect("it ends").unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    pub(crate) async fn ended_well(&mut self) -> bool {
        tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .expect("it ends")
            .unwrap()
            .success()
    }
}
