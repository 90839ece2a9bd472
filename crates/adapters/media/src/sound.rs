//! The thread that owns the devices: what is plugged in, which is open and why, and what replaces one that went away.

mod open;
mod settle;

use crate::choose::Wishes;
use crate::error::MediaError;
use crate::event::{Device, DeviceKind, Devices, MediaEvent, TestStage};
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
/// While a person moves a slider in the mixer the devices are not listed more often than this.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// After a look at the devices that failed.
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// A device whose stream was ended may still be listed for a moment: it is not tried again before this, while there
/// is another.
const SHUNNED_FOR: Duration = Duration::from_secs(1);
const METER_LIMIT: Duration = Duration::from_secs(60);
const RING_LIMIT: Duration = Duration::from_secs(120);
const TEST_LIMIT: Duration = Duration::from_secs(15);

pub(crate) type Reply = oneshot::Sender<Result<(), MediaError>>;

pub(crate) enum Command {
    Prefer(DeviceKind, Vec<Device>),
    Unsilence(DeviceKind, Reply),
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
    /// The sound system says that devices came or went, or that its mixer did something to one.
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
    last_look: Instant,
    /// Whether the system answered when it was asked last: one that does not is not asked all the time.
    is_answered: bool,
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
            last_look: Instant::now(),
            is_answered: true,
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
            if (is_stalled && self.is_answered) || Instant::now() >= self.next_poll {
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
            Command::Prefer(kind, devices) => {
                self.wishes.set(kind, devices);
                self.settle(true);
            }
            Command::Unsilence(kind, reply) => {
                let done = self.unsilence(kind);
                self.poll();
                // The receiver is gone when the request timed out.
                let _ = reply.send(done);
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
            Command::Changed => self.look_soon(),
        }
    }

    /// Reads the devices anew, at once or as soon as the last time is long enough ago.
    fn look_soon(&mut self) {
        let soonest = self.last_look + BETWEEN_LOOKS;
        if Instant::now() >= soonest {
            self.poll();
        } else {
            self.next_poll = self.next_poll.min(soonest);
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
        // What the mixer does to this program's own stream shows only now that there is one.
        if self.list() {
            self.show();
        }
        troubles.retain(|(kind, _)| kinds.contains(kind));
        let result = troubles
            .into_iter()
            .next()
            .map_or(Ok(()), |(_, error)| Err(error));
        if result.is_err() && self.test_until.is_some() && kinds.contains(&DeviceKind::Speaker) {
            self.end_test();
            self.settle(true);
        }
        // The receiver is gone when the request timed out.
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

    /// Lists the devices and mends what is open; a system that does not answer opens nothing either.
    fn poll(&mut self) {
        if self.list() {
            self.settle(false);
        }
    }

    /// False when the system did not answer.
    fn list(&mut self) -> bool {
        match self.host.list() {
            Ok(listing) => self.listing = listing,
            Err(error) => {
                if std::mem::take(&mut self.is_answered) {
                    tracing::warn!(error, "the devices could not be listed");
                }
                self.next_poll = Instant::now() + ASK_AGAIN;
                return false;
            }
        }
        self.is_answered = true;
        self.last_look = Instant::now();
        self.next_poll = self.last_look + self.host.poll_every();
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
        true
    }
}

fn ring_end(rings: Option<u32>) -> Instant {
    let length = rings.map_or(RING_LIMIT, |rings| {
        Duration::from_millis(audio::tone::RingTone::CYCLE_MS) * rings
    });
    Instant::now() + length
}
