//! One simulated floor: random commands, soundness after each, draining at the end.

mod dice;
mod ends;
mod handovers;

use acd::{
    Agent, Center, Command, Config, Event, InteractionView, Patience, Queue, Refusal, Stage, Waits,
    What,
};
use dice::Dice;
pub(crate) use ends::Ends;
use std::collections::BTreeSet;
use vocab::{
    AgentId, AgentState, ChosenState, CustomerId, InteractionId, MediumKind, Millis,
    NotReadyReason, PeerLink, QueueId,
};

const AGENTS: u32 = 6;
const QUEUES: u32 = 3;
const CUSTOMERS: u64 = 12;
/// Reading a snapshot back costs more than everything else.
const SNAPSHOT_EVERY: u32 = 10;

/// Says which seed it was when a check fails.
pub(crate) struct NameOnPanic(pub(crate) u64);

impl Drop for NameOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the failing seed is {}", self.0);
        }
    }
}

pub(crate) struct Floor {
    dice: Dice,
    center: Center,
    /// Knows the events only.
    replayed: Center,
    now: u64,
    commands: u32,
    last_event_at: Millis,
    entered: BTreeSet<InteractionId>,
    over: BTreeSet<InteractionId>,
    /// They go before those who entered earlier.
    passed_on: BTreeSet<InteractionId>,
    pub(crate) ends: Ends,
}

impl Floor {
    pub(crate) fn new(seed: u64) -> Self {
        let mut floor = Self {
            dice: Dice::new(seed),
            center: Center::new(),
            replayed: Center::new(),
            now: 1_000_000,
            commands: 0,
            last_event_at: Millis(0),
            entered: BTreeSet::new(),
            over: BTreeSet::new(),
            passed_on: BTreeSet::new(),
            ends: Ends::default(),
        };
        let config = floor.config(true);
        floor.does(Command::Configure { config });
        floor
    }

    pub(crate) fn step(&mut self) {
        self.time_passes();
        let command = match self.dice.below(3) {
            0 => self.something_fitting(),
            _ => self.something(),
        };
        self.does(command);
    }

    /// What an agent at work may well do next; pure chance would rarely get through a whole call.
    fn something_fitting(&mut self) -> Command {
        let agent = AgentId(1 + self.pick(u64::from(AGENTS)));
        let Some(interaction) = self.center.work_of(agent).next() else {
            return Command::AgentConnected { agent };
        };
        let view = self.center.interaction(interaction).expect("it is work");
        let first = self.dice.below(2) == 0;
        match view.stage {
            Stage::Waiting => Command::Tick,
            Stage::Ringing { .. } => Command::AcceptOffer { agent, interaction },
            Stage::CallingBack { .. } if first => Command::AnswerCallback { interaction },
            Stage::CallingBack { .. } => Command::DeclineCallback { interaction },
            Stage::Consulting { .. } => self.something_in_consult(agent, interaction),
            Stage::Talking { .. } if self.dice.below(3) == 0 => self.passes_on(agent, interaction),
            Stage::Talking { .. } if first => Command::Hold { agent, interaction },
            Stage::Talking { .. } => Command::AgentHangsUp { agent, interaction },
            Stage::Held { .. } if first => Command::Resume { agent, interaction },
            Stage::Held { .. } => Command::CustomerConnected { interaction },
            Stage::WrapUp { .. } if first => Command::ExtendWrapUp { agent, interaction },
            Stage::WrapUp { .. } => Command::FinishWrapUp {
                agent,
                interaction,
                disposition: None,
            },
        }
    }

    /// Mostly a little; sometimes to the next deadline or beyond; sometimes the clock is set.
    fn time_passes(&mut self) {
        match self.dice.below(100) {
            0 => self.now = self.now.saturating_sub(self.dice.below(60_000)),
            1 => self.now += self.dice.below(90_000),
            2..=6 => {
                if let Some(Millis(at)) = self.center.next_deadline() {
                    self.now = self.now.max(at);
                }
            }
            _ => self.now += self.dice.below(800),
        }
        // A server looks at the clock often, but not always before a command arrives.
        if self.dice.below(3) > 0 {
            self.does(Command::Tick);
        }
    }

    fn something(&mut self) -> Command {
        let agent = AgentId(1 + self.pick(u64::from(AGENTS)));
        let interaction = self.some_interaction(agent);
        let customer = CustomerId(1 + self.dice.below(CUSTOMERS));
        let queue = QueueId(1 + self.pick(u64::from(QUEUES)));
        match self.dice.below(100) {
            0..=2 => Command::KeepPlace { interaction },
            3 => Command::WaitOnLine { interaction },
            4 => Command::AnswerCallback { interaction },
            5..=20 => Command::Enter {
                customer,
                queue,
                medium: MediumKind::Voice,
            },
            21..=23 => Command::CustomerDisconnected { interaction },
            24..=31 => Command::CustomerConnected { interaction },
            32..=35 => Command::CustomerHangsUp { interaction },
            36..=43 => Command::AgentConnected { agent },
            44..=47 => Command::AgentDisconnected { agent },
            48 => Command::AgentSignsOut { agent },
            49..=60 => Command::ChooseState {
                agent,
                state: self.some_state(),
            },
            61..=63 => {
                let state = (self.dice.below(3) > 0).then(|| self.some_state());
                Command::ReserveNextState { agent, state }
            }
            64..=76 => Command::AcceptOffer { agent, interaction },
            77..=79 => Command::DeclineOffer { agent, interaction },
            80 => self.passes_on(agent, interaction),
            81 => self.something_in_consult(agent, interaction),
            82 => Command::Hold { agent, interaction },
            83..=85 => Command::Resume { agent, interaction },
            86..=90 => Command::AgentHangsUp { agent, interaction },
            91..=94 => {
                let disposition = (self.dice.below(2) > 0).then(|| "solved".to_owned());
                Command::FinishWrapUp {
                    agent,
                    interaction,
                    disposition,
                }
            }
            95..=96 => Command::ExtendWrapUp { agent, interaction },
            97 => Command::ServerRestarted,
            98 => Command::Configure {
                config: self.config(false),
            },
            _ => Command::Tick,
        }
    }

    /// Mostly the agent's own work, else anything that is or was or never was.
    fn some_interaction(&mut self, agent: AgentId) -> InteractionId {
        let own = self.center.work_of(agent).next();
        match own {
            Some(own) if self.dice.below(4) > 0 => own,
            Some(_) | None => InteractionId(1 + self.dice.below(self.entered.len() as u64 + 1)),
        }
    }

    fn some_state(&mut self) -> ChosenState {
        match self.dice.below(8) {
            0 => ChosenState::NotReady {
                reason: NotReadyReason::Lunch,
            },
            1 => ChosenState::NotReady {
                reason: NotReadyReason::Missed,
            },
            _ => ChosenState::Ready,
        }
    }

    /// `is_whole`: every queue has agents and every agent is there; else some are left out.
    fn config(&mut self, is_whole: bool) -> Config {
        let is_closed = !is_whole && self.dice.below(4) == 0;
        let queues = (1..=QUEUES).map(|id| Queue {
            id: QueueId(id),
            name: format!("Queue {id}"),
            priority: u8::try_from(id).expect("small"),
            ring_ms: 5_000 * u64::from(id),
            wrap_up_ms: 10_000 * u64::from(id - 1),
            max_waiting: 4,
            is_closed: is_closed && id == 1,
            callback_keeps_ms: 60_000 * u64::from(id - 1),
        });
        let queues: Vec<_> = queues.collect();
        let mut agents = Vec::new();
        for id in 1..=AGENTS {
            if !is_whole && self.dice.below(5) == 0 {
                continue;
            }
            let served = (1..=QUEUES).filter(|queue| {
                (is_whole && (id + queue) % 3 != 0) || (!is_whole && self.dice.below(2) == 0)
            });
            agents.push(Agent {
                id: AgentId(id),
                queues: served.map(QueueId).collect(),
            });
        }
        Config {
            queues,
            agents,
            patience: Patience::default(),
        }
    }

    fn does(&mut self, command: Command) {
        let before = self.center.clone();
        let is_tick = command == Command::Tick;
        match self.center.handle(Millis(self.now), command.clone()) {
            Ok(events) => {
                self.follow(&events);
                self.is_in_order(&events);
            }
            Err(Refusal::BadConfig(why)) => panic!("{why}: {command:?}"),
            Err(_) => {
                assert_eq!(
                    self.center, before,
                    "a refused command changed something: {command:?}"
                );
                self.ends.note_refusal();
            }
        }
        if is_tick {
            let next = self.center.next_deadline();
            assert!(
                next.is_none_or(|at| at > Millis(self.now)),
                "a deadline is stuck: {next:?}"
            );
        }
        self.is_sound();
    }

    fn follow(&mut self, events: &[Event]) {
        for event in events {
            assert!(
                event.at >= self.last_event_at,
                "time ran backwards: {event:?}"
            );
            self.last_event_at = event.at;
            self.replayed.apply(event);
            self.ends.note(&event.what);
            if let What::Transferred { interaction, .. } = event.what {
                self.passed_on.insert(interaction);
            }
            if let What::Entered { interaction, .. } = event.what {
                assert!(
                    self.entered.insert(interaction),
                    "numbered twice: {event:?}"
                );
            }
            if let What::Abandoned { interaction, .. } | What::Ended { interaction, .. } =
                event.what
            {
                assert!(self.over.insert(interaction), "ended twice: {event:?}");
            }
        }
        assert_eq!(
            self.replayed, self.center,
            "the events alone give another engine"
        );
    }

    /// Nobody who could have been offered was passed over by somebody of the same queue who came later.
    fn is_in_order(&self, events: &[Event]) {
        for event in events {
            let What::OfferMade {
                interaction, agent, ..
            } = event.what
            else {
                continue;
            };
            // Passed on: at the head of the line, or to a colleague by name.
            if self.passed_on.contains(&interaction) {
                continue;
            }
            let offered = self.center.interaction(interaction).expect("it rings");
            assert_eq!(
                offered.customer_link,
                PeerLink::Connected,
                "an agent is rung for nobody: {interaction}"
            );
            for other in self.center.line(offered.queue) {
                if self.is_offerable_to(other, agent) {
                    let entered_at = self.center.interaction(other).expect("it waits").entered_at;
                    assert!(
                        !self.passed_on.contains(&other)
                            && (offered.entered_at, interaction) < (entered_at, other),
                        "{other} was passed over by {interaction}"
                    );
                }
            }
        }
    }

    fn is_offerable(&self, interaction: InteractionId) -> bool {
        let view = self.center.interaction(interaction).expect("it is in line");
        let rests = matches!(
            view.waits,
            Waits::ForCallback {
                rests_until: Some(_),
                ..
            }
        );
        view.stage == Stage::Waiting && view.customer_link == PeerLink::Connected && !rests
    }

    fn is_offerable_to(&self, interaction: InteractionId, agent: AgentId) -> bool {
        let view = self.center.interaction(interaction).expect("it is in line");
        self.is_offerable(interaction) && view.not_back_to != Some(agent)
    }

    fn is_sound(&mut self) {
        self.commands += 1;
        if self.commands.is_multiple_of(SNAPSHOT_EVERY) {
            let snapshot = serde_json::to_string(&self.center).expect("it is plain data");
            let restored: Center = serde_json::from_str(&snapshot).expect("it was just written");
            assert_eq!(
                restored, self.center,
                "what is derived differs from a snapshot's"
            );
        }
        for queue in self.center.queues() {
            let view = self.center.queue(queue).expect("it is configured");
            // One ready agent may be the one who passed them on.
            let mut offerable = self
                .center
                .line(queue)
                .filter(|id| self.is_offerable(*id))
                .map(|id| self.center.interaction(id).expect("listed").not_back_to);
            let can_be_offered = if view.agents_ready == 1 {
                offerable.any(|not_back_to| not_back_to.is_none())
            } else {
                offerable.next().is_some()
            };
            assert!(
                view.agents_ready == 0 || !can_be_offered,
                "{queue}: work and agents idle"
            );
            for (place, id) in self.center.line(queue).enumerate() {
                assert_eq!(self.center.position(id), u32::try_from(place + 1).ok());
            }
        }
        for agent in self.center.agents() {
            let view = self.center.agent(agent).expect("it is configured");
            let work: Vec<_> = self.center.work_of(agent).collect();
            assert!(work.len() <= 1, "{agent} has {work:?}");
            assert!(
                view.state != AgentState::Offline || work.is_empty(),
                "{agent} offline at work"
            );
        }
        let mut customers = BTreeSet::new();
        for id in self.center.interactions() {
            let view = self.center.interaction(id).expect("it is listed");
            let is_over = matches!(view.stage, Stage::WrapUp { .. });
            self.is_kept_soundly(id, &view);
            assert_eq!(self.over.contains(&id), is_over, "{id}: {view:?}");
            assert!(
                is_over || customers.insert(view.customer),
                "{id}: twice in line"
            );
            for agent in view.stage.people() {
                assert!(
                    self.center.work_of(agent).any(|work| work == id),
                    "{id} is nobody's"
                );
            }
            self.is_in_company(id);
        }
        let open = self
            .center
            .interactions()
            .filter(|id| !self.over.contains(id))
            .count();
        assert_eq!(
            self.entered.len() - self.over.len(),
            open,
            "somebody was lost"
        );
    }

    /// The faults stop: everybody is there, answers, talks a little and finishes.
    pub(crate) fn drain(&mut self) {
        let config = self.config(true);
        self.does(Command::Configure { config });
        self.now = self.now.max(self.last_event_at.0);
        for agent in (1..=AGENTS).map(AgentId) {
            self.does(Command::AgentConnected { agent });
        }
        let all: Vec<_> = self.center.interactions().collect();
        for interaction in all {
            self.does(Command::CustomerConnected { interaction });
        }
        for _ in 0..10 * (CUSTOMERS + u64::from(AGENTS)) {
            for agent in (1..=AGENTS).map(AgentId) {
                self.works_on(agent);
            }
            self.now += 1_000;
            self.does(Command::Tick);
            if self.center.interactions().next().is_none() {
                assert_eq!(
                    self.center.next_deadline(),
                    None,
                    "nothing is left to wait for"
                );
                assert_eq!(self.entered, self.over);
                return;
            }
        }
        let left: Vec<_> = self.center.interactions().collect();
        panic!("still open: {left:?}");
    }

    fn works_on(&mut self, agent: AgentId) {
        let Some(interaction) = self.center.work_of(agent).next() else {
            return self.does(Command::ChooseState {
                agent,
                state: ChosenState::Ready,
            });
        };
        let command = match self
            .center
            .interaction(interaction)
            .expect("it is work")
            .stage
        {
            Stage::Waiting => return,
            Stage::Consulting { agent, .. } => Command::EndConsult { agent, interaction },
            Stage::Ringing { .. } => Command::AcceptOffer { agent, interaction },
            Stage::CallingBack { .. } => Command::AnswerCallback { interaction },
            Stage::Talking { .. } => Command::AgentHangsUp { agent, interaction },
            Stage::Held { .. } => Command::Resume { agent, interaction },
            Stage::WrapUp { .. } => Command::FinishWrapUp {
                agent,
                interaction,
                disposition: None,
            },
        };
        self.does(command);
    }

    /// A page rings only for somebody who asked for it; nobody is tried too often, and an answer ends the promise.
    fn is_kept_soundly(&self, id: InteractionId, view: &InteractionView) {
        let patience = self.center.config().patience;
        match view.waits {
            Waits::OnTheLine => assert!(
                !matches!(view.stage, Stage::CallingBack { .. }),
                "{id} is called back unasked"
            ),
            Waits::ForCallback { tries, rests_until } => {
                assert!(tries < patience.callback_tries, "{id}: tried {tries} times");
                assert!(
                    self.center.position(id).is_some(),
                    "{id}: promised a callback and not in line"
                );
                assert!(
                    rests_until.is_none() || view.stage == Stage::Waiting,
                    "{id} rests at work: {view:?}"
                );
            }
        }
    }

    fn pick(&mut self, limit: u64) -> u32 {
        u32::try_from(self.dice.below(limit)).expect("small")
    }
}
