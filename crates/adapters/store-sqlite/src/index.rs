//! Keeps what is searched in step with records and interactions.

use crate::grams::grams;
use crate::sql::{int, json, name_of};
use protocol::record::Attribute;
use protocol::rest::IdentityKind;
use rusqlite::{OptionalExtension, Transaction, params};
use vocab::{CustomerId, InteractionId};

/// Makes the customer findable by everything that a colleague may remember; visitors' tokens are nobody's memory.
pub(crate) fn customer(write: &Transaction<'_>, customer: CustomerId) -> rusqlite::Result<()> {
    let id = int(customer.0);
    forget_customer(write, customer)?;
    let found: Option<(String, Vec<String>, String, Vec<Attribute>)> = write
        .prepare_cached("SELECT name, labels, note, attributes FROM customers WHERE id = ?1")?
        .query_row([id], |row| {
            Ok((row.get(0)?, json(row, 1)?, row.get(2)?, json(row, 3)?))
        })
        .optional()?;
    let Some((name, labels, note, attributes)) = found else {
        return Ok(());
    };
    let mut rest: Vec<String> = write
        .prepare_cached(
            "SELECT value || char(10) || key FROM identities WHERE customer = ?1 AND kind <> ?2",
        )?
        .query_map(params![id, name_of(&IdentityKind::Visitor)?], |row| {
            row.get(0)
        })?
        .collect::<rusqlite::Result<_>>()?;
    rest.extend(labels);
    rest.extend(
        attributes
            .into_iter()
            .map(|attribute| attribute.value.into_inner()),
    );
    rest.push(note);
    let notes: Vec<String> = write
        .prepare_cached("SELECT text FROM customer_notes WHERE customer = ?1 ORDER BY id DESC")?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    rest.extend(notes);
    let rest = rest.join("\n");
    write
        .prepare_cached("INSERT INTO customer_search (rowid, name, rest) VALUES (?1, ?2, ?3)")?
        .execute(params![id, name, rest])?;
    write
        .prepare_cached("INSERT INTO customer_grams (rowid, name, rest) VALUES (?1, ?2, ?3)")?
        .execute(params![id, grams(&name), grams(&rest)])?;
    Ok(())
}

pub(crate) fn forget_customer(
    write: &Transaction<'_>,
    customer: CustomerId,
) -> rusqlite::Result<()> {
    for table in ["customer_search", "customer_grams"] {
        write
            .prepare_cached(&format!("DELETE FROM {table} WHERE rowid = ?1"))?
            .execute([int(customer.0)])?;
    }
    Ok(())
}

/// Makes an interaction findable by its topic and its note.
pub(crate) fn interaction(
    write: &Transaction<'_>,
    interaction: InteractionId,
) -> rusqlite::Result<()> {
    let id = int(interaction.0);
    forget_interaction(write, interaction)?;
    let found: Option<(Option<String>, String)> = write
        .prepare_cached("SELECT topic, note FROM interactions WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((topic, note)) = found else {
        return Ok(());
    };
    let topic = topic.unwrap_or_default();
    if topic.is_empty() && note.is_empty() {
        return Ok(());
    }
    write
        .prepare_cached("INSERT INTO interaction_search (rowid, topic, note) VALUES (?1, ?2, ?3)")?
        .execute(params![id, topic, note])?;
    write
        .prepare_cached("INSERT INTO interaction_grams (rowid, words) VALUES (?1, ?2)")?
        .execute(params![id, grams(&format!("{topic}\n{note}"))])?;
    Ok(())
}

pub(crate) fn forget_interaction(
    write: &Transaction<'_>,
    interaction: InteractionId,
) -> rusqlite::Result<()> {
    for table in ["interaction_search", "interaction_grams"] {
        write
            .prepare_cached(&format!("DELETE FROM {table} WHERE rowid = ?1"))?
            .execute([int(interaction.0)])?;
    }
    Ok(())
}

/// Everything once more, after a migration that brought an index.
pub(crate) fn everything(write: &Transaction<'_>) -> rusqlite::Result<()> {
    for id in all(write, "customers")? {
        customer(write, CustomerId(id))?;
    }
    for id in all(write, "interactions")? {
        interaction(write, InteractionId(id))?;
    }
    Ok(())
}

fn all(write: &Transaction<'_>, table: &str) -> rusqlite::Result<Vec<u64>> {
    write
        .prepare(&format!("SELECT id FROM {table}"))?
        .query_map([], |row| crate::sql::whole(row, 0))?
        .collect()
}
