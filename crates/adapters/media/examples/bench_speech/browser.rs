//! Chromium as a receiver: a page of our own that answers one offer, plays what comes and tells its statistics.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// An `<audio>` element, as the customer's page has one.
const PAGE: &str = "<!doctype html><body><script>
(async () => {
  const path = new RTCPeerConnection();
  path.ontrack = ({streams}) => {
    const player = document.createElement('audio');
    player.srcObject = streams[0];
    player.autoplay = true;
    document.body.append(player);
  };
  const sdp = await (await fetch('/offer')).text();
  await path.setRemoteDescription({type: 'offer', sdp});
  await path.setLocalDescription();
  await fetch('/answer', {method: 'POST', body: path.localDescription.sdp});
  setInterval(async () => {
    for (const one of (await path.getStats()).values())
      if (one.type === 'inbound-rtp') await fetch('/stats', {method: 'POST', body: JSON.stringify(one)});
  }, 1000);
})().catch((error) => fetch('/answer', {method: 'POST', body: 'error: ' + error}));
</script>";

pub(crate) struct Browser {
    child: Child,
    answer: Receiver<String>,
    stats: Receiver<String>,
}

impl Browser {
    /// Opens the page; its sound goes to the sink `speaker` of the sound server at `server`.
    pub(crate) fn start(home: &Path, server: &str, speaker: &str, offer: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell_answer, answer) = sync_channel(1);
        let (tell_stats, stats) = sync_channel(4_096);
        // It ends with the process.
        std::thread::spawn(move || serve(&listener, &offer, &tell_answer, &tell_stats));
        let is_there = |program: &&&str| {
            let found = Command::new(program).arg("--version").output();
            found.is_ok_and(|output| output.status.success())
        };
        let program = PROGRAMS.iter().find(is_there).expect("Chromium is missing");
        let child = Command::new(program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--autoplay-policy=no-user-gesture-required",
            ])
            .arg(format!("--user-data-dir={}", home.display()))
            .arg(format!("http://{address}/"))
            .env("PULSE_SERVER", server)
            .env("PULSE_SINK", speaker)
            .env("HOME", home)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Chromium starts");
        Self {
            child,
            answer,
            stats,
        }
    }

    pub(crate) fn answer(&self) -> String {
        let answer = self.answer.recv_timeout(ANSWER_WITHIN).expect("an answer");
        assert!(answer.starts_with("v=0"), "the page says: {answer}");
        answer
    }

    /// What it last told of the stream: an `RTCInboundRtpStreamStats`.
    pub(crate) fn stats(&self) -> serde_json::Value {
        let last = self.stats.try_iter().last().unwrap_or_default();
        serde_json::from_str(&last).unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn serve(
    listener: &TcpListener,
    offer: &str,
    answer: &SyncSender<String>,
    stats: &SyncSender<String>,
) {
    for connection in listener.incoming().flatten() {
        if let Some((path, body)) = request(&connection) {
            let (kind, text) = match path.as_str() {
                "/" => ("text/html", PAGE),
                "/offer" => ("application/sdp", offer),
                "/answer" => {
                    answer.try_send(body).ok();
                    ("text/plain", "")
                }
                "/stats" => {
                    stats.try_send(body).ok();
                    ("text/plain", "")
                }
                _ => ("text/plain", ""),
            };
            let head = "HTTP/1.1 200 OK\r\nConnection: close";
            let length = text.len();
            let reply =
                format!("{head}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{text}");
            (&connection).write_all(reply.as_bytes()).ok();
        }
    }
}

fn request(connection: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, String::from_utf8(body).ok()?))
}
