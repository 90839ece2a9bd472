//! Floors at random: after every step each queue's books balance, each agent is where the engine says, and every
//! millisecond online is in exactly one state. A failure names its seed.

use crate::floor::{AGENTS, Floor, QUEUES};
use crate::story::MIDNIGHT;
use acd::{Event, What};
use figures::{
    Activity, AgentFigures, Figures, INTERVAL_MS, Look, QueueFigures, Settings, Spent, interval_of,
};
use std::collections::BTreeMap;
use vocab::{AgentId, AgentState, Millis, QueueId};

const SEEDS: u64 = 120;
const STEPS: u32 = 500;

/// What the fold was given, to be given again.
enum Given {
    Event(Event),
    Window(Millis),
    Closed(Millis),
}

struct Books {
    figures: Figures,
    given: Vec<Given>,
    /// Since when agents are online, and how long they were before, in this window.
    online_since: BTreeMap<AgentId, Millis>,
    online_ms: BTreeMap<AgentId, u64>,
    /// Handed over.
    queues: BTreeMap<(QueueId, Millis), QueueFigures>,
    agents: BTreeMap<(AgentId, Millis), AgentFigures>,
}

impl Books {
    fn take(&mut self, event: Event) {
        self.figures.apply(&event);
        match event.what {
            What::AgentCameOnline { agent } => {
                self.online_since.insert(agent, event.at);
            }
            What::AgentWentOffline { agent } => {
                let since = self.online_since.remove(&agent).expect("they were online");
                *self.online_ms.entry(agent).or_default() += event.at.since(since);
            }
            What::ClockStepped { by_ms } => self.moves(by_ms),
            _ => {}
        }
        self.given.push(Given::Event(event));
    }

    /// What was handed over is told by the clock that was set.
    fn moves(&mut self, by_ms: i64) {
        let since = self.online_since.values_mut();
        since.for_each(|since| *since = since.shifted(by_ms));
        let queues = std::mem::take(&mut self.queues).into_iter();
        self.queues = queues
            .map(|((id, at), one)| ((id, at.shifted(by_ms)), one))
            .collect();
        let agents = std::mem::take(&mut self.agents).into_iter();
        self.agents = agents
            .map(|((id, at), one)| ((id, at.shifted(by_ms)), one))
            .collect();
    }

    fn begin_window(&mut self, at: Millis) {
        self.figures.begin_window(at);
        self.given.push(Given::Window(at));
        self.online_ms.clear();
        self.online_since.values_mut().for_each(|since| *since = at);
    }

    /// Each interval is handed over once, and is over.
    fn close(&mut self, at: Millis) {
        let closed = self.figures.close_intervals(at);
        self.given.push(Given::Closed(at));
        for (id, began, figures) in closed.queues {
            assert!(began < interval_of(at));
            assert_eq!(self.queues.insert((id, began), figures), None);
        }
        for (id, began, figures) in closed.agents {
            assert!(began < interval_of(at));
            assert_eq!(self.agents.insert((id, began), figures), None);
        }
    }

    /// A restart: what is written down goes on.
    fn are_read_again(&mut self) {
        let written = serde_json::to_string(&self.figures).expect("it can be written");
        let read: Figures = serde_json::from_str(&written).expect("it can be read");
        assert_eq!(read, self.figures);
        self.figures = read;
    }
}

#[test]
fn the_books_balance_at_every_moment() {
    let mut all = QueueFigures::default();
    for seed in 1..=SEEDS {
        let _name = NameOnPanic(seed);
        let mut floor = Floor::new(seed, Millis(MIDNIGHT));
        let mut books = Books {
            figures: Figures::new(Settings::default()),
            given: Vec::new(),
            online_since: BTreeMap::new(),
            online_ms: BTreeMap::new(),
            queues: BTreeMap::new(),
            agents: BTreeMap::new(),
        };
        books.begin_window(floor.now);
        let opened = floor.open();
        opened.into_iter().for_each(|event| books.take(event));
        for step in 0..STEPS {
            let quarter = interval_of(floor.now);
            let events = floor.step();
            if floor.chance(9) && interval_of(floor.now) > quarter {
                books.begin_window(interval_of(floor.now));
            }
            events.into_iter().for_each(|event| books.take(event));
            if floor.chance(50) {
                let events = floor.sets_clock();
                events.into_iter().for_each(|event| books.take(event));
            }
            if floor.chance(40) {
                books.close(floor.now);
            }
            if floor.chance(60) {
                books.are_read_again();
            }
            balance(&books, &floor);
            if step % 25 == 0 {
                intervals_add_up(&books, floor.now);
            }
        }
        intervals_add_up(&books, floor.now);
        from_the_beginning(&books);
        for queue in (1..=QUEUES).map(QueueId) {
            let look = books.figures.at(floor.now);
            all += look.queue(queue).expect("configured").window;
        }
    }
    // Books in which something never happens prove nothing about it.
    let happened = [
        all.offered,
        all.transferred_in,
        all.returned,
        all.answered,
        all.answered_within,
        all.abandoned,
        all.short_abandoned,
        all.called_back,
        all.callbacks_lost,
        all.handled,
        all.transferred_out,
    ];
    assert!(happened.iter().all(|count| *count > 20), "{all:?}");
}

fn balance(books: &Books, floor: &Floor) {
    let look = books.figures.at(floor.now);
    let mut in_hand = Spent::default();
    for id in (1..=QUEUES).map(QueueId) {
        let queue = look.queue(id).expect("it is configured");
        let engines = floor.center.queue(id).expect("it is configured");
        assert_eq!(
            (queue.waiting, queue.callbacks),
            (engines.waiting, engines.callbacks),
            "{id}"
        );
        let ringing = floor.center.line(id).filter(|interaction| {
            let view = floor.center.interaction(*interaction);
            view.is_some_and(|view| view.stage.agent().is_some())
        });
        assert_eq!(queue.ringing as usize, ringing.count(), "{id}");
        in_hand.talk_ms += u64::from(queue.talking);
        in_hand.hold_ms += u64::from(queue.held);
        in_hand.wrap_up_ms += u64::from(queue.wrap_up);
    }
    let open = floor.center.interactions().count() as u64;
    let waiting: u64 = (1..=QUEUES)
        .map(|id| floor.center.line(QueueId(id)).count() as u64)
        .sum();
    assert_eq!(in_hand.sum_ms() + waiting, open);
    entries_balance(books, floor);
    agents_agree(look, books, floor);
}

/// From the very beginning: windows cut entries in two.
fn entries_balance(books: &Books, floor: &Floor) {
    let look = books.figures.at(floor.now);
    for id in (1..=QUEUES).map(QueueId) {
        let mut ever = QueueFigures::default();
        let intervals = look.queue_intervals(id);
        intervals.iter().for_each(|(_, figures)| ever += *figures);
        let now = look.queue(id).expect("it is configured");
        let out = ever.answered
            + ever.abandoned
            + ever.short_abandoned
            + ever.called_back
            + ever.callbacks_lost
            + ever.turned_away
            + ever.removed
            + ever.overflowed_out;
        assert_eq!(ever.offered, out + now.waiting, "{id}: {ever:?}");
        let in_hand = now.talking + now.held + now.wrap_up;
        assert_eq!(
            ever.answered + ever.called_back,
            ever.handled + in_hand,
            "{id}: {ever:?}"
        );
        assert!(ever.answered_within <= ever.answered);
        // What was handled was worked on, and the rest of the work is on those in hand.
        let (handled_ms, worked_ms) = (ever.handled_spent.sum_ms(), ever.worked.sum_ms());
        assert!(
            handled_ms <= worked_ms && (in_hand > 0 || handled_ms == worked_ms),
            "{id}: {ever:?}"
        );
    }
}

fn agents_agree(look: Look<'_>, books: &Books, floor: &Floor) {
    for id in (1..=AGENTS).map(AgentId) {
        let Some(agent) = look.agent(id) else {
            assert_eq!(floor.center.agent(id), None);
            continue;
        };
        let state = floor
            .center
            .agent(id)
            .map_or(AgentState::Offline, |view| view.state);
        assert_eq!(agent.activity, activity(state), "{id}");
        let online_ms: u64 = agent.window.times.iter().map(|(_, ms)| ms).sum();
        let running = books
            .online_since
            .get(&id)
            .map_or(0, |since| floor.now.since(*since));
        let before = books.online_ms.get(&id).copied().unwrap_or(0);
        assert_eq!(online_ms, before + running, "{id}");
        assert!(
            agent
                .window
                .occupancy()
                .is_none_or(|share| (0.0..=1.0).contains(&share))
        );
    }
}

fn activity(state: AgentState) -> Option<Activity> {
    match state {
        AgentState::Offline => None,
        AgentState::NotReady { reason } => Some(Activity::NotReady(reason)),
        AgentState::Ready => Some(Activity::Ready),
        AgentState::Ringing { .. } => Some(Activity::Ringing),
        AgentState::CallingBack { .. } => Some(Activity::CallingBack),
        AgentState::Talking { .. } => Some(Activity::Talking),
        AgentState::Held { .. } => Some(Activity::Held),
        AgentState::WrapUp { .. } => Some(Activity::WrapUp),
    }
}

/// A window is the sum of its intervals, since windows begin where intervals do.
fn intervals_add_up(books: &Books, now: Millis) {
    let look = books.figures.at(now);
    let began = books.figures.window_began();
    for id in look.queues() {
        let mut sum = QueueFigures::default();
        let intervals = look.queue_intervals(id);
        for (at, figures) in intervals {
            let closed = books.queues.get(&(id, at));
            assert!(
                closed.is_none_or(|closed| *closed == figures),
                "{id}: it was final"
            );
            if at >= began {
                sum += figures;
            }
        }
        assert_eq!(Some(sum), look.queue(id).map(|queue| queue.window), "{id}");
    }
    for id in look.agents() {
        let mut sum = AgentFigures::default();
        let closed = books.agents.range((id, began)..=(id, Millis(u64::MAX)));
        let closed = closed.map(|((_, at), figures)| (*at, figures.clone()));
        for (at, figures) in closed.chain(look.agent_intervals(id)) {
            let ms: u64 = figures.times.iter().map(|(_, ms)| ms).sum();
            assert!(ms <= INTERVAL_MS, "{id}: more than there is: {figures:?}");
            if at >= began {
                sum += &figures;
            }
        }
        assert_eq!(Some(sum), look.agent(id).map(|agent| agent.window), "{id}");
    }
}

fn from_the_beginning(books: &Books) {
    let mut again = Figures::new(Settings::default());
    for given in &books.given {
        match given {
            Given::Event(event) => again.apply(event),
            Given::Window(at) => again.begin_window(*at),
            Given::Closed(at) => {
                again.close_intervals(*at);
            }
        }
    }
    assert_eq!(
        again, books.figures,
        "snapshots and their tails give other figures"
    );
}

struct NameOnPanic(u64);

impl Drop for NameOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the failing seed is {}", self.0);
        }
    }
}
