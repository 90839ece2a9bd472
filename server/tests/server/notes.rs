//! Notes about interactions: who may write them, how late they may come, and that nobody's is lost.

use crate::client::Client;
use crate::place::Place;
use protocol::handover::HandoverCommand;
use protocol::work::AgentCommand;
use store::OrganisationStore;
use store_sqlite::Database;
use vocab::{InteractionId, OrgSlug, Sensitive};

fn text(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

fn handover(command: HandoverCommand) -> AgentCommand {
    AgentCommand::Handover { command }
}

/// Anna talks with Chen.
async fn in_a_call(place: &Place) -> (Client, Client, InteractionId) {
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen Yulan", None).await;
    anna.accept(interaction).await;
    chen.talks().await;
    (anna, chen, interaction)
}

fn database(place: &Place) -> Database {
    let slug = OrgSlug::new("demo").unwrap();
    Database::open(&server::app::database_path(place.data.path(), &slug)).unwrap()
}

async fn served_again(place: Place) -> Place {
    let Place { data, server } = place;
    server.stop().await;
    let server = server::serve::Server::start(data.path(), crate::place::config())
        .await
        .unwrap();
    Place { data, server }
}

#[tokio::test]
async fn an_asked_colleague_s_note_is_kept_even_when_it_comes_after_a_restart() {
    let place = Place::new().await;
    let mut noor = place.agent("noor").await;
    let (mut anna, _chen, interaction) = in_a_call(&place).await;
    let ask = HandoverCommand::Consult {
        interaction,
        colleague: noor.agent.as_ref().unwrap().me.agent,
        question: text("Which router?"),
    };
    anna.wish(handover(ask)).await;
    noor.rings(interaction).await;
    noor.wish(AgentCommand::AcceptOffer { interaction }).await;
    noor.wish(AgentCommand::HangUp { interaction }).await;
    anna.wish(AgentCommand::HangUp { interaction }).await;
    let finish = AgentCommand::FinishWrapUp {
        interaction,
        disposition: None,
    };
    anna.wish(finish).await;

    let place = served_again(place).await;
    let mut noor = place.agent("noor").await;
    let note = AgentCommand::SaveNote {
        interaction,
        text: text("The old one."),
    };
    noor.wish(note.clone()).await;
    let history = database(&place).history().unwrap();
    let told = history.interaction(interaction).unwrap().unwrap();
    assert!(told.summary.note.reveal().contains("The old one."));
    // Somebody who was never there writes nothing.
    let mut eva = place.agent("eva").await;
    assert!(eva.try_agent(note).await.is_err());
    place.server.stop().await;
}
