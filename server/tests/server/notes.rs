//! Notes about interactions: who may write them, how late they may come, and that nobody's is lost.

use crate::client::Client;
use crate::place::Place;
use protocol::handover::{HandoverCommand, HandoverTarget};
use protocol::rest::InteractionNote;
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

fn save(interaction: InteractionId, note: &str) -> AgentCommand {
    AgentCommand::SaveNote {
        interaction,
        text: text(note),
    }
}

/// Who wrote what, as the history says it.
fn told(place: &Place, interaction: InteractionId) -> Vec<(String, String)> {
    let history = database(place).history().unwrap();
    written(
        &history
            .interaction(interaction)
            .unwrap()
            .unwrap()
            .summary
            .notes,
    )
}

fn written(notes: &[InteractionNote]) -> Vec<(String, String)> {
    let notes = notes.iter().map(|note| {
        let name = note.agent_name.clone().unwrap_or_default();
        (name, note.text.reveal().clone())
    });
    notes.collect()
}

fn by(name: &str, note: &str) -> (String, String) {
    (name.to_owned(), note.to_owned())
}

async fn reads(agent: &mut Client, interaction: InteractionId, notes: &[(String, String)]) {
    agent
        .until("the colleagues' notes", |this| {
            let item = this.item(interaction);
            item.is_some_and(|item| written(&item.colleagues_notes) == notes)
        })
        .await;
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
    assert_eq!(told.summary.notes[0].text.reveal(), "The old one.");
    // Somebody who was never there writes nothing.
    let mut eva = place.agent("eva").await;
    assert!(eva.try_agent(note).await.is_err());
    place.server.stop().await;
}

#[tokio::test]
async fn a_note_typed_offline_does_not_replace_what_the_next_agent_wrote() {
    let place = Place::new().await;
    let (mut anna, mut chen, interaction) = in_a_call(&place).await;
    anna.wish(save(interaction, "Wants")).await;
    let mut noor = place.agent("noor").await;
    let to = HandoverTarget::Agent {
        agent: noor.agent.as_ref().unwrap().me.agent,
    };
    let transfer = HandoverCommand::Transfer {
        interaction,
        to,
        note: text(""),
    };
    anna.wish(handover(transfer)).await;
    anna.vanish();
    noor.rings(interaction).await;
    reads(&mut noor, interaction, &[by("Anna Marsh", "Wants")]).await;
    noor.accept(interaction).await;
    noor.wish(save(interaction, "Sent a router")).await;
    chen.talks().await;

    // What Anna typed without the server comes now.
    let mut anna = place.agent("anna").await;
    anna.wish(save(interaction, "Wants a router")).await;
    let annas = by("Anna Marsh", "Wants a router");
    reads(&mut noor, interaction, std::slice::from_ref(&annas)).await;
    let item = noor.item(interaction).unwrap();
    assert_eq!(item.note.reveal(), "Sent a router");
    let both = [annas.clone(), by("Noor Rao", "Sent a router")];
    assert_eq!(told(&place, interaction), both);

    let place = served_again(place).await;
    let mut noor = place.agent("noor").await;
    reads(&mut noor, interaction, &[annas]).await;
    assert_eq!(
        noor.item(interaction).unwrap().note.reveal(),
        "Sent a router"
    );
    place.server.stop().await;
}

#[tokio::test]
async fn the_agent_and_the_colleague_who_is_asked_write_beside_each_other() {
    let place = Place::new().await;
    let mut noor = place.agent("noor").await;
    let (mut anna, _chen, interaction) = in_a_call(&place).await;
    anna.wish(save(interaction, "Router blinks")).await;
    let ask = HandoverCommand::Consult {
        interaction,
        colleague: noor.agent.as_ref().unwrap().me.agent,
        question: text("Which router?"),
    };
    anna.wish(handover(ask)).await;
    noor.rings(interaction).await;
    let (annas, noors) = (
        by("Anna Marsh", "Router blinks"),
        by("Noor Rao", "The old one"),
    );
    reads(&mut noor, interaction, std::slice::from_ref(&annas)).await;
    noor.wish(AgentCommand::AcceptOffer { interaction }).await;
    noor.wish(save(interaction, "The old one")).await;
    reads(&mut anna, interaction, std::slice::from_ref(&noors)).await;
    let own = |agent: &Client| agent.item(interaction).unwrap().note.reveal().clone();
    assert_eq!(own(&anna), "Router blinks");
    assert_eq!(told(&place, interaction), [annas, noors.clone()]);
    // Taken back: shown nowhere, and nobody else's is touched.
    anna.wish(save(interaction, " ")).await;
    reads(&mut noor, interaction, &[]).await;
    assert_eq!(own(&noor), "The old one");
    assert_eq!(told(&place, interaction), [noors]);
    place.server.stop().await;
}
