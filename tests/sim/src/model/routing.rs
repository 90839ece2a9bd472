//! Who should be rung for what, looked at one by one: the rules of the product, without any class or index.

use super::{Contact, Model, Person};
use acd::{RING_ALL_MOST, Strategy};
use std::cmp::Reverse;
use std::fmt;
use vocab::{AgentId, ChosenState, InteractionId};

/// Why an agent cannot have an interaction now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    Unknown,
    DoesNotServe,
    NotHere,
    NotReady,
    HasLiveWork,
    HasFirmWork,
    NoRoom,
    /// Even with nothing else to do.
    NeverRoom,
    Unskilled,
    OtherLanguage,
    OtherSite,
    KeptFrom,
    KeptForAnother,
}

impl Hindrance {
    /// Whether it stays however long one waits, with everybody at work and ready.
    #[must_use]
    pub fn lasts(self) -> bool {
        match self {
            Self::DoesNotServe
            | Self::NeverRoom
            | Self::Unskilled
            | Self::OtherLanguage
            | Self::OtherSite => true,
            Self::Unknown
            | Self::NotHere
            | Self::NotReady
            | Self::HasLiveWork
            | Self::HasFirmWork
            | Self::NoRoom
            | Self::KeptFrom
            | Self::KeptForAnother => false,
        }
    }
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "is unknown",
            Self::DoesNotServe => "does not serve the queue",
            Self::NotHere => "is not here",
            Self::NotReady => "is not ready",
            Self::HasLiveWork => "is in a conversation, rung or wrapping up",
            Self::HasFirmWork => "has work that must not be interrupted",
            Self::NoRoom => "has no room left",
            Self::NeverRoom => "has no room for such work at all",
            Self::Unskilled => "lacks a skill that the ring asks for",
            Self::OtherLanguage => "does not speak the language",
            Self::OtherSite => "works elsewhere",
            Self::KeptFrom => "passed it on or declined it a moment ago",
            Self::KeptForAnother => "it waits for somebody else",
        })
    }
}

/// An agent's work as capacity counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Burden {
    pub live: u32,
    /// Weights of asynchronous work.
    pub units: u32,
    pub has_firm: bool,
}

impl Model {
    #[must_use]
    pub fn burden(&self, agent: AgentId) -> Burden {
        let mut burden = Burden::default();
        for one in self.open.values() {
            if !one.stage.people().any(|person| person == agent) {
                continue;
            }
            let queue = self.queues.get(&one.queue);
            if one.medium.is_live() {
                burden.live += 1;
            } else {
                burden.units += queue.map_or(1, |queue| u32::from(queue.weight));
                burden.has_firm |= queue.is_some_and(|queue| !queue.is_interruptible);
            }
        }
        burden
    }

    /// Whether there is room: one live conversation and nothing beside it but what it may interrupt, or asynchronous
    /// work up to the capacity.
    #[must_use]
    pub fn lack_of_room(&self, agent: AgentId, one: &Contact) -> Option<Hindrance> {
        let Some(person) = self.agents.get(&agent) else {
            return Some(Hindrance::Unknown);
        };
        let burden = self.burden(agent);
        let weight = self.queues.get(&one.queue);
        let weight = weight.map_or(1, |queue| u32::from(queue.weight));
        let capacity = u32::from(person.settings.capacity);
        if !one.medium.is_live() && weight > capacity {
            Some(Hindrance::NeverRoom)
        } else if burden.live > 0 {
            Some(Hindrance::HasLiveWork)
        } else if one.medium.is_live() {
            burden.has_firm.then_some(Hindrance::HasFirmWork)
        } else {
            (burden.units + weight > capacity).then_some(Hindrance::NoRoom)
        }
    }

    /// The first thing that stands in the way, those that last first.
    #[must_use]
    pub fn hindrance(&self, agent: AgentId, one: &Contact) -> Option<Hindrance> {
        let (Some(person), Some(queue)) = (self.agents.get(&agent), self.queues.get(&one.queue))
        else {
            return Some(Hindrance::Unknown);
        };
        if !person.settings.queues.contains(&queue.id) {
            return Some(Hindrance::DoesNotServe);
        }
        let room = self.lack_of_room(agent, one);
        if room == Some(Hindrance::NeverRoom) {
            return room;
        }
        match one.kept_for {
            Some((kept, _)) if kept != agent => return Some(Hindrance::KeptForAnother),
            Some(_) => {}
            None => {
                if let Some(lack) = self.lack_of_fitness(person, one) {
                    return Some(lack);
                }
                if one.kept_from.iter().any(|(kept, _)| *kept == agent) {
                    return Some(Hindrance::KeptFrom);
                }
            }
        }
        let Some(online) = person.online else {
            return Some(Hindrance::NotHere);
        };
        if online.away.is_some() {
            return Some(Hindrance::NotHere);
        }
        let stays_ready = matches!(online.next, None | Some(ChosenState::Ready));
        if online.chosen != ChosenState::Ready || !stays_ready {
            return Some(Hindrance::NotReady);
        }
        room
    }

    /// What of the ring in force the agent does not meet.
    fn lack_of_fitness(&self, person: &Person, one: &Contact) -> Option<Hindrance> {
        let queue = self.queues.get(&one.queue)?;
        let last = queue.rings.len().checked_sub(1)?;
        let ring = queue.rings.get(usize::from(one.ring).min(last))?;
        let level = |skill| {
            let skills = person.settings.skills.iter();
            skills
                .filter(|known| known.skill == skill)
                .map(|known| known.level)
                .max()
                .unwrap_or(0)
        };
        if ring
            .needs
            .iter()
            .any(|need| level(need.skill) < need.minimum)
        {
            return Some(Hindrance::Unskilled);
        }
        if let Some(language) = one.wishes.language
            && ring.is_language_needed
            && !person.settings.languages.contains(&language)
        {
            return Some(Hindrance::OtherLanguage);
        }
        if let Some(site) = one.wishes.site
            && ring.is_site_needed
            && person.settings.site != Some(site)
        {
            return Some(Hindrance::OtherSite);
        }
        None
    }

    #[must_use]
    pub fn can_have(&self, agent: AgentId, one: &Contact) -> bool {
        self.hindrance(agent, one).is_none()
    }

    /// Everybody who can have it, best first by the queue's strategy.
    #[must_use]
    pub fn in_order(&self, one: &Contact) -> Vec<AgentId> {
        let Some(queue) = self.queues.get(&one.queue) else {
            return Vec::new();
        };
        let able = self.agents.keys().copied();
        let mut able: Vec<AgentId> = able.filter(|agent| self.can_have(*agent, one)).collect();
        let units = |agent: &AgentId| self.burden(*agent).units;
        let person = |agent: &AgentId| self.agents.get(agent);
        let idle_since = |agent: &AgentId| {
            let online = person(agent).and_then(|person| person.online);
            online.map(|online| online.idle_since)
        };
        match queue.strategy {
            Strategy::LongestIdle | Strategy::RingAll => {
                able.sort_by_key(|agent| (units(agent), idle_since(agent), *agent));
            }
            Strategy::MostSkilled => able.sort_by_key(|agent| {
                let skill = person(agent).map_or(0, |person| self.skill(person, one));
                (Reverse(skill), idle_since(agent), *agent)
            }),
            Strategy::FewestHandled => able.sort_by_key(|agent| {
                let handled = person(agent).map_or(0, |person| person.handled);
                (units(agent), handled, idle_since(agent), *agent)
            }),
            Strategy::RoundRobin => {
                let last = self.turns.get(&queue.id);
                able.sort_by_key(|agent| (last.is_some_and(|last| agent <= last), *agent));
            }
        }
        able
    }

    /// The sum of the levels in everything that any ring of the queue asks for.
    fn skill(&self, person: &Person, one: &Contact) -> u32 {
        let Some(queue) = self.queues.get(&one.queue) else {
            return 0;
        };
        let asked: std::collections::BTreeSet<_> = queue
            .rings
            .iter()
            .flat_map(|ring| &ring.needs)
            .map(|need| need.skill)
            .collect();
        let known = person.settings.skills.iter();
        known
            .filter(|known| asked.contains(&known.skill))
            .map(|known| u32::from(known.level))
            .sum()
    }

    /// Who should be rung for it now: nobody, one, or several where all are rung.
    #[must_use]
    pub fn should_ring(&self, one: &Contact) -> Vec<AgentId> {
        if !one.can_be_offered() {
            return Vec::new();
        }
        let mut able = self.in_order(one);
        let strategy = self.queues.get(&one.queue).map(|queue| queue.strategy);
        let most = match strategy {
            Some(Strategy::RingAll) if one.kept_for.is_none() => RING_ALL_MOST,
            Some(_) | None => 1,
        };
        able.truncate(most);
        able
    }

    /// Somebody who could be offered to this agent and comes before the one at that place.
    #[must_use]
    pub fn passed_over(
        &self,
        agent: AgentId,
        place: (i64, InteractionId),
    ) -> Option<InteractionId> {
        let mut open = self.open.iter();
        let before = open.find(|(id, one)| {
            (one.key, **id) < place && one.can_be_offered() && self.can_have(agent, one)
        });
        before.map(|(id, _)| *id)
    }

    /// Somebody free and somebody waiting who fit each other.
    #[must_use]
    pub fn idle_pair(&self) -> Option<(AgentId, InteractionId)> {
        self.open
            .iter()
            .filter(|(_, one)| one.can_be_offered())
            .find_map(|(id, one)| {
                let mut agents = self.agents.keys();
                let agent = agents.find(|agent| self.can_have(**agent, one))?;
                Some((*agent, *id))
            })
    }
}
