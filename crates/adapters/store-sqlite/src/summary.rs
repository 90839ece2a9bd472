//! A customer's record as it is shown, without its notes and interactions.

use crate::identities;
use crate::sql::{at, int, json, maybe_json, name_of, named, small};
use protocol::record::Consent;
use protocol::rest::{CustomerSummary, IdentityKind};
use rusqlite::{Connection, OptionalExtension, params};
use vocab::{CustomerId, Sensitive};

pub(crate) fn summary(
    connection: &Connection,
    customer: CustomerId,
) -> rusqlite::Result<Option<CustomerSummary>> {
    let found = connection
        .prepare_cached(
            "SELECT name, language, since, is_vip, labels, note, interactions, revision, attributes,
                 preferences, (SELECT COUNT(*) FROM identities WHERE customer = ?1 AND kind = ?2)
             FROM customers WHERE id = ?1",
        )?
        .query_row(
            params![int(customer.0), name_of(&IdentityKind::Visitor)?],
            |row| {
                Ok(CustomerSummary {
                    customer,
                    name: Sensitive::new(row.get(0)?),
                    identities: Vec::new(),
                    language: row.get(1)?,
                    since: at(row, 2)?,
                    is_vip: row.get(3)?,
                    labels: json(row, 4)?,
                    note: Sensitive::new(row.get(5)?),
                    interactions: small(row, 6)?,
                    revision: small(row, 7)?,
                    attributes: json(row, 8)?,
                    preferences: maybe_json(row, 9)?.unwrap_or_default(),
                    browsers: small(row, 10)?,
                    consents: Vec::new(),
                })
            },
        )
        .optional()?;
    let Some(mut summary) = found else {
        return Ok(None);
    };
    summary.identities = identities::of_customer(connection, customer)?;
    summary.consents = last_consents(connection, customer)?;
    Ok(Some(summary))
}

fn last_consents(connection: &Connection, customer: CustomerId) -> rusqlite::Result<Vec<Consent>> {
    connection
        .prepare_cached(
            "SELECT kind, is_given, given_at, source, MAX(seq) FROM consents
             WHERE customer = ?1 GROUP BY kind ORDER BY kind",
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
