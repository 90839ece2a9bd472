//! An agent who asks a colleague, and a colleague who is asked: which path belongs to whom.

use super::scene::{I7, Scene, ringing, talking};
use protocol::desktop::{ColleagueLost, DesktopCommand, DesktopEvent, MediaState, Notice};
use protocol::handover::{Consult, ConsultLeg, ConsultPart, HandoverCommand};
use protocol::link::Signal;
use protocol::work::{AgentCommand, RecordingConsent, WorkItem, WorkStage};
use vocab::{AgentId, MediaId, Millis, Peer, RecordingState, Sensitive};

const NOOR: Peer = Peer::Agent { agent: AgentId(2) };

fn consult(item: WorkItem, part: ConsultPart, leg: ConsultLeg) -> WorkItem {
    let consult = Consult {
        part,
        colleague: AgentId(2),
        colleague_name: "Noor Rao".to_owned(),
        is_colleague_connected: true,
        question: Sensitive::new("May I?".to_owned()),
        leg,
    };
    WorkItem {
        consult: Some(consult),
        ..item
    }
}

fn held(item: WorkItem) -> WorkItem {
    let (since, answered_at) = (Millis(9), Millis(5));
    WorkItem {
        stage: WorkStage::Held { since, answered_at },
        ..item
    }
}

fn handover(command: HandoverCommand) -> (DesktopCommand, AgentCommand) {
    (
        DesktopCommand::Handover {
            command: command.clone(),
        },
        AgentCommand::Handover { command },
    )
}

#[tokio::test]
async fn the_colleagues_offer_is_answered_beside_the_customers_path_though_their_numbers_are_equal()
{
    let mut scene = Scene::signed_in(vec![talking()]).await;
    let Signal::Offer { media, .. } = scene.signal().await else {
        panic!("an offer to the customer")
    };
    let sdp = "v=0".to_owned();
    scene
        .send_signal(Signal::Answer {
            media,
            sdp: sdp.clone(),
        })
        .await;
    scene.wait_for_media(MediaState::Connected).await;
    let private = ConsultLeg::Private { since: Millis(9) };
    let asking = consult(held(talking()), ConsultPart::Asking, private);
    scene.show(asking).await;
    scene
        .send_signal_from(NOOR, Signal::Offer { media, sdp })
        .await;
    let (to, signal) = scene.addressed_signal().await;
    assert_eq!(to, NOOR);
    let Signal::Answer {
        media: answered, ..
    } = signal
    else {
        panic!("not an answer: {signal:?}")
    };
    assert_eq!(
        answered, media,
        "on the wire the path has the colleague's number"
    );
    // The customer's page was reloaded meanwhile: its wish is answered as ever.
    scene.send_signal(Signal::OfferWanted).await;
    let Signal::Offer { media: renewed, .. } = scene.signal().await else {
        panic!("a new offer to the customer")
    };
    assert_eq!(renewed, MediaId(media.0 + 1));
}

#[tokio::test]
async fn a_colleague_offers_to_whoever_asks_and_to_the_customer_once_handed_over() {
    let mut scene = Scene::signed_in(Vec::new()).await;
    let rung = ConsultLeg::Ringing {
        since: Millis(1),
        deadline: Millis(u64::MAX / 2),
    };
    scene
        .show(consult(agreed(ringing()), ConsultPart::Asked, rung))
        .await;
    scene
        .wait_for_stage(|stage| matches!(stage, WorkStage::Ringing { .. }))
        .await;
    let accept = DesktopCommand::Accept { interaction: I7 };
    scene.desktop.dispatch(accept).await.unwrap();
    let id = scene
        .expect(&AgentCommand::AcceptOffer { interaction: I7 })
        .await;
    scene.ack(id).await;
    let (to, signal) = scene.addressed_signal().await;
    assert_eq!(to, NOOR);
    let Signal::Offer { media, .. } = signal else {
        panic!("not an offer: {signal:?}")
    };
    let private = ConsultLeg::Private { since: Millis(2) };
    scene
        .show(consult(agreed(talking()), ConsultPart::Asked, private))
        .await;
    scene.show(agreed(talking())).await;
    // The record's figures are those of the customer's path; how the colleagues heard each other is none of them.
    let Signal::Offer {
        media: to_customer, ..
    } = scene.signal().await
    else {
        panic!("an offer to the customer")
    };
    assert!(to_customer > media);
    // Until then the agent's recording is the only one.
    let recorded = AgentCommand::ReportRecording {
        interaction: I7,
        state: Some(RecordingState::Running),
    };
    scene.expect(&recorded).await;
}

/// Its customer said yes to a recording.
fn agreed(mut item: WorkItem) -> WorkItem {
    item.recording_consent = RecordingConsent::Given { at: Millis(1) };
    item
}

#[tokio::test]
async fn hanging_up_in_private_returns_to_the_customer_and_ends_nothing() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    let private = ConsultLeg::Private { since: Millis(9) };
    scene
        .show(consult(held(talking()), ConsultPart::Asking, private))
        .await;
    scene
        .wait_for_stage(|stage| matches!(stage, WorkStage::Held { .. }))
        .await;
    let desktop = scene.desktop.clone();
    let hang_up = DesktopCommand::HangUp { interaction: I7 };
    let asked = telemetry::spawn("hang up", async move { desktop.dispatch(hang_up).await });
    let (_, back) = handover(HandoverCommand::EndConsult { interaction: I7 });
    let id = scene.expect(&back).await;
    scene.ack(id).await;
    asked.await.unwrap().unwrap();
    assert!(scene.state().await.call.is_some());
}

#[tokio::test]
async fn the_floor_is_asked_for_again_after_a_reconnect_while_somebody_looks() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    let (watch, order) = handover(HandoverCommand::WatchFloor { is_on: true });
    let desktop = scene.desktop.clone();
    let asked = telemetry::spawn("watch", async move { desktop.dispatch(watch).await });
    let id = scene.expect(&order).await;
    scene.ack(id).await;
    asked.await.unwrap().unwrap();
    scene.lose_link().await;
    scene.welcome(vec![talking()]).await;
    scene.expect(&order).await;
}

#[tokio::test]
async fn an_agent_whose_colleague_does_not_come_is_told_while_the_customer_holds() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    let rung = ConsultLeg::Ringing {
        since: Millis(9),
        deadline: Millis(u64::MAX / 2),
    };
    scene
        .show(consult(held(talking()), ConsultPart::Asking, rung))
        .await;
    scene.show(held(talking())).await;
    let told = told_of_a_loss(&mut scene).await;
    assert_eq!(told, ("Noor Rao".to_owned(), ColleagueLost::Unanswered));
}

#[tokio::test]
async fn an_agent_is_told_when_the_colleague_leaves_all_three_and_not_of_letting_them_go() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    let together = ConsultLeg::Together { since: Millis(9) };
    let with = |name: &str| {
        let mut item = consult(talking(), ConsultPart::Asking, together);
        item.consult.as_mut().unwrap().colleague_name = name.to_owned();
        item
    };
    scene.show(with("Noor Rao")).await;
    let desktop = scene.desktop.clone();
    let (back, order) = handover(HandoverCommand::EndConsult { interaction: I7 });
    let asked = telemetry::spawn("back", async move { desktop.dispatch(back).await });
    let id = scene.expect(&order).await;
    scene.ack(id).await;
    scene.show(talking()).await;
    asked.await.unwrap().unwrap();
    scene.show(with("Sam Doyle")).await;
    scene.show(talking()).await;
    let told = told_of_a_loss(&mut scene).await;
    assert_eq!(told, ("Sam Doyle".to_owned(), ColleagueLost::LeftTogether));
}

/// The first notice of this kind.
async fn told_of_a_loss(scene: &mut Scene) -> (String, ColleagueLost) {
    scene
        .wait(|event| match event {
            DesktopEvent::Notice {
                notice:
                    Notice::ConsultOver {
                        colleague_name,
                        how,
                        ..
                    },
            } => Some((colleague_name.clone(), *how)),
            _ => None,
        })
        .await
}
