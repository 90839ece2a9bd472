//! Two hundred random organisations: people vanish, decline and return, clocks step, servers restart, settings change.
//! After every command every rule must hold; then the faults stop and everything must drain.

use sim::{Care, EVERYTHING, Seen, in_words, play};

const SEEDS: u64 = 200;
const EVENTS: u64 = 600;

#[test]
fn a_floor_with_faults_keeps_every_rule_and_drains_when_they_stop() {
    let mut seen = Seen::default();
    for seed in 1..=SEEDS {
        match play(seed, EVENTS, Care::FULL, None) {
            Ok(played) => seen.add(&played.seen),
            Err(failure) => {
                let script = in_words(&failure.shrunk(None));
                panic!("{failure}\n{script}");
            }
        }
    }
    // A simulation in which something never happens would prove nothing about it.
    assert_eq!(seen.missing(), Vec::<&str>::new());
    let unnamed = seen.counts().find(|(kind, _)| !EVERYTHING.contains(kind));
    assert_eq!(
        unnamed, None,
        "this kind has no name in the list of everything"
    );
}
