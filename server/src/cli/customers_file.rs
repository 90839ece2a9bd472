//! The file of all customers.

use super::data::BY;
use super::say;
use crate::engine::utc_now;
use anyhow::Context;
use protocol::exchange::CustomerFormat;
use std::io::Write;
use std::path::Path;
use store::{OrganisationStore, Stamp};
use store_sqlite::Database;
use vocab::CustomerId;

/// Customers read at one go.
const RECORDS: u32 = 500;

/// All customers as one file, piece by piece.
pub(super) fn export_all(
    database: &Database,
    format: CustomerFormat,
    to: Option<&Path>,
) -> anyhow::Result<()> {
    let stamp = Stamp {
        at: utc_now(),
        by: BY,
    };
    database
        .accounts()?
        .note_audit(stamp, "customers_exported", "all customers")?;
    let mut out: Box<dyn Write> = match to {
        None => Box::new(std::io::stdout().lock()),
        Some(path) => {
            let file = super::customers::new_private(path)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            Box::new(std::io::BufWriter::new(file))
        }
    };
    let imports = database.imports()?;
    if format == CustomerFormat::Csv {
        out.write_all(exchange::csv_header().as_bytes())?;
    }
    let mut after = CustomerId(0);
    loop {
        let records = imports.records(after, RECORDS)?;
        let Some((last, _)) = records.last() else {
            break;
        };
        after = *last;
        for (_, record) in &records {
            let text = match format {
                CustomerFormat::Csv => exchange::csv_row(record),
                CustomerFormat::Vcard => exchange::card(record),
            };
            out.write_all(text.as_bytes())?;
        }
    }
    out.flush().context("the file cannot be written")?;
    drop(out);
    match to {
        Some(path) => say(format_args!("written to {}", path.display())),
        None => Ok(()),
    }
}
