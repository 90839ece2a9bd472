//! Keeps what is searched in step with records and interactions.

use crate::sql::{int, json, maybe_json, name_of, named, whole};
use crate::word_index::{Texts, WordIndex};
use crate::{identities, notes, searched};
use protocol::record::Attribute;
use protocol::rest::{Given, IdentityKind};
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::BTreeSet;
use store::CallerDetails;
use text::fold;
use vocab::{CustomerId, InteractionId};

/// What was changed within one transaction: indexed once at its end, however often it changed, the newest first, as an index
/// writes it at one go ([`crate::word_index::place`]).
#[derive(Default)]
pub(crate) struct Touched {
    pub(crate) customers: BTreeSet<CustomerId>,
    pub(crate) interactions: BTreeSet<(InteractionId, Part)>,
}

/// What is searched of an interaction, each in a row of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Topic,
    /// All agents' notes, once it is over: agents save many times while they write.
    Notes,
}

impl Part {
    pub(crate) fn row(self, interaction: InteractionId) -> i64 {
        let even = int(interaction.0).saturating_mul(2);
        match self {
            Self::Topic => even,
            Self::Notes => even.saturating_add(1),
        }
    }
}

impl Touched {
    pub(crate) fn index(self, write: &Transaction<'_>) -> rusqlite::Result<()> {
        for id in self.customers.into_iter().rev() {
            customer(write, id)?;
        }
        for (id, part) in self.interactions.into_iter().rev() {
            interaction(write, id, part)?;
        }
        Ok(())
    }
}

/// Customers who are indexed at one go between commits: some milliseconds.
const POSTPONED_AT_ONCE: u32 = 256;

/// The indexes follow later, by [`catch_up`].
pub(crate) fn postpone(write: &Transaction<'_>, customer: CustomerId) -> rusqlite::Result<()> {
    write
        .prepare_cached("INSERT OR IGNORE INTO to_index (customer) VALUES (?1)")?
        .execute([int(customer.0)])
        .map(drop)
}

/// Indexes some of those that were postponed; false when there were none.
pub(crate) fn catch_up(write: &Transaction<'_>) -> rusqlite::Result<bool> {
    let waiting: Vec<u64> = write
        .prepare_cached("SELECT customer FROM to_index ORDER BY customer LIMIT ?1")?
        .query_map([POSTPONED_AT_ONCE], |row| whole(row, 0))?
        .collect::<rusqlite::Result<_>>()?;
    let Some(last) = waiting.last() else {
        return Ok(false);
    };
    for id in waiting.iter().rev() {
        customer(write, CustomerId(*id))?;
    }
    write
        .prepare_cached("DELETE FROM to_index WHERE customer <= ?1")?
        .execute([int(*last)])?;
    Ok(true)
}

/// Makes the customer findable by everything that a colleague may remember. Visitor tokens are not indexed.
pub(crate) fn customer(write: &Transaction<'_>, customer: CustomerId) -> rusqlite::Result<()> {
    let id = int(customer.0);
    let found: Option<(String, Vec<String>, String, Vec<Attribute>)> = write
        .prepare_cached("SELECT name, labels, note, attributes FROM customers WHERE id = ?1")?
        .query_row([id], |row| {
            Ok((row.get(0)?, json(row, 1)?, row.get(2)?, json(row, 3)?))
        })
        .optional()?;
    let Some((own_name, labels, note, attributes)) = found else {
        return forget_customer(write, customer);
    };
    let home = identities::home(write)?;
    let mut rest: Vec<String> = write
        .prepare_cached("SELECT kind, value FROM identities WHERE customer = ?1 AND kind <> ?2")?
        .query_map(params![id, name_of(&IdentityKind::Visitor)?], |row| {
            let value: String = row.get(1)?;
            Ok(searched::identity(named(row, 0)?, &value, home))
        })?
        .collect::<rusqlite::Result<_>>()?;
    rest.extend(labels.iter().map(|label| fold(label)));
    rest.extend(attributes.iter().map(|one| fold(one.value.reveal())));
    rest.push(fold(&note));
    let mut notes = write
        .prepare_cached("SELECT text FROM customer_notes WHERE customer = ?1 ORDER BY id DESC")?;
    let mut notes = notes.query([id])?;
    while let Some(row) = notes.next()? {
        rest.push(fold(&row.get::<_, String>(0)?));
    }
    let name = searched::name(&own_name);
    let texts = Texts {
        beside: searched::beside(&own_name),
        rest: rest.join("\n"),
        name,
    };
    WordIndex::Records.put(write, id, &texts)
}

pub(crate) fn forget_customer(
    write: &Transaction<'_>,
    customer: CustomerId,
) -> rusqlite::Result<()> {
    WordIndex::Records.forget(write, int(customer.0))
}

/// Makes an interaction findable by its topic and by what was typed when it began, or by its notes.
fn interaction(
    write: &Transaction<'_>,
    interaction: InteractionId,
    part: Part,
) -> rusqlite::Result<()> {
    let row = part.row(interaction);
    let found: Option<(CustomerId, String, Option<CallerDetails>, bool)> = write
        .prepare_cached(&format!(
            "SELECT customer, {}, caller, is_over FROM interactions WHERE id = ?1",
            match part {
                Part::Topic => "COALESCE(topic, '')",
                Part::Notes => notes::JOINED,
            }
        ))?
        .query_row([int(interaction.0)], |row| {
            let customer = CustomerId(whole(row, 0)?);
            Ok((customer, row.get(1)?, maybe_json(row, 2)?, row.get(3)?))
        })
        .optional()?;
    let Some((customer, text, details, is_over)) = found else {
        return WordIndex::Interactions.forget(write, row);
    };
    if part == Part::Notes && !is_over {
        return Ok(());
    }
    let mut text = fold(&text);
    if let Some(details) = details.filter(|_| part == Part::Topic) {
        text.push_str(&typed(write, customer, &details.given)?);
    }
    let texts = Texts {
        rest: text,
        ..Texts::default()
    };
    WordIndex::Interactions.put(write, row, &texts)
}

/// What was typed and does not stand on the record, where it is found anyway.
fn typed(write: &Transaction<'_>, customer: CustomerId, given: &Given) -> rusqlite::Result<String> {
    let home = identities::home(write)?;
    let mut texts = String::new();
    let own_name: Option<String> = write
        .prepare_cached("SELECT name FROM customers WHERE id = ?1")?
        .query_row([int(customer.0)], |row| row.get(0))
        .optional()?;
    if let Some(name) = &given.name
        && own_name.as_ref() != Some(name.reveal())
    {
        texts.push('\n');
        texts.push_str(&searched::name(name.reveal()));
    }
    for (kind, value) in [
        (IdentityKind::Phone, &given.phone),
        (IdentityKind::Email, &given.email),
    ] {
        let Some(value) = value else { continue };
        let is_on_record = write
            .prepare_cached(
                "SELECT 1 FROM identities WHERE customer = ?1 AND kind = ?2 AND value = ?3",
            )?
            .exists(params![int(customer.0), name_of(&kind)?, value.reveal()])?;
        if !is_on_record {
            texts.push('\n');
            texts.push_str(&searched::identity(kind, value.reveal(), home));
        }
    }
    Ok(texts)
}

pub(crate) fn forget_interaction(
    write: &Transaction<'_>,
    interaction: InteractionId,
) -> rusqlite::Result<()> {
    for part in [Part::Topic, Part::Notes] {
        WordIndex::Interactions.forget(write, part.row(interaction))?;
    }
    Ok(())
}

pub(crate) fn clear(write: &Transaction<'_>) -> rusqlite::Result<()> {
    WordIndex::ALL
        .into_iter()
        .try_for_each(|index| index.clear(write))
}

/// Merges some of each index; says whether there is more to merge.
pub(crate) fn merge(write: &Transaction<'_>, pages: i64) -> rusqlite::Result<bool> {
    let mut has_more = false;
    for index in WordIndex::ALL {
        has_more |= index.merge(write, pages)?;
    }
    Ok(has_more)
}

/// Everything once more, after a migration that brought an index; what stands there rightly is left.
pub(crate) fn everything(write: &Transaction<'_>) -> rusqlite::Result<()> {
    let interactions = all(write, "interactions")?.into_iter().map(InteractionId);
    let touched = Touched {
        customers: all(write, "customers")?
            .into_iter()
            .map(CustomerId)
            .collect(),
        interactions: interactions
            .flat_map(|id| [(id, Part::Topic), (id, Part::Notes)])
            .collect(),
    };
    touched.index(write)
}

fn all(write: &Transaction<'_>, table: &str) -> rusqlite::Result<Vec<u64>> {
    write
        .prepare(&format!("SELECT id FROM {table}"))?
        .query_map([], |row| whole(row, 0))?
        .collect()
}
