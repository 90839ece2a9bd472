//! Everything that is kept about one customer.

use crate::erasure::interactions_of;
use crate::history::{caller, customer_notes, detail, media_report};
use crate::sql::{at, int, name_of, named};
use crate::summary::summary;
use protocol::record::{CallerFacts, Consent, CustomerExport, EXPORT_SCHEMA, ExportedInteraction};
use protocol::rest::IdentityKind;
use rusqlite::{Connection, params};
use vocab::{CustomerId, Millis, Sensitive};

pub(crate) fn export(
    connection: &Connection,
    customer: CustomerId,
    exported_at: Millis,
) -> rusqlite::Result<Option<CustomerExport>> {
    // One read, so that nothing written meanwhile makes it disagree with itself.
    let read = connection.unchecked_transaction()?;
    let Some(record) = summary(&read, customer)? else {
        return Ok(None);
    };
    let organisation = read.query_row("SELECT name FROM organisation", [], |row| row.get(0))?;
    let mut interactions = Vec::new();
    for interaction in interactions_of(&read, customer)? {
        let Some(detail) = detail(&read, interaction)? else {
            continue;
        };
        let caller = caller(&read, interaction)?.map(|details| CallerFacts {
            device: details.device,
            place: details.place,
            language: details.language,
            page: details.page,
            recognised_by: details.recognised_by,
            given: details.given,
        });
        interactions.push(ExportedInteraction {
            summary: detail.summary,
            caller,
            media: media_report(&read, interaction)?,
            happened: detail.happened,
        });
    }
    Ok(Some(CustomerExport {
        schema: EXPORT_SCHEMA.to_owned(),
        exported_at,
        organisation,
        customer: record,
        browsers: browsers(&read, customer)?,
        consents: consents(&read, customer)?,
        notes: customer_notes(&read, customer)?,
        interactions,
    }))
}

fn browsers(
    connection: &Connection,
    customer: CustomerId,
) -> rusqlite::Result<Vec<Sensitive<String>>> {
    connection
        .prepare_cached(
            "SELECT value FROM identities WHERE customer = ?1 AND kind = ?2 ORDER BY value",
        )?
        .query_map(
            params![int(customer.0), name_of(&IdentityKind::Visitor)?],
            |row| row.get(0).map(Sensitive::new),
        )?
        .collect()
}

fn consents(connection: &Connection, customer: CustomerId) -> rusqlite::Result<Vec<Consent>> {
    connection
        .prepare_cached(
            "SELECT kind, is_given, given_at, source FROM consents WHERE customer = ?1 ORDER BY seq",
        )?
        .query_map([int(customer.0)], |row| {
            Ok(Consent {
                kind: named(row, 0)?,
                is_given: row.get(1)?,
                given_at: at(row, 2)?,
                source: named(row, 3)?,
            })
        })?
        .collect()
}
