//! How transcripts write what is asked of the engine.

use super::handovers::handover_command;
use acd::{Back, Command, Wishes};
use vocab::{
    AgentId, ChosenState, CustomerId, InteractionId, Language, MediumKind, Millis, NotReadyReason,
    QueueId, SiteId,
};

/// Mostly one; some lines are one idea and two commands.
pub(super) fn commands(words: &[&str]) -> Vec<Command> {
    match *words {
        ["on_duty", a] => vec![command(&["connect", a]), command(&["ready", a])],
        _ => vec![command(words)],
    }
}

fn command(words: &[&str]) -> Command {
    customers_command(words)
        .or_else(|| agents_command(words))
        .or_else(|| handover_command(words))
        .unwrap_or_else(|| panic!("no such command: {words:?}"))
}

fn customers_command(words: &[&str]) -> Option<Command> {
    Some(match *words {
        ["enter", c, q, ref rest @ ..] => {
            let (medium, wishes) = wishes(rest);
            Command::Enter {
                customer: CustomerId(id(c)),
                queue: QueueId(u32::try_from(id(q)).expect("small")),
                medium,
                wishes,
            }
        }
        ["customer_back", i] => Command::CustomerConnected {
            interaction: interaction(i),
        },
        ["customer_away", i] => Command::CustomerDisconnected {
            interaction: interaction(i),
        },
        ["leave", i] => Command::CustomerHangsUp {
            interaction: interaction(i),
        },
        ["remove", i, "by", a] => Command::RemoveFromLine {
            interaction: interaction(i),
            by: agent(a),
        },
        ["keep_place", i] => Command::KeepPlace {
            interaction: interaction(i),
        },
        ["on_line", i] => Command::WaitOnLine {
            interaction: interaction(i),
        },
        ["answer", i] => Command::AnswerCallback {
            interaction: interaction(i),
        },
        ["not_now", i] => Command::DeclineCallback {
            interaction: interaction(i),
        },
        _ => return None,
    })
}

/// `chat vip de site 2 last a3 back`, `back_since 4000`; by voice unless it says otherwise.
fn wishes(words: &[&str]) -> (MediumKind, Wishes) {
    let mut medium = MediumKind::Voice;
    let mut wishes = Wishes::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "vip" => wishes.is_vip = true,
            "site" => {
                let number = words.next().expect("a site").parse().expect("a number");
                wishes.site = Some(SiteId(number));
            }
            "back" => wishes.back = Some(Back::Served),
            "back_since" => {
                let since = words.next().expect("a time").parse().expect("a number");
                let since = Millis(since);
                wishes.back = Some(Back::Waiting { since });
            }
            "last" => wishes.last_agent = words.next().map(|word| agent(word)),
            tag if tag.len() == 2 => wishes.language = Language::of_tag(tag).ok(),
            name => {
                let name = serde_json::Value::String(name.to_owned());
                medium = serde_json::from_value(name).expect("a medium");
            }
        }
    }
    (medium, wishes)
}

fn agents_command(words: &[&str]) -> Option<Command> {
    Some(match *words {
        ["connect", a] => Command::AgentConnected { agent: agent(a) },
        ["disconnect", a] => Command::AgentDisconnected { agent: agent(a) },
        ["sign_out", a] => Command::AgentSignsOut { agent: agent(a) },
        ["ready", a] => Command::ChooseState {
            agent: agent(a),
            state: ChosenState::Ready,
        },
        ["not_ready", a, reason] => {
            let state = ChosenState::NotReady {
                reason: reason_of(reason),
            };
            Command::ChooseState {
                agent: agent(a),
                state,
            }
        }
        ["next", a, state] => Command::ReserveNextState {
            agent: agent(a),
            state: state_of(state),
        },
        ["force", a, state, "by", by] => Command::ForceState {
            agent: agent(a),
            state: state_of(state).expect("a state"),
            by: agent(by),
        },
        ["accept", a, i] => Command::AcceptOffer {
            agent: agent(a),
            interaction: interaction(i),
        },
        ["decline", a, i] => Command::DeclineOffer {
            agent: agent(a),
            interaction: interaction(i),
        },
        ["hold", a, i] => Command::Hold {
            agent: agent(a),
            interaction: interaction(i),
        },
        ["resume", a, i] => Command::Resume {
            agent: agent(a),
            interaction: interaction(i),
        },
        ["hang_up", a, i] => Command::AgentHangsUp {
            agent: agent(a),
            interaction: interaction(i),
        },
        ["finish", a, i, code] => Command::FinishWrapUp {
            agent: agent(a),
            interaction: interaction(i),
            disposition: (code != "-").then(|| code.to_owned()),
        },
        ["extend", a, i] => Command::ExtendWrapUp {
            agent: agent(a),
            interaction: interaction(i),
        },
        ["restarted"] => Command::ServerRestarted,
        ["clock_set", by] => Command::ClockStepped {
            by_ms: by.parse().expect("milliseconds with a sign"),
        },
        ["tick"] => Command::Tick,
        _ => return None,
    })
}

fn state_of(name: &str) -> Option<ChosenState> {
    match name {
        "-" => None,
        "ready" => Some(ChosenState::Ready),
        other => {
            let reason = other.strip_prefix("not_ready:").expect("a state");
            Some(ChosenState::NotReady {
                reason: reason_of(reason),
            })
        }
    }
}

fn reason_of(name: &str) -> NotReadyReason {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).expect("a reason")
}

pub(super) fn id(word: &str) -> u64 {
    word[1..].parse().expect("a letter and a number")
}

pub(super) fn agent(word: &str) -> AgentId {
    AgentId(u32::try_from(id(word)).expect("small"))
}

pub(super) fn interaction(word: &str) -> InteractionId {
    InteractionId(id(word))
}
