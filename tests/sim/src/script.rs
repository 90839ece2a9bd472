//! Commands in words, as the engine's transcripts write them; and whom and what a command is about.

use crate::floor::Step;
use acd::{Center, Command, Config, Queue, Target, What};
use std::fmt::Write as _;
use vocab::{AgentId, ChosenState, InteractionId, Millis};

/// A whole script, one command a line, each at the milliseconds since the earliest, and below it what it led to.
#[must_use]
pub fn in_words(script: &[Step]) -> String {
    let began = script.iter().map(|(at, _)| *at).min().unwrap_or_default();
    let mut text = format!("times from {} ms since 1970 on:\n", began.0);
    let mut center = Center::new();
    for (at, command) in script {
        let _ = writeln!(text, "  @{} {}", at.since(began), line(command));
        let _ = match center.handle(*at, command.clone()) {
            Ok(events) => events.iter().try_for_each(|event| {
                let at = event.at.since(began);
                let what = serde_json::to_string(&event.what).unwrap_or_default();
                let is_long = matches!(event.what, What::Configured { .. });
                let what = if is_long { "configured" } else { &what };
                writeln!(text, "        {at} {}", what.replace('"', ""))
            }),
            Err(refusal) => writeln!(text, "        refused: {refusal}"),
        };
    }
    text
}

fn line(command: &Command) -> String {
    of_agent(command)
        .or_else(|| of_handover(command))
        .unwrap_or_else(|| of_customer(command))
}

fn of_customer(command: &Command) -> String {
    match command {
        Command::Enter {
            customer,
            queue,
            medium,
            wishes,
        } => {
            let mut text = format!("enter c{customer} q{queue} {}", name(medium));
            let _ = wishes.is_vip.then(|| text.push_str(" vip"));
            let language = wishes.language.map(|language| format!(" {language}"));
            let site = wishes.site.map(|site| format!(" site {site}"));
            let last = wishes.last_agent.map(|agent| format!(" last a{agent}"));
            let back = wishes.back.map(|back| match back {
                acd::Back::Served => " back".to_owned(),
                acd::Back::Waiting { since } => format!(" back_since {}", since.0),
            });
            for part in [language, site, last, back].into_iter().flatten() {
                text.push_str(&part);
            }
            text
        }
        Command::CustomerConnected { interaction } => format!("customer_back i{interaction}"),
        Command::CustomerDisconnected { interaction } => format!("customer_away i{interaction}"),
        Command::CustomerHangsUp { interaction } => format!("leave i{interaction}"),
        Command::RemoveFromLine { interaction, by } => format!("remove i{interaction} by a{by}"),
        Command::KeepPlace { interaction } => format!("keep_place i{interaction}"),
        Command::WaitOnLine { interaction } => format!("on_line i{interaction}"),
        Command::AnswerCallback { interaction } => format!("answer i{interaction}"),
        Command::DeclineCallback { interaction } => format!("not_now i{interaction}"),
        Command::ServerRestarted => "restarted".to_owned(),
        Command::ClockStepped { by_ms } => format!("clock_set {by_ms:+}"),
        Command::Tick => "tick".to_owned(),
        Command::Configure { config } => configure(config),
        other => format!("{other:?}"),
    }
}

fn of_agent(command: &Command) -> Option<String> {
    Some(match command {
        Command::AgentConnected { agent } => format!("connect a{agent}"),
        Command::AgentDisconnected { agent } => format!("disconnect a{agent}"),
        Command::AgentSignsOut { agent } => format!("sign_out a{agent}"),
        Command::ChooseState { agent, state } => format!("choose a{agent} {}", state_name(*state)),
        Command::ReserveNextState { agent, state } => {
            let state = state.map_or_else(|| "-".to_owned(), state_name);
            format!("next a{agent} {state}")
        }
        Command::ForceState { agent, state, by } => {
            format!("force a{agent} {} by a{by}", state_name(*state))
        }
        Command::AcceptOffer { agent, interaction } => format!("accept a{agent} i{interaction}"),
        Command::DeclineOffer { agent, interaction } => format!("decline a{agent} i{interaction}"),
        Command::Hold { agent, interaction } => format!("hold a{agent} i{interaction}"),
        Command::Resume { agent, interaction } => format!("resume a{agent} i{interaction}"),
        Command::AgentHangsUp { agent, interaction } => format!("hang_up a{agent} i{interaction}"),
        Command::FinishWrapUp {
            agent, interaction, ..
        } => format!("finish a{agent} i{interaction} -"),
        Command::ExtendWrapUp { agent, interaction } => format!("extend a{agent} i{interaction}"),
        _ => return None,
    })
}

fn of_handover(command: &Command) -> Option<String> {
    Some(match command {
        Command::Transfer {
            agent,
            interaction,
            to,
        } => {
            let to = match to {
                Target::Queue { queue } => format!("q{queue}"),
                Target::Agent { agent } => format!("a{agent}"),
            };
            format!("transfer a{agent} i{interaction} {to}")
        }
        Command::Consult {
            agent,
            interaction,
            colleague,
        } => format!("consult a{agent} i{interaction} a{colleague}"),
        Command::HandOver { agent, interaction } => format!("hand_over a{agent} i{interaction}"),
        Command::JoinConsult { agent, interaction } => format!("join a{agent} i{interaction}"),
        Command::StepAside { agent, interaction } => format!("aside a{agent} i{interaction}"),
        Command::EndConsult { agent, interaction } => format!("back a{agent} i{interaction}"),
        _ => return None,
    })
}

/// Only what differs from a queue and an agent of which nothing is set.
fn configure(config: &Config) -> String {
    let mut text = "configure".to_owned();
    for queue in &config.queues {
        let plain = Queue::new(queue.id, queue.name.clone());
        let _ = write!(
            text,
            "\n      queue q{}{}",
            queue.id,
            differences(queue, &plain)
        );
    }
    for agent in &config.agents {
        let plain = acd::Agent::new(agent.id, vec![]);
        let _ = write!(
            text,
            "\n      agent a{}{}",
            agent.id,
            differences(agent, &plain)
        );
    }
    for schedule in &config.schedules {
        let _ = write!(
            text,
            "\n      hours s{} {}",
            schedule.id,
            name(&schedule.hours)
        );
    }
    let _ = write!(
        text,
        "\n      patience{}",
        differences(&config.patience, &acd::Patience::default())
    );
    text
}

fn differences<T: serde::Serialize>(one: &T, plain: &T) -> String {
    let fields = |value: &T| match serde_json::to_value(value) {
        Ok(serde_json::Value::Object(fields)) => fields,
        Ok(_) | Err(_) => serde_json::Map::new(),
    };
    let plain = fields(plain);
    let differ = fields(one)
        .into_iter()
        .filter(|(key, value)| plain.get(key) != Some(value));
    differ.fold(String::new(), |mut text, (key, value)| {
        let _ = write!(text, " {key}={value}");
        text
    })
}

fn state_name(state: ChosenState) -> String {
    match state {
        ChosenState::Ready => "ready".to_owned(),
        ChosenState::NotReady { reason } => format!("not_ready:{}", name(&reason)),
    }
}

fn name<T: serde::Serialize>(value: &T) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    text.trim_matches('"').to_owned()
}

/// The agent who acts, if one does.
#[must_use]
pub(crate) fn agent_of(command: &Command) -> Option<AgentId> {
    match command {
        Command::AgentConnected { agent }
        | Command::AgentDisconnected { agent }
        | Command::AgentSignsOut { agent }
        | Command::ChooseState { agent, .. }
        | Command::ReserveNextState { agent, .. }
        | Command::ForceState { agent, .. }
        | Command::AcceptOffer { agent, .. }
        | Command::DeclineOffer { agent, .. }
        | Command::Hold { agent, .. }
        | Command::Resume { agent, .. }
        | Command::AgentHangsUp { agent, .. }
        | Command::Transfer { agent, .. }
        | Command::Consult { agent, .. }
        | Command::HandOver { agent, .. }
        | Command::JoinConsult { agent, .. }
        | Command::StepAside { agent, .. }
        | Command::EndConsult { agent, .. }
        | Command::FinishWrapUp { agent, .. }
        | Command::ExtendWrapUp { agent, .. } => Some(*agent),
        _ => None,
    }
}

/// The interaction that it is about, if it is about one.
pub(crate) fn interaction_of(command: &mut Command) -> Option<&mut InteractionId> {
    match command {
        Command::CustomerConnected { interaction }
        | Command::CustomerDisconnected { interaction }
        | Command::CustomerHangsUp { interaction }
        | Command::RemoveFromLine { interaction, .. }
        | Command::KeepPlace { interaction }
        | Command::WaitOnLine { interaction }
        | Command::AnswerCallback { interaction }
        | Command::DeclineCallback { interaction }
        | Command::AcceptOffer { interaction, .. }
        | Command::DeclineOffer { interaction, .. }
        | Command::Hold { interaction, .. }
        | Command::Resume { interaction, .. }
        | Command::AgentHangsUp { interaction, .. }
        | Command::Transfer { interaction, .. }
        | Command::Consult { interaction, .. }
        | Command::HandOver { interaction, .. }
        | Command::JoinConsult { interaction, .. }
        | Command::StepAside { interaction, .. }
        | Command::EndConsult { interaction, .. }
        | Command::FinishWrapUp { interaction, .. }
        | Command::ExtendWrapUp { interaction, .. } => Some(interaction),
        _ => None,
    }
}

/// A script's last moment.
#[must_use]
pub(crate) fn end_of(script: &[Step]) -> Millis {
    script.last().map_or(Millis(0), |(at, _)| *at)
}
