//! Reads transcripts, plays them to an engine and compares; every one is replayed by its events as well.
//!
//! `@TIME COMMAND` asks at that millisecond; the lines after it, without `@`, are the events in order. Queue 1 rings
//! 20 s and wraps up 60 s, queue 2 is two steps more urgent and has no wrap-up. Agent 1 serves queue 1, agent 2 both,
//! agent 3 queue 2. A place is kept ten minutes for a customer out of reach; a callback rings 30 s, and one that was
//! missed rests two minutes. An interaction is `iN`, an agent `aN`, a customer `cN`, a queue `qN`. `given` stands for
//! a beginning that many transcripts share. A transcript that states settings of its own (`settings` says how) has
//! only those. `why iN` tells how the interaction's last offer was decided.

mod asked;
mod handovers;
mod settings;
mod told;
mod why;

use acd::{Agent, Center, Command, Config, Event, Patience, Queue, Stage, What};
use asked::{commands, interaction};
use settings::settings;
use std::collections::BTreeMap;
use told::{refused, told};
use vocab::{AgentId, InteractionId, Millis, QueueId};

/// An engine at play, and one that knows its events only.
struct Play {
    center: Center,
    replayed: Center,
    /// The moment 0 of the transcript.
    clock: Millis,
    /// The engine just before each interaction's last offer, and when that was.
    before_offer: BTreeMap<InteractionId, (Center, Millis)>,
}

/// Plays every `@` line and compares what happens with the lines up to the next one.
pub(crate) fn check(script: &str) {
    let lines = in_full(script);
    let count = lines.iter().take_while(|line| !line.starts_with('@'));
    let (stated, mut rest) = lines.split_at(count.count());
    let (config, clock) = if stated.is_empty() {
        (config(), Millis(0))
    } else {
        settings(stated)
    };
    let mut play = Play::begin(config, clock);
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
        let happened = play.line(clock.plus(at.0), command);
        assert_eq!(happened, expected, "{asked} in\n{script}");
        rest = next;
    }
    assert_eq!(
        play.replayed, play.center,
        "the events alone give the same engine"
    );
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
        priority,
        ring_ms,
        wrap_up_ms,
        max_waiting: 4,
        callback_keeps_ms: 600_000,
        ..Queue::new(QueueId(id), format!("Queue {id}"))
    };
    let agent = |id: u32, queues: &[u32]| {
        Agent::new(AgentId(id), queues.iter().copied().map(QueueId).collect())
    };
    Config {
        queues: vec![queue(1, 0, 20_000, 60_000), queue(2, 2, 10_000, 0)],
        agents: vec![agent(1, &[1]), agent(2, &[1, 2]), agent(3, &[2])],
        schedules: vec![],
        patience: Patience::default(),
    }
}

impl Play {
    fn begin(config: Config, clock: Millis) -> Self {
        let mut play = Self {
            center: Center::new(),
            replayed: Center::new(),
            clock,
            before_offer: BTreeMap::new(),
        };
        let configured = play.center.handle(clock, Command::Configure { config });
        play.follow(&configured.expect("a good one"));
        play
    }

    fn line(&mut self, at: Millis, line: &str) -> Vec<String> {
        let words: Vec<&str> = line.split(' ').collect();
        if let ["why", id] = *words {
            let told = self.why(interaction(id));
            return told
                .into_iter()
                .map(|line| self.by_the_clock(&line))
                .collect();
        }
        if let Some(answer) = view(&self.center, &words) {
            return vec![self.by_the_clock(&answer)];
        }
        let mut happened = Vec::new();
        for command in commands(&words) {
            match self.center.handle(at, command) {
                Ok(events) => {
                    self.follow(&events);
                    let told = events.iter().map(|event| self.by_the_clock(&told(event)));
                    happened.extend(told);
                }
                Err(refusal) => happened.push(format!("refused {}", refused(&refusal))),
            }
        }
        in_one_line(&words, happened)
    }

    fn follow(&mut self, events: &[Event]) {
        for event in events {
            if let What::OfferMade { interaction, .. } = event.what
                && self.replayed.explain(interaction, event.at).is_some()
            {
                let before = (self.replayed.clone(), event.at);
                self.before_offer.insert(interaction, before);
            }
            self.replayed.apply(event);
        }
    }

    /// How the last offer was decided; without one, how it would be now.
    fn why(&self, id: InteractionId) -> Vec<String> {
        let now = (self.center.clone(), Millis(0));
        let (center, at) = self.before_offer.get(&id).unwrap_or(&now);
        let told = center.explain(id, *at);
        told.map_or_else(Vec::new, |told| why::why(&told))
    }

    /// Moments are told from the transcript's own moment 0.
    fn by_the_clock(&self, line: &str) -> String {
        let word = |word: &str| match word.parse::<u64>() {
            Ok(at) if at >= self.clock.0 => (at - self.clock.0).to_string(),
            Ok(_) | Err(_) => word.to_owned(),
        };
        let words: Vec<String> = line.split(' ').map(word).collect();
        words.join(" ")
    }
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
