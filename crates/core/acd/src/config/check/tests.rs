//! Each thing that can be wrong with a configuration is found by name, and nothing else beside it.

use super::*;
use crate::config::{Need, Overflow, Proficiency, Ring, Schedule};
use hours::{MinuteOfDay, Opening, Weekday};
use vocab::{Language, SiteId};

/// Nothing is wrong with it: two queues, of which the first has two rings and hours, and two agents.
fn good() -> Config {
    let need = |minimum| {
        let skill = SkillId(1);
        vec![Need { skill, minimum }]
    };
    let mut first = Queue::new(QueueId(1), "Sales");
    first.rings = vec![
        Ring {
            needs: need(4),
            ..Ring::default()
        },
        Ring {
            after_ms: 10_000,
            needs: need(2),
            ..Ring::default()
        },
    ];
    first.schedule = Some(ScheduleId(1));
    first.overflow = Some(Overflow {
        after_ms: 60_000,
        to: QueueId(2),
    });
    let agent = |id, level| Agent {
        skills: vec![Proficiency {
            skill: SkillId(1),
            level,
        }],
        languages: vec![language("de"), language("en")],
        site: Some(SiteId(1)),
        ..Agent::new(AgentId(id), vec![QueueId(1), QueueId(2)])
    };
    let time = |hour| MinuteOfDay::new(hour, 0).unwrap();
    let opening = Opening {
        day: Weekday::Monday,
        from: time(9),
        to: time(17),
    };
    Config {
        queues: vec![first, Queue::new(QueueId(2), "Help")],
        agents: vec![agent(1, 4), agent(2, 2)],
        schedules: vec![Schedule {
            id: ScheduleId(1),
            hours: hours::Schedule {
                zone: "Europe/Berlin".to_owned(),
                weekly: vec![opening],
                holidays: vec![],
            },
        }],
        ..Config::default()
    }
}

fn language(tag: &str) -> Language {
    Language::of_tag(tag).unwrap()
}

type Case = (fn(&mut Config), Problem);

const QUEUE: QueueId = QueueId(1);
const AGENT: AgentId = AgentId(1);
const SKILL: SkillId = SkillId(1);

fn faults() -> Vec<Case> {
    let mut all = faults_of_queues();
    all.extend(faults_of_agents());
    all.extend(faults_of_the_whole());
    all
}

fn faults_of_queues() -> Vec<Case> {
    vec![
        (|c| c.queues[0].ring_ms = 0, Problem::RingsForNoTime(QUEUE)),
        (|c| c.queues[0].weight = 0, Problem::NoWeight(QUEUE)),
        (
            |c| {
                let ring = |number: u8| Ring {
                    after_ms: u64::from(number),
                    needs: (number..6)
                        .map(|skill| Need {
                            skill: SkillId(1 + u32::from(skill)),
                            minimum: 1,
                        })
                        .collect(),
                    ..Ring::default()
                };
                c.queues[0].rings = (0..7).map(ring).collect();
            },
            Problem::TooManyRings(QUEUE),
        ),
        (
            |c| c.queues[0].rings[0].after_ms = 5_000,
            Problem::FirstRingLate(QUEUE),
        ),
        (
            |c| c.queues[0].rings[1].after_ms = 0,
            Problem::RingNotLater {
                queue: QUEUE,
                ring: 2,
            },
        ),
        (
            |c| c.queues[0].rings[1].needs[0].minimum = 4,
            Problem::RingNotWider {
                queue: QUEUE,
                ring: 2,
            },
        ),
        (
            |c| {
                let need = c.queues[0].rings[0].needs[0];
                c.queues[0].rings[0].needs.push(need);
            },
            Problem::NeedTwice {
                queue: QUEUE,
                skill: SKILL,
            },
        ),
        (
            |c| c.queues[0].rings[0].needs[0].minimum = 6,
            Problem::BadNeed {
                queue: QUEUE,
                skill: SKILL,
            },
        ),
        (
            |c| c.queues[0].when_full = Detour::To { queue: QueueId(9) },
            Problem::LeadsNowhere {
                queue: QUEUE,
                to: QueueId(9),
            },
        ),
        (
            |c| c.queues[0].schedule = Some(ScheduleId(9)),
            Problem::UnknownSchedule {
                queue: QUEUE,
                schedule: ScheduleId(9),
            },
        ),
    ]
}

fn faults_of_agents() -> Vec<Case> {
    vec![
        (
            |c| c.agents[0].queues.reverse(),
            Problem::QueuesUnsorted(AGENT),
        ),
        (
            |c| c.agents[0].languages.reverse(),
            Problem::SkillsUnsorted(AGENT),
        ),
        (
            |c| c.agents[0].skills[0].level = 0,
            Problem::BadLevel {
                agent: AGENT,
                skill: SKILL,
            },
        ),
        (
            |c| c.agents[0].queues.push(QueueId(9)),
            Problem::ServesUnknown {
                agent: AGENT,
                queue: QueueId(9),
            },
        ),
        (
            |c| {
                let letters = |number: u8| {
                    let letter = |number: u8| char::from(b'a' + number);
                    [letter(number / 10), letter(number % 10)]
                };
                let tags = (0..65).map(|number| letters(number).iter().collect::<String>());
                c.agents[0].languages = tags.map(|tag| language(&tag)).collect();
            },
            Problem::TooManyLanguages,
        ),
    ]
}

fn faults_of_the_whole() -> Vec<Case> {
    vec![
        (
            |c| {
                let twice = Queue::new(QUEUE, "Sales again");
                c.queues.push(twice);
            },
            Problem::QueueTwice(QUEUE),
        ),
        (
            |c| c.agents.push(Agent::new(AGENT, vec![])),
            Problem::AgentTwice(AGENT),
        ),
        (
            |c| c.schedules.push(c.schedules[0].clone()),
            Problem::ScheduleTwice(ScheduleId(1)),
        ),
        (
            |c| c.schedules[0].hours.weekly.clear(),
            Problem::BadHours {
                schedule: ScheduleId(1),
                fault: hours::Fault::NeverOpens,
            },
        ),
        (|c| c.patience.callback_tries = 0, Problem::NoCallback),
        (
            |c| c.patience.agent_lease_ms = c.patience.agent_grace_ms + 1,
            Problem::LeaseBeyondGrace,
        ),
        (|c| c.patience.reject_limit = 0, Problem::NoRejectLimit),
    ]
}

fn warnings() -> Vec<Case> {
    vec![
        (
            |c| c.queues.push(Queue::new(QueueId(3), "New")),
            Problem::NobodyServes(QueueId(3)),
        ),
        (
            |c| {
                let needs = &mut c.queues[0].rings;
                needs.truncate(1);
                needs[0].needs[0].minimum = 5;
            },
            Problem::NobodyHas {
                queue: QUEUE,
                skill: SKILL,
                minimum: 5,
            },
        ),
        (
            |c| {
                let other = SkillId(2);
                c.agents[1].skills = vec![Proficiency {
                    skill: other,
                    level: 5,
                }];
                let rings = &mut c.queues[0].rings;
                rings.truncate(1);
                rings[0].needs.push(Need {
                    skill: other,
                    minimum: 5,
                });
            },
            Problem::NobodyFits(QUEUE),
        ),
        (
            |c| {
                for ring in &mut c.queues[0].rings {
                    ring.is_language_needed = true;
                }
            },
            Problem::NeverWidens(QUEUE),
        ),
        (
            |c| c.queues[0].weight = c.agents[0].capacity + 1,
            Problem::TooHeavy(QUEUE),
        ),
        (
            |c| c.queues[0].max_waiting = 0,
            Problem::NobodyMayWait(QUEUE),
        ),
    ]
}

fn found(change: fn(&mut Config)) -> Vec<Finding> {
    let mut config = good();
    change(&mut config);
    check(&config)
}

#[test]
fn a_good_configuration_has_no_findings() {
    assert_eq!(check(&good()), []);
}

#[test]
fn each_fault_is_found_by_name_and_alone() {
    for (change, problem) in faults() {
        assert_eq!(found(change), [Finding::fault(problem)]);
    }
}

#[test]
fn each_warning_is_given_by_name_and_alone() {
    for (change, problem) in warnings() {
        assert_eq!(found(change), [Finding::warning(problem)]);
    }
}

#[test]
fn a_loop_is_named_at_every_queue_on_it_and_nowhere_else() {
    let mut config = good();
    config
        .queues
        .push(Queue::new(QueueId(3), "Before the loop"));
    config.queues[2].when_full = Detour::To { queue: QueueId(1) };
    config.queues[1].when_closed = Detour::To { queue: QueueId(1) };
    let expected = [1, 2].map(|queue| Finding::fault(Problem::Loop(QueueId(queue))));
    assert_eq!(check(&config), expected);
    let mut itself = good();
    itself.queues[1].when_full = Detour::To { queue: QueueId(2) };
    assert_eq!(check(&itself), [Finding::fault(Problem::Loop(QueueId(2)))]);
}

#[test]
fn all_faults_are_told_at_once_and_warnings_wait_until_they_are_mended() {
    let mut config = good();
    config.queues[0].weight = 0;
    config.patience.reject_limit = 0;
    config.queues.push(Queue::new(QueueId(3), "Nobody's"));
    let told: Vec<Severity> = check(&config).iter().map(|one| one.severity).collect();
    assert_eq!(told, [Severity::Fault, Severity::Fault]);
}

#[test]
fn every_problem_has_a_case() {
    let cases = faults().into_iter().chain(warnings());
    let names: BTreeSet<String> = cases
        .map(|(_, problem)| problem)
        .chain([Problem::Loop(QUEUE)])
        .map(|problem| {
            let text = format!("{problem:?}");
            text.split(['(', ' ']).next().unwrap_or_default().to_owned()
        })
        .collect();
    assert_eq!(names.len(), PROBLEMS, "{names:?}");
}

/// How many there are; whoever adds one is stopped by [`number`] and adds a case.
const PROBLEMS: usize = number(&Problem::NobodyMayWait(QUEUE)) + 1;

const fn number(problem: &Problem) -> usize {
    match problem {
        Problem::QueueTwice(_) => 0,
        Problem::AgentTwice(_) => 1,
        Problem::ScheduleTwice(_) => 2,
        Problem::RingsForNoTime(_) => 3,
        Problem::NoWeight(_) => 4,
        Problem::TooManyRings(_) => 5,
        Problem::FirstRingLate(_) => 6,
        Problem::RingNotLater { .. } => 7,
        Problem::RingNotWider { .. } => 8,
        Problem::NeedTwice { .. } => 9,
        Problem::BadNeed { .. } => 10,
        Problem::QueuesUnsorted(_) => 11,
        Problem::SkillsUnsorted(_) => 12,
        Problem::BadLevel { .. } => 13,
        Problem::ServesUnknown { .. } => 14,
        Problem::LeadsNowhere { .. } => 15,
        Problem::Loop(_) => 16,
        Problem::UnknownSchedule { .. } => 17,
        Problem::BadHours { .. } => 18,
        Problem::NoCallback => 19,
        Problem::LeaseBeyondGrace => 20,
        Problem::NoRejectLimit => 21,
        Problem::TooManyLanguages => 22,
        Problem::NobodyServes(_) => 23,
        Problem::NobodyHas { .. } => 24,
        Problem::NobodyFits(_) => 25,
        Problem::NeverWidens(_) => 26,
        Problem::TooHeavy(_) => 27,
        Problem::NobodyMayWait(_) => 28,
    }
}
