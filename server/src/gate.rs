//! Connections: counted by address and in all when they are accepted, given up when nothing is asked over them, and never
//! so many that the store finds no file to open.
//!
//! A connection is *silent* until its first request, *idle* between two, *busy* with one, and a *link* for good once it
//! is upgraded. Where there is no room, the longest silent one makes it, then the longest idle one; those that are busy
//! and links stay.

mod accept;
mod stream;

pub(crate) use accept::Doorkeeper;

use crate::config::{Limits, Proxies};
use crate::limits::Origin;
use crate::organisations::Organisations;
use futures_util::task::AtomicWaker;
use protocol::limits::LimitKind;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::Instant;

/// An answer that makes no progress is given up after this many times the time that a request may take.
const ANSWER_FACTOR: u32 = 4;

/// All open connections of one server.
pub(crate) struct Gate {
    limits: Limits,
    proxies: Proxies,
    /// At most so many, as files are to open.
    room: usize,
    organisations: Arc<Organisations>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: BTreeMap<u64, Arc<Connection>>,
    by_origin: BTreeMap<Origin, usize>,
    /// Those that may make room: silent ones first, then by how long they are.
    spare: BTreeSet<Spare>,
    /// The same by origin.
    spare_of: BTreeMap<Origin, BTreeSet<Spare>>,
    next: u64,
}

/// Whether it ever asked for something, since when it is idle, and its number.
type Spare = (bool, Instant, u64);

/// One open connection, shared by its stream and its requests.
pub(crate) struct Connection {
    number: u64,
    origin: Origin,
    gate: Arc<Gate>,
    activity: Mutex<Activity>,
    is_put_out: AtomicBool,
    waker: AtomicWaker,
}

#[derive(Clone, Copy, Debug)]
struct Activity {
    began: Instant,
    /// The newest request, part of an answer, or word over a link.
    progress: Instant,
    requests: u32,
    has_asked: bool,
    is_link: bool,
}

impl Gate {
    pub(crate) fn new(
        limits: Limits,
        proxies: Proxies,
        room: u64,
        organisations: Arc<Organisations>,
    ) -> Self {
        Self {
            limits,
            proxies,
            room: usize::try_from(room).unwrap_or(usize::MAX),
            organisations,
            open: Mutex::default(),
        }
    }

    /// How many are open now.
    pub(crate) fn connections(&self) -> usize {
        self.lock().all.len()
    }

    /// A place for one more connection from this address, where there is or can be made room.
    pub(crate) fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Arc<Connection>> {
        let origin = Origin::of(address);
        let refused = {
            let mut open = self.lock();
            match self.make_room(&mut open, address, origin) {
                Ok(()) => return Some(self.add(&mut open, origin)),
                Err(limit) => limit,
            }
        };
        // Not under the lock: it tells the engines.
        self.organisations.bit(refused);
        None
    }

    fn make_room(&self, open: &mut Open, address: IpAddr, origin: Origin) -> Result<(), LimitKind> {
        // A proxy speaks for everybody; its clients are told apart by what it forwards.
        let share = usize::try_from(self.limits.connections_per_address).unwrap_or(usize::MAX);
        let may_have_all = self.limits.connections_per_address >= self.limits.connections;
        let most = if may_have_all {
            self.room
        } else {
            self.room.div_ceil(2)
        };
        let share = share.min(most);
        let here = open.by_origin.get(&origin).copied().unwrap_or_default();
        if here >= share && !self.proxies.is_ours(address) && !open.put_out_of(origin) {
            return Err(LimitKind::ConnectionsOfAddress);
        }
        if open.all.len() >= self.room && !open.put_out() {
            return Err(LimitKind::Connections);
        }
        Ok(())
    }

    fn add(self: &Arc<Self>, open: &mut Open, origin: Origin) -> Arc<Connection> {
        let now = Instant::now();
        let connection = Arc::new(Connection {
            number: open.next,
            origin,
            gate: Arc::clone(self),
            activity: Mutex::new(Activity {
                began: now,
                progress: now,
                requests: 0,
                has_asked: false,
                is_link: false,
            }),
            is_put_out: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        });
        open.next += 1;
        *open.by_origin.entry(origin).or_default() += 1;
        open.all.insert(connection.number, Arc::clone(&connection));
        open.spares(origin, (false, now, connection.number));
        connection
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn spares(&mut self, origin: Origin, spare: Spare) {
        self.spare.insert(spare);
        self.spare_of.entry(origin).or_default().insert(spare);
    }

    fn spares_no_more(&mut self, origin: Origin, spare: Spare) {
        self.spare.remove(&spare);
        if let Some(here) = self.spare_of.get_mut(&origin) {
            here.remove(&spare);
            if here.is_empty() {
                self.spare_of.remove(&origin);
            }
        }
    }

    /// False when none can go.
    fn put_out(&mut self) -> bool {
        let spare = self.spare.first().copied();
        spare.is_some_and(|spare| self.close(spare))
    }

    fn put_out_of(&mut self, origin: Origin) -> bool {
        let spare = self.spare_of.get(&origin).and_then(BTreeSet::first);
        spare.copied().is_some_and(|spare| self.close(spare))
    }

    /// Its file is closed a moment later, by its own task.
    fn close(&mut self, spare: Spare) -> bool {
        let Some(connection) = self.all.get(&spare.2).cloned() else {
            return false;
        };
        self.remove(&connection, spare);
        connection.is_put_out.store(true, Ordering::Release);
        connection.waker.wake();
        true
    }

    fn remove(&mut self, connection: &Connection, spare: Spare) {
        self.spares_no_more(connection.origin, spare);
        if self.all.remove(&connection.number).is_none() {
            return;
        }
        if let Some(here) = self.by_origin.get_mut(&connection.origin) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                self.by_origin.remove(&connection.origin);
            }
        }
    }
}

impl Connection {
    /// A request begins; it ends when what is returned is dropped, which an answer's body keeps.
    pub(crate) fn begins(self: &Arc<Self>) -> Request {
        self.change(|activity| {
            activity.requests += 1;
            activity.has_asked = true;
        });
        Request {
            connection: Arc::clone(self),
        }
    }

    /// From now on it is a link, with heartbeats of its own.
    pub(crate) fn becomes_link(&self) {
        self.change(|activity| activity.is_link = true);
    }

    /// When to look again; nothing when it is over.
    fn due(&self, now: Instant) -> Option<Instant> {
        let limits = &self.gate.limits;
        let activity = *self.activity();
        let due = match (activity.has_asked, activity.requests) {
            (false, _) => activity.began + limits.first_request,
            (true, 0) => activity.progress + limits.idle,
            (true, _) => {
                let answer = limits.request_timeout.saturating_mul(ANSWER_FACTOR);
                activity.progress + limits.idle.max(answer)
            }
        };
        (due > now).then_some(due)
    }

    /// Something arrived; over a link that is progress.
    fn hears(&self) {
        let mut activity = self.activity();
        if activity.is_link {
            activity.progress = Instant::now();
        }
    }

    fn leave(&self) {
        let mut open = self.gate.lock();
        let spare = self.spare(*self.activity());
        open.remove(self, spare);
    }

    fn change(&self, change: impl FnOnce(&mut Activity)) {
        let mut open = self.gate.lock();
        let mut activity = self.activity();
        let before = *activity;
        change(&mut activity);
        activity.progress = Instant::now();
        let after = *activity;
        drop(activity);
        open.spares_no_more(self.origin, self.spare(before));
        if open.all.contains_key(&self.number) && after.is_spare() {
            open.spares(self.origin, self.spare(after));
        }
    }

    fn spare(&self, activity: Activity) -> Spare {
        let since = if activity.has_asked {
            activity.progress
        } else {
            activity.began
        };
        (activity.has_asked, since, self.number)
    }

    fn activity(&self) -> MutexGuard<'_, Activity> {
        self.activity.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Activity {
    fn is_spare(&self) -> bool {
        self.requests == 0 && !self.is_link
    }
}

/// A request in progress, its answer's body included.
pub(crate) struct Request {
    connection: Arc<Connection>,
}

impl Request {
    /// A part of the answer is on its way.
    pub(crate) fn gets_on(&self) {
        self.connection.activity().progress = Instant::now();
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.connection.change(|activity| {
            activity.requests = activity.requests.saturating_sub(1);
        });
    }
}
