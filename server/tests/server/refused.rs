//! What a failed commit undoes: whatever was decided with it can be wished again, and belongs to nobody else.

use crate::storage::{Flaky, anna_comes, next, visitor_comes};
use protocol::customer::{Caller, CustomerCommand};
use protocol::link::ErrorCode;
use protocol::work::AgentCommand;
use server::config::Limits;
use server::engine::{Engine, Input, LinkId, Out, start};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::OrganisationStore;
use store_sqlite::Database;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use vocab::{ChosenState, CommandId, InteractionId, OrgSlug};

const ANNA: LinkId = LinkId(1);
const CHEN: LinkId = LinkId(2);
const LI: LinkId = LinkId(3);

/// An engine over a store that can be made to refuse.
struct Desk {
    _data: tempfile::TempDir,
    real: Database,
    is_failing: Arc<AtomicBool>,
    engine: Engine,
    task: JoinHandle<()>,
}

impl Desk {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        crate::place::make_data(data.path());
        let path = server::app::database_path(data.path(), &OrgSlug::new("demo").unwrap());
        let real = Database::open(&path).unwrap();
        let is_failing = Arc::<AtomicBool>::default();
        let store = Flaky {
            real: real.clone(),
            is_failing: Arc::clone(&is_failing),
            gate: Arc::default(),
        };
        let (engine, task) = start(Arc::new(store), Arc::default(), Limits::default()).unwrap();
        Self {
            _data: data,
            real,
            is_failing,
            engine,
            task,
        }
    }

    async fn agent(
        &self,
        out: &mut mpsc::Receiver<Out>,
        command: AgentCommand,
    ) -> Result<(), ErrorCode> {
        let id = CommandId(uuid::Uuid::now_v7());
        let link = ANNA;
        let input = Input::Agent { link, id, command };
        self.engine.send(input).await.unwrap();
        answer(out, id).await
    }

    async fn customer(
        &self,
        link: LinkId,
        out: &mut mpsc::Receiver<Out>,
        command: CustomerCommand,
    ) -> Result<(), ErrorCode> {
        let id = CommandId(uuid::Uuid::now_v7());
        let input = Input::Customer { link, id, command };
        self.engine.send(input).await.unwrap();
        answer(out, id).await
    }

    /// The same wish until the journal was read back.
    async fn in_the_end(
        &self,
        link: LinkId,
        out: &mut mpsc::Receiver<Out>,
        command: CustomerCommand,
    ) -> Result<(), ErrorCode> {
        for _ in 0..200 {
            match self.customer(link, out, command.clone()).await {
                Err(ErrorCode::StorageFailed) => {}
                answer => return answer,
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the store is well again and the engine is not")
    }

    async fn stop(self) {
        self.engine.send(Input::Stop).await.unwrap();
        self.task.await.unwrap();
    }
}

async fn answer(out: &mut mpsc::Receiver<Out>, wanted: CommandId) -> Result<(), ErrorCode> {
    loop {
        match next(out).await {
            Out::Ack(id) if id == wanted => return Ok(()),
            Out::Refused {
                id: Some(id), code, ..
            } if id == wanted => return Err(code),
            _ => {}
        }
    }
}

fn call() -> CustomerCommand {
    CustomerCommand::Call {
        caller: Caller::default(),
    }
}

#[tokio::test]
async fn a_rating_that_could_not_be_written_can_be_given_again() {
    let desk = Desk::new();
    let mut anna = anna_comes(&desk.engine).await;
    let state = ChosenState::Ready;
    let ready = AgentCommand::ChooseState { state };
    assert_eq!(desk.agent(&mut anna, ready).await, Ok(()));
    let mut chen = visitor_comes(&desk.engine, CHEN).await;
    assert_eq!(desk.customer(CHEN, &mut chen, call()).await, Ok(()));
    let interaction = InteractionId(1);
    let accept = AgentCommand::AcceptOffer { interaction };
    assert_eq!(desk.agent(&mut anna, accept).await, Ok(()));
    let hang_up = CustomerCommand::HangUp { interaction };
    assert_eq!(desk.customer(CHEN, &mut chen, hang_up).await, Ok(()));

    let rate = CustomerCommand::Rate {
        interaction,
        stars: 5,
    };
    desk.is_failing.store(true, Ordering::SeqCst);
    assert_eq!(
        desk.customer(CHEN, &mut chen, rate.clone()).await,
        Err(ErrorCode::StorageFailed)
    );
    desk.is_failing.store(false, Ordering::SeqCst);
    assert_eq!(
        desk.in_the_end(CHEN, &mut chen, rate.clone()).await,
        Ok(()),
        "what was not written was not given"
    );
    assert_eq!(
        desk.customer(CHEN, &mut chen, rate).await,
        Err(ErrorCode::NotNow),
        "once is enough"
    );
    let history = desk.real.history().unwrap();
    let told = history.interaction(interaction).unwrap().unwrap();
    assert_eq!(told.summary.stars, Some(5));
    desk.stop().await;
}

#[tokio::test]
async fn a_caller_whose_entry_could_not_be_written_is_not_taken_for_the_next_one() {
    let desk = Desk::new();
    let mut chen = visitor_comes(&desk.engine, CHEN).await;
    let mut li = visitor_comes(&desk.engine, LI).await;
    desk.is_failing.store(true, Ordering::SeqCst);
    assert_eq!(
        desk.customer(CHEN, &mut chen, call()).await,
        Err(ErrorCode::StorageFailed)
    );
    desk.is_failing.store(false, Ordering::SeqCst);
    // Li gets the number that Chen would have had.
    assert_eq!(desk.in_the_end(LI, &mut li, call()).await, Ok(()));
    assert_eq!(desk.in_the_end(CHEN, &mut chen, call()).await, Ok(()));
    desk.stop().await;
}
