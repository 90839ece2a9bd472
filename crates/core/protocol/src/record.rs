//! What a customer's record holds beside its facts: consents, preferences, attributes and notes; what a search says of
//! its finds; a customer's export; the audit trail.

use crate::MAX_FIELD_CHARS;
use crate::rest::{CustomerSummary, Given, Happened, IdentityKind, InteractionSummary};
use crate::work::{MediaReport, RecognisedBy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{AgentId, CustomerId, InteractionId, Millis, NoteId, Sensitive};

/// Names this form of [`CustomerExport`]; another form gets another number.
pub const EXPORT_SCHEMA: &str = "warmline.customer-export/1";

/// The most of each list that a record holds.
pub const MAX_IDENTITIES: usize = 20;
pub const MAX_ATTRIBUTES: usize = 20;
pub const MAX_ATTRIBUTE_NAME_CHARS: usize = 40;
pub const MAX_CUSTOMER_NOTE_CHARS: usize = 2_000;

/// Something an organisation keeps about a customer under a name of its own: a contract's number, a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct Attribute {
    #[schemars(length(max = MAX_ATTRIBUTE_NAME_CHARS), regex(pattern = r"\S"))]
    pub name: String,
    #[schemars(length(max = MAX_FIELD_CHARS), regex(pattern = r"\S"))]
    pub value: Sensitive<String>,
}

/// What a customer allowed or refused, since when, and how they said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct Consent {
    pub kind: ConsentKind,
    /// False: they were asked and refused, or took it back.
    pub is_given: bool,
    /// When they said so.
    pub given_at: Millis,
    pub source: ConsentSource,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "record.ts")]
pub enum ConsentKind {
    /// Conversations may be recorded.
    Recording,
    /// Offers may be sent.
    Marketing,
    /// Questions about how satisfied they are.
    Survey,
    /// History may be used to foresee what they need.
    Prediction,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "record.ts")]
pub enum ConsentSource {
    /// Ticked on the customer's page.
    CustomerPage,
    /// Said to an agent.
    Conversation,
    /// A letter, a form, a message.
    Written,
    /// Came from another system.
    Imported,
}

/// A customer's word on one consent, as an agent enters it; the server adds the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct ConsentAnswer {
    pub kind: ConsentKind,
    pub is_given: bool,
    pub source: ConsentSource,
}

/// How and when a customer likes to be reached; the language stands on the record itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct Preferences {
    pub channel: Option<ContactChannel>,
    pub time: Option<ContactTime>,
    /// The code of the site whose people they like to speak with.
    #[serde(default)]
    pub site: Option<String>,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "record.ts")]
pub enum ContactChannel {
    Voice,
    Email,
    Sms,
    Chat,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "record.ts")]
pub enum ContactTime {
    Morning,
    Afternoon,
    Evening,
    Weekend,
}

/// A note on the record, by whom and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct CustomerNote {
    pub note: NoteId,
    pub author: AgentId,
    /// Also of somebody who was removed since.
    pub author_name: String,
    pub at: Millis,
    pub edited_at: Option<Millis>,
    pub text: Sensitive<String>,
}

/// Newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct CustomerNotes {
    pub notes: Vec<CustomerNote>,
}

/// The text of a new or changed note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct NoteText {
    #[schemars(length(max = MAX_CUSTOMER_NOTE_CHARS), regex(pattern = r"\S"))]
    pub text: Sensitive<String>,
}

/// A customer whom a search found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct FoundCustomer {
    #[serde(flatten)]
    #[ts(flatten)]
    pub customer: CustomerSummary,
    /// What matched beside the name; absent when the name did, or nothing was asked.
    pub matched: Option<Matched>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct Matched {
    pub place: MatchedPlace,
    /// The words around the match.
    pub excerpt: Sensitive<String>,
    /// The interaction it stands in, when it stands in one, and when that was.
    pub interaction: Option<InteractionId>,
    pub at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "record.ts")]
pub enum MatchedPlace {
    Identity,
    Label,
    Attribute,
    /// A note on the record.
    CustomerNote,
    Topic,
    /// What the customer typed of themselves when an interaction began.
    Given,
    /// A note about an interaction.
    InteractionNote,
}

/// A number, an address or a handle that stands on more than one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct DuplicateKey {
    pub kind: IdentityKind,
    pub key: Sensitive<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct Duplicate {
    #[serde(flatten)]
    #[ts(flatten)]
    pub shared: DuplicateKey,
    /// As people write it.
    pub shown: Sensitive<String>,
    /// The records, oldest first, at most [`MAX_SHARING`].
    pub customers: Vec<Sharing>,
    /// How many there are.
    pub records: u32,
}

/// Records of one duplicate that are named.
pub const MAX_SHARING: u32 = 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct Sharing {
    pub customer: CustomerId,
    pub name: Sensitive<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct DuplicatePage {
    pub duplicates: Vec<Duplicate>,
    /// Give this as `after` for those that follow.
    pub next: Option<DuplicateKey>,
}

/// Everything that is kept about one customer, to be given to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct CustomerExport {
    /// [`EXPORT_SCHEMA`].
    pub schema: String,
    pub exported_at: Millis,
    pub organisation: String,
    pub customer: CustomerSummary,
    /// The keys under which their browsers are known again: SHA-256 of tokens that only the browsers have.
    pub browsers: Vec<Sensitive<String>>,
    /// Every word they gave on consents, oldest first; the record shows the last of each kind.
    pub consents: Vec<Consent>,
    pub notes: Vec<CustomerNote>,
    /// Oldest first.
    pub interactions: Vec<ExportedInteraction>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct ExportedInteraction {
    pub summary: InteractionSummary,
    pub caller: Option<CallerFacts>,
    pub media: Option<MediaReport>,
    pub happened: Vec<Happened>,
}

/// What their browser told when the interaction began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct CallerFacts {
    pub device: Option<String>,
    pub place: Option<String>,
    pub language: Option<String>,
    pub page: Option<String>,
    pub recognised_by: RecognisedBy,
    #[serde(default)]
    pub given: Given,
}

/// Asks for an erasure: the customer's name, typed by whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct EraseConfirmation {
    pub name: Sensitive<String>,
}

/// A customer was erased; their interactions stay as figures without content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct Erased {
    pub interactions: u32,
}

/// One line of the audit trail: ids and names of accounts, never a customer's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct AuditLine {
    #[ts(type = "number")]
    pub id: u64,
    pub at: Millis,
    /// A user's name, `command line`, `retention`, or `nobody` for a sign-in by an unknown name.
    pub who: String,
    /// What was done, as `signed_in`, `customer_exported`, `queue_set`.
    pub what: String,
    /// To whom or what, as `customer 7`, or `search 5f3a9c0d12ab, 12 found`: the same words searched for give the same
    /// sum, and the words themselves are not kept.
    pub subject: String,
    /// The address that it was done from, where it is known.
    pub from: Option<String>,
}

/// Newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "record.ts")]
pub struct AuditPage {
    pub lines: Vec<AuditLine>,
    pub has_more: bool,
}
