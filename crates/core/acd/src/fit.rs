//! Who fits what: agents and waiting work in classes that are alike, so that nobody is looked at one by one.
//!
//! Within one queue everything about an agent that routing asks is a [`Supply`], everything about a customer a
//! [`Demand`]. Thousands of agents come down to a handful of either, and [`Supply::fits`] is the only place that
//! decides whether the two belong together.

use crate::config::{Agent, Queue, Strategy};
use crate::state::Interaction;
use serde::{Deserialize, Serialize};
use std::ops::{Bound, RangeInclusive};
use vocab::{Language, Millis, SiteId};

/// So many languages have a bit each.
pub(crate) const MOST_LANGUAGES: usize = 64;

/// A language that no agent speaks.
const UNSPOKEN: u8 = 64;

/// What an agent can be rung for at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Room {
    /// Has no live work, and no asynchronous work that must not be interrupted.
    pub(crate) for_live: bool,
    /// How much asynchronous work there is room for.
    pub(crate) units: u8,
}

impl Room {
    pub(crate) fn is_none(self) -> bool {
        self == Self::default()
    }

    /// Whether work of this kind fits in.
    pub(crate) fn takes(self, is_live: bool, weight: u8) -> bool {
        if is_live {
            self.for_live
        } else {
            self.units >= weight
        }
    }

    /// Whether anything is possible that was not before.
    pub(crate) fn exceeds(self, before: Self) -> bool {
        (self.for_live && !before.for_live) || self.units > before.units
    }
}

/// Agents who are alike to one queue. Those of one site lie together, so that work for a site looks at them alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Supply {
    pub(crate) service: Service,
    pub(crate) room: Room,
}

/// What an agent is to one queue, whatever they do just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Service {
    /// None where the queue never asks.
    site: Option<SiteId>,
    /// The first ring whose needs the agent meets; [`NO_RING`] without one.
    pub(crate) ring: u8,
    /// A bit for each language; none where the queue never asks.
    languages: u64,
}

/// Of an agent who serves a queue and lacks what its widest ring asks for.
pub(crate) const NO_RING: u8 = u8::MAX;

/// Waiting work that the same agents fit. What asks for one site lies together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Demand {
    /// Where an agent must work now.
    site: Option<SiteId>,
    pub(crate) is_live: bool,
    pub(crate) weight: u8,
    pub(crate) ring: u8,
    /// The bit of the language that an agent must speak now.
    language: Option<u8>,
}

impl Supply {
    /// The classes among which those lie that can fit: of the site that is asked for, or all.
    pub(crate) fn that_may_fit(demand: Demand) -> (Bound<Self>, Bound<Self>) {
        let Some(site) = demand.site else {
            return (Bound::Unbounded, Bound::Unbounded);
        };
        let at = |ring, languages, room| Self {
            service: Service {
                site: Some(site),
                ring,
                languages,
            },
            room,
        };
        let most = Room {
            for_live: true,
            units: u8::MAX,
        };
        let first = at(0, 0, Room::default());
        (
            Bound::Included(first),
            Bound::Included(at(NO_RING, u64::MAX, most)),
        )
    }

    pub(crate) fn fits(self, demand: Demand) -> bool {
        self.room.takes(demand.is_live, demand.weight) && self.service.fits(demand)
    }
}

impl Service {
    /// Between these lie the classes of work for somebody like this: what asks for no site, and what asks for this one.
    pub(crate) fn may_fit(self) -> impl Iterator<Item = RangeInclusive<Demand>> {
        let of = |site| Demand::least(site)..=Demand::most(site);
        let here = self.site.map(|site| of(Some(site)));
        std::iter::once(of(None)).chain(here)
    }

    pub(crate) fn new(agent: &Agent, queue: &Queue, spoken: &[Language]) -> Self {
        let meets = |needs: &[crate::Need]| {
            let mut needs = needs.iter();
            needs.all(|need| agent.level_of(need.skill) >= need.minimum)
        };
        let ring = match queue.rings.iter().position(|ring| meets(&ring.needs)) {
            Some(number) => u8::try_from(number).unwrap_or(NO_RING),
            None if queue.rings.is_empty() => 0,
            None => NO_RING,
        };
        let asks_for_language = queue.rings.iter().any(|ring| ring.is_language_needed);
        let asks_for_site = queue.rings.iter().any(|ring| ring.is_site_needed);
        let bit = |language: &Language| spoken.binary_search(language).ok();
        Self {
            ring,
            languages: if asks_for_language {
                let bits = agent.languages.iter().filter_map(bit);
                bits.fold(0, |all, bit| all | 1_u64 << (bit % MOST_LANGUAGES))
            } else {
                0
            },
            site: agent.site.filter(|_| asks_for_site),
        }
    }

    pub(crate) fn fits(self, demand: Demand) -> bool {
        self.meets_ring(demand) && self.speaks(demand) && self.is_at_site(demand)
    }

    pub(crate) fn meets_ring(self, demand: Demand) -> bool {
        self.ring <= demand.ring
    }

    pub(crate) fn speaks(self, demand: Demand) -> bool {
        demand.language.is_none_or(|bit| {
            let mask = 1_u64.checked_shl(u32::from(bit)).unwrap_or(0);
            self.languages & mask != 0
        })
    }

    pub(crate) fn is_at_site(self, demand: Demand) -> bool {
        demand.site.is_none_or(|site| self.site == Some(site))
    }
}

impl Demand {
    fn least(site: Option<SiteId>) -> Self {
        Self {
            site,
            is_live: false,
            weight: 0,
            ring: 0,
            language: None,
        }
    }

    fn most(site: Option<SiteId>) -> Self {
        Self {
            site,
            is_live: true,
            weight: u8::MAX,
            ring: u8::MAX,
            language: Some(u8::MAX),
        }
    }

    pub(crate) fn new(open: &Interaction, queue: &Queue, spoken: &[Language]) -> Self {
        let rings = u8::try_from(queue.rings.len()).unwrap_or(NO_RING);
        let ring = queue.ring(open.ring);
        let asks_for_language = ring.is_some_and(|ring| ring.is_language_needed);
        let asks_for_site = ring.is_some_and(|ring| ring.is_site_needed);
        let bit = |language: Language| {
            let at = spoken.binary_search(&language).ok();
            at.and_then(|at| u8::try_from(at).ok()).unwrap_or(UNSPOKEN)
        };
        Self {
            is_live: open.medium.is_live(),
            weight: queue.weight,
            ring: open.ring.min(rings.saturating_sub(1)),
            language: open.wishes.language.filter(|_| asks_for_language).map(bit),
            site: open.wishes.site.filter(|_| asks_for_site),
        }
    }
}

/// Orders agents who fit, lowest first. Ends with the agent's number wherever two are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(u64, u64);

/// What a rank is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The weights of the asynchronous work they have.
    pub(crate) load: u8,
    pub(crate) idle_since: Millis,
    pub(crate) handled: u32,
}

impl Rank {
    /// `score`: the agent's levels in what the queue asks for.
    pub(crate) fn new(strategy: Strategy, standing: Standing, score: u32) -> Self {
        let load = u64::from(standing.load);
        let idle_since = standing.idle_since.0;
        match strategy {
            Strategy::LongestIdle | Strategy::RingAll => Self(load, idle_since),
            Strategy::MostSkilled => Self(u64::from(u32::MAX - score), idle_since),
            Strategy::FewestHandled => Self(load << 32 | u64::from(standing.handled), idle_since),
            Strategy::RoundRobin => Self(0, 0),
        }
    }
}

/// The sum of the agent's levels in every skill that the queue asks for.
pub(crate) fn score(agent: &Agent, queue: &Queue) -> u32 {
    // The first ring asks for all that any ring asks for: the others only ask for less.
    let needs = queue.rings.first().map_or(&[][..], |ring| &ring.needs);
    needs
        .iter()
        .map(|need| u32::from(agent.level_of(need.skill)))
        .sum()
}
