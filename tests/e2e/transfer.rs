//! A customer passed on, and a colleague asked: three people with real sound, and who hears whom at each step.

use super::case;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::time::Duration;
use system_tests::agent::{SilentAgent, SilentCustomer};
use system_tests::likeness::{demand_absent, demand_same};
use system_tests::recording::Recording;
use system_tests::run::Run;
use system_tests::server::Server;
use system_tests::sound::Sound;
use system_tests::speech::Speech;

const SOON: Duration = Duration::from_secs(10);
const QUIET: Duration = Duration::from_secs(5);
const WORDS: Duration = Duration::from_millis(2_600);
const NAME: &str = "Chen Yulan";

/// Somebody's microphone and what their speaker plays.
struct Voice {
    sound: Sound,
    ear: Recording,
    /// What they say.
    says: Speech,
    /// What somebody else says.
    other: Speech,
}

impl Voice {
    fn new(run: &Run, who: &str, says: &Speech, other: &Speech) -> Result<Self> {
        let sound = Sound::start(run, who)?;
        let ear = sound.listen(run)?;
        let (says, other) = (says.clone(), other.clone());
        Ok(Self {
            sound,
            ear,
            says,
            other,
        })
    }

    /// Says it; those in `hearing` must hear it, those in `deaf` must not. Said again on a busy machine.
    fn is_heard(&self, run: &Run, hearing: &[&Voice], deaf: &[&Voice]) -> Result<()> {
        let once = || -> Result<()> {
            let since = |voice: &Voice| voice.ear.quiet(QUIET);
            let hears: Vec<_> = hearing.iter().map(|v| since(v)).collect::<Result<_>>()?;
            let misses: Vec<_> = deaf
                .iter()
                .map(|v| Ok(v.ear.now()))
                .collect::<Result<_>>()?;
            self.sound.say(run, &self.says)?;
            for (voice, since) in hearing.iter().zip(hears) {
                let heard = voice.ear.since_with_tail(since)?;
                demand_same(&heard, &self.says, &self.other, "a listener")?;
            }
            for (voice, since) in deaf.iter().zip(misses) {
                let heard = voice.ear.since_with_tail(since)?;
                demand_absent(&heard, &self.says, "somebody who is kept out")?;
            }
            Ok(())
        };
        once().or_else(|_| once()).or_else(|_| once())
    }
}

/// Anna talks with Chen; Noor is signed in and not ready.
struct Trio {
    _server: Server,
    anna: SilentAgent,
    noor: SilentAgent,
    chen: SilentCustomer,
    anna_voice: Voice,
    noor_voice: Voice,
    chen_voice: Voice,
}

impl Trio {
    fn in_a_call(run: &Run) -> Result<Self> {
        let customer = Speech::of_customer(run)?.beginning(run, WORDS)?;
        let agent = Speech::of_agent(run)?.beginning(run, WORDS)?;
        let server = Server::start(run)?;
        let anna_voice = Voice::new(run, "anna", &agent, &customer)?;
        let noor_voice = Voice::new(run, "noor", &agent, &customer)?;
        let chen_voice = Voice::new(run, "chen", &customer, &agent)?;
        let mut anna = SilentAgent::start_with_sound(run, &server, "anna", &anna_voice.sound)?;
        let noor = SilentAgent::start_with_sound(run, &server, "noor", &noor_voice.sound)?;
        anna.order("ready")?;
        let who = (NAME, "+86 138 0013 8000");
        let mut chen = SilentCustomer::call_with_sound(run, &server, who, &chen_voice.sound)?;
        anna.wait_for_ring(SOON)?;
        anna.order("answer")?;
        chen.wait_for(SOON, "the conversation with Anna", |e| {
            talks_with(e, "Anna Marsh")
        })?;
        connected(&mut chen)?;
        Ok(Self {
            _server: server,
            anna,
            noor,
            chen,
            anna_voice,
            noor_voice,
            chen_voice,
        })
    }
}

fn talks_with(event: &Value, name: &str) -> bool {
    event["stage"]["type"] == "talking" && event["stage"]["agent_name"] == name
}

fn connected(chen: &mut SilentCustomer) -> Result<()> {
    chen.wait_for(SOON, "a sound path", |event| {
        event["type"] == "media" && event["state"] == "connected"
    })
    .map(drop)
}

/// The work item for which it rings.
fn ringing_item(noor: &mut SilentAgent) -> Result<Value> {
    let event = noor.wait_for(SOON, "a ring", |event| {
        event["agent"]["work"][0]["stage"]["type"] == "ringing"
    })?;
    Ok(event["agent"]["work"][0].clone())
}

/// The consult has come so far, as Anna's desktop shows it.
fn consult_leg(anna: &mut SilentAgent, leg: &str) -> Result<()> {
    anna.wait_for(SOON, leg, |event| {
        event["agent"]["work"][0]["consult"]["leg"]["type"] == leg
    })
    .map(drop)
}

#[test]
fn a_customer_passed_on_is_known_to_the_next_agent_and_heard_by_nobody_else() -> Result<()> {
    case("transfer", |run| {
        let mut trio = Trio::in_a_call(run)?;
        trio.chen_voice.is_heard(run, &[&trio.anna_voice], &[])?;
        trio.anna
            .order("transfer noor She wants the router for free.")?;

        let item = ringing_item(&mut trio.noor)?;
        let handover = &item["handover"];
        ensure!(
            handover["by_name"] == "Anna Marsh",
            "passed on by {handover}"
        );
        ensure!(
            handover["note"] == "She wants the router for free.",
            "{handover}"
        );
        let waiting = trio.chen.wait_for(SOON, "being passed on", |event| {
            event["stage"]["passed_on"].is_object()
        })?;
        let to = &waiting["stage"]["passed_on"]["to_name"];
        ensure!(to == "Noor Rao", "passed on to {to}");

        trio.noor.order("answer")?;
        trio.chen
            .wait_for(SOON, "the conversation with Noor", |e| {
                talks_with(e, "Noor Rao")
            })?;
        connected(&mut trio.chen)?;
        let (anna, noor, chen) = (&trio.anna_voice, &trio.noor_voice, &trio.chen_voice);
        chen.is_heard(run, &[noor], &[anna])?;
        noor.is_heard(run, &[chen], &[anna])?;
        anna.is_heard(run, &[], &[chen, noor])
    })
}

#[test]
fn a_colleague_is_asked_in_private_joins_and_keeps_the_customer() -> Result<()> {
    case("consult", |run| {
        let mut trio = Trio::in_a_call(run)?;
        trio.anna.order("consult noor May I waive the fee?")?;
        let item = ringing_item(&mut trio.noor)?;
        let question = item["consult"]["question"]
            .as_str()
            .context("no question")?;
        ensure!(
            question == "May I waive the fee?",
            "the question is {question}"
        );
        trio.noor.order("answer")?;
        consult_leg(&mut trio.anna, "private")?;
        {
            let (anna, noor, chen) = (&trio.anna_voice, &trio.noor_voice, &trio.chen_voice);
            noor.is_heard(run, &[anna], &[chen])?;
            anna.is_heard(run, &[noor], &[chen])?;
            chen.is_heard(run, &[], &[anna, noor])?;
        }

        trio.anna.order("join")?;
        consult_leg(&mut trio.anna, "together")?;
        {
            let (anna, noor, chen) = (&trio.anna_voice, &trio.noor_voice, &trio.chen_voice);
            noor.is_heard(run, &[anna, chen], &[])?;
            chen.is_heard(run, &[anna, noor], &[])?;
            anna.is_heard(run, &[noor, chen], &[])?;
        }

        trio.anna.order("hand-over")?;
        trio.chen
            .wait_for(SOON, "the conversation with Noor", |e| {
                talks_with(e, "Noor Rao")
            })?;
        connected(&mut trio.chen)?;
        let (anna, noor, chen) = (&trio.anna_voice, &trio.noor_voice, &trio.chen_voice);
        chen.is_heard(run, &[noor], &[anna])?;
        noor.is_heard(run, &[chen], &[anna])
    })
}
