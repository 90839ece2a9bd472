//! Commands that outlive a broken link and a restart: each arrives once, in the order in which it was given.
//!
//! Offers are not among them: an answer to a ring must not be replayed late. See `desktop::delivery`.

use super::{Local, local};
use crate::model::Drafts;
use protocol::desktop::DesktopError;
use protocol::work::AgentCommand;
use rusqlite::{OptionalExtension, params};
use vocab::CommandId;

/// The oldest command that waits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Waiting {
    pub(crate) id: CommandId,
    pub(crate) command: AgentCommand,
}

/// Commands of one subject replace each other while they wait: only the last note, the last choice matter.
fn subject(command: &AgentCommand) -> Option<String> {
    match command {
        AgentCommand::SaveNote { interaction, .. } => Some(format!("note {interaction}")),
        AgentCommand::ChooseState { .. } => Some("state".to_owned()),
        AgentCommand::ReserveNextState { .. } => Some("next state".to_owned()),
        _ => None,
    }
}

impl Local {
    /// Keeps a command for `account`; `in_flight` was sent already and is not replaced.
    pub(crate) fn keep(
        &mut self,
        account: &str,
        id: CommandId,
        command: &AgentCommand,
        in_flight: Option<CommandId>,
    ) -> Result<(), DesktopError> {
        let text = serde_json::to_string(command).map_err(|err| local(&err))?;
        let subject = subject(command);
        let in_flight = in_flight.map(|id| id.0.to_string());
        let change = self.db.transaction().map_err(|err| local(&err))?;
        if subject.is_some() {
            change
                .execute(
                    "DELETE FROM outbox WHERE account = ?1 AND subject = ?2 AND command_id IS NOT ?3",
                    params![account, subject, in_flight],
                )
                .map_err(|err| local(&err))?;
        }
        change
            .execute(
                "INSERT INTO outbox (command_id, account, subject, command) VALUES (?1, ?2, ?3, ?4)",
                params![id.0.to_string(), account, subject, text],
            )
            .map_err(|err| local(&err))?;
        change.commit().map_err(|err| local(&err))
    }

    /// The command was acknowledged, or refused for good.
    pub(crate) fn delivered(&self, id: CommandId) -> Result<(), DesktopError> {
        self.db
            .execute(
                "DELETE FROM outbox WHERE command_id = ?1",
                [id.0.to_string()],
            )
            .map(|_| ())
            .map_err(|err| local(&err))
    }

    /// The oldest command of `account`. One that this program cannot read any more is dropped with a warning.
    pub(crate) fn oldest(&self, account: &str) -> Result<Option<Waiting>, DesktopError> {
        loop {
            let row: Option<(String, String)> = self
                .db
                .query_row(
                    "SELECT command_id, command FROM outbox WHERE account = ?1 ORDER BY place LIMIT 1",
                    [account],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()
                .map_err(|err| local(&err))?;
            let Some((id, text)) = row else {
                return Ok(None);
            };
            let id_read = uuid::Uuid::parse_str(&id).map(CommandId);
            if let (Ok(id), Ok(command)) = (id_read, serde_json::from_str(&text)) {
                return Ok(Some(Waiting { id, command }));
            }
            tracing::warn!(id, "a kept command of another version was dropped");
            self.db
                .execute("DELETE FROM outbox WHERE command_id = ?1", [id])
                .map_err(|err| local(&err))?;
        }
    }

    pub(crate) fn count(&self, account: &str) -> u32 {
        self.db
            .query_row(
                "SELECT count(*) FROM outbox WHERE account = ?1",
                [account],
                |row| row.get(0),
            )
            .unwrap_or(0)
    }

    /// The notes among the waiting commands, newest last.
    pub(crate) fn drafts(&self, account: &str) -> Drafts {
        let read = || -> rusqlite::Result<Drafts> {
            let mut query = self.db.prepare(
                "SELECT command FROM outbox WHERE account = ?1 AND subject LIKE 'note %' ORDER BY place",
            )?;
            let rows = query.query_map([account], |row| row.get::<_, String>(0))?;
            let mut drafts = Drafts::new();
            for text in rows {
                if let Ok(AgentCommand::SaveNote { interaction, text }) =
                    serde_json::from_str(&text?)
                {
                    drafts.insert(interaction, text);
                }
            }
            Ok(drafts)
        };
        read().unwrap_or_else(|err| {
            tracing::warn!(%err, "kept notes cannot be read");
            Drafts::new()
        })
    }
}
