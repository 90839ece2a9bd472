//! A floor on which anything happens: commands by chance, those that fit and those that do not.

use acd::{Agent, Center, Command, Config, Event, Patience, Queue, Stage, Target};
use figures::INTERVAL_MS;
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, MediumKind, Millis, NotReadyReason, QueueId,
};

pub(crate) const AGENTS: u32 = 6;
pub(crate) const QUEUES: u32 = 3;
const CUSTOMERS: u64 = 14;

pub(crate) struct Floor {
    dice: Dice,
    pub(crate) center: Center,
    pub(crate) now: Millis,
}

impl Floor {
    pub(crate) fn new(seed: u64, now: Millis) -> Self {
        Self {
            dice: Dice(seed),
            center: Center::new(),
            now,
        }
    }

    pub(crate) fn open(&mut self) -> Vec<Event> {
        let config = self.config(true);
        self.does(Command::Configure { config })
    }

    /// Mostly seconds pass, sometimes more than an interval; then somebody does something.
    pub(crate) fn step(&mut self) -> Vec<Event> {
        let ms = match self.dice.below(200) {
            0 => self.dice.below(40 * 60_000),
            1..=9 => self.dice.below(90_000),
            _ => self.dice.below(3_000),
        };
        self.now = self.now.plus(ms);
        let mut events = self.does(Command::Tick);
        let command = match self.dice.below(3) {
            0 => self.something(),
            _ => self.something_fitting(),
        };
        events.extend(self.does(command));
        events
    }

    /// By up to a month of whole quarter hours, in either direction.
    pub(crate) fn sets_clock(&mut self) -> Vec<Event> {
        let quarters = self.dice.below(2_880).cast_signed() + 1;
        let sign = if self.chance(2) { 1 } else { -1 };
        let by_ms = sign * quarters * INTERVAL_MS.cast_signed();
        self.now = self.now.shifted(by_ms);
        self.does(Command::ClockStepped { by_ms })
    }

    pub(crate) fn chance(&mut self, one_in: u64) -> bool {
        self.dice.below(one_in) == 0
    }

    /// A refusal is nothing that happens.
    fn does(&mut self, command: Command) -> Vec<Event> {
        self.center.handle(self.now, command).unwrap_or_default()
    }

    fn something_fitting(&mut self) -> Command {
        let agent = self.agent();
        let Some(interaction) = self.center.work_of(agent).next() else {
            let state = ChosenState::Ready;
            return match self.dice.below(3) {
                0 => self.enters(),
                1 => Command::AgentConnected { agent },
                _ => Command::ChooseState { agent, state },
            };
        };
        let stage = self
            .center
            .interaction(interaction)
            .expect("it is work")
            .stage;
        let first = self.dice.below(2) == 0;
        match stage {
            Stage::Waiting => Command::Tick,
            Stage::Ringing { .. } => Command::AcceptOffer { agent, interaction },
            Stage::CallingBack { .. } if first => Command::AnswerCallback { interaction },
            Stage::CallingBack { .. } => Command::DeclineCallback { interaction },
            Stage::Consulting { .. } => self.in_consult(agent, interaction),
            Stage::Talking { .. } if self.chance(3) => self.passes_on(agent, interaction),
            Stage::Talking { .. } if first => Command::Hold { agent, interaction },
            Stage::Talking { .. } => Command::AgentHangsUp { agent, interaction },
            Stage::Held { .. } => Command::Resume { agent, interaction },
            Stage::WrapUp { .. } => Command::FinishWrapUp {
                agent,
                interaction,
                disposition: None,
            },
        }
    }

    fn something(&mut self) -> Command {
        let agent = self.agent();
        let interaction = self.interaction();
        match self.dice.below(40) {
            0..=4 => self.enters(),
            5..=7 => Command::CustomerDisconnected { interaction },
            8..=11 => Command::CustomerConnected { interaction },
            12..=15 => Command::CustomerHangsUp { interaction },
            16..=18 => Command::KeepPlace { interaction },
            19 => Command::WaitOnLine { interaction },
            20 => Command::AgentSignsOut { agent },
            21..=22 => Command::AgentDisconnected { agent },
            23..=24 => Command::DeclineOffer { agent, interaction },
            25..=27 => Command::ChooseState {
                agent,
                state: ChosenState::NotReady {
                    reason: NotReadyReason::Lunch,
                },
            },
            28..=30 => Command::ReserveNextState {
                agent,
                state: Some(ChosenState::NotReady {
                    reason: NotReadyReason::Break,
                }),
            },
            31 => Command::ServerRestarted,
            32 => Command::Configure {
                config: self.config(false),
            },
            33..=36 => Command::AgentHangsUp { agent, interaction },
            _ => self.passes_on(agent, interaction),
        }
    }

    fn passes_on(&mut self, agent: AgentId, interaction: InteractionId) -> Command {
        let colleague = self.agent();
        let queue = QueueId(1 + self.below(QUEUES));
        match self.dice.below(4) {
            0 => Command::Transfer {
                agent,
                interaction,
                to: Target::Queue { queue },
            },
            1 => Command::Transfer {
                agent,
                interaction,
                to: Target::Agent { agent: colleague },
            },
            _ => Command::Consult {
                agent,
                interaction,
                colleague,
            },
        }
    }

    fn in_consult(&mut self, agent: AgentId, interaction: InteractionId) -> Command {
        match self.dice.below(9) {
            0..=2 => Command::AcceptOffer { agent, interaction },
            3..=4 => Command::JoinConsult { agent, interaction },
            5 => Command::StepAside { agent, interaction },
            6 => Command::HandOver { agent, interaction },
            7 => Command::EndConsult { agent, interaction },
            _ => Command::AgentHangsUp { agent, interaction },
        }
    }

    fn enters(&mut self) -> Command {
        Command::Enter {
            customer: CustomerId(1 + self.dice.below(CUSTOMERS)),
            queue: QueueId(1 + self.below(QUEUES)),
            medium: MediumKind::Voice,
            wishes: acd::Wishes::default(),
        }
    }

    /// One that is open, else one that never was.
    fn interaction(&mut self) -> InteractionId {
        let open: Vec<InteractionId> = self.center.interactions().collect();
        let place = usize::try_from(self.dice.below(open.len() as u64 + 1)).expect("small");
        open.get(place).copied().unwrap_or(InteractionId(u64::MAX))
    }

    fn agent(&mut self) -> AgentId {
        AgentId(1 + self.below(AGENTS))
    }

    fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.dice.below(limit.into())).expect("small")
    }

    /// Not whole: some agents are left out.
    fn config(&mut self, is_whole: bool) -> Config {
        let queues = (1..=QUEUES).map(|id| Queue {
            ring_ms: 8_000 * u64::from(id),
            wrap_up_ms: 10_000 * u64::from(id - 1),
            max_waiting: 6,
            callback_keeps_ms: 120_000,
            ..Queue::new(QueueId(id), format!("Queue {id}"))
        });
        let queues = queues.collect();
        let ids: Vec<u32> = (1..=AGENTS)
            .filter(|_| is_whole || !self.chance(6))
            .collect();
        let agents = ids.into_iter().map(|id| {
            let queues = (1..=QUEUES).filter(|queue| (id + queue) % 3 != 0);
            Agent::new(AgentId(id), queues.map(QueueId).collect())
        });
        Config {
            queues,
            agents: agents.collect(),
            schedules: Vec::new(),
            patience: Patience::default(),
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}
