//! What each column of a table is: guessed by its name in many languages, or chosen; and the record that a row comes to.

use crate::Refusal;
use crate::headers::{plain, target_of};
use crate::people::{
    CHANNELS, Lists, TIMES, attribute_of, identity, named, named_consent, yes_or_no,
};
use crate::rows::Row;
use crate::written;
use protocol::exchange::{ColumnTarget, CustomerRecord, ImportColumn};
use protocol::record::Attribute;
use protocol::rest::IdentityKind;
use vocab::Sensitive;

/// Columns of unknown names that become attributes; a record has room for twenty.
const ATTRIBUTES_GUESSED: usize = 12;

const ATTRIBUTE_NAME_CHARS: usize = 40;

fn column(target: ColumnTarget, name: Option<String>) -> ImportColumn {
    ImportColumn { target, name }
}

/// What the columns are, by their names. Unknown ones become attributes as long as there is room for them, and are left
/// out when they have no name.
#[must_use]
pub fn guess_columns<'a>(header: impl Iterator<Item = &'a str>) -> Vec<ImportColumn> {
    let mut columns: Vec<ImportColumn> = Vec::new();
    let mut attributes: Vec<String> = Vec::new();
    for field in header {
        let field = field.trim();
        let is_taken = |target| {
            columns
                .iter()
                .any(|column: &ImportColumn| column.target == target)
        };
        let guess = match target_of(field) {
            // There is one name; a second column of it is kept beside.
            ColumnTarget::Name if is_taken(ColumnTarget::Name) => ColumnTarget::Attribute,
            ColumnTarget::Language if is_taken(ColumnTarget::Language) => ColumnTarget::Attribute,
            guess => guess,
        };
        let next = match guess {
            ColumnTarget::Handle => column(guess, service_of(field)),
            ColumnTarget::Attribute if field.is_empty() => column(ColumnTarget::Nothing, None),
            ColumnTarget::Attribute if attributes.len() >= ATTRIBUTES_GUESSED => {
                column(ColumnTarget::Nothing, None)
            }
            ColumnTarget::Attribute => {
                let name = unused(field, &attributes);
                attributes.push(name.to_lowercase());
                column(guess, Some(name))
            }
            guess => column(guess, None),
        };
        columns.push(next);
    }
    columns
}

/// What the columns of a file without a header are, by what stands in its first row.
#[must_use]
pub fn guess_by_values<'a>(first: impl Iterator<Item = &'a str>) -> Vec<ImportColumn> {
    let mut columns: Vec<ImportColumn> = Vec::new();
    for field in first {
        let digits = field.chars().filter(char::is_ascii_digit).count();
        let has_name = columns.iter().any(|one| one.target == ColumnTarget::Name);
        let target = if field.contains('@') {
            ColumnTarget::Email
        } else if digits >= 5
            && field
                .chars()
                .all(|c| c.is_numeric() || " +-().,/x".contains(c))
        {
            ColumnTarget::Phone
        } else if !has_name && field.chars().any(char::is_alphabetic) {
            ColumnTarget::Name
        } else {
            ColumnTarget::Nothing
        };
        columns.push(column(target, None));
    }
    columns
}

/// The service that a column of handles is named after.
fn service_of(field: &str) -> Option<String> {
    match plain(field).as_str() {
        "wechat" | "微信" | "微信号" => Some("wechat".to_owned()),
        service @ ("line" | "telegram" | "skype") => Some(service.to_owned()),
        _ => None,
    }
}

/// Headers may stand there twice; attributes may not.
fn unused(field: &str, taken: &[String]) -> String {
    let short = |most: usize| field.chars().take(most).collect::<String>();
    let mut name = short(ATTRIBUTE_NAME_CHARS);
    let mut number = 2;
    while taken.contains(&name.to_lowercase()) {
        name = format!("{} {number}", short(ATTRIBUTE_NAME_CHARS - 4));
        number += 1;
    }
    name
}

/// What is wrong with a row, in a sentence that repeats nothing of it.
pub type RowFault = Refusal;

/// What the columns of one table are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    columns: Vec<ImportColumn>,
    lists: Lists,
}

impl Columns {
    /// With the header that stands in the file, so that our own files are read exactly.
    #[must_use]
    pub fn new(columns: Vec<ImportColumn>, header: Option<&Row>) -> Self {
        let is_ours = header.is_some_and(|row| {
            written::COLUMNS
                .iter()
                .all(|name| row.fields().any(|field| field == *name))
        });
        let lists = if is_ours { Lists::Exact } else { Lists::Loose };
        Self { columns, lists }
    }

    /// Whether there is a column by which somebody could be known.
    #[must_use]
    pub fn name_anybody(&self) -> bool {
        let is_somebody = |column: &ImportColumn| {
            matches!(
                column.target,
                ColumnTarget::Name
                    | ColumnTarget::GivenName
                    | ColumnTarget::FamilyName
                    | ColumnTarget::Phone
                    | ColumnTarget::Email
                    | ColumnTarget::Handle
            )
        };
        self.columns.iter().any(is_somebody)
    }

    /// The record that comes of a row.
    ///
    /// # Errors
    /// When something in it cannot be what its column is, or there is nobody in it.
    pub fn record(&self, row: &Row) -> Result<CustomerRecord, RowFault> {
        let spare = row.fields().skip(self.columns.len());
        if spare.into_iter().any(|field| !field.trim().is_empty()) {
            return Err(Refusal::new(
                "there are more fields than columns; put quotation marks around a field that holds the delimiter",
            ));
        }
        let mut draft = Draft::default();
        for (column, field) in self.columns.iter().zip(row.fields()) {
            self.take(&mut draft, column, field)?;
        }
        draft.record()
    }

    fn take(&self, draft: &mut Draft, column: &ImportColumn, field: &str) -> Result<(), RowFault> {
        // Without the apostrophe by which a spreadsheet program was kept from running it.
        let text = text::from_cell(field.trim());
        if text.is_empty() {
            return Ok(());
        }
        let record = &mut draft.record;
        match column.target {
            ColumnTarget::Nothing => {}
            ColumnTarget::Name => draft.name.push(text.to_owned()),
            ColumnTarget::GivenName => draft.given.push(text.to_owned()),
            ColumnTarget::FamilyName => draft.family.push(text.to_owned()),
            ColumnTarget::Phone => {
                let phones = self.lists.split(text);
                let phones = phones.iter().map(|one| identity(IdentityKind::Phone, one));
                record.identities.extend(phones);
            }
            ColumnTarget::Email => {
                let mails = self.lists.split_words(text);
                let mails = mails.iter().map(|one| identity(IdentityKind::Email, one));
                record.identities.extend(mails);
            }
            ColumnTarget::Handle => {
                for one in self.lists.split(text) {
                    let handle = match &column.name {
                        Some(service) => format!("{service}:{one}"),
                        None => one,
                    };
                    record
                        .identities
                        .push(identity(IdentityKind::Handle, &handle));
                }
            }
            ColumnTarget::Language => record.language = Some(text.replace('_', "-")),
            ColumnTarget::Vip => record.is_vip = yes_or_no(text)?,
            ColumnTarget::Labels => record.labels.extend(self.lists.split_words(text)),
            ColumnTarget::Note => draft.notes.push(text.to_owned()),
            ColumnTarget::Attribute => draft.attribute(column.name.as_deref(), text),
            ColumnTarget::Attributes => {
                for line in text.split('\n').filter(|line| !line.trim().is_empty()) {
                    record.attributes.push(attribute_of(line)?);
                }
            }
            ColumnTarget::Consents => {
                for line in self.lists.split(text) {
                    record.consents.push(named_consent(&line)?);
                }
            }
            ColumnTarget::PreferredChannel => {
                let known = named(&CHANNELS, text);
                let wrong = "preferred channel: voice, email, sms or chat";
                record.preferences.channel = Some(known.ok_or_else(|| Refusal::new(wrong))?);
            }
            ColumnTarget::PreferredTime => {
                let known = named(&TIMES, text);
                let wrong = "preferred time: morning, afternoon, evening or weekend";
                record.preferences.time = Some(known.ok_or_else(|| Refusal::new(wrong))?);
            }
            ColumnTarget::PreferredSite => record.preferences.site = Some(text.to_owned()),
        }
        Ok(())
    }
}

/// What a row says, before it is put in order.
#[derive(Default)]
pub(crate) struct Draft {
    pub(crate) record: CustomerRecord,
    pub(crate) name: Vec<String>,
    pub(crate) given: Vec<String>,
    pub(crate) family: Vec<String>,
    pub(crate) company: Option<String>,
    pub(crate) notes: Vec<String>,
}

impl Draft {
    pub(crate) fn attribute(&mut self, name: Option<&str>, value: &str) {
        let name = name.unwrap_or("").trim();
        if name.is_empty() {
            return;
        }
        if plain(name).contains("company") || COMPANIES.contains(&plain(name).as_str()) {
            self.company.get_or_insert_with(|| value.to_owned());
        }
        self.record.attributes.push(Attribute {
            name: name.to_owned(),
            value: Sensitive::new(one_line(value)),
        });
    }

    /// Puts together who it is: the name, else its parts, else the company, else how they are reached.
    pub(crate) fn record(self) -> Result<CustomerRecord, Refusal> {
        let mut record = self.record;
        let (given, family) = (self.given.join(" "), self.family.join(" "));
        let parts = if is_east_asian(&given) && is_east_asian(&family) {
            format!("{family}{given}")
        } else {
            format!("{given} {family}")
        };
        let reached = || {
            let mail = record
                .identities
                .iter()
                .find(|one| one.kind == IdentityKind::Email);
            let any = mail.or(record.identities.first());
            any.map(|one| one.value.reveal().clone())
        };
        let name = [self.name.join(" "), parts]
            .into_iter()
            .map(|name| one_line(&name))
            .find(|name| !name.is_empty())
            .or(self.company.as_deref().map(one_line))
            .or_else(reached)
            .ok_or_else(|| Refusal::new("there is no name, number or address"))?;
        record.name = Sensitive::new(name);
        record.note = Sensitive::new(self.notes.join("\n"));
        let mut labels: Vec<String> = Vec::new();
        for label in record.labels {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        record.labels = labels;
        Ok(record)
    }
}

const COMPANIES: [&str; 12] = [
    "organization",
    "organisation",
    "organizationname",
    "firma",
    "unternehmen",
    "société",
    "empresa",
    "azienda",
    "公司",
    "单位",
    "企業",
    "회사",
];

/// Line breaks and runs of spaces become one space.
fn one_line(text: &str) -> String {
    Vec::from_iter(text.split_whitespace()).join(" ")
}

/// Names of these scripts are written family first and without a space.
fn is_east_asian(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some()
        && letters.all(|c| matches!(u32::from(c), 0x3400..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF))
}
