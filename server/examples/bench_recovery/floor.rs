//! A busy floor in a row of moments: what an engine decides while thousands of agents work, and what is noted beside.

use acd::{Center, Command, Config, Patience, Stage, Target};
use protocol::rest::{Identity, IdentityKind};
use protocol::work::RecognisedBy;
use std::collections::BTreeMap;
use store::{Batch, CallerDetails, CommandOwner, DoneCommand, Entry, JournalEntry, RecordEvent};
use vocab::{
    AgentId, ChosenState, CommandId, CustomerId, InteractionId, MediumKind, Millis, QueueId,
    Sensitive,
};

/// Each agent serves this many queues.
const QUEUES_OF_AGENT: u32 = 4;

/// Milliseconds between two moments.
const STEP_MS: u64 = 1_000;

/// One of so many customers calls again instead of a new one.
const RETURNING: u64 = 4;

const TOPIC: &str = "The router blinks red and the line has been slow since last Tuesday evening";
const NOTE: &str =
    "Restarted the router, measured the line, ordered a technician for Friday morning";

/// The engine and what is to be written of it.
pub(crate) struct Floor {
    pub(crate) center: Center,
    pub(crate) now: Millis,
    pub(crate) seq: u64,
    written: u64,
    entries: Vec<JournalEntry>,
    done: Vec<DoneCommand>,
    queues: u32,
    customers: u64,
    commands: u64,
    random: u64,
    /// What an agent does next with whom.
    plans: BTreeMap<u64, Vec<Plan>>,
}

enum Plan {
    Accept(AgentId, InteractionId),
    Talk(AgentId, InteractionId),
    Resume(AgentId, InteractionId),
    HangUp(AgentId, InteractionId),
    Finish(AgentId, InteractionId),
}

impl Floor {
    /// All agents signed in and ready.
    pub(crate) fn open(agents: u32, queues: u32) -> Self {
        let mut floor = Self {
            center: Center::new(),
            now: Millis(1_700_000_000_000),
            seq: 0,
            written: 0,
            entries: Vec::new(),
            done: Vec::new(),
            queues,
            customers: 0,
            commands: 0,
            random: 0x9e37_79b9_7f4a_7c15,
            plans: BTreeMap::new(),
        };
        let config = config(agents, queues);
        floor.run(Command::Configure { config });
        for agent in (1..=agents).map(AgentId) {
            floor.run(Command::AgentConnected { agent });
            let state = ChosenState::Ready;
            floor.run(Command::ChooseState { agent, state });
        }
        floor
    }

    /// One second in which `contacts` come and everybody does what is next.
    pub(crate) fn second(&mut self, contacts: u64) {
        self.now = self.now.plus(STEP_MS);
        self.run(Command::Tick);
        for _ in 0..contacts {
            self.enters();
        }
        let due = self.plans.remove(&(self.now.0 / STEP_MS));
        for plan in due.into_iter().flatten() {
            self.follow(plan);
        }
    }

    /// What was decided since the last time, as one batch.
    pub(crate) fn batch(&mut self) -> Batch {
        let expected_seq = self.written;
        self.written = self.seq;
        Batch {
            expected_seq,
            entries: std::mem::take(&mut self.entries),
            done: std::mem::take(&mut self.done),
            audit: Vec::new(),
        }
    }

    pub(crate) fn waiting_entries(&self) -> usize {
        self.entries.len()
    }

    fn follow(&mut self, plan: Plan) {
        match plan {
            Plan::Accept(agent, interaction) => {
                if self.try_run(Command::AcceptOffer { agent, interaction }) {
                    let in_s = 20 + self.draw(200);
                    self.plan(in_s, Plan::Talk(agent, interaction));
                }
            }
            Plan::Talk(agent, interaction) => self.talk(agent, interaction),
            Plan::Resume(agent, interaction) => {
                self.try_run(Command::Resume { agent, interaction });
                let in_s = 10 + self.draw(60);
                self.plan(in_s, Plan::HangUp(agent, interaction));
            }
            Plan::HangUp(agent, interaction) => self.hang_up(agent, interaction),
            Plan::Finish(agent, interaction) => {
                self.note(agent, interaction);
                let disposition = Some("solved".to_owned());
                self.try_run(Command::FinishWrapUp {
                    agent,
                    interaction,
                    disposition,
                });
            }
        }
    }

    /// Some are held for a while, some are passed on, most end.
    fn talk(&mut self, agent: AgentId, interaction: InteractionId) {
        match self.draw(10) {
            0..=2 => {
                if self.try_run(Command::Hold { agent, interaction }) {
                    let in_s = 10 + self.draw(40);
                    self.plan(in_s, Plan::Resume(agent, interaction));
                }
            }
            3 => {
                let queue = self.queue();
                let to = Target::Queue { queue };
                self.try_run(Command::Transfer {
                    agent,
                    interaction,
                    to,
                });
            }
            _ => self.hang_up(agent, interaction),
        }
    }

    fn hang_up(&mut self, agent: AgentId, interaction: InteractionId) {
        self.note(agent, interaction);
        let ended = match self.draw(2) {
            0 => self.try_run(Command::CustomerHangsUp { interaction }),
            _ => self.try_run(Command::AgentHangsUp { agent, interaction }),
        };
        if ended {
            let in_s = 5 + self.draw(20);
            self.plan(in_s, Plan::Finish(agent, interaction));
        }
    }

    fn enters(&mut self) {
        let customer = match self.draw(RETURNING) {
            0 if self.customers > 100_000 => CustomerId(1 + self.draw(self.customers)),
            _ => self.new_customer(),
        };
        if self.center.customer_interaction(customer).is_some() {
            return;
        }
        let queue = self.queue();
        let entered = self.try_run(Command::Enter {
            customer,
            queue,
            medium: MediumKind::Voice,
            wishes: acd::Wishes::default(),
        });
        let interaction = self.center.customer_interaction(customer);
        if let (true, Some(interaction)) = (entered, interaction) {
            let details = caller(self.random);
            self.record(RecordEvent::CallerDetails {
                interaction,
                details,
            });
        }
    }

    fn new_customer(&mut self) -> CustomerId {
        self.customers += 1;
        let customer = CustomerId(self.customers);
        self.record(RecordEvent::CustomerCreated {
            customer,
            name: text(format!("Chen Yulan {customer}")),
            language: Some("zh-CN".to_owned()),
        });
        let identity = Identity::new(
            IdentityKind::Phone,
            format!("+86 138 {:08}", self.draw(100_000_000)),
        );
        self.record(RecordEvent::IdentityAdded { customer, identity });
        customer
    }

    fn note(&mut self, agent: AgentId, interaction: InteractionId) {
        let number = self.draw(1_000_000);
        self.record(RecordEvent::NoteSaved {
            interaction,
            agent,
            text: text(format!("{NOTE} (order {number})")),
        });
    }

    fn run(&mut self, command: Command) {
        self.try_run(command);
    }

    /// Whether it was done; whom it made ring answers after a moment.
    fn try_run(&mut self, command: Command) -> bool {
        let Ok(events) = self.center.handle(self.now, command) else {
            return false;
        };
        self.commands += 1;
        self.done.push(DoneCommand {
            owner: CommandOwner::Agent(AgentId(1)),
            id: CommandId(uuid::Uuid::from_u128(u128::from(self.commands))),
            at: self.now,
        });
        for event in events {
            if let acd::What::OfferMade {
                interaction, agent, ..
            } = event.what
            {
                let in_s = 2 + self.draw(6);
                self.plan(in_s, Plan::Accept(agent, interaction));
            }
            self.journal(event.at, Entry::Routing { event });
        }
        true
    }

    fn record(&mut self, event: RecordEvent) {
        self.journal(self.now, Entry::Record { event });
    }

    fn journal(&mut self, at: Millis, entry: Entry) {
        self.seq += 1;
        let seq = self.seq;
        self.entries.push(JournalEntry { seq, at, entry });
    }

    fn plan(&mut self, in_s: u64, plan: Plan) {
        let at = self.now.0 / STEP_MS + in_s;
        self.plans.entry(at).or_default().push(plan);
    }

    fn queue(&mut self) -> QueueId {
        let queues = u64::from(self.queues);
        QueueId(1 + u32::try_from(self.draw(queues)).unwrap_or_default())
    }

    /// The same numbers in every run (xorshift, Marsaglia 2003).
    fn draw(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }

    /// Interactions that somebody talks in.
    pub(crate) fn talking(&self) -> usize {
        let stages = self.center.interactions();
        stages
            .filter_map(|id| self.center.interaction(id))
            .filter(|view| matches!(view.stage, Stage::Talking { .. }))
            .count()
    }
}

fn config(agents: u32, queues: u32) -> Config {
    let queue = |number| acd::Queue {
        max_waiting: 5_000,
        callback_keeps_ms: 0,
        ..acd::Queue::new(QueueId(number), format!("Queue {number}"))
    };
    let agent = |number: u32| {
        let serves = (0..QUEUES_OF_AGENT).map(|step| QueueId(1 + (number + step * 7) % queues));
        let mut serves: Vec<_> = serves.collect();
        serves.sort_unstable();
        serves.dedup();
        acd::Agent::new(AgentId(number), serves)
    };
    Config {
        queues: (1..=queues).map(queue).collect(),
        agents: (1..=agents).map(agent).collect(),
        schedules: Vec::new(),
        patience: Patience::default(),
    }
}

fn caller(random: u64) -> CallerDetails {
    CallerDetails {
        given: protocol::rest::Given::default(),
        topic: Some(text(TOPIC.to_owned())),
        device: Some("Chrome on Windows".to_owned()),
        place: Some("Asia/Shanghai".to_owned()),
        language: Some("zh-CN".to_owned()),
        page: Some("https://example.com/help/router".to_owned()),
        recognised_by: RecognisedBy::Phone,
        visitor: Some(text(format!("{random:032x}"))),
        recording_consent: None,
    }
}

fn text(text: String) -> Sensitive<String> {
    Sensitive::new(text)
}
