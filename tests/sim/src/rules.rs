//! What must hold whatever happens. Each rule has a name that a failure tells.

mod agreement;
mod offers;

pub(crate) use offers::{all_rung, event};

use crate::floor::{Broken, Floor};
use crate::model::{Burden, Model};
use acd::{Center, Config, Problem, Refusal, Severity, Stage};
use std::collections::BTreeMap;
use vocab::{AgentId, InteractionId, QueueId};

/// What does not hold, in words.
pub type Rule = fn(&Floor) -> Result<(), String>;

/// After every command.
pub(crate) const ALWAYS: [(&str, Rule); 8] = [
    ("the events alone give the same engine", replays),
    (
        "each interaction is in exactly one place",
        agreement::interactions,
    ),
    (
        "agents are what their work and choice make them",
        agreement::agents,
    ),
    ("the line is in order", agreement::lines),
    (
        "offered = answered + abandoned + overflowed + waiting + ringing",
        accounts,
    ),
    ("every reservation has its deadline", deadlines),
    ("a customer has one live conversation", one_live),
    (
        "freed capacity is never idle while fitting work waits",
        idle,
    ),
];

/// After the clock was looked at.
pub(crate) const AFTER_A_TICK: [(&str, Rule); 2] = [
    ("no deadline is stuck", nothing_is_due),
    ("queues are open when their hours say so", hours),
];

/// A refused command has no events, so that this says as well that it changed nothing.
fn replays(floor: &Floor) -> Result<(), String> {
    if floor.replayed == floor.center {
        Ok(())
    } else {
        Err("replayed and original differ".to_owned())
    }
}

/// What goes into a line comes out of it or is still there, by the events and by the engine's own count.
fn accounts(floor: &Floor) -> Result<(), String> {
    for id in floor.center.queues() {
        let tally = floor.model.tallies.get(&id).copied().unwrap_or_default();
        let in_line = floor.center.queue(id).map_or(0, |view| view.waiting);
        let out = tally.answered + tally.abandoned + tally.overflowed;
        if tally.offered != out + u64::from(in_line) {
            return Err(format!("q{id}: {tally:?}, in line {in_line}"));
        }
    }
    Ok(())
}

fn deadlines(floor: &Floor) -> Result<(), String> {
    let all = floor.model.deadlines();
    let first = all.iter().min();
    let next = floor.center.next_deadline();
    if first.map(|(at, _)| *at) == next {
        Ok(())
    } else {
        Err(format!("the engine wakes at {next:?}, due is {first:?}"))
    }
}

fn nothing_is_due(floor: &Floor) -> Result<(), String> {
    let all = floor.model.deadlines();
    let late = all.iter().find(|(at, _)| *at <= floor.now);
    late.map_or(Ok(()), |late| Err(format!("{late:?} at {}", floor.now.0)))
}

fn hours(floor: &Floor) -> Result<(), String> {
    for queue in floor.model.queues.values() {
        let door = queue.schedule.and_then(|id| floor.model.doors.get(&id));
        let hours = door.and_then(|door| door.hours.as_ref());
        let should = !queue.is_closed && hours.is_none_or(|hours| hours.is_open(floor.now));
        if floor.center.is_open(queue.id) != should {
            let id = queue.id;
            return Err(format!(
                "q{id} should be open: {should}, at {}",
                floor.now.0
            ));
        }
    }
    Ok(())
}

fn one_live(floor: &Floor) -> Result<(), String> {
    let mut seen = BTreeMap::new();
    for (id, one) in &floor.model.open {
        if one.medium.is_live()
            && !one.is_over_for_customer()
            && let Some(other) = seen.insert(one.customer, *id)
        {
            return Err(format!("c{} has i{other} and i{id}", one.customer));
        }
    }
    Ok(())
}

fn idle(floor: &Floor) -> Result<(), String> {
    match floor.model.idle_pair() {
        None => Ok(()),
        Some((agent, interaction)) => Err(format!("a{agent} could have i{interaction}")),
    }
}

pub(crate) fn snapshot(floor: &Floor) -> Result<(), Broken> {
    let rule = "a snapshot gives the same engine";
    let broken = |error: serde_json::Error| Broken::new(rule, error.to_string());
    let snapshot = serde_json::to_string(&floor.center).map_err(broken)?;
    let restored: Center = serde_json::from_str(&snapshot).map_err(broken)?;
    if restored == floor.center {
        Ok(())
    } else {
        Err(Broken::new(rule, "it differs"))
    }
}

pub(crate) fn burdens(model: &Model) -> BTreeMap<AgentId, Burden> {
    let agents = model.agents.keys();
    agents.map(|agent| (*agent, model.burden(*agent))).collect()
}

/// One live conversation, weights up to the capacity. A capacity that was lowered under load is only not exceeded more.
pub(crate) fn capacity(model: &Model, before: &BTreeMap<AgentId, Burden>) -> Result<(), Broken> {
    for (id, person) in &model.agents {
        let (was, is) = (
            before.get(id).copied().unwrap_or_default(),
            model.burden(*id),
        );
        let capacity = u32::from(person.settings.capacity);
        if is.live > 1 || is.units > capacity.max(was.units) {
            let rule = "nobody is above capacity";
            return Err(Broken::new(
                rule,
                format!("a{id} has {is:?}, capacity {capacity}"),
            ));
        }
    }
    Ok(())
}

pub(crate) fn faults(config: &Config) -> Vec<Problem> {
    let findings = acd::check(config).into_iter();
    findings
        .filter(|finding| finding.severity == Severity::Fault)
        .map(|finding| finding.problem)
        .collect()
}

/// A configuration is refused for its own faults, or because somebody is in a queue that it leaves out.
pub(crate) fn refusal(
    floor: &Floor,
    refusal: &Refusal,
    faults: Option<&[Problem]>,
) -> Result<(), Broken> {
    let Some(faults) = faults else {
        return Ok(());
    };
    let is_in_use = |queue: &QueueId| floor.model.open.values().any(|one| one.queue == *queue);
    let is_right = match refusal {
        Refusal::BadConfig(problem) => faults.contains(problem),
        Refusal::QueueInUse(queue) => faults.is_empty() && is_in_use(queue),
        _ => false,
    };
    if is_right {
        Ok(())
    } else {
        let rule = "a good configuration is taken";
        Err(Broken::new(
            rule,
            format!("refused: {refusal}, faults {faults:?}"),
        ))
    }
}

/// Who is at work on it, in the engine's own words.
pub(crate) fn people(stage: &Stage) -> Vec<AgentId> {
    stage.people().collect()
}

pub(crate) fn named(id: InteractionId, what: &str) -> String {
    format!("i{id}: {what}")
}
