//! Keeps what is searched in step with records and interactions.

use crate::grams::grams;
use crate::notes;
use crate::sql::{int, json, name_of};
use protocol::record::Attribute;
use protocol::rest::IdentityKind;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::BTreeSet;
use vocab::{CustomerId, InteractionId};

/// What was changed within one transaction: indexed once at its end, however often it changed.
#[derive(Default)]
pub(crate) struct Touched {
    pub(crate) customers: BTreeSet<CustomerId>,
    pub(crate) interactions: BTreeSet<InteractionId>,
}

impl Touched {
    pub(crate) fn index(self, write: &Transaction<'_>) -> rusqlite::Result<()> {
        for id in self.customers {
            customer(write, id)?;
        }
        for id in self.interactions {
            interaction(write, id)?;
        }
        Ok(())
    }
}

/// Makes the customer findable by everything that a colleague may remember; visitors' tokens are nobody's memory.
pub(crate) fn customer(write: &Transaction<'_>, customer: CustomerId) -> rusqlite::Result<()> {
    let id = int(customer.0);
    let found: Option<(String, Vec<String>, String, Vec<Attribute>)> = write
        .prepare_cached("SELECT name, labels, note, attributes FROM customers WHERE id = ?1")?
        .query_row([id], |row| {
            Ok((row.get(0)?, json(row, 1)?, row.get(2)?, json(row, 3)?))
        })
        .optional()?;
    let Some((name, labels, note, attributes)) = found else {
        return forget_customer(write, customer);
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
    let present = ("customer_search", "name", "rest");
    if is_indexed(write, present, id, (&name, &rest))? {
        return Ok(());
    }
    forget_customer(write, customer)?;
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

/// Makes an interaction findable by its topic and its notes.
pub(crate) fn interaction(
    write: &Transaction<'_>,
    interaction: InteractionId,
) -> rusqlite::Result<()> {
    let id = int(interaction.0);
    let found: Option<(Option<String>, String)> = write
        .prepare_cached(&format!(
            "SELECT topic, {} FROM interactions WHERE id = ?1",
            notes::JOINED
        ))?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((topic, note)) = found else {
        return forget_interaction(write, interaction);
    };
    let topic = topic.unwrap_or_default();
    let present = ("interaction_search", "topic", "note");
    if is_indexed(write, present, id, (&topic, &note))? {
        return Ok(());
    }
    forget_interaction(write, interaction)?;
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

/// Taking out of an index overwrites what is taken out, term by term, which costs more than to look first.
fn is_indexed(
    write: &Transaction<'_>,
    (table, one, other): (&str, &str, &str),
    id: i64,
    texts: (&str, &str),
) -> rusqlite::Result<bool> {
    write
        .prepare_cached(&format!(
            "SELECT 1 FROM {table} WHERE rowid = ?1 AND {one} = ?2 AND {other} = ?3"
        ))?
        .exists(params![id, texts.0, texts.1])
}

/// Everything once more, after a migration that brought an index.
pub(crate) fn everything(write: &Transaction<'_>) -> rusqlite::Result<()> {
    for id in all(write, "customers")? {
        forget_customer(write, CustomerId(id))?;
        customer(write, CustomerId(id))?;
    }
    for id in all(write, "interactions")? {
        forget_interaction(write, InteractionId(id))?;
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
