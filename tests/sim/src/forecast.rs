//! How far the wait that is told lies from the wait that comes.

use crate::traffic::{Call, Scene, Stream};
use acd::{Agent, Config, Need, Patience, Proficiency, Queue, Refusal, Ring, Strategy};
use vocab::{AgentId, Millis, QueueId, SkillId};

/// An error of forecasts, relative to the mean wait of those who waited.
#[derive(Clone, Copy, Debug)]
pub struct Accuracy {
    pub waited: usize,
    pub mean_wait_s: f64,
    /// Above 0: told too long.
    pub bias: f64,
    /// Mean absolute error.
    pub error: f64,
    /// Those who waited and could be told nothing.
    pub untold: usize,
}

impl Accuracy {
    /// Of those who waited and were answered, from a moment on.
    #[must_use]
    pub fn of(calls: &[Call], from: Millis) -> Self {
        let counted = calls
            .iter()
            .filter(|call| call.had_to_wait && call.is_answered && call.entered_at >= from);
        let (mut waited, mut untold) = (0_usize, 0);
        let (mut wait_ms, mut bias_ms, mut error_ms) = (0.0, 0.0, 0.0);
        for call in counted {
            let Some(expected) = call.expected_ms else {
                untold += 1;
                continue;
            };
            waited += 1;
            let off = expected as f64 - call.waited_ms as f64;
            wait_ms += call.waited_ms as f64;
            bias_ms += off;
            error_ms += off.abs();
        }
        Self {
            waited,
            mean_wait_s: wait_ms / waited as f64 / 1_000.0,
            bias: bias_ms / wait_ms,
            error: error_ms / wait_ms,
            untold,
        }
    }
}

const MOST: u32 = 100_000;

fn plain(id: u32) -> Queue {
    Queue {
        wrap_up_ms: 0,
        max_waiting: MOST,
        ..Queue::new(QueueId(id), format!("Queue {id}"))
    }
}

fn always(_: f64) -> f64 {
    1.0
}

/// One queue, everybody alike: M/M/n.
#[must_use]
pub fn one_queue(agents: u32, per_hour: f64, handling_s: f64, patience_s: Option<f64>) -> Scene {
    let staff = (1..=agents).map(|id| Agent::new(AgentId(id), vec![QueueId(1)]));
    Scene {
        config: Config {
            queues: vec![plain(1)],
            agents: staff.collect(),
            schedules: vec![],
            patience: Patience::default(),
        },
        streams: vec![Stream {
            queue: QueueId(1),
            per_hour,
            by_hour: always,
            handling_s,
        }],
        patience_s,
        shifts: vec![],
    }
}

/// Three queues with skills that widen; a third of the agents serves one, a third two, a third all.
#[must_use]
pub fn shared_agents() -> Scene {
    let ring = |after_ms, needs: &[(u32, u8)]| Ring {
        after_ms,
        needs: needs
            .iter()
            .map(|(skill, minimum)| Need {
                skill: SkillId(*skill),
                minimum: *minimum,
            })
            .collect(),
        ..Ring::default()
    };
    let mut queues: Vec<Queue> = (1..=3).map(plain).collect();
    for (number, queue) in (1..).zip(&mut queues) {
        queue.strategy = Strategy::MostSkilled;
        queue.rings = vec![ring(0, &[(number, 3)]), ring(30_000, &[(number, 1)])];
    }
    let agent = |id: u32| {
        let own = id % 3;
        let serves = (0..3).filter(|queue| (queue + 3 - own) % 3 <= id % 9 / 3);
        let serves: Vec<u32> = serves.map(|queue| queue + 1).collect();
        Agent {
            skills: serves
                .iter()
                .map(|queue| Proficiency {
                    skill: SkillId(*queue),
                    level: 1 + u8::try_from((id + queue) % 5).unwrap_or(0),
                })
                .collect(),
            ..Agent::new(AgentId(id), serves.into_iter().map(QueueId).collect())
        }
    };
    let stream = |queue: u32, per_hour: f64, handling_s: f64| Stream {
        queue: QueueId(queue),
        per_hour,
        by_hour: always,
        handling_s,
    };
    Scene {
        config: Config {
            queues,
            agents: (1..=36).map(agent).collect(),
            schedules: vec![],
            patience: Patience::default(),
        },
        // 33.3 of 36 agents are busy: 92.6 %.
        streams: vec![
            stream(1, 160.0, 240.0),
            stream(2, 120.0, 300.0),
            stream(3, 140.0, 325.0),
        ],
        patience_s: None,
        shifts: vec![],
    }
}

/// A day with two peaks; a part of the staff comes at eight and goes at noon, another works from one to six.
fn two_peaks(hour: f64) -> f64 {
    let peak = |at: f64| (-(hour - at).powi(2) / 4.0).exp();
    (0.35 + 0.65 * (peak(10.0) + peak(15.0))).min(1.0)
}

/// One queue whose calls and staff change through the day, for so many days.
#[must_use]
pub fn changing_staff(days: u64) -> Scene {
    let mut scene = one_queue(40, 440.0, 300.0, Some(600.0));
    for stream in &mut scene.streams {
        stream.by_hour = two_peaks;
    }
    let at = |day: u64, minutes: u64| Millis((day * 24 * 60 + minutes) * 60_000);
    for day in 0..days {
        for id in 15..=40_u32 {
            let minute = u64::from(id) % 30;
            let (on, off) = if id % 2 == 0 { (8, 13) } else { (12, 18) };
            let agent = AgentId(id);
            scene.shifts.push((at(day, on * 60 + minute), agent, true));
            scene
                .shifts
                .push((at(day, off * 60 + minute), agent, false));
        }
    }
    scene
}

/// A name, the scene, when to begin counting and when to end.
pub type Case = (&'static str, Scene, Millis, Millis);

/// What the method is measured on.
#[must_use]
pub fn cases(hours: u64) -> Vec<Case> {
    let hour = |hours: u64| Millis(hours * 3_600_000);
    let days = hours.div_ceil(24);
    let (from, until) = (hour(4), hour(4 + hours));
    vec![
        (
            "one queue, 25 agents, 92 % load",
            one_queue(25, 276.0, 300.0, None),
            from,
            until,
        ),
        (
            "one queue, 100 agents, 95 % load",
            one_queue(100, 1_140.0, 300.0, None),
            from,
            until,
        ),
        (
            "36 agents shared by three queues with skills, 93 % load",
            shared_agents(),
            from,
            until,
        ),
        (
            "staff and calls change through the day, some lose patience",
            changing_staff(days),
            Millis(0),
            hour(days * 24),
        ),
    ]
}

/// # Errors
/// A refusal of the engine: the scene is no good.
pub fn measure(case: &Case, seed: u64) -> Result<Accuracy, Refusal> {
    let (_, scene, from, until) = case;
    Ok(Accuracy::of(&scene.play(seed, *until)?, *from))
}
