//! The faults stop: everybody comes back, answers and finishes. What is left then must be work that nobody could ever
//! have, and it is said why.

use crate::floor::{Broken, Floor};
use acd::{Command, Stage};
use std::fmt::Write as _;
use vocab::{AgentId, ChosenState, InteractionId, Millis};

/// Rounds in which nothing happens before one gives up: an overflow that is tried again each minute is no progress.
const PATIENCE: u32 = 12;

/// More rounds than any floor needs.
const MOST_ROUNDS: u32 = 3_000;

/// Work that stays, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unstaffed {
    pub interaction: InteractionId,
    pub why: String,
}

/// Plays on without faults until nothing is left but what nobody can have.
///
/// # Errors
/// A rule that breaks on the way, or work that somebody could have had.
pub fn drain(floor: &mut Floor, clock: Millis) -> Result<Vec<Unstaffed>, Broken> {
    let mut clock = clock.max(floor.model.last_at);
    let mut idle_rounds = 0;
    for _ in 0..MOST_ROUNDS {
        let before = progress(floor);
        everybody_is_back(floor, clock)?;
        let agents: Vec<AgentId> = floor.model.agents.keys().copied().collect();
        for agent in agents {
            works(floor, clock, agent)?;
        }
        floor.does(clock, Command::Tick)?;
        if floor.model.open.is_empty() {
            return Ok(Vec::new());
        }
        if progress(floor) == before {
            idle_rounds += 1;
            clock = later(floor, clock);
        } else {
            idle_rounds = 0;
            clock = clock.plus(500);
        }
        if idle_rounds > PATIENCE && all_is_wide(floor) {
            return left(floor);
        }
    }
    let left: Vec<&InteractionId> = floor.model.open.keys().collect();
    let rule = "everything drains when the faults stop";
    Err(Broken::new(rule, format!("still moving: {left:?}")))
}

/// What counts as something that happened: who is open, where, at which stage.
fn progress(floor: &Floor) -> Vec<(InteractionId, vocab::QueueId, u8, Stage)> {
    let open = floor.model.open.iter();
    open.map(|(id, one)| (*id, one.queue, one.ring, one.stage.clone()))
        .collect()
}

fn everybody_is_back(floor: &mut Floor, clock: Millis) -> Result<(), Broken> {
    let agents = floor.model.agents.iter();
    let away = agents.filter(|(_, person)| {
        let online = person.online;
        online.is_none_or(|online| online.away.is_some())
    });
    let away: Vec<AgentId> = away.map(|(id, _)| *id).collect();
    for agent in away {
        floor.does(clock, Command::AgentConnected { agent })?;
    }
    let open = floor.model.open.iter();
    let away = open.filter(|(_, one)| !matches!(one.link, vocab::PeerLink::Connected));
    let away: Vec<InteractionId> = away.map(|(id, _)| *id).collect();
    for interaction in away {
        floor.does(clock, Command::CustomerConnected { interaction })?;
    }
    Ok(())
}

/// One step of everything that the agent has, and readiness.
fn works(floor: &mut Floor, clock: Millis, agent: AgentId) -> Result<(), Broken> {
    let state = ChosenState::Ready;
    let is_ready = floor.model.agents.get(&agent).and_then(|one| one.online);
    let is_ready = is_ready.is_some_and(|one| one.chosen == state && one.next.is_none());
    if !is_ready {
        floor.does(clock, Command::ChooseState { agent, state })?;
    }
    let work: Vec<InteractionId> = floor.center.work_of(agent).collect();
    for interaction in work {
        let Some(one) = floor.model.open.get(&interaction) else {
            continue;
        };
        let command = match one.stage {
            Stage::Waiting => continue,
            Stage::Consulting { agent, .. } => Command::EndConsult { agent, interaction },
            Stage::Ringing { .. } => Command::AcceptOffer { agent, interaction },
            Stage::CallingBack { .. } => Command::AnswerCallback { interaction },
            Stage::Talking { .. } => Command::AgentHangsUp { agent, interaction },
            Stage::Held { .. } => Command::Resume { agent, interaction },
            Stage::WrapUp { .. } => Command::FinishWrapUp {
                agent,
                interaction,
                disposition: None,
            },
        };
        floor.does(clock, command)?;
    }
    Ok(())
}

/// The next moment at which something is due; those of hours that lie far ahead are not waited for.
fn later(floor: &Floor, clock: Millis) -> Millis {
    let soon = clock.plus(120_000);
    let next = floor.center.next_deadline();
    next.filter(|next| *next < soon)
        .map_or(soon, |next| next.max(clock.plus(1)))
}

/// Everybody who is left waits in the widest ring.
fn all_is_wide(floor: &Floor) -> bool {
    floor.model.open.values().all(|one| {
        let queue = floor.model.queues.get(&one.queue);
        let rings = queue.map_or(0, |queue| queue.rings.len());
        usize::from(one.ring) + 1 >= rings
    })
}

fn left(floor: &Floor) -> Result<Vec<Unstaffed>, Broken> {
    let rule = "everything drains when the faults stop";
    let mut left = Vec::new();
    for (id, one) in &floor.model.open {
        let mut why = format!("nobody of q{} can have it:", one.queue);
        for agent in floor.model.agents.keys() {
            let hindrance = floor.model.hindrance(*agent, one);
            let Some(hindrance) = hindrance.filter(|one| one.lasts()) else {
                let detail = format!("a{agent} could have i{id}: {hindrance:?}, {one:?}");
                return Err(Broken::new(rule, detail));
            };
            let _ = write!(why, " a{agent} {hindrance};");
        }
        if one.stage != Stage::Waiting {
            return Err(Broken::new(rule, format!("i{id} is stuck: {one:?}")));
        }
        left.push(Unstaffed {
            interaction: *id,
            why,
        });
    }
    Ok(left)
}
