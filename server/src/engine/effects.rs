//! What a batch of decisions touches and what it will release once it is committed.

use super::inbox::{EditError, LinkId, Out};
use acd::{ConsultEnd, Event, What, WithdrawnBecause};
use protocol::work::GoneBecause;
use std::collections::{BTreeMap, BTreeSet};
use store::{AuditNote, DoneCommand, JournalEntry};
use tokio::sync::oneshot;
use vocab::{AgentId, CommandId, CustomerId, InteractionId};

/// Whose screens may differ after these events.
#[derive(Debug, Default)]
pub(crate) struct Affected {
    pub(crate) agents: BTreeSet<AgentId>,
    pub(crate) interactions: BTreeSet<InteractionId>,
    pub(crate) gone: BTreeMap<(AgentId, InteractionId), GoneBecause>,
    pub(crate) customers_changed: BTreeSet<CustomerId>,
    pub(crate) is_everybody: bool,
}

impl Affected {
    pub(crate) fn observe(&mut self, event: &Event) {
        match &event.what {
            What::Configured { .. } | What::HoursChanged { .. } | What::ClockStepped { .. } => {
                self.is_everybody = true;
            }
            What::Entered { .. }
            | What::CustomerAway { .. }
            | What::CustomerBack { .. }
            | What::Abandoned { .. }
            | What::RemovedFromLine { .. }
            | What::PlaceKept { .. }
            | What::WaitsOnLine { .. }
            | What::CallbackRested { .. }
            | What::KeptForAgent { .. }
            | What::OfferableToAll { .. }
            | What::RingWidened { .. }
            | What::Overflowed { .. }
            | What::OverflowPostponed { .. }
            | What::ReturnedToQueue { .. } => self.interactions.extend(event.what.interaction()),
            What::CallbackMissed {
                interaction, agent, ..
            } => self.left(*interaction, *agent, GoneBecause::CallbackMissed),
            What::OfferMade {
                interaction, agent, ..
            }
            | What::CallbackStarted {
                interaction, agent, ..
            }
            | What::OfferAccepted { interaction, agent }
            | What::Held { interaction, agent }
            | What::Resumed { interaction, agent }
            | What::WrapUpExtended {
                interaction, agent, ..
            } => self.both(*interaction, *agent),
            What::Ended {
                interaction,
                agent,
                wrap_up_deadline,
                ..
            } => match wrap_up_deadline {
                Some(_) => self.both(*interaction, *agent),
                None => self.left(*interaction, *agent, GoneBecause::Done),
            },
            What::Transferred { .. }
            | What::ConsultAsked { .. }
            | What::ConsultAccepted { .. }
            | What::ConsultJoined { .. }
            | What::SteppedAside { .. }
            | What::ConsultEnded { .. }
            | What::HandedOver { .. } => self.observe_handover(&event.what),
            What::OfferDeclined { .. } | What::OfferMissed { .. } | What::OfferWithdrawn { .. } => {
                self.observe_end_of_offer(&event.what);
            }
            What::WrapUpFinished {
                interaction, agent, ..
            } => self.left(*interaction, *agent, GoneBecause::Done),
            What::AgentCameOnline { .. }
            | What::AgentAway { .. }
            | What::AgentBack { .. }
            | What::AgentWentOffline { .. }
            | What::StateChosen { .. }
            | What::NextStateReserved { .. }
            | What::StateForced { .. } => self.agents.extend(event.what.agent()),
        }
    }

    fn observe_end_of_offer(&mut self, what: &What) {
        match what {
            What::OfferDeclined {
                interaction, agent, ..
            } => self.left(*interaction, *agent, GoneBecause::Declined),
            What::OfferMissed { interaction, agent } => {
                self.left(*interaction, *agent, GoneBecause::Missed);
            }
            What::OfferWithdrawn {
                interaction,
                agent,
                because,
            } => self.left(*interaction, *agent, withdrawn(*because)),
            _ => {}
        }
    }

    fn observe_handover(&mut self, what: &What) {
        match what {
            What::Transferred {
                interaction, agent, ..
            } => self.left(*interaction, *agent, GoneBecause::PassedOn),
            What::ConsultAsked {
                interaction,
                agent,
                colleague,
                ..
            }
            | What::ConsultAccepted {
                interaction,
                agent,
                colleague,
            }
            | What::ConsultJoined {
                interaction,
                agent,
                colleague,
            }
            | What::SteppedAside {
                interaction,
                agent,
                colleague,
            } => {
                self.both(*interaction, *agent);
                self.both(*interaction, *colleague);
            }
            What::ConsultEnded {
                interaction,
                agent,
                colleague,
                because,
                ..
            } => {
                self.both(*interaction, *agent);
                let why = match because {
                    ConsultEnd::Missed => GoneBecause::Missed,
                    ConsultEnd::Declined => GoneBecause::Declined,
                    ConsultEnd::Ended => GoneBecause::CustomerLeft,
                    ConsultEnd::ColleagueAway => GoneBecause::Reassigned,
                    ConsultEnd::ColleagueLeft | ConsultEnd::Back | ConsultEnd::AgentLost => {
                        GoneBecause::PassedOn
                    }
                };
                self.left(*interaction, *colleague, why);
            }
            What::HandedOver {
                interaction,
                agent,
                colleague,
            } => {
                self.left(*interaction, *agent, GoneBecause::PassedOn);
                self.both(*interaction, *colleague);
            }
            _ => {}
        }
    }

    fn both(&mut self, interaction: InteractionId, agent: AgentId) {
        self.interactions.insert(interaction);
        self.agents.insert(agent);
        // It may have come back within the same batch.
        self.gone.remove(&(agent, interaction));
    }

    fn left(&mut self, interaction: InteractionId, agent: AgentId, why: GoneBecause) {
        self.both(interaction, agent);
        self.gone.insert((agent, interaction), why);
    }
}

fn withdrawn(because: WithdrawnBecause) -> GoneBecause {
    match because {
        WithdrawnBecause::CustomerLeft => GoneBecause::CustomerLeft,
        WithdrawnBecause::CustomerAway => GoneBecause::CustomerAway,
        WithdrawnBecause::AgentAway | WithdrawnBecause::StateForced => GoneBecause::Reassigned,
        WithdrawnBecause::TakenByColleague => GoneBecause::TakenByColleague,
        WithdrawnBecause::RemovedFromLine => GoneBecause::RemovedFromLine,
    }
}

/// Decisions that are not yet with the storage thread, and what they will cause.
#[derive(Debug, Default)]
pub(crate) struct OpenBatch {
    pub(crate) entries: Vec<JournalEntry>,
    pub(crate) done: Vec<DoneCommand>,
    pub(crate) audit: Vec<AuditNote>,
    pub(crate) release: Release,
    pub(crate) affected: Affected,
}

/// What waits for the commit.
#[derive(Debug, Default)]
pub(crate) struct Release {
    /// The clock was set by this entry: the day by it is read when it is on the disk.
    pub(crate) step: Option<u64>,
    /// Commands of this batch that were done; refused should the commit fail.
    pub(crate) commands: Vec<(LinkId, CommandId)>,
    /// Refusals, and acknowledgements of repeated commands.
    pub(crate) answers: Vec<(LinkId, Out)>,
    pub(crate) edits: Vec<oneshot::Sender<Result<(), EditError>>>,
    /// Links that wait for their first view.
    pub(crate) welcomes: Vec<LinkId>,
    /// Views and deltas, made when the batch was sealed.
    pub(crate) frames: Vec<(LinkId, Out)>,
}

impl OpenBatch {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
            && self.done.is_empty()
            && self.release.answers.is_empty()
            && self.release.edits.is_empty()
            && self.release.welcomes.is_empty()
            && self.release.commands.is_empty()
    }
}
