//! A rule that does not hold is found, and its script is made short: shown with rules that are broken on purpose.

#![allow(clippy::expect_used, reason = "a test stops at a surprise")]

use acd::{Command, Stage};
use sim::{Care, Floor, Rule, Trial, in_words, play, shrunk};

/// Wrong on purpose: in truth an agent may decline.
const NOBODY_DECLINES: (&str, Rule) = ("nobody ever declines", |floor: &Floor| {
    let is_kept = |id| {
        let view = floor.center.interaction(id);
        view.is_some_and(|view| !view.kept_from.is_empty())
    };
    match floor.center.interactions().find(|id| is_kept(*id)) {
        Some(id) => Err(format!("i{id} was declined or passed on")),
        None => Ok(()),
    }
});

/// Wrong on purpose: two calls may well be held at the same time.
const ONE_HELD: (&str, Rule) = ("only one is held", |floor: &Floor| {
    let held = floor.center.interactions().filter(|id| {
        let view = floor.center.interaction(*id);
        matches!(view.map(|view| view.stage), Some(Stage::Held { .. }))
    });
    match held.count() {
        0 | 1 => Ok(()),
        more => Err(format!("{more} are held")),
    }
});

#[cfg(test)]
/// The shortest script of the first seed from `first_seed` on that breaks the rule, and how long its script was before.
fn shortest(first_seed: u64, rule: (&'static str, Rule)) -> (usize, Vec<sim::Step>) {
    let failure = (first_seed..first_seed + 50)
        .find_map(|seed| play(seed, 2_000, Care::FULL, Some(rule)).err())
        .expect("it breaks somewhere");
    assert_eq!(failure.broken.rule, rule.0);
    assert!(failure.command().starts_with("cargo xtask sim --seed "));
    let long = failure.script.len();
    let trial = Trial {
        drains: false,
        more: Some(rule),
    };
    let script = shrunk(trial, &failure.script, rule.0, 400_000);
    let (broken, after) = trial.broken(&script).expect("it still breaks");
    assert_eq!((broken.rule, after), (rule.0, script.len()));
    (long, script)
}

#[test]
fn a_broken_rule_is_shrunk_to_the_few_commands_that_break_it() {
    // Somebody configured, connected and ready, a customer, a decline.
    let (long, script) = shortest(1, NOBODY_DECLINES);
    assert!(
        long > 3 * script.len(),
        "{long} commands were hardly a find"
    );
    assert!(script.len() <= 6, "{}", in_words(&script));
    assert!(script.iter().any(|(_, command)| matches!(
        command,
        Command::DeclineOffer { .. } | Command::Transfer { .. }
    )));
}

#[test]
fn no_command_of_a_shrunk_script_can_be_left_out() {
    // The first seed's script holds by a colleague who left; this one's by the command.
    let (_, script) = shortest(2, ONE_HELD);
    let trial = Trial {
        drains: false,
        more: Some(ONE_HELD),
    };
    for number in 0..script.len() {
        let mut shorter = script.clone();
        shorter.remove(number);
        assert_eq!(trial.broken(&shorter), None, "{}", in_words(&script));
    }
    let text = in_words(&script);
    for word in [
        "configure",
        "queue q",
        "agent a",
        "enter c",
        "hold a",
        "{type:held",
    ] {
        assert!(text.contains(word), "{word} in\n{text}");
    }
}
