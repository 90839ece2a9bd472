//! Reads transcripts, plays them to an engine and compares; every one is replayed by its events as well.
//!
//! `@TIME COMMAND` asks at that millisecond; the lines after it, without `@`, are the events in order. Queue 1 rings
//! 20 s and wraps up 60 s, queue 2 is two steps more urgent and has no wrap-up. Agent 1 serves queue 1, agent 2 both,
//! agent 3 queue 2. A place is kept ten minutes for a customer out of reach; a callback rings 30 s, and one that was
//! missed rests two minutes. An interaction is `iN`, an agent `aN`, a customer `cN`, a queue `qN`. `given` stands for
//! a beginning that many transcripts share.

mod asked;
mod handovers;
mod told;

use acd::{Agent, Center, Command, Config, Patience, Queue, Stage};
use asked::{commands, interaction};
use told::{refused, told};
use vocab::{AgentId, Millis, QueueId};

/// Plays every `@` line and compares what happens with the lines up to the next one.
pub(crate) fn check(script: &str) {
    let mut center = Center::new();
    let mut replayed = Center::new();
    let config = config();
    let configured = center
        .handle(Millis(0), Command::Configure { config })
        .expect("a good one");
    configured.iter().for_each(|event| replayed.apply(event));

    let lines = in_full(script);
    let mut rest = lines.as_slice();
    while let Some((asked, after)) = rest.split_first() {
        let count = after
            .iter()
            .take_while(|line| !line.starts_with('@'))
            .count();
        let (expected, next) = after.split_at(count);
        let (at, command) = asked
            .trim_start_matches('@')
            .split_once(' ')
            .expect("a time and a command");
        let at = Millis(at.parse().expect("milliseconds"));
        let happened = play(&mut center, &mut replayed, at, command);
        assert_eq!(happened, expected, "{asked} in\n{script}");
        rest = next;
    }
    assert_eq!(replayed, center, "the events alone give the same engine");
}

/// With every shared beginning written out.
fn in_full(script: &str) -> Vec<&str> {
    let lines = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines
        .flat_map(|line| match line.strip_prefix("given ") {
            Some(beginning) => in_full(given(beginning)),
            None => vec![line],
        })
        .collect()
}

/// What led there is played and compared like everything else.
fn given(beginning: &str) -> &'static str {
    match beginning {
        "a1 rings for c1" => {
            "@1000 on_duty a1
             on_duty a1
             @2000 enter c1 q1
             entered i1 c1 q1
             offer i1 a1 until 22000"
        }
        "a1 talks with c1" => {
            "given a1 rings for c1
             @3000 accept a1 i1
             accepted i1 a1"
        }
        "a1 rings for c1 who asked to be called back" => {
            "given a1 rings for c1
             @3000 keep_place i1
             kept i1"
        }
        other => panic!("no transcript begins with {other:?}"),
    }
}

fn config() -> Config {
    let queue = |id: u32, priority, ring_ms, wrap_up_ms| Queue {
        id: QueueId(id),
        name: format!("Queue {id}"),
        priority,
        ring_ms,
        wrap_up_ms,
        max_waiting: 4,
        is_closed: false,
        callback_keeps_ms: 600_000,
    };
    let agent = |id: u32, queues: &[u32]| Agent {
        id: AgentId(id),
        queues: queues.iter().copied().map(QueueId).collect(),
    };
    Config {
        queues: vec![queue(1, 0, 20_000, 60_000), queue(2, 2, 10_000, 0)],
        agents: vec![agent(1, &[1]), agent(2, &[1, 2]), agent(3, &[2])],
        patience: Patience::default(),
    }
}

fn play(center: &mut Center, replayed: &mut Center, at: Millis, line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    if let Some(answer) = view(center, &words) {
        return vec![answer];
    }
    let mut happened = Vec::new();
    for command in commands(&words) {
        match center.handle(at, command) {
            Ok(events) => {
                events.iter().for_each(|event| replayed.apply(event));
                happened.extend(events.iter().map(told));
            }
            Err(refusal) => happened.push(format!("refused {}", refused(refusal))),
        }
    }
    in_one_line(&words, happened)
}

/// Who comes to work signs in and is ready: two events, told as one.
fn in_one_line(words: &[&str], mut happened: Vec<String>) -> Vec<String> {
    if let ["on_duty", agent] = *words
        && happened.starts_with(&[format!("online {agent}"), format!("state {agent} ready")])
    {
        happened.splice(..2, [format!("on_duty {agent}")]);
    }
    happened
}

fn view(center: &Center, words: &[&str]) -> Option<String> {
    let number = |n: Option<u64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
    Some(match *words {
        ["position", i] => {
            format!(
                "position {}",
                number(center.position(interaction(i)).map(u64::from))
            )
        }
        ["expected", i] => format!(
            "expected {}",
            number(center.expected_wait_ms(interaction(i)))
        ),
        ["?", i] => match center
            .interaction(interaction(i))
            .expect("it is open")
            .stage
        {
            Stage::Talking { agent, since } => format!("talking a{agent} since {}", since.0),
            other => format!("{other:?}"),
        },
        _ => return None,
    })
}
