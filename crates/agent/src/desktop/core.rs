//! The desktop's state and the one task that owns it.

use super::calling::Endings;
use super::delivery::Delivery;
use super::emitter::Emitter;
use super::recording::Recordings;
use super::session::{Account, Inner};
use super::{DesktopOptions, Reply, Request, convert, demo};
use crate::clock::now;
use crate::link::{Link, LinkEvent};
use crate::local::Local;
use crate::model::{self, Drafts};
use crate::performer::{Made, Performer};
use crate::recordings::Shelf;
use crate::signalling::media_state;
use crate::sound::{Media, MediaEvent};
use crate::tokens::TokenStore;
use call::{AgentCall, CustomerCall};
use protocol::desktop::{
    CallState, Check, DesktopError, DesktopEvent, DesktopState, DeviceKind, LinkState, Quality,
    Readiness, Session, Settings,
};
use protocol::work::AgentView;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use vocab::{InteractionId, Millis};

/// Results of work beside the task; those who bring them wait.
const INNER: usize = 64;

pub(super) struct Core {
    pub(super) local: Local,
    pub(super) tokens: Arc<dyn TokenStore>,
    pub(super) client_name: String,
    pub(super) export_dir: std::path::PathBuf,
    pub(super) is_plain_http_allowed: bool,
    pub(super) emitter: Emitter,
    pub(super) inner: mpsc::Sender<Inner>,
    inner_in: Option<mpsc::Receiver<Inner>>,

    pub(super) session: Session,
    pub(super) demo_server: Option<String>,
    /// Waits until the outbox is empty.
    pub(super) signing_out: Option<Reply>,
    pub(super) account: Option<Account>,
    /// Counts sign-ins and sign-outs, so that a late result of an earlier one is known.
    pub(super) session_number: u64,
    pub(super) link: Option<Link>,
    pub(super) link_events: Option<mpsc::Receiver<LinkEvent>>,
    pub(super) link_state: LinkState,
    /// Why the link did not open when it was tried last.
    pub(super) no_way: Option<DesktopError>,
    pub(super) clock_offset_ms: i64,
    /// Before the first welcome what an earlier run kept of it.
    pub(super) view: Option<AgentView>,
    /// Whether this session has had a welcome.
    pub(super) is_welcomed: bool,
    pub(super) drafts: Drafts,
    pub(super) delivery: Delivery,

    pub(super) media: Arc<dyn Media>,
    media_events: Option<mpsc::Receiver<MediaEvent>>,
    pub(super) performer: Performer,
    made: Option<mpsc::Receiver<Made>>,
    pub(super) call: AgentCall,
    /// To a colleague who was asked; this side answers.
    pub(super) consult: CustomerCall,
    /// Let the colleague go by the agent's own wish; what came of it follows the acknowledgement.
    pub(super) went_back: Option<InteractionId>,
    /// The screen wants to see who is there.
    pub(super) is_watching: bool,
    pub(super) quality: Quality,
    /// The microphone is open and has given nothing for long.
    pub(super) is_unheard: bool,
    pub(super) endings: Endings,
    pub(super) ring_started: BTreeMap<InteractionId, Millis>,
    call_shown: Option<CallState>,
    pub(super) is_recording_wanted: bool,
    pub(super) shelf: Shelf,
    pub(super) recordings: Recordings,

    pub(super) settings: Settings,
    pub(super) readiness: Readiness,
    /// Wishes to be ready that wait for the check.
    pub(super) wants_ready: Vec<(protocol::work::AgentCommand, Reply)>,
    pub(super) outbox_shown: u32,
}

const NOT_RUN: Readiness = Readiness {
    microphone: Check::NotRun,
    speaker: Check::NotRun,
    server: Check::NotRun,
    media_path: Check::NotRun,
};

impl Core {
    pub(super) fn new(options: DesktopOptions, local: Local, emitter: Emitter) -> Self {
        let (inner, inner_in) = mpsc::channel(INNER);
        let media = options.media.media;
        let (performer, made) = Performer::start(Arc::clone(&media));
        let settings = local.settings();
        media.set_noise_suppression(settings.has_noise_suppression);
        for kind in [
            DeviceKind::Microphone,
            DeviceKind::Speaker,
            DeviceKind::Ringer,
        ] {
            let devices = local.preferred(kind);
            if !devices.is_empty() {
                media.prefer(convert::media_kind(kind), convert::media_devices(devices));
            }
        }
        Self {
            session: demo::signed_out(&local, options.demo_server.as_deref(), None),
            demo_server: options.demo_server,
            signing_out: None,
            local,
            tokens: options.token_store,
            client_name: options.client_name,
            export_dir: options.export_dir,
            is_plain_http_allowed: options.is_plain_http_allowed,
            emitter,
            inner,
            inner_in: Some(inner_in),
            account: None,
            session_number: 0,
            link: None,
            link_events: None,
            link_state: LinkState::Down,
            no_way: None,
            clock_offset_ms: 0,
            view: None,
            is_welcomed: false,
            drafts: Drafts::new(),
            delivery: Delivery::default(),
            media,
            media_events: Some(options.media.events),
            performer,
            made: Some(made),
            call: AgentCall::new(call::first_media(now())),
            consult: CustomerCall::asking(),
            went_back: None,
            is_watching: false,
            quality: convert::UNKNOWN_QUALITY,
            is_unheard: false,
            endings: Endings::default(),
            ring_started: BTreeMap::new(),
            call_shown: None,
            is_recording_wanted: options.is_recording_wanted,
            shelf: Shelf::open(&options.data_dir),
            recordings: Recordings::default(),
            settings,
            readiness: NOT_RUN,
            wants_ready: Vec::new(),
            outbox_shown: 0,
        }
    }

    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let (Some(mut inner), Some(mut media), Some(mut made)) = (
            self.inner_in.take(),
            self.media_events.take(),
            self.made.take(),
        ) else {
            return;
        };
        self.sign_in_by_token();
        let mut has_media = true;
        loop {
            let deadlines = [self.call.next_deadline(), self.consult.next_deadline()];
            let deadline = deadlines.into_iter().flatten().min();
            tokio::select! {
                request = requests.recv() => match request {
                    Some(Request { command, reply }) => self.take_command(command, reply),
                    None => return,
                },
                event = next_link_event(&mut self.link_events) => match event {
                    Some(event) => self.take_link_event(event),
                    None => self.link_events = None,
                },
                Some(done) = inner.recv() => self.take_inner(done),
                Some(result) = made.recv() => self.take_made(result),
                event = media.recv(), if has_media => match event {
                    Some(event) => self.take_media_event(event),
                    None => has_media = false,
                },
                () = until(deadline), if deadline.is_some() => {
                    self.drive(call::AgentInput::Tick);
                    self.drive_consult(call::CustomerInput::Tick);
                }
            }
            if self.emitter.wants_refresh() {
                self.emit_everything();
            }
        }
    }

    pub(super) fn state(&self) -> DesktopState {
        DesktopState {
            session: self.session.clone(),
            link: self.link_state,
            agent: self.shown_view(),
            call: self.call_state(),
            devices: convert::devices(self.media.devices()),
            readiness: self.readiness.clone(),
            settings: self.settings.clone(),
            outbox: self.outbox_shown,
            recordings: self.recordings.shown,
            clock_offset_ms: self.clock_offset_ms,
        }
    }

    fn shown_view(&self) -> Option<AgentView> {
        self.view
            .as_ref()
            .map(|view| model::with_drafts(view, &self.drafts))
    }

    fn call_state(&self) -> Option<CallState> {
        let (interaction, shown) = self.call.live()?;
        let devices = self.media.devices();
        Some(CallState {
            interaction,
            media: media_state(shown),
            is_muted: self.call.is_muted(),
            quality: self.quality,
            microphone: devices.microphone.in_use.map(|device| device.name),
            speaker: devices.speaker.in_use.map(|device| device.name),
            is_unheard: self.is_unheard,
            recording: self.recordings.state_of(interaction),
        })
    }

    pub(super) fn emit_agent(&mut self) {
        let agent = self.shown_view();
        self.emitter.emit(DesktopEvent::Agent { agent });
    }

    pub(super) fn emit_link(&mut self) {
        let (link, clock_offset_ms) = (self.link_state, self.clock_offset_ms);
        self.emitter.emit(DesktopEvent::Link {
            link,
            clock_offset_ms,
        });
    }

    pub(super) fn emit_session(&mut self) {
        self.emitter.emit(DesktopEvent::Session {
            session: self.session.clone(),
        });
    }

    pub(super) fn emit_readiness(&mut self) {
        self.emitter.emit(DesktopEvent::Readiness {
            readiness: self.readiness.clone(),
        });
    }

    /// Only what really changed: the call's slice is derived from several sources.
    pub(super) fn emit_call(&mut self) {
        let call = self.call_state();
        if call != self.call_shown {
            self.call_shown.clone_from(&call);
            self.emitter.emit(DesktopEvent::Call { call });
        }
    }

    fn emit_everything(&mut self) {
        let state = self.state();
        self.call_shown.clone_from(&state.call);
        self.emit_session();
        self.emit_link();
        self.emit_agent();
        self.emitter.emit(DesktopEvent::Call { call: state.call });
        self.emitter.emit(DesktopEvent::Devices {
            devices: state.devices,
        });
        self.emit_readiness();
        self.emitter.emit(DesktopEvent::Settings {
            settings: state.settings,
        });
        self.emitter.emit(DesktopEvent::Outbox {
            outbox: state.outbox,
        });
        self.emitter.emit(DesktopEvent::Recordings {
            recordings: state.recordings,
        });
    }
}

async fn next_link_event(events: &mut Option<mpsc::Receiver<LinkEvent>>) -> Option<LinkEvent> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

async fn until(deadline: Option<Millis>) {
    let left = deadline.map_or(0, |deadline| deadline.since(now()));
    tokio::time::sleep(Duration::from_millis(left)).await;
}
