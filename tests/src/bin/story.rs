//! `story [--customer-says A.wav] [--agent-says B.wav] [--out DIR]`: plays one whole call with the
//! real programs on virtual screens and sound, and leaves recordings, pictures and figures in DIR.

use anyhow::{Context, Result, bail};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use system_tests::likeness::{MARGIN, SAME};
use system_tests::run::Run;
use system_tests::story::{self, Options, Teller};

const HELP: &str = "\
Plays one whole call with the real programs, on virtual screens and sound.

usage: story [--customer-says A.wav] [--agent-says B.wav] [--out DIR]

DIR (target/story unless given) gets heard-by-agent.wav, heard-by-customer.wav, pictures of both
screens at each step, and timeline.json. It fails with the name of the step that failed.

How speech is judged: the loudness of twelve bands of pitch every 10 ms is correlated with that of
what was said, wherever in it that fits best. 1 is the same; at least 0.65 is demanded, and 0.2 more
than for what the listener said; other speech stays below 0.5.
";

fn main() -> ExitCode {
    let told = options().and_then(|options| options.map_or(Ok(()), |options| tell(&options)));
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _written = writeln!(std::io::stderr(), "\nstory: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn say(line: &str) {
    // Nobody reading is no reason to stop.
    let _written = writeln!(std::io::stdout(), "{line}");
}

fn options() -> Result<Option<Options>> {
    let out = PathBuf::from("target/story");
    let mut options = Options {
        customer_says: None,
        agent_says: None,
        out,
    };
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let name = argument.to_string_lossy().into_owned();
        if name == "--help" || name == "-h" {
            say(HELP);
            return Ok(None);
        }
        let mut path = || {
            let value = arguments
                .next()
                .with_context(|| format!("{name} needs a path"))?;
            Ok::<_, anyhow::Error>(PathBuf::from(value))
        };
        match name.as_str() {
            "--customer-says" => options.customer_says = Some(path()?),
            "--agent-says" => options.agent_says = Some(path()?),
            "--out" => options.out = path()?,
            _ => bail!("{name} is not known\n\n{HELP}"),
        }
    }
    Ok(Some(options))
}

fn tell(options: &Options) -> Result<()> {
    let run = Run::start("story")?;
    let mut write = say;
    let mut teller = Teller::new(&mut write);
    let timeline = match story::play(&run, options, &mut teller) {
        Ok(timeline) => timeline,
        Err(error) => bail!("{error:#}\n\n{}", run.log_tails(12)),
    };
    say(&format!(
        "\nThe story went well. Click to ring painted {} ms; answer to speech heard: by the agent \
         {} ms, by the customer {} ms.",
        timeline.ringing_painted,
        timeline.first_speech_to_agent - timeline.accept_clicked,
        timeline.first_speech_to_customer - timeline.accept_clicked,
    ));
    say(&format!(
        "Speech heard is like speech said by {:.2} and {:.2} of 1 (at least {SAME:.2} is demanded, and \
         {MARGIN:.2} more than the other's speech).",
        timeline.likeness_to_agent, timeline.likeness_to_customer
    ));
    say(&format!(
        "Recordings, pictures and timeline.json are in {}",
        options.out.display()
    ));
    run.passed();
    Ok(())
}
