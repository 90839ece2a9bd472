//! A desktop and, in the same process, a server that says exactly what the test tells it to.

use crate::desktop::{Desktop, DesktopOptions};
use crate::sound::{self, Devices, MediaEvent, MediaParts};
use crate::tokens::{InMemory, TokenStore};
use futures_util::{SinkExt, StreamExt};
use protocol::desktop::{
    Check, DesktopCommand, DesktopEvent, DesktopReply, DesktopState, LinkState, MediaState,
};
use protocol::link::{ClientFrame, Delta, ErrorCode, ServerFrame, Signal, View};
use protocol::work::{
    AgentCommand, AgentDelta, AgentView, CustomerPop, Me, Presence, RecognisedBy, WorkItem,
    WorkStage,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};
use vocab::{
    AgentId, AgentState, ChosenState, CommandId, InteractionId, MediumKind, Millis, NotReadyReason,
    OrgSlug, Peer, PeerLink, QueueId, Role, Sensitive,
};

pub(super) const I7: InteractionId = InteractionId(7);
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Scene {
    pub(super) desktop: Desktop,
    events: mpsc::Receiver<DesktopEvent>,
    listener: TcpListener,
    socket: Option<WebSocketStream<TcpStream>>,
    seq: u64,
    folder: TempDir,
    tokens: Arc<InMemory>,
    has_microphone: Arc<AtomicBool>,
    /// What the sound engine tells the desktop.
    media_news: mpsc::Sender<MediaEvent>,
}

impl Scene {
    /// A desktop signed in and welcomed with this work.
    pub(super) async fn signed_in(work: Vec<WorkItem>) -> Self {
        Self::start(work, true).await
    }

    pub(super) async fn without_microphone() -> Self {
        Self::start(Vec::new(), false).await
    }

    async fn start(work: Vec<WorkItem>, has_microphone: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let tokens = Arc::new(InMemory::default());
        let has_microphone = Arc::new(AtomicBool::new(has_microphone));
        let (desktop, events, media_news) = open(folder.path(), &tokens, &has_microphone);
        let server = listener.local_addr().unwrap().to_string();
        let mut scene = Self {
            desktop,
            events,
            listener,
            socket: None,
            seq: 0,
            folder,
            tokens,
            has_microphone,
            media_news,
        };
        let desktop = scene.desktop.clone();
        let sign_in = DesktopCommand::SignIn {
            server,
            organisation: OrgSlug::new("demo").unwrap(),
            user: "anna".to_owned(),
            password: Sensitive::new("warmline-demo".to_owned()),
        };
        let asked = telemetry::spawn("sign in", async move { desktop.dispatch(sign_in).await });
        scene.serve_sign_in().await;
        asked.await.unwrap().unwrap();
        scene.welcome(work).await;
        scene
    }

    pub(super) async fn goodbye(&mut self, code: ErrorCode) {
        self.send(ServerFrame::Goodbye {
            code,
            hint: "later".to_owned(),
            retry_after_ms: None,
        })
        .await;
    }

    async fn accept_hello(&mut self) {
        let accepting = async {
            let (stream, _) = self.listener.accept().await.unwrap();
            accept_async(stream).await.unwrap()
        };
        let socket = tokio::time::timeout(PATIENCE, accepting)
            .await
            .expect("the desktop connects");
        self.socket = Some(socket);
        assert!(matches!(self.frame().await, ClientFrame::Hello { .. }));
    }

    /// Accepts the next connection, welcomes it, and waits until the desktop has taken that in.
    pub(super) async fn welcome(&mut self, work: Vec<WorkItem>) {
        self.accept_hello().await;
        self.seq += 100;
        let view = Box::new(View::Agent { view: view(work) });
        let server = "test".to_owned();
        let seq = self.seq;
        self.send(ServerFrame::Welcome {
            version: 1,
            server,
            now: Millis(5),
            seq,
            view,
        })
        .await;
        self.wait_for_state(|state| state.link == LinkState::Up && state.agent.is_some())
            .await;
    }

    pub(super) async fn refuse_hello(&mut self, code: ErrorCode) {
        self.accept_hello().await;
        self.send(ServerFrame::Refused {
            id: None,
            code,
            hint: "no".to_owned(),
        })
        .await;
    }

    pub(super) async fn lose_link(&mut self) {
        self.socket = None;
        self.wait_for_state(|state| state.link != LinkState::Up)
            .await;
    }

    pub(super) fn restart_desktop(&mut self) {
        let (desktop, events, media_news) =
            open(self.folder.path(), &self.tokens, &self.has_microphone);
        self.desktop = desktop;
        self.events = events;
        self.media_news = media_news;
    }

    pub(super) fn plug_in_microphone(&self) {
        self.has_microphone.store(true, Ordering::Relaxed);
    }

    /// Pulls the last microphone or plugs it in again, as the sound engine notices it.
    pub(super) async fn microphone(&self, is_there: bool) {
        self.has_microphone.store(is_there, Ordering::Relaxed);
        let mut devices = sound::silent().media.devices();
        if !is_there {
            devices.microphone = Default::default();
        }
        let news = MediaEvent::Devices(devices);
        self.media_news.send(news).await.unwrap();
    }

    /// The server says what state the agent is in now.
    pub(super) async fn presence(&mut self, state: AgentState, next: Option<ChosenState>) {
        self.seq += 1;
        let since = Millis(3);
        let presence = Presence { state, since, next };
        let delta = Box::new(Delta::Agent {
            delta: AgentDelta::Presence { presence },
        });
        let seq = self.seq;
        self.send(ServerFrame::Delta { seq, delta }).await;
        let fits = |state: &DesktopState| {
            let view = state.agent.as_ref();
            view.is_some_and(|view| view.presence == presence)
        };
        self.wait_for_state(fits).await;
    }

    /// Until the check after signing in is over.
    pub(super) async fn checked(&self) {
        self.wait_for_state(|state| state.readiness.media_path == Check::Passed)
            .await;
    }

    async fn send(&mut self, frame: ServerFrame) {
        let text = serde_json::to_string(&frame).unwrap();
        self.socket
            .as_mut()
            .expect("a link")
            .send(Message::text(text))
            .await
            .unwrap();
    }

    pub(super) async fn show(&mut self, item: WorkItem) {
        self.seq += 1;
        let delta = Box::new(Delta::Agent {
            delta: AgentDelta::Work { item },
        });
        let seq = self.seq;
        self.send(ServerFrame::Delta { seq, delta }).await;
    }

    pub(super) async fn ack(&mut self, id: CommandId) {
        self.send(ServerFrame::Ack { id }).await;
    }

    pub(super) async fn refuse(&mut self, id: CommandId, code: ErrorCode) {
        self.send(ServerFrame::Refused {
            id: Some(id),
            code,
            hint: "late".to_owned(),
        })
        .await;
    }

    pub(super) async fn send_signal(&mut self, signal: Signal) {
        self.send_signal_from(Peer::Customer, signal).await;
    }

    pub(super) async fn send_signal_from(&mut self, from: Peer, signal: Signal) {
        self.send(ServerFrame::Signal {
            interaction: I7,
            from,
            signal,
        })
        .await;
    }

    async fn frame(&mut self) -> ClientFrame {
        let socket = self.socket.as_mut().expect("a link");
        let reading = async {
            loop {
                match socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        let frame = serde_json::from_str(text.as_str()).unwrap();
                        if frame != ClientFrame::Heartbeat {
                            return frame;
                        }
                    }
                    Some(Ok(_)) => {}
                    other => panic!("the desktop's link ended: {other:?}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading)
            .await
            .expect("a frame comes")
    }

    /// The next command; signals before it are a failure.
    pub(super) async fn command(&mut self) -> (CommandId, AgentCommand) {
        match self.frame().await {
            ClientFrame::Agent { id, command } => (id, command),
            other => panic!("not a command: {other:?}"),
        }
    }

    pub(super) async fn expect(&mut self, expected: &AgentCommand) -> CommandId {
        let (id, command) = self.command().await;
        assert_eq!(&command, expected);
        id
    }

    pub(super) async fn signal(&mut self) -> Signal {
        let (to, signal) = self.addressed_signal().await;
        assert_eq!(to, Peer::Customer, "{signal:?}");
        signal
    }

    pub(super) async fn addressed_signal(&mut self) -> (Peer, Signal) {
        match self.frame().await {
            ClientFrame::Signal {
                interaction: I7,
                to,
                signal,
            } => (to, signal),
            other => panic!("not a signal: {other:?}"),
        }
    }

    /// The customer's side answers the offer that the desktop makes, and the path is up.
    pub(super) async fn connect(&mut self) {
        let Signal::Offer { media, .. } = self.signal().await else {
            panic!("an offer comes first")
        };
        let sdp = "v=0".to_owned();
        self.send_signal(Signal::Answer { media, sdp }).await;
        self.wait_for_media(MediaState::Connected).await;
    }

    pub(super) async fn wait<T>(&mut self, fits: impl Fn(&DesktopEvent) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let event = self.events.recv().await.expect("the desktop goes on");
                if let Some(found) = fits(&event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .expect("the event comes in time")
    }

    pub(super) async fn wait_for_stage(&mut self, fits: impl Fn(&WorkStage) -> bool) {
        self.wait_for_state(|state| {
            state
                .agent
                .as_ref()
                .is_some_and(|view| view.work.iter().any(|item| fits(&item.stage)))
        })
        .await;
    }

    pub(super) async fn wait_for_media(&mut self, media: MediaState) {
        self.wait_for_state(|state| state.call.as_ref().is_some_and(|call| call.media == media))
            .await;
    }

    pub(super) async fn state(&self) -> DesktopState {
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

    pub(super) async fn wait_for_state(&self, fits: impl Fn(&DesktopState) -> bool) {
        let waiting = async {
            while !fits(&self.state().await) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .expect("the state comes in time");
    }
}

fn open(
    folder: &std::path::Path,
    tokens: &Arc<InMemory>,
    has_microphone: &Arc<AtomicBool>,
) -> (
    Desktop,
    mpsc::Receiver<DesktopEvent>,
    mpsc::Sender<MediaEvent>,
) {
    let token_store: Arc<dyn TokenStore> = tokens.clone();
    let (media, news) = media(has_microphone);
    let (desktop, events) = Desktop::start(DesktopOptions {
        export_dir: folder.join("exports"),
        data_dir: folder.to_owned(),
        token_store,
        media,
        client_name: "test/1".to_owned(),
        is_plain_http_allowed: false,
        is_recording_wanted: true,
    })
    .unwrap();
    (desktop, events, news)
}

fn media(has_microphone: &Arc<AtomicBool>) -> (MediaParts, mpsc::Sender<MediaEvent>) {
    let MediaParts { media, events } = sound::silent();
    let (news, all_events) = mpsc::channel(64);
    let mut inner_events = events;
    let on = news.clone();
    telemetry::spawn("media events", async move {
        while let Some(event) = inner_events.recv().await {
            if on.send(event).await.is_err() {
                return;
            }
        }
    });
    let devices = Mutex::new(media.devices());
    let plugged = Plugged {
        inner: media,
        devices,
        has_microphone: has_microphone.clone(),
    };
    let parts = MediaParts {
        media: Arc::new(plugged),
        events: all_events,
    };
    (parts, news)
}

/// The silent media whose microphone can be pulled.
struct Plugged {
    inner: Arc<dyn sound::Media>,
    devices: Mutex<Devices>,
    has_microphone: Arc<AtomicBool>,
}

mod customer;
mod http;
mod plugged;

use customer::customer;

pub(super) fn note(text: &str) -> AgentCommand {
    AgentCommand::SaveNote {
        interaction: I7,
        text: Sensitive::new(text.to_owned()),
    }
}

pub(super) fn ringing() -> WorkItem {
    item(WorkStage::Ringing {
        since: Millis(1),
        deadline: Millis(20_000),
    })
}

pub(super) fn talking() -> WorkItem {
    item(WorkStage::Talking { since: Millis(2) })
}

fn item(stage: WorkStage) -> WorkItem {
    let text = |text: &str| Sensitive::new(text.to_owned());
    WorkItem {
        interaction: I7,
        medium: MediumKind::Voice,
        queue: QueueId(1),
        queue_name: "Support".to_owned(),
        stage,
        entered_at: Millis(1),
        customer: CustomerPop {
            customer: customer(),
            recognised_by: RecognisedBy::Phone,
            device: None,
            place: None,
            language: None,
            page: None,
            last_interactions: Vec::new(),
        },
        customer_link: PeerLink::Connected,
        callback: None,
        topic: None,
        note: text(""),
        handover: None,
        consult: None,
        recording_consent: protocol::work::RecordingConsent::NotAsked,
    }
}

fn view(work: Vec<WorkItem>) -> AgentView {
    let state = AgentState::NotReady {
        reason: NotReadyReason::JustSignedIn,
    };
    AgentView {
        me: Me {
            agent: AgentId(1),
            organisation: OrgSlug::new("demo").unwrap(),
            organisation_name: "Demo".to_owned(),
            user: "anna".to_owned(),
            name: "Anna Marsh".to_owned(),
            role: Role::Agent,
        },
        presence: Presence {
            state,
            since: Millis(1),
            next: None,
        },
        work,
        queues: Vec::new(),
        floor: None,
        dispositions: Vec::new(),
        reason_names: Vec::new(),
    }
}
