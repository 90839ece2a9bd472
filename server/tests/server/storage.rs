//! A store that refuses: commands are refused with its code, nothing of them is shown, and service resumes by itself.

use protocol::link::{Delta, ErrorCode, View};
use protocol::work::{AgentCommand, AgentDelta};
use server::engine::{AgentHello, Engine, Input, LinkId, OUTGOING_CAPACITY, Out, start};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::{Accounts, Batch, History, Journal, OrganisationStore, Recovered, Result, StoreError};
use store_sqlite::Database;
use tokio::sync::mpsc;
use vocab::{AgentId, AgentState, ChosenState, CommandId, OrgSlug, Role};

struct Flaky {
    real: Database,
    is_failing: Arc<AtomicBool>,
}

struct FlakyJournal {
    real: Box<dyn Journal>,
    is_failing: Arc<AtomicBool>,
}

impl OrganisationStore for Flaky {
    fn journal(&self) -> Result<Box<dyn Journal>> {
        let is_failing = Arc::clone(&self.is_failing);
        Ok(Box::new(FlakyJournal {
            real: self.real.journal()?,
            is_failing,
        }))
    }
    fn history(&self) -> Result<Box<dyn History>> {
        self.real.history()
    }
    fn accounts(&self) -> Result<Box<dyn Accounts>> {
        self.real.accounts()
    }
    fn recordings(&self) -> Result<Box<dyn store::Recordings>> {
        self.real.recordings()
    }
}

impl Journal for FlakyJournal {
    fn append(&mut self, batch: &Batch) -> Result<()> {
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
    fn is_done(&self, command: CommandId) -> Result<bool> {
        self.real.is_done(command)
    }
}

async fn next(out: &mut mpsc::Receiver<Out>) -> Out {
    let next = tokio::time::timeout(Duration::from_secs(10), out.recv());
    next.await
        .expect("nothing came in time")
        .expect("the engine closed the link")
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
    };
    let (engine, task) = start(Arc::new(store), Arc::default()).unwrap();
    let (to, mut out) = mpsc::channel(OUTGOING_CAPACITY);
    let hello = AgentHello {
        link: LinkId(1),
        agent: AgentId(1),
        token: [0; 32],
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
