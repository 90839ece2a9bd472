//! Killed servers, vanished agents, stops: nobody loses a place and nothing is lost.

use crate::client::{Client, Ended, PATIENCE};
use crate::place::{Place, ServerProcess, make_data, sign_in};
use protocol::customer::{CustomerCommand, CustomerStage};
use protocol::link::ErrorCode;
use protocol::work::{AgentCommand, RecognisedBy, WorkStage};
use std::path::Path;
use std::time::{Duration, Instant};
use vocab::{AgentState, InteractionId, Sensitive};

struct Killable {
    data: tempfile::TempDir,
    process: ServerProcess,
    token: Sensitive<String>,
}

impl Killable {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With these variables in the server's environment.
    async fn with(variables: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        make_data(data.path());
        let log = data.path().join("log");
        let process = ServerProcess::start_with(data.path(), "127.0.0.1:0", &log, variables);
        let token = sign_in(&process.url, "anna").await.token;
        Self {
            data,
            process,
            token,
        }
    }

    /// SIGKILL, and a new process at the same address.
    fn kill_and_start(self) -> Self {
        let address = self.process.address();
        self.process.kill();
        let process = start(self.data.path(), &address);
        Self { process, ..self }
    }

    async fn anna(&self) -> Client {
        Client::agent(&self.process.url, &self.token).await
    }

    async fn customer(&self, visitor: Option<Sensitive<String>>) -> Client {
        Client::customer(&self.process.url, visitor).await
    }
}

fn start(data: &Path, listen: &str) -> ServerProcess {
    ServerProcess::start(data, listen, &data.join("log"))
}

#[tokio::test]
async fn a_killed_server_loses_no_place_in_the_queue() {
    let server = Killable::new().await;
    let mut first = server.customer(None).await;
    let mut second = server.customer(None).await;
    let interaction = first.call("One", None).await;
    let behind = second.call("Two", None).await;
    let entered = first.stage.clone();
    let (one, two) = (first.visitor.clone(), second.visitor.clone());
    let server = server.kill_and_start();
    let second = server.customer(two).await;
    let first = server.customer(one).await;
    let place = |client: &Client| match client.stage {
        CustomerStage::Waiting {
            interaction,
            since,
            position,
            ..
        } => (interaction, since, position),
        ref other => panic!("{other:?}"),
    };
    let CustomerStage::Waiting { since, .. } = entered else {
        panic!("{entered:?}")
    };
    assert_eq!(place(&first), (interaction, since, 1));
    assert_eq!((place(&second).0, place(&second).2), (behind, 2));
}

#[tokio::test]
async fn a_killed_server_goes_on_ringing_talking_and_wrapping_up() {
    let server = Killable::new().await;
    let mut anna = server.anna().await;
    anna.become_ready().await;
    let mut chen = server.customer(None).await;
    let interaction = chen.call("Chen Yulan", None).await;
    anna.rings(interaction).await;
    let visitor = chen.visitor.clone();

    let server = server.kill_and_start();
    let mut anna = server.anna().await;
    let mut chen = server.customer(visitor.clone()).await;
    assert!(matches!(
        chen.stage,
        CustomerStage::Waiting {
            is_ringing: true,
            ..
        }
    ));
    let item = anna.item(interaction).unwrap();
    assert_eq!(item.customer.customer.name.reveal(), "Chen Yulan");
    assert_eq!(
        item.topic.as_ref().unwrap().reveal(),
        "The router blinks red"
    );
    anna.accept(interaction).await;
    chen.talks().await;
    let text = Sensitive::new("half a note".to_owned());
    anna.wish(AgentCommand::SaveNote { interaction, text })
        .await;

    let server = server.kill_and_start();
    let mut chen = server.customer(visitor.clone()).await;
    let mut anna = server.anna().await;
    assert!(matches!(chen.stage, CustomerStage::Talking { .. }));
    assert_eq!(anna.state(), AgentState::Talking { interaction });
    assert_eq!(anna.item(interaction).unwrap().note.reveal(), "half a note");
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(chen.try_customer(hang_up).await, Ok(()));
    anna.until("wrap-up", |a| {
        a.state() == AgentState::WrapUp { interaction }
    })
    .await;

    let server = server.kill_and_start();
    let mut anna = server.anna().await;
    let stage = anna.item(interaction).unwrap().stage;
    assert!(matches!(stage, WorkStage::WrapUp { .. }), "{stage:?}");
    anna.wish(AgentCommand::FinishWrapUp {
        interaction,
        disposition: None,
    })
    .await;
    let mut chen = server.customer(visitor).await;
    assert!(matches!(
        chen.stage,
        CustomerStage::Ended { can_rate: true, .. }
    ));
    assert_eq!(
        chen.try_customer(CustomerCommand::Rate {
            interaction,
            stars: 4
        })
        .await,
        Ok(())
    );
}

/// A browser whose customer is recognised by the phone alone, since another one was here before it.
async fn recognised_by_phone(server: &Killable) -> (Client, InteractionId) {
    let phone = Some("+86 138 0013 8000");
    let mut at_home = server.customer(None).await;
    let interaction = at_home.call("Chen Yulan", phone).await;
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(at_home.try_customer(hang_up).await, Ok(()));
    let mut abroad = server.customer(None).await;
    let interaction = abroad.call("Chen Yulan", phone).await;
    (abroad, interaction)
}

#[tokio::test]
async fn a_customer_recognised_by_phone_may_still_rate_after_a_killed_server() {
    let server = Killable::new().await;
    let (mut chen, interaction) = recognised_by_phone(&server).await;
    let mut anna = server.anna().await;
    anna.become_ready_or_ring().await;
    anna.accept(interaction).await;
    let by = anna.item(interaction).unwrap().customer.recognised_by;
    assert_eq!(by, RecognisedBy::Phone);
    chen.talks().await;
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(chen.try_customer(hang_up).await, Ok(()));
    let finish = AgentCommand::FinishWrapUp {
        interaction,
        disposition: None,
    };
    anna.wish(finish).await;
    let visitor = chen.visitor.clone();

    let server = server.kill_and_start();
    let mut chen = server.customer(visitor).await;
    let (stage, name) = (&chen.stage, &chen.known_name);
    assert!(
        matches!(stage, CustomerStage::Ended { can_rate: true, .. }),
        "{stage:?}"
    );
    assert!(name.is_none(), "a phone that was typed is no proof");
    let rate = CustomerCommand::Rate {
        interaction,
        stars: 4,
    };
    assert_eq!(chen.try_customer(rate).await, Ok(()));
}

#[tokio::test]
async fn a_customer_recognised_by_phone_still_hears_of_a_missed_callback_after_a_killed_server() {
    let server = Killable::new().await;
    let (mut chen, interaction) = recognised_by_phone(&server).await;
    let mut anna = server.anna().await;
    let (keep, decline) = (
        CustomerCommand::KeepMyPlace { interaction },
        CustomerCommand::DeclineCallback { interaction },
    );
    assert_eq!(chen.try_customer(keep.clone()).await, Ok(()));
    anna.become_ready_or_ring().await;
    for tries in 1..=3 {
        anna.rings(interaction).await;
        anna.wish(AgentCommand::AcceptOffer { interaction }).await;
        chen.until("called", |chen| {
            matches!(chen.stage, CustomerStage::CalledBack { .. })
        })
        .await;
        assert_eq!(chen.try_customer(decline.clone()).await, Ok(()));
        if tries < 3 {
            assert_eq!(chen.try_customer(keep.clone()).await, Ok(()));
        }
    }
    let visitor = chen.visitor.clone();

    let server = server.kill_and_start();
    let chen = server.customer(visitor).await;
    let is_told = matches!(
        chen.stage,
        CustomerStage::Ended {
            is_callback_missed: true,
            is_removed: false,
            ..
        }
    );
    assert!(is_told, "{:?}", chen.stage);
}

#[tokio::test]
async fn an_agent_who_vanishes_while_ringing_loses_the_customer_to_the_next_within_the_lease() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut first = place.customer().await;
    let mut second = place.customer().await;
    let interaction = first.call("One", None).await;
    anna.rings(interaction).await;
    second.call("Two", None).await;
    let mut noor = place.agent("noor").await;
    let vanished = Instant::now();
    anna.vanish();
    first
        .until("at the head again", |c| {
            matches!(
                c.stage,
                CustomerStage::Waiting {
                    is_ringing: false,
                    position: 1,
                    ..
                }
            )
        })
        .await;
    // The lease is 2.5 s from the closed socket on.
    assert!(
        vanished.elapsed() < Duration::from_secs(5),
        "{:?}",
        vanished.elapsed()
    );
    noor.become_ready_or_ring().await;
    noor.rings(interaction).await;
    place.server.stop().await;
}

#[tokio::test]
async fn a_graceful_stop_says_goodbye_and_exits_with_zero() {
    let server = Killable::new().await;
    let mut anna = server.anna().await;
    let process = server.process;
    let asked = Instant::now();
    let stopped = tokio::task::spawn_blocking(move || process.stop());
    assert_eq!(anna.ends().await, Ended::Goodbye(ErrorCode::ServerStopping));
    let code = tokio::time::timeout(PATIENCE, stopped)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(code, Some(0));
    // Two seconds of grace for links, and what a busy machine adds.
    assert!(
        asked.elapsed() < Duration::from_secs(6),
        "{:?}",
        asked.elapsed()
    );
    let database =
        server::app::database_path(server.data.path(), &vocab::OrgSlug::new("demo").unwrap());
    let log = database.with_extension("sqlite-wal");
    let left = std::fs::metadata(&log).map_or(0, |meta| meta.len());
    assert_eq!(
        left, 0,
        "the journal was not closed: its write-ahead log is still there"
    );
}

#[tokio::test]
async fn logs_contain_no_personal_data_even_at_the_finest_level() {
    for format in ["human", "json"] {
        let log = log_of_a_story(format).await;
        let is_json = log
            .lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok());
        assert_eq!(
            is_json,
            format == "json",
            "each line is one JSON object, or none is"
        );
    }
}

/// The log of a whole call, which must hold nothing that anybody said or is.
async fn log_of_a_story(format: &str) -> String {
    let server = Killable::with(&[("WARMLINE_LOG_FORMAT", format)]).await;
    let mut anna = server.anna().await;
    anna.become_ready().await;
    let mut chen = server.customer(None).await;
    let interaction = chen.call("Chen Yulan", Some("+86 138 0013 8000")).await;
    anna.accept(interaction).await;
    let text = Sensitive::new("a note about the router".to_owned());
    anna.wish(AgentCommand::SaveNote { interaction, text })
        .await;
    let wrong = crate::place::try_sign_in(&server.process.url, "anna", "a wrong secret").await;
    assert_eq!(wrong.status(), 401);
    let visitor = chen.visitor.clone().unwrap();
    let (token, data) = (server.token.clone(), server.data);
    server.process.kill();
    let log = std::fs::read_to_string(data.path().join("log")).unwrap();
    assert!(log.contains("listening"), "there is a log to look at");
    for secret in [
        "Chen Yulan",
        "138 0013 8000",
        "13800138000",
        "blinks red",
        "note about",
        "wrong secret",
        crate::place::PASSWORD,
        token.reveal(),
        visitor.reveal(),
    ] {
        assert!(
            !log.contains(secret),
            "the {format} log contains {secret:?}"
        );
    }
    log
}

#[tokio::test]
async fn two_servers_do_not_serve_the_same_folder() {
    let server = Killable::new().await;
    let refused = std::process::Command::new(env!("CARGO_BIN_EXE_warmline-server"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(server.data.path())
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("in use"));
}
