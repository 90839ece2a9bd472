//! Questions about customers and past interactions, answered from the projections.

use crate::{CallerDetails, Result};
use protocol::record::{CustomerExport, CustomerNote, DuplicateKey, DuplicatePage};
use protocol::rest::{
    CustomerPage, CustomerSummary, IdentityKind, InteractionDetail, InteractionSummary, Timeline,
};
use protocol::work::MediaReport;
use timekeeping::Span;
use vocab::{AgentId, CustomerId, InteractionId, Millis};

/// Reads what is committed. Every method fails only when the store cannot be read.
pub trait History: Send {
    /// Who has the identity with this [`crate::identity_key`]. When several share it, the one who was in contact last.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn find_customer_by_key(&self, kind: IdentityKind, key: &str) -> Result<Option<CustomerId>>;

    /// The newest records whose names have this [`crate::name_key`].
    ///
    /// # Errors
    /// When the store cannot be read.
    fn find_customers_by_name(&self, name_key: &str, limit: u32) -> Result<Vec<CustomerId>>;

    /// Numbers, addresses and handles that stand on more than one record, in the order of their keys, after the one
    /// given. Whether they are the same person is for people to say.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn duplicates(&self, after: Option<&DuplicateKey>, limit: u32) -> Result<DuplicatePage>;

    /// Visitors' identities are left out: they are secrets of browsers.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn customer(&self, customer: CustomerId) -> Result<Option<CustomerSummary>>;

    /// Every word of the query must occur in the record (name, identities, labels, attributes, notes), in what its
    /// interactions were about or in what was typed when they began, in any spelling that `text::fold` and
    /// `text::spellings` know; digits match phones however they are written. Words of one or two letters match
    /// beginnings of words, of one or two Chinese characters any part. Names come first, then the rest of the record,
    /// then interactions, each by the last contact; with each find goes where it matched. An empty query gives those
    /// last in contact.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn search(&self, query: &str, limit: u32) -> Result<CustomerPage>;

    /// The notes on a record, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn notes(&self, customer: CustomerId) -> Result<Vec<CustomerNote>>;

    /// Everything that is kept about a customer.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn export(&self, customer: CustomerId, at: Millis) -> Result<Option<CustomerExport>>;

    /// All interactions of a customer, erased ones included.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn interactions_of(&self, customer: CustomerId) -> Result<Vec<InteractionId>>;

    /// Interactions that ended and were written about last at one of these times and still say what they were about,
    /// oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn interactions_due(&self, old: &[Span], limit: u32) -> Result<Vec<InteractionId>>;

    /// Records whose last contact was at one of these times, oldest first; none with an interaction that is open.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn customers_due(&self, old: &[Span], limit: u32) -> Result<Vec<CustomerId>>;

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

    /// Whose interaction it was, when this agent was ever offered it, handled it or was asked about it; nobody's once
    /// its customer was erased. What is about to be erased is not known here.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn took_part(&self, interaction: InteractionId, agent: AgentId) -> Result<Option<CustomerId>>;

    /// Who answered the customer last, however long ago.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn last_agent(&self, customer: CustomerId) -> Result<Option<AgentId>>;

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

    /// The interaction that began last of those from this browser, by the value that the caller's details have.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn newest_of_visitor(&self, visitor: &str) -> Result<Option<InteractionSummary>>;

    /// # Errors
    /// When the store cannot be read.
    fn caller(&self, interaction: InteractionId) -> Result<Option<CallerDetails>>;

    /// The newest report of the interaction's media.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn media_report(&self, interaction: InteractionId) -> Result<Option<MediaReport>>;
}
