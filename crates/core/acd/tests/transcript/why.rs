//! How transcripts write why an agent was offered something and others were not.

use acd::{Candidate, Explanation, Measure, Obstacle, Verdict};

/// A line for the decision and one for each candidate.
pub(super) fn why(told: &Explanation) -> Vec<String> {
    let chosen: Vec<String> = told
        .chosen
        .iter()
        .map(|agent| format!(" a{agent}"))
        .collect();
    let strategy = serde_json::to_value(told.strategy).expect("a name");
    let strategy = strategy.as_str().expect("a name").to_owned();
    let kept = told
        .kept_for
        .map_or_else(String::new, |agent| format!(" kept_for a{agent}"));
    let decision = format!(
        "q{} {strategy} position {} waited {} ring {}{kept} rings{}",
        told.queue,
        told.position,
        told.waited_ms,
        told.ring,
        chosen.concat()
    );
    let candidates = told.candidates.iter().map(candidate);
    std::iter::once(decision).chain(candidates).collect()
}

fn candidate(candidate: &Candidate) -> String {
    let agent = candidate.agent;
    match &candidate.verdict {
        Verdict::Ranked { place, by } => {
            let by: Vec<String> = by.iter().map(measure).collect();
            format!("{place}. a{agent} {}", by.join(", "))
        }
        Verdict::RuledOut { by } => {
            let by: Vec<String> = by.iter().map(obstacle).collect();
            format!("not a{agent} {}", by.join(", "))
        }
    }
}

fn measure(measure: &Measure) -> String {
    match measure {
        Measure::SpokeLast => "spoke last".to_owned(),
        Measure::Load { units } => format!("load {units}"),
        Measure::Skill { sum } => format!("skill {sum}"),
        Measure::Handled { count } => format!("handled {count}"),
        Measure::IdleSince { at } => format!("idle since {}", at.0),
        Measure::Turn { after: None } => "first turn".to_owned(),
        Measure::Turn { after: Some(agent) } => format!("turn after a{agent}"),
    }
}

fn obstacle(obstacle: &Obstacle) -> String {
    let reason = |reason| {
        let name = serde_json::to_value(reason).expect("a name");
        name.as_str().expect("a name").to_owned()
    };
    match obstacle {
        Obstacle::Offline => "offline".to_owned(),
        Obstacle::Away => "away".to_owned(),
        Obstacle::NotReady { reason: why } => format!("not ready: {}", reason(*why)),
        Obstacle::WillBeNotReady { reason: why } => format!("about to be: {}", reason(*why)),
        Obstacle::HasLiveWork => "in a conversation".to_owned(),
        Obstacle::HasFirmWork => "has work that must not be interrupted".to_owned(),
        Obstacle::NoCapacity {
            used,
            capacity,
            needed,
        } => format!("no room: {used} of {capacity} used, {needed} needed"),
        Obstacle::Skill { skill, has, needs } => format!("s{skill}: has {has}, needs {needs}"),
        Obstacle::Language { language } => format!("does not speak {language}"),
        Obstacle::Site { site } => format!("not at site {site}"),
        Obstacle::KeptFrom => "declined or passed it on".to_owned(),
        Obstacle::KeptForAnother => "kept for another".to_owned(),
    }
}
