//! Losing the last microphone and getting it back: who cannot be heard takes no calls, and nobody has to notice by themselves.

use super::scene::{I7, Scene, talking};
use protocol::desktop::{Check, DesktopError};
use protocol::work::AgentCommand;
use vocab::{AgentState, ChosenState, NotReadyReason};

const UNHEARD: ChosenState = ChosenState::NotReady {
    reason: NotReadyReason::Microphone,
};
const READY: ChosenState = ChosenState::Ready;

fn not_ready(reason: NotReadyReason) -> AgentState {
    AgentState::NotReady { reason }
}

#[tokio::test]
async fn a_ready_agent_without_a_microphone_is_not_ready_until_it_is_back() {
    let mut scene = Scene::signed_in(Vec::new()).await;
    scene.checked().await;
    scene.presence(AgentState::Ready, None).await;
    scene.microphone(false).await;
    let id = scene
        .expect(&AgentCommand::ChooseState { state: UNHEARD })
        .await;
    scene.ack(id).await;
    let microphone = scene.state().await.readiness.microphone;
    let error = DesktopError::NoMicrophone;
    assert_eq!(microphone, Check::Failed { error });
    scene
        .presence(not_ready(NotReadyReason::Microphone), None)
        .await;
    scene.microphone(true).await;
    let id = scene
        .expect(&AgentCommand::ChooseState { state: READY })
        .await;
    scene.ack(id).await;
}

#[tokio::test]
async fn a_choice_made_meanwhile_stays_when_the_microphone_is_back() {
    let mut scene = Scene::signed_in(Vec::new()).await;
    scene.checked().await;
    scene.presence(not_ready(NotReadyReason::Lunch), None).await;
    scene.microphone(false).await;
    scene.microphone(true).await;
    scene.checked().await;
    // Whatever the desktop would have sent by itself comes before this.
    let command = AgentCommand::ReserveNextState { state: None };
    let dispatched = protocol::desktop::DesktopCommand::ReserveNextState { state: None };
    let desktop = scene.desktop.clone();
    let asked = telemetry::spawn("asked", async move { desktop.dispatch(dispatched).await });
    let id = scene.expect(&command).await;
    scene.ack(id).await;
    asked.await.unwrap().unwrap();
}

#[tokio::test]
async fn in_a_call_the_agent_stays_and_is_not_ready_only_after_it() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    scene.checked().await;
    let state = AgentState::Talking { interaction: I7 };
    scene.presence(state, None).await;
    scene.microphone(false).await;
    let reserve = |state| AgentCommand::ReserveNextState { state: Some(state) };
    let id = scene.expect(&reserve(UNHEARD)).await;
    scene.ack(id).await;
    let call = scene.state().await.call.expect("the call goes on");
    assert_eq!(call.microphone, None);
    scene.presence(state, Some(UNHEARD)).await;
    scene.microphone(true).await;
    let id = scene.expect(&reserve(READY)).await;
    scene.ack(id).await;
}
