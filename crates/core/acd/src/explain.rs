//! "Why this agent?": for one interaction at one moment, everybody who serves its queue, what ruled each of them out,
//! and how the others were ranked. Asked of the engine as it was just before an offer, it tells what the engine saw;
//! the journal can bring that engine back at any later time.

use crate::Center;
use crate::config::{Queue, Strategy};
use crate::fit::{Demand, Rank, Service};
use crate::index::{Load, Person};
use crate::state::{Agent, AgentLink, Interaction, Presence};
use serde::{Deserialize, Serialize};
use vocab::{
    AgentId, ChosenState, InteractionId, Language, Millis, NotReadyReason, QueueId, SiteId, SkillId,
};

/// Why the next offer of an interaction would go, or went, to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    pub interaction: InteractionId,
    pub queue: QueueId,
    pub strategy: Strategy,
    /// How long it had been in this queue.
    pub waited_ms: u64,
    /// 1 is next in line.
    pub position: u32,
    /// The ring in force, 1 being the first; 0 in a queue without rings.
    pub ring: u8,
    /// Whom the customer was kept for.
    pub kept_for: Option<AgentId>,
    /// Who is rung: nobody, one, or several where all are rung.
    pub chosen: Vec<AgentId>,
    /// Those who serve the queue: first those who could have it, best first, then the others by number.
    pub candidates: Vec<Candidate>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub agent: AgentId,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Verdict {
    /// Could have it; `place` 1 is rung first.
    Ranked { place: u32, by: Vec<Measure> },
    /// Everything that stood in the way.
    RuledOut { by: Vec<Obstacle> },
}

/// What an agent was ranked by, in order of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Measure {
    /// Knows the customer, who waits for this agent.
    SpokeLast,
    /// Weights of the asynchronous work they have; less is better.
    Load {
        units: u8,
    },
    /// The sum of levels in what the queue asks for; more is better.
    Skill {
        sum: u32,
    },
    /// Answered since signing in; fewer is better.
    Handled {
        count: u32,
    },
    IdleSince {
        at: Millis,
    },
    /// Whose turn it is after the one offered last.
    Turn {
        after: Option<AgentId>,
    },
}

/// Why an agent could not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Obstacle {
    Offline,
    /// The link was lost.
    Away,
    NotReady {
        reason: NotReadyReason,
    },
    /// About to be not ready, after the present work.
    WillBeNotReady {
        reason: NotReadyReason,
    },
    /// Is in a conversation, rung or wrapping up.
    HasLiveWork,
    /// Has work that must not be interrupted.
    HasFirmWork,
    NoCapacity {
        used: u8,
        capacity: u8,
        needed: u8,
    },
    Skill {
        skill: SkillId,
        has: u8,
        needs: u8,
    },
    Language {
        language: Language,
    },
    Site {
        site: SiteId,
    },
    /// Passed it on or declined it a moment ago.
    KeptFrom,
    /// It waits for somebody else.
    KeptForAnother,
}

impl Center {
    /// Nothing for an interaction that does not wait.
    #[must_use]
    pub fn explain(&self, interaction: InteractionId, at: Millis) -> Option<Explanation> {
        let open = self.state.interactions.get(&interaction)?;
        let queue = self.state.queues.get(&open.queue)?;
        if !crate::index::is_offerable(open) {
            return None;
        }
        let chosen = self.agents_for(interaction);
        let mut able = Vec::new();
        let mut ruled_out = Vec::new();
        for (id, person) in &self.index.people {
            let Some(looked) = self.look(*id, person, open, queue) else {
                continue;
            };
            match looked {
                Ok(ranked) => able.push(ranked),
                Err(by) => ruled_out.push(Candidate {
                    agent: *id,
                    verdict: Verdict::RuledOut { by },
                }),
            }
        }
        let after = self.state.turns.get(&queue.id).copied();
        sort(&mut able, queue.strategy, after);
        let mut candidates: Vec<Candidate> = (1..).zip(able).map(ranked).collect();
        candidates.append(&mut ruled_out);
        let rings = u8::try_from(queue.rings.len()).unwrap_or(u8::MAX);
        Some(Explanation {
            interaction,
            queue: queue.id,
            strategy: queue.strategy,
            waited_ms: at.since(open.queued_at),
            position: self.position(interaction)?,
            ring: open.ring.saturating_add(1).min(rings),
            kept_for: open.kept_for.map(|(agent, _)| agent),
            chosen,
            candidates,
        })
    }

    /// Nothing for an agent who does not serve the queue.
    fn look(
        &self,
        id: AgentId,
        person: &Person,
        open: &Interaction,
        queue: &Queue,
    ) -> Option<Result<Able, Vec<Obstacle>>> {
        let serves = person.serves.iter().find(|one| one.queue == queue.id)?;
        let agent = self.state.agents.get(&id)?;
        let demand = Demand::new(open, queue, &self.index.spoken);
        let kept_for = open.kept_for.map(|(agent, _)| agent);
        let load = Load::of(&self.index, &self.state, id);
        let mut by = presence(agent);
        by.extend(room(agent, load, demand));
        if kept_for.is_none() {
            by.extend(lacks(agent, serves.service, open, queue, demand));
            by.extend(open.is_kept_from(id).then_some(Obstacle::KeptFrom));
        } else if kept_for != Some(id) {
            by.push(Obstacle::KeptForAnother);
        }
        let Some(place) = person.place.filter(|_| by.is_empty()) else {
            return Some(Err(by));
        };
        let after = self.state.turns.get(&queue.id).copied();
        let measures = match queue.strategy {
            _ if kept_for.is_some() => vec![Measure::SpokeLast],
            Strategy::LongestIdle | Strategy::RingAll => vec![
                Measure::Load { units: load.units },
                idle_since(place.standing.idle_since),
            ],
            Strategy::MostSkilled => vec![
                Measure::Skill { sum: serves.score },
                idle_since(place.standing.idle_since),
            ],
            Strategy::FewestHandled => vec![
                Measure::Load { units: load.units },
                Measure::Handled {
                    count: place.standing.handled,
                },
                idle_since(place.standing.idle_since),
            ],
            Strategy::RoundRobin => vec![Measure::Turn { after }],
        };
        Some(Ok(Able {
            agent: id,
            rank: serves.rank(place),
            by: measures,
        }))
    }
}

/// An agent who could have it.
struct Able {
    agent: AgentId,
    rank: Rank,
    by: Vec<Measure>,
}

fn idle_since(at: Millis) -> Measure {
    Measure::IdleSince { at }
}

fn sort(able: &mut [Able], strategy: Strategy, last: Option<AgentId>) {
    if strategy == Strategy::RoundRobin {
        let last = last.unwrap_or(AgentId(0));
        able.sort_by_key(|one| (one.agent <= last, one.agent));
    } else {
        able.sort_by_key(|one| (one.rank, one.agent));
    }
}

fn ranked((place, able): (u32, Able)) -> Candidate {
    Candidate {
        agent: able.agent,
        verdict: Verdict::Ranked { place, by: able.by },
    }
}

fn presence(agent: &Agent) -> Vec<Obstacle> {
    let Presence::Online {
        chosen, next, link, ..
    } = agent.presence
    else {
        return vec![Obstacle::Offline];
    };
    let mut by = Vec::new();
    if link != AgentLink::Up {
        by.push(Obstacle::Away);
    }
    match (chosen, next) {
        (ChosenState::NotReady { reason }, _) => by.push(Obstacle::NotReady { reason }),
        (ChosenState::Ready, Some(ChosenState::NotReady { reason })) => {
            by.push(Obstacle::WillBeNotReady { reason });
        }
        (ChosenState::Ready, Some(ChosenState::Ready) | None) => {}
    }
    by
}

fn room(agent: &Agent, load: Load, demand: Demand) -> Option<Obstacle> {
    if load.room(agent).takes(demand.is_live, demand.weight) {
        return None;
    }
    Some(if load.has_live {
        Obstacle::HasLiveWork
    } else if demand.is_live {
        Obstacle::HasFirmWork
    } else {
        Obstacle::NoCapacity {
            used: load.units,
            capacity: agent.settings.capacity,
            needed: demand.weight,
        }
    })
}

/// What of the ring in force the agent does not meet.
fn lacks(
    agent: &Agent,
    service: Service,
    open: &Interaction,
    queue: &Queue,
    demand: Demand,
) -> Vec<Obstacle> {
    let mut by = Vec::new();
    if !service.meets_ring(demand) {
        let needs = queue.ring(open.ring).map_or(&[][..], |ring| &ring.needs);
        by.extend(needs.iter().filter_map(|need| {
            let has = agent.settings.level_of(need.skill);
            (has < need.minimum).then_some(Obstacle::Skill {
                skill: need.skill,
                has,
                needs: need.minimum,
            })
        }));
    }
    if !service.speaks(demand) {
        by.extend(
            open.wishes
                .language
                .map(|language| Obstacle::Language { language }),
        );
    }
    if !service.is_at_site(demand) {
        by.extend(open.wishes.site.map(|site| Obstacle::Site { site }));
    }
    by
}
