//! The desktop against a small server in the test: what arrives, what waits, what is never replayed.

mod asking;
mod leaving;
mod microphone;
mod scene;

use protocol::desktop::{
    Check, DesktopCommand, DesktopError, DesktopEvent, DesktopReply, MediaState, Notice, Session,
};
use protocol::link::{ErrorCode, Signal};
use protocol::work::{AgentCommand, WorkStage};
use scene::{I7, Scene, note, ringing, talking};
use vocab::{ChosenState, CustomerId, InteractionId, Sensitive};

fn save_note(text: &str) -> DesktopCommand {
    DesktopCommand::SaveNote {
        interaction: I7,
        text: Sensitive::new(text.to_owned()),
    }
}

#[tokio::test]
async fn a_ring_is_answered_and_the_offer_follows_the_acknowledgement() {
    let mut scene = Scene::signed_in(Vec::new()).await;
    scene.show(ringing()).await;
    scene
        .wait_for_stage(|stage| matches!(stage, WorkStage::Ringing { .. }))
        .await;
    scene
        .desktop
        .dispatch(DesktopCommand::Accept { interaction: I7 })
        .await
        .unwrap();
    let id = scene
        .expect(&AgentCommand::AcceptOffer { interaction: I7 })
        .await;
    scene.ack(id).await;
    let Signal::Offer { media, .. } = scene.signal().await else {
        panic!("an offer comes first")
    };
    scene.show(talking()).await;
    scene
        .send_signal(Signal::Answer {
            media,
            sdp: "v=0".into(),
        })
        .await;
    scene.wait_for_media(MediaState::Connected).await;
    // A page that was reloaded gets another offer with a higher number.
    scene.send_signal(Signal::OfferWanted).await;
    let Signal::Offer { media: second, .. } = scene.signal().await else {
        panic!("a new offer")
    };
    assert!(second > media);
}

#[tokio::test]
async fn a_sign_in_that_expires_in_a_call_ends_it_only_with_the_links_goodbye() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    let customer = CustomerId(1);
    let asked = scene.ask(DesktopCommand::Customer { customer });
    scene.serve_expired().await;
    assert!(matches!(
        asked.await.unwrap(),
        Err(DesktopError::Refused {
            code: ErrorCode::TokenExpired,
            ..
        })
    ));
    let kept = scene.ask(save_note("Wants"));
    let id = scene.expect(&note("Wants")).await;
    scene.ack(id).await;
    assert_eq!(kept.await.unwrap(), Ok(DesktopReply::Done));
    let state = scene.state().await;
    assert_eq!(state.call.unwrap().media, MediaState::Connected);
    assert!(matches!(state.session, Session::SignedIn { .. }));

    scene.goodbye(ErrorCode::TokenExpired).await;
    let signed_out = |session: &Session| {
        let why = Some(ErrorCode::TokenExpired);
        matches!(session, Session::SignedOut { why: said, .. } if *said == why)
    };
    scene
        .wait_for_state(|state| signed_out(&state.session))
        .await;
    assert_eq!(scene.state().await.call, None);
}

#[tokio::test]
async fn a_late_answer_is_told_to_the_agent_and_leaves_no_call() {
    let mut scene = Scene::signed_in(vec![ringing()]).await;
    scene
        .wait_for_stage(|stage| matches!(stage, WorkStage::Ringing { .. }))
        .await;
    scene
        .desktop
        .dispatch(DesktopCommand::Accept { interaction: I7 })
        .await
        .unwrap();
    let id = scene
        .expect(&AgentCommand::AcceptOffer { interaction: I7 })
        .await;
    scene.refuse(id, ErrorCode::NotNow).await;
    scene
        .wait(|event| match event {
            DesktopEvent::Notice {
                notice: Notice::CommandRefused { code, .. },
            } => Some(*code),
            _ => None,
        })
        .await;
    assert_eq!(scene.state().await.call, None);
    let again = scene
        .desktop
        .dispatch(DesktopCommand::Accept {
            interaction: InteractionId(99),
        })
        .await;
    assert!(matches!(
        again,
        Err(DesktopError::Refused {
            code: ErrorCode::NotNow,
            ..
        })
    ));
}

#[tokio::test]
async fn what_is_typed_offline_is_shown_and_arrives_once_and_in_order() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    scene.lose_link().await;
    for text in ["W", "Wants", "Wants a router"] {
        scene.desktop.dispatch(save_note(text)).await.unwrap();
    }
    let next = Some(ChosenState::Ready);
    scene
        .desktop
        .dispatch(DesktopCommand::ReserveNextState { state: next })
        .await
        .unwrap();
    let state = scene.state().await;
    assert_eq!(state.outbox, 2);
    assert_eq!(state.agent.unwrap().work[0].note.reveal(), "Wants a router");

    scene.welcome(vec![talking()]).await;
    let id = scene.expect(&note("Wants a router")).await;
    // The link is lost before the acknowledgement: the same command comes again under the same name.
    scene.lose_link().await;
    scene.welcome(vec![talking()]).await;
    assert_eq!(scene.expect(&note("Wants a router")).await, id);
    scene.ack(id).await;
    let id = scene
        .expect(&AgentCommand::ReserveNextState { state: next })
        .await;
    scene.ack(id).await;
    scene.wait_for_state(|state| state.outbox == 0).await;
    assert_eq!(
        scene.state().await.agent.unwrap().work[0].note.reveal(),
        "Wants a router"
    );
}

#[tokio::test]
async fn what_was_typed_survives_the_desktops_own_death() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.lose_link().await;
    scene.desktop.dispatch(save_note("kept")).await.unwrap();
    scene.restart_desktop();
    // It signs in by itself with the kept token.
    scene.welcome(vec![talking()]).await;
    let id = scene.expect(&note("kept")).await;
    scene.ack(id).await;
    assert!(matches!(
        scene.state().await.session,
        Session::SignedIn { .. }
    ));
}

#[tokio::test]
async fn after_a_restart_without_a_server_the_work_and_what_was_typed_are_still_shown() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    scene.lose_link().await;
    scene.desktop.dispatch(save_note("typed")).await.unwrap();
    scene.restart_desktop();
    // Nobody answers at the server's address; what is shown comes from this machine.
    scene
        .wait_for_state(|state| state.agent.is_some() && state.outbox == 1)
        .await;
    let state = scene.state().await;
    assert_ne!(state.link, protocol::desktop::LinkState::Up);
    let view = state.agent.unwrap();
    assert_eq!(view.work[0].note.reveal(), "typed");
    assert_eq!(view.presence.state, vocab::AgentState::Offline);
    assert_eq!(state.call, None, "sound did not outlive the process");
    // Whoever signs out leaves none of it behind; the server need not be reached for that.
    let desktop = scene.desktop.clone();
    drop(telemetry::spawn("sign out", async move {
        desktop.dispatch(DesktopCommand::SignOut).await
    }));
    scene
        .wait_for_state(|state| matches!(state.session, Session::SignedOut { .. }))
        .await;
    scene.restart_desktop();
    scene
        .wait_for_state(|state| !matches!(state.session, Session::SigningIn))
        .await;
    assert_eq!(scene.state().await.agent, None);
}

#[tokio::test]
async fn an_answer_given_offline_is_sent_only_while_its_ring_lives() {
    for (after, is_sent) in [(vec![ringing()], true), (Vec::new(), false)] {
        let mut scene = Scene::signed_in(vec![ringing()]).await;
        scene
            .wait_for_stage(|stage| matches!(stage, WorkStage::Ringing { .. }))
            .await;
        scene.lose_link().await;
        scene
            .desktop
            .dispatch(DesktopCommand::Accept { interaction: I7 })
            .await
            .unwrap();
        scene.desktop.dispatch(save_note("after it")).await.unwrap();
        scene.welcome(after).await;
        // The note shows that whatever was to be sent before it has been.
        let first = scene.command().await.1;
        let expected = if is_sent {
            AgentCommand::AcceptOffer { interaction: I7 }
        } else {
            note("after it")
        };
        assert_eq!(first, expected);
    }
}

#[tokio::test]
async fn a_running_conversation_outlives_the_link_and_a_vanished_one_ends() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    scene.lose_link().await;
    let during = scene.state().await;
    assert!(during.agent.is_some(), "the view stays on the screen");
    assert_eq!(
        during.call.map(|call| call.media),
        Some(MediaState::Connected)
    );
    scene.welcome(vec![talking()]).await;
    scene
        .desktop
        .dispatch(save_note("no offer before this"))
        .await
        .unwrap();
    scene.expect(&note("no offer before this")).await;
    scene.lose_link().await;
    scene.welcome(Vec::new()).await;
    scene.wait_for_state(|state| state.call.is_none()).await;
}

#[tokio::test]
async fn a_hang_up_without_a_link_is_silent_at_once_and_told_later() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.signal().await;
    scene.lose_link().await;
    for _ in 0..2 {
        scene
            .desktop
            .dispatch(DesktopCommand::HangUp { interaction: I7 })
            .await
            .unwrap();
    }
    assert_eq!(scene.state().await.call, None);
    scene.welcome(vec![talking()]).await;
    scene
        .expect(&AgentCommand::HangUp { interaction: I7 })
        .await;
    assert_eq!(
        scene.state().await.call,
        None,
        "the old view does not revive the call"
    );
}

#[tokio::test]
async fn nobody_is_ready_before_the_check_has_passed() {
    let mut scene = Scene::without_microphone().await;
    let ready = DesktopCommand::ChooseState {
        state: ChosenState::Ready,
    };
    let said = scene.desktop.dispatch(ready.clone()).await;
    assert_eq!(said, Err(DesktopError::NoMicrophone));
    let readiness = scene.state().await.readiness;
    assert_eq!(
        readiness.microphone,
        Check::Failed {
            error: DesktopError::NoMicrophone
        }
    );
    assert_eq!(readiness.server, Check::Passed);
    scene.plug_in_microphone();
    let desktop = scene.desktop.clone();
    let asked = telemetry::spawn("ready", async move { desktop.dispatch(ready).await });
    let id = scene
        .expect(&AgentCommand::ChooseState {
            state: ChosenState::Ready,
        })
        .await;
    scene.ack(id).await;
    asked.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_expired_token_leads_to_the_sign_in_screen_with_what_was_typed() {
    let mut scene = Scene::signed_in(Vec::new()).await;
    scene.lose_link().await;
    scene.refuse_hello(ErrorCode::TokenExpired).await;
    let (last, why) = scene
        .wait(|event| match event {
            DesktopEvent::Session {
                session:
                    Session::SignedOut {
                        last,
                        why: Some(why),
                        ..
                    },
            } => Some((last.clone(), *why)),
            _ => None,
        })
        .await;
    assert_eq!(
        (last.unwrap().user.as_str(), why),
        ("anna", ErrorCode::TokenExpired)
    );
    let said = scene.desktop.dispatch(save_note("x")).await;
    assert_eq!(said, Err(DesktopError::NotSignedIn));
}

#[tokio::test]
async fn a_wrong_address_or_an_absent_server_is_said_in_words() {
    let scene = Scene::signed_in(Vec::new()).await;
    let sign_in = |server: &str| DesktopCommand::SignIn {
        server: server.to_owned(),
        organisation: vocab::OrgSlug::new("demo").unwrap(),
        user: "anna".to_owned(),
        password: Sensitive::new("x".to_owned()),
    };
    let bad = scene.desktop.dispatch(sign_in("ftp://x")).await;
    assert!(
        matches!(bad, Err(DesktopError::BadAddress { .. })),
        "{bad:?}"
    );
    let plain = scene.desktop.dispatch(sign_in("http://192.0.2.1")).await;
    assert!(
        matches!(plain, Err(DesktopError::Insecure { .. })),
        "{plain:?}"
    );
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let absent = scene
        .desktop
        .dispatch(sign_in(&format!("127.0.0.1:{port}")))
        .await;
    assert!(
        matches!(absent, Err(DesktopError::Unreachable { .. })),
        "{absent:?}"
    );
}
