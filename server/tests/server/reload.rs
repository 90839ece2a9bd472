//! A configuration that changes under a running server, in whatever encoding the operator's editor leaves it.

use crate::client::{Client, PATIENCE};
use crate::place::{ServerProcess, http, make_data, operated, sign_in};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

fn hang_up(server: &ServerProcess) {
    let pid = server.id().to_string();
    let sent = Command::new("kill").args(["-HUP", &pid]).status().unwrap();
    assert!(sent.success());
}

async fn metrics(url: &str, token: &str) -> u16 {
    let asked = http().get(format!("{url}/metrics")).bearer_auth(token);
    asked.send().await.unwrap().status().as_u16()
}

async fn log_says(log: &Path, words: &str) {
    let said = async {
        while !std::fs::read_to_string(log).unwrap().contains(words) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, said).await;
    assert!(waited.is_ok(), "the log never says {words:?}");
}

#[tokio::test]
async fn a_hang_up_reads_the_configuration_again_and_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let file = folder.path().join("warmline.toml");
    make_data(&data);
    let text = |token: &str, format: &str| {
        format!("[metrics]\r\ntoken = \"{token}\"\r\n[log]\r\nformat = \"{format}\"\r\n")
    };
    // As Notepad saves it: with a mark, and each line's end in two.
    std::fs::write(&file, format!("\u{feff}{}", text("first", "human"))).unwrap();
    let server = ServerProcess::start_by(&data, "127.0.0.1:0", &log, &file);
    let url = server.url.clone();
    assert_eq!(
        (metrics(&url, "first").await, metrics(&url, "second").await),
        (200, 403)
    );
    let mut anna = Client::agent(&url, &sign_in(&url, "anna").await.token).await;
    let utf16: Vec<u8> = format!("\u{feff}{}", text("second", "json"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(&file, utf16).unwrap();
    hang_up(&server);
    log_says(&log, "the configuration was read again").await;
    assert_eq!(
        (metrics(&url, "first").await, metrics(&url, "second").await),
        (403, 200)
    );
    log_says(&log, "log.format").await;
    // What cannot be read changes nothing, and says what it is.
    std::fs::write(&file, b"\xff\xfe\x00\xd8").unwrap();
    hang_up(&server);
    log_says(&log, "UTF-16 and damaged").await;
    assert_eq!(metrics(&url, "second").await, 200);
    anna.become_ready().await;
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn a_document_to_apply_is_read_from_whatever_editor_saved_it() {
    let folder = tempfile::tempdir().unwrap();
    make_data(folder.path());
    let data = folder.path().to_str().unwrap();
    let shown = operated(&["config", "show", "--data", data], b"");
    let document = String::from_utf8(shown.stdout)
        .unwrap()
        .replace('\n', "\r\n");
    let file = folder.path().join("north.json");
    let check = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        let output = operated(
            &["config", "check", "--data", data, file.to_str().unwrap()],
            b"",
        );
        (
            output.status.success(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let marked = format!("\u{feff}{document}");
    let wide =
        |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { marked.encode_utf16().flat_map(bytes).collect() };
    for bytes in [
        marked.clone().into_bytes(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ] {
        assert_eq!(check(&bytes), (true, String::new()));
        let piped = operated(&["config", "check", "--data", data, "-"], &bytes);
        assert!(piped.status.success());
    }
    let (is_taken, said) = check(&wide(u16::to_le_bytes)[2..]);
    assert!(
        !is_taken && said.contains("UTF-16 without a byte-order mark"),
        "{said}"
    );
    let (is_taken, said) = check(b"{\"queues\": [\"Gr\xfc\xdfe\"]}");
    assert!(!is_taken && said.contains("not UTF-8"), "{said}");
}
