//! Questions about customers and past interactions, answered from the projections.

use crate::{CallerDetails, Result};
use protocol::rest::{
    CustomerPage, CustomerSummary, IdentityKind, InteractionDetail, InteractionSummary, Timeline,
};
use protocol::work::MediaReport;
use vocab::{CustomerId, InteractionId};

/// Reads what is committed. Every method fails only when the store cannot be read.
pub trait History: Send {
    /// Who has this identity, compared as [`crate::normalised`] says. When several share it, the one who was in
    /// contact last.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn find_customer_by_identity(
        &self,
        kind: IdentityKind,
        value: &str,
    ) -> Result<Option<CustomerId>>;

    /// Visitors' identities are left out: they are secrets of browsers.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn customer(&self, customer: CustomerId) -> Result<Option<CustomerSummary>>;

    /// Every word of the query must occur in a name, phone, e-mail address, label or note; digits match phones
    /// however they are written. An empty query gives those last in contact.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn search(&self, query: &str, limit: u32) -> Result<CustomerPage>;

    /// Newest first. `before` is the last interaction of the page before this one.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn timeline(
        &self,
        customer: CustomerId,
        before: Option<InteractionId>,
        limit: u32,
    ) -> Result<Timeline>;

    /// # Errors
    /// When the store cannot be read.
    fn interaction(&self, interaction: InteractionId) -> Result<Option<InteractionDetail>>;

    /// What the pop shows: the newest interactions older than `except`, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn last_interactions(
        &self,
        customer: CustomerId,
        except: Option<InteractionId>,
        limit: u32,
    ) -> Result<Vec<InteractionSummary>>;

    /// # Errors
    /// When the store cannot be read.
    fn caller(&self, interaction: InteractionId) -> Result<Option<CallerDetails>>;

    /// The newest report of the interaction's media.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn media_report(&self, interaction: InteractionId) -> Result<Option<MediaReport>>;
}
