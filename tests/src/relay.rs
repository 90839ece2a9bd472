//! A TURN server of the run's own, coturn, on loopback; the system's own service, if any, is left alone.

use crate::binaries::tool;
use crate::run::{Process, Run};
use crate::wait;
use anyhow::{Context, Result};
use std::net::UdpSocket;
use std::time::Duration;

const START: Duration = Duration::from_secs(20);
/// What the relay shares with the server.
const SECRET: &str = "relay-of-this-run";

/// Ends with its handle.
pub struct Relay {
    process: Process,
    port: u16,
}

impl Relay {
    /// Starts it with credentials by a shared secret; its log is the run's `relay.out`.
    ///
    /// # Errors
    /// When coturn is not installed, or does not answer in time.
    pub fn start(run: &Run) -> Result<Self> {
        let program = tool("turnserver", "apt-get install coturn")?;
        let folder = run.subfolder("relay")?;
        let port = free_udp_port()?;
        let mut command = run.command(program);
        command.args(["-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"]);
        command.args(["--use-auth-secret", "--realm=warmline", "--verbose"]);
        // Both people are on this machine.
        command.args(["--allow-loopback-peers", "--no-cli"]);
        command.args(["--no-tcp", "--no-tls", "--no-dtls"]);
        command.args(["--simple-log", "--log-file=stdout"]);
        command.arg(format!("--static-auth-secret={SECRET}"));
        command.arg(format!("--listening-port={port}"));
        command.arg(format!("--pidfile={}", folder.join("pid").display()));
        command.arg(format!("--userdb={}", folder.join("users").display()));
        let process = run.spawn("relay", &mut command)?;
        let relay = Self { process, port };
        wait::until_true(START, "an answer of the relay", || {
            Ok(relay.answers().unwrap_or(false))
        })?;
        Ok(relay)
    }

    /// What the server needs to send everybody's media this way and no other.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let servers = format!(
            "[{{ urls = [\"turn:127.0.0.1:{}\"], secret = \"{SECRET}\" }}]",
            self.port
        );
        vec![
            ("WARMLINE_ICE_SERVERS", servers),
            ("WARMLINE_ICE_POLICY", "relay".to_owned()),
        ]
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.process.out()
    }

    /// SIGKILL: everything that flows through it stops.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// A binding request as RFC 8489 has it: type, length, cookie, transaction.
    fn answers(&self) -> Result<bool> {
        let socket = UdpSocket::bind("127.0.0.1:0").context("no socket")?;
        socket.set_read_timeout(Some(Duration::from_millis(200)))?;
        let mut request = [0_u8; 20];
        request[..8].copy_from_slice(&[0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xa4, 0x42]);
        socket.send_to(&request, ("127.0.0.1", self.port))?;
        let mut answer = [0_u8; 512];
        let length = socket.recv(&mut answer)?;
        Ok(length >= 20 && answer[..2] == [0x01, 0x01])
    }
}

/// Free a moment ago; coturn does not take port 0.
fn free_udp_port() -> Result<u16> {
    let socket = UdpSocket::bind("127.0.0.1:0").context("no free port")?;
    Ok(socket.local_addr()?.port())
}
