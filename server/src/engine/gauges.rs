//! An organisation's figures for those who run the server.

use super::actor::Actor;
use crate::metrics::OrganisationGauges;
use std::collections::BTreeMap;
use vocab::AgentState;

impl Actor {
    pub(crate) fn gauges(&self) -> OrganisationGauges {
        let mut agents: BTreeMap<&'static str, u32> = BTreeMap::new();
        for view in self
            .center
            .agents()
            .filter_map(|agent| self.center.agent(agent))
        {
            let count = agents.entry(state_code(view.state)).or_default();
            *count = count.saturating_add(1);
        }
        let waiting = self.center.queues().filter_map(|queue| {
            let view = self.center.queue(queue)?;
            Some((self.directory.queue_code(queue), view.waiting))
        });
        OrganisationGauges {
            organisation: self.directory.organisation.slug.to_string(),
            waiting: waiting.collect(),
            agents: agents.into_iter().collect(),
            journal_entries: self.seq,
            unwitnessed_ms: 0,
        }
    }
}

fn state_code(state: AgentState) -> &'static str {
    match state {
        AgentState::Offline => "offline",
        AgentState::NotReady { .. } => "not_ready",
        AgentState::Ready => "ready",
        AgentState::Ringing { .. } => "ringing",
        AgentState::CallingBack { .. } => "calling_back",
        AgentState::Talking { .. } => "talking",
        AgentState::Held { .. } => "held",
        AgentState::WrapUp { .. } => "wrap_up",
    }
}
