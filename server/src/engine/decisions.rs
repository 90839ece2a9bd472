//! "Why this agent?": an explanation of the engine's, with everybody's name.

use super::directory::Directory;
use acd::{Candidate, Center, Event, Explanation, Measure, Obstacle, Target, Verdict, What};
use protocol::configuration::Strategy;
use protocol::decision::{
    Decision, DecisionCandidate, DecisionMeasure, DecisionObstacle, DecisionVerdict, DecisionWhy,
    MOST_RULED_OUT, Routed,
};
use std::collections::BTreeMap;
use store::{Entry, Past, StoreError};
use vocab::{AgentId, InteractionId, SiteId, SkillId};

/// Explains the offer under that number of the journal, with the engine as it was just before; nothing when that entry
/// is no offer.
///
/// # Errors
/// When the journal cannot be read that far back.
pub(crate) fn decision(
    past: &dyn Past,
    number: u64,
    directory: &Directory,
) -> store::Result<Option<Decision>> {
    let before = number.saturating_sub(1);
    let entry = past.entries(before, 1)?.into_iter().next();
    let Some(event) = entry.filter(|entry| entry.seq == number).and_then(routing) else {
        return Ok(None);
    };
    let What::OfferMade {
        interaction, agent, ..
    } = event.what
    else {
        return Ok(None);
    };
    // Several who are rung at once are offered it one after the other, of one decision.
    let first = first_of_same_ring(past, number, &event)?;
    let center = past.center_before(first)?;
    let by = passed_on_by(past, first, interaction)?;
    let names = Names::new(directory);
    let queue = center.interaction(interaction).map(|view| view.queue);
    let why = match (by, center.explain(interaction, event.at)) {
        (Some(by), _) => DecisionWhy::ByName {
            by_name: names.agent(by),
        },
        (None, Some(explained)) => DecisionWhy::Routed {
            routed: Box::new(told(&explained, rings(&center, &explained), &names)),
        },
        (None, None) => {
            return Err(StoreError::Damaged {
                what: "decision",
                detail: format!("entry {number} offers what did not wait"),
            });
        }
    };
    Ok(Some(Decision {
        number,
        at: event.at,
        interaction,
        queue_name: queue.map_or_else(String::new, |queue| directory.queue_name(queue).to_owned()),
        agent,
        agent_name: names.agent(agent),
        why,
    }))
}

fn routing(entry: store::JournalEntry) -> Option<Event> {
    match entry.entry {
        Entry::Routing { event } => Some(event),
        Entry::Record { .. } => None,
    }
}

/// The entry before, when it is one of routing.
fn event_before(past: &dyn Past, number: u64) -> store::Result<Option<Event>> {
    let Some(before) = number.checked_sub(2) else {
        return Ok(None);
    };
    let entry = past.entries(before, 1)?.into_iter().next();
    Ok(entry.and_then(routing))
}

fn first_of_same_ring(past: &dyn Past, number: u64, offer: &Event) -> store::Result<u64> {
    let mut first = number;
    while let Some(before) = event_before(past, first)? {
        let is_same = matches!(before.what, What::OfferMade { .. })
            && before.at == offer.at
            && before.what.interaction() == offer.what.interaction();
        if !is_same {
            break;
        }
        first -= 1;
    }
    Ok(first)
}

/// Who passed the customer on to a colleague by name: the offer follows at once.
fn passed_on_by(
    past: &dyn Past,
    number: u64,
    offered: InteractionId,
) -> store::Result<Option<AgentId>> {
    Ok(
        event_before(past, number)?.and_then(|before| match before.what {
            What::Transferred {
                interaction,
                agent,
                to: Target::Agent { .. },
                ..
            } if interaction == offered => Some(agent),
            _ => None,
        }),
    )
}

fn rings(center: &Center, explained: &Explanation) -> usize {
    let config = center.config();
    let queue = config
        .queues
        .iter()
        .find(|queue| queue.id == explained.queue);
    queue.map_or(0, |queue| queue.rings.len())
}

/// Numbers and names of what the engine only counts.
struct Names<'a> {
    directory: &'a Directory,
    skills: BTreeMap<SkillId, &'a str>,
    sites: BTreeMap<SiteId, &'a str>,
}

/// What the engine saw, for people.
fn told(why: &Explanation, rings: usize, names: &Names<'_>) -> Routed {
    let is_ruled_out = |one: &&Candidate| matches!(one.verdict, Verdict::RuledOut { .. });
    let ruled_out = why.candidates.iter().filter(is_ruled_out).count();
    let able = why.candidates.len().saturating_sub(ruled_out);
    let listed = why.candidates.iter().take(able + MOST_RULED_OUT);
    Routed {
        strategy: strategy(why.strategy),
        waited_ms: why.waited_ms,
        position: why.position,
        ring: why.ring,
        rings: u8::try_from(rings).unwrap_or(u8::MAX),
        kept_for_name: why.kept_for.map(|agent| names.agent(agent)),
        rung: u32::try_from(why.chosen.len()).unwrap_or(u32::MAX),
        candidates: listed
            .map(|one| DecisionCandidate {
                agent: one.agent,
                name: names.agent(one.agent),
                was_rung: why.chosen.contains(&one.agent),
                verdict: names.verdict(&one.verdict),
            })
            .collect(),
        more_ruled_out: u32::try_from(ruled_out.saturating_sub(MOST_RULED_OUT)).unwrap_or(u32::MAX),
    }
}

fn strategy(of: acd::Strategy) -> Strategy {
    match of {
        acd::Strategy::LongestIdle => Strategy::LongestIdle,
        acd::Strategy::MostSkilled => Strategy::MostSkilled,
        acd::Strategy::FewestHandled => Strategy::FewestHandled,
        acd::Strategy::RoundRobin => Strategy::RoundRobin,
        acd::Strategy::RingAll => Strategy::RingAll,
    }
}

impl<'a> Names<'a> {
    fn new(directory: &'a Directory) -> Self {
        let name_of = |code: &String, list: &'a [protocol::configuration::Named]| {
            let found = list.iter().find(|one| one.code == *code);
            found.map(|one| one.name.as_str())
        };
        let skills = directory.numbers.skills.iter();
        let sites = directory.numbers.sites.iter();
        Self {
            directory,
            skills: skills
                .filter_map(|(code, id)| Some((*id, name_of(code, &directory.skills)?)))
                .collect(),
            sites: sites
                .filter_map(|(code, id)| Some((*id, name_of(code, &directory.sites)?)))
                .collect(),
        }
    }

    /// The number of somebody who is gone.
    fn agent(&self, agent: vocab::AgentId) -> String {
        let name = self.directory.agent_name(agent);
        if name.is_empty() {
            agent.to_string()
        } else {
            name.to_owned()
        }
    }

    fn verdict(&self, verdict: &Verdict) -> DecisionVerdict {
        match verdict {
            Verdict::Ranked { place, by } => DecisionVerdict::Ranked {
                place: *place,
                by: by.iter().map(|one| self.measure(*one)).collect(),
            },
            Verdict::RuledOut { by } => DecisionVerdict::RuledOut {
                by: by.iter().map(|one| self.obstacle(*one)).collect(),
            },
        }
    }

    fn measure(&self, measure: Measure) -> DecisionMeasure {
        match measure {
            Measure::SpokeLast => DecisionMeasure::SpokeLast,
            Measure::Load { units } => DecisionMeasure::Load { units },
            Measure::Skill { sum } => DecisionMeasure::Skill { sum },
            Measure::Handled { count } => DecisionMeasure::Handled { count },
            Measure::IdleSince { at } => DecisionMeasure::IdleSince { at },
            Measure::Turn { after } => DecisionMeasure::Turn {
                after_name: after.map(|agent| self.agent(agent)),
            },
        }
    }

    fn obstacle(&self, obstacle: Obstacle) -> DecisionObstacle {
        match obstacle {
            Obstacle::Offline => DecisionObstacle::Offline,
            Obstacle::Away => DecisionObstacle::Away,
            Obstacle::NotReady { reason } => DecisionObstacle::NotReady { reason },
            Obstacle::WillBeNotReady { reason } => DecisionObstacle::WillBeNotReady { reason },
            Obstacle::HasLiveWork => DecisionObstacle::HasLiveWork,
            Obstacle::HasFirmWork => DecisionObstacle::HasFirmWork,
            Obstacle::NoCapacity {
                used,
                capacity,
                needed,
            } => DecisionObstacle::NoCapacity {
                used,
                capacity,
                needed,
            },
            Obstacle::Skill { skill, has, needs } => DecisionObstacle::Skill {
                skill_name: named(&self.skills, skill),
                has,
                needs,
            },
            Obstacle::Language { language } => DecisionObstacle::Language {
                language: language.to_string(),
            },
            Obstacle::Site { site } => DecisionObstacle::Site {
                site_name: named(&self.sites, site),
            },
            Obstacle::KeptFrom => DecisionObstacle::KeptFrom,
            Obstacle::KeptForAnother => DecisionObstacle::KeptForAnother,
        }
    }
}

/// The number of what is gone from the settings.
fn named<Id: Ord + std::fmt::Display>(names: &BTreeMap<Id, &str>, id: Id) -> String {
    let name = names.get(&id);
    name.map_or_else(|| id.to_string(), |name| (*name).to_owned())
}
