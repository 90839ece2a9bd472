//! A store that refuses: commands are refused with its code, nothing of them is shown, and service resumes by itself.

use acd::Command;
use protocol::customer::{Caller, CustomerCommand};
use protocol::link::{Delta, ErrorCode, View};
use protocol::rest::{Identity, IdentityKind};
use protocol::work::{AgentCommand, AgentDelta};
use server::config::Limits;
use server::engine::{
    AgentHello, CustomerHello, Engine, Input, LinkId, OUTGOING_CAPACITY, Origin, Out, VisitorKey,
    start,
};
use server::metrics::Metrics;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::{
    Accounts, Batch, CommandOwner, Entry, History, Journal, JournalEntry, OrganisationStore, Past,
    RecordEvent, Recovered, Result, Snapshot, StoreError,
};
use store_sqlite::Database;
use tokio::sync::{Mutex, mpsc};
use vocab::{
    AgentId, AgentState, ChosenState, CommandId, CustomerId, InteractionId, MediumKind, Millis,
    OrgSlug, QueueId, Role, Sensitive,
};

pub(crate) struct Flaky {
    pub(crate) real: Database,
    pub(crate) is_failing: Arc<AtomicBool>,
    /// Whoever holds it lets nothing be committed meanwhile.
    pub(crate) gate: Arc<Mutex<()>>,
}

struct FlakyJournal {
    real: Box<dyn Journal>,
    is_failing: Arc<AtomicBool>,
    gate: Arc<Mutex<()>>,
}

impl OrganisationStore for Flaky {
    fn journal(&self) -> Result<Box<dyn Journal>> {
        Ok(Box::new(FlakyJournal {
            real: self.real.journal()?,
            is_failing: Arc::clone(&self.is_failing),
            gate: Arc::clone(&self.gate),
        }))
    }
    fn history(&self) -> Result<Box<dyn History>> {
        self.real.history()
    }
    fn past(&self) -> Result<Box<dyn Past>> {
        self.real.past()
    }
    fn accounts(&self) -> Result<Box<dyn Accounts>> {
        self.real.accounts()
    }
    fn imports(&self) -> store::Result<Box<dyn store::Imports>> {
        self.real.imports()
    }

    fn recordings(&self) -> Result<Box<dyn store::Recordings>> {
        self.real.recordings()
    }
}

impl Journal for FlakyJournal {
    fn append(&mut self, batch: &Batch) -> Result<()> {
        let _turn = self.gate.blocking_lock();
        if self.is_failing.load(Ordering::SeqCst) {
            return Err(StoreError::Backend {
                detail: "disk full".to_owned(),
            });
        }
        self.real.append(batch)
    }
    fn load(&mut self) -> Result<Recovered> {
        self.real.load()
    }
    fn keep_snapshot(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.real.keep_snapshot(snapshot)
    }
    fn tidy(&mut self) -> Result<bool> {
        self.real.tidy()
    }
    fn is_done(&self, owner: CommandOwner, command: CommandId) -> Result<bool> {
        self.real.is_done(owner, command)
    }
}

pub(crate) async fn next(out: &mut mpsc::Receiver<Out>) -> Out {
    let next = tokio::time::timeout(Duration::from_secs(10), out.recv());
    next.await
        .expect("nothing came in time")
        .expect("the engine closed the link")
}

/// Anna by link 1.
pub(crate) async fn anna_comes(engine: &Engine) -> mpsc::Receiver<Out> {
    let (to, mut out) = mpsc::channel(OUTGOING_CAPACITY);
    let hello = AgentHello {
        link: LinkId(1),
        agent: ANNA,
        token: [0; 32],
        is_expired: false,
        user: "anna".to_owned(),
        name: "Anna Marsh".to_owned(),
        role: Role::Agent,
        out: to,
    };
    engine
        .send(Input::AgentHello(Box::new(hello)))
        .await
        .unwrap();
    let Out::Welcome(view) = next(&mut out).await else {
        panic!("no welcome")
    };
    assert!(matches!(*view, View::Agent { .. }));
    out
}

/// A browser of its own on each link.
pub(crate) async fn visitor_comes(engine: &Engine, link: LinkId) -> mpsc::Receiver<Out> {
    let (to, mut out) = mpsc::channel(OUTGOING_CAPACITY);
    let hello = CustomerHello {
        link,
        queue: QueueId(1),
        visitor: Sensitive::new(format!("browser {}", link.0)),
        key: VisitorKey(format!("key {}", link.0)),
        known: None,
        origin: Origin::of([127, 0, 0, 1].into()),
        out: to,
    };
    let hello = Input::CustomerHello(Box::new(hello));
    engine.send(hello).await.unwrap();
    assert!(matches!(next(&mut out).await, Out::Welcome(_)));
    out
}

async fn choose_ready(
    engine: &Engine,
    out: &mut mpsc::Receiver<Out>,
) -> std::result::Result<(), ErrorCode> {
    let id = CommandId(uuid::Uuid::now_v7());
    let command = AgentCommand::ChooseState {
        state: ChosenState::Ready,
    };
    engine
        .send(Input::Agent {
            link: LinkId(1),
            id,
            command,
        })
        .await
        .unwrap();
    loop {
        match next(out).await {
            Out::Ack(acked) if acked == id => return Ok(()),
            Out::Refused {
                id: Some(refused),
                code,
                ..
            } if refused == id => return Err(code),
            Out::Delta(delta) => {
                let shown = matches!(
                    delta.as_ref(),
                    Delta::Agent { delta: AgentDelta::Presence { presence } }
                        if presence.state == AgentState::Ready
                );
                assert!(!shown, "ready was shown before it was committed");
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_failed_commit_is_refused_and_shown_to_nobody_and_service_resumes() {
    let data = tempfile::tempdir().unwrap();
    crate::place::make_data(data.path());
    let path = server::app::database_path(data.path(), &OrgSlug::new("demo").unwrap());
    let is_failing = Arc::new(AtomicBool::new(false));
    let store = Flaky {
        real: Database::open(&path).unwrap(),
        is_failing: Arc::clone(&is_failing),
        gate: Arc::default(),
    };
    let (engine, task) = start(Arc::new(store), Arc::default(), Limits::default()).unwrap();
    let mut out = anna_comes(&engine).await;

    is_failing.store(true, Ordering::SeqCst);
    assert_eq!(
        choose_ready(&engine, &mut out).await,
        Err(ErrorCode::StorageFailed)
    );
    is_failing.store(false, Ordering::SeqCst);
    let mut tries = 0;
    while choose_ready(&engine, &mut out).await == Err(ErrorCode::StorageFailed) {
        tries += 1;
        assert!(tries < 200, "the store is well again and the engine is not");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert!(engine.is_healthy());
    let gauges = engine.gauges().await.unwrap();
    assert!(gauges.agents.contains(&("ready", 1)), "{gauges:?}");
    engine.send(Input::Stop).await.unwrap();
    task.await.unwrap();
}

const ANNA: AgentId = AgentId(1);
const CHEN: CustomerId = CustomerId(1);
const PHONE: &str = "+86 138 0013 8000";

/// The record of Chen, and whatever else is written about it.
fn add_chen(database: &Database, then: Vec<Entry>) {
    let text = |text: &str| Sensitive::new(text.to_owned());
    let created = RecordEvent::CustomerCreated {
        customer: CHEN,
        name: text("Chen Yulan"),
        language: None,
    };
    let identity = Identity::new(IdentityKind::Phone, PHONE);
    let identified = RecordEvent::IdentityAdded {
        customer: CHEN,
        identity,
    };
    let records = [created, identified].map(|event| Entry::Record { event });
    let entries = (1..)
        .zip(records.into_iter().chain(then))
        .map(|(seq, entry)| JournalEntry {
            seq,
            at: Millis(seq),
            entry,
        });
    let batch = Batch {
        expected_seq: 0,
        entries: entries.collect(),
        done: vec![],
        audit: vec![],
    };
    database.journal().unwrap().append(&batch).unwrap();
}

/// Until more is decided than `before`, on disk or not; how much that is.
async fn decided(engine: &Engine, before: u64) -> u64 {
    let deciding = async {
        loop {
            let entries = engine.gauges().await.unwrap().journal_entries;
            if entries > before {
                return entries;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), deciding)
        .await
        .expect("nothing was decided in time")
}

#[tokio::test]
async fn a_call_recognised_while_its_customer_was_erased_enters_under_a_new_record() {
    let data = tempfile::tempdir().unwrap();
    crate::place::make_data(data.path());
    let path = server::app::database_path(data.path(), &OrgSlug::new("demo").unwrap());
    let real = Database::open(&path).unwrap();
    add_chen(&real, vec![]);
    let gate: Arc<Mutex<()>> = Arc::default();
    let store = Flaky {
        real: real.clone(),
        is_failing: Arc::default(),
        gate: Arc::clone(&gate),
    };
    let (engine, task) = start(Arc::new(store), Arc::default(), Limits::default()).unwrap();
    let link = LinkId(1);
    let mut out = visitor_comes(&engine, link).await;

    // While nothing reaches the disk, whoever reads there still finds her.
    let held = gate.lock().await;
    let before = decided(&engine, 0).await;
    let erased = RecordEvent::CustomerErased { customer: CHEN };
    let eraser = engine.clone();
    let erasing = telemetry::spawn("erase", async move {
        eraser.edit(CHEN, vec![erased], None).await
    });
    let before = decided(&engine, before).await;
    let id = CommandId(uuid::Uuid::now_v7());
    let caller = Caller {
        phone: Some(Sensitive::new(PHONE.to_owned())),
        ..Caller::default()
    };
    let command = CustomerCommand::Call { caller };
    engine
        .send(Input::Customer { link, id, command })
        .await
        .unwrap();
    decided(&engine, before).await;
    drop(held);
    erasing.await.unwrap().unwrap();
    while !matches!(next(&mut out).await, Out::Ack(acked) if acked == id) {}
    engine.send(Input::Stop).await.unwrap();
    task.await.unwrap();

    let history = real.history().unwrap();
    assert!(history.customer(CHEN).unwrap().is_none());
    assert_eq!(history.interactions_of(CHEN).unwrap(), []);
    assert_eq!(history.interactions_of(CustomerId(2)).unwrap().len(), 1);
    let entered = history.customer(CustomerId(2)).unwrap().unwrap();
    assert_eq!(entered.name.reveal(), PHONE);
}

/// Chen rang at Anna's desk and left before an answer.
fn a_call_offered_to_anna(database: &Database) -> Vec<Entry> {
    let config = database.accounts().unwrap().config().unwrap();
    let mut center = acd::Center::new();
    let interaction = InteractionId(1);
    let commands = [
        Command::Configure { config },
        Command::AgentConnected { agent: ANNA },
        Command::ChooseState {
            agent: ANNA,
            state: ChosenState::Ready,
        },
        Command::Enter {
            customer: CHEN,
            queue: QueueId(1),
            medium: MediumKind::Voice,
            wishes: acd::Wishes::default(),
        },
        Command::CustomerHangsUp { interaction },
        Command::AgentSignsOut { agent: ANNA },
    ];
    let events = commands
        .into_iter()
        .flat_map(|command| center.handle(Millis(1_000), command).unwrap());
    events.map(|event| Entry::Routing { event }).collect()
}

#[tokio::test]
async fn a_late_note_about_a_customer_who_is_being_erased_is_refused_and_written_nowhere() {
    let data = tempfile::tempdir().unwrap();
    crate::place::make_data(data.path());
    let path = server::app::database_path(data.path(), &OrgSlug::new("demo").unwrap());
    let real = Database::open(&path).unwrap();
    let call = a_call_offered_to_anna(&real);
    add_chen(&real, call);
    let gate: Arc<Mutex<()>> = Arc::default();
    let store = Flaky {
        real: real.clone(),
        is_failing: Arc::default(),
        gate: Arc::clone(&gate),
    };
    let metrics = Arc::<Metrics>::default();
    let (engine, task) = start(Arc::new(store), Arc::clone(&metrics), Limits::default()).unwrap();
    let mut out = anna_comes(&engine).await;
    let before = engine.gauges().await.unwrap().journal_entries;

    // While nothing reaches the disk, whoever reads there still finds her.
    let held = gate.lock().await;
    let erased = RecordEvent::CustomerErased { customer: CHEN };
    let eraser = engine.clone();
    let erasing = telemetry::spawn("erase", async move {
        eraser.edit(CHEN, vec![erased], None).await
    });
    let before = decided(&engine, before).await;
    let id = CommandId(uuid::Uuid::now_v7());
    let interaction = InteractionId(1);
    let command = AgentCommand::SaveNote {
        interaction,
        text: Sensitive::new("She moves to Leeds".to_owned()),
    };
    let link = LinkId(1);
    engine
        .send(Input::Agent { link, id, command })
        .await
        .unwrap();
    let history = real.history().unwrap();
    assert_eq!(history.took_part(interaction, ANNA).unwrap(), Some(CHEN));
    let deciding = async {
        let figures = || [&metrics.commands_done, &metrics.commands_refused];
        while figures().iter().all(|n| n.load(Ordering::Relaxed) == 0) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), deciding)
        .await
        .expect("the note was not decided about in time");
    drop(held);
    let code = loop {
        match next(&mut out).await {
            Out::Refused { code, .. } => break code,
            Out::Ack(_) => panic!("the note was taken"),
            _ => {}
        }
    };
    assert_eq!(code, ErrorCode::UnknownInteraction);
    erasing.await.unwrap().unwrap();
    assert_eq!(
        engine.gauges().await.unwrap().journal_entries,
        before,
        "nothing was written after the erasure"
    );
    engine.send(Input::Stop).await.unwrap();
    task.await.unwrap();
    let told = history.interaction(interaction).unwrap().unwrap();
    assert_eq!(told.summary.notes, []);
}
