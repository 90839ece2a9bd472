//! A whole conversation by frames, and what history says of it afterwards.

use crate::client::{Client, Ended, new_id};
use crate::place::{Place, http, sign_in};
use protocol::customer::{CustomerCommand, CustomerStage};
use protocol::link::{ClientFrame, ErrorCode, Signal};
use protocol::rest::{HappenedWhat, InteractionDetail, Outcome, Timeline};
use protocol::work::{AgentCommand, RecognisedBy, WorkStage};
use vocab::{AgentState, EndedBy, MediaId, PeerLink, Sensitive};

fn text(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

#[tokio::test]
async fn a_customer_is_known_before_the_answer_and_all_of_it_is_in_history() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen Yulan", Some("+86 138 0013 8000")).await;
    anna.rings(interaction).await;
    let item = anna.item(interaction).unwrap().clone();
    assert_eq!(item.customer.customer.name.reveal(), "Chen Yulan");
    assert_eq!(item.customer.recognised_by, RecognisedBy::Nothing);
    assert_eq!(item.customer.place.as_deref(), Some("Asia/Shanghai"));
    assert_eq!(item.topic.unwrap().reveal(), "The router blinks red");
    chen.until("ringing", |c| {
        matches!(
            c.stage,
            CustomerStage::Waiting {
                is_ringing: true,
                position: 1,
                ..
            }
        )
    })
    .await;

    anna.accept(interaction).await;
    chen.talks().await;
    anna.signal(
        interaction,
        Signal::Offer {
            media: MediaId(1),
            sdp: "v=0".to_owned(),
        },
    )
    .await;
    assert!(matches!(
        chen.next_signal().await,
        Signal::Offer {
            media: MediaId(1),
            ..
        }
    ));
    chen.signal(
        interaction,
        Signal::Answer {
            media: MediaId(1),
            sdp: "v=1".to_owned(),
        },
    )
    .await;
    assert!(matches!(
        anna.next_signal().await,
        Signal::Answer {
            media: MediaId(1),
            ..
        }
    ));

    anna.wish(AgentCommand::Hold { interaction }).await;
    chen.until("held", |c| {
        matches!(c.stage, CustomerStage::Talking { is_held: true, .. })
    })
    .await;
    anna.wish(AgentCommand::Resume { interaction }).await;
    anna.wish(AgentCommand::SaveNote {
        interaction,
        text: text("New router on its way"),
    })
    .await;
    anna.wish(AgentCommand::HangUp { interaction }).await;
    chen.until("ended", |c| {
        matches!(c.stage, CustomerStage::Ended { can_rate: true, .. })
    })
    .await;
    anna.until("wrap-up", |a| {
        a.state() == AgentState::WrapUp { interaction }
    })
    .await;
    anna.wish(AgentCommand::ExtendWrapUp { interaction }).await;
    let again = anna
        .try_agent(AgentCommand::ExtendWrapUp { interaction })
        .await;
    assert_eq!(again, Err(ErrorCode::NotNow));
    let bad = Some("no-such-code".to_owned());
    let refused = anna
        .try_agent(AgentCommand::FinishWrapUp {
            interaction,
            disposition: bad,
        })
        .await;
    assert_eq!(refused, Err(ErrorCode::BadField));
    let solved = Some("solved".to_owned());
    anna.wish(AgentCommand::FinishWrapUp {
        interaction,
        disposition: solved,
    })
    .await;
    anna.until("ready", |a| a.state() == AgentState::Ready)
        .await;
    assert!(anna.item(interaction).is_none());
    assert_eq!(
        chen.try_customer(CustomerCommand::Rate {
            interaction,
            stars: 5
        })
        .await,
        Ok(())
    );
    let twice = chen
        .try_customer(CustomerCommand::Rate {
            interaction,
            stars: 1,
        })
        .await;
    assert_eq!(twice, Err(ErrorCode::NotNow));
    // From the desktop's outbox, long after the end.
    anna.wish(AgentCommand::SaveNote {
        interaction,
        text: text("Router sent, ask on Friday"),
    })
    .await;

    let url = &place.server.url;
    let token = sign_in(url, "noor").await.token;
    let get = |path: String| {
        http()
            .get(format!("{url}{path}"))
            .bearer_auth(token.reveal())
            .send()
    };
    let customer = item.customer.customer.customer;
    let timeline: Timeline = get(format!("/v1/customers/{customer}/timeline"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let summary = &timeline.interactions[0];
    assert_eq!(summary.notes[0].text.reveal(), "Router sent, ask on Friday");
    assert_eq!(summary.disposition.as_deref(), Some("solved"));
    assert_eq!(summary.stars, Some(5));
    assert_eq!(
        summary.outcome,
        Outcome::Answered {
            ended_by: EndedBy::Agent
        }
    );
    let detail: InteractionDetail = get(format!("/v1/interactions/{interaction}"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let happened: Vec<HappenedWhat> = detail.happened.iter().map(|h| h.what).collect();
    use HappenedWhat::{Answered, Ended, Entered, Held, Offered, Rated, Resumed, WrapUpFinished};
    let mut rest = happened.iter();
    for expected in [
        Entered,
        Offered,
        Answered,
        Held,
        Resumed,
        Ended,
        WrapUpFinished,
        Rated,
    ] {
        assert!(
            rest.any(|what| *what == expected),
            "{expected:?} in {happened:?}"
        );
    }
    place.server.stop().await;
}

#[tokio::test]
async fn a_returning_visitor_is_recognised_and_shown_with_the_last_interactions() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let first = chen.call("Chen Yulan", Some("+86 138 0013 8000")).await;
    anna.accept(first).await;
    anna.wish(AgentCommand::SaveNote {
        interaction: first,
        text: text("Wants 1000M"),
    })
    .await;
    let hang_up = CustomerCommand::HangUp { interaction: first };
    assert_eq!(chen.try_customer(hang_up).await, Ok(()));
    anna.wish(AgentCommand::FinishWrapUp {
        interaction: first,
        disposition: None,
    })
    .await;
    let visitor = chen.visitor.clone();
    chen.vanish();

    let mut chen = Client::customer(&place.server.url, visitor).await;
    assert_eq!(chen.known_name.as_ref().unwrap().reveal(), "Chen Yulan");
    assert!(matches!(
        chen.stage,
        CustomerStage::Ended { can_rate: true, .. }
    ));
    let second = chen.call("Chen", None).await;
    anna.rings(second).await;
    let pop = &anna.item(second).unwrap().customer;
    assert_eq!(pop.recognised_by, RecognisedBy::Visitor);
    assert_eq!(pop.customer.name.reveal(), "Chen Yulan");
    assert_eq!(pop.last_interactions[0].interaction, first);
    let notes = &pop.last_interactions[0].notes;
    assert_eq!(notes[0].text.reveal(), "Wants 1000M");
    place.server.stop().await;
}

#[tokio::test]
async fn a_typed_phone_number_recognises_but_gives_nothing_of_the_record_away() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let first = chen.call("Chen Yulan", Some("+86 138 0013 8000")).await;
    anna.rings(first).await;

    // While Chen is being served, her number does not lead anybody to her call.
    let mut stranger = place.customer().await;
    let other = stranger.call("Mallory", Some("0086 138-0013-8000")).await;
    assert_ne!(first, other);
    let hang_up = CustomerCommand::HangUp { interaction: first };
    assert_eq!(
        stranger.try_customer(hang_up).await,
        Err(ErrorCode::UnknownInteraction)
    );
    for (client, interaction) in [(&mut stranger, other), (&mut chen, first)] {
        let hang_up = CustomerCommand::HangUp { interaction };
        assert_eq!(client.try_customer(hang_up).await, Ok(()));
    }

    let mut second = place.customer().await;
    let interaction = second.call("Mallory", Some("0086 138-0013-8000")).await;
    anna.rings(interaction).await;
    assert_eq!(
        anna.item(interaction).unwrap().customer.recognised_by,
        RecognisedBy::Phone
    );
    let mut again = Client::customer(&place.server.url, second.visitor.clone()).await;
    assert_eq!(again.known_name, None);
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(again.try_customer(hang_up).await, Ok(()));

    // Who knows her name as well is shown under her record, and is a stranger again the next time.
    let mut third = place.customer().await;
    let interaction = third.call("chen yulan", Some("+8613800138000")).await;
    anna.rings(interaction).await;
    let pop = &anna.item(interaction).unwrap().customer;
    assert_eq!(pop.recognised_by, RecognisedBy::Phone);
    assert_eq!(pop.customer.name.reveal(), "Chen Yulan");
    assert_eq!(pop.customer.browsers, 1, "her own");
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(third.try_customer(hang_up).await, Ok(()));
    let mut again = Client::customer(&place.server.url, third.visitor.clone()).await;
    assert_eq!(again.known_name, None);
    let interaction = again.call("Mallory", None).await;
    anna.rings(interaction).await;
    assert_eq!(
        anna.item(interaction).unwrap().customer.recognised_by,
        RecognisedBy::Nothing
    );
    place.server.stop().await;
}

#[tokio::test]
async fn a_repeated_command_is_acknowledged_again_and_done_once() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen", None).await;
    anna.rings(interaction).await;
    let id = new_id();
    let command = AgentCommand::AcceptOffer { interaction };
    for _ in 0..3 {
        let frame = ClientFrame::Agent {
            id,
            command: command.clone(),
        };
        assert_eq!(anna.answer_to(id, frame).await, Ok(()));
    }
    assert_eq!(anna.try_agent(command).await, Err(ErrorCode::NotNow));
    place.server.stop().await;
}

#[tokio::test]
async fn positions_move_up_as_those_before_leave() {
    let place = Place::new().await;
    let mut first = place.customer().await;
    let mut second = place.customer().await;
    let interaction = first.call("One", None).await;
    second.call("Two", None).await;
    let at = |c: &Client, wanted: u32| matches!(c.stage, CustomerStage::Waiting { position, .. } if position == wanted);
    assert!(at(&first, 1) && at(&second, 2));
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(first.try_customer(hang_up).await, Ok(()));
    second.until("next in line", |c| at(c, 1)).await;
    place.server.stop().await;
}

#[tokio::test]
async fn a_closed_tab_is_seen_by_the_agent_within_two_seconds() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen", None).await;
    anna.accept(interaction).await;
    let visitor = chen.visitor.clone();
    let closed = std::time::Instant::now();
    chen.vanish();
    anna.until("away", |a| {
        matches!(
            a.item(interaction).map(|i| i.customer_link),
            Some(PeerLink::Away { .. })
        )
    })
    .await;
    assert!(
        closed.elapsed().as_millis() < 2_000,
        "{:?}",
        closed.elapsed()
    );

    // A reload within the grace period keeps the call.
    let chen = Client::customer(&place.server.url, visitor).await;
    assert!(matches!(chen.stage, CustomerStage::Talking { .. }));
    anna.until("back", |a| {
        a.item(interaction).map(|i| i.customer_link) == Some(PeerLink::Connected)
    })
    .await;
    place.server.stop().await;
}

#[tokio::test]
async fn a_second_link_of_the_same_agent_closes_the_first() {
    let place = Place::new().await;
    let mut first = place.ready_agent("anna").await;
    let second = place.agent("anna").await;
    assert_eq!(second.state(), AgentState::Ready);
    assert_eq!(
        first.ends().await,
        Ended::Goodbye(ErrorCode::SignedInElsewhere)
    );
    place.server.stop().await;
}

#[tokio::test]
async fn the_page_opened_last_has_the_call_and_the_agent_sees_no_absence() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut first = place.customer().await;
    let visitor = first.visitor.clone();
    let interaction = first.call("Chen Yulan", None).await;
    anna.accept(interaction).await;
    first.talks().await;
    let second = Client::customer(&place.server.url, visitor).await;
    assert!(matches!(second.stage, CustomerStage::Talking { .. }));
    assert_eq!(
        first.ends().await,
        Ended::Goodbye(ErrorCode::SignedInElsewhere)
    );
    anna.wish(AgentCommand::Hold { interaction }).await;
    anna.until("held", |a| {
        matches!(
            a.item(interaction).map(|item| &item.stage),
            Some(WorkStage::Held { .. })
        )
    })
    .await;
    let link = anna.item(interaction).map(|item| item.customer_link);
    assert_eq!(link, Some(PeerLink::Connected));
    place.server.stop().await;
}

#[tokio::test]
async fn an_edited_record_is_shown_on_the_call_at_once() {
    let place = Place::new().await;
    let mut anna = place.ready_agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen", None).await;
    anna.accept(interaction).await;
    let customer = anna.item(interaction).unwrap().customer.customer.customer;
    let url = &place.server.url;
    let token = sign_in(url, "noor").await.token;
    let patch = serde_json::json!({ "name": "Chen Yulan", "is_vip": true });
    let response = http()
        .patch(format!("{url}/v1/customers/{customer}"))
        .bearer_auth(token.reveal())
        .json(&patch)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    anna.until("edited", |a| {
        let customer = &a.item(interaction).unwrap().customer.customer;
        customer.is_vip && customer.name.reveal() == "Chen Yulan"
    })
    .await;
    assert!(matches!(
        anna.item(interaction).unwrap().stage,
        WorkStage::Talking { .. }
    ));
    place.server.stop().await;
}
