//! From the centre's state to what each screen shows, and the differences that are sent.

use super::actor::Actor;
use super::inbox::{LinkId, Out, VisitorKey};
use protocol::customer::{BrokenOff, CustomerDelta, CustomerStage, CustomerView, Desk, Waits};
use protocol::link::{Delta, View};
use protocol::work::{
    AgentDelta, AgentView, Callback, GoneBecause, Me, Presence, QueueStatus, WorkItem, WorkStage,
};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{AgentId, InteractionId, PeerLink, QueueId};

pub(crate) type Frames = Vec<(LinkId, Out)>;

const MINUTE_MS: u64 = 60_000;

impl Actor {
    /// All that this batch's commit will show, from the state after the batch.
    pub(crate) fn make_frames(&mut self) -> Frames {
        let affected = std::mem::take(&mut self.batch.affected);
        let mut frames = Frames::new();
        for link in self.batch.release.welcomes.clone() {
            self.welcome(link, &mut frames);
        }
        let mut agents = affected.agents;
        let mut visitors: BTreeSet<VisitorKey> = BTreeSet::new();
        if affected.is_everybody {
            agents.extend(self.people.agents.keys().copied());
            // Those in line are told with their queues, a part at a time.
            self.queues_dirty.extend(self.center.queues());
            let all = self.people.customers.values();
            let others = all.filter(|customer| !self.is_in_line(&customer.key));
            visitors.extend(others.map(|customer| customer.key.clone()));
        }
        // An agent's link is part of what the customers of their work see.
        let mut interactions = affected.interactions;
        for agent in &agents {
            interactions.extend(self.center.work_of(*agent));
        }
        for interaction in interactions {
            visitors.extend(self.records.visitor(interaction).cloned());
            if let Some(view) = self.center.interaction(interaction) {
                agents.extend(view.stage.people());
            }
        }
        for agent in agents {
            self.agent_differences(agent, &affected.gone, &mut frames);
            self.floor_differences(agent, &mut frames);
        }
        for visitor in visitors {
            self.visitor_differences(&visitor, &mut frames);
        }
        for customer in affected.customers_changed {
            for (agent, link) in &self.people.agents {
                let is_on_list = self.center.work_of(*agent).any(|interaction| {
                    self.records
                        .open
                        .get(&interaction)
                        .is_some_and(|record| record.pop.customer.customer == customer)
                });
                if is_on_list {
                    frames.push((link.link, agent_delta(AgentDelta::Customer { customer })));
                }
            }
        }
        frames
    }

    fn is_in_line(&self, visitor: &VisitorKey) -> bool {
        let newest = self.records.newest_of.get(visitor);
        let view = newest.and_then(|newest| self.center.interaction(*newest));
        view.is_some_and(|view| matches!(view.stage, acd::Stage::Waiting))
    }

    fn welcome(&mut self, link: LinkId, frames: &mut Frames) {
        if let Some(agent) = self.people.agent_of(link) {
            if let Some(view) = self.agent_view(agent) {
                if let Some(present) = self.people.agents.get_mut(&agent) {
                    present.shown.presence = Some(view.presence);
                    present.shown.work = view
                        .work
                        .iter()
                        .map(|item| (item.interaction, item.clone()))
                        .collect();
                    present.shown.queues = view
                        .queues
                        .iter()
                        .map(|status| (status.queue, status.clone()))
                        .collect();
                }
                frames.push((link, Out::Welcome(Box::new(View::Agent { view }))));
            }
            return;
        }
        let Some(customer) = self.people.customers.get(&link) else {
            return;
        };
        let stage = self.stage_of(&customer.key);
        let view = CustomerView {
            visitor: customer.visitor.clone(),
            organisation_name: self.directory.organisation.name.clone(),
            queue_name: self.directory.queue_name(customer.queue).to_owned(),
            known_name: customer.known_name.clone(),
            desk: self.desk(customer.queue),
            stage: stage.clone(),
            recording: self.directory.recording_of(customer.queue),
        };
        if let Some(customer) = self.people.customers.get_mut(&link) {
            customer.shown = Some(stage);
            customer.desk = view.desk.clone();
        }
        frames.push((link, Out::Welcome(Box::new(View::Customer { view }))));
    }

    fn agent_view(&self, agent: AgentId) -> Option<AgentView> {
        let link = self.people.agents.get(&agent)?;
        Some(AgentView {
            me: Me {
                agent,
                organisation: self.directory.organisation.slug.clone(),
                organisation_name: self.directory.organisation.name.clone(),
                user: link.user.clone(),
                name: link.name.clone(),
                role: link.role,
            },
            presence: self.presence(agent)?,
            work: self.work(agent),
            queues: self.queues_of(agent),
            floor: None,
            dispositions: self.directory.dispositions.clone(),
            reason_names: self.directory.reason_names.clone(),
            limits: self.bites(link.role),
        })
    }

    fn presence(&self, agent: AgentId) -> Option<Presence> {
        let view = self.center.agent(agent)?;
        Some(Presence {
            state: view.state,
            since: view.since,
            next: view.next,
        })
    }

    fn work(&self, agent: AgentId) -> Vec<WorkItem> {
        self.center
            .work_of(agent)
            .filter_map(|interaction| self.work_item(agent, interaction))
            .collect()
    }

    fn queues_of(&self, agent: AgentId) -> Vec<QueueStatus> {
        let queues = self
            .center
            .agent(agent)
            .map(|view| view.queues)
            .unwrap_or_default();
        queues
            .into_iter()
            .filter_map(|queue| self.queue_status(queue))
            .collect()
    }

    pub(crate) fn queue_status(&self, queue: QueueId) -> Option<QueueStatus> {
        let view = self.center.queue(queue)?;
        Some(QueueStatus {
            queue,
            name: view.name,
            waiting: view.waiting,
            callbacks: view.callbacks,
            longest_since: view.longest_since,
            agents_ready: view.agents_ready,
            expected_wait_ms: self.expected_wait_shown(queue),
            is_open: self.center.is_open(queue),
        })
    }

    fn work_item(&self, agent: AgentId, interaction: InteractionId) -> Option<WorkItem> {
        let view = self.center.interaction(interaction)?;
        let record = self.records.open.get(&interaction)?;
        let asked = self.consult_seen_by(agent, &view, &record.handed.question);
        let stage = match view.stage {
            acd::Stage::Waiting => return None,
            acd::Stage::Consulting { .. } => asked.as_ref()?.1,
            acd::Stage::Ringing {
                since, deadline, ..
            } => WorkStage::Ringing { since, deadline },
            acd::Stage::CallingBack {
                since, deadline, ..
            } => WorkStage::CallingBack { since, deadline },
            acd::Stage::Talking { since, .. } => WorkStage::Talking { since },
            acd::Stage::Held {
                since, answered_at, ..
            } => WorkStage::Held { since, answered_at },
            acd::Stage::WrapUp {
                since,
                deadline,
                answered_at,
                can_extend,
                ..
            } => WorkStage::WrapUp {
                since,
                deadline,
                answered_at,
                can_extend,
            },
        };
        Some(WorkItem {
            interaction,
            medium: view.medium,
            queue: view.queue,
            queue_name: self.directory.queue_name(view.queue).to_owned(),
            stage,
            entered_at: view.entered_at,
            customer: record.pop.clone(),
            customer_link: view.customer_link,
            callback: match view.waits {
                acd::Waits::OnTheLine => None,
                acd::Waits::ForCallback { tries, .. } => Some(Callback { tries }),
            },
            topic: record.topic.clone(),
            note: record.own_note(agent),
            colleagues_notes: record.colleagues_notes(agent),
            handover: record.handed.note.clone(),
            consult: asked.map(|(consult, _)| consult),
            recording_consent: record.recording_consent,
        })
    }

    fn agent_differences(
        &mut self,
        agent: AgentId,
        gone: &BTreeMap<(AgentId, InteractionId), GoneBecause>,
        frames: &mut Frames,
    ) {
        if !self.people.agents.contains_key(&agent) {
            return;
        }
        let presence = self.presence(agent);
        let work = self.work(agent);
        let served: BTreeMap<QueueId, QueueStatus> = self
            .queues_of(agent)
            .into_iter()
            .map(|status| (status.queue, status))
            .collect();
        let Some(present) = self.people.agents.get_mut(&agent) else {
            return;
        };
        let (link, shown) = (present.link, &mut present.shown);
        let left: Vec<InteractionId> = shown
            .work
            .keys()
            .filter(|id| !work.iter().any(|item| item.interaction == **id))
            .copied()
            .collect();
        for interaction in left {
            shown.work.remove(&interaction);
            let why = gone
                .get(&(agent, interaction))
                .copied()
                .unwrap_or(GoneBecause::Reassigned);
            frames.push((link, agent_delta(AgentDelta::WorkGone { interaction, why })));
        }
        for item in work {
            if shown.work.get(&item.interaction) != Some(&item) {
                shown.work.insert(item.interaction, item.clone());
                frames.push((link, agent_delta(AgentDelta::Work { item })));
            }
        }
        if let Some(presence) = presence
            && shown.presence != Some(presence)
        {
            shown.presence = Some(presence);
            frames.push((link, agent_delta(AgentDelta::Presence { presence })));
        }
        // A queue newly served is shown at once; the figures of the others follow in their turn.
        shown.queues.retain(|queue, _| {
            let is_served = served.contains_key(queue);
            if !is_served {
                let queue = *queue;
                frames.push((link, agent_delta(AgentDelta::QueueGone { queue })));
            }
            is_served
        });
        for (queue, status) in served {
            if let std::collections::btree_map::Entry::Vacant(vacant) = shown.queues.entry(queue) {
                vacant.insert(status.clone());
                frames.push((link, agent_delta(AgentDelta::Queue { status })));
            }
        }
    }

    pub(crate) fn visitor_differences(&mut self, visitor: &VisitorKey, frames: &mut Frames) {
        let stage = self.stage_of(visitor);
        self.tell_stage(visitor, stage, frames);
    }

    /// As [`Self::visitor_differences`], for somebody whose position is known: counting it takes as long as the line.
    pub(crate) fn waiting_differences(
        &mut self,
        visitor: &VisitorKey,
        position: u32,
        frames: &mut Frames,
    ) {
        let stage = self.stage_at(visitor, Some(position));
        self.tell_stage(visitor, stage, frames);
    }

    fn tell_stage(&mut self, visitor: &VisitorKey, stage: CustomerStage, frames: &mut Frames) {
        let Some(link) = self.people.link_of(visitor) else {
            return;
        };
        let Some(customer) = self.people.customers.get_mut(&link) else {
            return;
        };
        if customer.shown.as_ref().is_some_and(|shown| *shown != stage) {
            customer.shown = Some(stage.clone());
            let delta = Delta::Customer {
                delta: CustomerDelta::Stage { stage },
            };
            frames.push((link, Out::Delta(Box::new(delta))));
        }
    }

    pub(crate) fn stage_of(&self, visitor: &VisitorKey) -> CustomerStage {
        self.stage_at(visitor, None)
    }

    fn stage_at(&self, visitor: &VisitorKey, position: Option<u32>) -> CustomerStage {
        let Some(interaction) = self.records.newest_of.get(visitor).copied() else {
            return CustomerStage::Idle;
        };
        let Some(view) = self.center.interaction(interaction) else {
            return self.ended_stage(interaction);
        };
        let is_ringing = matches!(view.stage, acd::Stage::Ringing { .. });
        let together = |colleague| self.directory.agent_name(colleague).to_owned();
        let (since, is_held, with_name) = match view.stage {
            acd::Stage::Waiting | acd::Stage::Ringing { .. } => {
                let position = position.or_else(|| self.center.position(interaction));
                let position = position.unwrap_or(1);
                return CustomerStage::Waiting {
                    interaction,
                    since: view.entered_at,
                    position,
                    expected_wait_ms: self.center.expected_wait_at_ms(interaction, position),
                    is_ringing,
                    passed_on: self
                        .records
                        .open
                        .get(&interaction)
                        .and_then(|record| record.handed.on_the_way.clone()),
                    waits: self.waits(view.queue, view.waits),
                };
            }
            acd::Stage::CallingBack {
                agent,
                since,
                deadline,
            } => {
                return CustomerStage::CalledBack {
                    interaction,
                    since,
                    deadline,
                    agent_name: self.directory.agent_name(agent).to_owned(),
                };
            }
            acd::Stage::Talking { since, .. } => (since, false, None),
            acd::Stage::Held { answered_at, .. } => (answered_at, true, None),
            acd::Stage::Consulting {
                answered_at,
                colleague,
                consult: acd::Consult::Together { .. },
                ..
            } => (answered_at, false, Some(together(colleague))),
            acd::Stage::Consulting { answered_at, .. } => (answered_at, true, None),
            acd::Stage::WrapUp { .. } => return self.ended_stage(interaction),
        };
        let agent = view.stage.agent().unwrap_or(AgentId(0));
        CustomerStage::Talking {
            interaction,
            since,
            agent,
            agent_name: self.directory.agent_name(agent).to_owned(),
            with_name,
            is_held,
            is_agent_connected: !matches!(view.agent_link, Some(PeerLink::Away { .. })),
            recording: self
                .records
                .open
                .get(&interaction)
                .and_then(|record| record.recording),
        }
    }

    fn waits(&self, queue: QueueId, waits: acd::Waits) -> Waits {
        let row = self.directory.queues.get(&queue);
        let keeps_ms = row.map_or(0, |row| row.settings.callback_keeps_ms);
        match waits {
            acd::Waits::OnTheLine => Waits::OnTheLine {
                can_keep_place: keeps_ms > 0,
            },
            acd::Waits::ForCallback { tries, rests_until } => {
                let most = self.directory.config.patience.callback_tries;
                Waits::ForCallback {
                    keeps_ms,
                    tries,
                    tries_left: most.saturating_sub(tries),
                    rests_until,
                }
            }
        }
    }

    pub(crate) fn desk(&self, queue: QueueId) -> Desk {
        let Some(row) = self.directory.queues.get(&queue) else {
            return Desk::default();
        };
        // A queue that leads elsewhere while it is closed or full is neither for those who come.
        let may_enter = self.center.may_enter(queue);
        Desk {
            is_closed: may_enter == Err(acd::Refusal::QueueClosed),
            is_full: may_enter == Err(acd::Refusal::QueueFull),
            opens_at: self.center.opens_at(queue),
            opening: row.settings.opening.clone(),
            expected_wait_ms: self.expected_wait_shown(queue),
        }
    }

    /// In whole minutes: those who only look are not to be told every change.
    fn expected_wait_shown(&self, queue: QueueId) -> Option<u64> {
        let expected = self.center.expected_wait_of_newcomer_ms(queue);
        expected.map(|ms| ms.next_multiple_of(MINUTE_MS))
    }

    fn ended_stage(&self, interaction: InteractionId) -> CustomerStage {
        match self.records.ended.get(&interaction) {
            None => CustomerStage::Idle,
            Some(ended) => CustomerStage::Ended {
                interaction,
                talked_ms: ended.talked_ms,
                can_rate: ended.can_rate(self.now),
                is_callback_missed: ended.is_callback_missed,
                broken_off: ended.way_back(self.now).map(|way| BrokenOff {
                    until: ended.come_back_until(),
                    agent_name: way
                        .agent
                        .map(|agent| self.directory.agent_name(agent).to_owned()),
                }),
                is_removed: ended.is_removed,
            },
        }
    }
}

fn agent_delta(delta: AgentDelta) -> Out {
    Out::Delta(Box::new(Delta::Agent { delta }))
}
