//! Passing a customer on and asking colleagues: wishes, what is remembered of them, and the floor to choose from.

use super::actor::Actor;
use super::commands::explain;
use super::commands::without_codes;
use super::customers::No;
use super::inbox::{LinkId, Out};
use super::records::Handed;
use acd::{Command, Event, Target, What};
use protocol::customer::PassedOn;
use protocol::handover::{
    Colleague, ColleagueState, Consult, ConsultLeg, ConsultPart, FLOOR_COLLEAGUES, Floor,
    FloorQueue, HandoverCommand, HandoverNote, HandoverTarget, MAX_HANDOVER_CHARS,
};
use protocol::link::{Delta, ErrorCode};
use protocol::rest::{Happened, HappenedWhat};
use protocol::work::{AgentDelta, WorkStage};
use store::RecordEvent;
use vocab::{AgentId, AgentState, InteractionId, PeerLink, Sensitive};

impl Actor {
    pub(crate) fn handover_wish(
        &mut self,
        agent: AgentId,
        wish: HandoverCommand,
    ) -> Result<(), No> {
        let command = match wish {
            HandoverCommand::WatchFloor { is_on } => {
                if let Some(link) = self.people.agents.get_mut(&agent) {
                    link.shown.is_watching = is_on;
                    self.batch.affected.agents.insert(agent);
                }
                return Ok(());
            }
            HandoverCommand::Transfer {
                interaction,
                to,
                note,
            } => return self.transfer(agent, interaction, to, note),
            HandoverCommand::Consult {
                interaction,
                colleague,
                question,
            } => return self.consult(agent, interaction, colleague, question),
            HandoverCommand::HandOver { interaction } => Command::HandOver { agent, interaction },
            HandoverCommand::Join { interaction } => Command::JoinConsult { agent, interaction },
            HandoverCommand::StepAside { interaction } => Command::StepAside { agent, interaction },
            HandoverCommand::EndConsult { interaction } => {
                Command::EndConsult { agent, interaction }
            }
        };
        self.run(command).map_err(explain)
    }

    fn transfer(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
        to: HandoverTarget,
        note: Sensitive<String>,
    ) -> Result<(), No> {
        check_length(&note)?;
        let note = without_codes(&note);
        let to = match to {
            HandoverTarget::Queue { queue } => Target::Queue { queue },
            HandoverTarget::Agent { agent } => Target::Agent { agent },
        };
        self.run(Command::Transfer {
            agent,
            interaction,
            to,
        })
        .map_err(explain)?;
        let by_name = self.directory.agent_name(agent).to_owned();
        let at = self.now;
        if let Some(record) = self.records.open.get_mut(&interaction) {
            record.handed.note = Some(HandoverNote {
                by_name,
                note: note.clone(),
                at,
            });
        }
        self.keep_words(agent, interaction, note);
        Ok(())
    }

    fn consult(
        &mut self,
        agent: AgentId,
        interaction: InteractionId,
        colleague: AgentId,
        question: Sensitive<String>,
    ) -> Result<(), No> {
        check_length(&question)?;
        let question = without_codes(&question);
        self.run(Command::Consult {
            agent,
            interaction,
            colleague,
        })
        .map_err(explain)?;
        if let Some(record) = self.records.open.get_mut(&interaction) {
            record.handed.question = question.clone();
        }
        self.keep_words(agent, interaction, question);
        Ok(())
    }

    fn keep_words(&mut self, agent: AgentId, interaction: InteractionId, text: Sensitive<String>) {
        if !text.reveal().trim().is_empty() {
            self.journal_record(RecordEvent::HandoverNoted {
                interaction,
                agent,
                text,
            });
        }
    }

    /// Keeps what the next agent and the waiting customer are told.
    pub(crate) fn note_handover(&mut self, event: &Event) {
        let Some(interaction) = event.what.interaction() else {
            return;
        };
        let Some(record) = self.records.open.get_mut(&interaction) else {
            return;
        };
        match event.what {
            What::OfferAccepted { agent, .. } => {
                self.directory
                    .agent_name(agent)
                    .clone_into(&mut record.handed.with_name);
            }
            What::ReturnedToQueue { .. } => {
                record.handed.on_the_way = Some(PassedOn {
                    from_name: record.handed.with_name.clone(),
                    to_name: self.directory.queue_name(record.queue).to_owned(),
                    is_agent_gone: true,
                });
            }
            What::Transferred {
                agent, to, queue, ..
            } => {
                let to_name = match to {
                    Target::Queue { .. } => self.directory.queue_name(queue),
                    Target::Agent { agent } => self.directory.agent_name(agent),
                };
                record.handed.on_the_way = Some(PassedOn {
                    from_name: self.directory.agent_name(agent).to_owned(),
                    to_name: to_name.to_owned(),
                    is_agent_gone: false,
                });
            }
            // The colleague named did not take it: from here on the queue has it.
            What::OfferDeclined { .. } | What::OfferMissed { .. } | What::OfferWithdrawn { .. } => {
                if let Some(on_the_way) = &mut record.handed.on_the_way {
                    self.directory
                        .queue_name(record.queue)
                        .clone_into(&mut on_the_way.to_name);
                }
            }
            What::HandedOver {
                agent, colleague, ..
            } => {
                self.directory
                    .agent_name(colleague)
                    .clone_into(&mut record.handed.with_name);
                record.handed.note = Some(HandoverNote {
                    by_name: self.directory.agent_name(agent).to_owned(),
                    note: record.handed.question.clone(),
                    at: event.at,
                });
            }
            _ => {}
        }
    }

    /// The question to a colleague as `agent`, one of the two, sees it, and what stage that is for them.
    pub(crate) fn consult_seen_by(
        &self,
        agent: AgentId,
        view: &acd::InteractionView,
        question: &Sensitive<String>,
    ) -> Option<(Consult, WorkStage)> {
        let acd::Stage::Consulting {
            agent: owner,
            answered_at,
            colleague,
            consult,
        } = view.stage
        else {
            return None;
        };
        let is_asked = agent == colleague;
        let (leg, began) = match consult {
            acd::Consult::Ringing { since, deadline } => {
                (ConsultLeg::Ringing { since, deadline }, since)
            }
            acd::Consult::Private { since } => (ConsultLeg::Private { since }, since),
            acd::Consult::Together { since } => (ConsultLeg::Together { since }, since),
        };
        let stage = match (is_asked, leg) {
            (true, ConsultLeg::Ringing { since, deadline }) => {
                WorkStage::Ringing { since, deadline }
            }
            (true, ConsultLeg::Private { since } | ConsultLeg::Together { since }) => {
                WorkStage::Talking { since }
            }
            (false, ConsultLeg::Ringing { .. } | ConsultLeg::Private { .. }) => WorkStage::Held {
                since: began,
                answered_at,
            },
            (false, ConsultLeg::Together { .. }) => WorkStage::Talking { since: answered_at },
        };
        let (part, other, link) = if is_asked {
            (ConsultPart::Asked, owner, view.agent_link)
        } else {
            (ConsultPart::Asking, colleague, view.colleague_link)
        };
        let consult = Consult {
            part,
            colleague: other,
            colleague_name: self.directory.agent_name(other).to_owned(),
            is_colleague_connected: !matches!(link, Some(PeerLink::Away { .. })),
            question: question.clone(),
            leg,
        };
        Some((consult, stage))
    }

    /// Sent to those who watch, when it changed; called at most once a second.
    pub(crate) fn make_floor_frames(&mut self, frames: &mut Vec<(LinkId, Out)>) {
        if !self.is_floor_dirty || !self.people.pace.is_floor_due() {
            return;
        }
        self.is_floor_dirty = false;
        if !self.people.has_watchers() {
            return;
        }
        let floor = self.floor();
        for link in self.people.agents.values_mut() {
            if link.shown.is_watching && link.shown.floor.as_ref() != Some(&floor) {
                link.shown.floor = Some(floor.clone());
                frames.push((link.link, floor_delta(Some(floor.clone()))));
            }
        }
    }

    /// The first look for somebody who began to watch, and the last for somebody who stopped.
    pub(crate) fn floor_differences(&mut self, agent: AgentId, frames: &mut Vec<(LinkId, Out)>) {
        let Some(link) = self.people.agents.get(&agent) else {
            return;
        };
        let floor = match (link.shown.is_watching, &link.shown.floor) {
            (true, None) => Some(self.floor()),
            (false, Some(_)) => None,
            (true, Some(_)) | (false, None) => return,
        };
        if let Some(link) = self.people.agents.get_mut(&agent) {
            link.shown.floor.clone_from(&floor);
            frames.push((link.link, floor_delta(floor)));
        }
    }

    fn floor(&self) -> Floor {
        let mut colleagues: Vec<Colleague> = self
            .center
            .agents()
            .filter_map(|agent| {
                let user = self.directory.users.get(&agent)?;
                Some(Colleague {
                    agent,
                    user: user.user.clone(),
                    name: user.name.clone(),
                    role: user.role,
                    state: colleague_state(&self.center.agent(agent)?)?,
                })
            })
            .collect();
        colleagues.sort_by(|a, b| (a.state, &a.name).cmp(&(b.state, &b.name)));
        colleagues.truncate(FLOOR_COLLEAGUES);
        let queues = self.directory.queues.values().filter_map(|queue| {
            let view = self.center.queue(queue.id)?;
            Some(FloorQueue {
                queue: queue.id,
                slug: queue.settings.code.clone(),
                name: queue.settings.name.clone(),
                waiting: view.waiting,
                agents_ready: view.agents_ready,
            })
        });
        Floor {
            colleagues,
            queues: queues.collect(),
        }
    }
}

/// After a restart: what the timeline says of handovers. Words are those of the newest line that has some.
pub(crate) fn handed(happened: &[Happened], queue_name: &str) -> Handed {
    let mut handed = Handed::default();
    for line in happened {
        let name = || line.agent_name.clone().unwrap_or_default();
        let words = line.note.clone().unwrap_or_default();
        match line.what {
            HappenedWhat::Transferred => {
                handed.note = Some(HandoverNote {
                    by_name: name(),
                    note: words,
                    at: line.at,
                });
                handed.on_the_way = Some(PassedOn {
                    from_name: name(),
                    to_name: line.to_name.clone().unwrap_or_default(),
                    is_agent_gone: false,
                });
            }
            HappenedWhat::ReturnedToQueue => {
                handed.on_the_way = Some(PassedOn {
                    from_name: handed.with_name.clone(),
                    to_name: queue_name.to_owned(),
                    is_agent_gone: true,
                });
            }
            HappenedWhat::ConsultAsked => handed.question = words,
            HappenedWhat::HandedOver => {
                handed.note = Some(HandoverNote {
                    by_name: name(),
                    note: handed.question.clone(),
                    at: line.at,
                });
                handed.with_name = line.to_name.clone().unwrap_or_default();
            }
            HappenedWhat::Answered => {
                handed.on_the_way = None;
                handed.with_name = name();
            }
            _ => {}
        }
    }
    handed
}

/// Nothing for somebody who is not signed in.
fn colleague_state(view: &acd::AgentView) -> Option<ColleagueState> {
    Some(match view.state {
        AgentState::Offline => return None,
        _ if view.is_away => ColleagueState::Away,
        AgentState::Ready => ColleagueState::Ready,
        AgentState::NotReady { reason } => ColleagueState::NotReady { reason },
        AgentState::Ringing { .. }
        | AgentState::CallingBack { .. }
        | AgentState::Talking { .. }
        | AgentState::Held { .. }
        | AgentState::WrapUp { .. } => ColleagueState::Busy,
    })
}

fn floor_delta(floor: Option<Floor>) -> Out {
    Out::Delta(Box::new(Delta::Agent {
        delta: AgentDelta::Floor { floor },
    }))
}

fn check_length(text: &Sensitive<String>) -> Result<(), No> {
    if text.reveal().chars().count() > MAX_HANDOVER_CHARS {
        return Err((ErrorCode::BadField, "note: longer than 1000 characters"));
    }
    Ok(())
}
