//! Customers made by hand and brought in or out as files, and business hours read from what other programs write.
//!
//! `POST /v1/customers`, `POST /v1/customers/alike`, `GET /v1/customers/file?format=`, `GET|POST /v1/imports`,
//! `GET|DELETE /v1/imports/{id}`, `PUT /v1/imports/{id}/data?offset=`, `POST /v1/imports/{id}/preview`,
//! `POST /v1/imports/{id}/check`, `POST /v1/imports/{id}/start`, `POST /v1/imports/{id}/stop`,
//! `GET /v1/imports/{id}/refused`, `POST /v1/imports/{id}/undo`, `POST /v1/hours/calendar`, `POST /v1/hours/notation`.

use crate::configuration::{HolidaySettings, OpeningSettings};
use crate::record::{Attribute, Consent, ConsentAnswer, Preferences};
use crate::rest::{CustomerSummary, Identity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use vocab::{ImportId, Millis, Sensitive};

/// Bytes of a file that are sent in one request, at most.
pub const IMPORT_PIECE_BYTES: usize = 1_024 * 1_024;

/// A customer as somebody enters them; whatever is left out is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "exchange.ts")]
pub struct NewCustomer {
    pub name: Sensitive<String>,
    pub identities: Vec<Identity>,
    /// BCP 47.
    pub language: Option<String>,
    pub is_vip: bool,
    pub labels: Vec<String>,
    pub note: Sensitive<String>,
    pub attributes: Vec<Attribute>,
    pub consents: Vec<ConsentAnswer>,
    pub preferences: Preferences,
}

/// By what somebody might already be known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "exchange.ts")]
pub struct Alike {
    pub name: Sensitive<String>,
    pub identities: Vec<Identity>,
}

/// Records that may be the same person; it is for people to judge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "exchange.ts")]
pub struct AlikeCustomers {
    pub customers: Vec<AlikeCustomer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "exchange.ts")]
pub struct AlikeCustomer {
    pub customer: CustomerSummary,
    /// What both have: an identity, or the name.
    pub because: AlikeBecause,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "exchange.ts")]
pub enum AlikeBecause {
    Identity,
    Name,
}

/// All that a new record holds, from a file or by hand; what the journal keeps of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomerRecord {
    pub name: Sensitive<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Identity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_vip: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    #[serde(default, skip_serializing_if = "is_blank")]
    pub note: Sensitive<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<Consent>,
    #[serde(default, skip_serializing_if = "is_indifferent")]
    pub preferences: Preferences,
}

fn is_blank(text: &Sensitive<String>) -> bool {
    text.reveal().is_empty()
}

fn is_indifferent(preferences: &Preferences) -> bool {
    *preferences == Preferences::default()
}

/// What a file of customers is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "exchange.ts")]
pub enum CustomerFormat {
    Csv,
    Vcard,
}

/// Begins an import: what the file is called and how long it is. Its bytes follow in pieces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exchange.ts")]
pub struct NewImport {
    /// 1 to 200 characters.
    #[schemars(length(max = crate::MAX_FIELD_CHARS), regex(pattern = r"\S"))]
    pub file: String,
    #[ts(type = "number")]
    #[schemars(range(min = 1))]
    pub bytes: u64,
}

/// How the file is to be read. What is left out is guessed from the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[ts(export, export_to = "exchange.ts")]
pub struct ImportOptions {
    pub format: Option<CustomerFormat>,
    /// A name that browsers know, as `utf-8`, `gb18030`, `windows-1252`.
    pub encoding: Option<String>,
    /// Of a CSV file: one character, `,`, `;`, `|` or a tab.
    pub delimiter: Option<String>,
    /// Whether the first row of a CSV file says what the columns are.
    pub has_header: Option<bool>,
    /// What each column of a CSV file is, from the first on.
    pub columns: Option<Vec<ImportColumn>>,
    /// What becomes of somebody whose number or address is on a record already.
    pub existing: ExistingCustomers,
}

/// A number or an address that only one person should have is on a record already.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    TS,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "exchange.ts")]
pub enum ExistingCustomers {
    /// The record stays as it is.
    #[default]
    Skip,
    /// What the file says is written on the record; numbers, addresses and labels are added.
    Update,
    /// A second record is made.
    Create,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exchange.ts")]
pub struct ImportColumn {
    pub target: ColumnTarget,
    /// Of an attribute its name; of a handle its service.
    #[serde(default)]
    pub name: Option<String>,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "exchange.ts")]
pub enum ColumnTarget {
    /// Left out.
    Nothing,
    Name,
    GivenName,
    FamilyName,
    Phone,
    Email,
    /// A name on another service.
    Handle,
    Language,
    Vip,
    Labels,
    Note,
    /// Under a name of the organisation's own.
    Attribute,
    /// All attributes, as our own files write them.
    Attributes,
    PreferredChannel,
    PreferredTime,
    PreferredSite,
    /// All consents, as our own files write them.
    Consents,
}

/// What the file looks like, read with these options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "exchange.ts")]
pub struct ImportPreview {
    /// As given, with every guess filled in.
    pub options: ImportOptions,
    /// False: the encoding is a guess that should be looked at.
    pub is_encoding_sure: bool,
    /// The first row, where it says what the columns are.
    pub header: Vec<String>,
    /// The first rows of a CSV file as they stand there.
    pub rows: Vec<Vec<Sensitive<String>>>,
    /// Who would come of the first rows or cards.
    pub customers: Vec<PreviewedCustomer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "exchange.ts")]
pub struct PreviewedCustomer {
    #[ts(type = "number")]
    pub line: u64,
    pub name: Sensitive<String>,
    pub identities: Vec<Identity>,
    /// Why nobody would come of it.
    pub refused: Option<String>,
}

/// An import, from the upload on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "exchange.ts")]
pub struct Import {
    pub import: ImportId,
    pub file: String,
    /// An account's name, or `command line`.
    pub by: String,
    pub at: Millis,
    pub state: ImportState,
    #[ts(type = "number")]
    pub bytes: u64,
    /// Of these so many have arrived; then so many have been read.
    #[ts(type = "number")]
    pub bytes_done: u64,
    pub counts: ImportCounts,
    pub options: ImportOptions,
    /// Why it failed or stopped, in English.
    pub problem: Option<String>,
    /// The first rows that were refused; all are in the file of refused rows.
    pub refused: Vec<RefusedRow>,
    /// Of an import that was taken back: records that were changed since and stay.
    #[ts(type = "number")]
    pub kept: u64,
    /// Of one that is done: records of imports that a search does not know yet. It learns them by itself.
    #[serde(default)]
    #[ts(type = "number")]
    pub unsearched: u64,
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "exchange.ts")]
pub enum ImportState {
    /// The file is being sent.
    Sending,
    /// It is there; nothing was done with it.
    Ready,
    /// Read through without writing anything.
    Checking,
    Checked,
    /// Being written.
    Running,
    /// Half done: the server or somebody stopped it. Starting it again goes on where it stopped.
    Stopped,
    Done,
    /// The file cannot be read as asked.
    Failed,
    /// Being taken back.
    Undoing,
    Undone,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(default)]
#[ts(export, export_to = "exchange.ts")]
pub struct ImportCounts {
    /// Rows or cards that were read.
    #[ts(type = "number")]
    pub rows: u64,
    #[ts(type = "number")]
    pub created: u64,
    #[ts(type = "number")]
    pub updated: u64,
    /// Known already and left as they are.
    #[ts(type = "number")]
    pub skipped: u64,
    #[ts(type = "number")]
    pub refused: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "exchange.ts")]
pub struct RefusedRow {
    /// Where it begins in the file, from 1.
    #[ts(type = "number")]
    pub line: u64,
    /// In English, what is wrong and how it would be right; it repeats nothing of the row.
    pub reason: String,
}

/// Newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "exchange.ts")]
pub struct ImportPage {
    pub imports: Vec<Import>,
}

/// Holidays out of an iCalendar file, or from an address that the server fetches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exchange.ts")]
pub struct CalendarQuestion {
    /// The file's text, or an address that begins with `https:`, `http:` or `webcal:`.
    pub calendar: String,
    /// The zone of the hours that the days are for.
    pub zone: String,
    /// The week's openings, from which a closing for part of a day is taken.
    #[serde(default)]
    pub weekly: Vec<OpeningSettings>,
    /// `YYYY-MM-DD`, from today when it is left out.
    #[serde(default)]
    pub from: Option<String>,
    /// Left out: two years later.
    #[serde(default)]
    pub until: Option<String>,
}

/// Business hours in the notation of OpenStreetMap's `opening_hours`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export, export_to = "exchange.ts")]
pub struct NotationQuestion {
    pub text: String,
    /// The holidays that `PH` means.
    #[serde(default)]
    pub holidays: Vec<HolidaySettings>,
    /// `YYYY-MM-DD`: days of the year are written out from here; from today when it is left out.
    #[serde(default)]
    pub from: Option<String>,
}

/// Hours as they would stand in a schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export, export_to = "exchange.ts")]
pub struct ReadHours {
    /// Absent when only holidays were read.
    pub weekly: Option<Vec<OpeningSettings>>,
    pub holidays: Vec<HolidaySettings>,
    /// What was left out and why, in English.
    pub remarks: Vec<String>,
}

/// What the screen asks about customers' files and read hours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export, export_to = "exchange.ts")]
pub enum ExchangeCommand {
    CreateCustomer {
        new: Box<NewCustomer>,
    },
    Alike {
        alike: Alike,
    },
    /// Writes all customers to a file; for supervisors and administrators.
    ExportCustomers {
        format: CustomerFormat,
    },
    Imports,
    BeginImport {
        new: NewImport,
    },
    /// `bytes` in base64, at most [`IMPORT_PIECE_BYTES`] of them.
    SendImportPiece {
        import: ImportId,
        #[ts(type = "number")]
        offset: u64,
        bytes: String,
    },
    Import {
        import: ImportId,
    },
    PreviewImport {
        import: ImportId,
        options: ImportOptions,
    },
    CheckImport {
        import: ImportId,
        options: ImportOptions,
    },
    StartImport {
        import: ImportId,
        options: ImportOptions,
    },
    StopImport {
        import: ImportId,
    },
    UndoImport {
        import: ImportId,
    },
    RemoveImport {
        import: ImportId,
    },
    /// Writes the refused rows to a file.
    SaveRefused {
        import: ImportId,
    },
    ReadCalendar {
        question: Box<CalendarQuestion>,
    },
    ReadNotation {
        question: Box<NotationQuestion>,
    },
}
