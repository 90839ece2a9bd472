//! A fold that begins in the middle counts from there on as one that saw everything.

use crate::floor::{AGENTS, Floor, QUEUES};
use crate::story::MIDNIGHT;
use figures::{AgentFigures, Figures, QueueFigures, Settings, Spent};
use vocab::{AgentId, Millis, QueueId};

const SEEDS: u64 = 200;
const BEFORE: u32 = 150;
const AFTER: u32 = 150;

#[test]
fn whoever_begins_in_the_middle_counts_what_comes_as_whoever_saw_the_beginning() {
    let mut all = QueueFigures::default();
    for seed in 1..=SEEDS {
        let mut floor = Floor::new(seed, Millis(MIDNIGHT));
        let mut saw_all = Figures::new(Settings::default());
        let opened = floor.open();
        opened.iter().for_each(|event| saw_all.apply(event));
        for _ in 0..BEFORE {
            floor.step().iter().for_each(|event| saw_all.apply(event));
        }
        saw_all.begin_window(floor.now);
        let mut begun = Figures::begun(Settings::default(), &floor.center, floor.now);
        same(seed, &saw_all, &begun, floor.now);
        for _ in 0..AFTER {
            let mut events = floor.step();
            if floor.chance(50) {
                events.extend(floor.sets_clock());
            }
            for event in &events {
                saw_all.apply(event);
                begun.apply(event);
            }
            same(seed, &saw_all, &begun, floor.now);
        }
        for queue in (1..=QUEUES).map(QueueId) {
            all += begun.at(floor.now).queue(queue).expect("configured").window;
        }
    }
    let happened = [all.answered, all.abandoned, all.called_back, all.handled];
    assert!(happened.iter().all(|count| *count > 20), "{all:?}");
}

fn same(seed: u64, saw_all: &Figures, begun: &Figures, now: Millis) {
    for id in (1..=QUEUES).map(QueueId) {
        let [one, other] = [saw_all, begun].map(|figures| {
            let mut queue = figures.at(now).queue(id).expect("it is configured");
            queue.window.handled_spent = summed(queue.window.handled_spent);
            queue
        });
        assert_eq!(one, other, "seed {seed}, {id}");
    }
    for id in (1..=AGENTS).map(AgentId) {
        let [one, other] = [saw_all, begun].map(|figures| {
            let now = figures.at(now).agent(id);
            now.filter(|now| now.activity.is_some() || now.window != AgentFigures::default())
                .map(|mut now| {
                    now.window.handled_spent = summed(now.window.handled_spent);
                    (now.activity, now.window)
                })
        });
        assert_eq!(one, other, "seed {seed}, {id}");
    }
}

/// Which part of a handling that was under way was hold is not known.
fn summed(spent: Spent) -> Spent {
    Spent {
        talk_ms: spent.sum_ms(),
        ..Spent::default()
    }
}
