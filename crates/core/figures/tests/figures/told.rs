//! How stories write figures: those that are not zero, spans in seconds.

use crate::story::MIDNIGHT;
use figures::{Activity, AgentFigures, AgentNow, QueueFigures, QueueNow, Spent};
use vocab::Millis;

pub(crate) fn queue_now(queue: Option<QueueNow>, at: Millis) -> String {
    let queue = queue.expect("it is configured");
    let longest = queue.longest_wait_since.map_or(0, |since| at.since(since));
    let now = [
        ("waiting", queue.waiting),
        ("ringing", queue.ringing),
        ("callbacks", queue.callbacks),
        ("talking", queue.talking),
        ("held", queue.held),
        ("in_wrap_up", queue.wrap_up),
    ];
    let now = told(&counts(&now), &[("longest", longest)]);
    join([now, queue_figures(&queue.window)])
}

pub(crate) fn agent_now(agent: Option<AgentNow>, at: Millis) -> String {
    let agent = agent.expect("they are configured");
    let now = agent.activity.map_or_else(
        || "offline".to_owned(),
        |activity| format!("{} for {}", name(activity), seconds(at.since(agent.since))),
    );
    let figures = agent_figures(&agent.window);
    match figures.is_empty() {
        true => now,
        false => format!("{now}: {figures}"),
    }
}

pub(crate) fn queue_intervals(intervals: Vec<(Millis, QueueFigures)>) -> Vec<String> {
    let told = |(began, figures)| format!("{} {}", time(began), queue_figures(&figures));
    intervals.into_iter().map(told).collect()
}

pub(crate) fn agent_intervals(intervals: Vec<(Millis, AgentFigures)>) -> Vec<String> {
    let told = |(began, figures)| format!("{} {}", time(began), agent_figures(&figures));
    intervals.into_iter().map(told).collect()
}

fn queue_figures(figures: &QueueFigures) -> String {
    let entries = [
        ("offered", figures.offered),
        ("transferred_in", figures.transferred_in),
        ("returned", figures.returned),
        ("overflowed_in", figures.overflowed_in),
        ("answered", figures.answered),
        ("within", figures.answered_within),
        ("abandoned", figures.abandoned),
        ("short", figures.short_abandoned),
        ("called_back", figures.called_back),
        ("callbacks_lost", figures.callbacks_lost),
        ("turned_away", figures.turned_away),
        ("removed", figures.removed),
        ("overflowed_out", figures.overflowed_out),
    ];
    let waits = [
        ("waited", figures.answer_wait_ms),
        ("patient", figures.abandon_wait_ms),
    ];
    let handled = [
        ("handled", figures.handled),
        ("transferred_out", figures.transferred_out),
    ];
    join([
        told(&counts(&entries), &waits),
        told(&counts(&handled), &spent(&figures.handled_spent)),
        prefixed("worked", told(&[], &spent(&figures.worked))),
    ])
}

fn agent_figures(figures: &AgentFigures) -> String {
    let times: Vec<(String, u64)> = figures
        .times
        .iter()
        .map(|(activity, ms)| (name(activity), ms))
        .collect();
    let times: Vec<(&str, u64)> = times
        .iter()
        .map(|(name, ms)| (name.as_str(), *ms))
        .collect();
    let handled = told(
        &counts(&[("handled", figures.handled)]),
        &spent(&figures.handled_spent),
    );
    let rest = [
        ("missed", figures.missed),
        ("declined", figures.declined),
        ("consults", figures.consults),
    ];
    join([told(&[], &times), handled, told(&counts(&rest), &[])])
}

fn name(activity: Activity) -> String {
    match activity {
        Activity::NotReady(reason) => format!("{reason:?}").to_lowercase(),
        Activity::Ready => "ready".to_owned(),
        Activity::Ringing => "rung".to_owned(),
        Activity::WrapUp => "wrap_up".to_owned(),
        Activity::CallingBack => "calling_back".to_owned(),
        Activity::Held => "held".to_owned(),
        Activity::Talking => "talking".to_owned(),
    }
}

fn spent(spent: &Spent) -> [(&'static str, u64); 3] {
    [
        ("talk", spent.talk_ms),
        ("hold", spent.hold_ms),
        ("wrap", spent.wrap_up_ms),
    ]
}

fn counts<'a>(pairs: &[(&'a str, u32)]) -> Vec<(&'a str, u64)> {
    pairs
        .iter()
        .map(|(name, count)| (*name, u64::from(*count)))
        .collect()
}

fn told(counts: &[(&str, u64)], spans: &[(&str, u64)]) -> String {
    let counts = counts
        .iter()
        .map(|(name, count)| (name, count, count.to_string()));
    let spans = spans.iter().map(|(name, ms)| (name, ms, seconds(*ms)));
    let pairs = counts.chain(spans).filter(|(_, value, _)| **value > 0);
    pairs
        .map(|(name, _, text)| format!("{name} {text}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn prefixed(prefix: &str, text: String) -> String {
    match text.is_empty() {
        true => text,
        false => format!("{prefix} {text}"),
    }
}

fn join(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// Minutes and seconds, as `1:05`.
fn seconds(ms: u64) -> String {
    assert_eq!(ms % 1_000, 0, "stories have whole seconds");
    format!("{}:{:02}", ms / 60_000, ms / 1_000 % 60)
}

fn time(at: Millis) -> String {
    let minutes = at.since(Millis(MIDNIGHT)) / 60_000;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
