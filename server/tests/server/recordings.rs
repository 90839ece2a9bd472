//! Recordings over HTTP: only with consent, resumed after a cut, listened to by those who may.

use crate::client::Client;
use crate::ogg::recording;
use crate::place::{Place, config, http, sign_in};
use protocol::customer::CustomerStage;
use protocol::link::ErrorCode;
use protocol::rest::{
    ErrorBody, InteractionDetail, NewRecording, RecordingEnd, RecordingReceived, RecordingSummary,
};
use protocol::work::{AgentCommand, RecordingConsent};
use reqwest::{Method, RequestBuilder, Response};
use server::serve::Server;
use sha2::{Digest, Sha256};
use std::time::Duration;
use store::OrganisationStore;
use store_sqlite::Database;
use vocab::{InteractionId, OrgSlug, RecordingId, RecordingState, Sensitive};

const ONE: RecordingId = RecordingId(uuid::Uuid::from_u128(11));

/// A desktop's REST client.
struct Desk {
    url: String,
    token: Sensitive<String>,
}

impl Desk {
    async fn of(server: &Server, user: &str) -> Self {
        Self {
            url: server.url.clone(),
            token: sign_in(&server.url, user).await.token,
        }
    }

    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.url);
        http().request(method, url).bearer_auth(self.token.reveal())
    }

    async fn announce(&self, interaction: InteractionId) -> Response {
        let new = NewRecording {
            recording: ONE,
            interaction,
            started_at: server::engine::utc_now(),
        };
        let request = self.ask(Method::POST, "/v1/recordings");
        request.json(&new).send().await.unwrap()
    }

    async fn put(&self, offset: usize, piece: &[u8]) -> Response {
        let path = format!("/v1/recordings/{ONE}/data?offset={offset}");
        let request = self.ask(Method::PUT, &path);
        request.body(piece.to_vec()).send().await.unwrap()
    }

    async fn complete(&self, whole: &[u8]) -> Response {
        let end = RecordingEnd {
            bytes: whole.len() as u64,
            sha256: format!("{:x}", Sha256::digest(whole)),
            duration_ms: 4_000,
            pauses: Vec::new(),
        };
        let path = format!("/v1/recordings/{ONE}/complete");
        let request = self.ask(Method::POST, &path);
        request.json(&end).send().await.unwrap()
    }

    async fn listen(&self, range: Option<&str>) -> Response {
        let request = self.ask(Method::GET, &format!("/v1/recordings/{ONE}"));
        let request = match range {
            Some(range) => request.header("range", range),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn remove(&self) -> u16 {
        let request = self.ask(Method::DELETE, &format!("/v1/recordings/{ONE}"));
        request.send().await.unwrap().status().as_u16()
    }

    async fn detail(&self, interaction: InteractionId) -> InteractionDetail {
        let path = format!("/v1/interactions/{interaction}");
        let answer = self.ask(Method::GET, &path).send().await.unwrap();
        answer.json().await.unwrap()
    }
}

async fn received(answer: Response) -> u64 {
    assert_eq!(answer.status(), 200);
    answer.json::<RecordingReceived>().await.unwrap().received
}

async fn refused(answer: Response) -> (u16, ErrorCode) {
    let status = answer.status().as_u16();
    (status, answer.json::<ErrorBody>().await.unwrap().code)
}

fn database(place: &Place) -> Database {
    let path = server::app::database_path(place.data.path(), &OrgSlug::new("demo").unwrap());
    Database::open(&path).unwrap()
}

/// A conversation of anna's with a customer who answered the question so.
async fn conversation(place: &Place, consent: Option<bool>) -> (Client, Client, InteractionId) {
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call_with("Chen Yulan", None, consent).await;
    anna.accept(interaction).await;
    chen.talks().await;
    (anna, chen, interaction)
}

fn shown(customer: &Client) -> Option<RecordingState> {
    match customer.stage {
        CustomerStage::Talking { recording, .. } => recording,
        _ => None,
    }
}

#[tokio::test]
async fn the_customers_page_says_what_the_desktop_records_and_the_history_keeps_it() {
    let place = Place::new().await;
    let (mut anna, mut chen, interaction) = conversation(&place, Some(true)).await;
    let consent = anna.item(interaction).unwrap().recording_consent;
    assert!(matches!(consent, RecordingConsent::Given { .. }));
    assert_eq!(shown(&chen), None);
    for state in [
        Some(RecordingState::Running),
        Some(RecordingState::Paused),
        Some(RecordingState::Running),
        None,
    ] {
        anna.wish(AgentCommand::ReportRecording { interaction, state })
            .await;
        chen.until("what is recorded", |chen| shown(chen) == state)
            .await;
    }
    let desk = Desk::of(&place.server, "anna").await;
    let happened = desk.detail(interaction).await.happened;
    let told: Vec<String> = happened
        .iter()
        .map(|happened| serde_json::to_string(&happened.what).unwrap())
        .filter(|what| what.contains("recording"))
        .collect();
    assert_eq!(
        told,
        [
            "\"recording_started\"",
            "\"recording_paused\"",
            "\"recording_resumed\"",
            "\"recording_ended\""
        ]
    );
    place.server.stop().await;
}

#[tokio::test]
async fn without_consent_nothing_is_taken() {
    for (consent, expected) in [
        (Some(false), RecordingConsent::Refused),
        (None, RecordingConsent::NotAsked),
    ] {
        let place = Place::new().await;
        let (mut anna, _chen, interaction) = conversation(&place, consent).await;
        let shown = anna.item(interaction).unwrap().recording_consent;
        assert_eq!(shown, expected);
        let state = Some(RecordingState::Running);
        let report = AgentCommand::ReportRecording { interaction, state };
        assert_eq!(anna.try_agent(report).await, Err(ErrorCode::NotAllowed));
        let desk = Desk::of(&place.server, "anna").await;
        let answer = refused(desk.announce(interaction).await).await;
        assert_eq!(answer, (403, ErrorCode::NotAllowed));
        assert_eq!(desk.put(0, b"sound").await.status(), 404);
        assert!(!place.data.path().join("recordings").exists());
        place.server.stop().await;
    }
}

#[tokio::test]
async fn a_recording_is_resumed_after_a_cut_and_a_restart_and_kept_only_when_it_is_whole() {
    let place = Place::new().await;
    let whole = recording(4_000);
    let length = whole.len() as u64;
    let (anna, chen, interaction) = conversation(&place, Some(true)).await;
    let desk = Desk::of(&place.server, "anna").await;
    assert_eq!(received(desk.announce(interaction).await).await, 0);
    assert_eq!(
        received(desk.put(0, &whole[..100_000]).await).await,
        100_000
    );
    // The answer to this piece was lost: sent again, it is refused and the place is told.
    let again = refused(desk.put(0, &whole[..100_000]).await).await;
    assert_eq!(again, (409, ErrorCode::NotNow));
    drop((anna, chen));
    let Place { data, server } = place;
    server.stop().await;

    let server = Server::start(data.path(), config()).await.unwrap();
    let place = Place { data, server };
    let desk = Desk::of(&place.server, "anna").await;
    assert_eq!(received(desk.announce(interaction).await).await, 100_000);
    let early = refused(desk.listen(None).await).await;
    assert_eq!(early, (409, ErrorCode::NotNow));
    assert_eq!(
        received(desk.put(100_000, &whole[100_000..]).await).await,
        length
    );
    // Something else is not kept, and is to be sent anew.
    let wrong = refused(desk.complete(b"something else").await).await;
    assert_eq!(wrong, (409, ErrorCode::RecordingDiffers));
    assert_eq!(received(desk.announce(interaction).await).await, 0);
    desk.put(0, &whole).await;
    let kept = desk.complete(&whole).await;
    assert_eq!(kept.status(), 200);
    assert!(kept.json::<RecordingSummary>().await.unwrap().is_complete);
    assert_eq!(desk.complete(&whole).await.status(), 200);
    let heard = desk.listen(None).await;
    assert_eq!(heard.headers()["content-type"], "audio/ogg");
    assert_eq!(heard.bytes().await.unwrap(), whole);
    let recordings = desk.detail(interaction).await.summary.recordings;
    assert_eq!((recordings.len(), recordings[0].duration_ms), (1, 4_000));
    place.server.stop().await;
}

#[tokio::test]
async fn who_had_the_call_and_supervisors_listen_in_ranges_and_it_is_in_the_audit_trail() {
    let place = Place::new().await;
    let (_anna, _chen, interaction) = conversation(&place, Some(true)).await;
    let anna = Desk::of(&place.server, "anna").await;
    let (noor, eva) = (
        Desk::of(&place.server, "noor").await,
        Desk::of(&place.server, "eva").await,
    );
    let sam = Desk::of(&place.server, "sam").await;
    // Whoever took no part hands nothing in.
    assert_eq!(noor.announce(interaction).await.status(), 403);
    anna.announce(interaction).await;
    assert_eq!(noor.put(0, b"hello world").await.status(), 403);
    let whole = recording(4_000);
    anna.put(0, &whole).await;
    assert_eq!(anna.complete(&whole).await.status(), 200);

    for (desk, status) in [(&anna, 200), (&sam, 200), (&noor, 403), (&eva, 403)] {
        assert_eq!(desk.listen(None).await.status(), status);
    }
    let part = sam.listen(Some("bytes=28-35")).await;
    assert_eq!(part.status(), 206);
    let length = whole.len();
    assert_eq!(
        part.headers()["content-range"],
        format!("bytes 28-35/{length}")
    );
    assert_eq!(part.bytes().await.unwrap(), "OpusHead");
    let beyond = sam.listen(Some(&format!("bytes={length}-"))).await;
    assert_eq!(beyond.status(), 416);
    assert_eq!(
        beyond.headers()["content-range"],
        format!("bytes */{length}")
    );

    assert_eq!(anna.remove().await, 403);
    assert_eq!(sam.remove().await, 204);
    assert_eq!(sam.listen(None).await.status(), 404);
    let trail = database(&place)
        .accounts()
        .unwrap()
        .audit(None, 20)
        .unwrap();
    let mut told: Vec<_> = trail
        .iter()
        .filter(|row| row.subject == ONE.to_string())
        .map(|row| (row.who.as_str(), row.what.as_str()))
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("anna", "recording_listened"),
            ("sam", "recording_listened"),
            ("sam", "recording_removed")
        ]
    );
    place.server.stop().await;
}

#[tokio::test]
async fn what_is_no_ogg_opus_is_refused_as_it_arrives_and_nothing_of_it_is_kept() {
    let place = Place::new().await;
    let (_anna, _chen, interaction) = conversation(&place, Some(true)).await;
    let desk = Desk::of(&place.server, "anna").await;
    desk.announce(interaction).await;
    let whole = recording(4_000);
    for (what, file) in [
        ("a program", b"#!/bin/sh\nrm -rf ~\n".to_vec()),
        ("a WAV", b"RIFF\x24\x08\x00\x00WAVEfmt ".to_vec()),
        (
            "an Ogg of something else",
            [&whole[..28], &b"\x01vorbis_"[..], &whole[36..]].concat(),
        ),
        (
            "a recording with a hole",
            [&whole[..60_000], &[0; 4_096][..], &whole[64_096..]].concat(),
        ),
    ] {
        let answer = refused(desk.put(0, &file).await).await;
        assert_eq!(answer, (422, ErrorCode::NotOggOpus), "{what}");
        assert_eq!(
            received(desk.announce(interaction).await).await,
            0,
            "{what}"
        );
    }
    // Whole pages, but not as long as was told.
    let short = recording(1_000);
    desk.put(0, &short).await;
    let answer = refused(desk.complete(&short).await).await;
    assert_eq!(answer, (422, ErrorCode::NotOggOpus));
    desk.put(0, &whole).await;
    assert_eq!(desk.complete(&whole).await.status(), 200);
    place.server.stop().await;
}

/// Anna's call with Chen Yulan, recorded and over.
async fn recorded_call(place: &Place) -> InteractionId {
    let (mut anna, chen, interaction) = conversation(place, Some(true)).await;
    let desk = Desk::of(&place.server, "anna").await;
    desk.announce(interaction).await;
    let whole = recording(4_000);
    desk.put(0, &whole).await;
    assert_eq!(desk.complete(&whole).await.status(), 200);
    anna.wish(AgentCommand::HangUp { interaction }).await;
    let finish = AgentCommand::FinishWrapUp {
        interaction,
        disposition: None,
    };
    anna.wish(finish).await;
    drop(chen);
    interaction
}

fn sound(place: &Place) -> std::path::PathBuf {
    let name = format!("recordings/demo/{ONE}.ogg");
    place.data.path().join(name)
}

async fn restarted(place: Place, config: server::config::Config) -> Place {
    let Place { data, server } = place;
    server.stop().await;
    let server = Server::start(data.path(), config).await.unwrap();
    Place { data, server }
}

async fn gone(path: &std::path::Path) {
    let removed = async {
        while path.exists() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), removed)
        .await
        .expect("the sound is removed");
}

#[tokio::test]
async fn a_recording_goes_when_it_was_kept_for_long_enough() {
    let place = Place::new().await;
    let interaction = recorded_call(&place).await;
    let mut config = config();
    config.keep_recordings = Duration::from_secs(3_600);
    let place = restarted(place, config.clone()).await;
    let sam = Desk::of(&place.server, "sam").await;
    assert_eq!(sam.listen(None).await.status(), 200);

    config.keep_recordings = Duration::ZERO;
    let place = restarted(place, config).await;
    gone(&sound(&place)).await;
    let sam = Desk::of(&place.server, "sam").await;
    assert_eq!(sam.listen(None).await.status(), 404);
    let summary = sam.detail(interaction).await.summary;
    assert!(summary.recordings.is_empty() && summary.answered_at.is_some());
    place.server.stop().await;
}

#[tokio::test]
async fn a_recording_goes_with_its_customer() {
    let place = Place::new().await;
    recorded_call(&place).await;
    let sam = Desk::of(&place.server, "sam").await;
    let erase = sam.ask(Method::POST, "/v1/customers/1/erase");
    let confirmed = serde_json::json!({ "name": "Chen Yulan" });
    let erased = erase.json(&confirmed).send().await.unwrap();
    assert_eq!(erased.status(), 200);
    assert_eq!(sam.listen(None).await.status(), 404);
    let place = restarted(place, config()).await;
    gone(&sound(&place)).await;
    place.server.stop().await;
}
