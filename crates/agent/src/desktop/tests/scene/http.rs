//! The scene's server over REST: one request at a time, answered as the test says.

use super::Scene;
use protocol::desktop::{DesktopCommand, DesktopError, DesktopReply};
use protocol::rest::SignedIn;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use vocab::{Millis, Role, Sensitive};

impl Scene {
    /// One HTTP request, answered as `POST /v1/sign-in` is.
    pub(in crate::desktop::tests) async fn serve_sign_in(&self) {
        let body = serde_json::to_string(&SignedIn {
            token: Sensitive::new("token".to_owned()),
            expires_at: Millis(u64::MAX / 2),
            name: "Anna".to_owned(),
            role: Role::Agent,
        })
        .unwrap();
        self.serve("POST /v1/sign-in ", b"}", "200 OK", &body).await;
    }

    /// One HTTP request, answered as with a token that is of no use any more.
    pub(in crate::desktop::tests) async fn serve_expired(&self) {
        let body = r#"{"code":"token_expired","hint":"sign in again"}"#;
        self.serve(
            "GET /v1/customers/1 ",
            b"\r\n\r\n",
            "401 Unauthorized",
            body,
        )
        .await;
    }

    /// One HTTP request, answered as a sign-out is.
    pub(in crate::desktop::tests) async fn serve_sign_out(&self) {
        self.serve("POST /v1/sign-out ", b"\r\n\r\n", "200 OK", "{}")
            .await;
    }

    async fn serve(&self, begins: &str, ends: &[u8], status: &str, body: &str) {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let mut got = Vec::new();
        while !got.ends_with(ends) {
            let mut part = [0; 1024];
            let read = stream.read(&mut part).await.unwrap();
            assert!(read > 0, "the request ends early");
            got.extend_from_slice(&part[..read]);
        }
        assert!(got.starts_with(begins.as_bytes()));
        let head = "content-type: application/json\r\nconnection: close";
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.unwrap();
    }

    /// Gives the desktop a command whose answer waits for the server's.
    pub(in crate::desktop::tests) fn ask(
        &self,
        command: DesktopCommand,
    ) -> JoinHandle<Result<DesktopReply, DesktopError>> {
        let desktop = self.desktop.clone();
        telemetry::spawn("ask", async move { desktop.dispatch(command).await })
    }
}
