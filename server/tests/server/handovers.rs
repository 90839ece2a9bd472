//! Customers passed on and colleagues asked, by frames: what each of the three sees, and what history says.

use crate::client::Client;
use crate::place::{Place, ServerProcess, http, make_data, sign_in};
use protocol::customer::CustomerStage;
use protocol::handover::{
    ColleagueState, ConsultLeg, ConsultPart, HandoverCommand, HandoverTarget,
};
use protocol::link::{ErrorCode, ServerFrame, Signal};
use protocol::rest::{HappenedWhat, InteractionDetail};
use protocol::work::{AgentCommand, WorkItem, WorkStage};
use vocab::{AgentId, InteractionId, MediaId, Peer, Sensitive};

fn text(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

fn handover(command: HandoverCommand) -> AgentCommand {
    AgentCommand::Handover { command }
}

fn me(agent: &Client) -> AgentId {
    agent.agent.as_ref().unwrap().me.agent
}

fn offer(media: u32) -> Signal {
    Signal::Offer {
        media: MediaId(media),
        sdp: "v=0".to_owned(),
    }
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

async fn consult_is(
    agent: &mut Client,
    interaction: InteractionId,
    leg: fn(ConsultLeg) -> bool,
) -> WorkItem {
    agent
        .until("the consult", |this| {
            let item = this.item(interaction);
            item.and_then(|item| item.consult.as_ref())
                .is_some_and(|consult| leg(consult.leg))
        })
        .await;
    agent.item(interaction).unwrap().clone()
}

async fn detail_of(url: &str, user: &str, interaction: InteractionId) -> InteractionDetail {
    let token = sign_in(url, user).await.token;
    let answer = http()
        .get(format!("{url}/v1/interactions/{interaction}"))
        .bearer_auth(token.reveal())
        .send()
        .await
        .unwrap();
    answer.json().await.unwrap()
}

fn is_ringing(leg: ConsultLeg) -> bool {
    matches!(leg, ConsultLeg::Ringing { .. })
}
fn is_private(leg: ConsultLeg) -> bool {
    matches!(leg, ConsultLeg::Private { .. })
}
fn is_together(leg: ConsultLeg) -> bool {
    matches!(leg, ConsultLeg::Together { .. })
}

#[tokio::test]
async fn the_floor_is_sent_to_those_who_watch_and_follows_what_happens_there() {
    let place = Place::new().await;
    let (mut anna, _chen, _) = in_a_call(&place).await;
    assert_eq!(anna.agent.as_ref().unwrap().floor, None);
    anna.wish(handover(HandoverCommand::WatchFloor { is_on: true }))
        .await;
    anna.until("the floor", |this| {
        this.agent.as_ref().unwrap().floor.is_some()
    })
    .await;
    let floor = anna.agent.as_ref().unwrap().floor.clone().unwrap();
    let names: Vec<_> = floor
        .colleagues
        .iter()
        .map(|one| one.user.as_str())
        .collect();
    assert_eq!(names, ["anna"], "only those who are signed in");
    assert_eq!(floor.colleagues[0].state, ColleagueState::Busy);
    assert_eq!(floor.queues[0].slug, "support");

    let _noor = place.ready_agent("noor").await;
    anna.until("Noor", |this| {
        let floor = this.agent.as_ref().unwrap().floor.as_ref().unwrap();
        let first = floor.colleagues.first();
        first.is_some_and(|one| one.user == "noor" && one.state == ColleagueState::Ready)
    })
    .await;
    anna.wish(handover(HandoverCommand::WatchFloor { is_on: false }))
        .await;
    anna.until("no floor", |this| {
        this.agent.as_ref().unwrap().floor.is_none()
    })
    .await;
    place.server.stop().await;
}

#[tokio::test]
async fn a_customer_passed_on_by_name_reaches_the_colleague_with_the_note_and_both_are_in_history()
{
    let place = Place::new().await;
    let (mut anna, mut chen, interaction) = in_a_call(&place).await;
    let mut noor = place.agent("noor").await;
    let to = HandoverTarget::Agent { agent: me(&noor) };
    let note = text("She wants the router for free.");
    anna.wish(AgentCommand::SaveNote {
        interaction,
        text: text("Promised a call."),
    })
    .await;
    anna.wish(handover(HandoverCommand::Transfer {
        interaction,
        to,
        note: note.clone(),
    }))
    .await;
    anna.until("free again", |this| this.item(interaction).is_none())
        .await;

    noor.rings(interaction).await;
    let item = noor.item(interaction).unwrap().clone();
    let told = item.handover.unwrap();
    assert_eq!((told.by_name.as_str(), &told.note), ("Anna Marsh", &note));
    assert_eq!(item.note.reveal(), "", "her own note is hers to write");
    let written = &item.colleagues_notes[0];
    assert_eq!(written.agent_name.as_deref(), Some("Anna Marsh"));
    assert_eq!(written.text.reveal(), "Promised a call.");
    chen.until("passed on", |this| match &this.stage {
        CustomerStage::Waiting {
            passed_on: Some(on),
            ..
        } => (on.from_name.as_str(), on.to_name.as_str()) == ("Anna Marsh", "Noor Rao"),
        _ => false,
    })
    .await;
    noor.accept(interaction).await;
    let (noor_id, anna_id) = (me(&noor), me(&anna));
    chen.until(
        "Noor",
        |this| matches!(&this.stage, CustomerStage::Talking { agent, .. } if *agent == noor_id),
    )
    .await;
    // Whoever has left is heard by nobody.
    anna.signal_to(interaction, Peer::Customer, offer(9)).await;
    noor.signal_to(interaction, Peer::Customer, offer(1)).await;
    loop {
        if let ServerFrame::Signal { from, signal, .. } = chen.next().await.unwrap() {
            assert_eq!((from, signal), (Peer::Agent { agent: noor_id }, offer(1)));
            break;
        }
    }
    chen.signal_to(
        interaction,
        Peer::Agent { agent: anna_id },
        Signal::OfferWanted,
    )
    .await;
    chen.signal_to(
        interaction,
        Peer::Agent { agent: noor_id },
        Signal::OfferWanted,
    )
    .await;
    assert_eq!(noor.next_signal().await, Signal::OfferWanted);

    let detail = detail_of(&place.server.url, "anna", interaction).await;
    let passed = detail
        .happened
        .iter()
        .find(|line| line.what == HappenedWhat::Transferred)
        .unwrap();
    assert_eq!(passed.agent_name.as_deref(), Some("Anna Marsh"));
    assert_eq!(passed.to_name.as_deref(), Some("Noor Rao"));
    assert_eq!(passed.note, Some(note));
    let answered: Vec<_> = detail
        .happened
        .iter()
        .filter(|line| line.what == HappenedWhat::Answered)
        .filter_map(|line| line.agent_name.as_deref())
        .collect();
    assert_eq!(answered, ["Anna Marsh", "Noor Rao"]);
    assert_eq!(detail.summary.agent_name.as_deref(), Some("Noor Rao"));
    place.server.stop().await;
}

#[tokio::test]
async fn a_declined_transfer_leaves_the_customer_to_the_queue_by_its_name() {
    let place = Place::new().await;
    let (mut anna, mut chen, interaction) = in_a_call(&place).await;
    let mut noor = place.agent("noor").await;
    anna.wish(AgentCommand::ReserveNextState {
        state: Some(vocab::ChosenState::NotReady {
            reason: vocab::NotReadyReason::Lunch,
        }),
    })
    .await;
    let to = HandoverTarget::Agent { agent: me(&noor) };
    anna.wish(handover(HandoverCommand::Transfer {
        interaction,
        to,
        note: text(""),
    }))
    .await;
    noor.rings(interaction).await;
    noor.wish(AgentCommand::DeclineOffer { interaction }).await;
    chen.until("the queue", |this| match &this.stage {
        CustomerStage::Waiting {
            passed_on: Some(on),
            position: 1,
            is_ringing: false,
            ..
        } => on.to_name == "Support",
        _ => false,
    })
    .await;
    place.server.stop().await;
}

#[tokio::test]
async fn a_colleague_is_asked_with_the_whole_context_joins_and_keeps_the_customer() {
    let place = Place::new().await;
    let (mut anna, mut chen, interaction) = in_a_call(&place).await;
    let mut noor = place.agent("noor").await;
    let (anna_id, noor_id) = (me(&anna), me(&noor));
    let question = text("May I waive the fee?");
    anna.wish(handover(HandoverCommand::Consult {
        interaction,
        colleague: noor_id,
        question: question.clone(),
    }))
    .await;
    let item = consult_is(&mut noor, interaction, is_ringing).await;
    let asked = item.consult.unwrap();
    assert_eq!(
        (asked.part, asked.colleague, &asked.question),
        (ConsultPart::Asked, anna_id, &question)
    );
    assert_eq!(item.customer.customer.name.reveal(), "Chen Yulan");
    assert!(matches!(item.stage, WorkStage::Ringing { .. }));
    chen.until("music", |this| {
        matches!(this.stage, CustomerStage::Talking { is_held: true, .. })
    })
    .await;

    noor.wish(AgentCommand::AcceptOffer { interaction }).await;
    let item = consult_is(&mut anna, interaction, is_private).await;
    assert!(matches!(item.stage, WorkStage::Held { .. }));
    let item = consult_is(&mut noor, interaction, is_private).await;
    assert!(matches!(item.stage, WorkStage::Talking { .. }));
    // Between the two agents, and not from the colleague to the customer.
    noor.signal_to(interaction, Peer::Customer, offer(7)).await;
    noor.signal_to(interaction, Peer::Agent { agent: anna_id }, offer(8))
        .await;
    assert_eq!(anna.next_signal().await, offer(8));

    anna.wish(handover(HandoverCommand::Join { interaction }))
        .await;
    let item = consult_is(&mut anna, interaction, is_together).await;
    assert!(matches!(item.stage, WorkStage::Talking { .. }));
    chen.until("Noor, too", |this| match &this.stage {
        CustomerStage::Talking {
            with_name,
            is_held: false,
            ..
        } => with_name.as_deref() == Some("Noor Rao"),
        _ => false,
    })
    .await;
    anna.wish(handover(HandoverCommand::StepAside { interaction }))
        .await;
    let item = consult_is(&mut anna, interaction, is_private).await;
    assert!(matches!(item.stage, WorkStage::Held { .. }));
    chen.until("music again", |this| {
        matches!(
            this.stage,
            CustomerStage::Talking {
                with_name: None,
                is_held: true,
                ..
            }
        )
    })
    .await;
    anna.wish(handover(HandoverCommand::HandOver { interaction }))
        .await;
    anna.until("free again", |this| this.item(interaction).is_none())
        .await;
    noor.until("Noor's own", |this| {
        this.item(interaction)
            .is_some_and(|item| item.consult.is_none())
    })
    .await;
    let told = noor.item(interaction).unwrap().handover.clone().unwrap();
    assert_eq!((told.by_name.as_str(), told.note), ("Anna Marsh", question));
    chen.until("Noor", |this| {
        matches!(&this.stage, CustomerStage::Talking { agent, with_name: None, .. } if *agent == noor_id)
    })
    .await;
    let whats: Vec<_> = detail_of(&place.server.url, "anna", interaction)
        .await
        .happened
        .iter()
        .map(|line| line.what)
        .collect();
    for what in [
        HappenedWhat::ConsultAsked,
        HappenedWhat::ConsultAnswered,
        HappenedWhat::ConsultJoined,
        HappenedWhat::SteppedAside,
        HappenedWhat::HandedOver,
    ] {
        assert!(whats.contains(&what), "{what:?} is missing: {whats:?}");
    }
    place.server.stop().await;
}

#[tokio::test]
async fn nobody_is_asked_who_is_at_work_and_nobody_else_may_hand_over() {
    let place = Place::new().await;
    let (mut anna, _chen, interaction) = in_a_call(&place).await;
    let mut noor = place.ready_agent("noor").await;
    let mut li = place.customer().await;
    let other = li.call("Li Na", None).await;
    noor.accept(other).await;
    let ask = |colleague| {
        handover(HandoverCommand::Consult {
            interaction,
            colleague,
            question: text(""),
        })
    };
    assert_eq!(
        anna.try_agent(ask(me(&noor))).await,
        Err(ErrorCode::ColleagueNotFree)
    );
    assert_eq!(
        noor.try_agent(handover(HandoverCommand::HandOver { interaction }))
            .await,
        Err(ErrorCode::NotAllowed)
    );
    assert_eq!(
        anna.try_agent(handover(HandoverCommand::Join { interaction }))
            .await,
        Err(ErrorCode::NotNow)
    );
    let to = HandoverTarget::Agent { agent: me(&noor) };
    let note = text(&"x".repeat(1_001));
    assert_eq!(
        anna.try_agent(handover(HandoverCommand::Transfer {
            interaction,
            to,
            note
        }))
        .await,
        Err(ErrorCode::BadField)
    );
    place.server.stop().await;
}

#[tokio::test]
async fn a_killed_server_still_knows_who_was_asked_what_and_who_passed_on() {
    let data = tempfile::tempdir().unwrap();
    make_data(data.path());
    let log = data.path().join("log");
    let first = ServerProcess::start(data.path(), "127.0.0.1:0", &log);
    let (url, address) = (first.url.clone(), first.address());
    let anna_token = sign_in(&url, "anna").await.token;
    let noor_token = sign_in(&url, "noor").await.token;
    let mut anna = Client::agent(&url, &anna_token).await;
    anna.become_ready().await;
    let mut noor = Client::agent(&url, &noor_token).await;
    let mut chen = Client::customer(&url, None).await;
    let interaction = chen.call("Chen Yulan", None).await;
    anna.accept(interaction).await;
    let question = text("May I waive the fee?");
    let ask = HandoverCommand::Consult {
        interaction,
        colleague: me(&noor),
        question: question.clone(),
    };
    anna.wish(handover(ask)).await;
    noor.rings(interaction).await;
    noor.wish(AgentCommand::AcceptOffer { interaction }).await;
    first.kill();

    let second = ServerProcess::start(data.path(), &address, &log);
    let mut noor = Client::agent(&second.url, &noor_token).await;
    let mut anna = Client::agent(&second.url, &anna_token).await;
    let mut chen = Client::customer(&second.url, chen.visitor.clone()).await;
    let item = consult_is(&mut noor, interaction, is_private).await;
    assert_eq!(item.consult.unwrap().question, question);
    anna.wish(handover(HandoverCommand::EndConsult { interaction }))
        .await;
    let (queue, note) = (item.queue, text("Noor says yes."));
    let to = HandoverTarget::Queue { queue };
    anna.wish(handover(HandoverCommand::Transfer {
        interaction,
        to,
        note: note.clone(),
    }))
    .await;
    second.kill();

    let third = ServerProcess::start(data.path(), &address, &log);
    let mut noor = Client::agent(&third.url, &noor_token).await;
    let again = Client::customer(&third.url, chen.visitor.take()).await;
    assert!(
        matches!(&again.stage, CustomerStage::Waiting { passed_on: Some(on), .. } if on.from_name == "Anna Marsh" && on.to_name == "Support"),
        "{:?}",
        again.stage
    );
    noor.become_ready_or_ring().await;
    noor.rings(interaction).await;
    assert_eq!(
        noor.item(interaction)
            .unwrap()
            .handover
            .as_ref()
            .unwrap()
            .note,
        note
    );
    // Her desktop's outbox brings it only now, and the interaction is somebody else's meanwhile.
    let mut anna = Client::agent(&third.url, &anna_token).await;
    let late = AgentCommand::SaveNote {
        interaction,
        text: text("The fee is waived."),
    };
    anna.wish(late).await;
    let detail = detail_of(&third.url, "anna", interaction).await;
    assert_eq!(detail.summary.notes[0].text.reveal(), "The fee is waived.");
    third.stop();
}
