//! A place kept for a callback, and a queue that takes nobody: what customers and agents see, and what history says.

use crate::client::{Client, new_id};
use crate::place::{Place, http, sign_in};
use protocol::configuration::QueueSettings;
use protocol::customer::{Caller, CustomerCommand, CustomerStage, Waits};
use protocol::link::{ClientFrame, ErrorCode};
use protocol::rest::{HappenedWhat, InteractionDetail, Outcome};
use protocol::work::{AgentCommand, WorkStage};
use store::{OrganisationStore, Stamp};
use store_sqlite::Database;
use vocab::{AgentState, InteractionId, Millis, OrgSlug};

async fn customer_wish(customer: &mut Client, command: CustomerCommand) {
    assert_eq!(
        customer.try_customer(command.clone()).await,
        Ok(()),
        "{command:?}"
    );
}

async fn keep_place(customer: &mut Client, interaction: InteractionId) {
    customer_wish(customer, CustomerCommand::KeepMyPlace { interaction }).await;
    customer.until("kept", is_kept).await;
}

fn is_kept(customer: &Client) -> bool {
    matches!(
        customer.stage,
        CustomerStage::Waiting {
            waits: Waits::ForCallback { .. },
            ..
        }
    )
}

fn is_called(customer: &Client) -> bool {
    matches!(customer.stage, CustomerStage::CalledBack { .. })
}

async fn rings_for(agent: &mut Client, interaction: InteractionId) {
    agent
        .until("ringing for the callback", |agent| {
            agent.item(interaction).is_some_and(|item| {
                item.callback.is_some() && matches!(item.stage, WorkStage::Ringing { .. })
            })
        })
        .await;
}

async fn story(place: &Place, interaction: InteractionId) -> InteractionDetail {
    let token = sign_in(&place.server.url, "noor").await.token;
    http()
        .get(format!(
            "{}/v1/interactions/{}",
            place.server.url, interaction.0
        ))
        .bearer_auth(token.reveal())
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_page_that_closes_keeps_its_place_and_is_called_back_when_it_returns() {
    let place = Place::new().await;
    let mut anna = place.agent("anna").await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen Yulan", Some("+86 138 0013 8000")).await;
    let visitor = chen.visitor.clone();
    keep_place(&mut chen, interaction).await;
    drop(chen);
    let mut li = place.customer().await;
    let behind = li.call("Li Wei", None).await;

    // Nobody can be called at a closed page: the next one in line is.
    anna.become_ready_or_ring().await;
    anna.rings(behind).await;
    anna.accept(behind).await;
    let mut chen = Client::customer(&place.server.url, visitor).await;
    assert!(is_kept(&chen), "{:?}", chen.stage);
    assert!(matches!(
        chen.stage,
        CustomerStage::Waiting { position: 1, .. }
    ));
    let interaction_behind = behind;
    anna.wish(AgentCommand::HangUp {
        interaction: interaction_behind,
    })
    .await;
    anna.wish(AgentCommand::FinishWrapUp {
        interaction: interaction_behind,
        disposition: None,
    })
    .await;
    rings_for(&mut anna, interaction).await;
    anna.wish(AgentCommand::AcceptOffer { interaction }).await;
    anna.until("calling back", |anna| {
        anna.state() == AgentState::CallingBack { interaction }
    })
    .await;
    chen.until("called", is_called).await;
    customer_wish(&mut chen, CustomerCommand::AnswerCallback { interaction }).await;
    chen.talks().await;
    anna.until("talking", |anna| {
        anna.state() == AgentState::Talking { interaction }
    })
    .await;
    assert!(anna.item(interaction).unwrap().callback.is_none());

    let told = story(&place, interaction).await;
    let what: Vec<_> = told.happened.iter().map(|row| row.what).collect();
    let kept = what.iter().position(|w| *w == HappenedWhat::PlaceKept);
    let started = what
        .iter()
        .position(|w| *w == HappenedWhat::CallbackStarted);
    let answered = what.iter().position(|w| *w == HappenedWhat::Answered);
    assert!(
        kept.is_some() && kept < started && started < answered,
        "{what:?}"
    );
}

#[tokio::test]
async fn three_missed_callbacks_end_in_history_as_missed_and_cost_the_agent_no_wrap_up() {
    let place = Place::new().await;
    let mut chen = place.customer().await;
    let interaction = chen.call("Chen Yulan", None).await;
    keep_place(&mut chen, interaction).await;
    let mut anna = place.agent("anna").await;
    anna.become_ready_or_ring().await;
    for tries in 1..=3 {
        rings_for(&mut anna, interaction).await;
        anna.wish(AgentCommand::AcceptOffer { interaction }).await;
        chen.until("called", is_called).await;
        customer_wish(&mut chen, CustomerCommand::DeclineCallback { interaction }).await;
        anna.until("free at once", |anna| anna.state() == AgentState::Ready)
            .await;
        if tries < 3 {
            chen.until("resting", |chen| {
                matches!(
                    chen.stage,
                    CustomerStage::Waiting {
                        waits: Waits::ForCallback {
                            rests_until: Some(_),
                            ..
                        },
                        ..
                    }
                )
            })
            .await;
            customer_wish(&mut chen, CustomerCommand::KeepMyPlace { interaction }).await;
        }
    }
    chen.until("told that it was missed", |chen| {
        matches!(
            chen.stage,
            CustomerStage::Ended {
                is_callback_missed: true,
                is_removed: false,
                can_rate: false,
                ..
            }
        )
    })
    .await;
    let told = story(&place, interaction).await;
    assert_eq!(told.summary.outcome, Outcome::CallbackMissed);
    let missed = told
        .happened
        .iter()
        .filter(|row| row.what == HappenedWhat::CallbackMissed);
    assert_eq!(missed.count(), 3);
}

#[tokio::test]
async fn closed_and_full_are_two_answers_and_waiting_pages_hear_of_the_opening() {
    let place = Place::new().await;
    let set = |change: &dyn Fn(&mut QueueSettings)| {
        let slug = OrgSlug::new("demo").unwrap();
        let path = server::app::database_path(place.data.path(), &slug);
        let mut accounts = Database::open(&path).unwrap().accounts().unwrap();
        let row = accounts.queue_by_slug("support").unwrap().unwrap();
        let mut queue = row.settings;
        change(&mut queue);
        let stamp = Stamp {
            at: Millis(2),
            by: "test",
        };
        accounts.set_queue(stamp, &queue).unwrap();
    };
    let call = || CustomerCommand::Call {
        caller: Caller::default(),
    };
    let mut chen = place.customer().await;
    assert!(!chen.desk.is_closed);
    set(&|queue| {
        queue.is_closed = true;
        queue.opening = Some("Mon–Fri 9–18".to_owned());
    });
    chen.until("closed", |chen| chen.desk.is_closed).await;
    assert_eq!(chen.desk.opening.as_deref(), Some("Mon–Fri 9–18"));
    assert_eq!(chen.try_customer(call()).await, Err(ErrorCode::QueueClosed));

    set(&|queue| {
        queue.is_closed = false;
        queue.max_waiting = 1;
    });
    chen.until("open again", |chen| !chen.desk.is_closed).await;
    let mut li = place.customer().await;
    li.call("Li Wei", None).await;
    chen.until("full", |chen| chen.desk.is_full).await;
    let id = new_id();
    let frame = ClientFrame::Customer {
        id,
        command: call(),
    };
    assert_eq!(chen.answer_to(id, frame).await, Err(ErrorCode::QueueFull));
}
