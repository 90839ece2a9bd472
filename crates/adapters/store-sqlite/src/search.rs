//! Finding customers: trigrams for three characters and more, a plain scan for fewer, digits for phones.

use crate::sql::whole;
use rusqlite::{Connection, params};
use store::digits;
use vocab::CustomerId;

/// FTS5's trigram index answers only texts of at least this many characters.
const TRIGRAM: usize = 3;

/// Patterns are bound after the match, the weight and the limit.
const FIRST_PATTERN: usize = 4;

/// A name counts this many times as much as everything else on the record.
const NAME_WEIGHT: f64 = 10.0;

pub(crate) fn find(
    connection: &Connection,
    query: &str,
    limit: u32,
) -> rusqlite::Result<Vec<CustomerId>> {
    let terms = terms(query);
    if terms.is_empty() {
        return last_in_contact(connection, limit);
    }
    let (long, short): (Vec<_>, Vec<_>) = terms
        .into_iter()
        .partition(|term| term.chars().count() >= TRIGRAM);
    let matched = long
        .iter()
        .map(|term| quoted(term))
        .collect::<Vec<_>>()
        .join(" AND ");
    // The text depends on how many words are short, nothing else, so that few statements are ever prepared.
    let scans: String = (FIRST_PATTERN..)
        .take(short.len())
        .map(|n| {
            let column = |name| format!("customer_search.{name} LIKE ?{n} ESCAPE '\\'");
            format!(" AND ({} OR {})", column("name"), column("rest"))
        })
        .collect();
    let (fits, order) = if long.is_empty() {
        (
            "?1 IS NOT NULL AND ?2 IS NOT NULL",
            "last_contact_at DESC, id",
        )
    } else {
        (
            "customer_search MATCH ?1",
            "bm25(customer_search, ?2, 1.0), last_contact_at DESC, id",
        )
    };
    let sql = format!(
        "SELECT id FROM customer_search JOIN customers ON id = customer_search.rowid
         WHERE {fits}{scans} ORDER BY {order} LIMIT ?3"
    );
    let patterns: Vec<String> = short.iter().map(|term| pattern(term)).collect();
    let mut statement = connection.prepare_cached(&sql)?;
    let mut values: Vec<&dyn rusqlite::ToSql> = params![matched, NAME_WEIGHT, limit].to_vec();
    values.extend(
        patterns
            .iter()
            .map(|pattern| pattern as &dyn rusqlite::ToSql),
    );
    statement
        .query_map(values.as_slice(), |row| whole(row, 0).map(CustomerId))?
        .collect()
}

fn last_in_contact(connection: &Connection, limit: u32) -> rusqlite::Result<Vec<CustomerId>> {
    connection
        .prepare_cached("SELECT id FROM customers ORDER BY last_contact_at DESC, id DESC LIMIT ?1")?
        .query_map([limit], |row| whole(row, 0).map(CustomerId))?
        .collect()
}

/// The words of a query; a phone in whatever spelling is one word of digits.
fn terms(query: &str) -> Vec<String> {
    let digits = digits(query);
    let is_phone = digits.len() >= TRIGRAM
        && query
            .chars()
            .all(|c| c.is_numeric() || " +-–().,/（）－＋".contains(c));
    if is_phone {
        // Neither an international prefix nor a national zero need stand on the record.
        let core = digits.trim_start_matches('0');
        return vec![if core.len() >= TRIGRAM {
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

/// More words than this do not make a search better.
const MOST_TERMS: usize = 12;

/// As a phrase of FTS5's query language.
fn quoted(term: &str) -> String {
    format!("\"{}\"", term.replace('"', "\"\""))
}

fn pattern(term: &str) -> String {
    let escaped = term
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}
