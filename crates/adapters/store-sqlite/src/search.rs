//! Finding customers: trigrams for words of three letters and more, an index of short words for the others, digits for
//! phones. Names come first, then the rest of records, then what interactions were about.

use crate::grams::{LONGEST, wanted};
use crate::sql::whole;
use rusqlite::{Connection, params};
use store::digits;
use vocab::CustomerId;

/// Of the finds of one step, the newest records up to this many are put in order; a word that more have says too
/// little for an order to help.
const CANDIDATES: u32 = 2_000;

/// When words stand in different places of a record and its interactions, this many finds of each word are compared.
const MIXED_CANDIDATES: u32 = 20_000;

/// More words than this do not make a search better.
const MOST_TERMS: usize = 12;

/// What is looked for: phrases for the trigrams, and short words.
pub(crate) struct Wanted {
    pub(crate) terms: Vec<String>,
    long: Vec<String>,
    short: Vec<String>,
}

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

impl Wanted {
    pub(crate) fn of(query: &str) -> Self {
        let terms = terms(query);
        let (long, short): (Vec<_>, Vec<_>) = terms
            .iter()
            .cloned()
            .partition(|term| term.chars().count() > LONGEST);
        let short = short.iter().flat_map(|term| wanted(term)).collect();
        Self { terms, long, short }
    }

    fn is_nothing(&self) -> bool {
        self.long.is_empty() && self.short.is_empty()
    }
}

/// The customers in order, at most `limit`.
pub(crate) fn find(
    connection: &Connection,
    wanted: &Wanted,
    limit: u32,
) -> rusqlite::Result<Vec<CustomerId>> {
    if wanted.terms.is_empty() {
        return last_in_contact(connection, limit);
    }
    if wanted.is_nothing() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for index in [Index::Names, Index::Records, Index::Interactions] {
        let ids = hits(index, &wanted.long, &wanted.short, CANDIDATES);
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
    if wanted.long.len() + wanted.short.len() > 1 {
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

fn hits(index: Index, long: &[String], short: &[String], limit: u32) -> Hits {
    let (search, grams, column) = index.tables();
    let id = index.id();
    let matched = |terms: &[String]| {
        let all = terms.iter().map(|term| quoted(term)).collect::<Vec<_>>();
        format!("{column}({})", all.join(" AND "))
    };
    let tail = format!("ORDER BY rowid DESC LIMIT {limit}");
    match (long.is_empty(), short.is_empty()) {
        (false, true) => Hits {
            text: format!("SELECT {id} FROM {search} WHERE {search} MATCH ? {tail}"),
            values: vec![matched(long)],
        },
        (true, _) => Hits {
            text: format!("SELECT {id} FROM {grams} WHERE {grams} MATCH ? {tail}"),
            values: vec![matched(short)],
        },
        (false, false) => Hits {
            text: format!(
                "SELECT {id} FROM {search} WHERE {search} MATCH ? AND rowid IN
                   (SELECT rowid FROM {grams} WHERE {grams} MATCH ?) {tail}"
            ),
            values: vec![matched(long), matched(short)],
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
    let one = |term: &String| vec![term.clone()];
    let words = wanted.long.iter().map(|term| (one(term), Vec::new()));
    let words = words.chain(wanted.short.iter().map(|term| (Vec::new(), one(term))));
    for (long, short) in words {
        let mut places = Vec::new();
        for index in [Index::Records, Index::Interactions] {
            let ids = hits(index, &long, &short, MIXED_CANDIDATES);
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

/// The words of a query; a phone in whatever spelling is one word of digits.
fn terms(query: &str) -> Vec<String> {
    let digits = digits(query);
    let is_phone = digits.len() > LONGEST
        && query
            .chars()
            .all(|c| c.is_numeric() || " +-–().,/（）－＋".contains(c));
    if is_phone {
        // Neither an international prefix nor a national zero need stand on the record.
        let core = digits.trim_start_matches('0');
        return vec![if core.len() > LONGEST {
            core.to_owned()
        } else {
            digits
        }];
    }
    query
        .split_whitespace()
        .take(MOST_TERMS)
        .map(ToOwned::to_owned)
        .collect()
}

/// As a phrase of FTS5's query language.
fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\""))
}
