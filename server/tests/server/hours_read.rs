//! Business hours and holidays out of what other programs write, over REST and on the command line.

use crate::office::Office;
use crate::place::{Place, config, make_data, operator, refused_operator};
use reqwest::{Method, StatusCode};
use serde_json::json;

/// Answers every request with this text.
async fn calendar_host(text: &'static str) -> std::net::SocketAddr {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(telemetry::spawn("calendar host", async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut asked = [0; 2_048];
            let _ = socket.read(&mut asked).await;
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                text.len()
            );
            let _ = socket.write_all(head.as_bytes()).await;
            let _ = socket.write_all(text.as_bytes()).await;
        }
    }));
    address
}

const DAYS: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Christmas\r\nDTSTART;VALUE=DATE:20201225\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn holidays_come_from_a_file_or_an_address_that_is_not_private() {
    let address = calendar_host(DAYS).await;
    let mut allowing = config();
    allowing.calendar_hosts = vec!["127.0.0.1".to_owned()];
    let (open, closed) = (Place::with(allowing).await, Place::new().await);
    let (open, closed) = (
        Office::of(&open, "ada").await,
        Office::of(&closed, "ada").await,
    );
    let asked = |calendar: &str| json!({"calendar": calendar, "zone": "Europe/Berlin", "from": "2026-01-01", "until": "2027-12-31"});
    let url = format!("http://{address}/days.ics");
    for (office, calendar, expected) in [
        (&open, DAYS, 200),
        (&open, url.as_str(), 200),
        (&closed, url.as_str(), 400),
        (&closed, "https://127.0.0.1:1/x", 400),
        (&closed, "https://[::1]/x", 400),
        (&closed, "webcal://localhost/x", 400),
        (&closed, "hello", 400),
    ] {
        let (status, body) = office
            .ask(Method::POST, "/v1/hours/calendar", &asked(calendar))
            .await;
        assert_eq!(status.as_u16(), expected, "{calendar}: {body}");
        if expected == 200 {
            let read: serde_json::Value = serde_json::from_str(&body).unwrap();
            let dates: Vec<&str> = read["holidays"]
                .as_array()
                .unwrap()
                .iter()
                .map(|day| day["date"].as_str().unwrap())
                .collect();
            assert_eq!(dates, ["2026-12-25", "2027-12-25"]);
        } else if calendar != "hello" {
            assert!(
                body.contains("private") || body.contains("https://"),
                "{body}"
            );
        }
    }
    let (status, body) = open
        .ask(
            Method::POST,
            "/v1/hours/notation",
            &json!({"text": "Mo-Fr 09:00-18:00; PH off"}),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let (status, body) = open
        .ask(
            Method::POST,
            "/v1/hours/notation",
            &json!({"text": "Mo-Fr sunrise-18:00"}),
        )
        .await;
    assert!(
        status == StatusCode::BAD_REQUEST && body.contains("character 7"),
        "{body}"
    );
}

#[test]
fn hours_are_read_on_the_command_line() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let folder = data.path().to_str().unwrap();
    let shown = operator(&["config", "show", "--data", folder], "");
    let mut document: serde_json::Value = serde_json::from_str(&shown).unwrap();
    document["schedules"] = json!([{"code": "office", "name": "Office", "zone": "Europe/Berlin", "weekly": [{"day": "monday", "from": "09:00", "to": "17:00"}]}]);
    operator(
        &["config", "apply", "--data", folder, "-"],
        &document.to_string(),
    );
    let days = data.path().join("days.ics");
    std::fs::write(&days, DAYS).unwrap();
    let days = days.to_str().unwrap();
    let arguments = [
        "config",
        "hours",
        "--data",
        folder,
        "--schedule",
        "office",
        "--from",
        "2026-01-01",
        "--until",
        "2026-12-31",
    ];
    let said = operator(
        &[
            &arguments[..],
            &[
                "--calendar",
                days,
                "--notation",
                "Tu-Th 10:00-16:00; PH off",
                "--dry-run",
            ],
        ]
        .concat(),
        "",
    );
    assert!(said.contains("2026-12-25\tclosed\tChristmas"), "{said}");
    let said = operator(
        &[
            &arguments[..],
            &[
                "--calendar",
                days,
                "--notation",
                "Tu-Th 10:00-16:00; PH off",
            ],
        ]
        .concat(),
        "",
    );
    assert!(said.contains("hours office"), "{said}");
    let shown: serde_json::Value =
        serde_json::from_str(&operator(&["config", "show", "--data", folder], "")).unwrap();
    let office = &shown["schedules"][0];
    assert_eq!(
        (
            office["weekly"].as_array().unwrap().len(),
            office["holidays"][0]["date"].as_str()
        ),
        (3, Some("2026-12-25"))
    );
    let why =
        refused_operator(&[&arguments[..], &["--calendar", "https://127.0.0.1:1/x.ics"]].concat());
    assert!(why.contains("private"), "{why}");
    let why = refused_operator(&[&arguments[..], &["--notation", "Mo sunrise-18:00"]].concat());
    assert!(why.contains("character 4"), "{why}");
}
