//! Arbitrary bytes and arbitrary sequences of commands: the server stays up, and a bystander is served throughout.

use crate::client::{Client, new_id};
use crate::place::Place;
use proptest::prelude::*;
use protocol::customer::{Caller, CustomerCommand};
use protocol::handover::{HandoverCommand, HandoverTarget};
use protocol::link::{ClientFrame, Signal};
use protocol::work::{AgentCommand, MediaReport};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use vocab::{
    AgentId, AgentState, ChosenState, InteractionId, MediaId, NotReadyReason, QueueId,
    RecordingState, Sensitive,
};

const CASES: u32 = 24;

/// Eva's number.
const EXPERT: u32 = 3;

#[derive(Clone, Debug)]
enum Step {
    Text(String),
    Bytes(Vec<u8>),
    Agent(AgentCommand),
    /// From an expert, who may be asked.
    Expert(AgentCommand),
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

/// Anna herself, the expert, and numbers that nobody has; never the bystander, who is to be left alone.
fn colleague() -> impl Strategy<Value = AgentId> {
    prop_oneof![Just(1), Just(EXPERT), 90_u32..100].prop_map(AgentId)
}

fn handover() -> impl Strategy<Value = HandoverCommand> {
    let to = prop_oneof![
        (0_u32..3).prop_map(|queue| HandoverTarget::Queue {
            queue: QueueId(queue)
        }),
        colleague().prop_map(|agent| HandoverTarget::Agent { agent }),
    ];
    prop_oneof![
        (interaction(), to, words()).prop_map(|(interaction, to, note)| {
            HandoverCommand::Transfer {
                interaction,
                to,
                note,
            }
        }),
        (interaction(), colleague(), words()).prop_map(|(interaction, colleague, question)| {
            HandoverCommand::Consult {
                interaction,
                colleague,
                question,
            }
        }),
        interaction().prop_map(|interaction| HandoverCommand::HandOver { interaction }),
        interaction().prop_map(|interaction| HandoverCommand::Join { interaction }),
        interaction().prop_map(|interaction| HandoverCommand::StepAside { interaction }),
        interaction().prop_map(|interaction| HandoverCommand::EndConsult { interaction }),
        any::<bool>().prop_map(|is_on| HandoverCommand::WatchFloor { is_on }),
    ]
}

fn media_report() -> impl Strategy<Value = MediaReport> {
    (proptest::option::of(any::<u32>()), 0.0_f32..200.0).prop_map(|(connect_ms, loss)| {
        MediaReport {
            connect_ms,
            round_trip_ms: connect_ms,
            jitter_buffer_ms: None,
            loss_in_percent: loss,
            loss_out_percent: -loss,
            is_relayed: false,
        }
    })
}

fn recording() -> impl Strategy<Value = Option<RecordingState>> {
    prop_oneof![
        Just(None),
        Just(Some(RecordingState::Running)),
        Just(Some(RecordingState::Paused)),
    ]
}

fn agent_command() -> impl Strategy<Value = AgentCommand> {
    let reason = NotReadyReason::Lunch;
    let state = prop_oneof![
        Just(ChosenState::Ready),
        Just(ChosenState::NotReady { reason })
    ];
    prop_oneof![
        1 => state
            .clone()
            .prop_map(|state| AgentCommand::ChooseState { state }),
        1 => proptest::option::of(state).prop_map(|state| AgentCommand::ReserveNextState { state }),
        1 => interaction().prop_map(|interaction| AgentCommand::AcceptOffer { interaction }),
        1 => interaction().prop_map(|interaction| AgentCommand::DeclineOffer { interaction }),
        1 => interaction().prop_map(|interaction| AgentCommand::Hold { interaction }),
        1 => interaction().prop_map(|interaction| AgentCommand::Resume { interaction }),
        1 => interaction().prop_map(|interaction| AgentCommand::HangUp { interaction }),
        1 => (interaction(), words())
            .prop_map(|(interaction, text)| AgentCommand::SaveNote { interaction, text }),
        1 => (interaction(), proptest::option::of("[a-z]{0,8}")).prop_map(
            |(interaction, disposition)| AgentCommand::FinishWrapUp {
                interaction,
                disposition
            }
        ),
        1 => interaction().prop_map(|interaction| AgentCommand::ExtendWrapUp { interaction }),
        4 => handover().prop_map(|command| AgentCommand::Handover { command }),
        1 => (interaction(), media_report()).prop_map(|(interaction, report)| {
            AgentCommand::ReportMedia {
                interaction,
                report,
            }
        }),
        1 => (interaction(), recording()).prop_map(|(interaction, state)| {
            AgentCommand::ReportRecording { interaction, state }
        }),
    ]
}

fn customer_command() -> impl Strategy<Value = CustomerCommand> {
    let caller = (
        proptest::option::of(words()),
        proptest::option::of(words()),
        any::<Option<bool>>(),
    );
    prop_oneof![
        4 => caller.prop_map(|(name, phone, recording_consent)| CustomerCommand::Call {
            caller: Caller { name, phone, recording_consent, ..Caller::default() }
        }),
        1 => interaction().prop_map(|interaction| CustomerCommand::HangUp { interaction }),
        1 => (interaction(), any::<u8>())
            .prop_map(|(interaction, stars)| CustomerCommand::Rate { interaction, stars }),
        1 => interaction().prop_map(|interaction| CustomerCommand::KeepMyPlace { interaction }),
        1 => interaction().prop_map(|interaction| CustomerCommand::WaitOnTheLine { interaction }),
        1 => interaction().prop_map(|interaction| CustomerCommand::AnswerCallback { interaction }),
        1 => interaction().prop_map(|interaction| CustomerCommand::DeclineCallback { interaction }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => "\\PC{0,60}".prop_map(Step::Text),
        1 => proptest::collection::vec(any::<u8>(), 0..60).prop_map(Step::Bytes),
        8 => agent_command().prop_map(Step::Agent),
        1 => agent_command().prop_map(Step::Expert),
        5 => customer_command().prop_map(Step::Customer),
        2 => (0_u64..12).prop_map(Step::Signal),
        1 => Just(Step::Reconnect),
    ]
}

/// Those who stay while the others come and go.
struct Others {
    bystander: Client,
    eva: Client,
}

async fn play(place: &Place, others: &mut Others, steps: Vec<Step>) {
    let Others { bystander, eva } = others;
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
            Step::Expert(command) => {
                eva.send(&ClientFrame::Agent {
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
    // The bystander takes no calls, so that nothing but the server can keep it from its state: another one each time.
    let last = bystander.state();
    let reasons = [NotReadyReason::Break, NotReadyReason::Lunch];
    let reason = reasons
        .into_iter()
        .find(|reason| last != AgentState::NotReady { reason: *reason })
        .unwrap();
    let served = async {
        bystander
            .wish(AgentCommand::ChooseState {
                state: ChosenState::NotReady { reason },
            })
            .await;
        bystander
            .until("another state", |bystander| bystander.state() != last)
            .await;
    };
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
    let others = runtime.block_on(async {
        let mut bystander = place.agent("noor").await;
        let reason = NotReadyReason::Break;
        let state = ChosenState::NotReady { reason };
        bystander.wish(AgentCommand::ChooseState { state }).await;
        bystander
            .until("break", |b| b.state() == AgentState::NotReady { reason })
            .await;
        let eva = place.agent("eva").await;
        assert_eq!(eva.agent.as_ref().unwrap().me.agent, AgentId(EXPERT));
        std::cell::RefCell::new(Others { bystander, eva })
    });
    let config = ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..Default::default()
    };
    proptest!(config, |(steps in proptest::collection::vec(step(), 1..60))| {
        runtime.block_on(play(&place, &mut others.borrow_mut(), steps));
    });
    runtime.block_on(async {
        assert!(place.server.app().is_healthy());
        drop(others);
        place.server.stop().await;
    });
}
