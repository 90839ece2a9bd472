//! A customer's visit: calls, waits as long as patience lasts, talks, hangs up, and is gone.

use crate::generator::Shared;
use crate::script::{AWAY, Left, Script};
use crate::witness::{Deed, Sighted};
use crate::{Chance, Plan};
use agent::link::{Link, LinkEvent, LinkOptions};
use protocol::customer::{Caller, CustomerCommand, CustomerDelta, CustomerStage};
use protocol::desktop::LinkState;
use protocol::link::{ClientFrame, Delta, HelloAs, View};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use vocab::{CommandId, InteractionId, Millis, Sensitive};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    HangUp,
    Drop,
}

/// What the page last showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Nothing,
    Waiting { position: u32 },
    Talking,
}

pub(crate) struct Customer {
    shared: Arc<Shared>,
    number: u64,
    queue: usize,
    chance: Chance,
    /// What the first welcome gave; a page that comes back shows it.
    visitor: Option<Sensitive<String>>,
    call: CommandId,
    called_at: Option<Instant>,
    is_call_settled: bool,
    hang_up: Option<(CommandId, Instant)>,
    has_hung_up: bool,
    interaction: Option<InteractionId>,
    shown: Shown,
    next: Option<(Instant, Next)>,
    welcomed_at: Option<Millis>,
    started: Instant,
    is_counted: bool,
}

impl Script for Customer {
    fn options(&mut self) -> LinkOptions {
        self.started = Instant::now();
        LinkOptions {
            server: self.shared.server(self.number),
            client: "load".to_owned(),
            who: HelloAs::Customer {
                organisation: self.shared.stage.organisation.clone(),
                queue: self.shared.queue_name(self.queue),
                visitor: self.visitor.clone(),
                site: None,
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
        if next == Next::Drop {
            // It hangs up some time after it is back.
            self.plan(AWAY.1 * 2, Next::HangUp);
            return Some(Left::ForAMoment);
        }
        let interaction = self.interaction?;
        let id = CommandId(uuid::Uuid::now_v7());
        self.hang_up = Some((id, Instant::now()));
        self.has_hung_up = true;
        let command = CustomerCommand::HangUp { interaction };
        link.send(ClientFrame::Customer { id, command });
        None
    }

    fn hears(&mut self, link: &Link, event: LinkEvent) -> Option<Left> {
        match event {
            LinkEvent::Welcome { now, view, .. } => {
                if let View::Customer { view } = *view {
                    self.visitor = Some(view.visitor);
                    return self.welcome(link, now, &view.stage);
                }
            }
            LinkEvent::Delta(delta) => {
                if let Delta::Customer {
                    delta: CustomerDelta::Stage { stage },
                } = *delta
                {
                    return self.stage(&stage);
                }
            }
            LinkEvent::Ack(id) => self.acked(id),
            LinkEvent::Refused { id, code, .. } => {
                self.shared.witness.refused(id, code);
                if id == Some(self.call) && self.interaction.is_none() {
                    return Some(Left::ForGood);
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
        self.waits(false);
        if self.welcomed_at.take().is_some() {
            let linked = &self.shared.witness.customers_linked;
            linked.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Customer {
    pub(crate) fn new(shared: Arc<Shared>, number: u64) -> Self {
        let mut chance = Chance::of(shared.plan.seed, number | 1 << 40);
        let queue = queue(&shared.plan, &mut chance);
        shared.witness.customers.fetch_add(1, Ordering::Relaxed);
        Self {
            shared,
            number,
            queue,
            chance,
            visitor: None,
            call: CommandId(uuid::Uuid::now_v7()),
            called_at: None,
            is_call_settled: false,
            hang_up: None,
            has_hung_up: false,
            interaction: None,
            shown: Shown::Nothing,
            next: None,
            welcomed_at: None,
            started: Instant::now(),
            is_counted: false,
        }
    }

    /// Whether the floor's list of those who can be offered has this customer.
    fn waits(&mut self, is_waiting: bool) {
        if self.is_counted != is_waiting {
            self.is_counted = is_waiting;
            let change = if is_waiting { 1 } else { -1 };
            self.shared.witness.waits(self.queue, change);
        }
    }

    fn welcome(&mut self, link: &Link, now: Millis, stage: &CustomerStage) -> Option<Left> {
        if self.welcomed_at.replace(now).is_none() {
            let witness = &self.shared.witness;
            witness.customers_linked.fetch_add(1, Ordering::Relaxed);
            witness.customer_welcomes.fetch_add(1, Ordering::Relaxed);
            let took = self.started.elapsed();
            witness.seen().started_to_welcome.add(took);
        }
        let is_idle = matches!(stage, CustomerStage::Idle);
        if is_idle && (self.interaction.is_some() || self.is_call_settled) {
            self.is_a_stranger();
            return Some(Left::ForGood);
        }
        if is_idle {
            self.calls(link);
            return None;
        }
        if let Some((id, sent)) = &mut self.hang_up
            && let Some(interaction) = self.interaction
        {
            *sent = Instant::now();
            let command = CustomerCommand::HangUp { interaction };
            link.send(ClientFrame::Customer { id: *id, command });
        }
        self.stage(stage)
    }

    /// The server has nothing open for this customer, who had something: right only after a hang-up whose end was not
    /// seen. The journal says whether that was kept.
    fn is_a_stranger(&self) {
        let witness = &self.shared.witness;
        match self.interaction {
            Some(interaction) if self.has_hung_up => {
                let mut seen = witness.seen();
                seen.interactions.entry(interaction).or_default().has_ended = true;
            }
            lost => {
                let number = self.number;
                witness.fault(format!(
                    "customer {number} came back to {lost:?} as a stranger"
                ));
            }
        }
    }

    /// Said again under the same name where the answer did not come.
    fn calls(&mut self, link: &Link) {
        self.called_at = Some(Instant::now());
        let caller = Caller {
            name: Some(Sensitive::new(format!("Caller {}", self.number))),
            topic: Some(Sensitive::new("The router blinks red".to_owned())),
            device: Some("Chrome on Windows".to_owned()),
            place: Some("Asia/Shanghai".to_owned()),
            language: Some("zh-CN".to_owned()),
            ..Caller::default()
        };
        let command = CustomerCommand::Call { caller };
        link.send(ClientFrame::Customer {
            id: self.call,
            command,
        });
    }

    fn acked(&mut self, id: CommandId) {
        let witness = &self.shared.witness;
        if id == self.call && !self.is_call_settled {
            self.is_call_settled = true;
            let took = self.called_at.map(|at| at.elapsed()).unwrap_or_default();
            witness.acked(id, None, Deed::Called, took);
        }
        if let (Some((hang_up, sent)), Some(interaction)) = (self.hang_up, self.interaction)
            && id == hang_up
        {
            self.hang_up = None;
            witness.acked(id, None, Deed::Left(interaction), sent.elapsed());
        }
    }

    fn stage(&mut self, stage: &CustomerStage) -> Option<Left> {
        match *stage {
            CustomerStage::Idle | CustomerStage::CalledBack { .. } => {}
            CustomerStage::Waiting {
                interaction,
                position,
                is_ringing,
                ..
            } => self.in_line(interaction, position, is_ringing),
            CustomerStage::Talking {
                interaction, agent, ..
            } => {
                self.is_about(interaction);
                self.waits(false);
                self.sees(Sighted::Talking(interaction, agent));
                if self.shown != Shown::Talking {
                    self.shown = Shown::Talking;
                    self.answered(interaction, agent);
                }
            }
            CustomerStage::Ended { interaction, .. } => {
                self.is_about(interaction);
                self.waits(false);
                self.sees(Sighted::Ended(interaction));
                let mut seen = self.shared.witness.seen();
                seen.interactions.entry(interaction).or_default().has_ended = true;
                return Some(Left::ForGood);
            }
        }
        None
    }

    fn in_line(&mut self, interaction: InteractionId, position: u32, is_ringing: bool) {
        let is_first = self.interaction.is_none();
        self.is_about(interaction);
        if is_first {
            let witness = &self.shared.witness;
            witness.entered(interaction, self.called_at, is_ringing);
        }
        self.sees(if is_ringing {
            Sighted::Ringing(interaction)
        } else {
            Sighted::Waiting(interaction)
        });
        match self.shown {
            Shown::Waiting { position: before } => {
                if position > before {
                    let fault = format!("{interaction} stood at {before} and then at {position}");
                    self.shared.witness.fault(fault);
                }
            }
            Shown::Nothing | Shown::Talking => {
                let patience = self.chance.around(self.shared.plan.patience);
                self.plan(patience, Next::HangUp);
            }
        }
        self.shown = Shown::Waiting { position };
        self.waits(!is_ringing);
    }

    fn is_about(&mut self, interaction: InteractionId) {
        let before = *self.interaction.get_or_insert(interaction);
        if before != interaction {
            let fault = format!("a customer had {before} and then {interaction}");
            self.shared.witness.fault(fault);
        }
    }

    fn sees(&self, what: Sighted) {
        if let Some(welcomed_at) = self.welcomed_at {
            self.shared.witness.sight(welcomed_at, what);
        }
    }

    fn answered(&mut self, interaction: InteractionId, agent: vocab::AgentId) {
        let mut seen = self.shared.witness.seen();
        let known = seen.interactions.entry(interaction).or_default();
        known.answered_by.push(agent);
        drop(seen);
        let plan = &self.shared.plan;
        let after = self.chance.around(plan.talk);
        if self.chance.happens(plan.customer_drops) {
            self.plan(after / 2, Next::Drop);
        } else {
            // As with the agent's: the two together have the planned mean.
            let share = (1.0 - plan.ended_by_agent).max(f64::MIN_POSITIVE);
            self.plan(after.div_f64(share), Next::HangUp);
        }
    }

    fn plan(&mut self, after: Duration, next: Next) {
        self.next = Some((Instant::now() + after, next));
    }
}

/// Where this customer calls.
fn queue(plan: &Plan, chance: &mut Chance) -> usize {
    let (all, crowded) = (plan.queues as usize, plan.crowded_queues());
    if crowded > 0 && chance.happens(plan.crowded * plan.crowding) {
        chance.below(crowded)
    } else {
        crowded + chance.below(all.saturating_sub(crowded))
    }
}

impl Drop for Customer {
    fn drop(&mut self) {
        self.waits(false);
        let customers = &self.shared.witness.customers;
        customers.fetch_sub(1, Ordering::Relaxed);
    }
}
