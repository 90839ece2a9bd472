//! Whether a configuration contradicts itself, and what in it will probably not do what was meant.

use super::{Agent, Config, Detour, MAX_RINGS, Queue};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{AgentId, QueueId, ScheduleId, SkillId};

/// One remark on a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    pub problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Taken, but probably not what was meant.
    Warning,
    /// Not taken.
    Fault,
}

/// What is wrong, by number; whoever shows it knows the names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("two queues have the number {0}")]
    QueueTwice(QueueId),
    #[error("two agents have the number {0}")]
    AgentTwice(AgentId),
    #[error("two schedules have the number {0}")]
    ScheduleTwice(ScheduleId),
    #[error("queue {0} rings for no time; give it at least a second")]
    RingsForNoTime(QueueId),
    #[error("queue {0} gives its work no weight; give it at least 1")]
    NoWeight(QueueId),
    #[error("queue {0} has more than {MAX_RINGS} rings")]
    TooManyRings(QueueId),
    #[error("the first ring of queue {0} begins late; it counts from the start")]
    FirstRingLate(QueueId),
    #[error("ring {ring} of queue {queue} begins no later than the one before it")]
    RingNotLater { queue: QueueId, ring: usize },
    #[error("ring {ring} of queue {queue} takes nobody whom the one before it did not take")]
    RingNotWider { queue: QueueId, ring: usize },
    #[error("queue {queue} asks twice, or out of order, for skill {skill} in one ring")]
    NeedTwice { queue: QueueId, skill: SkillId },
    #[error("queue {queue} asks for skill {skill} at a level that is not 1 to 5")]
    BadNeed { queue: QueueId, skill: SkillId },
    #[error("agent {0} has queues that are not sorted or repeat")]
    QueuesUnsorted(AgentId),
    #[error("agent {0} has skills or languages that are not sorted or repeat")]
    SkillsUnsorted(AgentId),
    #[error("agent {agent} has skill {skill} at a level that is not 1 to 5")]
    BadLevel { agent: AgentId, skill: SkillId },
    #[error("agent {agent} serves queue {queue}, which does not exist")]
    ServesUnknown { agent: AgentId, queue: QueueId },
    #[error("queue {queue} sends work to queue {to}, which does not exist")]
    LeadsNowhere { queue: QueueId, to: QueueId },
    #[error("work that leaves queue {0} would come back to it")]
    Loop(QueueId),
    #[error("queue {queue} has schedule {schedule}, which does not exist")]
    UnknownSchedule {
        queue: QueueId,
        schedule: ScheduleId,
    },
    #[error("schedule {schedule}: {fault}")]
    BadHours {
        schedule: ScheduleId,
        fault: hours::Fault,
    },
    #[error("a callback rings for no time or never")]
    NoCallback,
    #[error("an agent's lease is longer than the grace period")]
    LeaseBeyondGrace,
    #[error("agents are made not ready before they declined anything")]
    NoRejectLimit,
    #[error("the agents speak more than 64 languages")]
    TooManyLanguages,

    #[error("nobody serves queue {0}")]
    NobodyServes(QueueId),
    #[error(
        "nobody who serves queue {queue} has skill {skill} at level {minimum}, which its widest ring asks for"
    )]
    NobodyHas {
        queue: QueueId,
        skill: SkillId,
        minimum: u8,
    },
    #[error("nobody who serves queue {0} has all that its widest ring asks for together")]
    NobodyFits(QueueId),
    #[error("queue {0} never stops asking for the customer's language or site")]
    NeverWidens(QueueId),
    #[error("written work of queue {0} weighs more than anybody who serves it has room for")]
    TooHeavy(QueueId),
    #[error("nobody may wait in queue {0}")]
    NobodyMayWait(QueueId),
}

impl Finding {
    fn fault(problem: Problem) -> Self {
        Self {
            severity: Severity::Fault,
            problem,
        }
    }

    fn warning(problem: Problem) -> Self {
        Self {
            severity: Severity::Warning,
            problem,
        }
    }
}

/// Everything there is to say, faults first. Without a fault the configuration can be used, as far as it alone tells.
#[must_use]
pub fn check(config: &Config) -> Vec<Finding> {
    let mut faults = Vec::new();
    numbers(config, &mut faults);
    patience(config, &mut faults);
    for queue in &config.queues {
        queue_itself(queue, &mut faults);
    }
    for agent in &config.agents {
        agent_itself(agent, &mut faults);
    }
    references(config, &mut faults);
    loops(config, &mut faults);
    hours_of(config, &mut faults);
    let warnings = if faults.is_empty() {
        staffing(config)
    } else {
        Vec::new()
    };
    let faults = faults.into_iter().map(Finding::fault);
    faults
        .chain(warnings.into_iter().map(Finding::warning))
        .collect()
}

fn numbers(config: &Config, faults: &mut Vec<Problem>) {
    let (mut queues, mut agents) = (BTreeSet::new(), BTreeSet::new());
    let mut schedules = BTreeSet::new();
    for queue in &config.queues {
        if !queues.insert(queue.id) {
            faults.push(Problem::QueueTwice(queue.id));
        }
    }
    for agent in &config.agents {
        if !agents.insert(agent.id) {
            faults.push(Problem::AgentTwice(agent.id));
        }
    }
    for schedule in &config.schedules {
        if !schedules.insert(schedule.id) {
            faults.push(Problem::ScheduleTwice(schedule.id));
        }
    }
    let languages: BTreeSet<_> = config.agents.iter().flat_map(|a| &a.languages).collect();
    if languages.len() > crate::fit::MOST_LANGUAGES {
        faults.push(Problem::TooManyLanguages);
    }
}

fn patience(config: &Config, faults: &mut Vec<Problem>) {
    let patience = config.patience;
    if patience.callback_ring_ms == 0 || patience.callback_tries == 0 {
        faults.push(Problem::NoCallback);
    }
    if patience.agent_lease_ms > patience.agent_grace_ms {
        faults.push(Problem::LeaseBeyondGrace);
    }
    if patience.reject_limit == 0 {
        faults.push(Problem::NoRejectLimit);
    }
}

fn queue_itself(queue: &Queue, faults: &mut Vec<Problem>) {
    let id = queue.id;
    if queue.ring_ms == 0 {
        faults.push(Problem::RingsForNoTime(id));
    }
    if queue.weight == 0 {
        faults.push(Problem::NoWeight(id));
    }
    if queue.rings.len() > MAX_RINGS {
        faults.push(Problem::TooManyRings(id));
    }
    if queue.rings.first().is_some_and(|ring| ring.after_ms > 0) {
        faults.push(Problem::FirstRingLate(id));
    }
    for (number, pair) in queue.rings.windows(2).enumerate() {
        let [inner, outer] = pair else { continue };
        let (queue, ring) = (id, number + 2);
        if outer.after_ms <= inner.after_ms {
            faults.push(Problem::RingNotLater { queue, ring });
        }
        if !outer.holds(inner) || inner.holds(outer) {
            faults.push(Problem::RingNotWider { queue, ring });
        }
    }
    for need in queue.rings.iter().flat_map(|ring| &ring.needs) {
        if !(1..=5).contains(&need.minimum) {
            let (queue, skill) = (id, need.skill);
            faults.push(Problem::BadNeed { queue, skill });
        }
    }
    for ring in &queue.rings {
        let twice = ring.needs.windows(2).find_map(|pair| match pair {
            [one, next] if next.skill <= one.skill => Some(next.skill),
            _ => None,
        });
        faults.extend(twice.map(|skill| Problem::NeedTwice { queue: id, skill }));
    }
}

fn agent_itself(agent: &Agent, faults: &mut Vec<Problem>) {
    if !agent.queues.is_sorted_by(|a, b| a < b) {
        faults.push(Problem::QueuesUnsorted(agent.id));
    }
    let are_sorted = agent.skills.is_sorted_by(|a, b| a.skill < b.skill)
        && agent.languages.is_sorted_by(|a, b| a < b);
    if !are_sorted {
        faults.push(Problem::SkillsUnsorted(agent.id));
    }
    for one in &agent.skills {
        if !(1..=5).contains(&one.level) {
            let (agent, skill) = (agent.id, one.skill);
            faults.push(Problem::BadLevel { agent, skill });
        }
    }
}

fn references(config: &Config, faults: &mut Vec<Problem>) {
    let queues: BTreeSet<QueueId> = config.queues.iter().map(|queue| queue.id).collect();
    let schedules: BTreeSet<ScheduleId> = config.schedules.iter().map(|one| one.id).collect();
    for agent in &config.agents {
        let unknown = agent.queues.iter().find(|queue| !queues.contains(queue));
        faults.extend(unknown.map(|queue| Problem::ServesUnknown {
            agent: agent.id,
            queue: *queue,
        }));
    }
    for queue in &config.queues {
        let unknown = ways_out(queue).find(|to| !queues.contains(to));
        let queue_id = queue.id;
        faults.extend(unknown.map(|to| Problem::LeadsNowhere {
            queue: queue_id,
            to,
        }));
        if let Some(schedule) = queue.schedule.filter(|one| !schedules.contains(one)) {
            faults.push(Problem::UnknownSchedule {
                queue: queue_id,
                schedule,
            });
        }
    }
}

/// Where work of this queue may be sent without anybody asking for it.
fn ways_out(queue: &Queue) -> impl Iterator<Item = QueueId> + '_ {
    let detours = [queue.when_closed, queue.when_full];
    let overflow = queue.overflow.map(|overflow| overflow.to);
    detours
        .into_iter()
        .filter_map(Detour::queue)
        .chain(overflow)
}

/// Customers who are sent round in a circle would never get anywhere: every way out must come to an end.
fn loops(config: &Config, faults: &mut Vec<Problem>) {
    let ways: BTreeMap<QueueId, Vec<QueueId>> = config
        .queues
        .iter()
        .map(|queue| (queue.id, ways_out(queue).collect()))
        .collect();
    for start in ways.keys() {
        let mut seen = BTreeSet::new();
        let mut open: Vec<QueueId> = ways.get(start).into_iter().flatten().copied().collect();
        while let Some(queue) = open.pop() {
            if seen.insert(queue) {
                open.extend(ways.get(&queue).into_iter().flatten());
            }
        }
        if seen.contains(start) {
            faults.push(Problem::Loop(*start));
        }
    }
}

fn hours_of(config: &Config, faults: &mut Vec<Problem>) {
    for schedule in &config.schedules {
        let bad = schedule.hours.check().into_iter();
        faults.extend(bad.map(|fault| Problem::BadHours {
            schedule: schedule.id,
            fault,
        }));
    }
}

/// Queues whose work nobody could ever be offered, or not everybody's.
fn staffing(config: &Config) -> Vec<Problem> {
    let mut who: BTreeMap<QueueId, Vec<&Agent>> = BTreeMap::new();
    for agent in &config.agents {
        for queue in &agent.queues {
            who.entry(*queue).or_default().push(agent);
        }
    }
    let mut warnings = Vec::new();
    for queue in &config.queues {
        if queue.max_waiting == 0 {
            warnings.push(Problem::NobodyMayWait(queue.id));
        }
        let Some(serve) = who.get(&queue.id) else {
            warnings.push(Problem::NobodyServes(queue.id));
            continue;
        };
        if serve.iter().all(|agent| agent.capacity < queue.weight) {
            warnings.push(Problem::TooHeavy(queue.id));
        }
        let Some(widest) = queue.rings.last() else {
            continue;
        };
        let mut lacks = widest.needs.iter().filter(|need| {
            let has = |agent: &&Agent| agent.level_of(need.skill) >= need.minimum;
            !serve.iter().any(has)
        });
        let fits = |agent: &&Agent| {
            let mut needs = widest.needs.iter();
            needs.all(|need| agent.level_of(need.skill) >= need.minimum)
        };
        if let Some(need) = lacks.next() {
            warnings.push(Problem::NobodyHas {
                queue: queue.id,
                skill: need.skill,
                minimum: need.minimum,
            });
        } else if !serve.iter().any(fits) {
            warnings.push(Problem::NobodyFits(queue.id));
        }
        if widest.is_language_needed || widest.is_site_needed {
            warnings.push(Problem::NeverWidens(queue.id));
        }
    }
    warnings
}

#[cfg(test)]
mod tests;
