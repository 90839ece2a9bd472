//! One simulated floor: commands by chance, what each changes, draining at the end.

mod chance;
mod dice;
mod ends;
mod handovers;
mod soundness;

use acd::{Center, Command, Event, Refusal, Stage, What};
use dice::Dice;
pub(crate) use ends::Ends;
use std::collections::BTreeSet;
use vocab::{AgentId, ChosenState, InteractionId, Millis};

const AGENTS: u32 = 6;
const QUEUES: u32 = 3;
const CUSTOMERS: u64 = 12;

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
}
