//! Those who misbehave: refused with a code, limited, closed; everybody else is undisturbed.

use crate::client::{Client, Ended, new_id};
use crate::place::{Place, config};
use protocol::MAX_FRAME_BYTES;
use protocol::customer::{Caller, CustomerCommand};
use protocol::link::{ClientFrame, ErrorCode, HelloAs, Signal};
use protocol::work::AgentCommand;
use tokio_tungstenite::tungstenite::Message;
use vocab::{AgentState, ChosenState, InteractionId, OrgSlug, Sensitive};

#[tokio::test]
async fn a_bad_first_frame_is_answered_with_its_code() {
    let place = Place::new().await;
    let hello = |version: u16, who: &str| {
        format!(r#"{{"type":"hello","version":{version},"client":"t","who":{who}}}"#)
    };
    let customer = |org: &str, queue: &str| {
        format!(r#"{{"type":"customer","organisation":"{org}","queue":"{queue}","visitor":null}}"#)
    };
    let agent = r#"{"type":"agent","token":"wl_demo_nonsense"}"#;
    for (frame, code) in [
        ("not json".to_owned(), ErrorCode::BadFrame),
        (
            r#"{"type":"heartbeat"}"#.to_owned(),
            ErrorCode::HelloExpected,
        ),
        (
            hello(2, &customer("demo", "support")),
            ErrorCode::VersionMismatch,
        ),
        (hello(9, r#"{"type":"robot"}"#), ErrorCode::VersionMismatch),
        (
            hello(1, &customer("nobody", "support")),
            ErrorCode::UnknownOrganisation,
        ),
        (
            hello(1, &customer("demo", "sales")),
            ErrorCode::UnknownQueue,
        ),
        (hello(1, agent), ErrorCode::TokenExpired),
    ] {
        let mut client = Client::raw(&place.server.url).await;
        client.send_raw(Message::text(frame.clone())).await;
        assert_eq!(client.ends().await, Ended::Goodbye(code), "{frame}");
    }
    place.server.stop().await;
}

#[tokio::test]
async fn a_link_without_a_hello_is_closed() {
    let place = Place::new().await;
    let mut silent = Client::raw(&place.server.url).await;
    // The client's heartbeat is a frame too, and no hello.
    assert_eq!(
        silent.ends().await,
        Ended::Goodbye(ErrorCode::HelloExpected)
    );
    place.server.stop().await;
}

#[tokio::test]
async fn bad_frames_are_refused_then_the_link_is_closed_and_others_are_undisturbed() {
    let place = Place::new().await;
    let mut bystander = place.ready_agent("anna").await;
    let mut client = place.customer().await;
    client.send_raw(Message::text("{}")).await;
    assert_eq!(client.next_refusal().await, ErrorCode::BadFrame);
    client
        .send_raw(Message::binary(vec![0, 159, 146, 150]))
        .await;
    assert_eq!(client.next_refusal().await, ErrorCode::BadFrame);
    for _ in 0..50 {
        client.send_raw(Message::text("garbage")).await;
    }
    assert_eq!(client.ends().await, Ended::Goodbye(ErrorCode::RateLimited));
    bystander
        .wish(AgentCommand::ChooseState {
            state: ChosenState::Ready,
        })
        .await;
    place.server.stop().await;
}

#[tokio::test]
async fn a_frame_that_is_too_large_is_refused_and_closes_the_link() {
    let place = Place::new().await;
    for length in [MAX_FRAME_BYTES + 1, 8 * MAX_FRAME_BYTES] {
        let mut client = place.customer().await;
        client.send_raw(Message::text("x".repeat(length))).await;
        let end = client.ends().await;
        // Far beyond the limit the server closes without reading on, which may cut its own words off.
        let is_beyond = length > 4 * MAX_FRAME_BYTES;
        assert!(
            end == Ended::Goodbye(ErrorCode::FrameTooLarge) || (is_beyond && end == Ended::Closed),
            "{length}: {end:?}"
        );
    }
    place.server.stop().await;
}

#[tokio::test]
async fn what_a_participant_may_not_do_is_refused() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut noor = place.agent("noor").await;
    let mut eva = place.agent("eva").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen", None).await;
    anna.accept(interaction).await;
    let hang_up = || AgentCommand::HangUp { interaction };
    assert_eq!(chen.try_agent(hang_up()).await, Err(ErrorCode::NotAllowed));
    assert_eq!(eva.try_agent(hang_up()).await, Err(ErrorCode::NotAllowed));
    assert_eq!(noor.try_agent(hang_up()).await, Err(ErrorCode::NotAllowed));
    let note = AgentCommand::SaveNote {
        interaction,
        text: Sensitive::new("mine".to_owned()),
    };
    assert_eq!(noor.try_agent(note).await, Err(ErrorCode::NotAllowed));
    let call = CustomerCommand::Call {
        caller: Caller::default(),
    };
    assert_eq!(
        anna.try_customer(call.clone()).await,
        Err(ErrorCode::NotAllowed)
    );
    assert_eq!(chen.try_customer(call).await, Err(ErrorCode::NotNow));
    noor.signal(interaction, Signal::OfferWanted).await;
    assert_eq!(noor.next_refusal().await, ErrorCode::NotAllowed);
    let unknown = InteractionId(999_999);
    let refused = anna
        .try_agent(AgentCommand::Hold {
            interaction: unknown,
        })
        .await;
    assert_eq!(refused, Err(ErrorCode::UnknownInteraction));
    let long = Sensitive::new("长".repeat(protocol::MAX_NOTE_CHARS + 1));
    let refused = anna
        .try_agent(AgentCommand::SaveNote {
            interaction,
            text: long,
        })
        .await;
    assert_eq!(refused, Err(ErrorCode::BadField));
    let full = Sensitive::new("长".repeat(protocol::MAX_NOTE_CHARS));
    anna.wish(AgentCommand::SaveNote {
        interaction,
        text: full,
    })
    .await;
    place.server.stop().await;
}

#[tokio::test]
async fn a_second_hello_is_refused() {
    let place = Place::new().await;
    let mut client = place.customer().await;
    let organisation = OrgSlug::new("demo").unwrap();
    let who = HelloAs::Customer {
        organisation,
        queue: "support".to_owned(),
        visitor: None,
        site: None,
    };
    client.hello(who).await;
    assert_eq!(client.next_refusal().await, ErrorCode::HelloExpected);
    place.server.stop().await;
}

#[tokio::test]
async fn a_flood_is_slowed_and_a_full_server_says_so() {
    let mut config = config();
    config.limits.connections_per_address = 2;
    let place = Place::with(config).await;
    let _bystander = place.customer().await;
    let mut flood = place.customer().await;
    let url = format!("{}/v1/link", place.server.url.replacen("http", "ws", 1));
    let third = tokio_tungstenite::connect_async(url).await;
    assert!(
        third.is_err(),
        "the third link of an address that may have two"
    );
    let frame = ClientFrame::Signal {
        interaction: InteractionId(1),
        to: vocab::Peer::Customer,
        signal: Signal::OfferWanted,
    };
    for _ in 0..2_000 {
        flood.send(&frame).await;
    }
    assert_eq!(flood.ends().await, Ended::Goodbye(ErrorCode::RateLimited));
    place.server.stop().await;
}

#[tokio::test]
async fn another_accounts_command_under_the_same_id_is_done_all_the_same() {
    let place = Place::new().await;
    let mut anna = place.agent("anna").await;
    let mut noor = place.agent("noor").await;
    let mut chen = place.customer().await;
    let id = new_id();
    let ready = || {
        let state = ChosenState::Ready;
        let command = AgentCommand::ChooseState { state };
        ClientFrame::Agent { id, command }
    };
    assert_eq!(anna.answer_to(id, ready()).await, Ok(()));
    assert_eq!(noor.answer_to(id, ready()).await, Ok(()));
    noor.until("ready", |noor| noor.state() == AgentState::Ready)
        .await;
    let command = CustomerCommand::Call {
        caller: Caller::default(),
    };
    let call = ClientFrame::Customer { id, command };
    assert_eq!(chen.answer_to(id, call.clone()).await, Ok(()));
    chen.until("in line", |chen| chen.interaction().is_some())
        .await;
    let interaction = chen.interaction();
    // One's own is still done once.
    assert_eq!(chen.answer_to(id, call).await, Ok(()));
    assert_eq!(chen.interaction(), interaction);
    place.server.stop().await;
}
