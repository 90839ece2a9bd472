//! The audit trail's lines, how long personal content is kept, and erasures that the command line asks a server for.

use vocab::{CustomerId, Millis, Sensitive};

/// A line for the audit trail. It names accounts and numbers, never what a customer said or is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditNote {
    pub at: Millis,
    /// A user's name, `command line` or `retention`.
    pub by: String,
    /// What was done, as `customer_edited`.
    pub what: String,
    /// To whom or what, as `customer 7`.
    pub subject: String,
}

/// Somebody looked at customers who were not their own work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub at: Millis,
    pub by: String,
    /// The address that it was asked from.
    pub from: String,
    pub what: Looked,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// A record or its history was opened.
    Customer(CustomerId),
    /// `query` is kept as a keyed sum only.
    Search {
        query: Sensitive<String>,
        found: u32,
    },
}

/// How long personal content is kept, in days; without a number it is kept for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// What an interaction was about, after its end. The figures stay.
    pub interactions_days: Option<u32>,
    /// A whole record, after the last contact.
    pub customers_days: Option<u32>,
    /// The audit trail.
    pub audit_days: Option<u32>,
}

impl Retention {
    /// This organisation's own numbers, and the server's where it has none.
    #[must_use]
    pub fn or(self, server: Self) -> Self {
        Self {
            interactions_days: self.interactions_days.or(server.interactions_days),
            customers_days: self.customers_days.or(server.customers_days),
            audit_days: self.audit_days.or(server.audit_days),
        }
    }
}

/// An erasure that somebody asked for on the command line while a server writes the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureRequest {
    pub customer: CustomerId,
    pub by: String,
    pub state: ErasureState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureState {
    Asked,
    Done,
    /// The customer is in contact at this moment, or the store could not write.
    Refused,
}
