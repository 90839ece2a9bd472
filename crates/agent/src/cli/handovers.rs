//! Lines that pass a customer on or ask a colleague: `transfer noor She wants…`, `consult noor May I…?`.

use super::lines;
use protocol::handover::{Floor, HandoverCommand, HandoverTarget};
use vocab::{AgentId, InteractionId, Sensitive};

/// What a line means. The first word after `transfer` and `consult` is a sign-in name, or for `transfer` a queue's
/// name in addresses; the rest is the note or the question.
pub(super) fn command(
    word: &str,
    rest: &str,
    interaction: InteractionId,
    floor: Option<&Floor>,
) -> Result<HandoverCommand, String> {
    let (name, said) = lines::split(rest);
    let said = Sensitive::new(said.to_owned());
    Ok(match word {
        "transfer" => HandoverCommand::Transfer {
            interaction,
            to: target(floor, name)?,
            note: said,
        },
        "consult" => HandoverCommand::Consult {
            interaction,
            colleague: colleague(floor, name)
                .ok_or_else(|| format!("nobody named {name:?} is signed in"))?,
            question: said,
        },
        "hand-over" => HandoverCommand::HandOver { interaction },
        "join" => HandoverCommand::Join { interaction },
        "aside" => HandoverCommand::StepAside { interaction },
        _ => HandoverCommand::EndConsult { interaction },
    })
}

fn target(floor: Option<&Floor>, name: &str) -> Result<HandoverTarget, String> {
    let queue = floor
        .into_iter()
        .flat_map(|floor| &floor.queues)
        .find(|queue| queue.slug == name)
        .map(|queue| HandoverTarget::Queue { queue: queue.queue });
    colleague(floor, name)
        .map(|agent| HandoverTarget::Agent { agent })
        .or(queue)
        .ok_or_else(|| format!("there is no colleague signed in and no queue named {name:?}"))
}

fn colleague(floor: Option<&Floor>, name: &str) -> Option<AgentId> {
    let mut colleagues = floor.into_iter().flat_map(|floor| &floor.colleagues);
    colleagues
        .find(|colleague| colleague.user == name)
        .map(|colleague| colleague.agent)
}
