//! The handle that everybody holds.

mod loopback;
mod paths;

use crate::choose::Wishes;
use crate::error::MediaError;
use crate::event::{Device, DeviceKind, Devices, MediaEvent};
use crate::session::Session;
use crate::sound::{COMMANDS, Command, Links, Reply, Sound};
use crate::system_host::system_host;
use crate::worker::{ORDERS, Worker};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Thread;
use tokio::sync::{mpsc, oneshot};
use vocab::MediaId;

/// Events that wait for the reader; more are dropped.
const EVENTS: usize = 512;
/// Names the UDP address that media binds, as `address:port`.
pub const BIND_VARIABLE: &str = "WARMLINE_BIND";

/// A STUN or TURN server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: String,
    pub credential: String,
}

/// By which servers paths find their way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ice {
    pub servers: Vec<IceServer>,
    /// Media goes through a TURN server or not at all.
    pub is_relay_only: bool,
}

#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Where media's UDP sockets are bound; `0.0.0.0:0` means one socket per interface.
    pub bind: SocketAddr,
    /// Names, most wanted first; empty means the system's default.
    pub microphones: Vec<String>,
    pub speakers: Vec<String>,
    pub ringers: Vec<String>,
    pub has_noise_suppression: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([0, 0, 0, 0], 0)),
            microphones: Vec::new(),
            speakers: Vec::new(),
            ringers: Vec::new(),
            has_noise_suppression: true,
        }
    }
}

impl EngineOptions {
    /// The defaults, with the address that `WARMLINE_BIND` names.
    #[must_use]
    pub fn from_environment() -> Self {
        let named = std::env::var(BIND_VARIABLE).ok();
        let bind = named.and_then(|text| {
            text.parse()
                .inspect_err(|error| tracing::warn!(%error, "{BIND_VARIABLE} is no address:port"))
                .ok()
        });
        let default = Self::default();
        Self {
            bind: bind.unwrap_or(default.bind),
            ..default
        }
    }
}

/// Cheap to clone; the devices and paths close when the last clone is dropped.
#[derive(Clone)]
pub struct MediaEngine {
    shared: Arc<Shared>,
}

struct Shared {
    options: EngineOptions,
    ice: Mutex<Ice>,
    commands: SyncSender<Command>,
    worker: Thread,
    events: mpsc::Sender<MediaEvent>,
    devices: Arc<Mutex<Devices>>,
    sessions: Mutex<BTreeMap<MediaId, Arc<Session>>>,
}

impl Shared {
    fn ice(&self) -> Ice {
        let ice = self.ice.lock().unwrap_or_else(PoisonError::into_inner);
        ice.clone()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // A full queue means a thread that hangs in the sound system; it ends with the process.
        let _ = self.commands.try_send(Command::Quit);
    }
}

impl MediaEngine {
    /// Starts the sound and voice threads; no device is opened. Needs a tokio runtime.
    ///
    /// # Errors
    /// `Stopped` when a thread could not be started.
    pub fn start(options: EngineOptions) -> Result<(Self, mpsc::Receiver<MediaEvent>), MediaError> {
        let (events, event_reader) = mpsc::channel(EVENTS);
        let (commands, command_reader) = std::sync::mpsc::sync_channel(COMMANDS);
        let (orders, order_reader) = std::sync::mpsc::sync_channel(ORDERS);
        let test_commands = commands.clone();
        let test_over = Box::new(move || {
            // When the queue is full, the test's own time limit closes the devices.
            let _ = test_commands.try_send(Command::TestOver);
        });
        let (worker_events, suppression) = (events.clone(), options.has_noise_suppression);
        let worker = start_thread("voice", move || {
            Worker::new(order_reader, worker_events, suppression, test_over).run();
        })?;
        let devices = Arc::new(Mutex::new(Devices::default()));
        let links = Links {
            commands: command_reader,
            own_commands: commands.clone(),
            orders,
            worker: worker.clone(),
            events: events.clone(),
            shown: Arc::clone(&devices),
        };
        let named = |names: &[String]| names.iter().map(|name| Device::named(name)).collect();
        let wishes = Wishes {
            microphone: named(&options.microphones),
            speaker: named(&options.speakers),
            ringer: named(&options.ringers),
        };
        let told = commands.clone();
        start_thread("sound", move || {
            // When the queue is full, the next look finds the change.
            let changed = Arc::new(move || drop(told.try_send(Command::Changed)));
            // The system's handles stay on the thread that made them.
            Sound::new(system_host(changed), wishes, links).run();
        })?;
        let sessions = Mutex::default();
        let shared = Shared {
            options,
            ice: Mutex::default(),
            commands,
            worker,
            events,
            devices,
            sessions,
        };
        Ok((
            Self {
                shared: Arc::new(shared),
            },
            event_reader,
        ))
    }

    /// From now on new paths find their way by these; present ones keep theirs.
    pub fn set_ice(&self, ice: Ice) {
        *self
            .shared
            .ice
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = ice;
    }

    /// What is plugged in, wanted and in use now.
    #[must_use]
    pub fn devices(&self) -> Devices {
        self.shared
            .devices
            .lock()
            .map(|devices| devices.clone())
            .unwrap_or_default()
    }

    /// The order in which devices of this kind are used; takes effect at once, also in a call.
    pub fn prefer(&self, kind: DeviceKind, devices: Vec<Device>) {
        self.command(Command::Prefer(kind, devices));
    }

    /// Takes the mute away from the device in use in the system's mixer, and turns it up when it is at zero.
    ///
    /// # Errors
    /// `NoMicrophone`, `NoSpeaker`; `Device` when the system does not allow it.
    pub async fn unsilence(&self, kind: DeviceKind) -> Result<(), MediaError> {
        self.ask(|reply| Command::Unsilence(kind, reply)).await
    }

    pub fn set_noise_suppression(&self, is_on: bool) {
        self.command(Command::NoiseSuppression(is_on));
    }

    fn command(&self, command: Command) {
        if self.shared.commands.try_send(command).is_err() {
            tracing::error!("the sound thread does not answer");
        }
    }

    async fn ask(&self, command: impl FnOnce(Reply) -> Command) -> Result<(), MediaError> {
        let (reply, answer) = oneshot::channel();
        self.shared
            .commands
            .try_send(command(reply))
            .map_err(|_| MediaError::Stopped)?;
        let limit = std::time::Duration::from_secs(8);
        match tokio::time::timeout(limit, answer).await {
            Ok(answer) => answer.unwrap_or(Err(MediaError::Stopped)),
            Err(_) => Err(MediaError::TimedOut("opening the device")),
        }
    }

    /// Opens the microphone for `Levels` only; closed by itself after 60 s.
    ///
    /// # Errors
    /// `NoMicrophone`, `Device`.
    pub async fn start_meter(&self) -> Result<(), MediaError> {
        self.ask(Command::StartMeter).await
    }

    pub fn stop_meter(&self) {
        self.command(Command::StopMeter);
    }

    /// Records five seconds and plays them back; progress comes as `MediaEvent::Test`. Not during a call.
    ///
    /// # Errors
    /// `NoMicrophone`, `NoSpeaker`, `Device`.
    pub async fn test_record_and_play(&self) -> Result<(), MediaError> {
        self.ask(Command::TestRecordAndPlay).await
    }

    /// Rings on the ringer until `stop_ringing`; at most two minutes.
    ///
    /// # Errors
    /// `NoSpeaker`, `Device`.
    pub async fn start_ringing(&self, volume_percent: u8) -> Result<(), MediaError> {
        self.ask(|reply| Command::Ring {
            volume_percent,
            rings: None,
            reply,
        })
        .await
    }

    pub fn stop_ringing(&self) {
        self.command(Command::StopRinging);
    }

    /// One ring.
    ///
    /// # Errors
    /// `NoSpeaker`, `Device`.
    pub async fn test_ringer(&self, volume_percent: u8) -> Result<(), MediaError> {
        self.ask(|reply| Command::Ring {
            volume_percent,
            rings: Some(1),
            reply,
        })
        .await
    }
}

fn start_thread(
    name: &'static str,
    body: impl FnOnce() + Send + 'static,
) -> Result<Thread, MediaError> {
    let started = std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body);
    started
        .map(|handle| handle.thread().clone())
        .map_err(|error| {
            tracing::error!(%error, name, "a thread could not be started");
            MediaError::Stopped
        })
}
