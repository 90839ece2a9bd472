//! What the actor does when the machine's clock was set: everything under way moves along, and the day is read anew.

use super::actor::Actor;
use super::inbox::Input;
use super::live::Live;
use crate::clock::{Clock, Look};
use acd::{Center, Command, Event};
use std::sync::Arc;
use store::{OrganisationStore, Recovered, Stamp, StoreError};
use timekeeping::Resumed;
use vocab::Millis;

/// Events that are kept while the day is read, which takes about a second; with more, the figures stay as they are.
const EVENTS_KEPT: usize = 100_000;

/// The day by the new clock is being read up to this entry; what came after it waits to be added.
#[derive(Debug)]
pub(crate) struct Rereading {
    seq: u64,
    since: Vec<Event>,
}

/// By the clock as the journal has it: a step that it does not have yet is the first thing that happens afterwards.
pub(crate) fn journals_now(look: Look, center: &Center) -> Millis {
    let pending_ms = look.stepped_ms.saturating_sub(center.stepped_ms());
    look.now.shifted(pending_ms.saturating_neg())
}

/// The day by a clock that was set, up to an entry.
#[derive(Debug)]
pub struct DayRead {
    seq: u64,
    live: Result<Live, StoreError>,
}

/// Where time goes on: what has passed since the journal's newest entry, and by how much the clock was set beside that.
pub(crate) fn resumed(
    store: &dyn OrganisationStore,
    recovered: &Recovered,
) -> store::Result<Clock> {
    let mut accounts = store.accounts()?;
    let (belief, boot) = (crate::clock::belief(), crate::clock::boot());
    let center = &recovered.center;
    let stepped_ms = center.stepped_ms();
    if center.newest() == Millis::default() {
        return Ok(Clock::begin(belief, stepped_ms));
    }
    let kept = accounts.clock()?.kept;
    let newest = center.newest().shifted(stepped_ms.saturating_neg());
    let resumed = Resumed::new(kept.as_ref(), newest, stepped_ms, (belief.now(), &boot));
    let by_ms = resumed.step_by_ms;
    if by_ms != 0 {
        tracing::warn!(
            by_s = by_ms / 1_000,
            passed_s = resumed.passed_ms / 1_000,
            is_exact = resumed.is_exact,
            "the machine's clock does not go on where the journal ends: it is taken to have been set; see \
             `warmline-server clock`"
        );
    }
    if kept.is_none() && by_ms < 0 {
        // An older program wrote the journal, by a clock that was ahead and without a word about it. Nobody can tell
        // from when on: what it has is taken to be as old as it says.
        let (at, by) = (belief.now(), "server");
        accounts.confirm_clock(Stamp { at, by }, Some(recovered.last_seq + 1))?;
    }
    Ok(Clock::begin(belief, stepped_ms.saturating_add(by_ms)))
}

impl Actor {
    /// Looks at the clock. When it was set, that is the first thing that happens at the new time.
    pub(crate) fn follow_clock(&mut self) {
        let look = self.clock.look();
        (self.now, self.steady) = (look.now, look.steady());
        let by_ms = look.stepped_ms.saturating_sub(self.center.stepped_ms());
        if by_ms == 0 || !self.trouble.is_none() {
            return;
        }
        self.records.step(by_ms);
        // It is never refused.
        let _ = self.run(Command::ClockStepped { by_ms });
    }

    /// The last entry is a step: when it is on the disk, the day by the new clock is read beside the engine.
    pub(crate) fn rereads_figures(&mut self) {
        self.batch.release.step = Some(self.seq);
        self.rereading = Some(Rereading {
            seq: self.seq,
            since: Vec::new(),
        });
    }

    pub(crate) fn keep_for_rereading(&mut self, event: &Event) {
        if let Some(rereading) = &mut self.rereading {
            rereading.since.push(event.clone());
            if rereading.since.len() > EVENTS_KEPT {
                self.rereading = None;
            }
        }
    }

    pub(crate) fn read_day(&self, seq: u64) {
        let (readers, inbox) = (self.readers.clone(), self.inbox.clone());
        let (directory, now) = (Arc::clone(&self.directory), self.now);
        // It ends by itself, after one answer.
        let _reading = telemetry::spawn("the day by a clock that was set", async move {
            let live = readers
                .past(move |past| Live::read(past, &directory, (now, seq)))
                .await;
            let read = Box::new(DayRead { seq, live });
            // An actor that has stopped needs no figures.
            let _ = inbox.send(Input::FiguresRead(read)).await;
        });
    }

    pub(crate) fn figures_read(&mut self, read: DayRead) {
        let is_awaited = |rereading: &mut Rereading| rereading.seq == read.seq;
        let Some(rereading) = self.rereading.take_if(is_awaited) else {
            return;
        };
        match read.live {
            Ok(live) => {
                self.live = live;
                for event in &rereading.since {
                    self.live.apply(event);
                }
                self.live.turn(self.now);
            }
            Err(err) => tracing::warn!(
                %err,
                "the day by the new clock cannot be read; the figures go on with what they have"
            ),
        }
    }
}
