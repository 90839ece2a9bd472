//! Changes of records from outside: checked against what is live, journaled with their line in the audit trail, and
//! shown on the pops that are open.

use super::actor::Actor;
use super::inbox::EditError;
use protocol::record::{Consent, ConsentKind, ConsentSource};
use protocol::rest::{CustomerSummary, IdentityKind};
use store::{AuditNote, RecordEvent};
use vocab::{AgentId, CustomerId, Millis};

impl Actor {
    /// # Errors
    /// [`EditError::InContact`] when a customer in contact was to be erased; nothing was done.
    pub(crate) fn edit(
        &mut self,
        customer: CustomerId,
        events: Vec<RecordEvent>,
        note: Option<AuditNote>,
    ) -> Result<(), EditError> {
        let is_erasure = events
            .iter()
            .any(|event| matches!(event, RecordEvent::CustomerErased { .. }));
        if is_erasure {
            self.forget(customer)?;
        }
        for record in self.records.open.values_mut() {
            let summary = &mut record.pop.customer;
            if summary.customer == customer {
                events.iter().for_each(|event| show(summary, event));
                self.directory.write_numbers(summary, record.queue);
            }
        }
        let agents: Vec<AgentId> = self.people.agents.keys().copied().collect();
        self.batch.affected.agents.extend(agents);
        self.batch.affected.customers_changed.insert(customer);
        for event in events {
            self.journal_record(event);
        }
        self.batch.audit.extend(note);
        Ok(())
    }

    /// What memory holds of a customer who is erased. While they are in contact, or somebody still writes about it,
    /// new content would follow at once.
    fn forget(&mut self, customer: CustomerId) -> Result<(), EditError> {
        let is_open = self.records.open.iter().any(|(interaction, record)| {
            record.pop.customer.customer == customer
                && self.center.interaction(*interaction).is_some()
        });
        if is_open || self.center.customer_interaction(customer).is_some() {
            return Err(EditError::InContact);
        }
        for link in self.people.customers.values_mut() {
            if link.customer == Some(customer) {
                (link.customer, link.known_name) = (None, None);
            }
        }
        self.records.forget(customer);
        Ok(())
    }
}

/// The record as it is after the change.
pub(crate) fn show(summary: &mut CustomerSummary, event: &RecordEvent) {
    match event {
        RecordEvent::CustomerPatched { patch, .. } => {
            let patch = patch.clone();
            summary.name = patch.name.unwrap_or_else(|| summary.name.clone());
            summary.note = patch.note.unwrap_or_else(|| summary.note.clone());
            summary.is_vip = patch.is_vip.unwrap_or(summary.is_vip);
            summary.labels = patch.labels.unwrap_or_else(|| summary.labels.clone());
            summary.attributes = patch
                .attributes
                .unwrap_or_else(|| summary.attributes.clone());
            if let Some(preferences) = &patch.preferences {
                summary.preferences.clone_from(preferences);
            }
            summary.language = patch
                .language
                .or_else(|| summary.language.clone())
                .filter(|language| !language.is_empty());
        }
        RecordEvent::IdentityAdded { identity, .. } if identity.kind == IdentityKind::Visitor => {
            summary.browsers += 1;
        }
        RecordEvent::IdentityAdded { identity, .. } => summary.identities.push(identity.clone()),
        RecordEvent::IdentityRemoved { identity, .. } => {
            summary
                .identities
                .retain(|known| known.kind != identity.kind || known.value != identity.value);
        }
        RecordEvent::BrowsersForgotten { .. } => summary.browsers = 0,
        RecordEvent::ConsentSet { consent, .. } => {
            summary.consents.retain(|known| known.kind != consent.kind);
            summary.consents.push(*consent);
            summary.consents.sort_by_key(|consent| consent.kind);
        }
        RecordEvent::CustomerNoteAdded { .. }
        | RecordEvent::CustomerNoteEdited { .. }
        | RecordEvent::CustomerNoteRemoved { .. } => {}
        _ => return,
    }
    summary.revision = summary.revision.saturating_add(1);
}

/// What the customer answered on the page stands on the record from now on.
pub(crate) fn page_consent(is_given: bool, now: Millis) -> Consent {
    Consent {
        kind: ConsentKind::Recording,
        is_given,
        given_at: now,
        source: ConsentSource::CustomerPage,
    }
}
