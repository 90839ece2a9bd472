//! What changes about agents: their links and the states they choose.

use crate::event::What;
use crate::state::{Agent, AgentLink, Presence, State};
use vocab::{ChosenState, Millis, NotReadyReason};

impl State {
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "`change` lists every event and sends only agents' here"
    )]
    pub(super) fn change_agent(&mut self, at: Millis, what: &What) {
        match *what {
            What::AgentCameOnline { agent } => {
                if let Some(agent) = self.agents.get_mut(&agent) {
                    agent.handled = 0;
                    agent.declined = 0;
                }
                let chosen = ChosenState::NotReady {
                    reason: NotReadyReason::JustSignedIn,
                };
                let link = AgentLink::Up;
                self.set_presence(
                    agent,
                    Presence::Online {
                        chosen,
                        since: at,
                        next: None,
                        link,
                    },
                );
            }
            What::AgentAway {
                agent,
                lease_until,
                grace_until,
            } => {
                let link = AgentLink::Away {
                    since: at,
                    lease_until,
                    grace_until,
                };
                self.set_agent_link(agent, link);
            }
            What::AgentBack { agent } => self.set_agent_link(agent, AgentLink::Up),
            What::AgentWentOffline { agent } => {
                self.set_presence(agent, Presence::Offline { since: at });
            }
            What::StateChosen { agent, state } => self.choose(agent, at, state),
            What::NextStateReserved { agent, state } => {
                if let Some(Agent {
                    presence: Presence::Online { next, .. },
                    ..
                }) = self.agents.get_mut(&agent)
                {
                    *next = state;
                }
            }
            _ => {}
        }
    }
}
