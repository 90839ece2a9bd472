//! New records from outside: numbered here, because the actor is the only one who numbers customers, and journaled with
//! what an import changes of records that were there.

use super::actor::Actor;
use super::inbox::EditError;
use protocol::exchange::CustomerRecord;
use store::{AuditNote, RecordEvent};
use vocab::{CustomerId, ImportId};

/// Records to be added and changed in one commit.
#[derive(Debug, Default)]
pub struct NewRecords {
    pub(crate) import: Option<ImportId>,
    pub(crate) records: Vec<CustomerRecord>,
    /// Changes of records that were there before.
    pub(crate) changes: Vec<(CustomerId, Vec<RecordEvent>)>,
    /// How far the import has come by it.
    pub(crate) advanced: Option<RecordEvent>,
    /// Of a single new record without a subject: the actor knows its number.
    pub(crate) note: Option<AuditNote>,
}

impl Actor {
    /// The number of the first new record; the others follow without gaps.
    pub(crate) fn add_records(&mut self, new: NewRecords) -> Result<CustomerId, EditError> {
        let first = self.last_customer + 1;
        let NewRecords {
            import,
            records,
            changes,
            advanced,
            note,
        } = new;
        for record in records {
            self.last_customer += 1;
            let customer = CustomerId(self.last_customer);
            let record = Box::new(record);
            self.journal_record(RecordEvent::CustomerAdded {
                customer,
                import,
                record,
            });
        }
        for (customer, events) in changes {
            if self.records.is_erased(customer) {
                continue;
            }
            if self.is_shown(customer) {
                self.edit(customer, events, None)?;
            } else {
                events
                    .into_iter()
                    .for_each(|event| self.journal_record(event));
            }
        }
        advanced
            .into_iter()
            .for_each(|event| self.journal_record(event));
        self.batch.audit.extend(note.map(|mut note| {
            if note.subject.is_empty() {
                note.subject = format!("customer {first}");
            }
            note
        }));
        Ok(CustomerId(first))
    }

    /// Whether the record stands on somebody's screen with an interaction.
    fn is_shown(&self, customer: CustomerId) -> bool {
        let mut open = self.records.open.values();
        open.any(|record| record.pop.customer.customer == customer)
    }
}
