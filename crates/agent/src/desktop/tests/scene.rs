//! A desktop and, in the same process, a server that says exactly what the test tells it to.

mod http;
mod plugged;
mod server;
mod work;

pub(super) use work::{note, ringing, talking};

use crate::desktop::{Desktop, DesktopOptions};
use crate::sound::{self, DeviceKind, MediaEvent, Silence};
use crate::tokens::{InMemory, TokenStore};
use plugged::Plugs;
use protocol::desktop::{
    Check, DesktopCommand, DesktopEvent, DesktopReply, DesktopState, MediaState,
};
use protocol::work::{WorkItem, WorkStage};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use vocab::{InteractionId, OrgSlug, Sensitive};

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
    plugs: Arc<Plugs>,
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
        let plugs = Arc::new(Plugs::default());
        plugs
            .has_microphone
            .store(has_microphone, Ordering::Relaxed);
        let (desktop, events, media_news) = open(folder.path(), &tokens, &plugs);
        let server = listener.local_addr().unwrap().to_string();
        let mut scene = Self {
            desktop,
            events,
            listener,
            socket: None,
            seq: 0,
            folder,
            tokens,
            plugs,
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

    pub(super) fn restart_desktop(&mut self) {
        let (desktop, events, media_news) = open(self.folder.path(), &self.tokens, &self.plugs);
        self.desktop = desktop;
        self.events = events;
        self.media_news = media_news;
    }

    pub(super) fn plug_in_microphone(&self) {
        self.plugs.has_microphone.store(true, Ordering::Relaxed);
    }

    /// Pulls the last microphone or plugs it in again, as the sound engine notices it.
    pub(super) async fn microphone(&self, is_there: bool) {
        self.plugs.has_microphone.store(is_there, Ordering::Relaxed);
        self.tell_devices().await;
    }

    /// Somebody mutes a device in the system's mixer, or takes that back.
    pub(super) async fn mix(&self, kind: DeviceKind, silence: Option<Silence>) {
        let plug = match kind {
            DeviceKind::Microphone => &self.plugs.microphone,
            DeviceKind::Speaker | DeviceKind::Ringer => &self.plugs.speaker,
        };
        *plug.lock().unwrap() = silence;
        self.tell_devices().await;
    }

    async fn tell_devices(&self) {
        let mut devices = sound::silent().media.devices();
        self.plugs.apply(&mut devices);
        let news = MediaEvent::Devices(Box::new(devices));
        self.media_news.send(news).await.unwrap();
    }

    /// What the sound engine says.
    pub(super) async fn media_says(&self, event: MediaEvent) {
        self.media_news.send(event).await.unwrap();
    }

    /// Whether the words stand in any file that the desktop keeps.
    pub(super) fn is_on_disk(&self, words: &str) -> bool {
        std::fs::read_dir(self.folder.path()).unwrap().any(|entry| {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
            let mut parts = bytes.windows(words.len());
            parts.any(|part| part == words.as_bytes())
        })
    }

    /// Until the check after signing in is over.
    pub(super) async fn checked(&self) {
        self.wait_for_state(|state| state.readiness.media_path == Check::Passed)
            .await;
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
    plugs: &Arc<Plugs>,
) -> (
    Desktop,
    mpsc::Receiver<DesktopEvent>,
    mpsc::Sender<MediaEvent>,
) {
    let token_store: Arc<dyn TokenStore> = tokens.clone();
    let (media, news) = plugged::media(plugs);
    let (desktop, events) = Desktop::start(DesktopOptions {
        export_dir: folder.join("exports"),
        data_dir: folder.to_owned(),
        token_store,
        media,
        client_name: "test/1".to_owned(),
        is_plain_http_allowed: false,
        is_recording_wanted: true,
        demo_server: None,
    })
    .unwrap();
    (desktop, events, news)
}
