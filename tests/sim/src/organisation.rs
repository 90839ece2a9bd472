//! Random organisations: queues of every kind, agents of every kind, hours around the clock's changes; and how they are
//! edited while people wait, sometimes wrongly.

use crate::dice::Dice;
use acd::{
    Agent, Config, Detour, Need, Overflow, Patience, Proficiency, Queue, Ring, Schedule, Strategy,
};
use hours::{Holiday, MinuteOfDay, Opening, Span, Weekday};
use vocab::{AgentId, Language, QueueId, ScheduleId, SiteId, SkillId};

/// How large an organisation is; the same through all its changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) queues: u32,
    pub(crate) agents: u32,
}

impl Size {
    /// Mostly a handful, where everything meets everything; now and then more than are rung at once.
    pub(crate) fn of(dice: &mut Dice) -> Self {
        match dice.below(12) {
            0 => Self {
                queues: 3,
                agents: 30,
            },
            1..=3 => Self {
                queues: 2,
                agents: 3,
            },
            _ => Self {
                queues: 4,
                agents: 7,
            },
        }
    }
}

const SKILLS: u32 = 3;
const SITES: u32 = 2;
const SCHEDULES: u32 = 2;
const LANGUAGES: [&str; 3] = ["de", "en", "zh"];

/// Evenings before clocks are set, and two ordinary moments.
pub(crate) const BEGINNINGS: [u64; 8] = [
    1_774_741_200_000, // Berlin goes forward, 29 March 2026.
    1_792_885_200_000, // Berlin goes back, 25 October 2026.
    1_772_952_000_000, // New York goes forward, 8 March 2026.
    1_793_511_000_000, // New York goes back, 1 November 2026.
    1_775_313_000_000, // Lord Howe goes back by half an hour, 5 April 2026.
    1_791_039_600_000, // Lord Howe goes forward, 4 October 2026.
    1_782_895_800_000, // A Wednesday morning.
    1_798_757_400_000, // The last hour of a year.
];

const ZONES: [&str; 5] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "UTC",
];

/// A whole organisation without a fault.
pub(crate) fn organisation(dice: &mut Dice, size: Size) -> Config {
    let queues = (1..=size.queues).map(|id| queue(dice, id)).collect();
    let agents = (1..=size.agents).map(|id| agent(dice, size, id)).collect();
    let schedules = (1..=SCHEDULES).map(|id| schedule(dice, id)).collect();
    Config {
        queues,
        agents,
        schedules,
        patience: patience(dice),
    }
}

/// The same with some of it changed, left out or back again.
pub(crate) fn edited(dice: &mut Dice, size: Size, before: &Config) -> Config {
    let fresh = organisation(dice, size);
    let mut config = Config {
        patience: if dice.one_in(4) {
            fresh.patience
        } else {
            before.patience
        },
        ..Config::default()
    };
    for new in fresh.queues {
        let old = before.queues.iter().find(|queue| queue.id == new.id);
        match (old, dice.below(10)) {
            (_, 0) => {}
            (Some(old), 1..=7) => config.queues.push(old.clone()),
            (_, _) => config.queues.push(new),
        }
    }
    for new in fresh.agents {
        let old = before.agents.iter().find(|agent| agent.id == new.id);
        match (old, dice.below(12)) {
            (_, 0) => {}
            (Some(old), 1..=8) => config.agents.push(old.clone()),
            (_, _) => config.agents.push(new),
        }
    }
    for new in fresh.schedules {
        let old = before.schedules.iter().find(|one| one.id == new.id);
        match (old, dice.below(8)) {
            (Some(old), 1..) => config.schedules.push(old.clone()),
            (_, _) => config.schedules.push(new),
        }
    }
    mend(&mut config);
    config
}

/// Takes out what leads to queues that are not there.
pub(crate) fn mend(config: &mut Config) {
    let queues: Vec<QueueId> = config.queues.iter().map(|queue| queue.id).collect();
    let schedules: Vec<ScheduleId> = config.schedules.iter().map(|one| one.id).collect();
    for agent in &mut config.agents {
        agent.queues.retain(|queue| queues.contains(queue));
    }
    let kept = |detour: Detour| match detour {
        Detour::To { queue } if !queues.contains(&queue) => Detour::Refuse,
        Detour::To { .. } | Detour::Refuse => detour,
    };
    for queue in &mut config.queues {
        queue.when_closed = kept(queue.when_closed);
        queue.when_full = kept(queue.when_full);
        queue.overflow = queue.overflow.filter(|way| queues.contains(&way.to));
        queue.schedule = queue.schedule.filter(|id| schedules.contains(id));
    }
}

/// Makes a good configuration wrong in one way.
pub(crate) fn spoilt(dice: &mut Dice, mut config: Config) -> Config {
    let Config {
        queues,
        agents,
        schedules,
        patience,
    } = &mut config;
    match (
        dice.below(8),
        queues.first_mut(),
        agents.first_mut(),
        schedules.first_mut(),
    ) {
        (0, Some(queue), ..) => queue.ring_ms = 0,
        (1, Some(queue), ..) => queue.weight = 0,
        (2, Some(queue), ..) => {
            let twice = queue.clone();
            queues.push(twice);
        }
        (3, _, Some(agent), _) => agent.queues.push(QueueId(99)),
        (4, Some(queue), ..) => {
            let to = queue.id;
            queue.overflow = Some(Overflow { after_ms: 1, to });
        }
        (5, Some(queue), ..) => queue.schedule = Some(ScheduleId(9)),
        (6, .., Some(schedule)) => schedule.hours.zone = "Europe/Nowhere".to_owned(),
        (7, _, Some(agent), _) => {
            let skill = SkillId(1);
            agent.skills = vec![Proficiency { skill, level: 6 }];
        }
        (..) => patience.callback_tries = 0,
    }
    config
}

fn queue(dice: &mut Dice, id: u32) -> Queue {
    let strategies = [
        Strategy::LongestIdle,
        Strategy::MostSkilled,
        Strategy::FewestHandled,
        Strategy::RoundRobin,
        Strategy::RingAll,
    ];
    let lower = |dice: &mut Dice| QueueId(1 + dice.number(id.saturating_sub(1)));
    // Ways out lead to lower numbers only, so that none leads back.
    let mut way = |cases: u64| (id > 1 && dice.one_in(cases)).then(|| lower(dice));
    let detour = |to: Option<QueueId>| to.map_or(Detour::Refuse, |queue| Detour::To { queue });
    let (when_closed, when_full) = (detour(way(3)), detour(way(3)));
    let overflow = way(2);
    Queue {
        priority: dice.small(3),
        vip_steps: dice.small(3),
        ring_ms: 3_000 + dice.below(20_000),
        wrap_up_ms: dice.below(3) * 10_000,
        max_waiting: 2 + dice.number(6),
        is_closed: dice.one_in(12),
        callback_keeps_ms: dice.below(3) * 60_000,
        strategy: dice.pick(&strategies).unwrap_or_default(),
        weight: 1 + dice.small(3),
        is_interruptible: dice.one_in(2),
        rings: rings(dice),
        last_agent_ms: dice.below(3) * 15_000,
        schedule: dice
            .one_in(4)
            .then(|| ScheduleId(1 + dice.number(SCHEDULES))),
        closing_grace_ms: dice.below(3) * 20_000,
        when_closed,
        when_full,
        overflow: overflow.map(|to| Overflow {
            after_ms: 1_000 + dice.below(60_000),
            to,
        }),
        ..Queue::new(QueueId(id), format!("Queue {id}"))
    }
}

/// From strict to lenient, each one step wider than the one before.
fn rings(dice: &mut Dice) -> Vec<Ring> {
    let mut ring = Ring {
        after_ms: 0,
        needs: (1..=SKILLS)
            .filter_map(|skill| {
                let need = Need {
                    skill: SkillId(skill),
                    minimum: 1 + dice.small(4),
                };
                dice.one_in(3).then_some(need)
            })
            .collect(),
        is_language_needed: dice.one_in(3),
        is_site_needed: dice.one_in(4),
    };
    let mut rings = Vec::new();
    for _ in 0..dice.below(5) {
        rings.push(ring.clone());
        let wider = match dice.below(3) {
            0 if ring.is_language_needed => {
                ring.is_language_needed = false;
                true
            }
            1 if ring.is_site_needed => {
                ring.is_site_needed = false;
                true
            }
            _ => match ring.needs.last_mut() {
                Some(need) if need.minimum > 1 => {
                    need.minimum -= 1;
                    true
                }
                Some(_) => ring.needs.pop().is_some(),
                None => false,
            },
        };
        if !wider {
            break;
        }
        ring.after_ms += 1_000 + dice.below(30_000);
    }
    rings
}

fn agent(dice: &mut Dice, size: Size, id: u32) -> Agent {
    let queues = (1..=size.queues).filter(|_| !dice.one_in(3)).map(QueueId);
    let queues = queues.collect();
    let mut skills = Vec::new();
    for skill in 1..=SKILLS {
        let level = dice.small(6);
        if level > 0 {
            let skill = SkillId(skill);
            skills.push(Proficiency { skill, level });
        }
    }
    Agent {
        skills,
        languages: languages().filter(|_| dice.one_in(2)).collect(),
        site: some_site(dice),
        capacity: dice.small(6),
        ..Agent::new(AgentId(id), queues)
    }
}

fn languages() -> impl Iterator<Item = Language> {
    let all = LANGUAGES.into_iter();
    all.filter_map(|tag| Language::of_tag(tag).ok())
}

pub(crate) fn some_site(dice: &mut Dice) -> Option<SiteId> {
    dice.one_in(2).then(|| SiteId(1 + dice.number(SITES)))
}

pub(crate) fn some_language(dice: &mut Dice) -> Option<Language> {
    let all: Vec<Language> = languages().collect();
    dice.pick(&all).filter(|_| dice.one_in(2))
}

fn schedule(dice: &mut Dice, id: u32) -> Schedule {
    let zone = dice.pick(&ZONES).unwrap_or("UTC").to_owned();
    // In the night, when clocks are set, and by day.
    let from = MinuteOfDay::new(u16::from(dice.small(8)), u16::from(dice.small(60)));
    let to = MinuteOfDay::new(12 + u16::from(dice.small(12)), 0);
    let span = Span {
        from: from.unwrap_or(MinuteOfDay::FIRST),
        to: to.unwrap_or(MinuteOfDay::END),
    };
    let weekly = Weekday::ALL.into_iter().map(|day| Opening {
        day,
        from: span.from,
        to: span.to,
    });
    let holiday = |date: &str, openings: Vec<Span>| Holiday {
        date: date.to_owned(),
        name: "A holiday".to_owned(),
        openings,
    };
    Schedule {
        id: ScheduleId(id),
        hours: hours::Schedule {
            zone,
            weekly: weekly.collect(),
            holidays: vec![
                holiday("2026-03-29", vec![]),
                holiday("2027-01-01", vec![span]),
            ],
        },
    }
}

fn patience(dice: &mut Dice) -> Patience {
    Patience {
        agent_lease_ms: 1_000 + dice.below(3_000),
        agent_grace_ms: 10_000 + dice.below(50_000),
        customer_grace_ms: 5_000 + dice.below(30_000),
        callback_ring_ms: 5_000 + dice.below(30_000),
        callback_rest_ms: 10_000 + dice.below(60_000),
        callback_tries: 1 + dice.small(3),
        reject_limit: 1 + dice.small(3),
    }
}
