//! How transcripts state settings, one thing a line, before the first `@`. What a line does not say is as everywhere: a
//! queue rings 20 s, has no wrap-up and room for 500; an agent has a capacity of 3.
//!
//! ```text
//! queue q1 strategy most_skilled needs s1:3 language then s1:1 after 10000 wrap_up 60000
//! queue q2 priority 2 overflow q1 after 30000 when_closed q1 when_full q1 hours h1 grace 60000
//! agent a1 serves q1 q2 knows s1:4 s2:1 speaks de en site 1 capacity 2
//! hours h1 Europe/Berlin daily 09:00-17:00 holiday 2026-12-25
//! patience rejects 2
//! clock 2026-03-29
//! ```
//!
//! With `clock` the day's beginning (UTC) is the moment 0 of the transcript, in what is asked and in what is told.

use super::asked::{agent, id};
use acd::{Agent, Config, Detour, Need, Overflow, Proficiency, Queue, Ring, Schedule};
use hours::{Holiday, MinuteOfDay, Opening, Span, Weekday};
use std::iter::Peekable;
use std::slice::Iter;
use vocab::{Language, Millis, QueueId, ScheduleId, SiteId, SkillId};

type Words<'a> = Peekable<Iter<'a, &'a str>>;

/// The configuration that the lines state, and the moment 0.
pub(super) fn settings(lines: &[&str]) -> (Config, Millis) {
    let mut config = Config::default();
    let mut clock = Millis(0);
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        match *words.as_slice() {
            ["queue", name, ref rest @ ..] => config.queues.push(queue(name, rest)),
            ["agent", name, ref rest @ ..] => config.agents.push(person(name, rest)),
            ["hours", name, zone, ref rest @ ..] => {
                config.schedules.push(schedule(name, zone, rest));
            }
            ["patience", "rejects", number] => {
                config.patience.reject_limit = number.parse().expect("a number");
            }
            ["clock", day] => {
                clock = Millis(days_since_1970(day) * 86_400_000);
            }
            _ => panic!("no such setting: {line}"),
        }
    }
    (config, clock)
}

/// Of `YYYY-MM-DD` in the Gregorian calendar, counted from March so that leap days come last.
fn days_since_1970(day: &str) -> u64 {
    let parts: Vec<u64> = day
        .split('-')
        .map(|part| part.parse().expect("a number"))
        .collect();
    let [year, month, day] = *parts.as_slice() else {
        panic!("a day is YYYY-MM-DD");
    };
    let year = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468
}

fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(words: &mut Words<'_>) -> T {
    words.next().expect("a number").parse().expect("a number")
}

fn queue_id(word: &str) -> QueueId {
    QueueId(u32::try_from(id(word)).expect("small"))
}

fn queue(name: &str, rest: &[&str]) -> Queue {
    let mut queue = Queue {
        wrap_up_ms: 0,
        ..Queue::new(queue_id(name), format!("Queue {name}"))
    };
    let mut words = rest.iter().peekable();
    while let Some(word) = words.next() {
        let mut named = || queue_id(words.next().expect("a queue"));
        match *word {
            "closed" => queue.is_closed = true,
            "interruptible" => queue.is_interruptible = true,
            "when_closed" => queue.when_closed = Detour::To { queue: named() },
            "when_full" => queue.when_full = Detour::To { queue: named() },
            "overflow" => {
                let to = named();
                assert_eq!(words.next(), Some(&"after"));
                let after_ms = number(&mut words);
                queue.overflow = Some(Overflow { after_ms, to });
            }
            "strategy" => {
                let name = (*words.next().expect("a strategy")).to_owned();
                let name = serde_json::Value::String(name);
                queue.strategy = serde_json::from_value(name).expect("a strategy");
            }
            "hours" => {
                let name = words.next().expect("hours");
                queue.schedule = Some(ScheduleId(u32::try_from(id(name)).expect("small")));
            }
            "needs" => queue.rings = rings(&mut words),
            "priority" => queue.priority = number(&mut words),
            "vip" => queue.vip_steps = number(&mut words),
            "rings" => queue.ring_ms = number(&mut words),
            "wrap_up" => queue.wrap_up_ms = number(&mut words),
            "keeps" => queue.callback_keeps_ms = number(&mut words),
            "room" => queue.max_waiting = number(&mut words),
            "weight" => queue.weight = number(&mut words),
            "last_agent" => queue.last_agent_ms = number(&mut words),
            "grace" => queue.closing_grace_ms = number(&mut words),
            other => panic!("no such setting of a queue: {other}"),
        }
    }
    queue
}

/// `s1:3 language then s1:1 after 10000 then anybody after 20000`.
fn rings(words: &mut Words<'_>) -> Vec<Ring> {
    let mut rings = vec![Ring::default()];
    while let Some(word) = words.peek() {
        let ring = rings.last_mut().expect("there is one");
        match **word {
            "language" => ring.is_language_needed = true,
            "site" => ring.is_site_needed = true,
            "anybody" => {}
            "then" => rings.push(Ring::default()),
            "after" => {
                words.next();
                ring.after_ms = words.peek().expect("a time").parse().expect("a time");
            }
            skill if skill.starts_with('s') && skill.contains(':') => {
                let (skill, minimum) = level(skill);
                ring.needs.push(Need { skill, minimum });
            }
            _ => break,
        }
        words.next();
    }
    rings
}

fn level(word: &str) -> (SkillId, u8) {
    let (skill, level) = word.split_once(':').expect("a skill and a level");
    let skill = SkillId(u32::try_from(id(skill)).expect("small"));
    (skill, level.parse().expect("a level"))
}

fn person(name: &str, rest: &[&str]) -> Agent {
    let mut person = Agent::new(agent(name), vec![]);
    let mut kind = "";
    for word in rest {
        match (kind, *word) {
            (_, "serves" | "knows" | "speaks" | "site" | "capacity") => kind = word,
            ("serves", queue) => person.queues.push(queue_id(queue)),
            ("knows", skill) => {
                let (skill, level) = level(skill);
                person.skills.push(Proficiency { skill, level });
            }
            ("speaks", tag) => person
                .languages
                .push(Language::of_tag(tag).expect("a language")),
            ("site", number) => person.site = Some(SiteId(number.parse().expect("a number"))),
            ("capacity", number) => person.capacity = number.parse().expect("a number"),
            (_, other) => panic!("no such setting of an agent: {other}"),
        }
    }
    person
}

/// `daily 09:00-17:00 holiday 2026-12-25 holiday 2026-12-24 09:00-12:00`; several spans are several openings.
fn schedule(name: &str, zone: &str, rest: &[&str]) -> Schedule {
    let mut hours = hours::Schedule {
        zone: zone.to_owned(),
        weekly: vec![],
        holidays: vec![],
    };
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match *word {
            "daily" => {}
            "holiday" => hours.holidays.push(Holiday {
                date: (*words.next().expect("a day")).to_owned(),
                name: "A holiday".to_owned(),
                openings: vec![],
            }),
            span => {
                let (from, to) = span.split_once('-').expect("two times");
                let time = |text: &str| MinuteOfDay::try_from(text.to_owned()).expect("a time");
                let (from, to) = (time(from), time(to));
                match hours.holidays.last_mut() {
                    Some(holiday) => holiday.openings.push(Span { from, to }),
                    None => {
                        let days = Weekday::ALL.into_iter();
                        hours
                            .weekly
                            .extend(days.map(|day| Opening { day, from, to }));
                    }
                }
            }
        }
    }
    let id = ScheduleId(u32::try_from(id(name)).expect("small"));
    Schedule { id, hours }
}
