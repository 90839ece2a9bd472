//! Arbitrary bytes and arbitrary sequences of commands: the server stays up, and a bystander is served throughout.

use crate::client::{Client, new_id};
use crate::place::Place;
use proptest::prelude::*;
use protocol::customer::{Caller, CustomerCommand};
use protocol::link::{ClientFrame, Signal};
use protocol::work::AgentCommand;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use vocab::{AgentState, ChosenState, InteractionId, MediaId, NotReadyReason, Sensitive};

const CASES: u32 = 24;

#[derive(Clone, Debug)]
enum Step {
    Text(String),
    Bytes(Vec<u8>),
    Agent(AgentCommand),
    Customer(CustomerCommand),
    Signal(u64),
    /// Everybody but the bystander comes anew.
    Reconnect,
}

fn words() -> impl Strategy<Value = Sensitive<String>> {
    prop_oneof![
        "\\PC{0,30}",
        Just("x".repeat(250)),
        Just("+86 138".to_owned())
    ]
    .prop_map(Sensitive::new)
}

/// Numbers that exist, may exist, and cannot.
fn interaction() -> impl Strategy<Value = InteractionId> {
    prop_oneof![8 => 1_u64..12, 1 => any::<u64>()].prop_map(InteractionId)
}

fn agent_command() -> impl Strategy<Value = AgentCommand> {
    let reason = NotReadyReason::Lunch;
    let state = prop_oneof![
        Just(ChosenState::Ready),
        Just(ChosenState::NotReady { reason })
    ];
    prop_oneof![
        state
            .clone()
            .prop_map(|state| AgentCommand::ChooseState { state }),
        proptest::option::of(state).prop_map(|state| AgentCommand::ReserveNextState { state }),
        interaction().prop_map(|interaction| AgentCommand::AcceptOffer { interaction }),
        interaction().prop_map(|interaction| AgentCommand::DeclineOffer { interaction }),
        interaction().prop_map(|interaction| AgentCommand::Hold { interaction }),
        interaction().prop_map(|interaction| AgentCommand::Resume { interaction }),
        interaction().prop_map(|interaction| AgentCommand::HangUp { interaction }),
        (interaction(), words())
            .prop_map(|(interaction, text)| AgentCommand::SaveNote { interaction, text }),
        (interaction(), proptest::option::of("[a-z]{0,8}")).prop_map(
            |(interaction, disposition)| AgentCommand::FinishWrapUp {
                interaction,
                disposition
            }
        ),
        interaction().prop_map(|interaction| AgentCommand::ExtendWrapUp { interaction }),
    ]
}

fn customer_command() -> impl Strategy<Value = CustomerCommand> {
    let caller = (proptest::option::of(words()), proptest::option::of(words()));
    prop_oneof![
        3 => caller.prop_map(|(name, phone)| CustomerCommand::Call {
            caller: Caller { name, phone, ..Caller::default() }
        }),
        1 => interaction().prop_map(|interaction| CustomerCommand::HangUp { interaction }),
        1 => (interaction(), any::<u8>())
            .prop_map(|(interaction, stars)| CustomerCommand::Rate { interaction, stars }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => "\\PC{0,60}".prop_map(Step::Text),
        1 => proptest::collection::vec(any::<u8>(), 0..60).prop_map(Step::Bytes),
        8 => agent_command().prop_map(Step::Agent),
        5 => customer_command().prop_map(Step::Customer),
        2 => (0_u64..12).prop_map(Step::Signal),
        1 => Just(Step::Reconnect),
    ]
}

async fn play(place: &Place, bystander: &mut Client, steps: Vec<Step>) {
    let mut anna = place.agent("anna").await;
    let mut chen = place.customer().await;
    for step in steps {
        match step {
            Step::Text(text) => chen.send_raw(Message::text(text)).await,
            Step::Bytes(bytes) => anna.send_raw(Message::binary(bytes)).await,
            Step::Agent(command) => {
                anna.send(&ClientFrame::Agent {
                    id: new_id(),
                    command,
                })
                .await;
            }
            Step::Customer(command) => {
                chen.send(&ClientFrame::Customer {
                    id: new_id(),
                    command,
                })
                .await;
            }
            Step::Signal(number) => {
                let interaction = InteractionId(number);
                let sdp = "v=0".to_owned();
                anna.signal(
                    interaction,
                    Signal::Offer {
                        media: MediaId(1),
                        sdp,
                    },
                )
                .await;
                chen.signal(interaction, Signal::OfferWanted).await;
            }
            Step::Reconnect => {
                anna.vanish();
                chen.vanish();
                anna = place.agent("anna").await;
                chen = place.customer().await;
            }
        }
    }
    // The bystander takes no calls, so that nothing but the server can keep it from its state.
    let reason = NotReadyReason::Break;
    let served = bystander.wish(AgentCommand::ChooseState {
        state: ChosenState::NotReady { reason },
    });
    tokio::time::timeout(Duration::from_secs(5), served)
        .await
        .expect("the bystander was kept waiting");
    assert_eq!(bystander.state(), AgentState::NotReady { reason });
    anna.vanish();
    chen.vanish();
}

#[test]
fn whatever_is_sent_the_server_stays_up_and_others_are_served() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let place = runtime.block_on(Place::new());
    let bystander = runtime.block_on(async {
        let mut bystander = place.agent("noor").await;
        let reason = NotReadyReason::Break;
        let state = ChosenState::NotReady { reason };
        bystander.wish(AgentCommand::ChooseState { state }).await;
        bystander
            .until("break", |b| b.state() == AgentState::NotReady { reason })
            .await;
        std::cell::RefCell::new(bystander)
    });
    let config = ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..Default::default()
    };
    proptest!(config, |(steps in proptest::collection::vec(step(), 1..60))| {
        runtime.block_on(play(&place, &mut bystander.borrow_mut(), steps));
    });
    runtime.block_on(async {
        assert!(place.server.app().is_healthy());
        drop(bystander);
        place.server.stop().await;
    });
}
