//! A real server in its own process, agents and customers in this one, and the program itself.

mod program;
mod server;

use agent::customer::{Customer, CustomerEvent, CustomerOptions, CustomerWish};
use agent::{Desktop, DesktopOptions, InMemory, ServerAddress, sound};
pub(crate) use program::Program;
use protocol::customer::{Caller, CustomerStage};
use protocol::desktop::{
    DesktopCommand, DesktopEvent, DesktopReply, DesktopState, LinkState, MediaState,
};
use protocol::rest::{InteractionDetail, InteractionSummary};
use protocol::work::WorkItem;
pub(crate) use server::Server;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc;
use vocab::{ChosenState, InteractionId, OrgSlug, Sensitive};

pub(crate) const PASSWORD: &str = "warmline-demo";
/// Far above what anything here needs; a test that waits this long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

fn demo() -> OrgSlug {
    OrgSlug::new("demo").unwrap()
}

pub(crate) struct TestAgent {
    pub(crate) desktop: Desktop,
    _events: mpsc::Receiver<DesktopEvent>,
    folder: TempDir,
    tokens: Arc<InMemory>,
}

impl TestAgent {
    /// Anna, signed in and ready.
    pub(crate) async fn ready(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let agent = Self::open(folder, Arc::default());
        let sign_in = DesktopCommand::SignIn {
            server: server.address.clone(),
            organisation: demo(),
            user: "anna".to_owned(),
            password: Sensitive::new(PASSWORD.to_owned()),
        };
        agent.desktop.dispatch(sign_in).await.unwrap();
        agent.wait_for(|state| state.agent.is_some()).await;
        let ready = DesktopCommand::ChooseState {
            state: ChosenState::Ready,
        };
        agent.desktop.dispatch(ready).await.unwrap();
        agent
    }

    fn open(folder: TempDir, tokens: Arc<InMemory>) -> Self {
        let (desktop, events) = Desktop::start(DesktopOptions {
            export_dir: folder.path().join("exports"),
            data_dir: folder.path().to_owned(),
            token_store: tokens.clone(),
            media: sound::silent(),
            client_name: "test/1".to_owned(),
            is_plain_http_allowed: false,
            is_recording_wanted: true,
            demo_server: None,
        })
        .unwrap();
        Self {
            desktop,
            _events: events,
            folder,
            tokens,
        }
    }

    /// Dies and comes back with the same folder and keyring.
    pub(crate) async fn restart(self) -> Self {
        let Self {
            desktop,
            _events,
            folder,
            tokens,
        } = self;
        drop((desktop, _events));
        // Numbers of media paths count seconds; a real start takes longer than one.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        let agent = Self::open(folder, tokens);
        agent.wait_for(|state| state.link == LinkState::Up).await;
        agent
    }

    pub(crate) async fn state(&self) -> DesktopState {
        match self
            .desktop
            .dispatch(DesktopCommand::Snapshot)
            .await
            .unwrap()
        {
            DesktopReply::Snapshot { state } => *state,
            other => panic!("not a snapshot: {other:?}"),
        }
    }

    pub(crate) async fn wait_for(&self, fits: impl Fn(&DesktopState) -> bool) -> DesktopState {
        let waiting = async {
            loop {
                let state = self.state().await;
                if fits(&state) {
                    return state;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(state) => state,
            Err(_) => panic!("it never came; the state is {:#?}", self.state().await),
        }
    }

    pub(crate) async fn wait_for_item(&self, fits: impl Fn(&WorkItem) -> bool) -> InteractionId {
        let find = |state: &DesktopState| {
            let work = state
                .agent
                .as_ref()
                .map(|view| view.work.as_slice())
                .unwrap_or_default();
            work.iter()
                .find(|item| fits(item))
                .map(|item| item.interaction)
        };
        find(&self.wait_for(|state| find(state).is_some()).await).unwrap()
    }

    pub(crate) async fn wait_for_media(&self, media: MediaState) {
        self.wait_for(|state| state.call.as_ref().is_some_and(|call| call.media == media))
            .await;
    }

    pub(crate) async fn detail(&self, interaction: InteractionId) -> InteractionDetail {
        match self
            .desktop
            .dispatch(DesktopCommand::Interaction { interaction })
            .await
            .unwrap()
        {
            DesktopReply::Interaction { detail } => *detail,
            other => panic!("not an interaction: {other:?}"),
        }
    }

    pub(crate) async fn summary(&self, interaction: InteractionId) -> InteractionSummary {
        self.detail(interaction).await.summary
    }
}

pub(crate) struct TestCustomer {
    pub(crate) customer: Customer,
    events: mpsc::Receiver<CustomerEvent>,
}

impl TestCustomer {
    pub(crate) fn start(server: &Server) -> Self {
        let (customer, events) = Customer::start(CustomerOptions {
            server: ServerAddress::parse(&server.address, false).unwrap(),
            organisation: demo(),
            queue: "support".to_owned(),
            client_name: "test/1".to_owned(),
            visitor: None,
            media: sound::silent(),
        });
        Self { customer, events }
    }

    pub(crate) async fn call(&mut self, name: &str) {
        self.wait_for_stage(|stage| *stage == CustomerStage::Idle)
            .await;
        let name = Some(Sensitive::new(name.to_owned()));
        let caller = Box::new(Caller {
            name,
            ..Caller::default()
        });
        self.customer.wish(CustomerWish::Call { caller }).await;
    }

    pub(crate) async fn wait<T>(&mut self, fits: impl Fn(&CustomerEvent) -> Option<T>) -> T {
        let mut seen = Vec::new();
        let waiting = async {
            loop {
                let event = self.events.recv().await.expect("the customer goes on");
                if let Some(found) = fits(&event) {
                    return found;
                }
                seen.push(event);
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("it never came; seen: {seen:#?}"),
        }
    }

    pub(crate) async fn wait_for_stage(&mut self, fits: impl Fn(&CustomerStage) -> bool) {
        self.wait(|event| match event {
            CustomerEvent::Stage { stage } if fits(stage) => Some(()),
            _ => None,
        })
        .await;
    }

    pub(crate) async fn wait_for_media(&mut self, wanted: MediaState) {
        self.wait(|event| match event {
            CustomerEvent::Media { state, .. } if *state == wanted => Some(()),
            _ => None,
        })
        .await;
    }

    pub(crate) async fn wait_for_link_down(&mut self) {
        self.wait(|event| match event {
            CustomerEvent::Link { link } if *link != LinkState::Up => Some(()),
            _ => None,
        })
        .await;
    }
}
