//! The thread that owns the devices: what is plugged in, which is open and why, and what replaces one that went away.

mod open;

use crate::choose::{Wishes, choose, is_present, overview};
use crate::error::MediaError;
use crate::event::{DeviceKind, Devices, MediaEvent, TestStage};
use crate::host::{Listing, SoundHost};
use crate::session::Session;
use crate::worker::{MOST_CALLS, Order};
use open::Open;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread::Thread;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use vocab::MediaId;

/// Commands that wait for this thread; senders are told when it is full.
pub(crate) const COMMANDS: usize = 64;
/// While something is open, its callbacks are watched this often.
const WATCH: Duration = Duration::from_millis(50);
/// A device that does not open for its own reasons must not cost the others their connection all the time.
const RECONNECT_EVERY: Duration = Duration::from_secs(5);
/// A device whose stream was ended may still be listed for a moment: it is not tried again before this, while there
/// is another.
const SHUNNED_FOR: Duration = Duration::from_secs(1);
const METER_LIMIT: Duration = Duration::from_secs(60);
const RING_LIMIT: Duration = Duration::from_secs(120);
const TEST_LIMIT: Duration = Duration::from_secs(15);

pub(crate) type Reply = oneshot::Sender<Result<(), MediaError>>;

pub(crate) enum Command {
    Prefer(DeviceKind, Vec<String>),
    Talk(Arc<Session>),
    StopTalking(MediaId),
    NoiseSuppression(bool),
    StartMeter(Reply),
    StopMeter,
    TestRecordAndPlay(Reply),
    TestOver,
    Ring {
        volume_percent: u8,
        rings: Option<u32>,
        reply: Reply,
    },
    StopRinging,
    /// A stream's own error callback; `serial` tells streams apart.
    Broken {
        kind: DeviceKind,
        serial: u64,
    },
    /// The sound system says that devices came or went.
    Changed,
    Quit,
}

pub(crate) struct Sound {
    host: Box<dyn SoundHost>,
    commands: Receiver<Command>,
    /// For the streams' error callbacks.
    own_commands: SyncSender<Command>,
    orders: SyncSender<Order>,
    worker: Thread,
    events: mpsc::Sender<MediaEvent>,
    shown: Arc<Mutex<Devices>>,
    wishes: Wishes,
    listing: Listing,
    /// Ids of devices that ended their streams, and until when each is passed over.
    shunned: Vec<(String, Instant)>,
    microphone: Option<Open>,
    speaker: Option<Open>,
    ringer: Option<Open>,
    serial: u64,
    calls: Vec<MediaId>,
    meter_until: Option<Instant>,
    test_until: Option<Instant>,
    ring: Option<(u8, Option<u32>, Instant)>,
    /// Said once until the device opens again.
    told_trouble: Vec<DeviceKind>,
    next_poll: Instant,
    next_reconnect: Instant,
    /// Of the host, as last seen.
    connection: u64,
}

pub(crate) struct Links {
    pub(crate) commands: Receiver<Command>,
    pub(crate) own_commands: SyncSender<Command>,
    pub(crate) orders: SyncSender<Order>,
    pub(crate) worker: Thread,
    pub(crate) events: mpsc::Sender<MediaEvent>,
    pub(crate) shown: Arc<Mutex<Devices>>,
}

impl Sound {
    pub(crate) fn new(host: Box<dyn SoundHost>, wishes: Wishes, links: Links) -> Self {
        Self {
            host,
            commands: links.commands,
            own_commands: links.own_commands,
            orders: links.orders,
            worker: links.worker,
            events: links.events,
            shown: links.shown,
            wishes,
            listing: Listing::default(),
            shunned: Vec::new(),
            microphone: None,
            speaker: None,
            ringer: None,
            serial: 0,
            calls: Vec::new(),
            meter_until: None,
            test_until: None,
            ring: None,
            told_trouble: Vec::new(),
            next_poll: Instant::now(),
            next_reconnect: Instant::now(),
            connection: 0,
        }
    }

    /// Runs until told to quit; devices close and the worker stops with it.
    pub(crate) fn run(mut self) {
        self.poll();
        loop {
            let is_open =
                self.microphone.is_some() || self.speaker.is_some() || self.ringer.is_some();
            let until_poll = self.next_poll.saturating_duration_since(Instant::now());
            let wait = if is_open {
                WATCH.min(until_poll)
            } else {
                until_poll
            };
            match self.commands.recv_timeout(wait) {
                Ok(Command::Quit) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(command) => self.obey(command),
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.end_what_is_due();
            let is_stalled = [&self.microphone, &self.speaker, &self.ringer]
                .into_iter()
                .flatten()
                .any(Open::has_stalled);
            if is_stalled || Instant::now() >= self.next_poll {
                self.poll();
            }
        }
        self.order(Order::Stop);
    }

    fn order(&self, order: Order) {
        if self.orders.send(order).is_err() {
            tracing::error!("the voice thread has ended");
        }
        self.worker.unpark();
    }

    fn tell(&self, event: MediaEvent) {
        if self.events.try_send(event).is_err() {
            tracing::debug!("a device event found nobody");
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Prefer(kind, names) => {
                self.wishes.set(kind, names);
                self.settle(true);
            }
            Command::Talk(session) => {
                self.end_test();
                self.meter_until = None;
                self.told_trouble.clear();
                if !self.calls.contains(&session.media) && self.calls.len() < MOST_CALLS {
                    self.calls.push(session.media);
                    self.order(Order::Talk(session));
                }
                self.settle(true);
            }
            Command::StopTalking(media) => {
                if self.calls.contains(&media) {
                    self.calls.retain(|call| *call != media);
                    self.order(Order::StopTalking(media));
                    self.settle(true);
                }
            }
            Command::Quit => {}
            Command::NoiseSuppression(is_on) => self.order(Order::NoiseSuppression(is_on)),
            Command::StartMeter(reply) => {
                self.meter_until = Some(Instant::now() + METER_LIMIT);
                self.open_for(reply, &[DeviceKind::Microphone]);
            }
            Command::StopMeter => {
                self.meter_until = None;
                self.settle(true);
            }
            Command::TestRecordAndPlay(reply) => {
                if self.calls.is_empty() {
                    self.test_until = Some(Instant::now() + TEST_LIMIT);
                    self.order(Order::Test(true));
                }
                self.open_for(reply, &[DeviceKind::Microphone, DeviceKind::Speaker]);
            }
            Command::TestOver => {
                self.test_until = None;
                self.settle(true);
            }
            Command::Ring {
                volume_percent,
                rings,
                reply,
            } => {
                self.close(DeviceKind::Ringer);
                self.ring = Some((volume_percent, rings, ring_end(rings)));
                self.open_for(reply, &[DeviceKind::Ringer]);
            }
            Command::StopRinging => {
                self.ring = None;
                self.settle(true);
            }
            Command::Broken { kind, serial } => self.broke(kind, serial),
            Command::Changed => self.poll(),
        }
    }

    fn broke(&mut self, kind: DeviceKind, serial: u64) {
        let Some(open) = self.slot(kind) else { return };
        if open.serial != serial {
            return;
        }
        open.is_broken = true;
        let id = open.id.clone();
        self.shunned.push((id, Instant::now() + SHUNNED_FOR));
        self.poll();
    }

    fn end_test(&mut self) {
        if self.test_until.take().is_some() {
            self.order(Order::Test(false));
        }
    }

    fn end_what_is_due(&mut self) {
        let now = Instant::now();
        let is_due = |until: &Option<Instant>| until.is_some_and(|until| until <= now);
        let (meter, test) = (is_due(&self.meter_until), is_due(&self.test_until));
        let ring = self.ring.is_some_and(|(_, _, until)| until <= now);
        if meter {
            self.meter_until = None;
        }
        if test {
            self.end_test();
            let why = MediaError::TimedOut("the microphone test");
            self.tell(MediaEvent::Test(TestStage::Failed(why)));
        }
        if ring {
            self.ring = None;
        }
        if meter || test || ring {
            self.settle(true);
        }
    }

    /// Opens what is now wanted and answers with the first of `kinds` that failed.
    fn open_for(&mut self, reply: Reply, kinds: &[DeviceKind]) {
        self.told_trouble.clear();
        let mut troubles = self.settle(true);
        troubles.retain(|(kind, _)| kinds.contains(kind));
        let result = troubles
            .into_iter()
            .next()
            .map_or(Ok(()), |(_, error)| Err(error));
        if result.is_err() && self.test_until.is_some() && kinds.contains(&DeviceKind::Speaker) {
            self.end_test();
            self.settle(true);
        }
        // Nobody waits any more when the caller gave up.
        let _ = reply.send(result);
    }

    fn slot(&mut self, kind: DeviceKind) -> &mut Option<Open> {
        match kind {
            DeviceKind::Microphone => &mut self.microphone,
            DeviceKind::Speaker => &mut self.speaker,
            DeviceKind::Ringer => &mut self.ringer,
        }
    }

    fn is_wanted(&self, kind: DeviceKind) -> bool {
        let is_talking = !self.calls.is_empty() || self.test_until.is_some();
        match kind {
            DeviceKind::Microphone => is_talking || self.meter_until.is_some(),
            DeviceKind::Speaker => is_talking,
            DeviceKind::Ringer => self.ring.is_some(),
        }
    }

    /// Lists the devices and mends what is open.
    fn poll(&mut self) {
        self.list();
        self.settle(false);
    }

    fn list(&mut self) {
        self.next_poll = Instant::now() + self.host.poll_every();
        match self.host.list() {
            Ok(listing) => self.listing = listing,
            Err(error) => {
                tracing::warn!(error, "the devices could not be listed");
                self.listing = Listing::default();
            }
        }
        let now = Instant::now();
        let listing = &self.listing;
        let is_listed = |id: &String| {
            let mut all = listing.microphones.iter().chain(&listing.speakers);
            all.any(|entry| entry.id == *id)
        };
        // One that went away for good is used as soon as it comes back.
        self.shunned
            .retain(|(id, until)| *until > now && is_listed(id));
        if let Some(until) = self.shunned.iter().map(|(_, until)| *until).min() {
            self.next_poll = self.next_poll.min(until);
        }
        if self.host.connection() != self.connection {
            self.connection = self.host.connection();
            tracing::warn!("the sound system was connected anew");
            for open in [&mut self.microphone, &mut self.speaker, &mut self.ringer] {
                open.iter_mut().for_each(|open| open.is_broken = true);
            }
        }
    }

    /// What is listed and not shunned; a shunned device is better than none.
    fn offered(&self, kind: DeviceKind) -> Listing {
        let mut offered = self.listing.clone();
        let is_shunned = |id: &String| self.shunned.iter().any(|(shunned, _)| shunned == id);
        offered.microphones.retain(|entry| !is_shunned(&entry.id));
        offered.speakers.retain(|entry| !is_shunned(&entry.id));
        if choose(kind, &self.wishes, &offered).is_none() {
            return self.listing.clone();
        }
        offered
    }

    /// Makes what is open what should be: wanted, present, the most preferred. Gives what could not be opened.
    fn settle(&mut self, is_asked: bool) -> Vec<(DeviceKind, MediaError)> {
        let mut troubles = Vec::new();
        for kind in [
            DeviceKind::Microphone,
            DeviceKind::Speaker,
            DeviceKind::Ringer,
        ] {
            if let Err(error) = self.settle_one(kind, is_asked) {
                if !self.told_trouble.contains(&kind) {
                    self.told_trouble.push(kind);
                    if !self.calls.is_empty() {
                        self.tell(MediaEvent::Trouble(error.clone()));
                    }
                }
                troubles.push((kind, error));
            }
        }
        self.show();
        troubles
    }

    fn settle_one(&mut self, kind: DeviceKind, is_asked: bool) -> Result<(), MediaError> {
        if !self.is_wanted(kind) {
            self.close(kind);
            return Ok(());
        }
        let chosen = choose(kind, &self.wishes, &self.offered(kind)).cloned();
        let listing = self.listing.clone();
        let before = self.slot(kind).as_ref().map(|open| {
            let is_there = is_present(kind, &open.id, &listing);
            (
                open.id.clone(),
                open.name.clone(),
                is_there && !open.is_dead(),
            )
        });
        if let (Some((id, _, true)), Some(entry)) = (&before, &chosen)
            && *id == entry.id
        {
            return Ok(());
        }
        let was_lost = before.as_ref().is_some_and(|(_, _, is_alive)| !is_alive);
        let result = self.open_best(kind);
        let now = result.as_ref().ok().cloned();
        match (before, now) {
            (Some((_, was, _)), now) if was_lost => {
                if now.as_ref() == Some(&was) {
                    return Ok(());
                }
                tracing::info!(?kind, "a device went away");
                self.tell(MediaEvent::DeviceLost { kind, was, now });
            }
            (_, Some(now)) if !is_asked => {
                tracing::info!(?kind, "a device is back");
                self.tell(MediaEvent::DeviceBack { kind, now });
            }
            _ => {}
        }
        result.map(drop)
    }

    /// Opens the most wanted device that lets itself be opened, and gives its name.
    fn open_best(&mut self, kind: DeviceKind) -> Result<String, MediaError> {
        // After a stream was ended by the server, PulseAudio refuses every further one of the same
        // connection ("invalid argument"), while another connection works at once.
        let may_reconnect = self.next_reconnect <= Instant::now();
        let first = self.open_any(kind, if may_reconnect { 1 } else { usize::MAX });
        let opened = match first {
            Err(MediaError::Device { .. }) if may_reconnect => {
                self.next_reconnect = Instant::now() + RECONNECT_EVERY;
                self.host.disconnect();
                self.list();
                self.open_any(kind, usize::MAX)
            }
            first => first,
        };
        if opened.is_err() {
            self.close(kind);
        }
        opened
    }

    fn open_any(&mut self, kind: DeviceKind, tries: usize) -> Result<String, MediaError> {
        let mut left = self.offered(kind);
        let mut first_error = None;
        for _ in 0..tries {
            let Some(entry) = choose(kind, &self.wishes, &left).cloned() else {
                break;
            };
            match self.open(kind, &entry) {
                Ok(()) => return Ok(entry.name),
                Err(error) => {
                    tracing::warn!(%error, "a device did not open");
                    first_error.get_or_insert(error);
                }
            }
            left.microphones.retain(|other| other.id != entry.id);
            left.speakers.retain(|other| other.id != entry.id);
        }
        Err(first_error.unwrap_or(match kind {
            DeviceKind::Microphone => MediaError::NoMicrophone,
            DeviceKind::Speaker | DeviceKind::Ringer => MediaError::NoSpeaker,
        }))
    }

    /// Tells what is plugged in and in use, when it changed.
    fn show(&mut self) {
        let mut devices = overview(&self.wishes, &self.listing);
        let open = |open: &Option<Open>| open.as_ref().map(|open| open.name.clone());
        for (choice, open) in [
            (&mut devices.microphone, open(&self.microphone)),
            (&mut devices.speaker, open(&self.speaker)),
            (&mut devices.ringer, open(&self.ringer)),
        ] {
            if open.is_some() {
                choice.in_use = open;
            }
        }
        let Ok(mut shown) = self.shown.lock() else {
            return;
        };
        if *shown != devices {
            *shown = devices.clone();
            drop(shown);
            self.tell(MediaEvent::Devices(devices));
        }
    }
}

fn ring_end(rings: Option<u32>) -> Instant {
    let length = rings.map_or(RING_LIMIT, |rings| {
        Duration::from_millis(audio::tone::RingTone::CYCLE_MS) * rings
    });
    Instant::now() + length
}
