//! Losing the last microphone and getting it back: who cannot be heard takes no calls, and nobody has to notice by themselves.

use super::scene::{I7, Scene, talking};
use crate::sound::{DeviceKind, MediaEvent, Silence};
use protocol::desktop::{Check, DesktopCommand, DesktopError, DeviceKind as Kind};
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
    let dispatched = DesktopCommand::ReserveNextState { state: None };
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

fn silenced(silence: protocol::desktop::Silence) -> Check {
    Check::Failed {
        error: DesktopError::MicrophoneSilenced {
            device: "No sound".to_owned(),
            silence,
        },
    }
}

#[tokio::test]
async fn a_microphone_muted_in_the_mixer_fails_the_check_and_nobody_becomes_ready_with_it() {
    let mut scene = Scene::signed_in(Vec::new()).await;
    scene.checked().await;
    for (silence, told) in [
        (Silence::Muted, protocol::desktop::Silence::Muted),
        (Silence::AtZero, protocol::desktop::Silence::AtZero),
    ] {
        scene.mix(DeviceKind::Microphone, Some(silence)).await;
        scene
            .wait_for_state(|state| state.readiness.microphone == silenced(told))
            .await;
    }
    let ready = DesktopCommand::ChooseState { state: READY };
    let said = scene.desktop.dispatch(ready).await;
    assert!(
        matches!(said, Err(DesktopError::MicrophoneSilenced { .. })),
        "{said:?}"
    );
    // The button beside the failed check.
    let unsilence = DesktopCommand::Unsilence {
        kind: Kind::Microphone,
    };
    scene.desktop.dispatch(unsilence).await.unwrap();
    scene
        .wait_for_state(|state| state.readiness.microphone == Check::Passed)
        .await;
    let desktop = scene.desktop.clone();
    let ready = DesktopCommand::ChooseState { state: READY };
    let asked = telemetry::spawn("asked", async move { desktop.dispatch(ready).await });
    let id = scene
        .expect(&AgentCommand::ChooseState { state: READY })
        .await;
    scene.ack(id).await;
    asked.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_muted_speaker_fails_its_own_check_and_the_agent_stays_ready() {
    let mut scene = Scene::signed_in(Vec::new()).await;
    scene.checked().await;
    scene.presence(AgentState::Ready, None).await;
    scene.mix(DeviceKind::Speaker, Some(Silence::Muted)).await;
    let is_muted = |check: &Check| {
        matches!(
            check,
            Check::Failed {
                error: DesktopError::SpeakerSilenced { .. }
            }
        )
    };
    scene
        .wait_for_state(|state| is_muted(&state.readiness.speaker))
        .await;
    scene.mix(DeviceKind::Speaker, None).await;
    scene
        .wait_for_state(|state| state.readiness.speaker == Check::Passed)
        .await;
}

#[tokio::test]
async fn muted_in_the_mixer_while_ready_or_talking_counts_as_having_no_microphone() {
    let mut scene = Scene::signed_in(Vec::new()).await;
    scene.checked().await;
    scene.presence(AgentState::Ready, None).await;
    scene
        .mix(DeviceKind::Microphone, Some(Silence::Muted))
        .await;
    let id = scene
        .expect(&AgentCommand::ChooseState { state: UNHEARD })
        .await;
    scene.ack(id).await;
    scene
        .presence(not_ready(NotReadyReason::Microphone), None)
        .await;
    scene.mix(DeviceKind::Microphone, None).await;
    let id = scene
        .expect(&AgentCommand::ChooseState { state: READY })
        .await;
    scene.ack(id).await;

    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    scene.checked().await;
    let state = AgentState::Talking { interaction: I7 };
    scene.presence(state, None).await;
    scene
        .mix(DeviceKind::Microphone, Some(Silence::AtZero))
        .await;
    let reserve = |state| AgentCommand::ReserveNextState { state: Some(state) };
    let id = scene.expect(&reserve(UNHEARD)).await;
    scene.ack(id).await;
    let state = scene.state().await;
    assert!(state.call.is_some(), "the call goes on");
    let silence = protocol::desktop::Silence::AtZero;
    assert_eq!(state.devices.microphone.silence, Some(silence));
}

#[tokio::test]
async fn a_microphone_that_gives_nothing_in_a_call_is_hinted_at_until_it_is_heard() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    for is_unheard in [true, false] {
        scene.media_says(MediaEvent::Unheard { is_unheard }).await;
        scene
            .wait_for_state(|state| {
                let call = state.call.as_ref();
                call.is_some_and(|call| call.is_unheard == is_unheard)
            })
            .await;
    }
}
