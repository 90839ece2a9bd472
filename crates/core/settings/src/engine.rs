//! From codes to numbers: the document as the engine reads it.

use acd::{Detour, Need, Overflow, Patience, Proficiency, Ring};
use hours::{MinuteOfDay, Span};
use protocol::configuration::{
    Configuration, PersonSettings, QueueSettings, RingSettings, Rules, ScheduleSettings, Strategy,
    Weekday,
};
use std::collections::BTreeMap;
use vocab::{AgentId, QueueId, ScheduleId, SiteId, SkillId};

/// Which number stands for which code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub queues: BTreeMap<String, QueueId>,
    pub skills: BTreeMap<String, SkillId>,
    pub sites: BTreeMap<String, SiteId>,
    pub schedules: BTreeMap<String, ScheduleId>,
    pub people: BTreeMap<String, AgentId>,
}

impl Numbers {
    /// By the places in the document: good for a check, which no number outlives.
    #[must_use]
    pub fn by_place(document: &Configuration) -> Self {
        Self {
            queues: numbered(document.queues.iter().map(|one| &one.code), QueueId),
            skills: numbered(document.skills.iter().map(|one| &one.code), SkillId),
            sites: numbered(document.sites.iter().map(|one| &one.code), SiteId),
            schedules: numbered(document.schedules.iter().map(|one| &one.code), ScheduleId),
            people: numbered(document.people.iter().map(|one| &one.user), AgentId),
        }
    }

    pub(crate) fn queue_code(&self, queue: QueueId) -> String {
        code_of(&self.queues, queue)
    }

    pub(crate) fn skill_code(&self, skill: SkillId) -> String {
        code_of(&self.skills, skill)
    }

    pub(crate) fn schedule_code(&self, schedule: ScheduleId) -> String {
        code_of(&self.schedules, schedule)
    }

    pub(crate) fn user(&self, agent: AgentId) -> String {
        code_of(&self.people, agent)
    }
}

fn numbered<'a, Id>(
    codes: impl Iterator<Item = &'a String>,
    id: impl Fn(u32) -> Id,
) -> BTreeMap<String, Id> {
    let numbers = 1_u32..;
    codes
        .zip(numbers)
        .map(|(code, number)| (code.clone(), id(number)))
        .collect()
}

fn code_of<Id: Copy + PartialEq>(numbers: &BTreeMap<String, Id>, id: Id) -> String {
    let found = numbers.iter().find(|(_, number)| **number == id);
    found.map(|(code, _)| code.clone()).unwrap_or_default()
}

/// What the engine is configured with. What the document names and nobody numbers is left out: [`crate::check`] says so.
#[must_use]
pub fn engine_config(document: &Configuration, numbers: &Numbers) -> acd::Config {
    let queues = document.queues.iter();
    let people = document.people.iter();
    let schedules = document.schedules.iter();
    acd::Config {
        queues: queues.filter_map(|one| queue(one, numbers)).collect(),
        agents: people.filter_map(|one| person(one, numbers)).collect(),
        schedules: schedules.filter_map(|one| schedule(one, numbers)).collect(),
        patience: patience(&document.rules),
    }
}

fn queue(settings: &QueueSettings, numbers: &Numbers) -> Option<acd::Queue> {
    let queue_of = |code: &String| numbers.queues.get(code).copied();
    let detour = |code: &Option<String>| match code.as_ref().and_then(queue_of) {
        Some(queue) => Detour::To { queue },
        None => Detour::Refuse,
    };
    let rings = settings.rings.iter();
    Some(acd::Queue {
        id: queue_of(&settings.code)?,
        name: settings.name.clone(),
        priority: settings.priority,
        vip_steps: settings.vip_steps,
        ring_ms: settings.ring_ms,
        wrap_up_ms: settings.wrap_up_ms,
        max_waiting: settings.max_waiting,
        is_closed: settings.is_closed,
        callback_keeps_ms: settings.callback_keeps_ms,
        strategy: strategy(settings.strategy),
        weight: settings.weight,
        is_interruptible: settings.is_interruptible,
        rings: rings.map(|one| ring(one, numbers)).collect(),
        last_agent_ms: settings.last_agent_ms,
        schedule: settings
            .schedule
            .as_ref()
            .and_then(|code| numbers.schedules.get(code).copied()),
        closing_grace_ms: settings.closing_grace_ms,
        when_closed: detour(&settings.when_closed),
        when_full: detour(&settings.when_full),
        overflow: settings.overflow.as_ref().and_then(|overflow| {
            Some(Overflow {
                after_ms: overflow.after_ms,
                to: queue_of(&overflow.to)?,
            })
        }),
    })
}

fn ring(settings: &RingSettings, numbers: &Numbers) -> Ring {
    let needs = settings.needs.iter().filter_map(|need| {
        Some(Need {
            skill: *numbers.skills.get(&need.skill)?,
            minimum: need.minimum,
        })
    });
    let mut needs: Vec<Need> = needs.collect();
    needs.sort_unstable();
    Ring {
        after_ms: settings.after_ms,
        needs,
        is_language_needed: settings.is_language_needed,
        is_site_needed: settings.is_site_needed,
    }
}

fn strategy(settings: Strategy) -> acd::Strategy {
    match settings {
        Strategy::LongestIdle => acd::Strategy::LongestIdle,
        Strategy::MostSkilled => acd::Strategy::MostSkilled,
        Strategy::FewestHandled => acd::Strategy::FewestHandled,
        Strategy::RoundRobin => acd::Strategy::RoundRobin,
        Strategy::RingAll => acd::Strategy::RingAll,
    }
}

fn person(settings: &PersonSettings, numbers: &Numbers) -> Option<acd::Agent> {
    let queues = settings.queues.iter();
    let mut queues: Vec<QueueId> = queues
        .filter_map(|code| numbers.queues.get(code).copied())
        .collect();
    queues.sort_unstable();
    queues.dedup();
    let skills = settings.skills.iter().filter_map(|one| {
        Some(Proficiency {
            skill: *numbers.skills.get(&one.skill)?,
            level: one.level,
        })
    });
    let mut skills: Vec<Proficiency> = skills.collect();
    skills.sort_unstable();
    skills.dedup_by_key(|one| one.skill);
    let mut languages = settings.languages.clone();
    languages.sort_unstable();
    languages.dedup();
    Some(acd::Agent {
        id: *numbers.people.get(&settings.user)?,
        queues,
        skills,
        languages,
        site: settings
            .site
            .as_ref()
            .and_then(|code| numbers.sites.get(code).copied()),
        capacity: settings.capacity,
    })
}

fn schedule(settings: &ScheduleSettings, numbers: &Numbers) -> Option<acd::Schedule> {
    let id = *numbers.schedules.get(&settings.code)?;
    let hours = hours_of(settings);
    Some(acd::Schedule { id, hours })
}

/// Times that are none are left out; the check finds them.
pub(crate) fn hours_of(settings: &ScheduleSettings) -> hours::Schedule {
    let weekly = settings.weekly.iter().filter_map(|opening| {
        Some(hours::Opening {
            day: weekday(opening.day),
            from: time(&opening.from)?,
            to: time(&opening.to)?,
        })
    });
    let holidays = settings.holidays.iter().map(|holiday| hours::Holiday {
        date: holiday.date.clone(),
        name: holiday.name.clone(),
        openings: holiday
            .openings
            .iter()
            .filter_map(|span| {
                Some(Span {
                    from: time(&span.from)?,
                    to: time(&span.to)?,
                })
            })
            .collect(),
    });
    hours::Schedule {
        zone: settings.zone.clone(),
        weekly: weekly.collect(),
        holidays: holidays.collect(),
    }
}

/// `HH:MM`, if it is one.
pub(crate) fn time(text: &str) -> Option<MinuteOfDay> {
    MinuteOfDay::try_from(text.to_owned()).ok()
}

fn weekday(day: Weekday) -> hours::Weekday {
    match day {
        Weekday::Monday => hours::Weekday::Monday,
        Weekday::Tuesday => hours::Weekday::Tuesday,
        Weekday::Wednesday => hours::Weekday::Wednesday,
        Weekday::Thursday => hours::Weekday::Thursday,
        Weekday::Friday => hours::Weekday::Friday,
        Weekday::Saturday => hours::Weekday::Saturday,
        Weekday::Sunday => hours::Weekday::Sunday,
    }
}

fn patience(rules: &Rules) -> Patience {
    Patience {
        agent_grace_ms: rules.agent_grace_ms,
        customer_grace_ms: rules.customer_grace_ms,
        callback_ring_ms: rules.callback_ring_ms,
        callback_rest_ms: rules.callback_rest_ms,
        callback_tries: rules.callback_tries,
        reject_limit: rules.reject_limit,
        ..Patience::default()
    }
}
