//! An agent's working day: ready, answers, talks, wraps up, and is ready again.

use crate::generator::Shared;
use crate::script::{AWAY, Left, Script};
use crate::witness::{Deed, Sighted};
use crate::{Chance, Seat};
use agent::link::{Link, LinkEvent, LinkOptions};
use protocol::desktop::LinkState;
use protocol::link::{ClientFrame, Delta, HelloAs, View};
use protocol::work::{AgentCommand, AgentDelta, Presence, WorkItem, WorkStage};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use vocab::{AgentState, ChosenState, CommandId, InteractionId, Millis, Sensitive};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    Ringing(InteractionId),
    Talking(InteractionId),
    WrapUp(InteractionId),
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Ready,
    Accept(InteractionId),
    Decline(InteractionId),
    HangUp(InteractionId),
    Finish(InteractionId),
    Drop,
}

struct Pending {
    id: CommandId,
    deed: Deed,
    command: AgentCommand,
    sent: Instant,
}

/// The moment in which the agent became free, and whether work was seen to wait for them.
struct Freed {
    at: Instant,
    fits: bool,
}

pub(crate) struct Agent {
    shared: Arc<Shared>,
    seat: Seat,
    number: u64,
    chance: Chance,
    phase: Phase,
    next: Option<(Instant, Next)>,
    pending: Vec<Pending>,
    freed: Option<Freed>,
    /// Of the present link.
    welcomed_at: Option<Millis>,
    started: Instant,
    is_new: bool,
    is_idle: bool,
}

impl Script for Agent {
    fn options(&mut self) -> LinkOptions {
        self.started = Instant::now();
        LinkOptions {
            server: self.shared.server(self.number),
            client: "load".to_owned(),
            who: HelloAs::Agent {
                token: self.seat.token.clone(),
            },
        }
    }

    fn due(&self) -> Option<Instant> {
        self.next.map(|(at, _)| at)
    }

    fn away(&mut self) -> Duration {
        self.chance.between(AWAY)
    }

    fn does(&mut self, link: &Link) -> Option<Left> {
        let (at, next) = self.next.take()?;
        let late = at.elapsed();
        self.shared.witness.seen().lateness.deeds.add(late);
        match next {
            Next::Ready => {
                self.is_free_now();
                let state = ChosenState::Ready;
                self.send(link, Deed::Ready, AgentCommand::ChooseState { state });
            }
            Next::Accept(interaction) => {
                let command = AgentCommand::AcceptOffer { interaction };
                self.send(link, Deed::Accepted(interaction), command);
            }
            Next::Decline(interaction) => {
                let command = AgentCommand::DeclineOffer { interaction };
                self.send(link, Deed::Declined(interaction), command);
            }
            Next::HangUp(interaction) => {
                let command = AgentCommand::HangUp { interaction };
                self.send(link, Deed::HungUp(interaction), command);
            }
            Next::Finish(interaction) => self.finish(link, interaction),
            Next::Drop => return Some(Left::ForAMoment),
        }
        None
    }

    fn hears(&mut self, link: &Link, event: LinkEvent) -> Option<Left> {
        match event {
            LinkEvent::Welcome { now, view, .. } => self.welcome(link, now, *view),
            LinkEvent::Delta(delta) => {
                if let Delta::Agent { delta } = *delta {
                    self.delta(delta);
                }
            }
            LinkEvent::Ack(id) => self.settle(id, true),
            LinkEvent::Refused { id, code, .. } => {
                self.shared.witness.refused(id, code);
                if let Some(id) = id {
                    self.settle(id, false);
                }
            }
            LinkEvent::State(LinkState::Waiting { .. }) => {
                let failed = &self.shared.witness.failed_connects;
                failed.fetch_add(1, Ordering::Relaxed);
                self.unlinked();
            }
            LinkEvent::Closed { code, .. } => {
                self.shared.witness.closed(code);
                return Some(Left::ForGood);
            }
            LinkEvent::State(_)
            | LinkEvent::NoWay(_)
            | LinkEvent::Clock(_)
            | LinkEvent::Ice(_)
            | LinkEvent::Signal { .. } => {}
        }
        None
    }

    fn unlinked(&mut self) {
        if self.welcomed_at.take().is_some() {
            let linked = &self.shared.witness.agents_linked;
            linked.fetch_sub(1, Ordering::Relaxed);
        }
        self.idle(false);
        // What the next welcome shows is begun anew.
        (self.phase, self.next, self.freed) = (Phase::Idle, None, None);
    }
}

impl Agent {
    pub(crate) fn new(shared: Arc<Shared>, seat: Seat, number: u64) -> Self {
        let chance = Chance::of(shared.plan.seed, number);
        Self {
            shared,
            seat,
            number,
            chance,
            phase: Phase::Idle,
            next: None,
            pending: Vec::new(),
            freed: None,
            welcomed_at: None,
            started: Instant::now(),
            is_new: true,
            is_idle: false,
        }
    }

    fn idle(&mut self, is_idle: bool) {
        if self.is_idle != is_idle {
            self.is_idle = is_idle;
            let change = if is_idle { 1 } else { -1 };
            let agents = &self.shared.witness.idle_agents;
            agents.fetch_add(change, Ordering::Relaxed);
        }
    }

    fn welcome(&mut self, link: &Link, now: Millis, view: View) {
        let View::Agent { view } = view else { return };
        if self.welcomed_at.replace(now).is_none() {
            let witness = &self.shared.witness;
            witness.agents_linked.fetch_add(1, Ordering::Relaxed);
            witness.agent_welcomes.fetch_add(1, Ordering::Relaxed);
            let took = self.started.elapsed();
            witness.seen().started_to_welcome.add(took);
        }
        // Whatever was sent and not answered is said again, under the same name.
        for pending in &mut self.pending {
            pending.sent = Instant::now();
            let (id, command) = (pending.id, pending.command.clone());
            link.send(ClientFrame::Agent { id, command });
        }
        (self.phase, self.next, self.freed) = (Phase::Idle, None, None);
        for item in &view.work {
            self.work(item);
        }
        self.presence(view.presence);
    }

    fn delta(&mut self, delta: AgentDelta) {
        match delta {
            AgentDelta::Work { item } => self.work(&item),
            AgentDelta::WorkGone { interaction, .. } => self.gone(interaction),
            AgentDelta::Presence { presence } => self.presence(presence),
            AgentDelta::Queue { .. }
            | AgentDelta::QueueGone { .. }
            | AgentDelta::Floor { .. }
            | AgentDelta::Customer { .. }
            | AgentDelta::LimitBit { .. } => {}
        }
    }

    fn presence(&mut self, presence: Presence) {
        if let Some(welcomed_at) = self.welcomed_at {
            let what = Sighted::Agent(self.seat.agent, presence.state);
            self.shared.witness.sight(welcomed_at, what);
        }
        self.idle(presence.state == AgentState::Ready);
        match presence.state {
            AgentState::NotReady { .. } if self.phase == Phase::Idle => {
                let pause = self.pause();
                self.plan(pause, Next::Ready);
            }
            AgentState::Ready => self.has_no_work(),
            _ => {}
        }
    }

    /// Whatever was seen to wait went to somebody else.
    fn has_no_work(&mut self) {
        if self.freed.take().is_some_and(|freed| freed.fits) {
            self.shared.witness.seen().raced += 1;
        }
    }

    /// At first as long as the contact that this agent would be in.
    fn pause(&mut self) -> Duration {
        let plan = &self.shared.plan;
        if std::mem::take(&mut self.is_new) {
            let crowded = plan.crowded_queues();
            let is_crowded = self
                .seat
                .queues
                .first()
                .is_some_and(|queue| *queue < crowded);
            let busy = if is_crowded { 1.0 } else { plan.busy_at_start };
            return if self.chance.happens(busy) {
                self.chance.around(plan.contact())
            } else {
                self.chance.between((Duration::ZERO, plan.pause.0))
            };
        }
        self.chance.between(plan.pause)
    }

    fn work(&mut self, item: &WorkItem) {
        let interaction = item.interaction;
        let phase = match item.stage {
            WorkStage::Ringing { .. } => Phase::Ringing(interaction),
            WorkStage::WrapUp { .. } => Phase::WrapUp(interaction),
            WorkStage::Talking { .. } | WorkStage::Held { .. } | WorkStage::CallingBack { .. } => {
                Phase::Talking(interaction)
            }
        };
        if phase == self.phase {
            return;
        }
        self.phase = phase;
        self.next = None;
        let plan = Arc::clone(&self.shared);
        let plan = &plan.plan;
        match phase {
            Phase::Idle => {}
            Phase::Ringing(_) => {
                self.offered(interaction);
                if self.chance.happens(plan.missed) {
                    return;
                }
                let after = self.chance.between(plan.answer);
                let is_declined = self.chance.happens(plan.declined);
                let accept = Next::Accept(interaction);
                let decline = Next::Decline(interaction);
                self.plan(after, if is_declined { decline } else { accept });
            }
            Phase::Talking(_) => {
                let after = self.chance.around(plan.talk);
                if self.chance.happens(plan.agent_drops) {
                    self.plan(after / 2, Next::Drop);
                } else if plan.ended_by_agent > 0.0 {
                    // Whichever side's time is up first ends it: the two together have the planned mean.
                    let after = after.div_f64(plan.ended_by_agent);
                    self.plan(after, Next::HangUp(interaction));
                }
            }
            Phase::WrapUp(_) => {
                let after = self.chance.around(plan.wrap_up);
                self.plan(after, Next::Finish(interaction));
            }
        }
    }

    fn offered(&mut self, interaction: InteractionId) {
        let now = Instant::now();
        let freed = self.freed.take();
        let witness = &self.shared.witness;
        witness.offered(interaction, now);
        // Whoever was shown no "ready" between had the offer from the very decision that freed them.
        if let Some(freed) = freed {
            let took = now.saturating_duration_since(freed.at);
            witness.seen().freed_to_offer.add(took);
        }
    }

    fn gone(&mut self, interaction: InteractionId) {
        let is_present = match self.phase {
            Phase::Idle => false,
            Phase::Ringing(id) | Phase::Talking(id) | Phase::WrapUp(id) => id == interaction,
        };
        if is_present {
            (self.phase, self.next) = (Phase::Idle, None);
        }
    }

    fn settle(&mut self, id: CommandId, is_done: bool) {
        let Some(at) = self.pending.iter().position(|pending| pending.id == id) else {
            return;
        };
        let pending = self.pending.swap_remove(at);
        if is_done {
            let took = pending.sent.elapsed();
            let by = Some(self.seat.agent);
            self.shared.witness.acked(id, by, pending.deed, took);
        }
    }

    fn plan(&mut self, after: Duration, next: Next) {
        self.next = Some((Instant::now() + after, next));
    }

    fn finish(&mut self, link: &Link, interaction: InteractionId) {
        if self.chance.happens(self.shared.plan.noted) {
            let text = Sensitive::new(format!("What agent {} heard", self.number));
            let command = AgentCommand::SaveNote { interaction, text };
            self.send(link, Deed::Noted(interaction), command);
        }
        let codes = &store::SEED_DISPOSITIONS;
        let disposition = codes[self.chance.below(codes.len())].0.to_owned();
        self.is_free_now();
        let deed = Deed::Finished(interaction, disposition.clone());
        let disposition = Some(disposition);
        let command = AgentCommand::FinishWrapUp {
            interaction,
            disposition,
        };
        self.send(link, deed, command);
    }

    fn is_free_now(&mut self) {
        let fits = self.shared.witness.has_work_in(&self.seat.queues);
        let at = Instant::now();
        self.freed = Some(Freed { at, fits });
    }

    fn send(&mut self, link: &Link, deed: Deed, command: AgentCommand) {
        let id = CommandId(uuid::Uuid::now_v7());
        let sent = Instant::now();
        link.send(ClientFrame::Agent {
            id,
            command: command.clone(),
        });
        self.pending.push(Pending {
            id,
            deed,
            command,
            sent,
        });
    }
}
