//! Reads transcripts, plays them to an engine and compares; every one is replayed by its events as well.
//!
//! `@TIME COMMAND` asks at that millisecond; the lines after it, without `@`, are the events in order. Queue 1 rings
//! 20 s and wraps up 60 s, queue 2 is two steps more urgent and has no wrap-up. Agent 1 serves queue 1, agent 2 both,
//! agent 3 queue 2. A place is kept ten minutes for a customer out of reach; a callback rings 30 s, and one that was
//! missed rests two minutes. An interaction is `iN`, an agent `aN`, a customer `cN`, a queue `qN`.

mod handovers;

use acd::{Agent, Center, Command, Config, Event, Patience, Queue, Refusal, Stage, What};
use handovers::{handover_command, told_of_handover};
use vocab::{
    AgentId, ChosenState, CustomerId, EndedBy, InteractionId, MediumKind, Millis, NotReadyReason,
    QueueId,
};

/// Plays every `@` line and compares what happens with the lines up to the next one.
pub(crate) fn check(script: &str) {
    let mut center = Center::new();
    let mut replayed = Center::new();
    let config = config();
    let configured = center
        .handle(Millis(0), Command::Configure { config })
        .expect("a good one");
    configured.iter().for_each(|event| replayed.apply(event));

    let lines: Vec<&str> = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let mut rest = lines.as_slice();
    while let Some((asked, after)) = rest.split_first() {
        let count = after
            .iter()
            .take_while(|line| !line.starts_with('@'))
            .count();
        let (expected, next) = after.split_at(count);
        let (at, command) = asked
            .trim_start_matches('@')
            .split_once(' ')
            .expect("a time and a command");
        let at = Millis(at.parse().expect("milliseconds"));
        let happened = play(&mut center, &mut replayed, at, command);
        assert_eq!(happened, expected, "{asked} in\n{script}");
        rest = next;
    }
    assert_eq!(replayed, center, "the events alone give the same engine");
}

fn config() -> Config {
    let queue = |id: u32, priority, ring_ms, wrap_up_ms| Queue {
        id: QueueId(id),
        name: format!("Queue {id}"),
        priority,
        ring_ms,
        wrap_up_ms,
        max_waiting: 4,
        is_closed: false,
        callback_keeps_ms: 600_000,
    };
    let agent = |id: u32, queues: &[u32]| Agent {
        id: AgentId(id),
        queues: queues.iter().copied().map(QueueId).collect(),
    };
    Config {
        queues: vec![queue(1, 0, 20_000, 60_000), queue(2, 2, 10_000, 0)],
        agents: vec![agent(1, &[1]), agent(2, &[1, 2]), agent(3, &[2])],
        patience: Patience::default(),
    }
}

fn play(center: &mut Center, replayed: &mut Center, at: Millis, line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    if let Some(answer) = view(center, &words) {
        return vec![answer];
    }
    match center.handle(at, command(&words)) {
        Ok(events) => {
            events.iter().for_each(|event| replayed.apply(event));
            events.iter().map(told).collect()
        }
        Err(refusal) => vec![format!("refused {}", refused(refusal))],
    }
}

fn view(center: &Center, words: &[&str]) -> Option<String> {
    let number = |n: Option<u64>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
    Some(match *words {
        ["position", i] => {
            format!(
                "position {}",
                number(center.position(interaction(i)).map(u64::from))
            )
        }
        ["expected", i] => format!(
            "expected {}",
            number(center.expected_wait_ms(interaction(i)))
        ),
        ["?", i] => match center
            .interaction(interaction(i))
            .expect("it is open")
            .stage
        {
            Stage::Talking { agent, since } => format!("talking a{agent} since {}", since.0),
            other => format!("{other:?}"),
        },
        _ => return None,
    })
}

fn command(words: &[&str]) -> Command {
    customers_command(words)
        .or_else(|| agents_command(words))
        .or_else(|| handover_command(words))
        .unwrap_or_else(|| panic!("no such command: {words:?}"))
}

fn customers_command(words: &[&str]) -> Option<Command> {
    Some(match *words {
        ["enter", c, q] => Command::Enter {
            customer: CustomerId(id(c)),
            queue: QueueId(u32::try_from(id(q)).expect("small")),
            medium: MediumKind::Voice,
        },
        ["customer_back", i] => Command::CustomerConnected {
            interaction: interaction(i),
        },
        ["customer_away", i] => Command::CustomerDisconnected {
            interaction: interaction(i),
        },
        ["leave", i] => Command::CustomerHangsUp {
            interaction: interaction(i),
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
        ["tick"] => Command::Tick,
        _ => return None,
    })
}

fn told(event: &Event) -> String {
    match &event.what {
        What::Configured { .. } => "configured".to_owned(),
        What::Entered {
            interaction,
            customer,
            queue,
            ..
        } => {
            format!("entered i{interaction} c{customer} q{queue}")
        }
        What::CustomerAway { interaction, until } => {
            format!("customer_away i{interaction} until {}", until.0)
        }
        What::CustomerBack { interaction } => format!("customer_back i{interaction}"),
        What::Abandoned { interaction, by } => format!("abandoned i{interaction} {}", by_whom(*by)),
        What::PlaceKept { .. }
        | What::WaitsOnLine { .. }
        | What::CallbackStarted { .. }
        | What::CallbackMissed { .. }
        | What::CallbackRested { .. } => told_of_callback(&event.what),
        What::OfferMade {
            interaction,
            agent,
            deadline,
        } => {
            format!("offer i{interaction} a{agent} until {}", deadline.0)
        }
        What::OfferAccepted { interaction, agent } => format!("accepted i{interaction} a{agent}"),
        What::OfferDeclined { interaction, agent } => format!("declined i{interaction} a{agent}"),
        What::OfferMissed { interaction, agent } => format!("missed i{interaction} a{agent}"),
        What::OfferWithdrawn {
            interaction,
            agent,
            because,
        } => {
            let because = match because {
                acd::WithdrawnBecause::CustomerLeft => "customer_left",
                acd::WithdrawnBecause::CustomerAway => "customer_away",
                acd::WithdrawnBecause::AgentAway => "agent_away",
            };
            format!("withdrawn i{interaction} a{agent} {because}")
        }
        What::ReturnedToQueue { interaction } => format!("returned i{interaction}"),
        What::Transferred { .. }
        | What::OfferableToAll { .. }
        | What::ConsultAsked { .. }
        | What::ConsultAccepted { .. }
        | What::ConsultJoined { .. }
        | What::SteppedAside { .. }
        | What::ConsultEnded { .. }
        | What::HandedOver { .. } => told_of_handover(&event.what),
        What::Held { .. }
        | What::Resumed { .. }
        | What::Ended { .. }
        | What::WrapUpExtended { .. }
        | What::WrapUpFinished { .. } => told_of_conversation(&event.what),
        What::AgentCameOnline { .. }
        | What::AgentAway { .. }
        | What::AgentBack { .. }
        | What::AgentWentOffline { .. }
        | What::StateChosen { .. }
        | What::NextStateReserved { .. } => told_of_agent(&event.what),
    }
}

fn told_of_callback(what: &What) -> String {
    match what {
        What::PlaceKept { interaction } => format!("kept i{interaction}"),
        What::WaitsOnLine { interaction } => format!("on_line i{interaction}"),
        What::CallbackStarted {
            interaction,
            agent,
            deadline,
        } => {
            format!("calls_back i{interaction} a{agent} until {}", deadline.0)
        }
        What::CallbackMissed {
            interaction,
            agent,
            because,
            rests_until,
        } => {
            let because = match because {
                acd::MissedBecause::RangOut => "rang_out",
                acd::MissedBecause::Declined => "declined",
                acd::MissedBecause::AgentStopped => "agent_stopped",
            };
            format!(
                "callback_missed i{interaction} a{agent} {because} rests {}",
                rests_until.0
            )
        }
        What::CallbackRested { interaction } => format!("rested i{interaction}"),
        other => panic!("this is about no callback: {other:?}"),
    }
}

fn told_of_conversation(what: &What) -> String {
    match what {
        What::Held { interaction, agent } => format!("held i{interaction} a{agent}"),
        What::Resumed { interaction, agent } => format!("resumed i{interaction} a{agent}"),
        What::Ended {
            interaction,
            agent,
            by,
            wrap_up_deadline,
        } => {
            let wrap_up = wrap_up_deadline
                .map_or_else(|| "no_wrap_up".to_owned(), |at| format!("wrap_up {}", at.0));
            format!("ended i{interaction} a{agent} {} {wrap_up}", by_whom(*by))
        }
        What::WrapUpExtended {
            interaction,
            agent,
            deadline,
        } => {
            format!("extended i{interaction} a{agent} {}", deadline.0)
        }
        What::WrapUpFinished {
            interaction,
            agent,
            disposition,
            is_timed_out,
        } => {
            let code = disposition.as_deref().unwrap_or("-");
            let timed_out = if *is_timed_out { " timed_out" } else { "" };
            format!("wrapped_up i{interaction} a{agent} {code}{timed_out}")
        }
        other => panic!("this is about no conversation: {other:?}"),
    }
}

fn told_of_agent(what: &What) -> String {
    match what {
        What::AgentCameOnline { agent } => format!("online a{agent}"),
        What::AgentAway {
            agent,
            lease_until,
            grace_until,
        } => {
            format!(
                "away a{agent} lease {} grace {}",
                lease_until.0, grace_until.0
            )
        }
        What::AgentBack { agent } => format!("back a{agent}"),
        What::AgentWentOffline { agent } => format!("offline a{agent}"),
        What::StateChosen { agent, state } => format!("state a{agent} {}", state_name(*state)),
        What::NextStateReserved { agent, state } => {
            let name = state.map_or_else(|| "-".to_owned(), state_name);
            format!("next a{agent} {name}")
        }
        other => panic!("this is about an interaction: {other:?}"),
    }
}

fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::UnknownQueue => "unknown_queue",
        Refusal::UnknownAgent => "unknown_agent",
        Refusal::UnknownInteraction => "unknown_interaction",
        Refusal::NotYours => "not_yours",
        Refusal::NotNow => "not_now",
        Refusal::NotFree => "not_free",
        Refusal::AlreadyExtended => "already_extended",
        Refusal::QueueFull => "queue_full",
        Refusal::QueueClosed => "queue_closed",
        Refusal::BadConfig(why) => why,
    }
}

fn by_whom(by: EndedBy) -> &'static str {
    match by {
        EndedBy::Agent => "agent",
        EndedBy::Customer => "customer",
        EndedBy::CustomerLost => "customer_lost",
        EndedBy::CallbackMissed => "callback_missed",
    }
}

fn state_name(state: ChosenState) -> String {
    match state {
        ChosenState::Ready => "ready".to_owned(),
        ChosenState::NotReady { reason } => {
            let name = serde_json::to_value(reason).expect("a name");
            format!("not_ready:{}", name.as_str().expect("a name"))
        }
    }
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

fn id(word: &str) -> u64 {
    word[1..].parse().expect("a letter and a number")
}

fn agent(word: &str) -> AgentId {
    AgentId(u32::try_from(id(word)).expect("small"))
}

fn interaction(word: &str) -> InteractionId {
    InteractionId(id(word))
}
