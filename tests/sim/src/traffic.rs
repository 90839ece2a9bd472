//! Calls in virtual time: they come at random, are answered the moment they ring, last at random, and may lose patience.

use crate::dice::Dice;
use acd::{Center, Command, Config, Event, Refusal, What, Wishes};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, MediumKind, Millis, NotReadyReason, QueueId,
};

/// What comes to one queue.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    pub queue: QueueId,
    pub per_hour: f64,
    /// By how much of that it comes at an hour of the day, at most 1.
    pub by_hour: fn(f64) -> f64,
    pub handling_s: f64,
}

/// An organisation and what comes to it.
#[derive(Clone, Debug)]
pub struct Scene {
    pub config: Config,
    pub streams: Vec<Stream>,
    /// Mean; nobody leaves without one.
    pub patience_s: Option<f64>,
    /// Who comes to work or leaves it, and when; everybody else is there from the beginning.
    pub shifts: Vec<(Millis, AgentId, bool)>,
}

/// How one call went.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    pub queue: QueueId,
    pub entered_at: Millis,
    /// Nobody was free when it came.
    pub had_to_wait: bool,
    /// What was told at that moment.
    pub expected_ms: Option<u64>,
    /// Until the answer or until the customer left.
    pub waited_ms: u64,
    pub is_answered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Shift(usize),
    Arrival(usize),
    HangUp(AgentId, InteractionId),
    Leave(InteractionId),
}

struct Traffic<'a> {
    scene: &'a Scene,
    dice: Dice,
    center: Center,
    now: Millis,
    due: BinaryHeap<Reverse<(Millis, Due)>>,
    open: BTreeMap<InteractionId, Call>,
    /// In the order in which their wait ended.
    calls: Vec<Call>,
    customers: u64,
}

impl Scene {
    /// Every call whose wait ended, from the beginning until a moment.
    ///
    /// # Errors
    /// A refusal of the engine: the scene is no good.
    pub fn play(&self, seed: u64, until: Millis) -> Result<Vec<Call>, Refusal> {
        let mut traffic = Traffic::begin(self, seed)?;
        while let Some(Reverse((at, due))) = traffic.due.pop()
            && at <= until
        {
            traffic.now = at;
            traffic.happens(due)?;
        }
        Ok(traffic.calls)
    }
}

impl<'a> Traffic<'a> {
    fn begin(scene: &'a Scene, seed: u64) -> Result<Self, Refusal> {
        let mut traffic = Self {
            scene,
            dice: Dice::new(seed),
            center: Center::new(),
            now: Millis(0),
            due: BinaryHeap::new(),
            open: BTreeMap::new(),
            calls: Vec::new(),
            customers: 0,
        };
        let config = scene.config.clone();
        traffic.gives(Command::Configure { config })?;
        for agent in scene.config.agents.iter().map(|agent| agent.id) {
            traffic.gives(Command::AgentConnected { agent })?;
            if !scene.shifts.iter().any(|(_, other, _)| *other == agent) {
                let state = ChosenState::Ready;
                traffic.gives(Command::ChooseState { agent, state })?;
            }
        }
        for (number, (at, ..)) in scene.shifts.iter().enumerate() {
            traffic.due.push(Reverse((*at, Due::Shift(number))));
        }
        for number in 0..scene.streams.len() {
            traffic.next_arrival(number);
        }
        Ok(traffic)
    }

    fn happens(&mut self, due: Due) -> Result<(), Refusal> {
        // Rings widen and hours change at their moments, not at the next call's.
        while let Some(at) = self.center.next_deadline()
            && at <= self.now
        {
            self.gives(Command::Tick)?;
        }
        match due {
            Due::Shift(number) => self.shift(number),
            Due::Arrival(number) => self.arrives(number),
            Due::HangUp(agent, interaction) => {
                self.gives(Command::AgentHangsUp { agent, interaction })
            }
            Due::Leave(interaction) if self.open.contains_key(&interaction) => {
                self.gives(Command::CustomerHangsUp { interaction })
            }
            Due::Leave(_) => Ok(()),
        }
    }

    fn shift(&mut self, number: usize) -> Result<(), Refusal> {
        let Some((_, agent, is_on)) = self.scene.shifts.get(number).copied() else {
            return Ok(());
        };
        let reason = NotReadyReason::Break;
        let state = if is_on {
            ChosenState::Ready
        } else {
            ChosenState::NotReady { reason }
        };
        self.gives(Command::ChooseState { agent, state })
    }

    fn next_arrival(&mut self, number: usize) {
        if let Some(stream) = self.scene.streams.get(number) {
            let wait_ms = self.dice.exponential(3_600_000.0 / stream.per_hour);
            let at = self.now.plus(wait_ms.round() as u64);
            self.due.push(Reverse((at, Due::Arrival(number))));
        }
    }

    /// Some of what would come at full rate does not: thinning (Lewis and Shedler, 1979).
    fn arrives(&mut self, number: usize) -> Result<(), Refusal> {
        self.next_arrival(number);
        let Some(stream) = self.scene.streams.get(number).copied() else {
            return Ok(());
        };
        let hour = self.now.0 as f64 / 3_600_000.0 % 24.0;
        if self.dice.unit() > (stream.by_hour)(hour) {
            return Ok(());
        }
        self.customers += 1;
        self.gives(Command::Enter {
            customer: CustomerId(self.customers),
            queue: stream.queue,
            medium: MediumKind::Voice,
            wishes: Wishes::default(),
        })
    }

    fn gives(&mut self, command: Command) -> Result<(), Refusal> {
        let is_entry = matches!(command, Command::Enter { .. });
        let events = self.center.handle(self.now, command)?;
        let mut entered = None;
        for event in &events {
            entered = entered.or(self.follow(event));
        }
        if is_entry && let Some(id) = entered {
            self.note_wait(id, &events);
        }
        for event in &events {
            if let What::OfferMade {
                interaction, agent, ..
            } = event.what
            {
                self.gives(Command::AcceptOffer { agent, interaction })?;
            }
        }
        Ok(())
    }

    /// What the customer is told who has just come and whom nobody was free for.
    fn note_wait(&mut self, id: InteractionId, events: &[Event]) {
        let mut offers = events.iter().map(|event| &event.what);
        let is_offered = offers.any(|what| matches!(what, What::OfferMade { .. }));
        let expected_ms = self.center.expected_wait_ms(id);
        if let Some(call) = self.open.get_mut(&id) {
            call.had_to_wait = !is_offered;
            call.expected_ms = expected_ms;
        }
        if let Some(patience_s) = self.scene.patience_s {
            let patience_ms = self.dice.exponential(patience_s * 1_000.0);
            let at = self.now.plus(patience_ms.round() as u64);
            self.due.push(Reverse((at, Due::Leave(id))));
        }
    }

    fn follow(&mut self, event: &Event) -> Option<InteractionId> {
        match event.what {
            What::Entered {
                interaction, queue, ..
            } => {
                let call = Call {
                    queue,
                    entered_at: event.at,
                    had_to_wait: false,
                    expected_ms: None,
                    waited_ms: 0,
                    is_answered: false,
                };
                self.open.insert(interaction, call);
                return Some(interaction);
            }
            What::OfferAccepted { interaction, agent } => {
                let queue = self.wait_ends(interaction, true)?;
                let mut streams = self.scene.streams.iter();
                let handling_s = streams.find(|one| one.queue == queue)?.handling_s;
                let handling_ms = self.dice.exponential(handling_s * 1_000.0);
                let at = self.now.plus(handling_ms.round() as u64);
                let hang_up = Due::HangUp(agent, interaction);
                self.due.push(Reverse((at, hang_up)));
            }
            What::Abandoned { interaction, .. } => {
                self.wait_ends(interaction, false);
            }
            _ => {}
        }
        None
    }

    fn wait_ends(&mut self, id: InteractionId, is_answered: bool) -> Option<QueueId> {
        let mut call = self.open.remove(&id)?;
        call.waited_ms = self.now.since(call.entered_at);
        call.is_answered = is_answered;
        self.calls.push(call);
        Some(call.queue)
    }
}
