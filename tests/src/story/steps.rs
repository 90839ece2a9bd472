//! The steps of the story, in order.

use super::timeline::happened;
use super::{Options, Teller, Timeline, Voices};
use crate::ears::Ears;
use crate::likeness::demand_absent;
use crate::run::Run;
use crate::scene::{AGENT, FIRST_SPEECH, NAME, PHONE, RING, Scene};
use crate::speech::Speech;
use crate::wait;
use crate::webdriver::Page;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// A change that a click causes on the same or the other screen.
const SOON: Duration = Duration::from_secs(5);
/// The steps that only need some words use this much of the speech.
const SOME_WORDS: Duration = Duration::from_millis(2_600);
/// What the agent writes.
pub const NOTE: &str =
    "Line tested, fault in the street cabinet. Engineer on Friday at noon. 已告知客户。";

struct Told<'a, 't> {
    run: &'a Run,
    scene: Scene,
    out: &'a Path,
    teller: &'a mut Teller<'t>,
    voices: Voices,
    timeline: Timeline,
}

pub(super) fn tell(run: &Run, options: &Options, teller: &mut Teller<'_>) -> Result<Timeline> {
    std::fs::create_dir_all(&options.out)
        .with_context(|| format!("cannot make {}", options.out.display()))?;
    teller.step("server, desktop and browser start");
    let voices = Voices::of(run, options)?;
    let scene = Scene::start(run)?;
    let timeline = Timeline::default();
    let mut told = Told {
        run,
        scene,
        out: &options.out,
        teller,
        voices,
        timeline,
    };
    told.agent_gets_ready()?;
    told.customer_waits()?;
    told.customer_calls()?;
    told.desktop_rings()?;
    let ears = told.agent_answers()?;
    let heard = told.conversation(&ears);
    // Also of a step that failed: what was heard tells why.
    ears.save(&options.out)?;
    heard?;
    told.note_and_disposition()?;
    told.timeline_shows_it()?;
    told.history_is_whole()?;
    told.timeline.save(&options.out.join("timeline.json"))?;
    Ok(told.timeline)
}

impl Told<'_, '_> {
    fn desktop(&self) -> &Page {
        self.scene.desktop.page()
    }

    fn customer(&self) -> &Page {
        self.scene.customer.page()
    }

    /// Both screens as they are now.
    fn pictures(&self, name: &str) -> Result<()> {
        let number = self.teller.step;
        self.desktop().settle()?;
        self.customer().settle()?;
        let of_desktop = self.out.join(format!("{number:02}-{name}-desktop.png"));
        self.scene.desktop.picture(self.run, &of_desktop)?;
        self.customer()
            .picture(&self.out.join(format!("{number:02}-{name}-customer.png")))
    }

    fn agent_gets_ready(&mut self) -> Result<()> {
        self.teller
            .step("the agent signs in and the readiness check passes");
        self.scene.customer.visit(&self.scene.server)?;
        self.pictures("sign-in")?;
        self.scene.desktop.sign_in(&self.scene.server, AGENT)?;
        self.scene.desktop.wait_readiness()?;
        self.pictures("signed-in")
    }

    /// While nobody is ready the customer has time to look at the place in the queue.
    fn customer_waits(&mut self) -> Result<()> {
        self.teller
            .step("the customer gives name and phone, calls, sees place and expected wait");
        self.scene.customer.call(NAME, PHONE)?;
        self.scene.customer.wait_stage(&["waiting"], RING)?;
        let position = self.scene.customer.position()?;
        ensure!(
            position == 1,
            "the customer is told position {position}, not 1"
        );
        self.customer()
            .wait_text("expected-wait", SOON, |text| !text.trim().is_empty())?;
        self.pictures("waiting")?;
        self.teller.step("the customer leaves the queue");
        self.scene.customer.cancel()
    }

    fn customer_calls(&mut self) -> Result<()> {
        self.teller
            .step("the agent becomes ready; the customer calls again");
        self.scene.desktop.become_ready()?;
        self.pictures("ready")?;
        watch_for_ring(self.desktop())?;
        watch_for_click(self.customer(), "call")?;
        self.customer().click("call")?;
        self.scene.customer.wait_stage(&["waiting"], RING)?;
        let clicked = watched(self.customer(), "__clicked")?;
        self.timeline.clicked_at = clicked.context("the click on call was not seen")?;
        Ok(())
    }

    fn desktop_rings(&mut self) -> Result<()> {
        self.teller
            .step("the desktop rings, with the customer's history on it");
        self.desktop().wait_for("ring-card")?;
        let painted = wait::until(SOON, "the painted ring", || {
            watched(self.desktop(), "__painted")
        })?;
        self.timeline.ringing_painted = self.timeline.since_click(painted);
        self.desktop()
            .wait_text("ring-customer-name", SOON, |text| text.contains(NAME))?;
        self.desktop()
            .wait_text("ring-history", SOON, |text| text.lines().count() > 3)?;
        // The side follows the ring; a picture is of both.
        self.desktop().wait_for("timeline-row")?;
        self.pictures("ringing")
    }

    /// Both are speaking already when the agent answers, so that the first speech each way is the
    /// product's delay and not a person's.
    fn agent_answers(&mut self) -> Result<Ears> {
        self.teller
            .step("the agent answers; the first speech arrives each way");
        let ears = Ears::open(self.run, &self.scene)?;
        ears.agent
            .wait_for_speech(ears.agent.now(), RING, "the sound of the ring")?;
        self.scene.desktop.sound().move_elsewhere(self.run, SOON)?;
        ears.agent.quiet(SOON)?;
        let (customer, agent) = (self.scene.customer.sound(), self.scene.desktop.sound());
        let mut customer_says = customer.begin_to_say(self.run, &self.voices.customer)?;
        let mut agent_says = agent.begin_to_say(self.run, &self.voices.agent)?;
        for sound in [customer, agent] {
            let mouth = sound.listen_at(self.run, "mouth")?;
            mouth.wait_for_speech(mouth.now(), SOON, "speech at the microphone")?;
        }
        watch_for_click(self.desktop(), "ring-accept")?;
        self.desktop().click("ring-accept")?;
        let accepted = wait::until(SOON, "the click on answer", || {
            watched(self.desktop(), "__clicked")
        })?;
        self.timeline.accept_clicked = self.timeline.since_click(accepted);
        let (to_agent, to_customer) = wait::until(FIRST_SPEECH, "first speech both ways", || {
            if !customer_says.is_going_on() {
                customer_says = customer.begin_to_say(self.run, &self.voices.customer)?;
            }
            if !agent_says.is_going_on() {
                agent_says = agent.begin_to_say(self.run, &self.voices.agent)?;
            }
            let to_agent = ears.agent.speech_after(ears.agent.at(accepted));
            let to_customer = ears.customer.speech_after(ears.customer.at(accepted));
            Ok(to_agent.zip(to_customer))
        })?;
        let to_agent = ears.agent.time_of(to_agent);
        let to_customer = ears.customer.time_of(to_customer);
        self.timeline.first_speech_to_agent = self.timeline.since_click(to_agent);
        self.timeline.first_speech_to_customer = self.timeline.since_click(to_customer);
        drop((customer_says, agent_says));
        self.scene.desktop.wait_state(&["talking"])?;
        self.scene.customer.wait_stage(&["talking"], SOON)?;
        self.desktop()
            .wait_text("call-customer-name", SOON, |text| text.contains(NAME))?;
        self.pictures("talking")?;
        Ok(ears)
    }

    fn conversation(&mut self, ears: &Ears) -> Result<()> {
        self.both_speak(ears)?;
        self.mute_and_unmute(ears)?;
        self.hold_and_resume(ears)?;
        self.hang_up()
    }

    fn both_speak(&mut self, ears: &Ears) -> Result<()> {
        self.teller
            .step("the customer speaks, the agent hears it; the agent speaks, and so back");
        let (customer, agent) = (self.voices.customer.clone(), self.voices.agent.clone());
        self.timeline.likeness_to_agent = self.agent_hears(ears, &customer, &agent)?;
        self.timeline.likeness_to_customer = self.customer_hears(ears, &agent, &customer)?;
        let (to_agent, to_customer) = (
            self.timeline.likeness_to_agent,
            self.timeline.likeness_to_customer,
        );
        self.teller.detail(&format!(
            "likeness of heard to said: to the agent {to_agent:.2}, to the customer {to_customer:.2}"
        ));
        Ok(())
    }

    fn agent_hears(&self, ears: &Ears, said: &Speech, other: &Speech) -> Result<f64> {
        ears.agent_hears(self.run, &self.scene, said, other)
    }

    fn customer_hears(&self, ears: &Ears, said: &Speech, other: &Speech) -> Result<f64> {
        ears.customer_hears(self.run, &self.scene, said, other)
    }

    fn short(&self) -> Result<(Speech, Speech)> {
        Ok((
            self.voices.customer.beginning(self.run, SOME_WORDS)?,
            self.voices.agent.beginning(self.run, SOME_WORDS)?,
        ))
    }

    fn mute_and_unmute(&mut self, ears: &Ears) -> Result<()> {
        self.teller
            .step("the agent mutes: the customer hears nothing, the agent still hears");
        let (customer_words, agent_words) = self.short()?;
        self.toggle("call-mute", true)?;
        let since = ears.customer.quiet(SOON)?;
        let agent_says = self
            .scene
            .desktop
            .sound()
            .begin_to_say(self.run, &agent_words)?;
        self.agent_hears(ears, &customer_words, &agent_words)?;
        agent_says.finish()?;
        demand_absent(
            &ears.customer.since_with_tail(since)?,
            &agent_words,
            "the customer",
        )?;
        self.pictures("muted")?;
        self.teller
            .step("the agent unmutes: the customer hears again");
        self.toggle("call-mute", false)?;
        self.customer_hears(ears, &agent_words, &customer_words)
            .map(drop)
    }

    fn hold_and_resume(&mut self, ears: &Ears) -> Result<()> {
        self.teller
            .step("the agent holds: neither hears the other, and the customer is told");
        let (customer_words, agent_words) = self.short()?;
        self.toggle("call-hold", true)?;
        self.scene.desktop.wait_state(&["held"])?;
        self.customer().wait_for("held-banner")?;
        let since = (ears.agent.now(), ears.customer.now());
        let agent_says = self
            .scene
            .desktop
            .sound()
            .begin_to_say(self.run, &agent_words)?;
        self.scene.customer.sound().say(self.run, &customer_words)?;
        agent_says.finish()?;
        demand_absent(
            &ears.agent.since_with_tail(since.0)?,
            &customer_words,
            "the agent",
        )?;
        demand_absent(
            &ears.customer.since_with_tail(since.1)?,
            &agent_words,
            "the customer",
        )?;
        self.pictures("held")?;
        self.teller.step("the agent resumes: both hear again");
        self.toggle("call-hold", false)?;
        self.scene.desktop.wait_state(&["talking"])?;
        self.customer().wait_gone("held-banner", SOON)?;
        self.agent_hears(ears, &customer_words, &agent_words)?;
        self.customer_hears(ears, &agent_words, &customer_words)
            .map(drop)
    }

    /// Clicks on a button that stays pressed and waits until it is as wanted.
    fn toggle(&self, testid: &str, is_pressed: bool) -> Result<()> {
        self.desktop().click(testid)?;
        let css = format!("[data-testid='{testid}']");
        let wanted = if is_pressed { "true" } else { "false" };
        self.desktop()
            .wait_attribute(&css, "aria-pressed", &[wanted], SOON)
    }

    fn hang_up(&mut self) -> Result<()> {
        self.teller
            .step("the agent hangs up; the customer sees the end and rates the call");
        self.desktop().click("call-hang-up")?;
        let detail = self.scene.history_with("ended", SOON)?;
        self.timeline.history_written = self.timeline.since_click(wait::now_ms());
        self.timeline.take_history(&detail)?;
        self.scene.desktop.wait_state(&["wrap_up"])?;
        self.scene.customer.wait_stage(&["ended"], SOON)?;
        self.customer().click("rate-5")?;
        self.customer().wait_for("rated")?;
        self.pictures("ended")
    }

    fn note_and_disposition(&mut self) -> Result<()> {
        self.teller
            .step("the agent writes a note and chooses a disposition");
        self.desktop().wait_for("wrap-up-bar")?;
        self.desktop().fill("note", NOTE)?;
        let first = self
            .desktop()
            .attribute("[data-testid^='disposition-']", "data-testid")?;
        let first = first.context("no disposition is offered")?;
        self.desktop().click(&first)?;
        self.pictures("wrap-up")?;
        self.desktop().click("wrap-up-finish")?;
        self.scene.desktop.wait_state(&["ready"])
    }

    fn timeline_shows_it(&mut self) -> Result<()> {
        self.teller
            .step("the customer's timeline shows the call with its note");
        self.desktop().click("rail-customers")?;
        self.desktop().fill("customer-search", NAME)?;
        self.desktop()
            .wait_text("customer-row", SOON, |text| text.contains(NAME))?;
        self.desktop().click("customer-row")?;
        self.desktop()
            .wait_text("timeline", SOON, |text| text.contains("Line tested"))?;
        self.pictures("timeline")
    }

    fn history_is_whole(&mut self) -> Result<()> {
        self.teller
            .step("the server's history holds every step of it");
        let detail = self.scene.history_with("wrap_up_finished", SOON)?;
        for what in [
            "entered",
            "offered",
            "answered",
            "held",
            "resumed",
            "ended",
            "note_saved",
        ] {
            ensure!(
                happened(&detail, what).is_some(),
                "no '{what}' in the history: {detail}"
            );
        }
        let summary = &detail["summary"];
        ensure!(
            summary["notes"][0]["text"] == NOTE,
            "the notes in the history are {}",
            summary["notes"]
        );
        ensure!(
            summary["stars"] == 5,
            "the rating in the history is {}",
            summary["stars"]
        );
        ensure!(
            summary["disposition"].is_string(),
            "no disposition in the history: {summary}"
        );
        ensure!(
            summary["outcome"]["ended_by"] == "agent",
            "the outcome in the history is {}",
            summary["outcome"]
        );
        Ok(())
    }
}

/// Notes in the page when the ring is on the screen: after the frame that painted it.
fn watch_for_ring(page: &Page) -> Result<()> {
    let body = "
        window.__painted = null;
        const seen = () => document.querySelector(\"[data-testid='ring-card']\");
        const observer = new MutationObserver(() => {
            if (!seen()) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => { window.__painted = Date.now(); }, 0));
        });
        observer.observe(document, { childList: true, subtree: true, attributes: true });";
    page.script(body, &[]).map(drop)
}

/// Notes in the page when `testid` is clicked.
fn watch_for_click(page: &Page, testid: &str) -> Result<()> {
    let body = "
        window.__clicked = null;
        const wanted = `[data-testid='${arguments[0]}']`;
        document.addEventListener('click', (event) => {
            if (event.target.closest(wanted)) window.__clicked ??= Date.now();
        }, true);";
    page.script(body, &[Value::from(testid)]).map(drop)
}

fn watched(page: &Page, name: &str) -> Result<Option<u64>> {
    Ok(page
        .script("return window[arguments[0]]", &[Value::from(name)])?
        .as_u64())
}
