//! Signing out and ending the program: what is still sent, what is handed back, and what stays on the disk.

use super::save_note;
use super::scene::{Scene, note, talking};
use protocol::desktop::{DesktopCommand, DesktopError, Session};
use protocol::work::AgentCommand;

const SECRET: &str = "Chen Yulan lives in Harbour Street";

fn is_signed_out(scene: &Session) -> bool {
    matches!(scene, Session::SignedOut { .. })
}

#[tokio::test]
async fn a_sign_out_sends_what_waits_first_and_leaves_nothing_of_customers_on_the_disk() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    let saved = scene.ask(save_note(SECRET));
    let id = scene.expect(&note(SECRET)).await;
    assert!(
        scene.is_on_disk(SECRET),
        "the test looks in the wrong place"
    );
    let signing_out = scene.ask(DesktopCommand::SignOut);
    // Still there: the note has not arrived.
    assert!(!is_signed_out(&scene.state().await.session));
    scene.ack(id).await;
    saved.await.unwrap().unwrap();
    scene
        .wait_for_state(|state| is_signed_out(&state.session))
        .await;
    scene.serve_sign_out().await;
    signing_out.await.unwrap().unwrap();
    for words in [SECRET, "Chen Yulan", "138 0013 8000"] {
        assert!(!scene.is_on_disk(words), "{words}");
    }
}

#[tokio::test]
async fn without_a_link_a_sign_out_does_not_wait_and_what_was_not_sent_is_gone() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.lose_link().await;
    scene.desktop.dispatch(save_note(SECRET)).await.unwrap();
    assert!(scene.is_on_disk(SECRET));
    drop(scene.ask(DesktopCommand::SignOut));
    scene
        .wait_for_state(|state| is_signed_out(&state.session))
        .await;
    assert!(!scene.is_on_disk(SECRET) && !scene.is_on_disk("Chen Yulan"));
}

#[tokio::test]
async fn ending_the_program_hands_the_customer_back_and_keeps_the_sign_in() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.connect().await;
    let quitting = scene.ask(DesktopCommand::Quit);
    let id = scene.expect(&AgentCommand::Leave).await;
    scene.ack(id).await;
    quitting.await.unwrap().unwrap();
    assert!(!is_signed_out(&scene.state().await.session));
}

#[tokio::test]
async fn without_a_link_ending_the_program_says_so_instead_of_waiting() {
    let mut scene = Scene::signed_in(vec![talking()]).await;
    scene.lose_link().await;
    let said = scene.desktop.dispatch(DesktopCommand::Quit).await;
    assert!(
        matches!(said, Err(DesktopError::Unreachable { .. })),
        "{said:?}"
    );
    let gone = Scene::signed_in(Vec::new()).await;
    drop(gone.ask(DesktopCommand::SignOut));
    gone.wait_for_state(|state| is_signed_out(&state.session))
        .await;
    gone.desktop.dispatch(DesktopCommand::Quit).await.unwrap();
}
