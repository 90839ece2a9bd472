//! Finding customers: trigrams for words of three letters and more, an index of short words for the others, digits for
//! phones. Names come first, then the rest of records, then what interactions were about.

use crate::sql::whole;
use crate::wanted::{Term, Wanted};
use rusqlite::{Connection, params};
use vocab::CustomerId;

/// Of the finds of one step, the newest records up to this many are put in order; a word that more have says too
/// little for an order to help.
const CANDIDATES: u32 = 2_000;

/// When words stand in different places of a record and its interactions, this many finds of each word are compared.
const MIXED_CANDIDATES: u32 = 20_000;

/// Where a step looks.
#[derive(Clone, Copy)]
enum Index {
    Names,
    Records,
    Interactions,
}

impl Index {
    /// The trigrams' table, the short words' table, and the column that both are bound to.
    fn tables(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Names => ("customer_search", "customer_grams", "name : "),
            Self::Records => ("customer_search", "customer_grams", ""),
            Self::Interactions => ("interaction_search", "interaction_grams", ""),
        }
    }

    /// What a row's number says: an interaction has two rows, see [`crate::index::Part`].
    fn id(self) -> &'static str {
        match self {
            Self::Names | Self::Records => "rowid",
            Self::Interactions => "rowid / 2",
        }
    }
}

/// The customers in order, at most `limit`.
pub(crate) fn find(
    connection: &Connection,
    wanted: &Wanted,
    limit: u32,
) -> rusqlite::Result<Vec<CustomerId>> {
    if wanted.is_everybody() {
        return last_in_contact(connection, limit);
    }
    let mut found = Vec::new();
    if let Some(sounds) = &wanted.sounds {
        // After the names as they are written, and before everything else.
        let ids = hits(Index::Names, &wanted.terms, CANDIDATES);
        add(connection, &mut found, &ids.text, &ids.values, limit)?;
        let alike = format!(
            "SELECT rowid FROM customer_grams WHERE customer_grams MATCH ? ORDER BY rowid DESC LIMIT {CANDIDATES}"
        );
        let values = [format!("name : ({sounds})")];
        add(connection, &mut found, &alike, &values, limit)?;
    }
    if wanted.terms.is_empty() {
        return Ok(found);
    }
    for index in [Index::Names, Index::Records, Index::Interactions] {
        let ids = hits(index, &wanted.terms, CANDIDATES);
        add(
            connection,
            &mut found,
            &customers(index, &ids.text),
            &ids.values,
            limit,
        )?;
        if found.len() >= limit as usize {
            return Ok(found);
        }
    }
    if wanted.terms.len() > 1 {
        let (text, values) = mixed(wanted);
        add(connection, &mut found, &text, &values, limit)?;
    }
    Ok(found)
}

struct Hits {
    /// A query for the numbers of what was found; its values are written as `?`, in order.
    text: String,
    values: Vec<String>,
}

fn hits(index: Index, terms: &[Term], limit: u32) -> Hits {
    let (search, grams, column) = index.tables();
    let id = index.id();
    let matched = |is_long: bool| {
        let all: Vec<String> = terms
            .iter()
            .filter(|term| term.is_long == is_long)
            .map(Term::expression)
            .collect();
        (!all.is_empty()).then(|| format!("{column}({})", all.join(" AND ")))
    };
    let tail = format!("ORDER BY rowid DESC LIMIT {limit}");
    match (matched(true), matched(false)) {
        (Some(long), None) => Hits {
            text: format!("SELECT {id} FROM {search} WHERE {search} MATCH ? {tail}"),
            values: vec![long],
        },
        (None, short) => Hits {
            text: format!("SELECT {id} FROM {grams} WHERE {grams} MATCH ? {tail}"),
            values: vec![short.unwrap_or_default()],
        },
        (Some(long), Some(short)) => Hits {
            text: format!(
                "SELECT {id} FROM {search} WHERE {search} MATCH ? AND rowid IN
                   (SELECT rowid FROM {grams} WHERE {grams} MATCH ?) {tail}"
            ),
            values: vec![long, short],
        },
    }
}

/// Which customers the rows of an index are of.
fn customers(index: Index, ids: &str) -> String {
    match index {
        Index::Names | Index::Records => ids.to_owned(),
        Index::Interactions => {
            format!("SELECT customer FROM interactions WHERE id IN ({ids})")
        }
    }
}

/// Each word somewhere, be it on the record or in an interaction.
fn mixed(wanted: &Wanted) -> (String, Vec<String>) {
    let (mut parts, mut values) = (Vec::new(), Vec::new());
    for term in wanted.terms.chunks(1) {
        let mut places = Vec::new();
        for index in [Index::Records, Index::Interactions] {
            let ids = hits(index, term, MIXED_CANDIDATES);
            places.push(format!("SELECT * FROM ({})", customers(index, &ids.text)));
            values.extend(ids.values);
        }
        parts.push(format!("SELECT * FROM ({})", places.join(" UNION ALL ")));
    }
    (parts.join(" INTERSECT "), values)
}

/// Adds the newest in contact of `ids` that were not found before.
fn add(
    connection: &Connection,
    found: &mut Vec<CustomerId>,
    ids: &str,
    values: &[String],
    limit: u32,
) -> rusqlite::Result<()> {
    // The plus keeps SQLite from walking all customers by their last contact.
    let mut query = connection.prepare_cached(&format!(
        "SELECT id FROM customers WHERE id IN ({ids}) ORDER BY +last_contact_at DESC, id LIMIT {}",
        limit + u32::try_from(found.len()).unwrap_or(0)
    ))?;
    let mut rows = query.query(rusqlite::params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        let id = CustomerId(whole(row, 0)?);
        if !found.contains(&id) && found.len() < limit as usize {
            found.push(id);
        }
    }
    Ok(())
}

fn last_in_contact(connection: &Connection, limit: u32) -> rusqlite::Result<Vec<CustomerId>> {
    connection
        .prepare_cached("SELECT id FROM customers ORDER BY last_contact_at DESC, id DESC LIMIT ?1")?
        .query_map(params![limit], |row| whole(row, 0).map(CustomerId))?
        .collect()
}
