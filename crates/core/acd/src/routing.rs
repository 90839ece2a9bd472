//! Who meets whom. Before a turn nothing that waits fits anybody who is free, so only what a turn made possible is
//! looked at: for a freed agent the first in order among all that they fit, for new work the first agent in its queue's
//! order. Classes ([`crate::fit`]) stand for single agents and customers, so that neither look grows with their number.

use crate::Center;
use crate::config::{Queue, RING_ALL_MOST, Strategy};
use crate::event::What;
use crate::fit::{Demand, Rank, Supply};
use crate::index::{Index, QueueIndex, Row};
use crate::state::{Interaction, State};
use crate::turn::Turn;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use vocab::{AgentId, InteractionId};

/// Something that may now meet somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Chance {
    OfWork,
    OfAgent(AgentId),
}

impl Turn<'_> {
    /// Whoever is first in order has the first choice of agents; goes on until nothing more fits.
    pub(crate) fn route(&mut self) {
        let mut chances = BinaryHeap::new();
        loop {
            self.note_chances(&mut chances);
            let Some(Reverse((_, interaction, chance))) = chances.pop() else {
                return;
            };
            let has_met = self.offer(interaction);
            if let Chance::OfAgent(agent) = chance
                && (has_met || !self.center.is_offerable(interaction))
                && let Some((key, next)) = self.center.first_for(agent)
            {
                chances.push(Reverse((key, next, chance)));
            }
        }
    }

    fn note_chances(&mut self, chances: &mut BinaryHeap<Reverse<(i64, InteractionId, Chance)>>) {
        for interaction in self.fresh.work.drain(..) {
            if let Some(open) = self.center.state.interactions.get(&interaction) {
                chances.push(Reverse((open.key, interaction, Chance::OfWork)));
            }
        }
        for agent in self.fresh.agents.drain(..) {
            if let Some((key, interaction)) = self.center.first_for(agent) {
                chances.push(Reverse((key, interaction, Chance::OfAgent(agent))));
            }
        }
    }

    /// Rings whoever comes first for it; false when nobody fits.
    fn offer(&mut self, interaction: InteractionId) -> bool {
        let agents = self.center.agents_for(interaction);
        let ring_ms = self.ring_ms(interaction);
        let deadline = self.now.plus(ring_ms);
        let open = self.center.state.interactions.get(&interaction);
        let is_meant = open.is_some_and(|open| open.kept_for.is_some());
        for agent in &agents {
            self.emit(What::OfferMade {
                interaction,
                agent: *agent,
                deadline,
                is_meant,
            });
        }
        !agents.is_empty()
    }
}

impl Center {
    fn is_offerable(&self, interaction: InteractionId) -> bool {
        let open = self.state.interactions.get(&interaction);
        open.is_some_and(crate::index::is_offerable)
    }

    /// The first in order among all waiting work that the agent fits.
    fn first_for(&self, agent: AgentId) -> Option<(i64, InteractionId)> {
        let Self { state, index } = self;
        let person = index.people.get(&agent)?;
        let room = person.place?.room;
        let mut first = first_kept_for(state, index, agent);
        for serves in &person.serves {
            let Some(queue) = index.queues.get(&serves.queue) else {
                continue;
            };
            let service = serves.service;
            let supply = Supply { room, service };
            let may_fit = service
                .may_fit()
                .flat_map(|range| queue.waiting.range(range));
            for (demand, row) in may_fit {
                let comes_before = |one: &(i64, InteractionId)| first.is_none_or(|it| *one < it);
                if comes_before(&row.first()) && supply.fits(*demand) {
                    let mut row = row.iter().take_while(comes_before);
                    let next = row.find(|(_, id)| !is_kept_from(state, *id, agent));
                    first = next.or(first);
                }
            }
        }
        first
    }

    /// Who is rung for it: nobody, one, or in a queue that rings all several.
    pub(crate) fn agents_for(&self, interaction: InteractionId) -> Vec<AgentId> {
        let Self { state, index } = self;
        let Some(open) = state.interactions.get(&interaction) else {
            return Vec::new();
        };
        let (Some(settings), Some(queue)) =
            (state.queues.get(&open.queue), index.queues.get(&open.queue))
        else {
            return Vec::new();
        };
        if !crate::index::is_offerable(open) {
            return Vec::new();
        }
        let demand = Demand::new(open, settings, &index.spoken);
        if let Some((agent, _)) = open.kept_for {
            let can = can_have_kept(index, agent, open, demand);
            return can.then_some(agent).into_iter().collect();
        }
        let found = match settings.strategy {
            Strategy::RoundRobin => next_in_turn(state, settings, queue, open, demand),
            Strategy::RingAll => return all_in_rank(queue, open, demand),
            Strategy::LongestIdle | Strategy::MostSkilled | Strategy::FewestHandled => {
                first_in_rank(queue, open, demand)
            }
        };
        found.into_iter().collect()
    }
}

fn is_kept_from(state: &State, interaction: InteractionId, agent: AgentId) -> bool {
    let open = state.interactions.get(&interaction);
    open.is_some_and(|open| open.is_kept_from(agent))
}

/// Knowing the customer counts for more than rings: the agent serves the queue and has room.
fn can_have_kept(index: &Index, agent: AgentId, open: &Interaction, demand: Demand) -> bool {
    let Some(person) = index.people.get(&agent) else {
        return false;
    };
    let serves = person.serves.iter().any(|one| one.queue == open.queue);
    let place = person.place;
    serves && place.is_some_and(|place| place.room.takes(demand.is_live, demand.weight))
}

fn first_kept_for(state: &State, index: &Index, agent: AgentId) -> Option<(i64, InteractionId)> {
    let all = (agent, i64::MIN, InteractionId(0))..=(agent, i64::MAX, InteractionId(u64::MAX));
    let mut kept = index.kept.range(all).map(|(_, key, id)| (*key, *id));
    kept.find(|(_, id)| {
        let open = state.interactions.get(id);
        open.is_some_and(|open| {
            let settings = state.queues.get(&open.queue);
            settings.is_some_and(|settings| {
                let demand = Demand::new(open, settings, &index.spoken);
                can_have_kept(index, agent, open, demand)
            })
        })
    })
}

type Ready = Row<(Rank, AgentId)>;

fn fitting(queue: &QueueIndex, demand: Demand) -> impl Iterator<Item = &Ready> {
    let fits = move |(supply, _): &(&Supply, &Ready)| supply.fits(demand);
    let may_fit = queue.ready.range(Supply::that_may_fit(demand));
    may_fit.filter(fits).map(|(_, ready)| ready)
}

fn first_in_rank(queue: &QueueIndex, open: &Interaction, demand: Demand) -> Option<AgentId> {
    let firsts = fitting(queue, demand).filter_map(|ready| {
        let mut ready = ready.iter();
        ready.find(|(_, agent)| !open.is_kept_from(*agent))
    });
    firsts.min().map(|(_, agent)| agent)
}

/// On from the one who was offered last, and round again.
fn next_in_turn(
    state: &State,
    settings: &Queue,
    queue: &QueueIndex,
    open: &Interaction,
    demand: Demand,
) -> Option<AgentId> {
    let last = state.turns.get(&settings.id).copied().unwrap_or(AgentId(0));
    let free = |from: AgentId| {
        let firsts = fitting(queue, demand).filter_map(move |ready| {
            // Taking turns, all ranks are one.
            let rank = ready.first().0;
            let mut ready = ready.from((rank, from));
            ready.find(|(_, agent)| !open.is_kept_from(*agent))
        });
        firsts.map(|(_, agent)| agent).min()
    };
    free(AgentId(last.0.saturating_add(1))).or_else(|| free(AgentId(0)))
}

fn all_in_rank(queue: &QueueIndex, open: &Interaction, demand: Demand) -> Vec<AgentId> {
    let mut all: Vec<(Rank, AgentId)> = fitting(queue, demand)
        .flat_map(|ready| {
            let free = ready.iter().filter(|(_, agent)| !open.is_kept_from(*agent));
            free.take(RING_ALL_MOST)
        })
        .collect();
    all.sort_unstable();
    all.truncate(RING_ALL_MOST);
    all.into_iter().map(|(_, agent)| agent).collect()
}
