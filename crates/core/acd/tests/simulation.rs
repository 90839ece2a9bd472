//! Two hundred floors at random: people vanish, decline and return, clocks step, servers restart, settings change.
//!
//! After every command the engine must be sound; then the faults stop and everything must drain. Events alone must
//! give the same engine. A failure names its seed.

#[cfg(test)]
mod floor;

use floor::{Floor, NameOnPanic};

const SEEDS: u64 = 200;
const STEPS: u32 = 400;

#[test]
fn a_floor_with_faults_stays_sound_and_drains_when_they_stop() {
    let mut ends = floor::Ends::default();
    for seed in 1..=SEEDS {
        let _name = NameOnPanic(seed);
        let mut floor = Floor::new(seed);
        for _ in 0..STEPS {
            floor.step();
        }
        floor.drain();
        ends.add(&floor.ends);
    }
    // A simulation in which something never happens would prove nothing about it.
    assert!(ends.all_happened(), "{ends:?}");
}
