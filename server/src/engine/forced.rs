//! A supervisor's word on an agent's state.

use super::actor::Actor;
use super::commands::explain;
use super::customers::STORAGE;
use super::inbox::{EditError, Engine, Input};
use acd::Command;
use protocol::link::ErrorCode;
use store::AuditNote;
use vocab::{AgentId, ChosenState};

/// Who shall be what, and who says so.
#[derive(Clone, Copy, Debug)]
pub struct Forced {
    pub(crate) agent: AgentId,
    pub(crate) state: ChosenState,
    pub(crate) by: AgentId,
}

impl Engine {
    /// Takes effect at once, or after the conversation that goes on; returns when that is committed.
    ///
    /// # Errors
    /// A code and a sentence when the agent is not signed in, or the state is not one that may be chosen.
    pub async fn force_state(
        &self,
        agent: AgentId,
        state: ChosenState,
        by: AgentId,
    ) -> Result<(), (ErrorCode, &'static str)> {
        let forced = Forced { agent, state, by };
        let decided = self.committed(|done| Input::Force { forced, done }).await;
        decided.map_err(|err| match err {
            EditError::Refused(code, hint) => (code, hint),
            EditError::InContact | EditError::StorageFailed => STORAGE,
        })
    }
}

impl Actor {
    pub(crate) fn force(&mut self, forced: Forced) -> Result<(), EditError> {
        let Forced { agent, state, by } = forced;
        self.run(Command::ForceState { agent, state, by })
            .map_err(|refusal| {
                let (code, hint) = explain(refusal);
                EditError::Refused(code, hint)
            })?;
        self.batch.audit.push(AuditNote {
            at: self.now,
            by: self.user_of(by),
            what: "state_forced".to_owned(),
            subject: format!("user {}", self.user_of(agent)),
        });
        Ok(())
    }

    pub(crate) fn user_of(&self, agent: AgentId) -> String {
        let user = self.directory.users.get(&agent);
        user.map_or_else(|| agent.to_string(), |user| user.user.clone())
    }
}
