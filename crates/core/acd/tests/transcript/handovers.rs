//! How transcripts write transfers and consults.

use super::asked::{agent, id, interaction};
use acd::{Command, Target, What};
use vocab::QueueId;

/// A command by which an agent passes on or asks, if it is one.
pub(super) fn handover_command(words: &[&str]) -> Option<Command> {
    Some(match *words {
        ["transfer", a, i, to] => Command::Transfer {
            agent: agent(a),
            interaction: interaction(i),
            to: target(to),
        },
        ["consult", a, i, c] => Command::Consult {
            agent: agent(a),
            interaction: interaction(i),
            colleague: agent(c),
        },
        ["hand_over", a, i] => Command::HandOver {
            agent: agent(a),
            interaction: interaction(i),
        },
        ["join", a, i] => Command::JoinConsult {
            agent: agent(a),
            interaction: interaction(i),
        },
        ["aside", a, i] => Command::StepAside {
            agent: agent(a),
            interaction: interaction(i),
        },
        ["back", a, i] => Command::EndConsult {
            agent: agent(a),
            interaction: interaction(i),
        },
        _ => return None,
    })
}

pub(super) fn told_of_handover(what: &What) -> String {
    match *what {
        What::Transferred {
            interaction,
            agent,
            to,
            not_back_until,
            ..
        } => {
            let to = match to {
                Target::Queue { queue } => format!("q{queue}"),
                Target::Agent { agent } => format!("a{agent}"),
            };
            let until = not_back_until.map_or_else(String::new, |at| format!(" not_back {}", at.0));
            format!("transferred i{interaction} a{agent} {to}{until}")
        }
        What::ConsultAsked {
            interaction,
            agent,
            colleague,
            deadline,
        } => {
            format!(
                "asked i{interaction} a{agent} a{colleague} until {}",
                deadline.0
            )
        }
        What::ConsultAccepted {
            interaction,
            agent,
            colleague,
        } => format!("private i{interaction} a{agent} a{colleague}"),
        What::ConsultJoined {
            interaction,
            agent,
            colleague,
        } => format!("together i{interaction} a{agent} a{colleague}"),
        What::SteppedAside {
            interaction,
            agent,
            colleague,
        } => format!("aside i{interaction} a{agent} a{colleague}"),
        What::ConsultEnded {
            interaction,
            agent,
            colleague,
            because,
            is_held,
        } => {
            let because = serde_json::to_value(because).expect("a name");
            let because = because.as_str().expect("a name").to_owned();
            let then = if is_held { "held" } else { "talking" };
            format!("consult_over i{interaction} a{agent} a{colleague} {because} {then}")
        }
        What::HandedOver {
            interaction,
            agent,
            colleague,
        } => format!("handed_over i{interaction} a{agent} a{colleague}"),
        ref other => panic!("this is no handover: {other:?}"),
    }
}

fn target(word: &str) -> Target {
    if word.starts_with('q') {
        let queue = QueueId(u32::try_from(id(word)).expect("small"));
        Target::Queue { queue }
    } else {
        Target::Agent { agent: agent(word) }
    }
}
