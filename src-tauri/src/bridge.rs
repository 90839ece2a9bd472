//! The bridge between the screen and the participant behind it: one command in, one stream of events out.

use crate::awake::Awake;
use crate::glance::Glance;
use crate::leaving::{self, Leaving};
use crate::token_store::Keyring;
use crate::words::{Words, system_locale};
use crate::{mixer, ring, tray, window};
use agent::{Desktop, DesktopOptions, sound};
use protocol::desktop::{DesktopCommand, DesktopError, DesktopEvent, DesktopReply, Place};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tauri::{AppHandle, Emitter, Manager, State};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// The stream's name on the screen's side.
const EVENT: &str = "desktop";

/// `1` lets this desktop speak plain HTTP to other machines, for a trial in a network one trusts.
const PLAIN_HTTP_VARIABLE: &str = "WARMLINE_ALLOW_PLAIN_HTTP";

/// The address of the demo's server: its sign-in is filled in then.
const DEMO_SERVER_VARIABLE: &str = "WARMLINE_DEMO_SERVER";

/// What starting came to: a running host, or why there is none.
type Started = Option<Result<Desktop, DesktopError>>;

/// The participant behind the screen. It starts beside the window, so that neither waits for the other.
pub(crate) struct Host {
    started: watch::Receiver<Started>,
    /// A place a link asked for before the screen listened; told after its first snapshot.
    place: Mutex<Pending>,
    /// A customer rings or is spoken with.
    is_busy: Arc<AtomicBool>,
    leaving: Leaving,
    /// Ends with the process, as the window does.
    _task: JoinHandle<()>,
}

#[derive(Default)]
struct Pending {
    is_screen_listening: bool,
    place: Option<Place>,
}

impl Host {
    /// Starts the participant in the background and forwards all that it says.
    pub(crate) fn start(app: &AppHandle, data_dir: PathBuf) -> Self {
        let (tell, started) = watch::channel(None);
        let is_busy = Arc::new(AtomicBool::new(false));
        let (app, busy) = (app.clone(), Arc::clone(&is_busy));
        let task = telemetry::spawn("desktop-host", async move {
            match open(data_dir).await {
                Ok((desktop, events)) => {
                    tell.send_replace(Some(Ok(desktop.clone())));
                    forward(app, desktop, events, &busy).await;
                }
                Err(error) => {
                    tracing::error!(?error, "the desktop's host did not start");
                    tell.send_replace(Some(Err(error)));
                }
            }
        });
        Self {
            started,
            place: Mutex::default(),
            is_busy,
            leaving: Leaving::default(),
            _task: task,
        }
    }

    /// Whether a customer would lose somebody if the program ended now.
    pub(crate) fn is_busy(&self) -> bool {
        self.is_busy.load(Ordering::Relaxed)
    }

    pub(crate) fn leaving(&self) -> &Leaving {
        &self.leaving
    }

    /// # Errors
    /// What the host refused, or that it did not start: the screen has words for each.
    pub(crate) async fn dispatch(
        &self,
        command: DesktopCommand,
    ) -> Result<DesktopReply, DesktopError> {
        let mut started = self.started.clone();
        let outcome = started
            .wait_for(Option::is_some)
            .await
            .map(|outcome| outcome.clone());
        match outcome {
            Ok(Some(Ok(desktop))) => desktop.dispatch(command).await,
            Ok(Some(Err(error))) => Err(error),
            Ok(None) | Err(_) => Err(local("the desktop is closing")),
        }
    }

    /// Sends the screen to `place`, at once or as soon as it listens.
    pub(crate) fn go(&self, app: &AppHandle, place: Place) {
        let mut pending = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        if pending.is_screen_listening {
            emit(app, &DesktopEvent::Go { place });
        } else {
            pending.place = Some(place);
        }
    }

    fn screen_listens(&self) -> Option<Place> {
        let mut pending = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        pending.is_screen_listening = true;
        pending.place.take()
    }
}

/// Devices, data folder and keyring of this machine, joined to a participant.
async fn open(data_dir: PathBuf) -> Result<(Desktop, mpsc::Receiver<DesktopEvent>), DesktopError> {
    let media = sound::options_from_environment();
    // Asking the sound system what there is may take a while; the runtime's own threads must not wait for it.
    let media = tokio::task::spawn_blocking(move || sound::real(media)).await;
    let media = media.map_err(local)?.map_err(local)?;
    Desktop::start(DesktopOptions {
        export_dir: export_dir(&data_dir),
        data_dir,
        token_store: Arc::new(Keyring),
        media,
        client_name: concat!("warmline-desktop/", env!("CARGO_PKG_VERSION")).to_owned(),
        is_plain_http_allowed: std::env::var_os(PLAIN_HTTP_VARIABLE).is_some_and(|v| v == "1"),
        is_recording_wanted: true,
        demo_server: std::env::var(DEMO_SERVER_VARIABLE).ok(),
    })
}

/// Where people look for files that they asked for; in a folder of its own for a desktop that was given one.
fn export_dir(data_dir: &std::path::Path) -> PathBuf {
    let is_own = std::env::var_os("WARMLINE_DATA_DIR").is_some();
    directories::UserDirs::new()
        .filter(|_| !is_own)
        .and_then(|dirs| dirs.download_dir().map(ToOwned::to_owned))
        .unwrap_or_else(|| data_dir.join("exports"))
}

fn local(error: impl ToString) -> DesktopError {
    DesktopError::Local {
        detail: error.to_string(),
    }
}

/// The one command of the screen.
#[tauri::command]
pub(crate) async fn dispatch(
    app: AppHandle,
    host: State<'_, Host>,
    command: DesktopCommand,
) -> Result<DesktopReply, DesktopError> {
    match command {
        DesktopCommand::ShowWindow => {
            window::show(&app);
            Ok(DesktopReply::Done)
        }
        DesktopCommand::Snapshot => {
            let reply = host.dispatch(DesktopCommand::Snapshot).await?;
            if let Some(place) = host.screen_listens() {
                emit(&app, &DesktopEvent::Go { place });
            }
            Ok(reply)
        }
        DesktopCommand::Quit => {
            leaving::end(&app);
            Ok(DesktopReply::Done)
        }
        DesktopCommand::Stay => {
            leaving::stay(&app);
            Ok(DesktopReply::Done)
        }
        DesktopCommand::OpenMixer => mixer::open().map(|()| DesktopReply::Done),
        other => host.dispatch(other).await,
    }
}

/// Dispatches on behalf of the tray or a notification; a refusal is logged and shown by the screen's own events.
pub(crate) fn dispatch_apart(app: &AppHandle, command: DesktopCommand) {
    let app = app.clone();
    // Nobody waits for it: what it changes comes back as an event.
    drop(telemetry::spawn("outside-command", async move {
        if let Err(refused) = app.state::<Host>().dispatch(command).await {
            tracing::warn!(?refused, "a command from outside the screen was not done");
        }
    }));
}

/// Carries events to the screen, and what of them shows outside it to the tray and the notification.
async fn forward(
    app: AppHandle,
    desktop: Desktop,
    mut events: mpsc::Receiver<DesktopEvent>,
    is_busy: &AtomicBool,
) {
    let mut notice = ring::Notice::new(app.clone());
    let mut awake = Awake::default();
    let mut glance = match desktop.dispatch(DesktopCommand::Snapshot).await {
        Ok(DesktopReply::Snapshot { state }) => Glance::of(&state),
        _ => Glance::default(),
    };
    is_busy.store(glance.is_busy(), Ordering::Relaxed);
    tray::show(&app, &glance);
    while let Some(event) = events.recv().await {
        emit(&app, &event);
        if glance.apply(&event) {
            is_busy.store(glance.is_busy(), Ordering::Relaxed);
            let words = Words::of(glance.language, &system_locale());
            awake.follow(glance.is_live, words.in_a_conversation);
            tray::show(&app, &glance);
            notice.show(&glance).await;
        }
    }
}

pub(crate) fn emit(app: &AppHandle, event: &DesktopEvent) {
    if let Err(error) = app.emit(EVENT, event) {
        tracing::warn!(%error, "the screen did not take an event");
    }
}
