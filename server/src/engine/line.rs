//! A queue's line for supervisors: its entries, and removing entries.

use super::actor::Actor;
use super::customers::STORAGE;
use super::inbox::{EditError, Engine, Input, Question};
use acd::Command;
use protocol::line::{LineEntry, LineWaits, RemovedFromLine};
use protocol::link::ErrorCode;
use protocol::rest::IdentityKind;
use store::AuditNote;
use tokio::sync::oneshot;
use vocab::{AgentId, InteractionId, QueueId};

/// Entries of a long line that are shown, the first ones.
const SHOWN: usize = 2_000;

/// Entries that a supervisor removes.
#[derive(Debug)]
pub struct Removal {
    queue: QueueId,
    interactions: Vec<InteractionId>,
    by: AgentId,
    removed: oneshot::Sender<RemovedFromLine>,
}

impl Engine {
    /// The line as it stands, the next one first; nothing when the actor has stopped.
    pub(crate) async fn line(&self, queue: QueueId) -> Option<Vec<LineEntry>> {
        let (reply, line) = oneshot::channel();
        let question = Question::Line { queue, reply };
        self.send(Input::Question(question)).await.ok()?;
        line.await.ok()
    }

    /// Takes these out of the queue's line, those who do not wait there any more left out; returns when that is committed.
    ///
    /// # Errors
    /// A code and a sentence when the store cannot be written; nobody was removed.
    pub(crate) async fn remove_from_line(
        &self,
        queue: QueueId,
        interactions: Vec<InteractionId>,
        by: AgentId,
    ) -> Result<RemovedFromLine, (ErrorCode, &'static str)> {
        let (removed, told) = oneshot::channel();
        let removal = Removal {
            queue,
            interactions,
            by,
            removed,
        };
        let committed = self.committed(|done| Input::RemoveFromLine { removal, done });
        match committed.await {
            Ok(()) => told.await.map_err(|_| STORAGE),
            Err(EditError::Refused(code, hint)) => Err((code, hint)),
            Err(EditError::InContact | EditError::StorageFailed) => Err(STORAGE),
        }
    }
}

impl Actor {
    pub(crate) fn line_now(&self, queue: QueueId) -> Vec<LineEntry> {
        let line = self.center.line(queue).take(SHOWN);
        line.filter_map(|id| self.line_entry(id)).collect()
    }

    fn line_entry(&self, interaction: InteractionId) -> Option<LineEntry> {
        let view = self.center.interaction(interaction)?;
        let record = self.records.open.get(&interaction);
        let customer = record.map(|record| &record.pop.customer);
        let phone = customer.and_then(|customer| {
            let mut all = customer.identities.iter();
            let phone = all.find(|identity| identity.kind == IdentityKind::Phone);
            phone.map(|identity| identity.value.clone())
        });
        Some(LineEntry {
            interaction,
            customer: view.customer,
            name: customer.map(|customer| customer.name.clone()),
            phone,
            topic: record.and_then(|record| record.topic.clone()),
            since: view.entered_at,
            waits: if view.waits.is_for_callback() {
                LineWaits::ForCallback
            } else {
                LineWaits::OnTheLine
            },
            is_ringing: !matches!(view.stage, acd::Stage::Waiting),
            link: view.customer_link,
            address: record
                .and_then(|record| record.origin)
                .map(|origin| origin.to_string()),
        })
    }

    /// Those who were answered or left meanwhile stay as they are: nobody is cut off.
    pub(crate) fn remove_from_line(&mut self, removal: Removal) {
        let Removal {
            queue,
            interactions,
            by,
            removed: reply,
        } = removal;
        let mut removed = Vec::new();
        for interaction in interactions {
            let view = self.center.interaction(interaction);
            let Some(view) = view.filter(|view| view.queue == queue) else {
                continue;
            };
            if self
                .run(Command::RemoveFromLine { interaction, by })
                .is_err()
            {
                continue;
            }
            self.batch.audit.push(AuditNote {
                at: self.now,
                by: self.user_of(by),
                what: "removed_from_line".to_owned(),
                subject: format!("interaction {interaction}, customer {}", view.customer),
            });
            removed.push(interaction);
        }
        // Whoever asked may have stopped waiting.
        let _ = reply.send(RemovedFromLine { removed });
    }
}
