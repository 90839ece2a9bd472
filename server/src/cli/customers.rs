//! Commands about customers' data: find, export, erase; how long it is kept; who did what.

use super::data::BY;
use super::{Place, row, say};
use crate::app::{DataLock, database_path};
use crate::engine::utc_now;
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use protocol::exchange::CustomerFormat;
use protocol::rest::Identity;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use store::{
    Accounts, AuditNote, Batch, Entry, ErasureState, JournalEntry, OrganisationStore, RecordEvent,
    Retention, Stamp,
};
use store_sqlite::Database;
use vocab::CustomerId;

/// How long a running server has to do what it is asked; it looks once a second.
const SERVER_WAIT: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(200);

const DUPLICATES_AT_ONCE: u32 = 200;

#[derive(Debug, Subcommand)]
pub(super) enum CustomerCommand {
    /// Find customers by name, phone, e-mail, label, or words in notes and topics
    Find(Find),
    /// Write everything that is kept about a customer as JSON, or all customers' records as CSV or vCard
    Export(Export),
    /// Bring in a file of customers (CSV or vCard), list imports, take one back
    Import(Box<super::imports::Import>),
    /// List numbers and addresses that stand on more than one record, with the records; nothing is merged
    Duplicates(Place),
    /// Erase a customer for good; figures about their interactions stay, without content
    Erase(Erase),
}

#[derive(Args, Debug)]
pub(super) struct Find {
    #[command(flatten)]
    place: Place,
    query: String,
}

#[derive(Args, Debug)]
pub(super) struct Export {
    #[command(flatten)]
    place: Place,
    /// The customer's number, as `customer find` shows it
    #[arg(long, value_name = "NUMBER", required_unless_present = "all")]
    customer: Option<u64>,
    /// All customers' records as one file that can be imported again; what was talked about is not in it
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with = "customer")]
    all: Option<AllFormat>,
    /// The file to write; standard output without it
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct Erase {
    #[command(flatten)]
    place: Place,
    /// The customer's number, as `customer find` shows it
    #[arg(long, value_name = "NUMBER")]
    customer: u64,
    /// The customer's name as it stands on the record, to confirm: an erasure cannot be taken back
    #[arg(long)]
    name: String,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum AllFormat {
    Csv,
    Vcard,
}

fn open(place: &Place) -> anyhow::Result<Database> {
    let path = database_path(&place.data.data, &place.organisation);
    Ok(Database::open(&path)?)
}

/// Also where nothing can be written.
fn open_to_read(place: &Place) -> anyhow::Result<Database> {
    let path = database_path(&place.data.data, &place.organisation);
    Ok(Database::open_to_read(&path)?)
}

impl CustomerCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Find(find) => find.run(),
            Self::Export(export) => export.run(),
            Self::Import(import) => import.run(),
            Self::Duplicates(place) => duplicates(&place),
            Self::Erase(erase) => erase.run(),
        }
    }
}

impl Find {
    fn run(self) -> anyhow::Result<()> {
        let page = open_to_read(&self.place)?
            .history()?
            .search(&self.query, 50)?;
        for found in &page.customers {
            let customer = &found.customer;
            let identities: Vec<String> = customer.identities.iter().map(written).collect();
            row(&[
                &customer.customer.to_string(),
                customer.name.reveal(),
                &identities.join(", "),
            ])?;
        }
        if page.has_more {
            say("… and more: add words to narrow it down")?;
        }
        Ok(())
    }
}

/// As people of the organisation's country write it.
fn written(identity: &Identity) -> String {
    match &identity.phone {
        None => identity.value.reveal().clone(),
        Some(phone) => match &phone.extension {
            None => phone.text.reveal().clone(),
            Some(extension) => format!("{} ext. {}", phone.text.reveal(), extension.reveal()),
        },
    }
}

/// The number or address, then each record's number and name: separated by tabs.
fn duplicates(place: &Place) -> anyhow::Result<()> {
    let history = open(place)?.history()?;
    let mut after = None;
    loop {
        let page = history.duplicates(after.as_ref(), DUPLICATES_AT_ONCE)?;
        for duplicate in &page.duplicates {
            let mut cells = vec![duplicate.shown.reveal().clone()];
            for sharing in &duplicate.customers {
                cells.push(format!("{} {}", sharing.customer, sharing.name.reveal()));
            }
            let named = u32::try_from(duplicate.customers.len()).unwrap_or(u32::MAX);
            if duplicate.records > named {
                cells.push(format!("… and {} more", duplicate.records - named));
            }
            row(&cells.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

impl Export {
    fn run(self) -> anyhow::Result<()> {
        let database = open_to_read(&self.place)?;
        if let Some(all) = self.all {
            let format = match all {
                AllFormat::Csv => CustomerFormat::Csv,
                AllFormat::Vcard => CustomerFormat::Vcard,
            };
            return super::customers_file::export_all(&database, format, self.to.as_deref());
        }
        let number = self.customer.context("give --customer or --all")?;
        let (at, customer) = (utc_now(), CustomerId(number));
        let export = database
            .history()?
            .export(customer, at)?
            .with_context(|| no_customer(customer))?;
        let stamp = Stamp { at, by: BY };
        let subject = format!("customer {customer}");
        if database.is_writable() {
            let mut accounts = database.accounts()?;
            accounts.note_audit(stamp, "customer_exported", &subject)?;
        } else {
            tracing::warn!(
                "nothing can be written here: this export does not stand in the audit trail"
            );
        }
        let mut json = serde_json::to_vec_pretty(&export)?;
        json.push(b'\n');
        match self.to {
            None => std::io::stdout()
                .write_all(&json)
                .context("stdout cannot be written"),
            Some(path) => {
                write_privately(&path, &json)
                    .with_context(|| format!("{} cannot be written", path.display()))?;
                say(format_args!("written to {}", path.display()))
            }
        }
    }
}

/// For the one who asked, and nobody else on the machine.
pub(super) fn write_privately(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    new_private(path)?.write_all(bytes)
}

pub(super) fn new_private(path: &std::path::Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn no_customer(customer: CustomerId) -> String {
    format!("there is no customer {customer}; `customer find` shows numbers")
}

impl Erase {
    fn run(self) -> anyhow::Result<()> {
        let database = open(&self.place)?;
        let customer = CustomerId(self.customer);
        let record = database
            .history()?
            .customer(customer)?
            .with_context(|| no_customer(customer))?;
        if record.name.reveal().trim() != self.name.trim() {
            bail!("customer {customer} has another name; nothing was erased");
        }
        // The journal has one writer: a running server does it, else we do.
        match DataLock::take(&self.place.data.data) {
            Ok(_lock) => erase_here(&database, customer)?,
            Err(_) => ask_server(database.accounts()?.as_mut(), customer)?,
        }
        say(format_args!(
            "customer {customer} is erased; backups made before hold them until you delete those"
        ))
    }
}

fn erase_here(database: &Database, customer: CustomerId) -> anyhow::Result<()> {
    let mut journal = database.journal()?;
    let recovered = journal.load()?;
    let (at, seq) = (utc_now(), recovered.last_seq);
    let is_open = {
        let history = database.history()?;
        let newest = history.last_interactions(customer, None, 1)?;
        newest
            .iter()
            .any(|interaction| interaction.ended_at.is_none())
    };
    if is_open {
        bail!(
            "customer {customer} was in contact when the server stopped; start it, and ask again \
             after the conversation"
        );
    }
    let event = RecordEvent::CustomerErased { customer };
    journal.append(&Batch {
        expected_seq: seq,
        entries: vec![JournalEntry {
            seq: seq + 1,
            at,
            entry: Entry::Record { event },
        }],
        done: Vec::new(),
        audit: vec![AuditNote {
            at,
            by: BY.to_owned(),
            what: "customer_erased".to_owned(),
            subject: format!("customer {customer}"),
        }],
    })?;
    Ok(())
}

fn ask_server(accounts: &mut dyn Accounts, customer: CustomerId) -> anyhow::Result<()> {
    let stamp = Stamp {
        at: utc_now(),
        by: BY,
    };
    accounts.request_erasure(stamp, customer)?;
    let until = Instant::now() + SERVER_WAIT;
    while Instant::now() < until {
        let state = accounts
            .erasure_requests()?
            .into_iter()
            .find(|request| request.customer == customer)
            .map(|request| request.state);
        match state {
            Some(ErasureState::Done) => return Ok(()),
            Some(ErasureState::Refused) => bail!(
                "customer {customer} is in contact now; ask again after the conversation and its \
                 wrap-up"
            ),
            Some(ErasureState::Asked) | None => std::thread::sleep(LOOK_AGAIN),
        }
    }
    bail!("the running server has not answered; it erases customer {customer} as soon as it can")
}

#[derive(Args, Debug)]
pub(super) struct Audit {
    #[command(flatten)]
    place: Place,
    /// At most this many lines, the newest first
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Only lines older than this one, by the number in the first column
    #[arg(long, value_name = "NUMBER")]
    before: Option<u64>,
}

impl Audit {
    /// Number, time in UTC milliseconds, who, what, to whom, from which address: separated by tabs.
    pub(super) fn run(self) -> anyhow::Result<()> {
        let accounts = open_to_read(&self.place)?.accounts()?;
        for line in accounts.audit(self.before, self.limit)? {
            row(&[
                &line.id.to_string(),
                &line.at.0.to_string(),
                &line.who,
                &line.what,
                &line.subject,
                &line.from.unwrap_or_default(),
            ])?;
        }
        Ok(())
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum RetentionCommand {
    /// Say how long this organisation keeps what
    Show(Place),
    /// Set it; what is not given is as in the server's configuration
    Set(SetRetention),
}

#[derive(Args, Debug)]
pub(super) struct SetRetention {
    #[command(flatten)]
    place: Place,
    /// Days after which what an interaction was about is forgotten; its figures stay
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    interactions_days: Option<u32>,
    /// Days without contact after which a customer is erased
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    customers_days: Option<u32>,
    /// Days after which the audit trail is forgotten
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    audit_days: Option<u32>,
}

impl RetentionCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Show(place) => {
                let own = open_to_read(&place)?.accounts()?.retention()?;
                for (what, days) in [
                    ("interactions", own.interactions_days),
                    ("customers", own.customers_days),
                    ("audit", own.audit_days),
                ] {
                    match days {
                        Some(days) => say(format_args!("{what}\t{days} days"))?,
                        None => say(format_args!("{what}\tas in the server's configuration"))?,
                    }
                }
                Ok(())
            }
            Self::Set(set) => {
                let retention = Retention {
                    interactions_days: set.interactions_days,
                    customers_days: set.customers_days,
                    audit_days: set.audit_days,
                };
                let stamp = Stamp {
                    at: utc_now(),
                    by: BY,
                };
                open(&set.place)?
                    .accounts()?
                    .set_retention(stamp, retention)?;
                say("set; a running server goes by it from its next daily look on")
            }
        }
    }
}
