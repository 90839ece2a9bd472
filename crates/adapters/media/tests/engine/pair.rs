//! Two engines with a path between them, and their events.

use crate::gate::Gate;
use crate::pulse::Pulse;
use audio::compare::likeness;
use media::{EngineOptions, MediaEngine, MediaEvent, PathState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use vocab::MediaId;

pub(crate) const MEDIA: MediaId = MediaId(7);
const LIMIT: Duration = Duration::from_secs(10);
/// The sound server is found by an environment variable, which a process has once.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

pub(crate) struct Stage {
    pub(crate) pulse: Pulse,
    _turn: MutexGuard<'static, ()>,
}

pub(crate) fn stage() -> Stage {
    stage_with(Pulse::server)
}

/// A stage whose engines reach the sound server by a way that can be held up.
pub(crate) fn stage_with_gate() -> (Stage, Gate) {
    let mut gate = None;
    let stage = stage_with(|pulse| {
        let (way, server) = pulse.gate();
        gate = Some(way);
        server
    });
    (stage, gate.expect("made with the stage"))
}

fn stage_with(way: impl FnOnce(&Pulse) -> String) -> Stage {
    let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let pulse = Pulse::start();
    let server = way(&pulse);
    // SAFETY: one test at a time is past the lock, and its engines read the variable only later.
    #[allow(
        unsafe_code,
        reason = "the sound server is found by the environment alone"
    )]
    unsafe {
        std::env::set_var("PULSE_SERVER", server);
    }
    Stage { pulse, _turn: turn }
}

pub(crate) struct End {
    pub(crate) engine: MediaEngine,
    pub(crate) events: Receiver<MediaEvent>,
}

impl End {
    /// An engine whose first wishes are the devices named after it.
    pub(crate) fn start(name: &str) -> Self {
        let options = EngineOptions {
            bind: "127.0.0.1:0".parse().unwrap(),
            microphones: vec![format!("mic-{name}"), "Microphone-spare".to_owned()],
            speakers: vec![format!("Speaker-{name}"), "Speaker-spare".to_owned()],
            ringers: vec!["speaker-spare".to_owned()],
            ..EngineOptions::default()
        };
        let (engine, events) = MediaEngine::start(options).unwrap();
        Self { engine, events }
    }

    /// The first event that `pick` takes; others are passed by.
    pub(crate) async fn event<T>(
        &mut self,
        what: &str,
        mut pick: impl FnMut(MediaEvent) -> Option<T>,
    ) -> T {
        let search = async {
            loop {
                let event = self.events.recv().await.expect("the engine runs");
                if let Some(found) = pick(event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(LIMIT, search)
            .await
            .unwrap_or_else(|_| panic!("no {what}"))
    }

    pub(crate) async fn connected(&mut self) {
        let is_connected = |event| match event {
            MediaEvent::State {
                state: PathState::Connected,
                media: MEDIA,
            } => Some(()),
            _ => None,
        };
        self.event("connection", is_connected).await;
    }

    pub(crate) async fn devices_seen(&mut self) {
        self.event("device list", |event| match event {
            MediaEvent::Devices(devices) => devices.microphone.in_use.map(drop),
            _ => None,
        })
        .await;
    }

    /// Forgets what was told so far.
    pub(crate) fn drain(&mut self) {
        while self.events.try_recv().is_ok() {}
    }
}

/// Two ends that talk: `a` offers, `b` answers.
pub(crate) async fn talking(_stage: &Stage) -> (End, End) {
    let (mut a, mut b) = (End::start("a"), End::start("b"));
    a.devices_seen().await;
    b.devices_seen().await;
    let offer = a.engine.prepare_offer(MEDIA).await.unwrap();
    assert!(
        offer.contains("a=candidate:") && offer.contains("telephone-event"),
        "{offer}"
    );
    let answer = b.engine.accept_offer(MEDIA, &offer).await.unwrap();
    a.engine.set_answer(MEDIA, &answer).await.unwrap();
    a.engine.start_talking(MEDIA).unwrap();
    b.engine.start_talking(MEDIA).unwrap();
    a.connected().await;
    b.connected().await;
    (a, b)
}

/// Speaks into one microphone and gives what a speaker played meanwhile, with half a second after it.
pub(crate) async fn heard(stage: &Stage, wav: &std::path::Path, from: &str, at: &str) -> Vec<f32> {
    let recording = stage.pulse.record(&format!("speaker-{at}.monitor"));
    let mut speaking = stage.pulse.speak(wav, from);
    tokio::task::spawn_blocking(move || speaking.wait().unwrap())
        .await
        .unwrap();
    tokio::task::spawn_blocking(move || {
        recording.go_on_for(Duration::from_millis(500));
        recording.stop()
    })
    .await
    .unwrap()
}

/// Says a sentence into one microphone; whoever listens at the speaker must recognise it.
pub(crate) async fn understood(
    stage: &Stage,
    (wav, said): (&std::path::Path, &[f32]),
    from: &str,
    at: &str,
) -> Vec<f32> {
    let heard = heard(stage, wav, from, at).await;
    let same = likeness((said, 48_000), (&heard, 48_000)).expect("something was heard");
    assert!(same.is_same_speech(), "{at} heard {from}: {same:?}");
    heard
}
