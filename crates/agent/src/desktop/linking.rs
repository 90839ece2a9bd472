//! What the link says, folded into the view and handed to the call.

use super::core::Core;
use crate::clock::now;
use crate::link::LinkEvent;
use crate::model;
use call::{AgentInput, CustomerInput};
use protocol::desktop::{Check, DesktopError, LinkState, Notice};
use protocol::limits::LimitKind;
use protocol::link::{Delta, View};
use protocol::work::{AgentDelta, AgentView, GoneBecause};
use vocab::Millis;

/// Clocks that differ by so much more than before were set.
const CLOCK_STEP_MS: u64 = 1_000;

fn offset_ms(server_now: Millis) -> i64 {
    let offset = i128::from(server_now.0) - i128::from(now().0);
    i64::try_from(offset).unwrap_or(0)
}

impl Core {
    pub(super) fn take_link_event(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::State(state) => self.link_changed(state),
            LinkEvent::NoWay(why) => self.found_no_way(why),
            LinkEvent::Welcome { server, now, view } => {
                tracing::info!(server, "welcome");
                match *view {
                    View::Agent { view } => self.welcomed(now, view),
                    View::Customer { .. } => {
                        tracing::error!("the server took an agent for a customer")
                    }
                }
            }
            LinkEvent::Ice(ice) => self.media.set_ice(crate::sound::ice(ice)),
            LinkEvent::Delta(delta) => match *delta {
                Delta::Agent { delta } => self.changed(delta),
                Delta::Customer { .. } => {}
            },
            LinkEvent::Clock(server_now) => self.server_clock(server_now),
            LinkEvent::Ack(id) => self.acknowledged(id),
            LinkEvent::Refused {
                id: Some(id),
                code,
                hint,
            } => self.refused(id, code, hint),
            LinkEvent::Refused {
                id: None,
                code,
                hint,
            } => {
                tracing::warn!(?code, hint, "the server refused a frame");
            }
            LinkEvent::Signal {
                interaction,
                from,
                signal,
            } => self.signalled(interaction, from, signal),
            LinkEvent::Closed { code, .. } => self.thrown_out(code),
        }
    }

    fn link_changed(&mut self, state: LinkState) {
        let was_up = self.link_state == LinkState::Up;
        self.link_state = state;
        let is_up = state == LinkState::Up;
        if was_up && !is_up {
            self.link_went_down();
            self.drive(AgentInput::LinkDown);
            self.drive_consult(CustomerInput::LinkDown);
            if self.readiness.server != Check::NotRun {
                self.readiness.server = Check::Failed {
                    error: self.unreachable(),
                };
                self.emit_readiness();
            }
        }
        if is_up {
            self.no_way = None;
            if self.readiness.server != Check::NotRun {
                self.readiness.server = Check::Passed;
                self.emit_readiness();
            }
        }
        self.emit_link();
    }

    /// What stands between here and the server is said where one looks for it, also before the first welcome: REST
    /// may well find a way that the link does not.
    fn found_no_way(&mut self, why: DesktopError) {
        if self.no_way.as_ref() == Some(&why) {
            return;
        }
        self.readiness.server = Check::Failed { error: why.clone() };
        self.no_way = Some(why);
        self.emit_readiness();
    }

    /// Either clock may be set while the link is up; what a frame takes on its way is not worth a word.
    fn server_clock(&mut self, server_now: Millis) {
        let offset_ms = offset_ms(server_now);
        if offset_ms.abs_diff(self.clock_offset_ms) > CLOCK_STEP_MS {
            self.clock_offset_ms = offset_ms;
            self.emit_link();
        }
    }

    fn welcomed(&mut self, server_now: Millis, view: AgentView) {
        self.clock_offset_ms = offset_ms(server_now);
        self.emit_link();
        let is_first = !std::mem::replace(&mut self.is_welcomed, true);
        self.keep_view(&view);
        self.notify_of_bites(&view);
        self.view = Some(view);
        self.emit_agent();
        self.see(true);
        self.watch_again();
        self.deliver();
        self.show_outbox();
        if is_first {
            self.check_readiness();
        } else {
            self.follow_microphone();
        }
    }

    /// Those that a reconnect tells again were notices before.
    fn notify_of_bites(&mut self, view: &AgentView) {
        let known = self.view.as_ref().map(|view| view.limits.clone());
        let known = known.unwrap_or_default();
        let new = view.limits.iter().filter(|bite| !known.contains(bite));
        let new: Vec<LimitKind> = new.map(|bite| bite.limit).collect();
        for limit in new {
            self.notify(Notice::LimitBit { limit });
        }
    }

    /// What was on the screen is there after a restart, also while the server cannot be reached.
    fn keep_view(&self, view: &AgentView) {
        let Some(account) = &self.account else { return };
        if let Err(err) = self.local.save_view(&account.key, view) {
            tracing::warn!(?err, "the view is not kept over a restart");
        }
    }

    fn changed(&mut self, delta: AgentDelta) {
        let Some(view) = &mut self.view else { return };
        let went_back = self.went_back.take_if(|interaction| {
            matches!(&delta, AgentDelta::Work { item } if item.interaction == *interaction)
        });
        let notice = notice_of(view, &delta)
            .or_else(|| model::left_alone(view, &delta, went_back.is_some()));
        let is_presence = matches!(delta, AgentDelta::Presence { .. });
        let is_work = model::apply(view, delta);
        // The ring before the picture: it is the first thing that matters.
        if is_work {
            self.see(false);
        }
        self.emit_agent();
        if is_work && let Some(view) = &self.view {
            self.keep_view(view);
        }
        if is_presence {
            // Somebody may have become ready elsewhere than at this screen.
            self.follow_microphone();
        }
        if let Some(notice) = notice {
            self.notify(notice);
        }
    }
}

/// Work that left without the agent's doing is explained, and so is a limit that bites.
fn notice_of(view: &AgentView, delta: &AgentDelta) -> Option<Notice> {
    if let AgentDelta::LimitBit { bite } = delta {
        return Some(Notice::LimitBit { limit: bite.limit });
    }
    let AgentDelta::WorkGone { interaction, why } = delta else {
        return None;
    };
    let mut work = view.work.iter();
    let item = work.find(|item| item.interaction == *interaction)?;
    let customer_name = item.customer.customer.name.clone();
    match why {
        GoneBecause::Missed => Some(Notice::OfferMissed { customer_name }),
        GoneBecause::CallbackMissed => Some(Notice::CallbackMissed { customer_name }),
        GoneBecause::CustomerAway => Some(Notice::CustomerOutOfReach { customer_name }),
        GoneBecause::RemovedFromLine => Some(Notice::CustomerRemoved { customer_name }),
        GoneBecause::Done
        | GoneBecause::Declined
        | GoneBecause::CustomerLeft
        | GoneBecause::PassedOn
        | GoneBecause::TakenByColleague
        | GoneBecause::Reassigned => None,
    }
}
