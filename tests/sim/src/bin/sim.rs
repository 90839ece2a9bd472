//! `cargo xtask sim`: plays random organisations against the rules, for as long as one likes.

use sim::{Care, Failure, Played, Seen, in_words, play};
use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

const HELP: &str = "\
cargo xtask sim [--seed N | --seeds A..B] [--events M]

Plays random organisations from seeds: A to B, the last one left out; 1..101 unless said otherwise. Each plays M events
(2,000), then the faults stop and everything must drain. Every rule is looked at after every command. Beyond 50,000
events a seed goes on with organisations of the seeds after it, and the rules are looked at after each 61st command.
";

/// So long is one organisation's life: long enough for everything to happen, short enough to be shrunk.
const MOST_EVENTS: u64 = 50_000;

struct Asked {
    from: u64,
    to: u64,
    events: u64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(asked) = asked(&args) else {
        return said(HELP, ExitCode::FAILURE);
    };
    match played(&asked) {
        Ok(report) => said(&report, ExitCode::SUCCESS),
        Err(failure) => said(&told(*failure), ExitCode::FAILURE),
    }
}

fn said(text: &str, code: ExitCode) -> ExitCode {
    // Whoever closed the pipe does not want to know.
    let _ = writeln!(std::io::stdout(), "{text}");
    code
}

fn asked(args: &[String]) -> Option<Asked> {
    let mut asked = Asked {
        from: 1,
        to: 101,
        events: 2_000,
    };
    for pair in args.chunks(2) {
        let [option, value] = pair else {
            return None;
        };
        match option.as_str() {
            "--seed" => {
                asked.from = value.parse().ok()?;
                asked.to = asked.from.checked_add(1)?;
            }
            "--seeds" => {
                let (from, to) = value.split_once("..")?;
                (asked.from, asked.to) = (from.parse().ok()?, to.parse().ok()?);
            }
            "--events" => asked.events = value.replace('_', "").parse().ok()?,
            _ => return None,
        }
    }
    Some(asked)
}

fn played(asked: &Asked) -> Result<String, Box<Failure>> {
    let floors = asked.events.div_ceil(MOST_EVENTS).max(1);
    let care = if floors > 1 {
        Care::SAMPLED
    } else {
        Care::FULL
    };
    let began = Instant::now();
    let (mut seen, mut commands, mut events, mut left) = (Seen::default(), 0, 0, 0);
    for seed in asked.from..asked.to {
        for floor in 0..floors {
            let played = one(seed.wrapping_add(floor), asked.events / floors, care)?;
            seen.add(&played.seen);
            commands += played.commands;
            events += played.events;
            left += played.left.len();
        }
    }
    let took = began.elapsed().as_secs_f64();
    let counts: Vec<String> = seen
        .counts()
        .map(|(kind, count)| format!("  {count:>9}  {kind}"))
        .collect();
    let per_second = events as f64 / took;
    Ok(format!(
        "{}\n{commands} commands, {events} events in {took:.1} s: {per_second:.0} events/s; every rule held\n\
         {left} interactions were left that nobody could ever have\nnever happened: {:?}",
        counts.join("\n"),
        seen.missing(),
    ))
}

/// A failure that was seen late is looked for again with every rule after every command.
fn one(seed: u64, events: u64, care: Care) -> Result<Played, Box<Failure>> {
    match play(seed, events, care, None) {
        Err(late) => match play(seed, events, Care::FULL, None) {
            Err(early) => Err(early),
            Ok(_) => Err(late),
        },
        played => played,
    }
}

fn told(failure: Failure) -> String {
    let script = failure.shrunk(None);
    let then = if failure.in_drain {
        "\nthen the faults stop"
    } else {
        ""
    };
    format!(
        "{failure}\nshrunk from {} to {} commands:\n{}{then}",
        failure.script.len(),
        script.len(),
        in_words(&script)
    )
}
