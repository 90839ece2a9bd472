//! A large organisation at work, as a list of commands: what happens on a floor of thousands, to be played again and
//! timed without whoever thinks it up.
//!
//! Half the queues are pressed, so that work waits and every freed agent has much to choose from; half are calm, so that
//! agents wait and every newcomer has. A tenth of the agents serve both kinds.

use crate::dice::Dice;
use crate::floor::Step;
use acd::{
    Agent, Center, Command, Config, Event, Need, Proficiency, Queue, Refusal, Ring, Strategy, What,
    Wishes,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, Language, MediumKind, Millis, NotReadyReason,
    QueueId, SiteId, SkillId,
};

#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub agents: u32,
    pub queues: u32,
    pub skills: u32,
    /// Kept waiting in the pressed queues.
    pub waiting: usize,
}

const LANGUAGES: [&str; 8] = ["de", "en", "es", "fr", "it", "pl", "tr", "zh"];
const SITES: u32 = 20;

const ACCEPT_MS: f64 = 4_000.0;
const HANDLING_MS: f64 = 300_000.0;
const WRAP_UP_MS: f64 = 25_000.0;
const PATIENCE_MS: f64 = 900_000.0;
const UNTIL_BREAK_MS: f64 = 5_400_000.0;
const BREAK_MS: f64 = 600_000.0;
const UNTIL_LINK_LOSS_MS: f64 = 3_600_000.0;
const LINK_LOSS_MS: f64 = 1_500.0;

/// The share of agents of calm queues who are at work.
const CALM_OCCUPANCY: f64 = 0.85;

/// An organisation of that size.
#[must_use]
pub fn organisation(size: Size, seed: u64) -> Config {
    let mut dice = Dice::new(seed);
    let queues: Vec<Queue> = (1..=size.queues)
        .map(|id| queue(&mut dice, size, id))
        .collect();
    let agents = (1..=size.agents)
        .map(|id| agent(&mut dice, size, &queues, id))
        .collect();
    Config {
        queues,
        agents,
        ..Config::default()
    }
}

fn queue(dice: &mut Dice, size: Size, id: u32) -> Queue {
    let strategies = [
        Strategy::LongestIdle,
        Strategy::MostSkilled,
        Strategy::FewestHandled,
        Strategy::RoundRobin,
    ];
    let mut skills = BTreeSet::new();
    while skills.len() < 2 {
        skills.insert(SkillId(1 + dice.number(size.skills)));
    }
    let need = |minimum| {
        let needs = skills.iter();
        needs.map(move |skill| Need {
            skill: *skill,
            minimum,
        })
    };
    let ring = |after_ms, needs: Vec<Need>, is_language_needed, is_site_needed| Ring {
        after_ms,
        needs,
        is_language_needed,
        is_site_needed,
    };
    Queue {
        priority: dice.small(3),
        strategy: dice.pick(&strategies).unwrap_or_default(),
        wrap_up_ms: 60_000,
        max_waiting: 1_000_000,
        weight: 1 + dice.small(2),
        is_interruptible: dice.one_in(3),
        rings: vec![
            ring(0, need(3).collect(), true, true),
            ring(20_000, need(3).collect(), true, false),
            ring(60_000, need(1).collect(), true, false),
            ring(120_000, need(1).take(1).collect(), false, false),
        ],
        last_agent_ms: 20_000,
        ..Queue::new(QueueId(id), format!("Queue {id}"))
    }
}

fn agent(dice: &mut Dice, size: Size, queues: &[Queue], id: u32) -> Agent {
    let half = size.queues / 2;
    let (from, number) = match id % 10 {
        0 => (0, size.queues),
        odd if odd % 2 == 1 => (0, half),
        _ => (half, size.queues - half),
    };
    let mut serves = BTreeSet::new();
    while serves.len() < 4 {
        serves.insert(QueueId(1 + from + dice.number(number)));
    }
    let served = queues.iter().filter(|queue| serves.contains(&queue.id));
    let needed = served
        .flat_map(|queue| queue.rings.first())
        .flat_map(|ring| &ring.needs);
    let mut skills: BTreeMap<SkillId, u8> = BTreeMap::new();
    for need in needed {
        if !dice.one_in(6) {
            skills.insert(need.skill, 1 + dice.small(5));
        }
    }
    let skills = skills.into_iter();
    let mut languages = BTreeSet::new();
    for _ in 0..2 {
        languages.extend(some_language(dice));
    }
    Agent {
        skills: skills
            .map(|(skill, level)| Proficiency { skill, level })
            .collect(),
        languages: languages.into_iter().collect(),
        site: Some(SiteId(1 + dice.number(SITES))),
        ..Agent::new(AgentId(id), serves.into_iter().collect())
    }
}

fn some_language(dice: &mut Dice) -> Option<Language> {
    let tag = dice.pick(&LANGUAGES)?;
    Language::of_tag(tag).ok()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    CalmArrival,
    Accept(AgentId, InteractionId),
    HangUp(AgentId, InteractionId),
    Finish(AgentId, InteractionId),
    Leave(InteractionId),
    Break(AgentId),
    EndOfBreak(AgentId),
    LinkLoss(AgentId),
    LinkBack(AgentId),
}

/// Thinks up what happens next, at an engine of its own.
pub struct Load {
    size: Size,
    dice: Dice,
    center: Center,
    now: Millis,
    due: BinaryHeap<Reverse<(Millis, Due)>>,
    script: Vec<Step>,
    events: Vec<Event>,
    waiting: usize,
    customers: u64,
    calm_every_ms: f64,
}

impl Load {
    /// Everybody at work, and as many waiting as should be.
    ///
    /// # Errors
    /// A refusal of the configuration: the organisation is no good.
    pub fn begin(size: Size, seed: u64) -> Result<Self, Refusal> {
        let config = organisation(size, seed);
        let calm_agents = f64::from(size.agents) * 0.4;
        let mut load = Self {
            size,
            dice: Dice::new(seed ^ 0x5eed),
            center: Center::new(),
            now: Millis(1_000_000_000_000),
            due: BinaryHeap::new(),
            script: Vec::new(),
            events: Vec::new(),
            waiting: 0,
            customers: 0,
            calm_every_ms: (HANDLING_MS + WRAP_UP_MS) / calm_agents / CALM_OCCUPANCY,
        };
        load.center
            .handle(load.now, Command::Configure { config })?;
        for agent in (1..=size.agents).map(AgentId) {
            load.gives(Command::AgentConnected { agent });
            let state = ChosenState::Ready;
            load.gives(Command::ChooseState { agent, state });
            load.later(UNTIL_BREAK_MS, Due::Break(agent));
            load.later(UNTIL_LINK_LOSS_MS, Due::LinkLoss(agent));
        }
        load.due.push(Reverse((load.now, Due::CalmArrival)));
        // Until conversations, breaks and rings are everywhere between their beginning and their end.
        load.runs_for(HANDLING_MS * 3.0);
        load.script.clear();
        load.events.clear();
        Ok(load)
    }

    /// The engine as it is now.
    #[must_use]
    pub fn center(&self) -> &Center {
        &self.center
    }

    /// The next so many commands, and what they led to.
    #[must_use]
    pub fn next(&mut self, commands: usize) -> (Vec<Step>, Vec<Event>) {
        while self.script.len() < commands {
            self.happens();
        }
        (
            std::mem::take(&mut self.script),
            std::mem::take(&mut self.events),
        )
    }

    fn runs_for(&mut self, ms: f64) {
        let until = self.now.plus(ms as u64);
        while self.now < until {
            self.happens();
            self.script.clear();
            self.events.clear();
        }
    }

    fn happens(&mut self) {
        while self.waiting < self.size.waiting {
            self.enters(0);
        }
        let Some(Reverse((at, due))) = self.due.pop() else {
            return;
        };
        while let Some(deadline) = self.center.next_deadline()
            && deadline <= at
        {
            self.now = self.now.max(deadline);
            self.gives(Command::Tick);
        }
        self.now = self.now.max(at);
        match due {
            Due::CalmArrival => {
                self.enters(self.size.queues / 2);
                self.later(self.calm_every_ms, Due::CalmArrival);
            }
            Due::Accept(agent, interaction) => {
                self.gives(Command::AcceptOffer { agent, interaction });
            }
            Due::HangUp(agent, interaction) => {
                self.gives(Command::AgentHangsUp { agent, interaction });
            }
            Due::Finish(agent, interaction) => self.gives(Command::FinishWrapUp {
                agent,
                interaction,
                disposition: Some("solved".to_owned()),
            }),
            Due::Leave(interaction) => {
                if self.center.position(interaction).is_some() {
                    self.gives(Command::CustomerHangsUp { interaction });
                }
            }
            Due::Break(agent) => {
                let reason = NotReadyReason::Break;
                let state = ChosenState::NotReady { reason };
                self.gives(Command::ChooseState { agent, state });
                self.later(BREAK_MS, Due::EndOfBreak(agent));
            }
            Due::EndOfBreak(agent) => {
                let state = ChosenState::Ready;
                self.gives(Command::ChooseState { agent, state });
                self.later(UNTIL_BREAK_MS, Due::Break(agent));
            }
            Due::LinkLoss(agent) => {
                self.gives(Command::AgentDisconnected { agent });
                self.later(LINK_LOSS_MS, Due::LinkBack(agent));
            }
            Due::LinkBack(agent) => {
                self.gives(Command::AgentConnected { agent });
                self.later(UNTIL_LINK_LOSS_MS, Due::LinkLoss(agent));
            }
        }
    }

    /// Into one of the queues after a number, half of them.
    fn enters(&mut self, after: u32) {
        let dice = &mut self.dice;
        let media = [
            MediumKind::Voice,
            MediumKind::Voice,
            MediumKind::Voice,
            MediumKind::Chat,
            MediumKind::Email,
        ];
        self.customers += 1;
        let command = Command::Enter {
            customer: CustomerId(self.customers),
            queue: QueueId(1 + after + dice.number(self.size.queues / 2)),
            medium: dice.pick(&media).unwrap_or(MediumKind::Voice),
            wishes: Wishes {
                language: some_language(dice).filter(|_| dice.one_in(2)),
                site: Some(SiteId(1 + dice.number(SITES))).filter(|_| dice.one_in(3)),
                is_vip: dice.one_in(20),
                last_agent: dice
                    .one_in(10)
                    .then(|| AgentId(1 + dice.number(self.size.agents))),
                back: None,
            },
        };
        self.gives(command);
    }

    fn later(&mut self, mean_ms: f64, due: Due) {
        let in_ms = self.dice.exponential(mean_ms) as u64;
        self.due.push(Reverse((self.now.plus(1 + in_ms), due)));
    }

    /// Commands that come too late are refused, as on a real floor; they count as well.
    fn gives(&mut self, command: Command) {
        self.script.push((self.now, command.clone()));
        let Ok(events) = self.center.handle(self.now, command) else {
            return;
        };
        for event in &events {
            self.follow(&event.what);
        }
        self.events.extend(events);
    }

    fn follow(&mut self, what: &What) {
        match *what {
            What::Entered { interaction, .. } => {
                self.waiting += 1;
                self.later(PATIENCE_MS, Due::Leave(interaction));
            }
            What::OfferMade {
                interaction, agent, ..
            } => self.later(ACCEPT_MS, Due::Accept(agent, interaction)),
            What::OfferAccepted { interaction, agent } => {
                self.waiting = self.waiting.saturating_sub(1);
                self.later(HANDLING_MS, Due::HangUp(agent, interaction));
            }
            What::Abandoned { .. } => self.waiting = self.waiting.saturating_sub(1),
            What::ReturnedToQueue { .. } => self.waiting += 1,
            What::Ended {
                interaction,
                agent,
                wrap_up_deadline: Some(_),
                ..
            } => self.later(WRAP_UP_MS, Due::Finish(agent, interaction)),
            // Whoever missed a ring is back at the desk a little later.
            What::OfferMissed { agent, .. } => self.later(60_000.0, Due::EndOfBreak(agent)),
            _ => {}
        }
    }
}
