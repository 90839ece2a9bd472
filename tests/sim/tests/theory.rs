//! The engine's lines behave as the theory of waiting lines says they must.

use sim::erlang::{ErlangA, ErlangC};
use sim::forecast::one_queue;
use sim::statistics::Interval;
use sim::traffic::Call;
use vocab::Millis;

/// Runs that do not depend on each other; Student t over their means.
const REPLICATIONS: u64 = 20;

struct Row {
    line: ErlangC,
    /// As PRODUCT.md prints them: P(wait), service level 80/20 in %, ASA in s.
    printed: (f64, f64, f64),
    /// How wide the intervals may be in parts of the value, so that they say something. The larger the line and the
    /// nearer its limit, the more slowly it forgets.
    most: (f64, f64, f64),
    /// Hours that are counted, after as many to settle as `settles` says.
    hours: u64,
    settles: u64,
}

const fn row(
    (per_hour, handling_s, agents): (f64, f64, u32),
    printed: (f64, f64, f64),
    most: (f64, f64, f64),
    settles: u64,
    hours: u64,
) -> Row {
    let line = ErlangC {
        per_hour,
        handling_s,
        agents,
    };
    Row {
        line,
        printed,
        most,
        hours,
        settles,
    }
}

const ROWS: [Row; 4] = [
    row(
        (200.0, 180.0, 14),
        (0.1741, 88.84, 7.84),
        (0.1, 0.02, 0.2),
        1,
        200,
    ),
    row(
        (240.0, 300.0, 25),
        (0.2091, 85.02, 12.55),
        (0.1, 0.02, 0.2),
        1,
        200,
    ),
    row(
        (1_000.0, 240.0, 74),
        (0.2835, 84.61, 9.28),
        (0.15, 0.05, 0.3),
        1,
        20,
    ),
    row(
        (6_000.0, 300.0, 513),
        (0.4516, 81.02, 10.42),
        (0.25, 0.12, 0.6),
        1,
        6,
    ),
];

/// One number of each replication: a mean over its calls.
#[cfg(test)]
fn replicate(
    (line, patience_s): (ErlangC, Option<f64>),
    (settles, hours): (u64, u64),
    measures: &[fn(&[Call]) -> f64],
) -> Vec<Interval> {
    let hour = |hours: u64| Millis(hours * 3_600_000);
    let scene = one_queue(line.agents, line.per_hour, line.handling_s, patience_s);
    let mut values = vec![Vec::new(); measures.len()];
    for seed in 1..=REPLICATIONS {
        let mut calls = scene
            .play(seed, hour(settles + hours))
            .expect("a good scene");
        calls.retain(|call| call.entered_at >= hour(settles));
        for (values, measure) in values.iter_mut().zip(measures) {
            values.push(measure(&calls));
        }
    }
    values.iter().map(|values| Interval::of(values)).collect()
}

fn share(calls: &[Call], is: impl Fn(&Call) -> bool) -> f64 {
    calls.iter().filter(|call| is(call)).count() as f64 / calls.len() as f64
}

fn waits(calls: &[Call]) -> f64 {
    share(calls, |call| call.had_to_wait)
}

fn within_20_s(calls: &[Call]) -> f64 {
    share(calls, |call| call.waited_ms <= 20_000)
}

fn mean_wait_s(calls: &[Call]) -> f64 {
    let waited: f64 = calls.iter().map(|call| call.waited_ms as f64).sum();
    waited / calls.len() as f64 / 1_000.0
}

fn abandons(calls: &[Call]) -> f64 {
    share(calls, |call| !call.is_answered)
}

/// The interval holds what theory says, and is narrow enough to say something.
#[cfg(test)]
fn check(what: &str, simulated: Interval, theory: f64, most: f64) {
    println!("{what}: theory {theory:.4}, simulated {simulated} (99 %)");
    assert!(
        simulated.holds(theory),
        "{what}: theory says {theory:.4}, the simulation {simulated} at 99 % confidence"
    );
    assert!(
        simulated.half_width <= most * theory,
        "{what}: {simulated} says too little"
    );
}

#[test]
fn the_printed_erlang_c_rows_are_what_the_formula_gives() {
    for Row { line, printed, .. } in &ROWS {
        let level = line.service_level(20.0) * 100.0;
        let computed = (line.waits(), level, line.asa_s());
        assert!(
            (computed.0 - printed.0).abs() < 0.000_05,
            "{computed:?} {printed:?}"
        );
        assert!(
            (computed.1 - printed.1).abs() < 0.005,
            "{computed:?} {printed:?}"
        );
        assert!(
            (computed.2 - printed.2).abs() < 0.005,
            "{computed:?} {printed:?}"
        );
    }
}

#[test]
fn poisson_arrivals_and_exponential_service_reproduce_erlang_c() {
    for Row {
        line,
        hours,
        settles,
        most,
        ..
    } in &ROWS
    {
        let measures: [fn(&[Call]) -> f64; 3] = [waits, within_20_s, mean_wait_s];
        let found = replicate((*line, None), (*settles, *hours), &measures);
        let name = |what: &str| format!("{} agents, {}/h, {what}", line.agents, line.per_hour);
        check(&name("P(wait)"), found[0], line.waits(), most.0);
        check(&name("80/20"), found[1], line.service_level(20.0), most.1);
        check(&name("ASA"), found[2], line.asa_s(), most.2);
    }
}

#[test]
fn patience_reproduces_erlang_a() {
    let line = |per_hour, handling_s, agents| ErlangC {
        per_hour,
        handling_s,
        agents,
    };
    // More comes than can be answered; and a large line at its limit.
    for (line, patience_s, hours) in [
        (line(300.0, 180.0, 14), 120.0, 100),
        (line(1_200.0, 300.0, 100), 240.0, 30),
    ] {
        let theory = ErlangA { line, patience_s }.solve();
        let measures: [fn(&[Call]) -> f64; 3] = [waits, abandons, mean_wait_s];
        let found = replicate((line, Some(patience_s)), (1, hours), &measures);
        let name = |what: &str| format!("{} agents, patience {patience_s} s, {what}", line.agents);
        check(&name("P(wait)"), found[0], theory.waits, 0.1);
        check(&name("P(abandon)"), found[1], theory.abandons, 0.15);
        check(&name("mean wait"), found[2], theory.mean_wait_s, 0.15);
    }
}

#[test]
fn erlang_a_without_hurry_is_erlang_c() {
    let line = ROWS[0].line;
    let patient = ErlangA {
        line,
        patience_s: 1e9,
    };
    let solved = patient.solve();
    assert!((solved.waits - line.waits()).abs() < 1e-6, "{solved:?}");
    assert!(
        (solved.mean_wait_s - line.asa_s()).abs() < 1e-3,
        "{solved:?}"
    );
    assert!(solved.abandons < 1e-6, "{solved:?}");
}
