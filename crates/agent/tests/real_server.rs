//! Agent and customer without sound against the real server: a whole call, and a server that is killed in its middle.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    dead_code,
    reason = "an integration test's helpers may stop at a surprise, as its tests may; clippy only knows the latter"
)]

mod stage;

use agent::customer::{CustomerEvent, CustomerWish};
use protocol::customer::CustomerStage;
use protocol::desktop::{DesktopCommand, LinkState, MediaState};
use protocol::rest::Outcome;
use protocol::work::WorkStage;
use stage::{Server, TestAgent, TestCustomer};
use std::time::{Duration, Instant};
use vocab::{AgentState, EndedBy, InteractionId, Sensitive};

/// Issue 2: both ends are back by themselves within 3 s of the server's return.
const BACK_WITHIN: Duration = Duration::from_secs(3);

async fn ready_and_ringing(server: &Server) -> (TestAgent, TestCustomer, InteractionId) {
    let agent = TestAgent::ready(server).await;
    let mut customer = TestCustomer::start(server);
    customer.call("Chen Yulan").await;
    let interaction = agent
        .wait_for_item(|item| matches!(item.stage, WorkStage::Ringing { .. }))
        .await;
    (agent, customer, interaction)
}

async fn talking(server: &Server) -> (TestAgent, TestCustomer, InteractionId) {
    let (agent, mut customer, interaction) = ready_and_ringing(server).await;
    agent
        .desktop
        .dispatch(DesktopCommand::Accept { interaction })
        .await
        .unwrap();
    agent.wait_for_media(MediaState::Connected).await;
    customer.wait_for_media(MediaState::Connected).await;
    (agent, customer, interaction)
}

fn note(interaction: InteractionId, text: &str) -> DesktopCommand {
    DesktopCommand::SaveNote {
        interaction,
        text: Sensitive::new(text.to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_from_ring_to_history() {
    let server = Server::start().await;
    let (agent, mut customer, interaction) = talking(&server).await;
    agent
        .desktop
        .dispatch(DesktopCommand::Hold { interaction })
        .await
        .unwrap();
    customer
        .wait_for_stage(|stage| matches!(stage, CustomerStage::Talking { is_held: true, .. }))
        .await;
    agent
        .desktop
        .dispatch(DesktopCommand::Resume { interaction })
        .await
        .unwrap();
    customer
        .wait_for_stage(|stage| matches!(stage, CustomerStage::Talking { is_held: false, .. }))
        .await;
    agent
        .desktop
        .dispatch(note(interaction, "Wants 1000M."))
        .await
        .unwrap();
    agent
        .desktop
        .dispatch(DesktopCommand::HangUp { interaction })
        .await
        .unwrap();
    customer
        .wait_for_stage(|stage| matches!(stage, CustomerStage::Ended { .. }))
        .await;
    customer
        .customer
        .wish(CustomerWish::Rate { stars: 5 })
        .await;
    customer
        .wait(|event| matches!(event, CustomerEvent::Accepted).then_some(()))
        .await;
    agent
        .wait_for_item(|item| matches!(item.stage, WorkStage::WrapUp { .. }))
        .await;
    let disposition = agent
        .state()
        .await
        .agent
        .unwrap()
        .dispositions
        .first()
        .map(|first| first.code.clone());
    let finish = DesktopCommand::FinishWrapUp {
        interaction,
        disposition: disposition.clone(),
    };
    agent.desktop.dispatch(finish).await.unwrap();
    agent
        .wait_for(|state| matches!(presence(state), Some(AgentState::Ready)))
        .await;
    let summary = agent.summary(interaction).await;
    assert_eq!(
        summary.outcome,
        Outcome::Answered {
            ended_by: EndedBy::Agent
        }
    );
    assert_eq!(summary.notes[0].text.reveal(), "Wants 1000M.");
    assert_eq!((summary.disposition, summary.stars), (disposition, Some(5)));
}

fn presence(state: &protocol::desktop::DesktopState) -> Option<AgentState> {
    state.agent.as_ref().map(|view| view.presence.state)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_mid_call_returns_to_the_same_call_and_takes_the_note_once() {
    let mut server = Server::start().await;
    let (agent, mut customer, interaction) = talking(&server).await;
    server.kill().await;
    agent.wait_for(|state| state.link != LinkState::Up).await;
    let during = agent.state().await;
    assert_eq!(
        during.call.unwrap().media,
        MediaState::Connected,
        "speech goes on"
    );
    assert!(during.agent.is_some(), "the view stays on the screen");
    for text in ["typed", "typed off", "typed offline"] {
        agent
            .desktop
            .dispatch(note(interaction, text))
            .await
            .unwrap();
    }
    customer.wait_for_link_down().await;

    server.restart().await;
    let since = Instant::now();
    agent
        .wait_for(|state| state.link == LinkState::Up && state.outbox == 0)
        .await;
    let agent_after = since.elapsed();
    customer
        .wait_for_stage(|stage| matches!(stage, CustomerStage::Talking { .. }))
        .await;
    let both_after = since.elapsed();
    println!("agent back after {agent_after:?}, both after {both_after:?}");
    assert!(both_after < BACK_WITHIN, "both back after {both_after:?}");

    let call = agent.state().await.call.unwrap();
    assert_eq!(
        (call.interaction, call.media),
        (interaction, MediaState::Connected)
    );
    agent
        .desktop
        .dispatch(DesktopCommand::HangUp { interaction })
        .await
        .unwrap();
    agent
        .wait_for_item(|item| matches!(item.stage, WorkStage::WrapUp { .. }))
        .await;
    let detail = agent.detail(interaction).await;
    assert_eq!(detail.summary.notes[0].text.reveal(), "typed offline");
    let notes = detail
        .happened
        .iter()
        .filter(|happened| happened.what == protocol::rest::HappenedWhat::NoteSaved);
    assert_eq!(notes.count(), 1, "{:?}", detail.happened);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_mid_ring_loses_nobodys_place() {
    let mut server = Server::start().await;
    let (agent, mut customer, interaction) = ready_and_ringing(&server).await;
    server.kill().await;
    agent.wait_for(|state| state.link != LinkState::Up).await;
    customer.wait_for_link_down().await;
    server.restart().await;
    let since = Instant::now();
    agent.wait_for(|state| state.link == LinkState::Up).await;
    customer
        .wait_for_stage(|stage| matches!(stage, CustomerStage::Waiting { .. }))
        .await;
    let both_after = since.elapsed();
    println!("mid-ring: both back after {both_after:?}");
    assert!(both_after < BACK_WITHIN, "both back after {both_after:?}");
    let again = agent
        .wait_for_item(|item| matches!(item.stage, WorkStage::Ringing { .. }))
        .await;
    assert_eq!(again, interaction, "the same customer rings");
    agent
        .desktop
        .dispatch(DesktopCommand::Accept { interaction })
        .await
        .unwrap();
    agent.wait_for_media(MediaState::Connected).await;
    customer.wait_for_media(MediaState::Connected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desktop_that_dies_mid_call_offers_anew_when_it_returns() {
    let server = Server::start().await;
    let (agent, mut customer, interaction) = talking(&server).await;
    let agent = agent.restart().await;
    customer.wait_for_media(MediaState::Reconnecting).await;
    agent.wait_for_media(MediaState::Connected).await;
    customer.wait_for_media(MediaState::Connected).await;
    assert_eq!(
        agent.state().await.call.map(|call| call.interaction),
        Some(interaction)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_plays_a_call_by_itself() {
    let server = Server::start().await;
    let mut agent = stage::Program::agent(
        &server,
        &["--ready", "--auto-answer", "--wrap-up", "solved"],
    );
    agent
        .wait_for(|event| {
            event["type"] == "agent" && event["agent"]["presence"]["state"]["type"] == "ready"
        })
        .await;
    let mut customer = stage::Program::customer(&server, &["--call"]);
    let connected =
        |event: &serde_json::Value| event["type"] == "media" && event["state"] == "connected";
    customer.wait_for(connected).await;
    customer.line("hang-up").await;
    customer
        .wait_for(|event| event["type"] == "stage" && event["stage"]["type"] == "ended")
        .await;
    customer.line("rate 4").await;
    customer.wait_for(|event| event["type"] == "accepted").await;
    customer.line("quit").await;
    let idle = |event: &serde_json::Value| {
        event["type"] == "agent"
            && event["agent"]["presence"]["state"]["type"] == "ready"
            && event["agent"]["work"].as_array().is_some_and(Vec::is_empty)
    };
    agent.wait_for(idle).await;
    agent.line("nonsense").await;
    agent.wait_for(|event| event["type"] == "error").await;
    agent.line("quit").await;
    agent.wait_for(|event| event["type"] == "quit").await;
    assert!(agent.ended_well().await && customer.ended_well().await);
}

/// The first in line again, and told why.
fn is_handed_back(stage: &CustomerStage) -> bool {
    matches!(
        stage,
        CustomerStage::Waiting { position: 1, passed_on: Some(passed_on), .. }
            if passed_on.is_agent_gone && passed_on.from_name == "Anna Marsh"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_ends_the_program_or_signs_out_hands_the_customer_back_with_a_word() {
    for leave in [DesktopCommand::Quit, DesktopCommand::SignOut] {
        let server = Server::start().await;
        let (agent, mut customer, _) = talking(&server).await;
        agent.desktop.dispatch(leave).await.unwrap();
        // At once: nothing here waits for the grace period of somebody who vanished.
        customer.wait_for_stage(is_handed_back).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_goes_back_to_the_line_when_the_program_ends() {
    let server = Server::start().await;
    let (agent, mut customer, _) = ready_and_ringing(&server).await;
    customer
        .wait_for_stage(|stage| {
            matches!(
                stage,
                CustomerStage::Waiting {
                    is_ringing: true,
                    ..
                }
            )
        })
        .await;
    agent.desktop.dispatch(DesktopCommand::Quit).await.unwrap();
    customer
        .wait_for_stage(|stage| {
            matches!(
                stage,
                CustomerStage::Waiting {
                    is_ringing: false,
                    ..
                }
            )
        })
        .await;
}
