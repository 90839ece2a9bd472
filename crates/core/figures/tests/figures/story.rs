//! Plays stories to an engine, and its events to the figures.
//!
//! `09:00:20 accept a1 i1` asks the engine at that time of the first day; an hour beyond 24 is on the next. What is due
//! before takes effect when it is due. `10:00 ? q1` looks at a queue or an agent, and the lines after it that begin
//! with `=` are what is seen; `17:00 clock_set 8` sets the clock by eight hours, to that time; `10:00 intervals q1` has one such line an interval. Queue 1 rings 20 s and wraps up 60 s;
//! queue 2 has no wrap-up, answers within 60 s and takes nobody's leaving as short. Agent 1 serves queue 1, agent 2
//! both, agent 3 queue 2.

use crate::told::{agent_intervals, agent_now, queue_intervals, queue_now};
use acd::{Agent, Center, Command, Config, Patience, Queue, Target};
use figures::{Figures, Settings, Thresholds};
use vocab::{AgentId, ChosenState, CustomerId, InteractionId, MediumKind, Millis, QueueId};

/// Some midnight, in a zone at UTC.
pub(crate) const MIDNIGHT: u64 = 20_600 * 86_400_000;

pub(crate) fn check(script: &str) {
    play(script);
}

/// The figures at the end, for what a story cannot ask.
pub(crate) fn play(script: &str) -> Figures {
    let mut floor = Floor::new();
    let lines: Vec<&str> = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let mut rest = lines.as_slice();
    while let Some((line, after)) = rest.split_first() {
        let count = after
            .iter()
            .take_while(|line| line.starts_with('='))
            .count();
        let (expected, next) = after.split_at(count);
        let (time, words) = line.split_once(' ').expect("a time and what happens");
        let seen = floor.does(at(time), &words.split(' ').collect::<Vec<_>>());
        let expected: Vec<&str> = expected.iter().map(|line| line[1..].trim()).collect();
        assert_eq!(seen, expected, "{line}");
        rest = next;
    }
    floor.figures
}

/// `HH:MM` or `HH:MM:SS`.
fn at(time: &str) -> Millis {
    let parts = time
        .split(':')
        .map(|part| part.parse::<u64>().expect("digits"));
    let seconds = parts
        .zip([3_600, 60, 1])
        .map(|(part, unit)| part * unit)
        .sum::<u64>();
    Millis(MIDNIGHT + seconds * 1_000)
}

struct Floor {
    center: Center,
    figures: Figures,
}

impl Floor {
    fn new() -> Self {
        let mut settings = Settings::default();
        let patient = Thresholds {
            answer_within_ms: 60_000,
            short_abandon_ms: 0,
        };
        settings.queues.insert(QueueId(2), patient);
        let mut floor = Self {
            center: Center::new(),
            figures: Figures::new(settings),
        };
        let config = config();
        floor.asks(Millis(MIDNIGHT), Command::Configure { config });
        floor.figures.begin_window(Millis(MIDNIGHT));
        floor
    }

    fn does(&mut self, at: Millis, words: &[&str]) -> Vec<String> {
        if let ["clock_set", hours] = *words {
            let hours: i64 = hours.parse().expect("hours");
            let by_ms = hours * 3_600_000;
            self.asks(at, Command::ClockStepped { by_ms });
            return Vec::new();
        }
        while let Some(due) = self.center.next_deadline()
            && due <= at
        {
            self.asks(due, Command::Tick);
        }
        let look = self.figures.at(at);
        match *words {
            ["?", id] if id.starts_with('q') => vec![queue_now(look.queue(queue(id)), at)],
            ["?", id] => vec![agent_now(look.agent(agent(id)), at)],
            ["intervals", id] if id.starts_with('q') => {
                queue_intervals(look.queue_intervals(queue(id)))
            }
            ["intervals", id] => agent_intervals(look.agent_intervals(agent(id))),
            ["window"] => {
                self.figures.begin_window(at);
                Vec::new()
            }
            _ => {
                for command in commands(words) {
                    self.asks(at, command);
                }
                Vec::new()
            }
        }
    }

    fn asks(&mut self, at: Millis, command: Command) {
        let events = self.center.handle(at, command.clone());
        for event in events.unwrap_or_else(|refusal| panic!("{command:?}: {refusal}")) {
            self.figures.apply(&event);
        }
    }
}

fn config() -> Config {
    let queue = |id: u32, wrap_up_ms| Queue {
        ring_ms: 20_000,
        wrap_up_ms,
        max_waiting: 9,
        callback_keeps_ms: 600_000,
        ..Queue::new(QueueId(id), format!("Queue {id}"))
    };
    let agent = |id: u32, queues: &[u32]| {
        Agent::new(AgentId(id), queues.iter().copied().map(QueueId).collect())
    };
    Config {
        queues: vec![queue(1, 60_000), queue(2, 0)],
        agents: vec![agent(1, &[1]), agent(2, &[1, 2]), agent(3, &[2])],
        schedules: Vec::new(),
        patience: Patience::default(),
    }
}

fn commands(words: &[&str]) -> Vec<Command> {
    match *words {
        ["restart", "server"] => vec![Command::ServerRestarted],
        ["on_duty", a] => vec![command(&["online", a]), command(&["ready", a])],
        _ => vec![command(words)],
    }
}

fn command(words: &[&str]) -> Command {
    customers(words)
        .or_else(|| agents(words))
        .or_else(|| handovers(words))
        .unwrap_or_else(|| panic!("no such command: {words:?}"))
}

fn customers(words: &[&str]) -> Option<Command> {
    let [verb, first, rest @ ..] = words else {
        return None;
    };
    let interaction = interaction(first);
    Some(match (*verb, rest) {
        ("enter", [q]) => Command::Enter {
            customer: CustomerId(number(first)),
            queue: queue(q),
            medium: MediumKind::Voice,
            wishes: acd::Wishes::default(),
        },
        ("leave", []) => Command::CustomerHangsUp { interaction },
        ("remove", []) => Command::RemoveFromLine {
            interaction,
            by: AgentId(9),
        },
        ("away", []) => Command::CustomerDisconnected { interaction },
        ("keep_place", []) => Command::KeepPlace { interaction },
        ("on_line", []) => Command::WaitOnLine { interaction },
        ("answer", []) => Command::AnswerCallback { interaction },
        ("not_now", []) => Command::DeclineCallback { interaction },
        _ => return None,
    })
}

fn agents(words: &[&str]) -> Option<Command> {
    let [verb, first, rest @ ..] = words else {
        return None;
    };
    let agent = agent(first);
    let on = |i: &&str| interaction(i);
    Some(match (*verb, rest) {
        ("online", []) => Command::AgentConnected { agent },
        ("disconnect", []) => Command::AgentDisconnected { agent },
        ("sign_out", []) => Command::AgentSignsOut { agent },
        ("ready", []) => Command::ChooseState {
            agent,
            state: ChosenState::Ready,
        },
        ("not_ready", [reason]) => {
            let reason = serde_json::from_value((*reason).into()).expect("a reason");
            let state = ChosenState::NotReady { reason };
            Command::ChooseState { agent, state }
        }
        ("accept", [i]) => Command::AcceptOffer {
            agent,
            interaction: on(i),
        },
        ("decline", [i]) => Command::DeclineOffer {
            agent,
            interaction: on(i),
        },
        ("hold", [i]) => Command::Hold {
            agent,
            interaction: on(i),
        },
        ("resume", [i]) => Command::Resume {
            agent,
            interaction: on(i),
        },
        ("hang_up", [i]) => Command::AgentHangsUp {
            agent,
            interaction: on(i),
        },
        ("finish", [i]) => Command::FinishWrapUp {
            agent,
            interaction: on(i),
            disposition: None,
        },
        _ => return None,
    })
}

fn handovers(words: &[&str]) -> Option<Command> {
    let [verb, a, i, rest @ ..] = words else {
        return None;
    };
    let (agent, interaction) = (agent(a), interaction(i));
    Some(match (*verb, rest) {
        ("transfer", [to]) => Command::Transfer {
            agent,
            interaction,
            to: target(to),
        },
        ("consult", [colleague]) => Command::Consult {
            agent,
            interaction,
            colleague: self::agent(colleague),
        },
        ("join", []) => Command::JoinConsult { agent, interaction },
        ("step_aside", []) => Command::StepAside { agent, interaction },
        ("hand_over", []) => Command::HandOver { agent, interaction },
        ("end_consult", []) => Command::EndConsult { agent, interaction },
        _ => return None,
    })
}

fn target(word: &str) -> Target {
    if word.starts_with('q') {
        Target::Queue { queue: queue(word) }
    } else {
        Target::Agent { agent: agent(word) }
    }
}

fn number(word: &str) -> u64 {
    word[1..].parse().expect("a letter and a number")
}

pub(crate) fn queue(word: &str) -> QueueId {
    QueueId(u32::try_from(number(word)).expect("small"))
}

pub(crate) fn agent(word: &str) -> AgentId {
    AgentId(u32::try_from(number(word)).expect("small"))
}

fn interaction(word: &str) -> InteractionId {
    InteractionId(number(word))
}
